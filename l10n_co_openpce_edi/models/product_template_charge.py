from odoo import fields, models


class ProductTemplate(models.Model):
    """What DIAN's amounts need to know of a product and Odoo does not say."""

    _inherit = "product.template"

    l10n_co_openpce_header_charge = fields.Boolean(
        "Charge outside the tax base",
        help="A tip or another charge that is not part of what is sold: without taxes on the line, "
        "it is sent to DIAN as a charge of the whole invoice (code 03), not as a line.",
    )
    l10n_co_openpce_millilitres = fields.Float(
        "Content (ml)",
        digits=(12, 2),
        help="Millilitres in one unit sold; the tax on sugared drinks (34 IBUA) is stated by them. "
        "Odoo's volume, in cubic metres with two decimals, cannot hold a bottle.",
    )
