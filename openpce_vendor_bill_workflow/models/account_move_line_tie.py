from decimal import Decimal

from odoo import fields, models
from odoo.tools import float_repr

from ..bill_flow.allocation import split


class AccountMoveLine(models.Model):
    """Lines that bill something of another addon, as a line of a purchase order.

    Which fields say so Odoo knows itself: it copies them into a credit note besides. So orders are
    billed once and in full whatever is done to the lines, and no addon has to be installed for it.
    """

    _inherit = "account.move.line"

    def _openpce_get_ties(self):
        """What the line bills in other addons: ids by the name of the field."""
        self.ensure_one()
        values = {}
        self._copy_data_extend_business_fields(values)
        return {
            name: value
            for name, value in values.items()
            if value and self._fields[name].type == "many2one"
        }

    def _openpce_get_order(self):
        """As above, to be compared."""
        return tuple(sorted(self._openpce_get_ties().items()))

    def _openpce_get_tied(self):
        """Those of the lines that bill something of another addon."""
        return self.filtered(lambda line: line._openpce_get_ties())

    def _openpce_filter_ties(self, ties):
        """Those of kept ties whose records and fields are still there."""
        # sudo: a line goes on billing its order, whoever may see that
        env = self.sudo().env
        return {
            name: value
            for name, value in (ties or {}).items()
            if name in self._fields and env[self._fields[name].comodel_name].browse(value).exists()
        }

    def _openpce_get_units(self):
        """Quantity of lines together, in the unit of the first."""
        unit = self[:1].product_uom_id
        return sum(
            line.product_uom_id._compute_quantity(line.quantity, unit, round=False)
            if unit and line.product_uom_id
            else line.quantity
            for line in self
        )

    def _openpce_prepare_tied_vals(self, units, price):
        """Values of a line that bills so many units of what these lines bill.

        :param price: what one unit would cost if the whole were one.
        """
        if not units or not self._openpce_get_tied():
            return {}
        return {
            **self[:1]._openpce_get_ties(),
            "quantity": units,
            "price_unit": price / units,
            "product_uom_id": self[:1].product_uom_id.id,
        }

    def _openpce_split_units(self, percentages):
        """Units of each share, together exactly those of the lines; none when nothing is tied."""
        if not self._openpce_get_tied():
            return [0.0] * len(percentages)
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        units = Decimal(float_repr(self._openpce_get_units(), digits))
        return [float(part) for part in split(units, percentages, Decimal(1).scaleb(-digits))]


class OpenpceBill(models.Model):
    _inherit = "openpce.bill"

    released_ties = fields.Json(
        copy=False, help="What the lines of a returned bill billed in other addons, by line."
    )

    def _release_ties(self, released=True):
        """Let orders be billed again while a bill is with its supplier, or take them back (A32).

        A returned bill stays a draft, and orders count drafts as billed.
        """
        # sudo: ties go with the bill, whoever returns it
        for bill in self.sudo():
            lines = bill.move_id.invoice_line_ids
            if released:
                tied = {line: line._openpce_get_ties() for line in lines._openpce_get_tied()}
                bill.released_ties = {str(line.id): ties for line, ties in tied.items()}
                for line, ties in tied.items():
                    line.write(dict.fromkeys(ties, False))
                continue
            kept = bill.released_ties or {}
            for line in lines.filtered(lambda line, kept=kept: str(line.id) in kept):
                line.write(line._openpce_filter_ties(kept[str(line.id)]))
            bill.released_ties = False
