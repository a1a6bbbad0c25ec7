"""R111-R113, A32: forecasts become lines, the difference is spread, and they open again."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .lines_common import LinesCommon


@tagged("post_install", "-at_install")
class TestBillForecasts(LinesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.forecasts = cls.env["openpce.cost.forecast"].concat(
            *(cls._forecast(amount, reference=f"C{amount}") for amount in (100, 200, 50))
        )

    def _states(self):
        return self.forecasts.mapped("state")

    # ------------------------------------------------------------------ worked example 5

    def test_example_5_a_cent_goes_to_the_last_line(self):
        bill = self._empty_bill(350.01)
        wizard = self._wizard(bill, *self.forecasts, reason="Rounding")
        self.assertEqual(wizard.row_ids.mapped("part"), [0, 0, 0.01], "preview")
        self.assertFalse(bill.move_id.invoice_line_ids, "a preview writes nothing")
        wizard.action_apply()
        self.assertEqual(self._prices(bill), [100, 200, 50.01])
        self.assertEqual(self._states(), ["closed"] * 3)
        self._as(self.ana, bill).action_validate()
        self.assertEqual(bill.state, "approved")

    def test_example_5_less_is_taken_off_in_equal_parts(self):
        bill = self._empty_bill(349)
        wizard = self._wizard(bill, *self.forecasts)
        wizard.action_apply()
        self.assertEqual(self._prices(bill), [99.67, 199.67, 49.66])
        self.assertEqual(self._states(), ["closed"] * 3, "final closes what is left")
        self.assertEqual(self.forecasts.mapped("absorbed"), [99.67, 199.67, 49.66])

    def test_example_5_no_line_changes_its_sign(self):
        bill = self._empty_bill(100)
        wizard = self._wizard(bill, *self.forecasts)
        self.assertIn("C50", wizard.refusal)
        with self.assertRaisesRegex(UserError, "change sign"):
            wizard.action_apply()
        self.assertFalse(bill.move_id.invoice_line_ids)
        self.assertEqual(self._states(), ["open"] * 3)

    # ------------------------------------------------------------------ ways to spread

    def test_r113_by_the_size_of_the_lines(self):
        bill = self._empty_bill(700)
        self._wizard(bill, *self.forecasts, mode="proportional", reason="Peak").action_apply()
        self.assertEqual(self._prices(bill), [200, 400, 100])

    def test_r113_a_cancelled_difference_stays_visible_and_stops_validation(self):
        bill = self._empty_bill(400)
        wizard = self._wizard(bill, *self.forecasts, mode="leave")
        self.assertEqual(wizard.left, 50)
        wizard.action_apply()
        self.assertEqual(self._prices(bill), [100, 200, 50])
        with self.assertRaisesRegex(UserError, "difference"):
            self._as(self.ana, bill).action_validate()

    def test_a32_only_the_lines_of_this_operation_take_the_difference(self):
        bill = self._empty_bill(350)
        self._wizard(bill, self.forecasts[0], mode="leave").action_apply()
        self._wizard(bill, self.forecasts[1], reason="Peak").action_apply()
        self.assertEqual(self._prices(bill), [100, 250])

    def test_captured_lines_are_replaced(self):
        bill = self._bill(350)
        wizard = self._wizard(bill, *self.forecasts)
        self.assertTrue(wizard.replace, "the captured line makes the whole document already")
        wizard.action_apply()
        self.assertEqual(self._prices(bill), [100, 200, 50])

    # ------------------------------------------------------------------ absorption

    def test_a32_a_part_leaves_the_rest_open(self):
        bill = self._empty_bill(30)
        wizard = self._wizard(bill, self.forecasts[0])
        wizard.row_ids.filtered("chosen").write({"amount": 30, "final": False})
        wizard.action_apply()
        self.assertEqual((self.forecasts[0].state, self.forecasts[0].remaining), ("partial", 70))
        second = self._empty_bill(70)
        self._wizard(second, self.forecasts[0]).action_apply()
        self.assertEqual(self.forecasts[0].state, "closed")

    def test_a32_more_than_expected_needs_a_reason(self):
        bill = self._empty_bill(150)
        wizard = self._wizard(bill, self.forecasts[0])
        self.assertTrue(wizard.over)
        with self.assertRaisesRegex(UserError, "Give the reason"):
            wizard.action_apply()
        wizard.reason = "Demurrage"
        wizard.action_apply()
        link = self.forecasts[0].absorption_ids
        self.assertEqual((link.amount, link.reason), (150, "Demurrage"))

    def test_absorbed_follows_a_changed_line(self):
        bill = self._empty_bill(100)
        self._wizard(bill, self.forecasts[0]).action_apply()
        line = bill.move_id.invoice_line_ids
        line.with_user(self.ana).price_unit = 80
        self.assertEqual(self.forecasts[0].absorbed, 80)
        with self.assertRaisesRegex(ValidationError, "give the reason"), self.env.cr.savepoint():
            line.with_user(self.ana).price_unit = 120
        line.openpce_absorption_ids.with_user(self.ana).reason = "Fuel"
        line.with_user(self.ana).price_unit = 120
        self.assertEqual(self.forecasts[0].absorbed, 120)

    def test_r111_file_and_division_bring_their_accounts(self):
        bill = self._empty_bill(100)
        self._wizard(bill, self.forecasts[0]).action_apply()
        line = bill.move_id.invoice_line_ids
        accounts = self.division.analytic_account_id | self.file.analytic_account_id
        key = ",".join(str(one) for one in sorted(accounts.ids))
        self.assertEqual(line.analytic_distribution, {key: 100.0})
        self.assertEqual((line.openpce_document, line.openpce_document_key), ("MEDU 1", "MEDU1"))
        self.assertEqual(line.tax_ids, self.vat, "the concept brings its taxes")

    # ------------------------------------------------------------------ opened again

    def test_opens_again_on_delete_return_and_cancel(self):
        bill = self._empty_bill(350)
        self._wizard(bill, *self.forecasts).action_apply()
        bill.move_id.invoice_line_ids.sorted("id")[0].with_user(self.ana).unlink()
        self.assertEqual(self._states(), ["open", "closed", "closed"])
        reason = self.env["openpce.bill.reason"].search([("kind", "=", "return")], limit=1)
        self._as(self.ana, bill)._return_to_supplier(reason, "wrong", "x@example.com")
        self.assertEqual(self._states(), ["open"] * 3, "returned")
        self._as(self.beto, bill).action_take_back()
        self.assertEqual(self._states(), ["open", "closed", "closed"], "taken back")
        bill.move_id.button_cancel()
        self.assertEqual(self._states(), ["open"] * 3, "cancelled")

    def test_credit_note_made_from_the_bill_gives_back(self):
        bill = self._empty_bill(350)
        self._wizard(bill, *self.forecasts).action_apply()
        self._as(self.ana, bill).action_validate()
        bill.move_id.with_user(self.accountant).action_post()
        credit = bill.move_id.with_user(self.accountant)._reverse_moves(
            [{"invoice_date": bill.move_id.invoice_date}]
        )
        self.assertEqual(self._states(), ["open"] * 3)
        credit.invoice_line_ids.sorted("id")[0].price_unit = 40
        self.assertEqual(self.forecasts[0].remaining, 40, "a part of it is credited")

    def test_credit_note_absorbs_by_choice(self):
        bill = self._empty_bill(100)
        self._wizard(bill, self.forecasts[0]).action_apply()
        credit = self._empty_bill(40, move_type="in_refund")
        wizard = self._wizard(credit, self.forecasts[0])
        self.assertEqual(wizard.row_ids.forecast_id, self.forecasts[0], "only what was absorbed")
        wizard.row_ids.amount = 40
        wizard.action_apply()
        self.assertEqual(self._prices(credit), [40])
        self.assertEqual((self.forecasts[0].state, self.forecasts[0].remaining), ("partial", 40))

    # ------------------------------------------------------------------ choice

    def test_a32_alike_forecasts_are_told_apart_by_reference(self):
        twins = self._forecast(10, reference=False) | self._forecast(20, reference=False)
        bill = self._empty_bill(10)
        wizard = self._wizard(bill, twins[0])
        self.assertTrue(all(wizard.row_ids.mapped("alike")))
        with self.assertRaisesRegex(UserError, "no reference tells them apart"):
            wizard.action_apply()
        twins[0].reference = "MSKU 1"
        wizard.action_apply()
        self.assertEqual(twins.mapped("state"), ["closed", "open"])

    def test_r112_the_query(self):
        other = self._file("F-2", "HLCU 9")
        far = self._forecast(7, file_id=other.id, reference="X", partner_id=False)
        stranger = self.env["res.partner"].create({"name": "Somebody else"})
        self._forecast(8, partner_id=stranger.id)
        bill = self._empty_bill(100)
        wizard = self._wizard(bill)
        self.assertEqual(
            wizard.row_ids.forecast_id, self.forecasts | far, "the supplier's and nobody's"
        )
        for name, value, expected in (
            ("file_id", other, far),
            ("document", "hlcu-9", far),
            ("reference", "c20", self.forecasts[1]),
        ):
            wizard[name] = value
            wizard._onchange_query()
            self.assertEqual(wizard.row_ids.forecast_id, expected, name)
            wizard[name] = False

    def test_the_dialog_as_it_is_typed(self):
        """Choosing, searching on and choosing again: what was chosen stays, nothing is lost."""
        bill = self._empty_bill(150)
        with Form(self._wizard(bill)) as form:
            form.reference = "C100"
            with form.row_ids.edit(0) as row:
                row.chosen = True
                self.assertEqual(row.result, 150, "the whole difference is its")
            self.assertTrue(form.over)
            form.reference = "C50"
            self.assertEqual(len(form.row_ids), 2, "the chosen one and the one found")
            with form.row_ids.edit(1) as row:
                row.chosen = True
            self.assertEqual((form.difference, form.left, form.over), (0, 0, False))
        form.record.action_apply()
        self.assertEqual(self._prices(bill), [100, 50])

    def test_a32_foreign_currency_at_the_day_of_the_bill(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        bill = self._empty_bill(60)
        day = bill.move_id.invoice_date
        self.env["res.currency.rate"].create(
            {"name": day, "currency_id": euro.id, "rate": 0.5, "company_id": self.company.id}
        )
        forecast = self._forecast(30, currency_id=euro.id, reference="EUR")
        wizard = self._wizard(bill, forecast)
        wizard.action_apply()
        self.assertEqual(self._prices(bill), [60], "30 EUR at 0.5")
        self.assertEqual(forecast.absorbed, 30)
        self.env["res.currency.rate"].create(
            {
                "name": "2021-01-01",
                "currency_id": euro.id,
                "rate": 0.25,
                "company_id": self.company.id,
            }
        )
        bill.move_id.with_user(self.ana).invoice_date = "2021-06-01"
        self.assertEqual(forecast.absorbed, 15, "60 at 0.25")

    def test_price_with_its_tax_makes_the_untaxed_amount(self):
        self.vat.price_include_override = "tax_included"
        bill = self._empty_bill(119)
        self._wizard(bill, self.forecasts[0]).action_apply()
        self.assertEqual(self._prices(bill), [100])
        self.assertAlmostEqual(bill.move_id.invoice_line_ids.price_unit, 119)

    # ------------------------------------------------------------------ who

    def test_who_does_not_have_the_bill_adds_nothing(self):
        bill = self._empty_bill(350)
        for user in (self.carla, self.accountant):
            self._wizard(bill, user=user)
        self._register(self.plain)
        for user in (self.plain, self.foreign_manager):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self._wizard(bill, user=user)

    def test_links_are_not_typed(self):
        bill = self._empty_bill(100)
        self._wizard(bill, self.forecasts[0]).action_apply()
        link = self.forecasts[0].absorption_ids
        with self.assertRaisesRegex(AccessError, "follows the bill line"):
            link.with_user(self.ana).amount = 1
        self._register(self.plain)
        with self.assertRaises(AccessError):
            link.with_user(self.plain).reason = "mine now"
        with self.assertRaises(AccessError):
            link.with_user(self.ana).copy({"line_id": link.line_id.id})

    def test_an_approved_bill_absorbs_nothing(self):
        bill = self._empty_bill(100)
        bill.move_id.invoice_line_ids = [
            Command.create({"product_id": self.product.id, "price_unit": 100})
        ]
        self._as(self.ana, bill).action_validate()
        with self.assertRaises(UserError):
            self._wizard(bill, user=self.beto)
