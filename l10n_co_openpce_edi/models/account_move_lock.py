"""What DIAN has, or may have, does not change in the books: by no screen, import or API call.

Payments, reconciliation, due dates, accounts and analytics stay free: none of them is what the
customer was told. Corrections are made with a credit note. A signed file that still waits for DIAN
holds the invoice as well, until it is reset to draft: what goes out is what the books say.

``sudo()`` in here: a lock holds for whoever may write invoices, with or without the right to see
submissions; nothing of them is handed on but number and refusal.
"""

from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from .l10n_co_openpce_document import LOCKING_STATES

# Computed and stored is not the same as read-only: without this a forged state opens the lock.
FOLLOWING_FIELDS = ("l10n_co_openpce_state", "l10n_co_openpce_document_id")
# Stored results are among them: an API call can write them, past what they are computed from.
MOVE_FIELDS = (
    "move_type",
    "company_id",
    "partner_id",
    "commercial_partner_id",
    "partner_shipping_id",
    "delivery_date",
    "ref",
    "invoice_origin",
    "payment_reference",
    "narration",
    "amount_untaxed",
    "amount_tax",
    "amount_total",
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
    "price_subtotal",
    "price_total",
    "debit",
    "credit",
    "balance",
    "currency_id",
    "amount_currency",
    "display_type",
    "move_id",
)


@contextmanager
def unchanged(records, names, tell):
    """Compare the stored values of ``records`` before and after; what differs is refused."""
    before = {record: [record[name] for name in names] for record in records}
    yield
    for record, values in before.items():
        for name, value in zip(names, values, strict=True):
            if record[name] != value:
                raise UserError(tell(record, record._fields[name]._description_string(record.env)))


class AccountMove(models.Model):
    _inherit = "account.move"

    # -------------------------------------------------------------------------
    # Constrains
    # -------------------------------------------------------------------------

    @api.constrains("state", "name")
    def _check_l10n_co_openpce_state(self):
        """A hidden button is no guard: what DIAN may have stays posted and keeps its number."""
        for move in self:
            documents = move.sudo().l10n_co_openpce_document_ids
            locking = documents.filtered(lambda d: d.state in LOCKING_STATES)
            if locking and (move.state != "posted" or move.name not in locking.mapped("number")):
                raise ValidationError(
                    self.env._(
                        "%s is at DIAN, or may be. Correct it with a credit note instead.",
                        locking[:1].number,
                    )
                )
            waiting = documents.filtered(lambda d: d.state in ("draft", "prepared"))
            if move.state == "posted" and waiting and move.name not in waiting.mapped("number"):
                raise ValidationError(
                    self.env._(
                        "%s is queued for DIAN under this number. Reset the invoice to draft"
                        " before you change it.",
                        waiting[:1].number,
                    )
                )

    # -------------------------------------------------------------------------
    # Locks
    # -------------------------------------------------------------------------

    def _l10n_co_openpce_is_signed(self):
        """Whether the file of the invoice is made and waits for DIAN."""
        self.ensure_one()
        return (
            self.state == "posted"
            and self.l10n_co_openpce_state == "prepared"
            and bool(self.sudo().l10n_co_openpce_document_id.cufe)
        )

    def _l10n_co_openpce_get_locked(self):
        """The invoices among these that DIAN has or may have, or whose signed file waits for it."""
        return self.filtered(
            lambda move: (
                move.l10n_co_openpce_state in LOCKING_STATES or move._l10n_co_openpce_is_signed()
            )
        )

    def _l10n_co_openpce_get_locked_message(self, label):
        if self._l10n_co_openpce_is_signed():
            return self.env._(
                "%(number)s is signed and waits for DIAN: “%(field)s” cannot be changed. Reset the"
                " invoice to draft first.",
                number=self.name,
                field=label,
            )
        return self.env._(
            "%(number)s is at DIAN, or may be: “%(field)s” cannot be changed any more. Correct the"
            " invoice with a credit note.",
            number=self.name,
            field=label,
        )

    @api.model
    def _l10n_co_openpce_check_following(self, vals_list):
        """Refuse values for what follows from the submissions."""
        if any(name in vals for vals in vals_list for name in FOLLOWING_FIELDS):
            raise UserError(
                self.env._(
                    "The DIAN state of an invoice follows from its submissions and cannot be"
                    " written. Send the invoice, or ask DIAN about it, with its buttons."
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'account'
        self._l10n_co_openpce_check_following(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        # EXTENDS 'account'
        self._l10n_co_openpce_check_following([vals])
        names = [name for name in MOVE_FIELDS if name in vals]
        locked = self._l10n_co_openpce_get_locked() if names else self.browse()
        with unchanged(
            locked, names, lambda move, label: move._l10n_co_openpce_get_locked_message(label)
        ):
            result = super().write(vals)
        if "state" in vals:
            # By button, import or API: what is no longer posted is not sent.
            left = self.filtered(lambda move: move.state != "posted")
            left.sudo().l10n_co_openpce_document_ids._withdraw()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_l10n_co_openpce_submitted(self):
        for move in self:
            if move.sudo().l10n_co_openpce_document_ids:
                raise UserError(
                    self.env._(
                        "%s has a number of a DIAN range and was queued for DIAN: deleting it"
                        " would lose both. Confirm it again when it is right; or cancel it, then"
                        " its number stays unused.",
                        move.name,
                    )
                )


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
        with unchanged(
            locked,
            names,
            lambda line, label: line.move_id._l10n_co_openpce_get_locked_message(label),
        ):
            return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_l10n_co_openpce_locked(self):
        self._l10n_co_openpce_check_unlocked()
