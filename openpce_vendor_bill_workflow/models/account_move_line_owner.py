from odoo import models
from odoo.exceptions import AccessError

#: Lines that people type; the others are Odoo's own.
TYPED = ("product", "line_section", "line_subsection", "line_note")
#: What who has nothing but lines of a bill may change on them: concept and analytics (A35).
_OWNER_MAY = {
    "name", "product_id", "account_id", "analytic_distribution", "openpce_division_id",
    "openpce_file_id", "openpce_traffic_id", "openpce_direction", "openpce_document",
}  # fmt: skip
_LISTS = ("one2many", "many2many")
#: What another concept would change by the way; a form sends it along.
_PINNED = ("price_unit", "quantity", "discount", "product_uom_id", "tax_ids")


class AccountMoveLine(models.Model):
    """What the owner of a line may do when the bill itself is somebody else's (R121, A35)."""

    _inherit = "account.move.line"

    def _openpce_get_limited(self):
        """Lines of bills of which the user only owns lines."""
        if self.env.su:
            return self.browse()
        # sudo: whose the bill is decides, not whether the user may read it
        bills = self.move_id.sudo().openpce_bill_ids.sudo(False)
        moves = bills.filtered(lambda bill: bill._owns_lines_alone()).sudo().move_id
        busy = bills.browse(self.env.cr.cache.get("openpce_changing", ()))
        lines = self.filtered(lambda line: line.move_id.id in moves.ids)
        # what Odoo writes besides, while a bill is being changed, is not the user's doing
        inside = busy.sudo().move_id.ids
        return lines.filtered(
            lambda line: line.display_type in TYPED or line.move_id.id not in inside
        )

    def _openpce_limit(self, vals):
        """Values that may be written as the owner of lines alone; amounts stay as they are.

        :raises AccessError: for lines of others, and for amounts.
        """
        # what is not stored and no list of records is a note of Odoo's to itself
        typed = {
            name for name in vals if self._fields[name].store or self._fields[name].type in _LISTS
        }
        limited = self._openpce_get_limited() if typed else None
        if not limited:
            return vals
        if limited.filtered(lambda line: line.openpce_owner_id != self.env.user):
            raise limited._openpce_refuse_owner()
        if {"product_id", "account_id"} & typed:
            vals = {name: value for name, value in vals.items() if name not in _PINNED}
            typed -= set(_PINNED)
        if typed - _OWNER_MAY:
            raise limited._openpce_refuse_owner()
        return vals

    def _openpce_get_pinned(self):
        """Amounts and taxes of a line, to be written along with another concept."""
        self.ensure_one()
        vals = {name: self[name] for name in _PINNED if self._fields[name].type == "float"}
        return {
            **vals,
            "product_uom_id": self.product_uom_id.id,
            "tax_ids": [(6, 0, self.tax_ids.ids)],
        }

    def _openpce_check_not_limited(self):
        """Refuse to add or delete lines to who owns lines alone."""
        limited = self._openpce_get_limited()
        if limited:
            raise limited._openpce_refuse_owner()

    def _openpce_refuse_owner(self):
        """The error for changing more than concept and analytics of the own lines."""
        # sudo: as above
        bill = self.move_id.sudo().openpce_bill_ids[:1]
        return AccessError(
            self.env._(
                "Of %(bill)s you have single lines: of these you may change concept and "
                "analytics, nothing else. Amounts, other lines and the header are changed by "
                "%(owner)s, who has the bill.",
                bill=bill.display_name,
                owner=bill.user_id.display_name or bill.team_id.display_name,
            )
        )

    def _openpce_get_names(self):
        """The lines as a sentence names them."""
        return ", ".join(f"“{line.name or line.id}”" for line in self)
