from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    l10n_co_openpce_standard = fields.Selection(
        [
            ("001", "UNSPSC"),
            ("010", "GTIN"),
            ("020", "Customs tariff heading (partida arancelaria)"),
            ("999", "Own code"),
        ],
        "DIAN product standard",
        default="999",
        help="Which catalogue the code sent to DIAN belongs to (annex 13.2.8.5). Own code: the "
        "internal reference, or the barcode when there is none.",
    )
    l10n_co_openpce_standard_code = fields.Char(
        "Code in the standard",
        help="Code in the chosen catalogue. Empty with GTIN: the barcode. Empty with own code: the "
        "internal reference.",
    )
