from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    l10n_co_openpce_header_charge = fields.Boolean(
        "Charge outside the tax base",
        help="A tip or another charge that is not part of what is sold: without taxes on the line, "
        "it is sent to DIAN as a charge of the whole invoice (code 03), not as a line.",
    )
