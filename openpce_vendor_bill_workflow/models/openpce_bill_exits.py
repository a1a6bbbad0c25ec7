from odoo import models
from odoo.exceptions import AccessError, UserError

from ..bill_flow.decisions import Decision, Kind
from ..bill_flow.escalation import pause, resume
from ..bill_flow.transitions import Event, State


class OpenpceBill(models.Model):
    """What takes a bill off the straight way: forward, return, delete, hold, clear."""

    _inherit = "openpce.bill"

    def _forward(self, reason, text, user=None, team=None):
        """Give bills to another person or team (R105, A29).

        In approval another person takes the own place on the level; the level is not skipped.
        """
        none_user, none_team = self.env["res.users"], self.env["openpce.bill.team"]
        user, team = user or none_user, team or none_team
        for bill in self:
            bill._lock()
            bill.env["openpce.bill.user"]._check_registered(user, bill.company_id)
            told = {"reason_name": reason.name, "text": text, "user": user.id, "team": team.id}
            if bill.state == State.IN_APPROVAL:
                bill._forward_approval(user, told)
            elif bill.state in (State.TO_REVISE, State.IN_TREATMENT, State.IN_DISTRIBUTION):
                stage = "revise" if bill.state == State.TO_REVISE else "treat"
                if not bill._is_supervisor():
                    bill._check_mine(stage)
                bill._log("forwarded", **told)
                bill._give(stage, user, team)
            else:
                raise bill._refuse_state()
            # sudo: the count is the engine's
            bill.sudo().forward_count += 1

    def _forward_approval(self, user, told):
        """Ask somebody else on the own level."""
        if not user:
            raise UserError(
                self.env._(
                    "An approval is forwarded to a person, not to a team: exactly one person has "
                    "to answer for it. Choose a person."
                )
            )
        self.env["openpce.bill.user"]._check_supervisors(user, self.company_id)
        level = self._get_my_level()
        self._decide(Decision(level, self.env.user.id, Kind.FORWARDED, user.id))
        self._log("forwarded", level=level, **told)
        self._sync_approval()

    def _is_supervisor(self):
        """Whether the user supervises the bill's company (R30)."""
        return self.env.su or self._may_approve(self.env.user) or self._is_manager()

    def _hold_by_hand(self, reason, text):
        """Put bills in treatment aside, with a reason (R101)."""
        for bill in self:
            bill._check_mine("treat")
            bill._lock()
            bill._hold("manual_hold", reason_name=reason.name, text=text)

    def _return_to_supplier(self, reason, text, email):
        """Take bills off everybody's desk until the supplier answers; their clocks stop (A28)."""
        for bill in self:
            if not bill._is_supervisor():
                bill._check_mine("revise", "treat", "approve")
            bill._lock()
            bill._log("returned", reason_name=reason.name, text=text, email=email)
            bill._pause_tasks()
            bill._set_state(Event.RETURN_TO_SUPPLIER)
            # sudo: the count is the engine's
            bill.sudo().return_count += 1
            bill._release_forecasts()
            bill._release_ties()

    def _pause_tasks(self):
        """Stop the clocks; the tasks end, since the bill comes back to the treatment (A18)."""
        # sudo: tasks are the engine's
        for task in self.sudo().task_ids.filtered(lambda task: task.state == "open"):
            timer = task._get_timer()
            if timer:
                clock = task.company_id._openpce_get_clock()
                task._set_timer(pause(timer, task.bill_id._now(), clock))
        self.sudo().task_ids._close("return")

    def action_take_back(self):
        """Treat a returned bill after all: the supplier answered without a new document (A28)."""
        for bill in self:
            if not bill._is_supervisor():
                raise bill._refuse_supervisor()
            bill._lock()
            paused = bill.sudo().task_ids.filtered(lambda task: task.result == "return")[:1]
            bill._set_state(Event.TAKE_BACK)
            bill._log("taken_back")
            bill._release_forecasts(False)
            bill._release_ties(False)
            bill._give_back()
            bill._resume_clock(paused)

    def _resume_clock(self, paused):
        """Let the hours that were left go on, for the person who had the bill before (A18)."""
        # sudo: tasks are the engine's
        task = self.sudo().task_ids.filtered(lambda task: task.state == "open")[:1]
        timer = paused._get_timer() if paused else None
        if timer and task and task.user_id == paused.user_id:
            clock = task.company_id._openpce_get_clock()
            task._set_timer(resume(timer, self._now(), clock))

    def _discard(self, reason, text):
        """Delete bills from the list: they are cancelled and kept, file and all (R93, A25)."""
        for bill in self:
            if not bill._is_supervisor():
                bill._check_mine("revise", "treat")
            bill._lock()
            bill._log("discarded", reason_name=reason.name, text=text)
            # sudo: reviewers may discard a bill and not cancel entries
            bill.sudo().task_ids._close("discard", self.env.user)
            bill._set_state(Event.DISCARD)
            move = bill.move_id.sudo()
            if move.state == "draft":
                move.button_cancel()

    def action_restore(self):
        """Take back a deletion; the bill is verified again (R93)."""
        for bill in self:
            if not bill._is_supervisor():
                raise bill._refuse_supervisor()
            bill._lock()
            if not bill.move_id:
                raise UserError(
                    self.env._(
                        "The document of %s was deleted by an administrator, so only its "
                        "follow-up is left. Enter the bill again.",
                        bill.display_name,
                    )
                )
            bill._set_state(Event.RESTORE)
            bill._log("restored")
            # sudo: as above
            if bill.move_id.state == "cancel":
                bill.move_id.sudo().button_draft()
            bill._check_capture()
            bill._assign_revision()

    def _clear_duplicate(self, reason, text):
        """Say that bills that look repeated are not; supervisors alone may (A22)."""
        for bill in self:
            if not bill._is_supervisor():
                raise bill._refuse_supervisor()
            bill._lock()
            # sudo: what the verification found is the engine's
            bill.sudo().write({"cleared": True, "repeated": False})
            bill._log(
                "not_duplicate",
                reason_name=reason.name,
                text=text,
                duplicates=bill.duplicate_ids.ids,
            )
            if bill.state == State.TO_REVISE and bill._check_capture():
                bill.sudo().task_ids._close("not_duplicate", self.env.user)
                bill._restate_totals()
                bill._set_state(Event.REVISE)
                bill._log("verified")
                bill._route()

    def action_reevaluate(self):
        """Ask the criteria of today again for bills in approval; approvals start anew (A42)."""
        for bill in self:
            if not bill._is_supervisor():
                raise bill._refuse_supervisor()
            bill._lock()
            if bill.state != State.IN_APPROVAL:
                raise bill._refuse_state()
            # sudo: tasks are the engine's
            row = bill.sudo()
            bill._log("reevaluated", decisions=row.decisions or [])
            row.task_ids.filtered(lambda task: task.stage == "approve")._close("reevaluate")
            bill._open_approval()

    def action_submit(self):
        """Hand a bill that was typed over to the workflow: it is verified at once (R82)."""
        for bill in self:
            bill._lock()
            if bill.state != State.CAPTURED:
                raise bill._refuse_state()
            bill.sudo()._capture(bill.source)
            bill._verify()

    def action_reopen(self):
        """Change an approved bill after all: it goes back to the treatment (A38)."""
        for bill in self:
            if not bill._is_supervisor():
                raise bill._refuse_supervisor()
            bill._lock()
            if bill.state != State.APPROVED:
                raise bill._refuse_state()
            bill._reopen()

    def _reopen(self):
        """Start again at the treatment; the approvals given stay in the follow-up."""
        for bill in self:
            # sudo: the engine's record
            bill._log("reopened", decisions=bill.sudo().decisions or [])
            bill._set_state(Event.REOPEN)
            bill.sudo().write({"plan": False, "decisions": False, "figures": False})
            bill._give_back()

    def _refuse_supervisor(self):
        """The error for an action of supervisors alone."""
        return AccessError(
            self.env._(
                "Only supervisors of %(company)s can do this with %(bill)s. It is with %(holder)s.",
                company=self.company_id.display_name,
                bill=self.display_name,
                holder=self._get_holder_text(),
            )
        )
