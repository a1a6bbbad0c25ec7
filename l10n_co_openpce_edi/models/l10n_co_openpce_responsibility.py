from odoo import api, fields, models


class L10nCoOpenpceResponsibility(models.Model):
    """Fiscal responsibilities that DIAN admits in TaxLevelCode (annex 13.2.7.6)."""

    _name = "l10n_co_openpce.responsibility"
    _description = "DIAN fiscal responsibility"
    _order = "code"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True, help="Code DIAN gives it, for instance O-13.")
    name = fields.Char(required=True)
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint("UNIQUE(code)", "This responsibility exists already.")

    @api.depends("code", "name")
    def _compute_display_name(self):
        for record in self:
            record.display_name = f"{record.code} {record.name}"
