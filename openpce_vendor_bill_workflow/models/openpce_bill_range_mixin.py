from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import float_repr

from ..bill_flow.approval import ApprovalRule
from ..bill_flow.plan import Level

#: Levels that are typed in the list itself; further ones in the form (R5, R65).
COLUMNS = {"level_1_ids": 1, "level_2_ids": 2, "level_3_ids": 3}


class OpenpceBillRangeMixin(models.AbstractModel):
    """Criteria with a range of amounts and levels of persons (R61-R66, R124).

    The model that inherits has ``level_ids``.
    """

    _name = "openpce.bill.range.mixin"
    _inherit = ["openpce.bill.rule.mixin"]
    _description = "Criteria with amounts and levels"
    _order = "company_id, division_id, traffic_id, partner_id, amount_from, id"

    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_from = fields.Monetary(
        "From amount",
        help="Least total of the bill with taxes, in the currency of the company; included.",
    )
    amount_to = fields.Monetary(
        "To amount", help="Greatest total of the bill with taxes; included. 0: no limit."
    )
    level_1_ids = fields.Many2many(
        "res.users",
        compute="_compute_levels",
        inverse="_inverse_levels",
        domain="[('openpce_bill_user_ids.company_id', 'parent_of', company_id), "
        "('openpce_bill_user_ids.level', '=', 'supervisor')]",
        help="Each of them has to approve, in any order, before the next level is asked.",
    )
    level_2_ids = fields.Many2many(
        "res.users",
        compute="_compute_levels",
        inverse="_inverse_levels",
        domain="[('openpce_bill_user_ids.company_id', 'parent_of', company_id), "
        "('openpce_bill_user_ids.level', '=', 'supervisor')]",
    )
    level_3_ids = fields.Many2many(
        "res.users",
        compute="_compute_levels",
        inverse="_inverse_levels",
        domain="[('openpce_bill_user_ids.company_id', 'parent_of', company_id), "
        "('openpce_bill_user_ids.level', '=', 'supervisor')]",
    )
    level_count = fields.Integer("Levels", compute="_compute_levels")
    range_text = fields.Char("Range", compute="_compute_range_text")

    _amounts_positive = models.Constraint(
        "CHECK(amount_from >= 0 AND amount_to >= 0)",
        "Amounts of a range are zero or more; credit notes follow the same ranges. Change the "
        "amounts.",
    )
    _amounts_in_order = models.Constraint(
        "CHECK(COALESCE(amount_to, 0) = 0 OR amount_from <= amount_to)",
        "The range ends before it begins, so no bill would be in it. Change one of the amounts, or "
        "type 0 at the end for no limit.",
    )

    @api.depends("amount_from", "amount_to", "currency_id")
    @api.depends_context("lang")
    def _compute_range_text(self):
        for rule in self:
            rule.range_text = rule._get_range_text()

    @api.depends("level_ids.number", "level_ids.user_ids")
    def _compute_levels(self):
        for rule in self:
            for name, number in COLUMNS.items():
                rule[name] = rule.level_ids.filtered(lambda x, n=number: x.number == n).user_ids
            rule.level_count = len(rule.level_ids)

    def _inverse_levels(self):
        for rule, wanted in [
            (rule, {number: rule[name].ids for name, number in COLUMNS.items()}) for rule in self
        ]:
            commands = []
            for number, users in wanted.items():
                level = rule.level_ids.filtered(lambda x, n=number: x.number == n)
                if level and users:
                    commands.append(fields.Command.update(level.id, {"user_ids": [(6, 0, users)]}))
                elif level:
                    commands.append(fields.Command.delete(level.id))
                elif users:
                    vals = {"number": number, "user_ids": [fields.Command.set(users)]}
                    commands.append(fields.Command.create(vals))
            rule.write({"level_ids": commands})

    @api.constrains("level_ids")
    def _check_levels(self):
        for rule in self:
            numbers = rule.level_ids.mapped("number")
            if not numbers:
                raise ValidationError(
                    self.env._(
                        "“%s” names nobody, so its bills would be approved by nobody. Fill the "
                        "column “Level 1”, or switch the rule off and delete it.",
                        rule.display_name,
                    )
                )
            if len(numbers) != len(set(numbers)):
                raise ValidationError(
                    self.env._(
                        "“%s” has the same level twice. Put all persons of a level into one row; "
                        "each of them has to approve.",
                        rule.display_name,
                    )
                )

    @api.constrains("company_id")
    def _check_people(self):
        self.level_ids._check_people()

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        # a rule made without levels names no level for the constraint to see
        rules._check_levels()
        return rules

    @api.model
    def _get_twin_fields(self):
        # EXTENDS 'openpce.bill.rule.mixin'
        return [*super()._get_twin_fields(), "amount_from", "amount_to"]

    def _get_twin_domain(self):
        # EXTENDS 'openpce.bill.rule.mixin': ranges that hold a common amount (A15)
        domain = Domain("amount_to", "=", 0) | Domain("amount_to", ">=", self.amount_from)
        if self.amount_to:
            domain &= Domain("amount_from", "<=", self.amount_to)
        return super()._get_twin_domain() & domain

    def _get_twin_message(self, twin):
        # OVERRIDE 'openpce.bill.rule.mixin': here the amounts may differ
        return self.env._(
            "“%(rule)s” (%(range)s) and “%(other)s” (%(other_range)s) take the same bills and "
            "their amounts overlap, so nobody could say who approves. Change the amounts or a "
            "criterion of one, or switch one off.",
            rule=self.display_name,
            range=self.range_text,
            other=twin.display_name,
            other_range=twin.range_text,
        )

    def _get_people(self):
        """Persons the rule names, those who left too."""
        self.ensure_one()
        return self.with_context(active_test=False).level_ids.user_ids

    def _get_range_text(self):
        """The range as people read it."""
        self.ensure_one()
        start = self.currency_id.format(self.amount_from)
        if not self.amount_to:
            return self.env._("from %s", start)
        return self.env._(
            "%(start)s to %(end)s", start=start, end=self.currency_id.format(self.amount_to)
        )

    def _get_range_vals(self):
        """Range and levels as values of the engine's ``ApprovalRule``."""
        self.ensure_one()
        return {
            **self._get_criteria_vals(),
            "amount_from": self._as_decimal(self.amount_from),
            "amount_to": self._as_decimal(self.amount_to) if self.amount_to else None,
            "levels": tuple(
                Level(level.number, frozenset(level.user_ids.ids)) for level in self.level_ids
            ),
        }

    def _as_decimal(self, amount):
        """An amount in company currency, exact to its cent."""
        digits = self.company_id.currency_id.decimal_places
        return Decimal(float_repr(amount, precision_digits=digits))

    def _as_rules(self):
        # OVERRIDE 'openpce.bill.rule.mixin': with range and levels
        return tuple(ApprovalRule(**rule._get_range_vals()) for rule in self)

    @api.model
    def _get_rule_fields(self):
        # EXTENDS 'openpce.bill.rule.mixin'
        return [*super()._get_rule_fields(), "amount_from", "amount_to"]
