"""R115-R117, A33: joining lines of a bill and undoing it."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .lines_common import LinesCommon


@tagged("post_install", "-at_install")
class TestBillGrouping(LinesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bill = cls._bill(invoice_line_ids=[Command.create(cls._line(x)) for x in (10, 5.5)])
        cls.lines = cls.bill.move_id.invoice_line_ids.with_user(cls.ana)

    @classmethod
    def _line(cls, price, **values):
        return {
            "name": f"Line {price}",
            "product_id": cls.product.id,
            "price_unit": price,
            "tax_ids": [Command.set(cls.vat.ids)],
            "openpce_document": "MEDU 1",
            **values,
        }

    def _rows(self):
        lines = self.bill.move_id.invoice_line_ids
        return [(line.name, round(line.price_subtotal, 2)) for line in lines.sorted("price_unit")]

    def test_r115_two_lines_become_one_and_part_again(self):
        self.lines[1].quantity = 2
        before, total = self._rows(), self.bill.amount_total
        self.bill.document_untaxed = 21
        joined = self.lines._openpce_group()
        self.assertEqual(self._rows(), [("Freight", 21)])
        self.assertEqual((joined.tax_ids, joined.openpce_document), (self.vat, "MEDU 1"))
        self.assertEqual(self.bill.amount_total, total)
        self.assertIn("grouped", self._events(self.bill))
        self.bill.move_id.with_user(self.ana).action_openpce_ungroup()
        self.assertEqual(self._rows(), before)
        self.assertEqual(self.bill.move_id.invoice_line_ids.mapped("quantity"), [1, 2])
        with self.assertRaisesRegex(UserError, "was joined"):
            self.bill.move_id.with_user(self.ana).action_openpce_ungroup()

    def test_a33_what_keeps_lines_apart(self):
        other = self.env["product.product"].create({"name": "Handling"})
        account = self._analytic("Centre", self.centre_plan)
        cases = [
            ({"tax_ids": [Command.clear()]}, "have no tax"),
            ({"tax_ids": [Command.link(self.withholding.id)]}, "other withholdings"),
            ({"account_id": self.tax_account.id}, "another account"),
            ({"product_id": other.id, "account_id": self.expense.id}, "another concept"),
            ({"analytic_distribution": {str(account.id): 100}}, "another analytic"),
            ({"openpce_document": "MEDU 2"}, "another transport document"),
            ({"openpce_owner_id": self.beto.id}, "somebody else"),
        ]
        for vals, refusal in cases:
            point = self.env.cr.savepoint(flush=True)
            if "product_id" in vals:
                vals = {**vals, "tax_ids": [Command.set(self.vat.ids)]}
            self.lines[1].write(vals)
            with self.assertRaisesRegex(UserError, f"{refusal}.*“{self.lines[1].name}”"):
                self.lines._openpce_group()
            point.rollback()
            point.close(rollback=False)
            self.env.invalidate_all()

    def test_a33_documents_are_mixed_when_the_user_says_so(self):
        self.lines[1].openpce_document = "MEDU 2"
        joined = self.lines._openpce_group(mix_documents=True)
        self.assertEqual(joined.openpce_document, "MEDU 1, MEDU 2")

    def test_a33_forecasts_move_to_the_joined_line_and_back(self):
        forecasts = self._forecast(100, reference="A") | self._forecast(200, reference="B")
        bill = self._empty_bill(300)
        self._wizard(bill, *forecasts).action_apply()
        lines = bill.move_id.invoice_line_ids.with_user(self.ana)
        joined = lines._openpce_group()
        self.assertEqual(forecasts.absorption_ids.line_id, joined)
        self.assertEqual(forecasts.mapped("state"), ["closed", "closed"])
        joined._openpce_ungroup()
        self.assertEqual(len(forecasts.absorption_ids.line_id), 2)
        self.assertEqual(forecasts.mapped("absorbed"), [100, 200])

    def test_one_forecast_on_two_lines_is_one_link(self):
        forecast = self._forecast(100)
        bill = self._empty_bill(100)
        for _time in range(2):
            wizard = self._wizard(bill, forecast, mode="leave")
            wizard.row_ids.filtered("chosen").write({"amount": 50, "final": False})
            wizard.action_apply()
        joined = bill.move_id.invoice_line_ids.with_user(self.ana)._openpce_group()
        self.assertEqual(forecast.absorption_ids.mapped("amount"), [100])
        joined._openpce_ungroup()
        self.assertEqual(forecast.absorption_ids.mapped("amount"), [50, 50])

    def test_the_wizard(self):
        move = self.bill.move_id.with_user(self.ana)
        self.lines[0].copy({"price_unit": 1, "tax_ids": False})
        action = move.action_openpce_group_lines()
        wizard = move.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(sorted(wizard.row_ids.mapped("group")), [0, 1, 1])
        with self.assertRaisesRegex(UserError, "at least two"):
            wizard.action_group()
        wizard.action_group_all()
        self.assertEqual(len(move.invoice_line_ids), 2)
        action = move.action_openpce_group_lines()
        wizard = move.env[action["res_model"]].browse(action["res_id"])
        wizard.row_ids.filtered("grouped").action_ungroup()
        self.assertEqual(len(move.invoice_line_ids), 3)

    def test_who_does_not_have_the_bill_joins_nothing(self):
        self._register(self.plain)
        for user in (self.plain, self.foreign_manager):
            with self.assertRaises(AccessError):
                self.bill.move_id.with_user(user).action_openpce_group_lines()
        self._as(self.ana, self.bill).action_validate()
        self.bill.move_id.flush_recordset()
        with self.assertRaises(UserError, msg="approved"):
            self.bill.move_id.with_user(self.beto).action_openpce_group_lines()

    def test_what_was_joined_is_not_typed(self):
        self.lines[0].openpce_grouped = [{"name": "forged"}]
        self.assertFalse(self.lines[0].openpce_grouped)

    def test_the_wizard_shows_nobody_more_than_he_may_see(self):
        self._register(self.plain)
        wizard = (
            self.env["openpce.bill.line.group"]
            .with_user(self.plain)
            .create(
                {
                    "move_id": self.bill.move_id.id,
                    "row_ids": [Command.create({"line_id": self.lines[0].id})],
                }
            )
        )
        with self.assertRaises(AccessError):
            wizard.row_ids.read(["name", "amount"])
