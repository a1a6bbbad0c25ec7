from odoo import fields, models


class ResCountryState(models.Model):
    _inherit = "res.country.state"

    # Beside the standard code (ANT), which other modules rely on, never instead of it.
    l10n_co_openpce_code = fields.Char(
        "DIAN department code", size=2, help="Two digits, leading zero included: 05 for Antioquia."
    )
