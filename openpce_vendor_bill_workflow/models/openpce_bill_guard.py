import json

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..bill_flow.transitions import State

#: What holders of a bill may type on it; everything else is the engine's.
EDITABLE = {"division_id", "traffic_type_id", "traffic_id", "direction", "documents"}
#: What the document says, to be corrected in the revision alone (A31).
REVISABLE = {
    "document_untaxed", "document_tax", "document_withholding", "document_total", "uuid",
}  # fmt: skip


class OpenpceBill(models.Model):
    """Who may change what, and what a change of figures means (R120, A37, A38)."""

    _inherit = "openpce.bill"

    def write(self, vals):
        # EXTENDS 'base': states, owners and decisions have doors of their own
        if not self.env.su:
            self._check_typed(set(vals))
        return super().write(vals)

    def _check_typed(self, names):
        """Refuse to type what the engine keeps, or a bill that is not in one's hands."""
        revising = all(bill.state in (State.CAPTURED, State.TO_REVISE) for bill in self)
        allowed = EDITABLE | (REVISABLE if revising else set())
        # followers, activities and messages are the mixins' own affair
        stranger = names - allowed - set(self.env["mail.activity.mixin"]._fields)
        stranger -= set(self.env["mail.thread"]._fields)
        if stranger:
            raise AccessError(
                self.env._(
                    "%(fields)s cannot be typed: use the buttons of the bill. What the document "
                    "says is changed in Revision alone.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(stranger)
                        if name in self._fields
                    ),
                )
            )
        self._check_editable()

    def _check_editable(self, *more):
        """Refuse changes by who does not have the bill, or may not change it any more.

        R120: in approval supervisors alone; A37: nobody once it is approved.

        :param more: stages whose tasks allow it besides revision and treatment; who has single
            lines changes these alone (A35).
        """
        if self.env.su:
            return
        user = self.env.user
        accountant = user.has_group("account.group_account_invoice")
        for bill in self.sudo(False):
            if bill.state in (State.APPROVED, State.POSTED):
                raise bill._refuse_frozen()
            if bill.state == State.IN_APPROVAL:
                if not bill._is_supervisor():
                    raise bill._refuse_supervisor()
            elif not (accountant or bill._is_supervisor()):
                bill._check_mine("revise", "treat", *more)

    def _check_may_post(self):
        """The gate: no bill is posted before its approval, by any route (A37)."""
        for bill in self:
            if bill.state == State.APPROVED and bill.figures != bill._get_figures():
                # by a route that passes no guard; the approvals were for something else
                raise bill._refuse_changed()
            if bill.state not in (State.APPROVED, State.POSTED):
                words = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(bill)s cannot be posted before it is approved. It is in the state "
                        "“%(state)s” and waits for %(holder)s. A bill that was typed is handed "
                        "over with the button “Send to the workflow”.",
                        bill=bill.display_name,
                        state=words[bill.state],
                        holder=bill._get_holder_text(),
                    )
                )

    def _refuse_changed(self):
        """The error for a bill that is not any more what was approved."""
        return UserError(
            self.env._(
                "%s is not any more what was approved: an amount, a line, the supplier or the bank "
                "account was changed. A supervisor opens it again and has it approved anew.",
                self.display_name,
            )
        )

    def _refuse_frozen(self):
        """The error for changing an approved bill."""
        return UserError(
            self.env._(
                "%(bill)s is approved, and what was approved does not change. A supervisor can "
                "open it again (“Open again”); it then needs new approvals.",
                bill=self.display_name,
            )
        )

    # ------------------------------------------------------------------ figures

    def _get_figures(self):
        """What an approval is about, as plain data: a change of it voids approvals (A38).

        Texts are left out: a note may change.
        """
        self.ensure_one()
        # sudo: the figures of a bill are the same whoever asks
        move = self.sudo().move_id
        lines = move.invoice_line_ids.filtered(lambda x: x.display_type == "product")
        figures = {
            **self._get_figures_brief(),
            "lines": sorted(
                [
                    line.product_id.id,
                    line.account_id.id,
                    round(line.price_subtotal, 6),
                    sorted(line.tax_ids.ids),
                    sorted((line.analytic_distribution or {}).items()),
                ]
                for line in lines
            ),
        }
        # as the database gives it back, to be compared with what is stored
        return json.loads(json.dumps(figures))

    def _get_figures_brief(self):
        """Money fields and bank account of the header, for the follow-up."""
        # sudo: as above
        move = self.sudo().move_id
        return {
            "supplier": move.commercial_partner_id.id,
            "bank": move.partner_bank_id.acc_number or "",
            "currency": move.currency_id.name,
            "untaxed": round(move.amount_untaxed, 6),
            "tax": round(move.amount_tax, 6),
            "total": round(move.amount_total, 6),
        }

    def _note_change(self, before):
        """Write a change of figures into the follow-up and draw its consequences (R132, A38).

        :param before: figures before the change.
        """
        self.ensure_one()
        after = self._get_figures()
        changed = [name for name in after if after[name] != before.get(name)]
        if not changed or self.state == State.CAPTURED:
            return
        self._check_editable("line")
        self._check_lines_alone(changed)
        self._log(
            "edited",
            before={name: before.get(name) for name in changed},
            after={name: after[name] for name in changed},
        )
        # sudo: who treated the bill, and its plan, are the engine's
        row = self.sudo()
        if not self.env.su and self.state != State.TO_REVISE:
            # whoever changes figures has treated the bill, in approval too (A17)
            row.treater_ids = [fields.Command.link(self.env.user.id)]
        if self.state in (State.IN_APPROVAL, State.APPROVED):
            row._void(before)

    def _now(self):
        """This moment, naive in UTC as the database keeps it."""
        return fields.Datetime.now()
