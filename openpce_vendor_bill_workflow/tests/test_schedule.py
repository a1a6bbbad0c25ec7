"""Scheduled tasks and the verification: closed catalogue, company's hours, results (R128-R130)."""

from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.openpce_bill_function import Outcome
from .intake_common import IntakeCommon, make_pdf

FUNCTION = "odoo.addons.openpce_vendor_bill_workflow.models.openpce_bill_function"
LINK = "odoo.addons.openpce_vendor_bill_workflow.models.openpce_bill_intake_link"
MODULE = "openpce_vendor_bill_workflow"


@tagged("post_install", "-at_install")
class TestSchedule(IntakeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "America/Bogota"
        cls.tasks = cls.env["openpce.bill.schedule"]

    def _task(self, code="fetch", user=None, **values):
        function = self.env.ref(f"{MODULE}.function_{code}")
        model = self.tasks.with_user(user or self.manager)
        return model.create(
            {"function_id": function.id, "company_id": self.company.id, **values}
        ).sudo(False)

    def _run_due(self):
        self.tasks._cron_run_due()
        self.tasks.invalidate_model()

    @freeze_time("2026-03-13 11:00:00")  # a Friday, 6:00 in Bogotá
    def test_r128_days_and_hour_of_the_company(self):
        task = self._task(hour=6.5)
        self.assertEqual(task.next_run, datetime(2026, 3, 13, 11, 30))
        task.hour = 5
        self.assertEqual(task.next_run, datetime(2026, 3, 16, 10), "Monday")
        task.saturday = True
        self.assertEqual(task.next_run, datetime(2026, 3, 14, 10))
        self.company.partner_id.tz = "Europe/Madrid"
        self.assertEqual(task.next_run, datetime(2026, 3, 14, 4))
        task.active = False
        self.assertFalse(task.next_run)
        trigger = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref(f"{MODULE}.cron_schedule").id)]
        )
        self.assertIn(datetime(2026, 3, 13, 11, 30), trigger.mapped("call_at"))

    def test_a_task_runs_when_it_is_due_and_once(self):
        self._put("a.pdf", age=10**8)
        self._connect()
        with freeze_time("2026-03-13 11:00:00"):
            task = self._task(hour=6.5)
            self._run_due()
            self.assertFalse(task.last_run, "not yet")
        with freeze_time("2026-03-13 11:30:05"):
            self._run_due()
        self.assertEqual((task.last_state, task.last_run.minute), ("done", 30))
        self.assertIn("Deliveries that came in: 1", task.last_result)
        self.assertEqual(task.next_run, datetime(2026, 3, 16, 11, 30))

    def test_after_days_of_silence_a_task_runs_once(self):
        with freeze_time("2026-03-02 11:00:00"):
            task = self._task(hour=6.5)
        runs = []
        with (
            freeze_time("2026-03-13 15:00:00"),
            patch.object(
                type(self.env["openpce.bill.source"]),
                "_run_fetch",
                lambda _model, company: runs.append(company) or Outcome("done", "x"),
            ),
        ):
            self._run_due()
            self._run_due()
        self.assertEqual(runs, [self.company])
        self.assertEqual(task.next_run, datetime(2026, 3, 16, 11, 30))

    @mute_logger(FUNCTION)
    def test_a_task_that_fails_stops_no_other_and_says_so(self):
        with freeze_time("2026-03-13 11:00:00"):
            failing, working = self._task("fetch", hour=6.5), self._task("verify", hour=6.6)
        sources = type(self.env["openpce.bill.source"])
        with (
            freeze_time("2026-03-13 12:00:00"),
            patch.object(sources, "_run_fetch", side_effect=ZeroDivisionError("boom")),
        ):
            self._run_due()
        self.assertEqual((failing.last_state, working.last_state), ("failed", "done"))
        self.assertIn("ZeroDivisionError", failing.last_result)
        self.assertIn("boom", failing.sudo().last_trace)
        self.assertTrue(failing.next_run > datetime(2026, 3, 13, 12), "it is tried again")

    def test_what_was_too_much_goes_on_soon(self):
        for number in range(3):
            self._put(f"{number}.pdf", make_pdf(str(number)))
        self._connect(max_count=2)
        task = self._task()
        task.with_user(self.manager).action_run()
        self.assertLess(task.next_run, datetime.now() + timedelta(minutes=2))

    def test_tasks_that_make_no_sense_are_refused(self):
        days = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), False)
        for values, words in (
            (days, "no day is marked"),
            ({"hour": 24}, "an hour that no day has"),
            ({"every": 2}, "too often"),
            ({"every": 60, "hour": 20, "until": 18}, "before it begins"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                self._task(**values)

    # ------------------------------------------------------------------ the catalogue

    def test_a40_the_catalogue_is_closed_and_complete(self):
        functions = self.env["openpce.bill.function"]
        registry = functions._get_registry()
        self.assertEqual(set(functions.search([]).mapped("code")), set(registry))
        for model, method in registry.values():
            self.assertTrue(callable(getattr(self.env[model], method)))
        for user in (self.manager, self.administrator):
            with self.assertRaises(AccessError):
                functions.with_user(user).create({"code": "os.system", "name": "x"})
            with self.assertRaises(AccessError):
                functions.with_user(user).search([], limit=1).write({"code": "other"})

    def test_r130_every_function_runs(self):
        for function in self.env["openpce.bill.function"].search([]):
            outcome = function._run(self.company)
            self.assertIn(outcome.state, ("done", "partly"))
            self.assertTrue(outcome.text, function.code)

    def test_managers_plan_tasks_others_do_not(self):
        task = self._task()
        for user in (self.beto, self.ana, self.accountant, self.plain):
            with self.assertRaises(AccessError):
                task.with_user(user).write({"hour": 7})
            with self.assertRaises(AccessError):
                task.with_user(user).action_run()
        for user in (self.foreign_manager,):
            with self.assertRaises(AccessError):
                task.with_user(user).read(["hour"])
        with self.assertRaises(AccessError):
            self._task(company_id=self.other_company.id)

    # ------------------------------------------------------------------ what they do

    def test_distribute_takes_up_what_no_criteria_fitted(self):
        bill = self._bill()
        self.assertEqual(bill.hold_reason, "no_rule")
        self.env.ref(f"{MODULE}.function_distribute")._run(self.company)
        self.assertEqual(bill.hold_reason, "no_rule", "there are still no criteria")
        self._distribution(user=self.ana)
        outcome = self.env.ref(f"{MODULE}.function_distribute")._run(self.company)
        self.assertEqual((bill.state, bill.user_id), ("in_treatment", self.ana))
        self.assertIn("1 bills were distributed, 0 still fit no criteria", outcome.text)

    def test_distribute_gets_past_what_never_fits(self):
        old, new = self._bill(), self._bill()
        new.division_id = self.env["openpce.division"].create(
            {"code": "NEW", "name": "New", "company_id": self.company.id}
        )
        self._distribution(user=self.ana, division_id=new.division_id.id)
        with patch(f"{LINK}._MOST", 1):
            self.env.ref(f"{MODULE}.function_distribute")._run(self.company)
        self.assertEqual((old.hold_reason, new.user_id), ("no_rule", self.ana))

    def _mails_of(self, code):
        """(outcome, mails) of a function that mails."""
        before = self.env["mail.mail"].search([])
        outcome = self.env.ref(f"{MODULE}.function_{code}")._run(self.company)
        return outcome, self.env["mail.mail"].search([]) - before

    def test_digest_is_one_mail_for_each_person(self):
        self._distribution(user=self.ana)
        self.ana.write({"email": "ana@example.com", "lang": "en_US"})
        bills = self._bill() | self._bill()
        outcome, mail = self._mails_of("digest")
        self.assertEqual(len(mail), 1)
        self.assertIn("ana@example.com", mail.email_to)
        for bill in bills:
            self.assertIn(bill.ref, mail.body_html)
        self.assertIn("Mails put into the queue: 1.", outcome.text)
        self.assertFalse(self._mails_of("digest")[1], "once a day, whoever sends it")

    def test_digest_names_who_cannot_be_reached(self):
        self._distribution(user=self.ana)
        self.ana.partner_id.email = False
        self._bill()
        outcome, mail = self._mails_of("digest")
        self.assertFalse(mail)
        self.assertEqual(outcome.state, "partly")
        self.assertIn(self.ana.name, outcome.text)

    def test_remind_is_about_what_is_late_or_soon_due(self):
        self._distribution(user=self.ana)
        self.ana.email = "ana@example.com"
        calm, urgent = self._bill(), self._bill()
        urgent.task_ids.sudo().deadline = datetime.now() + timedelta(hours=5)
        calm.task_ids.sudo().deadline = datetime.now() + timedelta(days=5)
        mail = self._mails_of("remind")[1]
        self.assertIn(urgent.ref, mail.body_html)
        self.assertNotIn(calm.ref, mail.body_html)


@tagged("post_install", "-at_install")
class TestVerification(IntakeCommon):
    def _verify(self, user):
        model = self.env["openpce.bill.verification"].with_user(user).with_company(self.company)
        wizard = model.with_context(allowed_company_ids=self.company.ids).create({})
        action = wizard.action_verify()
        return model.browse(action["res_id"])

    def test_r80_a_reviewer_fetches_and_verifies(self):
        self._put("a.pdf", make_pdf("a"))
        self._put("b.pdf", b"no pdf")
        self._connect()
        wizard = self._verify(self.ana)
        fetch, verify = wizard.line_ids
        self.assertIn("Deliveries that came in: 1; here already: 0; not readable: 1", fetch.result)
        self.assertIn("0 bills passed the verification, 1 stopped in Revision", verify.result)
        self.assertEqual((wizard.to_revise, wizard.unreadable, wizard.waiting), (1, 1, 0))

    def test_a_source_that_fails_is_told_and_the_rest_is_verified(self):
        self._connect(path=str(self.inbox / "missing"))
        bill = self._receive().bill_ids
        wizard = self._verify(self.ana)
        self.assertEqual(wizard.line_ids.mapped("state"), ["partly", "done"])
        self.assertEqual(bill.state, "to_revise")

    def test_other_companies_are_out_of_reach(self):
        self.other_company.openpce_bill_workflow = True
        model = self.env["openpce.bill.verification"].with_user(self.ana)
        wizard = model.with_context(allowed_company_ids=self.company.ids).create({})
        wizard.sudo().company_ids = self.other_company
        with self.assertRaises(UserError):
            wizard.action_verify()

    def test_a_user_without_a_role_does_not_verify(self):
        with self.assertRaises(AccessError):
            self.env["openpce.bill.verification"].with_user(self.plain).create({})
