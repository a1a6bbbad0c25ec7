"""A mail at the assignment, for who wants it, quiet in mass operations (R32, R133)."""

from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time
from odoo.tests import tagged

from .bill_common import BillCommon


@tagged("post_install", "-at_install")
class TestBillMailEach(BillCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._distribution(cls.ana)
        cls._approval(cls.beto)
        cls.rows = cls.env["openpce.bill.user"].search([("company_id", "=", cls.company.id)])
        cls.rows.mail_each = True
        (cls.ana | cls.beto).lang = "en_US"

    def setUp(self):
        super().setUp()
        # a test does not commit
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_more: 1)

    def _mail(self):
        """What the scheduler does when the transaction has ended; gives the mails it queued."""
        known = self.env["mail.mail"].search([])
        self.env["openpce.bill.task"]._cron_mail_each()
        return self.env["mail.mail"].search([]) - known

    def test_r32_nobody_is_mailed_who_does_not_want_it(self):
        self.rows.mail_each = False
        self.assertFalse(self.env["openpce.bill.user"].new().mail_each, "off by default")
        self._bill()
        self.assertFalse(self._mail())

    def test_r32_the_person_is_mailed_with_links_through_the_queue(self):
        bill = self._bill(number="FV-MAIL")
        cron = self.env.ref("openpce_vendor_bill_workflow.cron_mail_each")
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
        mail = self._mail()
        self.assertFalse(self._mail(), "mailed once")
        self.assertEqual((mail.email_to, mail.state), (self.ana.email_formatted, "outgoing"))
        self.assertIn("FV-MAIL", mail.body_html)
        self.assertIn(f"res_id={bill.id}", mail.body_html)
        self.assertNotIn("/openpce/bill/decide/", mail.body_html, "treating is no decision")
        self._as(self.ana, bill).action_validate()
        mail = self._mail()
        self.assertEqual(mail.email_to, self.beto.email_formatted)
        self.assertIn("/openpce/bill/decide/", mail.body_html)
        self.assertIn("Mail at once", mail.body_html)

    def test_the_mail_is_in_the_language_of_the_person(self):
        self.ana.lang = "es_419"
        self._bill()
        mail = self._mail()
        self.assertIn("factura", mail.subject)
        self.assertIn("Hola", mail.body_html)

    def test_r133_what_is_assigned_in_one_go_is_one_mail(self):
        bills = self.env["openpce.bill"].union(*(self._bill(submit=False) for _ in range(5)))
        bills._verify()
        mail = self._mail()
        self.assertEqual(mail.mapped("email_to"), [self.ana.email_formatted])
        for bill in bills:
            self.assertIn(bill.ref, mail.body_html)
        self._as(self.ana, bills).action_bulk_validate()
        mail = self._mail()
        self.assertEqual(mail.mapped("email_to"), [self.beto.email_formatted])

    def test_what_was_undone_or_is_done_already_is_not_mailed(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self._bill()
            raise ZeroDivisionError
        bill = self._bill()
        self._as(self.ana, bill).action_validate()
        self._as(self.beto, bill).action_approve()
        self.assertFalse(self._mail())

    def test_what_one_takes_oneself_is_not_mailed(self):
        self.env["openpce.bill.distribution.rule"].search([]).unlink()
        bill = self._bill()
        self._as(self.beto, bill).action_claim()
        self.assertFalse(self._mail())

    def test_r69_who_gets_a_late_bill_is_mailed(self):
        self._supervision(self.ana, "treat", self.beto, notify_hours=8)
        with freeze_time(datetime(2026, 3, 2, 15, 0)) as clock:
            self._bill()
            self._mail()
            clock.tick(9 * 3600)
            self.env["openpce.bill.task"]._cron_supervise()
            self.assertEqual(self._mail().mapped("email_to"), [self.beto.email_formatted])

    def test_a_mail_that_fails_stops_no_assignment(self):
        bill = self._bill()
        rows = type(self.env["openpce.bill.user"])
        with (
            patch.object(rows, "_mail_tasks", side_effect=ValueError("provoked")),
            self.assertLogs("odoo.addons.openpce_vendor_bill_workflow", "ERROR"),
        ):
            self.assertFalse(self._mail())
        self.assertEqual(bill.user_id, self.ana)
