"""Settings of the company: the defaults the requirements ask for, and what they refuse."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import WorkflowCommon


@tagged("post_install", "-at_install")
class TestWorkflowSettings(WorkflowCommon):
    def test_defaults(self):
        company = self.company
        self.assertFalse(company.openpce_bill_workflow, "a company opts in")
        self.assertEqual(company.openpce_tie_break, "listed_order", "A1")
        self.assertFalse(company.openpce_accumulate_levels, "A14")
        self.assertTrue(company.openpce_four_eyes, "A17")
        self.assertFalse(company.openpce_merge_consecutive, "A16")
        self.assertFalse(company.openpce_post_after_approval, "A37")
        self.assertFalse(company.openpce_calendar_id, "A18: calendar hours")
        self.assertEqual(
            set(company.with_user(self.ana)._openpce_get_required_fields()),
            {"partner_id", "ref", "invoice_date", "currency_id", "amount_total"},
            "A23",
        )

    def test_companies_from_before_the_addon_have_the_defaults_too(self):
        before = self.env.ref("base.main_company")
        self.assertIn("ref", before._openpce_get_required_fields(), "A23")

    def test_fallback_of_the_company_has_permission(self):
        with self.assertRaisesRegex(ValidationError, "May validate"), self.env.cr.savepoint():
            self.company.openpce_fallback_user_id = self.plain
        self.company.openpce_fallback_user_id = self.beto
        with self.assertRaisesRegex(ValidationError, "the settings of Workflow Company"):
            self.supervisor_row.can_validate = False

    def test_tolerance_is_not_negative(self):
        with self.assertRaisesRegex(ValidationError, "zero or more"):
            self.company.openpce_tolerance = -1

    def test_sampling_secret_is_made_once_and_hidden(self):
        company = self.company.with_user(self.manager)
        secret = company._openpce_get_sampling_secret()
        self.assertGreaterEqual(len(secret), 32)
        self.assertEqual(self.branch._openpce_get_sampling_secret(), secret, "one per group")
        self.assertNotEqual(self.other_company._openpce_get_sampling_secret(), secret)
        with self.assertRaises(AccessError, msg="the key of the draw is the system's alone"):
            company.read(["openpce_sampling_secret"])

    def test_ordinary_users_still_read_the_company(self):
        company = self.company.with_user(self.plain)
        names = [name for name in company.fields_get() if name.startswith("openpce_")]
        self.assertIn("openpce_tie_break", names)
        self.assertTrue(company.read(names), "no field of ours makes the company unreadable")

    def test_settings_page_writes_the_company(self):
        settings = self.env["res.config.settings"].with_company(self.company).create({})
        settings.openpce_tie_break = "most_specific"
        settings.execute()
        self.assertEqual(self.company.openpce_tie_break, "most_specific")
