"""In the browser: from a mail to the approval, a repeated bill, a late approver (A37, A22, A18)."""

from datetime import datetime

from freezegun import freeze_time
from odoo.tests import HttpCase, tagged

from .intake_common import IntakeCommon, make_mail
from .test_tours_bills import HOME

MONDAY = datetime(2026, 3, 2, 15, 0)


@tagged("post_install", "-at_install")
class TestToursWay(IntakeCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._distribution(cls.ana)
        cls.supplier.lang = "en_US"
        # names of its own: the screens may be in any language
        cls.product.name = "Freight T"
        cls.env["openpce.bill.reason"].create({"kind": "duplicate", "name": "Reason D"})

    def _receive_mail(self):
        """The bill that a mail of the supplier to the journal's address becomes."""
        domain = self.env["mail.alias.domain"].create({"name": "in.example.com"})
        self.company.alias_domain_id = domain
        self.journal.alias_id.alias_domain_id = domain
        self.journal.alias_name = "bills-tour"
        mail = make_mail(("bill.pdf", self.pdf))
        address = b"To: bills-tour@in.example.com\r\nSubject:"
        self.env["mail.thread"].with_company(self.company).message_process(
            False, mail.replace(b"Subject:", address, 1)
        )
        return self.intakes.search([("source", "=", "mail")]).bill_ids

    def _told(self, bill):
        """What the follow-up tells, but for the criteria and states in between."""
        return [event for event in self._events(bill) if event not in ("matched", "state")]

    def test_from_the_mail_to_the_approval(self):
        self.company.openpce_require_file = True
        self._approval(self.beto)
        bill = self._receive_mail()
        self.env["openpce.bill"]._cron_verify()
        self.assertEqual((bill.state, bill.incomplete), ("to_revise", True))
        self.assertEqual(set(bill.missing), {"ref", "invoice_date", "amount_total"})
        self.assertEqual(self._open_tasks(bill), [("revise", 0, "wf_ana")])

        self.start_tour(HOME, "openpce_bill_mend", login="wf_ana")
        self.assertEqual(bill.state, "in_approval")
        self.assertEqual(bill.move_id.ref, "T-MAIL")
        self.assertEqual((bill.move_id.amount_total, bill.document_total), (119, 119))

        self.start_tour(HOME, "openpce_bill_approve", login="wf_beto")
        self.assertEqual(bill.state, "approved")
        self.assertEqual(
            self._told(bill),
            [
                # what the document says, and what the bill says
                "captured", "stopped", "assigned", "edited", "edited", "verified", "assigned",
                "validated", "approval_opened", "approved",
            ],
        )  # fmt: skip

    def test_a_repeated_bill(self):
        self._approval(self.carla)
        first = self._bill(number="T-TWICE")
        self._as(self.ana, first).action_validate()
        bill = self._bill(number="T-TWICE")
        self.assertEqual((bill.state, bill.repeated), ("to_revise", True))
        reader = self._as(self.ana, bill)
        self.assertIn(reader._get_state_words()["in_approval"], reader.duplicates_html)

        self.start_tour(HOME, "openpce_bill_repeated", login="wf_ana")
        self.assertEqual(bill.state, "to_revise")

        self.start_tour(HOME, "openpce_bill_not_duplicate", login="wf_beto")
        self.assertEqual((bill.state, bill.cleared), ("in_treatment", True))
        self.assertEqual(self._open_tasks(bill), [("treat", 0, "wf_ana")])
        self.assertEqual(
            self._told(bill),
            ["captured", "stopped", "assigned", "not_duplicate", "verified", "assigned"],
        )

    def test_a_late_approver(self):
        self._approval(self.beto)
        self._supervision(self.beto, "approve", self.carla, notify_hours=24, assign_hours=12)
        with freeze_time(MONDAY) as clock:
            bill, other = self._bill(number="T-LATE"), self._bill(number="T-OTHER", submit=False)
            self._as(self.ana, bill).action_validate()
            clock.tick(25 * 3600)
            self.env["openpce.bill.task"]._cron_supervise()
        self.assertEqual(self._open_tasks(bill), [("approve", 1, "wf_carla")])
        self.assertIn(self.beto, bill.activity_ids.user_id)

        self.start_tour(HOME, "openpce_bill_late", login="wf_beto")
        self.assertNotIn(self.beto, bill.activity_ids.user_id, "read and done")
        self.start_tour(HOME, "openpce_bill_approve", login="wf_carla")
        self.assertEqual((bill.state, other.state), ("approved", "captured"))
        told = self._told(bill)
        self.assertEqual(told[-4:], ["approval_opened", "replaced", "late", "approved"])
