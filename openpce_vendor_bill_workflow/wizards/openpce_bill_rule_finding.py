from decimal import Decimal

from odoo import fields, models

from ..bill_flow.doctor import (
    Participant,
    examine_approval,
    examine_people,
    examine_rules,
    examine_supervision,
)
from ..bill_flow.searches import DISTRIBUTION, TREATMENT

#: What keeps working as it is and may be meant so; everything else has to be mended.
HINTS = ("unlisted", "range_gap")

MODELS = [
    ("openpce.bill.distribution.rule", "Distribution"),
    ("openpce.bill.treatment.rule", "Treatment"),
    ("openpce.bill.approval.rule", "Approval"),
    ("openpce.bill.random.control", "Random control"),
    ("openpce.bill.supervision.rule", "Supervision"),
    ("openpce.bill.user", "Users"),
]


class OpenpceBillRuleFinding(models.TransientModel):
    """Something to mend in the criteria, told before a bill shows it: the rule doctor (A1, A15)."""

    _name = "openpce.bill.rule.finding"
    _description = "Finding of the rule doctor"
    _order = "severity desc, kind, id"

    company_id = fields.Many2one("res.company", required=True)
    kind = fields.Selection(MODELS, "Criteria", required=True)
    severity = fields.Selection([("1_hint", "Hint"), ("2_mend", "To mend")], required=True)
    code = fields.Char(required=True)
    text = fields.Char("Finding", required=True)
    rule_ref = fields.Reference(MODELS, "Where")

    def action_examine(self):
        """Examine the criteria that serve the active company and list what is wrong."""
        self.browse().check_access("create")
        company = self.env.company
        found = self.create(self._prepare_all_vals(company))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "openpce_vendor_bill_workflow.bill_rule_finding_action"
        )
        return {**action, "domain": [("id", "in", found.ids)]}

    def action_open(self):
        """Show the rule or the user that the finding is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.rule_ref._name,
            "res_id": self.rule_ref.id,
            "views": [(False, "form")],
        }

    def _prepare_all_vals(self, company):
        """Values of every finding, kind by kind."""
        above = [("company_id", "parent_of", company.id)]
        rules = {model: self.env[model].search(above) for model, _label in MODELS}
        distribution, treatment, approval, random, supervision, users = rules.values()
        # nearest first, as the engine wants them
        parents = {
            one.id: tuple(reversed(one.parent_ids.ids))[1:] for one in company.sudo().parent_ids
        }
        order = company.openpce_tie_break
        step = Decimal(1).scaleb(-company.currency_id.decimal_places)
        found = [
            (distribution, examine_rules(distribution._as_rules(), DISTRIBUTION, order, parents)),
            (treatment, examine_rules(treatment._as_rules(), TREATMENT, parents=parents)),
            (approval, examine_approval(approval._as_rules(), step)),
            (random, examine_approval(random._as_rules(), step)),
            *self._examine_supervision(supervision, company),
            *self._examine_people(rules, users, company),
        ]
        return [
            self._prepare_vals(company, records, finding)
            for records, findings in found
            for finding in findings
        ]

    def _examine_supervision(self, supervision, company):
        for stage in ("treat", "approve"):
            yield (
                supervision,
                examine_supervision(supervision._get_effective(company, stage)._as_rules()),
            )

    def _examine_people(self, rules, users, company):
        """Who may not validate without a second person, and rules that name who left (R29, A20)."""
        people = {}
        for row in users.sorted(lambda row: len(row.company_id.parent_ids)):
            people[row.user_id.id] = Participant(
                user=row.user_id.id,
                can_validate=row.can_validate,
                fallback=row.fallback_user_id.id or None,
                active=row.user_id.active,
            )
        second = company.openpce_fallback_user_id.id or None
        yield users, examine_people(people.values(), second, {})
        for records in list(rules.values())[:-1]:
            named = {rule.id: rule._get_people().ids for rule in records}
            found = examine_people(people.values(), second, named)
            yield records, [finding for finding in found if finding.code == "person_inactive"]

    def _prepare_vals(self, company, records, finding):
        """One finding of the engine as a record with its sentence."""
        first, *others = [records.browse(rule) for rule in finding.rules] or [records.browse()]
        if not first and "user" in finding.facts:
            first = records.filtered(lambda row: row.user_id.id == finding.facts["user"])[-1:]
        if not first and "users" in finding.facts:
            first = records.filtered(lambda row: row.user_id.id in finding.facts["users"])[:1]
        names = {
            "rule": first.display_name or "",
            "other": others[0].display_name if others else "",
            **self._get_fact_names(company, finding.facts),
        }
        return {
            "company_id": company.id,
            "kind": records._name,
            "severity": "1_hint" if finding.code in HINTS else "2_mend",
            "code": finding.code,
            "text": self._get_text(finding.code, names),
            "rule_ref": f"{first._name},{first.id}" if first else False,
        }

    def _get_fact_names(self, company, facts):
        """Facts of a finding as people read them: names of persons, amounts with currency."""
        people = self.env["res.users"].sudo().with_context(active_test=False)
        circle = facts.get("users") or ()
        amounts = {
            name: company.currency_id.format(float(facts[key])) if facts.get(key) else ""
            for name, key in (("start", "from"), ("end", "to"))
        }
        return {
            "user": people.browse(facts.get("user") or ()).display_name or "",
            "second": people.browse(facts.get("fallback") or ()).display_name or "",
            "circle": " → ".join(people.browse([*circle, *circle[:1]]).mapped("display_name")),
            **amounts,
        }

    def _get_text(self, code, names):
        """What is wrong, why, and where to mend it."""
        if code == "range_gap" and not names["end"]:
            code = "range_open"
        texts = {**self._get_rule_texts(), **self._get_range_texts(), **self._get_people_texts()}
        return texts[code] % names

    def _get_rule_texts(self):
        return {
            "identical_key": self.env._(
                "“%(rule)s” and “%(other)s” take the same bills, so nobody could say which of them "
                "counts. Change a criterion or switch one off."
            ),
            "unreachable": self.env._(
                "“%(rule)s” never takes a bill, because “%(other)s” always goes before it. Change "
                "the order, narrow the other one, or switch one off."
            ),
            "unlisted": self.env._(
                "“%(rule)s” combines criteria that are not one of the internal searches. It works "
                "and ranks just after the longest listed search it contains."
            ),
            "empty_document": self.env._(
                "“%(rule)s” looks for a transport document without letters or digits, which no "
                "bill has. Type a text, or empty it."
            ),
            "never_in_force": self.env._(
                "“%(rule)s” ends before it begins, so it is never in force. Change its dates."
            ),
        }

    def _get_range_texts(self):
        return {
            "range_reversed": self.env._(
                "The amounts of “%(rule)s” end before they begin. Change one of them."
            ),
            "range_overlap": self.env._(
                "“%(rule)s” and “%(other)s” both take amounts from %(start)s on, so nobody could "
                "say who approves. Change the amounts of one."
            ),
            "range_gap": self.env._(
                "Next to “%(rule)s” no rule of the same criteria takes amounts from %(start)s to "
                "%(end)s. Other rules may take them; else nobody approves these bills."
            ),
            "range_open": self.env._(
                "After “%(rule)s” no rule of the same criteria takes amounts from %(start)s on. "
                "Other rules may take them; else nobody approves these bills."
            ),
            "no_levels": self.env._(
                "“%(rule)s” names nobody who could approve. Fill its first level."
            ),
        }

    def _get_people_texts(self):
        return {
            "loop": self.env._(
                "Late bills would go round in a circle: %(circle)s. Choose another assignment "
                "person in one of these rows, or nobody."
            ),
            "no_fallback": self.env._(
                "%(user)s may not validate and nobody does it instead, so the bills stay. Name a "
                "second person in the row of the user or in the settings."
            ),
            "fallback_unfit": self.env._(
                "%(second)s should validate for %(user)s but may not or is not active. Name "
                "another person."
            ),
            "person_inactive": self.env._(
                "“%(rule)s” names %(user)s, who does not take part any more. Choose somebody else."
            ),
        }
