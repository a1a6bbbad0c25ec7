"""R108, A34: bills against forecasts by transport document."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .lines_common import LinesCommon


@tagged("post_install", "-at_install")
class TestBillDifferences(LinesCommon):
    def _table(self, bill, user=None):
        move = bill.move_id.with_user(user or self.ana)
        action = move.action_openpce_differences()
        rows = move.env[action["res_model"]].search(action["domain"])
        return [
            (row.document, row.this, row.others, row.forecast, row.difference, row.percent)
            for row in rows
        ]

    def test_a34_columns(self):
        freight, handling = self._forecast(1000), self._forecast(200, reference="H")
        other = self._empty_bill(200)
        self._wizard(other, handling).action_apply()
        bill = self._empty_bill(1050)
        self._wizard(bill, freight, reason="Peak").action_apply()
        self.assertEqual(self._table(bill), [("MEDU 1", 1050, 200, 1200, 50, 4.17)])
        other.move_id.button_cancel()
        self.assertEqual(self._table(bill), [("MEDU 1", 1050, 0, 1000, 50, 5)])

    def test_a_document_written_otherwise_and_that_of_the_header(self):
        self._bill(30).documents = "medu-1"
        bill = self._bill(20)
        bill.move_id.invoice_line_ids.openpce_document = "MEDU 1"
        self.assertEqual(self._table(bill), [("MEDU 1", 20, 30, 0, 50, 0)])

    def test_credit_notes_count_below_zero(self):
        bill = self._bill(100)
        bill.move_id.invoice_line_ids.openpce_document = "MEDU 1"
        credit = self._bill(40, move_type="in_refund")
        credit.move_id.invoice_line_ids.openpce_document = "MEDU1"
        self.assertEqual(self._table(bill), [("MEDU 1", 100, -40, 0, 60, 0)])

    def test_bills_off_the_table_do_not_count(self):
        bill, other = self._bill(100), self._bill(40)
        (bill | other).move_id.invoice_line_ids.openpce_document = "MEDU 1"
        reason = self.env["openpce.bill.reason"].search([("kind", "=", "return")], limit=1)
        self.assertEqual(self._table(bill)[0][2], 40)
        self._as(self.ana, other)._return_to_supplier(reason, "wrong", "x@example.com")
        self.assertEqual(self._table(bill)[0][2], 0, "returned to the supplier")

    def test_lines_without_document(self):
        self.assertEqual(self._table(self._bill(10)), [("None", 10, 0, 0, 10, 0)])

    def test_who_may_not_see_the_bill_sees_no_table(self):
        bill = self._bill(10)
        self._register(self.plain)
        for user in (self.plain, self.foreign_manager):
            with self.assertRaises(AccessError):
                self._table(bill, user)
        for user in (self.beto, self.accountant):
            self.assertTrue(self._table(bill, user))

    def test_queries_do_not_grow_with_the_lines(self):
        def count(lines):
            bill = self.env["openpce.bill"].browse(self._bill(lines=[1] * lines).id)
            for number, line in enumerate(bill.move_id.invoice_line_ids):
                line.openpce_document = f"D{number}"
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["openpce.bill.difference"]._prepare_vals_list(bill)
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(30), count(2))

    def test_the_file_of_a_line_fills_it(self):
        """R111: department mode; what the line says itself stays."""
        bill = self._bill(10)
        move = bill.move_id.with_user(self.ana)
        move.invoice_line_ids = [
            Command.create(
                {
                    "product_id": self.product.id,
                    "price_unit": 1,
                    "openpce_file_id": self.file.id,
                    "openpce_document": "OTHER 1",
                }
            )
        ]
        line = move.invoice_line_ids.sorted("id")[-1]
        self.assertEqual(line.openpce_division_id, self.division)
        self.assertEqual(line.openpce_document, "OTHER 1")
        centre = self._analytic("Centre", self.centre_plan)
        first = move.invoice_line_ids.sorted("id")[0]
        first.analytic_distribution = {str(centre.id): 100}
        first.openpce_file_id = self.file
        accounts = self.division.analytic_account_id | self.file.analytic_account_id | centre
        key = ",".join(str(one) for one in sorted(accounts.ids))
        self.assertEqual(first.analytic_distribution, {key: 100}, "the cost centre stays")
