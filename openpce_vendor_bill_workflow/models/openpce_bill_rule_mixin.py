from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..bill_flow.keys import Criteria, Rule, candidate_keys, rule_fields, rule_key
from ..bill_flow.matching import RuleIndex
from ..bill_flow.searches import APPROVAL

#: The fields that decide which bills a rule takes; the company always takes part (R28).
CRITERIA = ("company_id", "division_id", "traffic_type_id", "traffic_id", "partner_id")


class OpenpceBillRuleMixin(models.AbstractModel):
    """Criteria that take a bill by company, division, traffic and supplier (R12-R17, R62).

    Rules are stored under a key of the pure engine, so a bill finds its rules by one indexed query
    however many rules there are.
    """

    _name = "openpce.bill.rule.mixin"
    _inherit = ["openpce.bill.row.mixin"]
    _description = "Criteria of the bill workflow"
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of
    _rec_names_search = ["name", "partner_id", "division_id", "traffic_id", "traffic_type_id"]

    _search_table = APPROVAL

    name = fields.Char(help="What you call the rule; empty: its criteria are its name.")
    active = fields.Boolean(
        default=True, help="Switched off, the rule takes no bill and is kept for later."
    )
    sequence = fields.Integer(default=10, help="Decides between rules of one rank; lower first.")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    division_id = fields.Many2one(
        "openpce.division",
        check_company=True,
        index="btree_not_null",
        default=lambda self: self.env["openpce.division"]._get_default(self.env.company),
        help="Empty: bills of every division.",
    )
    traffic_type_id = fields.Many2one(
        "openpce.traffic.type",
        "Traffic type",
        compute="_compute_traffic_type_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        index="btree_not_null",
        help="Empty: bills of every traffic.",
    )
    traffic_id = fields.Many2one(
        "openpce.traffic",
        check_company=True,
        index="btree_not_null",
        domain="[('type_id', '=?', traffic_type_id)]",
        help="Within the traffic type; choosing it fills the type.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Entity",
        check_company=True,
        index="btree_not_null",
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
        help="The supplier. A contact counts as the company it belongs to. Empty: every supplier.",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Supplier company", store=True
    )
    date_from = fields.Date("From", help="First day the rule is in force; empty: no limit.")
    date_to = fields.Date("Until", help="Last day the rule is in force; empty: no limit.")
    note = fields.Text()
    match_key = fields.Char(compute="_compute_match_key", store=True, index=True)
    search_number = fields.Integer(
        "Search",
        compute="_compute_match_key",
        store=True,
        aggregator=None,
        help="Number of the internal search that finds the rule; 0 when no listed one does.",
    )
    listed = fields.Boolean("Listed search", compute="_compute_match_key", store=True)
    search_label = fields.Char(
        "Internal search",
        compute="_compute_search_label",
        help="The internal search that finds the rule. A combination that is not one of them works "
        "too and ranks just after the longest listed one it contains.",
    )

    _dates_in_order = models.Constraint(
        "CHECK(date_from IS NULL OR date_to IS NULL OR date_from <= date_to)",
        "The rule ends before it begins, so it would never be in force. Change one of its dates.",
    )

    @api.depends("traffic_id.type_id")
    def _compute_traffic_type_id(self):
        for rule in self:
            rule.traffic_type_id = rule.traffic_id.type_id or rule.traffic_type_id

    @api.depends(
        "company_id", "division_id", "traffic_type_id", "traffic_id", "commercial_partner_id"
    )
    def _compute_match_key(self):
        for rule in self:
            pure = Rule(**rule._get_criteria_vals())
            search = self._search_table.of(rule_fields(pure))
            rule.match_key = rule_key(pure)
            rule.search_number = search.number if search and search.number else 0
            rule.listed = bool(search and search.listed)

    @api.depends("listed", "search_number")
    @api.depends_context("lang")
    def _compute_search_label(self):
        for rule in self:
            rule.search_label = str(rule.search_number) if rule.listed else self.env._("Not listed")

    @api.depends("name", *CRITERIA)
    def _compute_display_name(self):
        for rule in self:
            parts = [rule.division_id.code, rule.partner_id.display_name]
            parts.insert(1, (rule.traffic_id or rule.traffic_type_id).code)
            rule.display_name = (
                rule.name
                or " · ".join(filter(None, parts))
                or self.env._("Every bill of %s", rule.company_id.sudo().display_name)
            )

    @api.onchange("traffic_type_id")
    def _onchange_traffic_type_id(self):
        if self.traffic_id.type_id != self.traffic_type_id:
            self.traffic_id = False

    @api.constrains("traffic_id", "traffic_type_id")
    def _check_traffic_within_type(self):
        for rule in self.filtered("traffic_id"):
            if rule.traffic_id.type_id != rule.traffic_type_id:
                raise ValidationError(
                    self.env._(
                        "Traffic “%(traffic)s” belongs to the type “%(its)s”, and “%(rule)s” names "
                        "the type “%(type)s”. Choose a traffic of that type, or empty the type.",
                        traffic=rule.traffic_id.display_name,
                        its=rule.traffic_id.type_id.display_name,
                        rule=rule.display_name,
                        type=rule.traffic_type_id.display_name,
                    )
                )

    @api.constrains(lambda self: self._get_twin_fields())
    def _check_twins(self):
        for rule in self.filtered("active"):
            twin = rule._find_twins()[:1]
            if twin:
                raise ValidationError(rule._get_twin_message(twin))

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'base': a spreadsheet with an empty column for the type still says the traffic
        for vals in vals_list:
            if vals.get("traffic_id") and not vals.get("traffic_type_id"):
                vals.pop("traffic_type_id", None)
        return super().create(vals_list)

    @api.model
    def _get_twin_fields(self):
        """Fields whose change may make two rules equal."""
        return [*CRITERIA, "active", "date_from", "date_to"]

    def _get_twin_domain(self):
        """What beside the criteria makes another rule equal to this one."""
        return Domain.TRUE

    def _get_twin_message(self, twin):
        """Why the rule cannot stand beside its twin, and where to mend it."""
        return self.env._(
            "“%(rule)s” and “%(other)s” take the same bills, so nobody could say which of them "
            "counts. Change a criterion or the dates of one, or switch one off.",
            rule=self.display_name,
            other=twin.display_name,
        )

    def _find_twins(self):
        """Active rules of the same criteria that are in force on a common day (A4).

        Searched by the criteria, not by the key: the key is not written yet, and its unique index
        would answer first with a sentence that cannot name the other rule.
        """
        self.ensure_one()
        domain = self._get_twin_domain() & Domain("id", "!=", self.id)
        for name in CRITERIA[:-1]:
            domain &= Domain(name, "=", self[name].id)
        supplier = self.partner_id.commercial_partner_id.id
        domain &= (
            Domain("partner_id.commercial_partner_id", "=", supplier)
            if supplier
            else Domain("partner_id", "=", False)
        )
        # by id: the usual order reads the search number, which is computed with the key
        others = self.sudo().with_context(active_test=True).search(domain, order="id")
        return others.filtered(self._meets)

    def _meets(self, other):
        """Whether two rules are in force on a common day."""
        starts = [day for day in (self.date_from, other.date_from) if day]
        ends = [day for day in (self.date_to, other.date_to) if day]
        return not (starts and ends) or max(starts) <= min(ends)

    def _get_criteria_vals(self):
        """The record as the values of the engine's :class:`Rule`."""
        self.ensure_one()
        return {
            "id": self._origin.id or 0,
            "company": self.company_id.id or 0,
            "division": self.division_id.id or None,
            "traffic_type": self.traffic_type_id.id or None,
            "traffic": self.traffic_id.id or None,
            "supplier": self.commercial_partner_id.id or None,
            "sequence": self.sequence,
            "date_from": self.date_from or None,
            "date_to": self.date_to or None,
            "active": self.active,
        }

    def _as_rules(self):
        """The records as rules of the engine."""
        return tuple(Rule(**rule._get_criteria_vals()) for rule in self)

    @api.model
    def _as_criteria(
        self, company, division=None, traffic=None, traffic_type=None, partner=None, documents=()
    ):
        """What is known of a bill as criteria of the engine: its company, then those above (A10).

        Arguments are records, empty or None when the bill lacks the value.
        """
        kind = traffic.type_id if traffic else traffic_type
        return Criteria(
            companies=tuple(reversed(company.sudo().parent_ids.ids)),
            division=division.id if division else None,
            traffic_type=kind.id if kind else None,
            traffic=traffic.id if traffic else None,
            supplier=partner.commercial_partner_id.id if partner else None,
            documents=tuple(filter(None, documents)),
        )

    @api.model
    def _get_rule_fields(self):
        """Fields that the engine needs, fetched by the query that finds the rules."""
        return [
            "name",
            *CRITERIA,
            "commercial_partner_id",
            "sequence",
            "date_from",
            "date_to",
            "active",
        ]

    @api.model
    def _find(self, criteria):
        """The rules stored under a key of the bill: one indexed query, whoever asks (R11, R37)."""
        return self._find_all([criteria])

    @api.model
    def _find_all(self, criteria):
        """The rules that any of these bills may meet, still one query."""
        keys = {key for one in criteria for key in candidate_keys(one, self._search_table)}
        # persons who left are told apart from persons never named: a level must not lose them
        # sudo: criteria act on every bill of their company, whoever brings it
        rules = self.sudo().with_context(active_test=False)
        domain = [("match_key", "in", sorted(keys)), ("active", "=", True)]
        return rules.search_fetch(domain, self._get_rule_fields(), order="id")

    @api.model
    def _index(self, criteria):
        """The rules that any of these bills may meet, by key: to match many without a query each.

        :param criteria: the bills' criteria, in any number.
        """
        return RuleIndex(self._find_all(criteria)._as_rules())

    @api.model
    def _get_winner(self, match):
        """The record of a match of the engine, empty when no rule fits."""
        return self.browse(match.winner.id if match.winner else ())
