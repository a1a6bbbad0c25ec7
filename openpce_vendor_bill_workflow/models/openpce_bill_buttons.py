from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import groupby

from ..bill_flow.transitions import Event, State
from .openpce_bill import STATES

_TREATING = (State.IN_TREATMENT, State.IN_DISTRIBUTION)
_STAGES = ("revise", "treat", "line", "approve")


class OpenpceBill(models.Model):
    """What the user may do with a bill now, and the screens that offer it (R102-R107, R126)."""

    _inherit = "openpce.bill"

    allowed_actions = fields.Json(
        compute="_compute_allowed_actions", help="Buttons that the user may press now."
    )
    may_edit = fields.Boolean(compute="_compute_allowed_actions")
    revise_reason = fields.Selection(
        [("repeated", "Repeated"), ("incomplete", "Incomplete"), ("sent_back", "Read wrongly")],
        "Why in revision",
        compute="_compute_revise_reason",
        store=True,
        group_expand="_expand_revise_reasons",
        help="What the list to revise is grouped by (R86).",
    )
    holder = fields.Char("Now with", compute="_compute_holder")
    missing_text = fields.Char("Empty fields", compute="_compute_missing_text")
    age = fields.Integer(compute="_compute_age", aggregator=None, help="Days since it came in.")
    overdue = fields.Boolean(
        compute="_compute_age", help="Its time is up, or was up once and somebody was told."
    )

    @api.depends("task_ids.state", "task_ids.user_id", "task_ids.team_id", "state", "repeated")
    @api.depends_context("uid")
    def _compute_allowed_actions(self):
        user = self.env.user
        manager = self._is_manager()
        accountant = user.has_group("account.group_account_invoice")
        for _company, bills in groupby(self, lambda bill: bill.company_id):
            supervisor = bills[0]._is_supervisor()
            for bill in bills:
                # sudo: a reviewer knows who holds the bill, not only the own task
                tasks = bill.sudo().task_ids.filtered(lambda task: task.state == "open")
                own = tasks.filtered(lambda task: task._is_of(user))
                mine = set(_STAGES) if manager else set(own.mapped("stage"))
                bill.allowed_actions = bill._get_allowed_actions(own, mine, supervisor)
                bill.may_edit = bill._may_edit(mine, supervisor, accountant)

    def _get_allowed_actions(self, own, mine, supervisor):
        """Names of the actions that would not be refused for the state or the person.

        :param own: open tasks of the user, alone or as member of a team.
        :param mine: stages in which the user may act for whoever has the bill.
        :param supervisor: whether the user supervises the bill's company.
        """
        self.ensure_one()
        events, state = self._get_allowed_events(), self.state
        treating, asked = state in _TREATING, bool(own.filtered(lambda t: t.stage == "approve"))
        treats, revises = treating and "treat" in mine, Event.REVISE in events and "revise" in mine
        approves = state == State.IN_APPROVAL and asked
        worked_on = supervisor and (treating or state == State.TO_REVISE)
        claimable = own.filtered(lambda task: task.team_id and task.stage in ("revise", "treat"))
        found = {
            "submit": state == State.CAPTURED,
            "revise": revises,
            "claim": bool(claimable),
            "validate": treats and Event.VALIDATE in events,
            "confirm_lines": treating and bool(own.filtered(lambda t: t.stage == "line")),
            "resume": treats and self.hold_reason == "manual_hold",
            "send_back": treats or (supervisor and treating),
            "hold": treats and Event.HOLD in events,
            "approve": approves,
            "reject": approves,
            "forward": approves or revises or treats or worked_on,
            "return": Event.RETURN_TO_SUPPLIER in events
            and (supervisor or bool({"revise", "treat", "approve"} & mine)),
            "reset": (treating or state == State.TO_REVISE) and bool({"revise", "treat"} & mine),
            "discard": Event.DISCARD in events and (supervisor or bool({"revise", "treat"} & mine)),
            "not_duplicate": supervisor and self.repeated and not self.cleared,
            "restore": supervisor and Event.RESTORE in events,
            "take_back": supervisor and Event.TAKE_BACK in events,
            "reevaluate": supervisor and state == State.IN_APPROVAL,
            "reopen": supervisor and state == State.APPROVED,
        }
        return [name for name, allowed in found.items() if allowed]

    def _may_edit(self, mine, supervisor, accountant):
        """Whether the form of the document is open for changes (R120, A37)."""
        self.ensure_one()
        # sudo: whether the entry is a draft is no secret to who sees the bill
        if self.sudo().move_id.state != "draft":
            return False
        if self.state == State.IN_APPROVAL:
            return supervisor
        if self.state == State.CAPTURED:
            return accountant
        open_states = (State.TO_REVISE, *_TREATING)
        held = bool({"revise", "treat", "line"} & mine)
        return self.state in open_states and (held or supervisor or accountant)

    @api.depends("repeated", "incomplete", "sent_back")
    def _compute_revise_reason(self):
        names = ("repeated", "incomplete", "sent_back")
        for bill in self:
            bill.revise_reason = next((name for name in names if bill[name]), False)

    @api.depends("missing")
    @api.depends_context("lang")
    def _compute_missing_text(self):
        for bill in self:
            names = self.env["openpce.bill.log"]._get_field_names(bill.missing or [])
            bill.missing_text = ", ".join(names)

    @api.depends("task_ids.state", "task_ids.user_id", "task_ids.team_id")
    def _compute_holder(self):
        for bill in self:
            # sudo: as above
            tasks = bill.sudo().task_ids.filtered(lambda task: task.state == "open")
            names = tasks.user_id.mapped("display_name") + tasks.team_id.mapped("display_name")
            bill.holder = ", ".join(names)

    @api.depends("entry_date", "deadline", "late")
    @api.depends_context("tz")
    def _compute_age(self):
        now, today = fields.Datetime.now(), fields.Date.context_today(self)
        for bill in self:
            entered = fields.Datetime.context_timestamp(bill, bill.entry_date or now).date()
            bill.age = (today - entered).days
            bill.overdue = bill.late or bool(bill.deadline and bill.deadline < now)

    @api.model
    def _expand_states(self, states, domain):
        """States that have bills, in the order of the way and not of the alphabet."""
        return [state for state, _words in STATES if state in states]

    @api.model
    def _expand_revise_reasons(self, reasons, domain):
        """Reasons that bills have, in the order of the document (R86)."""
        words = self._fields["revise_reason"].get_values(self.env)
        return [reason for reason in words if reason in reasons]

    @api.model
    def _get_late_domain(self):
        """Bills whose time is up, or was up once."""
        return Domain("late", "=", True) | Domain("deadline", "<", fields.Datetime.now())

    # ------------------------------------------------------------------ screens

    def action_open(self):
        """Open the screen that fits the state (R126): the document to work on, or its history."""
        self.ensure_one()
        self.check_access("read")
        move = self.move_id
        action = {"type": "ir.actions.act_window", "view_mode": "form", "target": "current"}
        if move and self.state in (State.CAPTURED, State.TO_REVISE, *_TREATING, State.IN_APPROVAL):
            view = self.env.ref("openpce_vendor_bill_workflow.account_move_view_form_bill")
            own = {"res_model": "account.move", "res_id": move.id, "views": [(view.id, "form")]}
        elif self._is_for_accounting():
            own = {"res_model": "account.move", "res_id": move.id, "views": [(False, "form")]}
        else:
            return self.action_open_status()
        return {**action, **own, "name": self.display_name}

    def _is_for_accounting(self):
        """Whether the user books the bill that was approved."""
        user = self.env.user
        accounting = ("account.group_account_invoice", "account.group_account_readonly")
        booked = self.state in (State.APPROVED, State.POSTED) and self.move_id
        return booked and any(map(user.has_group, accounting))

    def action_open_status(self):
        """Open everything that is known of the bill: follow-up, criteria, approvals (R92, R106)."""
        self.ensure_one()
        view = self.env.ref("openpce_vendor_bill_workflow.bill_view_form")
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "openpce.bill",
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "current",
        }

    def action_open_document(self):
        """Open the file of the bill in a tab of its own, for screens without room beside it."""
        self.ensure_one()
        file = self.move_id.message_main_attachment_id
        if not file:
            raise UserError(
                self.env._(
                    "%s has no file yet. Drop one into the messages of the bill.", self.display_name
                )
            )
        url = f"/web/content/{file.id}"
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    def action_ask_approve(self):
        """Ask for a comment, then approve."""
        return self._ask("approve")

    def action_ask_reject(self):
        """Ask why, then send back to the treatment (R134)."""
        return self._ask("reject")

    def action_ask_forward(self):
        """Ask to whom and why, then forward (R105)."""
        return self._ask("forward")

    def action_ask_hold(self):
        """Ask why, then put aside (R101)."""
        return self._ask("hold")

    def action_ask_discard(self):
        """Ask why, then delete from the list (R93)."""
        return self._ask("discard")

    def action_ask_duplicate(self):
        """Ask why the bill is no repetition, then let it go on (A22)."""
        return self._ask("duplicate")

    def action_ask_return(self):
        """Ask what the supplier is told, then return the bill (R103)."""
        self.ensure_one()
        self.check_access("read")
        wizard = self.env["openpce.bill.return"].create({"bill_id": self.id})
        return wizard._reopen(self.env._("Return to the supplier"))

    def _ask(self, kind):
        """Open the question that a decision asks first.

        :param kind: of ``openpce.bill.decision``.
        """
        self.check_access("read")
        wizard = self.env["openpce.bill.decision"].create(
            {"kind": kind, "bill_ids": [fields.Command.set(self.ids)]}
        )
        return wizard._reopen(wizard._get_title())

    # ------------------------------------------------------------------ many at once

    def action_bulk_approve(self):
        """Approve many bills (R65)."""
        return self._tell_outcome(*self._each(lambda bill: bill.action_approve()))

    def action_bulk_validate(self):
        """Validate many bills (R107)."""
        return self._tell_outcome(*self._each(lambda bill: bill.action_validate()))

    def action_bulk_revise(self):
        """Check many bills again (R84)."""
        return self._tell_outcome(*self._each(lambda bill: bill.action_revise()))

    def action_bulk_claim(self):
        """Take many bills of a team (A4)."""
        return self._tell_outcome(*self._each(lambda bill: bill.action_claim()))

    def _each(self, act):
        """Call ``act`` with every bill, each in a savepoint of its own.

        :return: the bills that went through, and (bill, why not) of the others.
        """
        self.check_access("read")
        if len(self) == 1:
            act(self)  # its refusal is the answer
            return self, []
        done, refused = self.browse(), []
        for bill in self:
            try:
                with self.env.cr.savepoint():
                    act(bill)
                done |= bill
            except UserError as error:
                refused.append((bill, str(error)))
        return done, refused

    def _tell_outcome(self, done, refused):
        """Say how many bills were done, and which were refused and why."""
        if refused:
            return self.env["openpce.bill.decision"]._tell(done, refused)
        message = (
            self.env._("%s: done.", done.display_name)
            if len(done) == 1
            else self.env._("%s bills: done.", len(done))
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
