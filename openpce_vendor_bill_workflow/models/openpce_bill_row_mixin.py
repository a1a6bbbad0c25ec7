from odoo import api, models

#: Rows that one paste makes.
PASTE_LIMIT = 1000


class OpenpceBillRowMixin(models.AbstractModel):
    """What every list of criteria offers for fast entry: duplicating and importing rows (R5)."""

    _name = "openpce.bill.row.mixin"
    _inherit = ["openpce.template.mixin"]
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
    def paste_rows(self, names, rows):
        """Make rows of what was pasted from a spreadsheet, all or none of them (R5).

        Odoo's own import reads the cells, so names, labels and codes mean what they mean there.

        :param names: fields of the columns.
        :param rows: list of rows, each a list of texts.
        :return: ``count`` of the rows made, and ``errors`` as sentences.
        """
        if len(rows) > PASTE_LIMIT:
            errors = [
                self.env._(
                    "At most %s rows are pasted at once. Import larger files with the gear's "
                    "“Import records”.",
                    PASTE_LIMIT,
                )
            ]
            return {"count": 0, "errors": errors}
        result = self.load(names, rows)
        errors = [
            self.env._(
                "Row %(row)s: %(why)s",
                row=message.get("rows", {}).get("from", 0) + 1,
                why=message["message"],
            )
            for message in result["messages"]
        ]
        return {"count": 0 if errors else len(result["ids"]), "errors": errors[:10]}
