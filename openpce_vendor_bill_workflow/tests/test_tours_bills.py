"""In the browser: a return, a forward, many approvals at once (R103, R105, R65)."""

from odoo.tests import HttpCase, tagged

from .bill_common import BillCommon

HOME = "/odoo/action-openpce_vendor_bill_workflow.bill_action_home"


@tagged("post_install", "-at_install")
class TestToursBills(BillCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._distribution(cls.ana)
        cls.supplier.lang = "en_US"
        # names of its own: the screens may be in any language
        cls.env["openpce.bill.reason"].create(
            [
                {"kind": "return", "name": "Reason R", "text": "It lacks the order number"},
                {"kind": "forward", "name": "Reason F"},
            ]
        )

    def test_a_return(self):
        bill = self._bill(number="T-RETURN")
        self.env["ir.attachment"].create(
            {
                "name": "bill.xml",
                "raw": b"<Invoice/>",
                "res_model": "account.move",
                "res_id": bill.move_id.id,
            }
        )
        self.start_tour(HOME, "openpce_bill_return", login="wf_ana")
        self.assertEqual(bill.state, "returned")
        mail = self.env["mail.mail"].search([("res_id", "=", bill.move_id.id)])
        self.assertIn("The order number is missing", mail.body_html)
        self.assertEqual(mail.attachment_ids.name, "bill.xml")

    def test_a_forward(self):
        bill = self._bill(number="T-FORWARD")
        self.start_tour(HOME, "openpce_bill_forward", login="wf_ana")
        self.assertEqual((bill.user_id, bill.documents), (self.beto, "MEDU7"))

    def test_many_approvals(self):
        self._approval(self.beto)
        other = self.env["res.partner"].create({"name": "Other", "lang": "en_US"})
        self._approval(self.carla, partner_id=other.id)
        bills = [self._bill(number=f"T-BULK-{number}") for number in range(2)]
        bills.append(self._bill(number="T-CARLA", partner_id=other.id))
        for bill in bills:
            self._as(self.ana, bill).action_validate()
        self.start_tour(HOME, "openpce_bill_bulk_approve", login="wf_beto")
        self.assertEqual([bill.state for bill in bills], ["approved"] * 2 + ["in_approval"])

    def test_rows_of_a_spreadsheet_are_pasted(self):
        action = "/odoo/action-openpce_vendor_bill_workflow.bill_distribution_rule_action"
        self.start_tour(action, "openpce_criteria_paste", login="wf_manager")
        rules = self.env["openpce.bill.distribution.rule"].search(
            [("search_order", "in", (31, 32))]
        )
        self.assertEqual(rules.sorted("search_order").user_id, self.ana | self.beto)
