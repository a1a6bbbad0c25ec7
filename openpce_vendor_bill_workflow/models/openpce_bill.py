from datetime import datetime, time
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools.misc import get_lang

from ..bill_flow.checks import MailboxGroup, mailbox_group, week_limits
from ..bill_flow.errors import TransitionError
from ..bill_flow.transitions import State, allowed_events, next_state
from .openpce_transport_reference import DIRECTIONS

#: The diagram is in ``bill_flow/transitions.py``.
STATES = [
    ("captured", "Captured"),
    ("to_revise", "To revise"),
    ("in_treatment", "In treatment"),
    ("in_distribution", "In distribution"),
    ("in_approval", "In approval"),
    ("approved", "Approved"),
    ("posted", "Posted"),
    ("returned", "Returned"),
    ("discarded", "Deleted"),
]
HOLD_REASONS = [
    ("lines_pending", "Waits for the owners of lines"),
    ("unclaimed_group", "Waits for somebody of the team"),
    ("no_rule", "No criteria fit"),
    ("manual_hold", "Held by hand"),
]
SOURCES = [
    ("manual", "Typed"),
    ("upload", "Upload"),
    ("mail", "Mail"),
    ("connection", "Connection"),
]
MAILBOXES = [
    ("current_week", "Current week"),
    ("last_week", "Last week"),
    ("earlier", "Earlier"),
    ("held", "Held"),
]
#: States in which the bill waits for somebody of the company.
WORK_STATES = ("to_revise", "in_treatment", "in_distribution", "in_approval")


class OpenpceBill(models.Model):
    """A supplier bill on its way from capture to approval: where, whose, why, since when.

    One for each purchase document of a company that uses the workflow. What the document says is
    on ``account.move``; what changes often is here, away from that model's recomputations.
    """

    _name = "openpce.bill"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Supplier bill in the workflow"
    _order = "entry_date desc, id desc"
    _rec_names_search = ["ref", "partner_id", "documents"]
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of

    # set null: the follow-up stays when an administrator deletes a draft
    move_id = fields.Many2one("account.move", "Bill", index=True, ondelete="set null", copy=False)
    company_id = fields.Many2one("res.company", required=True, index=True)
    state = fields.Selection(
        STATES, required=True, default="captured", index=True, group_expand="_expand_states"
    )
    hold_reason = fields.Selection(HOLD_REASONS)
    source = fields.Selection(SOURCES, required=True, default="manual")
    entry_date = fields.Datetime(
        "Entered", required=True, default=fields.Datetime.now, index=True, help="When it came in."
    )

    # what lists, search and criteria need of the bill
    partner_id = fields.Many2one("res.partner", "Entity", compute="_compute_document", store=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", "Supplier company", compute="_compute_document", store=True, index=True
    )
    ref = fields.Char("Number", compute="_compute_document", store=True)
    move_type = fields.Char(compute="_compute_document", store=True)
    invoice_date = fields.Date(compute="_compute_document", store=True)
    invoice_date_due = fields.Date("Due", compute="_compute_document", store=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_document", store=True)
    amount_total = fields.Monetary("Total", compute="_compute_document", store=True)
    amount_company = fields.Monetary(
        "Total in company currency",
        compute="_compute_document",
        store=True,
        currency_field="company_currency_id",
        help="What the ranges of the approval criteria are compared with.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company currency"
    )

    # routing keys
    division_id = fields.Many2one("openpce.division", check_company=True, index="btree_not_null")
    traffic_type_id = fields.Many2one(
        "openpce.traffic.type",
        compute="_compute_traffic_type_id",
        store=True,
        readonly=False,
        check_company=True,
    )
    traffic_id = fields.Many2one(
        "openpce.traffic", check_company=True, domain="[('type_id', '=?', traffic_type_id)]"
    )
    direction = fields.Selection(DIRECTIONS)
    documents = fields.Char(
        "Transport documents", help="Separate several by commas.", index="trigram"
    )

    # what was captured
    uuid = fields.Char("Electronic id", copy=False)
    file_hash = fields.Char(copy=False, groups="base.group_system")
    captured = fields.Json(copy=False, help="The data as they were captured.")
    document_untaxed = fields.Monetary("Untaxed on the document")
    document_tax = fields.Monetary("Taxes on the document")
    document_withholding = fields.Monetary("Withheld on the document")
    document_total = fields.Monetary("Total on the document")

    # verification
    missing = fields.Json(copy=False)
    incomplete = fields.Boolean(copy=False)
    repeated = fields.Boolean(copy=False)
    duplicate_ids = fields.Many2many(
        "account.move", "openpce_bill_duplicate_rel", "bill_id", "move_id", "Like bills", copy=False
    )
    duplicate_reasons = fields.Json(copy=False)
    cleared = fields.Boolean(
        "Not a duplicate", copy=False, help="A supervisor said so, with a reason."
    )
    key_number = fields.Char(index="btree_not_null", copy=False)
    key_total = fields.Char(index="btree_not_null", copy=False)
    key_uuid = fields.Char(index="btree_not_null", copy=False)
    key_file = fields.Char(index="btree_not_null", copy=False)

    # who has it
    user_id = fields.Many2one("res.users", "Person", index="btree_not_null", copy=False)
    team_id = fields.Many2one("openpce.bill.team", index="btree_not_null", copy=False)
    since = fields.Datetime(copy=False, help="Since when this person or team has it.")
    deadline = fields.Datetime(compute="_compute_tasks", store=True, index="btree_not_null")
    late = fields.Boolean(compute="_compute_tasks", store=True)
    holder_ids = fields.Many2many(
        "res.users",
        compute="_compute_holder_ids",
        search="_search_holder_ids",
        string="Persons asked",
    )
    validated_by_id = fields.Many2one("res.users", "Validated by", copy=False)
    treater_ids = fields.Many2many(
        "res.users", "openpce_bill_treater_rel", "bill_id", "user_id", "Treated by", copy=False
    )
    rule_id = fields.Many2one("openpce.bill.distribution.rule", "Distribution rule", copy=False)
    treatment_rule_id = fields.Many2one("openpce.bill.treatment.rule", "Treatment rule", copy=False)
    automatic = fields.Boolean("Treated automatically", copy=False)
    trace = fields.Json(copy=False, help="Every search that was tried, by table.")

    # approval
    plan = fields.Json(copy=False)
    decisions = fields.Json(copy=False)
    figures = fields.Json(copy=False, help="What was approved; a change voids the approvals.")
    level = fields.Integer("Approval level", copy=False, aggregator=None)

    task_ids = fields.One2many("openpce.bill.task", "bill_id", "Tasks")
    log_ids = fields.One2many("openpce.bill.log", "bill_id", "Follow-up")
    log_number = fields.Integer(copy=False, default=0, groups="base.group_system")
    log_hash = fields.Char(copy=False, groups="base.group_system")
    return_count = fields.Integer("Returns", copy=False, aggregator=None)
    forward_count = fields.Integer("Forwards", copy=False, aggregator=None)
    mailbox = fields.Selection(
        MAILBOXES, compute="_compute_mailbox", search="_search_mailbox", string="Mailbox group"
    )
    old = fields.Boolean(compute="_compute_mailbox", help="Entered more than 15 days ago.")

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        # OVERRIDE 'mail': the persons of a bill change with its way; they are told by activities,
        # and would otherwise get every later message as followers
        return True

    _move_unique = models.UniqueIndex("(move_id)", "The bill is in the workflow already.")

    @api.depends(
        "move_id.partner_id",
        "move_id.ref",
        "move_id.move_type",
        "move_id.invoice_date",
        "move_id.invoice_date_due",
        "move_id.currency_id",
        "move_id.amount_total",
        "move_id.amount_total_signed",
    )
    def _compute_document(self):
        names = ("partner_id", "ref", "move_type", "invoice_date", "invoice_date_due")
        for bill in self:
            # sudo: the columns of the list are the bill's own, whoever causes the computation
            move = bill.sudo().move_id
            source = move or bill  # a deleted draft leaves its last values
            for name in names:
                bill[name] = source[name]
            bill.commercial_partner_id = source.commercial_partner_id
            bill.currency_id = source.currency_id
            bill.amount_total = source.amount_total
            bill.amount_company = abs(move.amount_total_signed) if move else bill.amount_company

    @api.depends("traffic_id.type_id")
    def _compute_traffic_type_id(self):
        for bill in self:
            bill.traffic_type_id = bill.traffic_id.type_id or bill.traffic_type_id

    @api.depends("task_ids.state", "task_ids.deadline", "task_ids.late")
    def _compute_tasks(self):
        for bill in self:
            tasks = bill.task_ids.filtered(lambda task: task.state == "open")
            bill.deadline = min(filter(None, tasks.mapped("deadline")), default=False)
            bill.late = any(tasks.mapped("late"))

    @api.depends("task_ids.state", "task_ids.user_id", "task_ids.team_id")
    def _compute_holder_ids(self):
        for bill in self:
            # sudo: a reviewer sees who holds the bill, not only the own task
            tasks = bill.sudo().task_ids.filtered(lambda task: task.state == "open")
            bill.holder_ids = tasks.user_id | tasks.team_id.member_ids

    def _search_holder_ids(self, operator, value):
        """Bills by whose open task they wait for, alone or as member of a team."""
        if operator not in ("in", "any"):
            return NotImplemented
        # the teams first: as a subquery beside the person they would make it read every task
        teams = self.env["openpce.bill.team"].with_context(active_test=False)
        teams = teams.search([("member_ids", operator, value)], order="id")
        person = Domain("user_id", operator, value) | Domain("team_id", "in", teams.ids)
        return Domain("task_ids", "any", Domain("state", "=", "open") & person)

    @api.depends("ref", "partner_id", "move_type")
    def _compute_display_name(self):
        for bill in self:
            parts = (bill.ref, bill.sudo().partner_id.display_name)
            bill.display_name = " · ".join(filter(None, parts)) or self.env._("Bill %s", bill.id)

    @api.depends("entry_date", "state")
    @api.depends_context("lang", "tz")
    def _compute_mailbox(self):
        today, start = fields.Date.context_today(self), self._get_week_start()
        for bill in self:
            day = fields.Datetime.context_timestamp(bill, bill.entry_date).date()
            held = bill.state == State.IN_DISTRIBUTION
            box = mailbox_group(day, today, week_start=start, held=held)
            bill.mailbox, bill.old = box.group.value, box.old

    def _search_mailbox(self, operator, value):
        """Groups of the mailbox by entry date, in the user's week and time zone (R96, A26)."""
        if operator != "in":
            return NotImplemented
        this_week, last_week = self._get_week_moments()
        entered, held = "entry_date", Domain("state", "=", State.IN_DISTRIBUTION.value)
        groups = {
            MailboxGroup.HELD.value: held,
            MailboxGroup.CURRENT_WEEK.value: ~held & Domain(entered, ">=", this_week),
            MailboxGroup.LAST_WEEK.value: ~held
            & Domain(entered, ">=", last_week)
            & Domain(entered, "<", this_week),
            MailboxGroup.EARLIER.value: ~held & Domain(entered, "<", last_week),
        }
        return Domain.OR(groups[name] for name in value if name in groups)

    def _get_week_moments(self):
        """When the user's current week and the one before begin."""
        today = fields.Date.context_today(self)
        return [self._get_midnight(day) for day in week_limits(today, self._get_week_start())]

    def _get_week_start(self):
        """First day of the user's week as the engine counts, 0 Monday."""
        return int(get_lang(self.env).week_start) - 1

    def _get_midnight(self, day):
        """The moment a day begins for the user, in UTC as the database keeps it."""
        zone = ZoneInfo(self.env.context.get("tz") or self.env.user.tz or "UTC")
        moment = datetime.combine(day, time.min, zone)
        return moment.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)

    # ------------------------------------------------------------------ states

    def _set_state(self, event, **values):
        """The one door through which a bill changes its state (R131).

        :param event: of the engine's ``Event``.
        :param values: fields written with it.
        :raises UserError: the state does not know the event.
        """
        entries, targets = [], {}
        for bill in self:
            try:
                target = next_state(bill.state, event)
            except TransitionError as error:
                raise UserError(bill._get_transition_refusal(event)) from error
            entries.append((bill, "state", {"from": bill.state, "to": target.value}))
            targets[target] = targets.get(target, self.browse()) | bill
        for target, bills in targets.items():
            # sudo: states are the engine's; nobody else may write them
            fresh = {"hold_reason": False, "sent_back": False}
            bills.sudo().write({**fresh, **values, "state": target.value})
        self._log_each(entries)

    def _get_transition_refusal(self, event):
        """Why the bill cannot do that now."""
        words = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "%(bill)s is in the state “%(state)s”, where this cannot be done (any more). It is "
            "with %(holder)s. Reload the page to see what has happened meanwhile.",
            bill=self.display_name,
            state=words[self.state],
            holder=self._get_holder_text(),
        )

    def _get_allowed_events(self):
        """Events that the bill's state knows; buttons and guards ask here."""
        self.ensure_one()
        return {event.value for event in allowed_events(self.state)}

    # ------------------------------------------------------------------ who has it

    def _get_holder_text(self):
        """Whom the bill waits for, in words."""
        self.ensure_one()
        # sudo: names of the persons who have a bill are no secret to who sees the bill
        tasks = self.sudo().task_ids.filtered(lambda task: task.state == "open")
        names = tasks.user_id.mapped("display_name") + tasks.team_id.mapped("display_name")
        return ", ".join(dict.fromkeys(names)) or self.env._("nobody")

    def _is_manager(self):
        """Whether the user may act for the persons who have the bill."""
        return self.env.su or self.env.user.has_group(
            "openpce_vendor_bill_workflow.group_openpce_manager"
        )

    def _check_mine(self, *stages):
        """Refuse who has no open task of these stages on the bill."""
        for bill in self:
            tasks = bill.sudo().task_ids.filtered(
                lambda task: task.state == "open" and task.stage in stages
            )
            if not self._is_manager() and not any(task._is_of(self.env.user) for task in tasks):
                raise AccessError(
                    self.env._(
                        "%(bill)s is with %(holder)s, so you cannot do this. Ask them to forward "
                        "it to you.",
                        bill=bill.display_name,
                        holder=bill._get_holder_text(),
                    )
                )

    def _lock(self):
        """Let nobody else decide on the bills until the transaction ends.

        :raises UserError: somebody else is at it in this moment.
        """
        # sudo: a lock writes nothing; the doors check who may decide
        rows = self.sudo().try_lock_for_update(allow_referencing=True)
        if len(rows) != len(self):
            busy = self - self.browse(rows.ids)
            raise UserError(
                self.env._(
                    "Somebody else is deciding on %s in this moment. Nothing was changed; try "
                    "again.",
                    ", ".join(busy.mapped("display_name")),
                )
            )
        self.invalidate_recordset(["state", "plan", "decisions", "hold_reason"])
