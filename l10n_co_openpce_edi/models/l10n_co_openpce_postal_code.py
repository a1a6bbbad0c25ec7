from odoo import fields, models


class L10nCoOpenpcePostalCode(models.Model):
    """Postal codes of Colombia with their municipality (annex 13.2.9, PostalZone)."""

    _name = "l10n_co_openpce.postal.code"
    _description = "Colombian postal code"
    _order = "code"
    _rec_name = "code"

    code = fields.Char(required=True, help="Six digits, leading zero included.")
    city_id = fields.Many2one("res.city", required=True, index=True, ondelete="cascade")
    kind = fields.Selection([("urban", "Urban"), ("rural", "Rural")])

    _code_city_unique = models.Constraint(
        "UNIQUE(code, city_id)", "This postal code exists already in the municipality."
    )
