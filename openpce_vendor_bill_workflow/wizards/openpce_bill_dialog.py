from odoo import models


class OpenpceBillDialog(models.AbstractModel):
    """A dialog that is made first and shown then."""

    _name = "openpce.bill.dialog"
    _description = "Dialog on supplier bills"

    def _reopen(self, title):
        """Show this dialog."""
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }
