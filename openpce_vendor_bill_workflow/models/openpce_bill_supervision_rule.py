from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..bill_flow.escalation import SupervisionRule, has_loop


class OpenpceBillSupervisionRule(models.Model):
    """Hours a person has for a bill, and who gets it then (R67-R79, A18)."""

    _name = "openpce.bill.supervision.rule"
    _inherit = ["openpce.bill.row.mixin"]
    _description = "Supervision rule"
    _order = "stage, company_id, user_id, id"
    _rec_names_search = ["user_id"]
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of

    stage = fields.Selection(
        [("treat", "Treatment"), ("approve", "Approval")],
        required=True,
        default="treat",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        required=True,
        index=True,
        domain="[('openpce_bill_user_ids.company_id', 'parent_of', company_id)]",
        help="Who is given the time.",
    )
    notify_hours = fields.Float(
        "Notification hours",
        required=True,
        default=24.0,
        help="Most hours the person has from the assignment on. After them the bill goes to the "
        "assignment person, and the person finds a message on the home screen.",
    )
    assignee_id = fields.Many2one(
        "res.users",
        "Assignment person",
        index="btree_not_null",
        domain="[('openpce_bill_user_ids.company_id', 'parent_of', company_id), "
        "('id', '!=', user_id)]",
        help="Gets the bill when the hours are over. Empty: nobody does, the person is only told.",
    )
    assign_hours = fields.Float(
        "Assignment hours",
        help="Most hours the assignment person has; after them this person finds a message too. "
        "0: no limit.",
    )
    note = fields.Text()
    active = fields.Boolean(default=True)

    _person_unique = models.UniqueIndex(
        "(user_id, stage, company_id) WHERE active",
        "The person already has hours for this stage in the company. Change that row instead of "
        "adding another.",
    )
    _hours_positive = models.Constraint(
        "CHECK(notify_hours > 0 AND assign_hours >= 0)",
        "Notification hours are above zero and assignment hours zero or more. Type the hours, or "
        "delete the row when the person has no limit.",
    )
    _not_to_oneself = models.Constraint(
        "CHECK(assignee_id IS NULL OR assignee_id <> user_id)",
        "A bill that is late with a person cannot go to the same person. Choose somebody else as "
        "assignment person, or nobody to send a message only.",
    )

    @api.depends("user_id", "stage")
    def _compute_display_name(self):
        stages = dict(self._fields["stage"]._description_selection(self.env))
        for rule in self:
            rule.display_name = f"{rule.user_id.display_name} ({stages.get(rule.stage, '')})"

    @api.onchange("assignee_id")
    def _onchange_assignee_id(self):
        if not self.assignee_id:
            self.assign_hours = 0.0

    @api.constrains("user_id", "assignee_id", "stage", "company_id")
    def _check_people(self):
        users = self.env["openpce.bill.user"]
        for rule in self:
            people = rule.user_id | rule.assignee_id
            if rule.stage == "approve":
                users._check_supervisors(people, rule.company_id)
            else:
                users._check_registered(people, rule.company_id)

    @api.constrains("user_id", "assignee_id", "stage", "company_id", "active")
    def _check_no_loop(self):
        for rule in self.filtered(lambda rule: rule.active and rule.assignee_id):
            reached = self.sudo().search(
                [("stage", "=", rule.stage), ("company_id", "child_of", rule.company_id.id)]
            )
            for company in reached.company_id:
                circle = has_loop(self._get_effective(company, rule.stage)._as_rules())
                if circle:
                    names = self.env["res.users"].sudo().browse([*circle, circle[0]])
                    raise ValidationError(
                        self.env._(
                            "Late bills of %(company)s would go round in a circle: %(circle)s. "
                            "Choose another assignment person in one of these rows, or nobody.",
                            company=company.display_name,
                            circle=" → ".join(user.display_name for user in names),
                        )
                    )

    @api.model
    def _get_effective(self, company, stage, user=None):
        """The rules that count in a company: for each person the nearest one, its own first."""
        domain = Domain("stage", "=", stage) & Domain("company_id", "parent_of", company.id)
        if user is not None:
            domain &= Domain("user_id", "=", user.id)
        rules = self.sudo().with_context(active_test=True).search(domain)
        nearest = {}
        for rule in rules.sorted(lambda rule: len(rule.company_id.parent_ids)):
            nearest[rule.user_id] = rule
        return self.sudo().union(*nearest.values())

    def _get_people(self):
        """Persons the rule names, those who left too."""
        self.ensure_one()
        return self.user_id | self.assignee_id

    def _as_rules(self):
        """The records as rules of the engine."""
        return tuple(
            SupervisionRule(
                person=rule.user_id.id,
                notify_hours=rule.notify_hours,
                assignee=rule.assignee_id.id or None,
                assign_hours=rule.assign_hours,
            )
            for rule in self
        )
