from odoo import api, fields, models

from ..bill_flow.escalation import Timer, start

STAGES = [
    ("revise", "Revision"),
    ("treat", "Treatment"),
    ("line", "Lines to confirm"),
    ("approve", "Approval"),
]
#: Criteria that give a stage its hours (R67, R73).
SUPERVISED = {"treat": "treat", "line": "treat", "approve": "approve"}


class OpenpceBillTask(models.Model):
    """One responsibility for a bill: whose turn it is, since when and until when.

    ::

        open ──▶ done        the person did it
          └────▶ cancelled   somebody else did, or the bill went another way
    """

    _name = "openpce.bill.task"
    _description = "Task of a supplier bill"
    _order = "state desc, deadline, id"
    _rec_name = "bill_id"

    bill_id = fields.Many2one("openpce.bill", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(
        "res.company", related="bill_id.company_id", store=True, index=True
    )
    stage = fields.Selection(STAGES, required=True)
    level = fields.Integer(help="Level of the approval; 0 in the other stages.", aggregator=None)
    user_id = fields.Many2one("res.users", "Person")
    team_id = fields.Many2one("openpce.bill.team", index="btree_not_null")
    state = fields.Selection(
        [("open", "Open"), ("done", "Done"), ("cancelled", "Cancelled")],
        required=True,
        default="open",
    )
    assigned_at = fields.Datetime(required=True, default=fields.Datetime.now)
    deadline = fields.Datetime(help="When time is up; empty: no limit, or the clock stands still.")
    late = fields.Boolean(help="Time was up once and somebody was told.")
    timer = fields.Json(help="State of the supervision, kept by the engine.")
    rule_user_id = fields.Many2one(
        "res.users", "Supervised person", help="Whose supervision criteria the clock follows."
    )
    done_at = fields.Datetime()
    done_by_id = fields.Many2one("res.users", "Done by")
    result = fields.Char(help="Event that ended the task.")

    _inbox_index = models.Index("(user_id, bill_id) WHERE state = 'open'")
    _due_index = models.Index("(deadline) WHERE state = 'open' AND deadline IS NOT NULL")
    _somebody = models.Constraint(
        "CHECK((user_id IS NULL) <> (team_id IS NULL))",
        "A task is a person's or a team's.",
    )

    @api.model
    def _open(self, vals_list):
        """Open tasks with their deadlines and tell the persons (R32, A18).

        The supervision criteria of all persons are read at once.
        """
        if not vals_list:
            return self.browse()
        bills = self.env["openpce.bill"].browse(vals["bill_id"] for vals in vals_list)
        # sudo: tasks are the engine's record; nobody writes them by hand
        tasks = self.sudo().create(
            [
                {**vals, "company_id": bill.company_id.id}
                for vals, bill in zip(vals_list, bills, strict=True)
            ]
        )
        tasks._start_timers()
        tasks._notify_assigned()
        return tasks

    def _start_timers(self):
        """Give each task of a person its deadline; a team has none until somebody claims (A18)."""
        now = fields.Datetime.now()
        known = {}
        for task in self.filtered(lambda task: task.user_id and task.stage in SUPERVISED):
            key = (task.company_id, SUPERVISED[task.stage])
            if key not in known:
                rules = self.env["openpce.bill.supervision.rule"]._get_effective(*key)
                known[key] = {rule.person: rule for rule in rules._as_rules()}
            rule = known[key].get(task.user_id.id)
            if rule is None:
                continue
            clock = task.company_id._openpce_get_clock()
            timer = start(rule, now, clock, absent=task.user_id.is_out_of_office)
            task._set_timer(timer)
            task.rule_user_id = task.user_id

    def _set_timer(self, timer):
        """Store a timer of the engine."""
        self.ensure_one()
        self.timer = timer.to_json()
        self.deadline = timer.deadline

    def _get_timer(self):
        """The stored timer, None when nobody supervises the task."""
        self.ensure_one()
        return Timer.from_json(self.timer) if self.timer else None

    def _close(self, result, by=None):
        """End open tasks: done for whoever acted, cancelled for the others.

        :param by: the user who acted; None when nobody of them did.
        """
        now = fields.Datetime.now()
        # sudo: tasks are the engine's record
        tasks = self.sudo().filtered(lambda task: task.state == "open")
        mine = tasks.filtered(
            lambda task: by and (task.user_id == by or by in task.team_id.member_ids)
        )
        vals = {"done_at": now, "deadline": False, "result": result}
        if mine:
            mine.write({**vals, "state": "done", "done_by_id": by.id})
        if tasks - mine:
            (tasks - mine).write({**vals, "state": "cancelled"})
        tasks._notify_closed()

    def _is_of(self, user):
        """Whether the task is a user's, alone or as member of its team."""
        self.ensure_one()
        # sudo: membership decides, not whether the asker may read the team
        return self.user_id == user or user in self.sudo().team_id.member_ids
