"""A31: what was read wrongly of the document is mended in the revision, and R86's order there."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .bill_common import BillCommon


@tagged("post_install", "-at_install")
class TestBillSendBack(BillCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._distribution(cls.ana)
        cls._approval(cls.beto)

    def _sent_back(self, user=None):
        """A bill of 100 whose document was read as 110, back in the revision."""
        bill = self._bill()
        bill.sudo().write({"document_untaxed": 110.0, "document_total": 110.0})
        with self.assertRaises(UserError):
            self._as(self.ana, bill).action_validate()
        with self.assertRaises(AccessError):
            self._as(self.ana, bill).document_total = 100.0
        self._as(user or self.ana, bill).move_id.action_openpce("action_send_back")
        self.assertEqual((bill.state, bill.revise_reason), ("to_revise", "sent_back"))
        return bill

    def test_a31_the_owner_mends_the_document_and_the_lines_stay(self):
        bill = self._sent_back()
        self.assertEqual(self._open_tasks(bill), [("revise", 0, "wf_ana")])
        lines = bill.move_id.invoice_line_ids
        move = self._as(self.ana, bill).move_id
        move.write({"openpce_document_untaxed": 100.0, "openpce_document_total": 100.0})
        entry = bill.log_ids.filtered(lambda log: log.event == "edited")
        self.assertEqual(len(entry), 2, "each field with before and after")
        self.assertIn(
            {"before": {"document_total": 110.0}, "after": {"document_total": 100.0}},
            entry.mapped("detail"),
        )
        self.assertIn("110", entry[0].change)
        self.assertIn("Changed: Total on the document", entry.mapped("summary"))
        self._as(self.ana, bill).action_revise()
        self.assertEqual((bill.state, bill.sent_back), ("in_treatment", False))
        self.assertEqual(bill.move_id.invoice_line_ids, lines)
        self.assertEqual(self._open_tasks(bill), [("treat", 0, "wf_ana")])
        self._as(self.ana, bill).action_validate()
        self.assertEqual(bill.state, "in_approval")

    def test_a17_who_mends_the_document_does_not_approve(self):
        bill = self._sent_back(self.beto)
        self._as(self.beto, bill).document_total = 100.0
        self._as(self.beto, bill).document_untaxed = 100.0
        self._as(self.ana, bill).action_revise()
        self._as(self.ana, bill).action_validate()
        self.assertIn(self.beto, bill.treater_ids)
        self.assertNotIn(("approve", 1, "wf_beto"), self._open_tasks(bill))

    def test_criteria_do_not_treat_it_again(self):
        rule = self.env["openpce.bill.treatment.rule"].create(
            {
                "company_id": self.company.id,
                "division_id": False,
                "partner_id": self.supplier.id,
                "product_id": self.product.id,
            }
        )
        bill = self._sent_back()
        treated = self._events(bill).count("treated")
        self.assertEqual((bill.treatment_rule_id, treated), (rule, 1))
        self._as(self.ana, bill).action_revise()
        self.assertEqual(self._events(bill).count("treated"), 1)

    def test_a_bill_of_no_criteria_stays_one(self):
        self.env["openpce.bill.distribution.rule"].search([]).unlink()
        bill = self._bill()
        self.assertEqual(bill.hold_reason, "no_rule")
        self._as(self.beto, bill).action_send_back()
        self._as(self.beto, bill).action_revise()
        self.assertEqual((bill.state, bill.hold_reason), ("in_distribution", "no_rule"))
        self.assertEqual(self._open_tasks(bill), [("treat", 0, "Dispatchers")])

    def test_only_who_has_it_or_supervises_and_only_in_treatment(self):
        bill = self._bill()
        with self.assertRaises(AccessError):
            self._as(self.plain, bill).action_send_back()
        self._as(self.ana, bill).action_validate()
        with self.assertRaises(UserError):
            self._as(self.beto, bill).action_send_back()

    def test_r86_repeated_come_before_incomplete_in_the_list(self):
        first = self._bill(number="FV-R86")
        self._sent_back()
        self._bill(partner_id=False)
        self._bill(number="FV-R86")
        groups = (
            self.env["openpce.bill"]
            .with_user(self.beto)
            .with_company(self.company)
            .with_context(read_group_expand=True)
            .web_read_group(
                [("company_id", "=", self.company.id), ("state", "=", "to_revise")],
                ["revise_reason"],
            )["groups"]
        )
        self.assertEqual(first.state, "in_treatment")
        self.assertEqual(
            [group["revise_reason"] for group in groups], ["repeated", "incomplete", "sent_back"]
        )
