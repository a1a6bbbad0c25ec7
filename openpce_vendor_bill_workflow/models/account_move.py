from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import clean_context

from ..bill_flow.transitions import Event, State
from .openpce_bill import STATES

#: Buttons of the bill that its form offers; nothing else is called through it.
_ACTIONS = {
    "action_approve", "action_ask_approve", "action_ask_discard", "action_ask_duplicate",
    "action_ask_forward", "action_ask_hold", "action_ask_reject", "action_ask_return",
    "action_claim", "action_confirm_lines", "action_reevaluate", "action_reopen",
    "action_reset_captured", "action_restore", "action_resume", "action_revise",
    "action_send_back", "action_submit", "action_take_back", "action_validate",
}  # fmt: skip


class AccountMove(models.Model):
    _inherit = "account.move"

    openpce_bill_ids = fields.One2many("openpce.bill", "move_id", "Workflow records", copy=False)
    openpce_bill_id = fields.Many2one(
        "openpce.bill",
        "Bill in the workflow",
        compute="_compute_openpce_bill_id",
        search="_search_openpce_bill_id",
    )
    openpce_state = fields.Selection(
        STATES,
        "Workflow state",
        compute="_compute_openpce_state",
        search="_search_openpce_state",
    )

    @api.depends("openpce_bill_ids")
    def _compute_openpce_bill_id(self):
        for move in self:
            # sudo: whoever may read a bill may know that it is in the workflow
            move.openpce_bill_id = move.sudo().openpce_bill_ids[:1].sudo(False)

    def _search_openpce_bill_id(self, operator, value):
        return fields.Domain("openpce_bill_ids", operator, value)

    @api.depends("openpce_bill_ids.state")
    def _compute_openpce_state(self):
        for move in self:
            # sudo: as above
            move.openpce_state = move.sudo().openpce_bill_id.state

    def _search_openpce_state(self, operator, value):
        return fields.Domain("openpce_bill_ids.state", operator, value)

    @api.depends("openpce_bill_ids.state")
    def _compute_hide_post_button(self):
        # EXTENDS 'account': the gate is in _post, a button would only be refused
        super()._compute_hide_post_button()
        for move in self:
            move.hide_post_button = move.hide_post_button or bool(
                move.openpce_state and move.openpce_state != State.APPROVED
            )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'account': a purchase document of a company with the workflow enters it
        moves = super().create(vals_list)
        moves._openpce_enter()
        return moves

    def _openpce_enter(self):
        """Make the workflow records of new purchase documents (R131)."""
        entering = self.filtered(
            lambda move: (
                move.company_id.openpce_bill_workflow
                and move.is_purchase_document(include_receipts=True)
            )
        )
        if any(move.state == "posted" for move in entering):
            raise UserError(
                self.env._(
                    "A supplier bill begins as a draft and is posted after its approval. Leave its "
                    "state out."
                )
            )
        # sudo: whoever may make a bill makes it enter; the record is the engine's, so defaults in
        # the context of the call are not its
        context = clean_context(self.env.context)
        self.env["openpce.bill"].sudo().with_context(context).create(
            [{"move_id": move.id, "company_id": move.company_id.id} for move in entering]
        )

    def write(self, vals):
        # EXTENDS 'account': changes of figures are written down, and void approvals (A38)
        self._openpce_limit(vals)
        with self._openpce_watch(), self._openpce_follow_rates(vals):
            result = super().write(vals)
        # sudo: whoever changes an entry makes the desks of its bill read it again
        self.sudo().openpce_bill_ids._tell_desks()
        if "move_type" in vals:
            # what becomes a bill later enters as well; sudo: as in the computation above
            self.filtered(lambda move: not move.sudo().openpce_bill_ids)._openpce_enter()
        return result

    @contextmanager
    def _openpce_watch(self):
        """Note what changes in the figures of bills in the workflow while this runs.

        Only the outermost change counts: a bill's form writes its lines on the way. Which bills
        are being changed is kept with the transaction, where no caller can claim it.
        """
        # sudo: the guard has to see the bill also when the user may not
        bills = self.sudo().openpce_bill_ids.sudo(self.env.su)
        busy = self.env.cr.cache.setdefault("openpce_changing", set())
        before = {bill: bill._get_figures() for bill in bills if bill.id not in busy}
        busy.update(bill.id for bill in before)
        try:
            yield
        finally:
            busy.difference_update(bill.id for bill in before)
        for bill, figures in before.items():
            bill._note_change(figures)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_workflow(self):
        """Bills are discarded, not deleted; an administrator may delete a draft (R93, A25)."""
        # sudo: as above
        for bill in self.sudo().openpce_bill_ids:
            move = bill.move_id
            early = bill.state in (State.CAPTURED, State.DISCARDED) and not move.posted_before
            if not (early and (self.env.su or self.env.user.has_group("base.group_system"))):
                raise UserError(
                    self.env._(
                        "%s is in the workflow, so it is not deleted: use the button “Delete” of "
                        "the bill, which keeps file and follow-up. Only a system administrator "
                        "deletes a draft that was never posted.",
                        bill.display_name,
                    )
                )
            if bill.state != State.DISCARDED:
                bill._log("discarded", text="physical", by=self.env.user)
                bill._set_state(Event.DISCARD)

    def _post(self, soft=True):
        # EXTENDS 'account': the gate; button, list, cron, import and API all pass here (A37)
        # sudo: as above
        bills = self.sudo().openpce_bill_ids
        bills._check_may_post()
        posted = super()._post(soft)
        done = bills.filtered(
            lambda bill: bill.state == State.APPROVED and bill.move_id.state == "posted"
        )
        for bill in done.sudo(self.env.su):
            bill._set_state(Event.POST)
            bill._log("posted")
        return posted

    def _autopost_bill(self):
        # EXTENDS 'account': what Odoo learnt to post by itself passes the workflow all the same
        if self.sudo().openpce_bill_ids:
            return None
        return super()._autopost_bill()

    def button_draft(self):
        # EXTENDS 'account': a bill that was posted starts again at the treatment
        result = super().button_draft()
        # sudo: as above
        bills = self.sudo().openpce_bill_ids.filtered(lambda bill: bill.state == State.POSTED)
        bills._reopen()
        return result

    def button_cancel(self):
        # EXTENDS 'account': a cancelled bill needs nobody any more
        result = super().button_cancel()
        # sudo: as above
        for bill in self.sudo().openpce_bill_ids:
            if Event.DISCARD.value in bill._get_allowed_events():
                bill.task_ids._close("discard", self.env.user)
                bill._log("discarded", by=self.env.user)
                bill._set_state(Event.DISCARD)
        return result

    def action_openpce(self, name=None):
        """A button of the bill, pressed on the form of the document.

        :param name: one of the public actions of ``openpce.bill`` that the form offers.
        """
        if name not in _ACTIONS:
            raise AccessError(self.env._("The bill has no button “%s”.", name))
        return getattr(self.openpce_bill_id, name)()
