from odoo import api, fields, models
from odoo.fields import Domain

from ..bill_flow.keys import Rule
from ..bill_flow.matching import match_distribution
from ..bill_flow.searches import DISTRIBUTION


class OpenpceBillDistributionRule(models.Model):
    """Who gets a bill: a user or a team, by order of search (R11-R28, A1-A4)."""

    _name = "openpce.bill.distribution.rule"
    _inherit = ["openpce.bill.rule.mixin"]
    _description = "Distribution rule"
    _order = "search_order, search_number, sequence, id"

    _search_table = DISTRIBUTION

    search_order = fields.Integer(
        "Order",
        default=10,
        required=True,
        aggregator=None,
        help="Rules of a lower order are tried first; of one order the internal searches decide.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        index="btree_not_null",
        domain="[('openpce_bill_user_ids.company_id', 'parent_of', company_id)]",
        help="Gets the bill. Give either a person or a team.",
    )
    team_id = fields.Many2one(
        "openpce.bill.team",
        check_company=True,
        index="btree_not_null",
        help="Gets the bill. Give either a person or a team.",
    )

    _user_or_team = models.Constraint(
        "CHECK((user_id IS NULL) <> (team_id IS NULL))",
        "A distribution rule gives the bill to a person or to a team. Fill exactly one of the "
        "columns “Person” and “Team”.",
    )
    _key_unique = models.UniqueIndex(
        "(match_key, search_order, COALESCE(date_from, '-infinity'), "
        "COALESCE(date_to, 'infinity')) WHERE active",
        "There is already a rule with the same criteria, order and dates. Change one of them, or "
        "switch the other rule off.",
    )

    @api.onchange("user_id")
    def _onchange_user_id(self):
        if self.user_id:
            self.team_id = False

    @api.onchange("team_id")
    def _onchange_team_id(self):
        if self.team_id:
            self.user_id = False

    @api.constrains("user_id", "company_id")
    def _check_user(self):
        for rule in self:
            self.env["openpce.bill.user"]._check_registered(rule.user_id, rule.company_id)

    @api.model
    def _get_twin_fields(self):
        # EXTENDS 'openpce.bill.rule.mixin'
        return [*super()._get_twin_fields(), "search_order"]

    def _get_twin_domain(self):
        # EXTENDS 'openpce.bill.rule.mixin'
        return super()._get_twin_domain() & Domain("search_order", "=", self.search_order)

    def _get_twin_message(self, twin):
        # OVERRIDE 'openpce.bill.rule.mixin': here the order may differ
        return self.env._(
            "“%(rule)s” and “%(other)s” take the same bills at order %(order)s, so nobody could "
            "say who gets them. Change the order, a criterion or the dates of one, or switch one "
            "off.",
            rule=self.display_name,
            other=twin.display_name,
            order=self.search_order,
        )

    def _get_people(self):
        """Persons the rule names, those who left too."""
        self.ensure_one()
        return self.user_id

    def _as_rules(self):
        # OVERRIDE 'openpce.bill.rule.mixin': with the order
        return tuple(Rule(**rule._get_criteria_vals(), order=rule.search_order) for rule in self)

    @api.model
    def _get_rule_fields(self):
        # EXTENDS 'openpce.bill.rule.mixin'
        return [*super()._get_rule_fields(), "search_order"]

    @api.model
    def _match(self, criteria, on):
        """The rule that gives the bill to somebody, and the way it was found (R11, A1).

        :param on: the day by which the rules' dates are judged.
        :return: the record, empty when none fits (A5), and the engine's ``Match``.
        """
        return self._match_each([(criteria, on)])[0]

    @api.model
    def _match_each(self, asked):
        """The same for many bills with one query.

        :param asked: (criteria, day) of each bill.
        """
        index = self._index(criteria for criteria, _on in asked)
        # sudo: settings of the bill's company, whoever asks
        companies = self.env["res.company"].sudo()
        found = []
        for criteria, on in asked:
            tie_break = companies.browse(criteria.companies[0]).openpce_tie_break
            match = match_distribution(criteria, index, tie_break, on=on)
            found.append((self._get_winner(match), match))
        return found
