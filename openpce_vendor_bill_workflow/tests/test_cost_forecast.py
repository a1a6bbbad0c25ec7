"""A32: forecasts are absorbed by bill lines, in part or to the end, and open again."""

from odoo import Command
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.exceptions import ValidationError
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestCostForecast(AccountTestInvoicingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.file = cls.env["openpce.transport.file"].create(
            {"name": "F-1", "document_ids": [Command.create({"name": "MEDU 1"})]}
        )
        cls.forecast = cls.env["openpce.cost.forecast"].create(
            {
                "file_id": cls.file.id,
                "partner_id": cls.partner_a.id,
                "product_id": cls.product_a.id,
                "amount": 100,
            }
        )

    def _line(self, move_type="in_invoice", amount=100):
        move = self.init_invoice(move_type, partner=self.partner_a, amounts=[amount])
        return move.invoice_line_ids

    def _absorb(self, amount, line=None, **values):
        return self.env["openpce.forecast.absorption"].create(
            {
                "forecast_id": self.forecast.id,
                "line_id": (line or self._line()).id,
                "amount": amount,
                **values,
            }
        )

    def _assert_forecast(self, state, remaining):
        self.assertEqual((self.forecast.state, self.forecast.remaining), (state, remaining))

    def test_partial_then_full(self):
        self._assert_forecast("open", 100)
        self._absorb(30)
        self._assert_forecast("partial", 70)
        self._absorb(70)
        self._assert_forecast("closed", 0)

    def test_final_closes_the_remainder(self):
        link = self._absorb(30, final=True)
        self._assert_forecast("closed", 0)
        link.final = False
        self._assert_forecast("partial", 70)

    def test_deleted_line_opens_again(self):
        line = self._line()
        self._absorb(100, line)
        line.unlink()
        self._assert_forecast("open", 100)

    def test_cancelled_bill_opens_again(self):
        line = self._line()
        self._absorb(100, line)
        line.move_id.button_cancel()
        self._assert_forecast("open", 100)
        line.move_id.button_draft()
        self._assert_forecast("closed", 0)

    def test_credit_note_opens_again(self):
        self._absorb(100)
        self._absorb(-40, self._line("in_refund", 40))
        self._assert_forecast("partial", 40)

    def test_over_absorption_needs_a_reason(self):
        with self.assertRaisesRegex(ValidationError, "give the reason"), self.env.cr.savepoint():
            self._absorb(100.01)
        self.company.openpce_tolerance = 0.05
        self._absorb(100.05)
        with self.assertRaisesRegex(ValidationError, "give the reason"), self.env.cr.savepoint():
            self._absorb(1)
        self._absorb(1, reason="Demurrage")
        self._assert_forecast("closed", 0)

    def test_only_lines_of_bills(self):
        with self.assertRaisesRegex(ValidationError, "no supplier bill"):
            self._absorb(1, self._line("out_invoice"))

    def test_what_the_file_says_is_proposed(self):
        division = self.env["openpce.division"].create({"code": "D1", "name": "One"})
        self.file.write({"division_id": division.id, "direction": "import"})
        forecast = self.forecast.copy()
        self.assertFalse(forecast.absorption_ids)
        made = self.env["openpce.cost.forecast"].create(
            {"file_id": self.file.id, "product_id": self.product_a.id, "amount": 5}
        )
        self.assertEqual((made.division_id, made.direction), (division, "import"))

    def test_document_is_of_the_file(self):
        other = self.env["openpce.transport.file"].create(
            {"name": "F-2", "document_ids": [Command.create({"name": "MEDU 2"})]}
        )
        with (
            self.assertRaisesRegex(ValidationError, "belongs to file F-2"),
            self.env.cr.savepoint(),
        ):
            self.forecast.document_id = other.document_ids
        self.forecast.document_id = self.file.document_ids
        self.assertEqual(self.forecast.document, "MEDU1")
