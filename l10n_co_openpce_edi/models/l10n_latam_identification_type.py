from odoo import fields, models


class L10nLatamIdentificationType(models.Model):
    _inherit = "l10n_latam.identification.type"

    l10n_co_openpce_code = fields.Char(
        "DIAN code",
        help="Number DIAN gives this kind of identification (annex 13.2.7.1), for instance 31 for "
        "NIT. Empty: it cannot be used in an electronic invoice.",
    )
