from odoo import fields, models


class ResCity(models.Model):
    _inherit = "res.city"

    l10n_co_openpce_code = fields.Char(
        "DIVIPOLA code",
        size=5,
        index="btree_not_null",
        help="Municipality code of five digits, leading zero included: 05001 for Medellín.",
    )
