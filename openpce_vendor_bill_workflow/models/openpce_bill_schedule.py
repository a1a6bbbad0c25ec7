from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_duration

from ..bill_flow.errors import RuleError
from ..bill_flow.timetable import Timetable
from ..tools.steps import one_at_a_time

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: Minutes until a task goes on that had more to do than fits into one run.
_AGAIN = 1


class OpenpceBillSchedule(models.Model):
    """A task that runs by itself on days and at an hour of the company (R128, R129)."""

    _name = "openpce.bill.schedule"
    _description = "Scheduled task of the bill workflow"
    _order = "company_id, hour, id"
    _rec_names_search = ["function_id"]

    function_id = fields.Many2one("openpce.bill.function", required=True, ondelete="cascade")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    monday = fields.Boolean("Mon", default=True)
    tuesday = fields.Boolean("Tue", default=True)
    wednesday = fields.Boolean("Wed", default=True)
    thursday = fields.Boolean("Thu", default=True)
    friday = fields.Boolean("Fri", default=True)
    saturday = fields.Boolean("Sat")
    sunday = fields.Boolean("Sun")
    hour = fields.Float(
        default=6.0, required=True, help="In the time zone of the company's contact."
    )
    every = fields.Integer(
        "Again every (minutes)", help="Until the hour beside it. 0: once on each of the days."
    )
    until = fields.Float(default=18.0, help="Last hour at which it starts again.")
    timezone = fields.Char("Time zone", compute="_compute_timezone")
    active = fields.Boolean(default=True)
    next_run = fields.Datetime(compute="_compute_next_run", store=True, index="btree_not_null")
    last_run = fields.Datetime(readonly=True, copy=False)
    last_state = fields.Selection(
        [("done", "Done"), ("partly", "Partly"), ("failed", "Failed"), ("running", "Running")],
        "Result",
        readonly=True,
        copy=False,
    )
    last_result = fields.Text("What it did", readonly=True, copy=False)
    last_trace = fields.Text(readonly=True, copy=False, groups="base.group_system")

    @api.depends("function_id")
    def _compute_display_name(self):
        for task in self:
            task.display_name = f"{task.function_id.name or ''} · {format_duration(task.hour)}"

    @api.depends("company_id.partner_id.tz", "company_id.openpce_calendar_id.tz")
    def _compute_timezone(self):
        for task in self:
            company = task.company_id.sudo()  # sudo: a time zone is no secret of the contact
            task.timezone = company.partner_id.tz or company.openpce_calendar_id.tz or "UTC"

    @api.depends("hour", "every", "until", "active", "timezone", *WEEKDAYS)
    def _compute_next_run(self):
        now = fields.Datetime.now()
        for task in self:
            try:
                task.next_run = task.active and task._get_timetable().next_after(now)
            except RuleError:
                task.next_run = False  # told by the constraint

    @api.constrains("hour", "every", "until", *WEEKDAYS)
    def _check_timetable(self):
        for task in self:
            try:
                task._get_timetable()
            except RuleError as error:
                raise ValidationError(task._get_refusal(error)) from error
            if task.every and task.until < task.hour:
                raise ValidationError(
                    self.env._(
                        "“%s” would end before it begins: “Until” is earlier than “Hour”. Type a "
                        "later hour there.",
                        task.display_name,
                    )
                )

    def _get_refusal(self, error):
        texts = {
            "no_days": self.env._(
                "“%s” would never run: no day is marked. Mark at least one day of the week.",
                self.display_name,
            ),
            "bad_time": self.env._(
                "“%s” has an hour that no day has. Type hours from 00:00 to 23:59.",
                self.display_name,
            ),
            "too_often": self.env._(
                "“%(task)s” would run too often. Type %(least)s minutes or more, or 0 for once a "
                "day.",
                task=self.display_name,
                least=error.facts.get("least"),
            ),
            "bad_zone": self.env._(
                "The time zone %(zone)s of %(company)s is unknown. Choose another one on the "
                "company's contact.",
                zone=error.facts.get("zone"),
                company=self.company_id.display_name,
            ),
        }
        return texts[error.code]

    def _get_timetable(self):
        """The engine's timetable of this task.

        :raises RuleError: it can never run.
        """
        self.ensure_one()
        return Timetable(
            frozenset(number for number, day in enumerate(WEEKDAYS) if self[day]),
            round(self.hour * 60),
            max(self.every, 0),
            round(self.until * 60) if self.every else 0,
            self.timezone,
        )

    @api.model_create_multi
    def create(self, vals_list):
        tasks = super().create(vals_list)
        tasks._trigger()
        return tasks

    def write(self, vals):
        result = super().write(vals)
        if not {"next_run", "last_state"} & set(vals):
            self._trigger()
        return result

    def _trigger(self):
        """Wake the scheduler at the moments when these tasks are due."""
        moments = [task.next_run for task in self if task.active and task.next_run]
        if moments:
            # sudo: whoever may plan a task may have the scheduler woken for it
            cron = self.env.ref("openpce_vendor_bill_workflow.cron_schedule").sudo()
            cron._trigger(at=moments)

    # ------------------------------------------------------------------ running

    def action_run(self):
        """Run the tasks now, whatever their hour; the result stands in the row."""
        self.check_access("write")
        for task in self:
            if not task._run_apart():
                raise UserError(
                    self.env._(
                        "“%s” is running in this moment. Wait for its result in the list.",
                        task.display_name,
                    )
                )

    @api.model
    def _cron_run_due(self):
        """Run what is due; each task on its own, so that one that fails stops no other (A40)."""
        cron = self.env["ir.cron"]
        due = self.search([("next_run", "<=", fields.Datetime.now())], order="next_run, id")
        cron._commit_progress(remaining=len(due))
        for task in due:
            task._run_apart(hour_matters=True)
            if not cron._commit_progress(1):
                break

    def _run_apart(self, hour_matters=False):
        """Run one task and note the result; False when another worker is at it."""
        self.ensure_one()
        task = self.sudo()  # sudo: results and hours are noted by the system
        with one_at_a_time(self.env, self._name, self.id) as mine:
            if not mine:
                return False
            now = fields.Datetime.now()
            task.invalidate_recordset(["next_run"])
            if hour_matters and not (task.next_run and task.next_run <= now):
                return True  # somebody else has just done it
            task.write(
                {
                    "last_run": now,
                    "last_state": "running",
                    "last_trace": False,
                    "next_run": task.active and task._get_timetable().next_after(now),
                }
            )
            task._run_function()
        task._trigger()
        return True

    def _run_function(self):
        """The run itself; the next one is noted before: a worker that dies does not repeat it."""
        outcome = self.function_id._run_apart(self.company_id)
        self.write(
            {
                "last_state": outcome.state,
                "last_result": outcome.text,
                "last_trace": outcome.trace,
            }
        )
        if outcome.again:
            self.next_run = fields.Datetime.now() + timedelta(minutes=_AGAIN)
