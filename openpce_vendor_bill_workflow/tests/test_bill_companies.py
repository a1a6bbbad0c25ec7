"""A22: a bill that came to another company of the database is a repetition, and tells no more."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .bill_common import BillCommon


@tagged("post_install", "-at_install")
class TestBillCompanies(BillCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._distribution(cls.ana)
        cls.foreign_journal = cls.env["account.journal"].create(
            {
                "name": "Foreign Bills",
                "code": "BILLF",
                "type": "purchase",
                "company_id": cls.other_company.id,
            }
        )

    def _foreign(self, number, workflow=True):
        """A bill of the same supplier that came to the other company."""
        self.other_company.openpce_bill_workflow = workflow
        return self._bill(
            number=number,
            submit=False,
            company_id=self.other_company.id,
            journal_id=self.foreign_journal.id,
            invoice_line_ids=[],
        )

    def test_a22_a_bill_of_another_company_stops_in_revision(self):
        for number, workflow in (("FV-X1", True), ("FV-X2", False)):
            with self.subTest(workflow=workflow):
                foreign = self._foreign(number, workflow)
                move = foreign.move_id or self.env["account.move"].search([("ref", "=", number)])
                if foreign:
                    foreign._verify()
                bill = self._bill(number=number)
                self.assertEqual((bill.state, bill.repeated), ("to_revise", True))
                self.assertIn(move, bill.duplicate_ids)

    def test_who_cannot_enter_the_company_is_told_that_alone(self):
        foreign = self._foreign("FV-X3")
        foreign._verify()
        bill = self._bill(number="FV-X3")
        mine = self._as(self.ana, bill)
        told = mine.duplicates_html
        self.assertIn("In another company", told)
        self.assertIn("same number", told)
        for secret in (self.other_company.name, foreign.move_id.name or "FV-X3 ", "To revise"):
            self.assertNotIn(secret, told)
        self.assertFalse(mine.move_id.openpce_duplicates.count("href"))
        with self.assertRaises(UserError) as caught:
            mine.action_revise()
        self.assertIn("a bill of another company", str(caught.exception))
        entry = mine.log_ids.filtered(lambda log: log.event == "stopped")
        self.assertIn("a bill of another company", entry.summary)

    def test_who_can_enter_it_sees_the_situation(self):
        foreign = self._foreign("FV-X4")
        foreign._verify()
        bill = self._bill(number="FV-X4")
        self.beto.sudo().company_ids = [Command.link(self.other_company.id)]
        told = self._as(self.beto, bill).duplicates_html
        self.assertIn(self.other_company.name, told)
        self.assertIn("FV-X4", told)
