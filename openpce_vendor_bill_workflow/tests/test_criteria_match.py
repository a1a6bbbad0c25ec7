"""The criteria as records find what the pure engine finds, by a query that does not grow."""

import random
from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..bill_flow.matching import match_distribution, match_treatment
from .common import MODULE, WorkflowCommon

DAY = date(2026, 6, 15)


@tagged("post_install", "-at_install")
class TestCriteriaMatch(WorkflowCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.companies = cls.company | cls.branch
        cls.divisions = cls.division | cls.env["openpce.division"].create(
            {"code": "OPY", "name": "Other division", "company_id": cls.company.id}
        )
        cls.types = cls.env["openpce.traffic.type"].create(
            [{"code": f"TT{n}", "name": f"Type {n}"} for n in range(2)]
        )
        cls.traffics = cls.env["openpce.traffic"].create(
            [
                {"code": f"TR{n}", "name": f"Traffic {n}", "type_id": kind.id}
                for kind in cls.types
                for n in range(2)
            ]
        )
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Supplier {n}", "is_company": True} for n in range(3)]
        )
        cls.distribution = cls.env["openpce.bill.distribution.rule"]
        cls.treatment = cls.env["openpce.bill.treatment.rule"]

    def _random_vals(self, draw):
        kind = draw.choice([*self.types, None])
        traffics = [t for t in self.traffics if t.type_id == kind] if kind else []
        traffic = draw.choice([*traffics, None])
        return {
            "company_id": draw.choice(self.companies).id,
            "division_id": draw.choice([*self.divisions.ids, False]),
            "traffic_type_id": kind.id if kind else False,
            "traffic_id": traffic.id if traffic else False,
            "partner_id": draw.choice([*self.partners.ids, False]),
        }

    def _make(self, model, draw, count, extra):
        """Random rules, those left out that stand already."""
        made, seen = [], set()
        for _number in range(count):
            vals = {**self._random_vals(draw), **extra(draw)}
            mark = tuple(sorted((k, str(v)) for k, v in vals.items() if k != "date_to"))
            if mark not in seen:
                seen.add(mark)
                made.append(vals)
        return model.create(made)

    def _criteria(self, model, draw):
        return model._as_criteria(
            draw.choice(self.companies),
            division=draw.choice([*self.divisions, None]),
            traffic=draw.choice([*self.traffics, None]),
            traffic_type=draw.choice([*self.types, None]),
            partner=draw.choice([*self.partners, None]),
            documents=draw.choice([(), ("MEDU 123-45",), ("HLCU9", "MEDU7")]),
        )

    def test_distribution_agrees_with_the_engine(self):
        draw = random.Random(7)
        rules = self._make(
            self.distribution,
            draw,
            150,
            lambda d: {
                "user_id": self.ana.id,
                "search_order": d.choice([5, 10]),
                "date_to": d.choice([False, "2026-01-31"]),
            },
        )
        for tie_break in ("listed_order", "most_specific"):
            self.companies.openpce_tie_break = tie_break
            for _number in range(60):
                criteria = self._criteria(self.distribution, draw)
                rule, match = self.distribution.with_user(self.ana)._match(criteria, DAY)
                wanted = match_distribution(criteria, rules._as_rules(), tie_break, on=DAY)
                self.assertEqual(match.to_json(), wanted.to_json())
                self.assertEqual(rule.id or None, wanted.winner.id if wanted.winner else None)

    def test_treatment_agrees_with_the_engine(self):
        draw = random.Random(11)
        rules = self._make(
            self.treatment,
            draw,
            150,
            lambda d: {
                "document": d.choice([False, "MEDU*", "123", "HLCU9"]),
                "exact": False,
                "sequence": d.choice([5, 10]),
            },
        )
        for _number in range(80):
            criteria = self._criteria(self.treatment, draw)
            rule, match = self.treatment.with_user(self.ana)._match(criteria, DAY)
            wanted = match_treatment(criteria, rules._as_rules(), on=DAY)
            self.assertEqual(match.to_json(), wanted.to_json())
            self.assertEqual(rule.id or None, wanted.winner.id if wanted.winner else None)

    def test_queries_do_not_grow_with_the_rules(self):
        self.distribution.create({"user_id": self.ana.id, "company_id": self.company.id})
        criteria = self.distribution._as_criteria(self.company, partner=self.partners[0])
        suppliers = self.env["res.partner"].create([{"name": f"S{n}"} for n in range(990)])
        for batch in (suppliers[:9], suppliers[9:]):
            self.distribution.create(
                [
                    {
                        "user_id": self.ana.id,
                        "company_id": self.company.id,
                        "partner_id": partner.id,
                        "division_id": False,
                    }
                    for partner in batch
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertTrue(self.company.openpce_tie_break)
            with self.assertQueryCount(1):
                rule, _match = self.distribution._match(criteria, DAY)
            self.assertTrue(rule)

    def test_equal_rules_are_refused_and_named(self):
        vals = {"company_id": self.company.id, "user_id": self.ana.id, "name": "First"}
        first = self.distribution.create(vals)
        with self.assertRaisesRegex(ValidationError, "First.*order 10"), self.env.cr.savepoint():
            self.distribution.create({**vals, "name": "Second"})
        copy = first.copy()
        self.assertFalse(copy.active, "a copy waits until it is changed")
        copy.write({"search_order": 20, "active": True})
        second = self.distribution.create({**vals, "search_order": 30, "date_to": "2026-01-31"})
        second.copy({"active": True, "date_from": "2026-02-01", "date_to": False})

    def test_traffic_fills_its_type_and_stays_in_it(self):
        rule = self.distribution.create(
            {"company_id": self.company.id, "user_id": self.ana.id,
             "traffic_id": self.traffics[0].id}
        )  # fmt: skip
        self.assertEqual(rule.traffic_type_id, self.types[0], "R9")
        with self.assertRaisesRegex(ValidationError, "belongs to the type"):
            rule.traffic_type_id = self.types[1]

    def test_a_contact_counts_as_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Clerk", "parent_id": self.partners[0].id}
        )  # fmt: skip
        vals = {"company_id": self.company.id, "user_id": self.ana.id, "partner_id": contact.id}
        rule = self.distribution.create(vals)
        criteria = self.distribution._as_criteria(self.company, partner=self.partners[0])
        self.assertEqual(self.distribution._match(criteria, DAY)[0], rule, "R6")
        with self.assertRaisesRegex(ValidationError, "same bills"), self.env.cr.savepoint():
            self.distribution.create({**vals, "partner_id": self.partners[0].id})
        contact.parent_id = self.partners[1]
        self.assertFalse(self.distribution._match(criteria, DAY)[0], "the key follows the company")

    def test_parent_rule_serves_the_branch_and_yields_to_its_own(self):
        vals = {"user_id": self.ana.id, "partner_id": self.partners[0].id}
        parents = self.distribution.create({**vals, "company_id": self.company.id})
        criteria = self.distribution._as_criteria(self.branch, partner=self.partners[0])
        self.assertEqual(criteria.companies, (self.branch.id, self.company.id), "A10")
        self.assertEqual(self.distribution._match(criteria, DAY)[0], parents)
        own = self.distribution.create({**vals, "company_id": self.branch.id})
        self.assertEqual(self.distribution._match(criteria, DAY)[0], own)

    def test_rows_of_a_spreadsheet_are_taken(self):
        self._register(self.carla, "supervisor")
        manager = self.env["openpce.bill.approval.rule"].with_user(self.manager)
        result = manager.load(
            ["division_id", "traffic_id", "partner_id", "amount_to", "level_1_ids"],
            [["OPX", "TR0", "Supplier 0", "1000", "wf_beto,wf_carla"],
             ["OPX", "", "Supplier 1", "", "wf_beto"]],
        )  # fmt: skip
        self.assertFalse([m for m in result["messages"] if m["type"] == "error"], "R5")
        rules = manager.browse(result["ids"])
        self.assertEqual(rules[0].level_ids.user_ids, self.beto | self.carla, "R66")
        self.assertEqual(rules.company_id, self.company, "R7")

    def test_shares_make_a_hundred(self):
        shares = [
            Command.create({"division_id": self.division.id, "percentage": value})
            for value in (33.33, 33.33, 33.34)
        ]
        vals = {"company_id": self.company.id, "share_ids": shares}
        rule = self.treatment.create(vals)
        with self.assertRaisesRegex(ValidationError, "instead of 100"):
            rule.share_ids = [Command.delete(rule.share_ids[0].id)]

    def test_approval_by_amount(self):
        rules = self.env["openpce.bill.approval.rule"]
        self._register(self.carla, "supervisor")
        vals = {"company_id": self.company.id}
        low = rules.create({**vals, "amount_to": 1000, "level_1_ids": self.beto.ids})
        high = rules.create(
            {**vals, "amount_from": 1000.01, "level_1_ids": self.beto.ids,
             "level_2_ids": self.carla.ids}
        )  # fmt: skip
        self.assertEqual(high.level_ids.mapped("number"), [1, 2], "R65")
        criteria = rules._as_criteria(self.branch)
        self.assertEqual(rules._match(criteria, Decimal("-1000.00"), DAY)[0], low, "A15")
        found, match = rules._match(criteria, Decimal("1000.01"), DAY)
        self.assertEqual((found, len(match.levels)), (high, 2))
        with self.assertRaisesRegex(ValidationError, "overlap"), self.env.cr.savepoint():
            low.amount_to = 2000
        with self.assertRaisesRegex(ValidationError, "names nobody"), self.env.cr.savepoint():
            rules.create({**vals, "partner_id": self.partners[0].id})
        with self.assertRaisesRegex(ValidationError, "cannot approve"):
            low.level_1_ids = self.ana

    def test_supervision_makes_no_circle(self):
        rules = self.env["openpce.bill.supervision.rule"]
        self._register(self.carla, "supervisor")
        vals = {"company_id": self.company.id, "stage": "approve"}
        rules.create({**vals, "user_id": self.beto.id, "assignee_id": self.carla.id})
        with self.assertRaisesRegex(ValidationError, "circle"):
            rules.create({**vals, "user_id": self.carla.id, "assignee_id": self.beto.id})

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_manager_writes_and_others_read_their_own_company(self):
        vals = {"company_id": self.company.id, "user_id": self.ana.id}
        rule = self.distribution.with_user(self.manager).create(vals)
        accountant = self._user("wf_accountant", "account.group_account_invoice")
        for user in (self.ana, self.beto, accountant):
            self.assertTrue(rule.with_user(user).display_name)
            with self.assertRaises(AccessError):
                rule.with_user(user).search_order = 1
        branch_manager = self._user(
            "wf_branch2", f"{MODULE}.group_openpce_manager", self.branch
        )  # fmt: skip
        self.assertTrue(rule.with_user(branch_manager).display_name, "a parent's rules serve")
        for user in (branch_manager, self.foreign_manager):
            with self.assertRaises(AccessError):
                rule.with_user(user).search_order = 1
        self.assertNotIn(rule, self.distribution.with_user(self.foreign_manager).search([]))
