"""What DIAN has, or may have, does not change in the books: by no screen, import or API call.

Payments, reconciliation, due dates, accounts and analytics stay free: none of them is what the
customer was told. Corrections are made with a credit note.
"""

from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError

from .l10n_co_openpce_document import LOCKING_STATES

MOVE_FIELDS = (
    "partner_id",
    "invoice_date",
    "journal_id",
    "currency_id",
    "invoice_currency_rate",
    "l10n_co_openpce_payment_form",
    "l10n_co_openpce_payment_means_id",
    "l10n_co_openpce_operation_type",
)
LINE_FIELDS = (
    "product_id",
    "name",
    "quantity",
    "product_uom_id",
    "price_unit",
    "discount",
    "tax_ids",
    "balance",
    "amount_currency",
    "display_type",
    "move_id",
)


@contextmanager
def _unchanged(records, names, tell):
    """Compare the stored values of ``records`` before and after; what differs is refused."""
    before = {record: [record[name] for name in names] for record in records}
    yield
    for record, values in before.items():
        for name, value in zip(names, values, strict=True):
            if record[name] != value:
                raise UserError(tell(record, record._fields[name]._description_string(record.env)))


class AccountMove(models.Model):
    _inherit = "account.move"

    def _l10n_co_openpce_get_locked(self):
        """The invoices among these that DIAN has or may have."""
        return self.filtered(lambda move: move.l10n_co_openpce_state in LOCKING_STATES)

    def _l10n_co_openpce_get_locked_message(self, label):
        return self.env._(
            "%(number)s is at DIAN, or may be: “%(field)s” cannot be changed any more. Correct the"
            " invoice with a credit note.",
            number=self.name,
            field=label,
        )

    def write(self, vals):
        # EXTENDS 'account'
        names = [name for name in MOVE_FIELDS if name in vals]
        locked = self._l10n_co_openpce_get_locked() if names else self.browse()
        with _unchanged(
            locked, names, lambda move, label: move._l10n_co_openpce_get_locked_message(label)
        ):
            return super().write(vals)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _l10n_co_openpce_check_unlocked(self):
        # The instalments carry no amount that was told to DIAN, and the exchange is not theirs.
        lines = self.filtered(lambda line: line.display_type != "payment_term")
        for move in lines.move_id._l10n_co_openpce_get_locked():
            raise UserError(move._l10n_co_openpce_get_locked_message(self.env._("Invoice Lines")))

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'account'
        lines = super().create(vals_list)
        lines._l10n_co_openpce_check_unlocked()
        return lines

    def write(self, vals):
        # EXTENDS 'account'
        names = [name for name in LINE_FIELDS if name in vals]
        locked = self.browse()
        if names:
            moves = self.move_id._l10n_co_openpce_get_locked()
            locked = self.filtered(
                lambda line: line.move_id in moves and line.display_type != "payment_term"
            )
        with _unchanged(
            locked,
            names,
            lambda line, label: line.move_id._l10n_co_openpce_get_locked_message(label),
        ):
            return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_l10n_co_openpce_locked(self):
        self._l10n_co_openpce_check_unlocked()
