"""The rule doctor tells the manager what is wrong with the criteria before a bill shows it."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import WorkflowCommon


@tagged("post_install", "-at_install")
class TestRuleDoctor(WorkflowCommon):
    def _examine(self):
        findings = self.env["openpce.bill.rule.finding"].with_user(self.manager)
        return findings.search(findings.action_examine()["domain"])

    def _create(self, model, **vals):
        vals = {"company_id": self.company.id, "division_id": False, **vals}
        return self.env[model].create(vals)

    def test_nothing_to_mend(self):
        self._create(
            "openpce.bill.distribution.rule", user_id=self.ana.id, division_id=self.division.id
        )
        self.assertFalse(self._examine())

    def test_unreachable_rule_is_told_and_opened(self):
        supplier = self.env["res.partner"].create({"name": "Supplier", "is_company": True})
        model = "openpce.bill.distribution.rule"
        wide = self._create(model, partner_id=supplier.id, user_id=self.ana.id, name="Wide")
        narrow = self._create(
            model,
            partner_id=supplier.id,
            division_id=self.division.id,
            user_id=self.beto.id,
            name="Narrow",
        )
        (finding,) = self._examine()
        self.assertEqual((finding.code, finding.severity), ("unreachable", "2_mend"), "A1")
        self.assertEqual(finding.rule_ref, narrow)
        self.assertIn("Wide", finding.text)
        self.assertEqual(finding.action_open()["res_id"], narrow.id)
        self.company.openpce_tie_break = "most_specific"
        self.assertFalse(self._examine(), "with the other setting the rule is reached")
        wide.active = False

    def test_gaps_of_amounts_are_hints(self):
        self._create(
            "openpce.bill.approval.rule", amount_from=100, amount_to=200, level_1_ids=self.beto.ids
        )
        found = self._examine()
        self.assertEqual(found.mapped("code"), ["range_gap"] * 2, "A15")
        self.assertEqual(set(found.mapped("severity")), {"1_hint"})
        self.assertRegex(found[0].text, r"99[.,]99")
        self.assertRegex(found[1].text, r"200[.,]01")

    def test_rule_of_a_person_who_left(self):
        rule = self._create(
            "openpce.bill.approval.rule", level_1_ids=self.beto.ids, name="Everything"
        )
        self.beto.active = False
        found = self._examine()
        self.assertEqual(set(found.mapped("code")), {"person_inactive", "no_levels"}, "R29")
        self.assertEqual({finding.rule_ref for finding in found}, {rule})
        self.assertIn(self.beto.name, " ".join(found.mapped("text")))

    def test_user_without_second_person(self):
        self.reviewer_row.sudo().can_validate = False
        found = self._examine()
        self.assertEqual(found.mapped("code"), ["no_fallback"], "A20")
        self.assertEqual(found.rule_ref, self.reviewer_row.sudo())

    def test_every_code_of_the_engine_has_its_sentence(self):
        findings = self.env["openpce.bill.rule.finding"]
        names = dict.fromkeys(("rule", "other", "start", "end", "user", "second", "circle"), "x")
        codes = (
            "identical_key unreachable unlisted empty_document never_in_force range_reversed "
            "range_overlap range_gap no_levels loop no_fallback fallback_unfit person_inactive"
        )
        for code in codes.split():
            with self.subTest(code=code):
                self.assertTrue(findings._get_text(code, names))

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_only_managers_examine(self):
        with self.assertRaises(AccessError):
            self.env["openpce.bill.rule.finding"].with_user(self.beto).action_examine()
