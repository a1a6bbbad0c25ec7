from odoo import api, fields, models
from odoo.tools import format_amount

_MONEY = {
    "untaxed", "tax", "total", "document_untaxed", "document_tax", "document_withholding",
    "document_total",
}  # fmt: skip


class OpenpceBillLog(models.Model):
    """Before and after of what an entry says was changed (R132)."""

    _inherit = "openpce.bill.log"

    change = fields.Text("Before → after", compute="_compute_change")

    @api.depends("detail")
    @api.depends_context("lang")
    def _compute_change(self):
        for entry in self:
            entry.change = "\n".join(entry._get_changes()) or False

    def _get_changes(self):
        """One line of text for each changed field."""
        self.ensure_one()
        detail = self.detail or {}
        before, after = detail.get("before"), detail.get("after")
        if not isinstance(before, dict) or not isinstance(after, dict):
            return []
        changes = []
        for name, value in after.items():
            (label,) = self._get_field_names([name])
            label = label[:1].upper() + label[1:]
            if name == "lines":
                changes += self._get_line_changes(before.get(name) or [], value)
            else:
                old, new = (self._show_figure(name, x) for x in (before.get(name), value))
                changes.append(f"{label}: {old} → {new}")
        return changes

    def _show_figure(self, name, value):
        """A stored figure for its reader."""
        if name == "supplier":
            return self._get_names("res.partner", [value]) if value else "–"
        if name in _MONEY:
            # sudo: the currency of the bill is no secret to who reads its follow-up
            return format_amount(self.env, value or 0.0, self.sudo().bill_id.currency_id)
        return value or "–"

    def _get_line_changes(self, before, after):
        """Lines that went and lines that came, each in words."""
        gone = [line for line in before if line not in after]
        came = [line for line in after if line not in before]
        return [f"− {self._show_line(line)}" for line in gone] + [
            f"+ {self._show_line(line)}" for line in came
        ]

    def _show_line(self, line):
        """A line of the figures: concept, account, amount, taxes, analytics."""
        product, account, amount, taxes, analytic = line
        accounts = sorted({int(key) for keys, _share in analytic for key in keys.split(",")})
        parts = (
            self._get_names("product.product", [product]) if product else "",
            self._get_names("account.account", [account]) if account else "",
            self._show_figure("total", amount),
            self._get_names("account.tax", taxes),
            self._get_names("account.analytic.account", accounts),
        )
        return " · ".join(filter(None, parts))
