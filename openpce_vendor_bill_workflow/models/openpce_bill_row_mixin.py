from odoo import api, models


class OpenpceBillRowMixin(models.AbstractModel):
    """What every list of criteria offers for fast entry: duplicating and importing rows (R5)."""

    _name = "openpce.bill.row.mixin"
    _description = "Row of criteria"

    def copy_data(self, default=None):
        # EXTENDS 'base': two equal rules are refused, so the copy waits until it is changed
        data = super().copy_data(default)
        if "active" not in (default or {}):
            data = [{**vals, "active": False} for vals in data]
        return data

    def action_duplicate(self):
        """Add a copy of the row, switched off until its criteria are changed (R5)."""
        self.ensure_one()
        self.copy()

    @api.model
    def get_import_templates(self):
        """The spreadsheet to fill in, with the headings of the user's language."""
        language = "es" if (self.env.lang or "").startswith("es") else "en"
        name = f"{self._name.removeprefix('openpce.').replace('.', '_')}_{language}.csv"
        return [
            {
                "label": self.env._("Spreadsheet with the columns and examples"),
                "template": f"/openpce_vendor_bill_workflow/static/import/{name}",
            }
        ]
