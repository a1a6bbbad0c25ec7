import logging

from odoo import api, fields, models
from psycopg2 import OperationalError

from ..bill_flow.decisions import Decision, Kind, decide
from ..bill_flow.errors import ApprovalError
from ..bill_flow.escalation import ActionKind, Stage, Timer, fire
from ..tools.steps import lock_free
from .openpce_bill_task import SUPERVISED

_logger = logging.getLogger(__name__)


class OpenpceBillTask(models.Model):
    _inherit = "openpce.bill.task"

    @api.model
    def _cron_supervise(self, limit=500):
        """Pass on or tell what is late (R67-R79, A18).

        One indexed query finds what is due, so the cost follows the late tasks alone. A task that
        another worker has is left to it; what was fired once is not due any more.
        """
        cron = self.env["ir.cron"]
        now = fields.Datetime.now()
        domain = [("state", "=", "open"), ("deadline", "<=", now)]
        due = self.search(domain, limit=limit, order="deadline, id")
        cron._commit_progress(remaining=len(due))
        for task in due:
            # who is deciding on the bill in this moment goes first
            if lock_free(task.bill_id, allow_referencing=True):
                task.invalidate_recordset()
                task._supervise_apart(now)
            if not cron._commit_progress(1):
                break

    def _supervise_apart(self, now):
        """Fire one timer so that a failure stops no other; it is told in the follow-up."""
        try:
            with self.env.cr.savepoint():
                self._fire(now)
        except OperationalError:
            # somebody else was faster; the next run looks again
            _logger.info("Supervision of task %s met another transaction", self.id)
        except Exception as error:
            _logger.exception("Supervision of task %s failed", self.id)
            self.bill_id._log("note", text=str(error))
            # no deadline: it would fail again every time
            self.deadline = False

    def _fire(self, now):
        """Do what the engine asks for because time is up; nothing when it is not."""
        self.ensure_one()
        timer = self._get_timer()
        if self.state != "open" or timer is None:
            return
        rule = self._get_supervision_rule()
        if rule is None:
            self.deadline = False
            return
        clock = self.company_id._openpce_get_clock()
        after, actions = fire(timer, rule, now, clock)
        if not actions and after == timer:
            return
        task = self
        for action in actions:
            person = self.env["res.users"].browse(action.to)
            if action.kind is ActionKind.REASSIGN:
                task = self._pass_on(person)
            else:
                self._tell_late(person)
        if task:
            task._set_timer(after)
        else:
            # nobody to pass it on to: the person keeps it and was told
            task = self
            task._set_timer(Timer(Stage.DONE, assigned_at=timer.assigned_at))
        task.late = True

    def _get_supervision_rule(self):
        """The engine's rule that the clock of the task follows; None when it was deleted."""
        rules = self.env["openpce.bill.supervision.rule"]._get_effective(
            self.company_id, SUPERVISED[self.stage], self.rule_user_id
        )
        return next(iter(rules._as_rules()), None)

    def _pass_on(self, person):
        """Give the task to the assignment person; the others' approvals stay (R69, A18).

        :return: the new task, None when the person cannot take it and the late one keeps it.
        """
        bill = self.bill_id
        late = self.user_id
        if self.stage == "approve":
            plan, decisions = bill._get_plan()
            replaced = Decision(self.level, late.id, Kind.REPLACED, person.id)
            try:
                taken = decide(plan, decisions, replaced)
            except ApprovalError as error:
                # four eyes, or asked already: the bill stays where it is and the person is told
                bill._log("note", text=bill._get_decision_refusal(error))
                return None
            bill.decisions = [one.to_json() for one in taken]
        self._close("late")
        bill._log("replaced", person=late.id, user=person.id, stage=self.stage)
        task = self.create(
            {
                "bill_id": bill.id,
                "stage": self.stage,
                "level": self.level,
                "user_id": person.id,
                "rule_user_id": self.rule_user_id.id,
            }
        )
        if self.stage == "treat":
            bill.write({"user_id": person.id, "team_id": False, "since": task.assigned_at})
        elif self.stage == "line":
            lines = bill.move_id.invoice_line_ids
            lines.filtered(
                lambda line: line.openpce_owner_id == late and not line.openpce_confirmed_at
            ).openpce_owner_id = person
        task._create_activities()
        if self.env["openpce.bill.user"]._get_registration(person, bill.company_id).mail_each:
            task._queue_mails()
        return task

    def _tell_late(self, person):
        """Message on the home screen of who was late, always (R70, R72, A19)."""
        self.bill_id._log("late", person=person.id, stage=self.stage)
        self._create_late_activity(person)
