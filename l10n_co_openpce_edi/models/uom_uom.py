from odoo import fields, models


class UomUom(models.Model):
    _inherit = "uom.uom"

    l10n_co_openpce_code = fields.Char(
        "DIAN unit code",
        help="Code of the unit in DIAN's table 13.3.6, for instance 94 for unit, KGM for kilogram.",
    )
