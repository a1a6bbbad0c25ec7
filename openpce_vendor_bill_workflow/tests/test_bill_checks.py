"""R107, R110, R117, R121, R122, A31: what stops a bill before approval, and where to mend it."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .lines_common import LinesCommon


@tagged("post_install", "-at_install")
class TestBillChecks(LinesCommon):
    def _taxed(self, amount=100.0, **values):
        line = {
            "name": "Line",
            "product_id": self.product.id,
            "price_unit": amount,
            "tax_ids": [Command.set(self.vat.ids)],
        }
        return self._bill(invoice_line_ids=[Command.create(line)], **values)

    def _issues(self, bill):
        return "\n".join(bill._get_treatment_issues())

    def _line(self, bill):
        return bill.move_id.invoice_line_ids.with_user(self.ana)

    def test_a31_totals_one_by_one(self):
        bill = self._taxed()
        self.assertFalse(self._issues(bill))
        self._line(bill).price_unit = 90
        issues = self._issues(bill)
        for what in ("Untaxed amount", "Taxes", "Total"):
            self.assertIn(f"{what}: the document says", issues)
        self.assertIn("tab “Lines”", issues)
        with self.assertRaisesRegex(UserError, "Untaxed amount(.|\n)*Total", msg="all at once"):
            self._as(self.ana, bill).action_validate()

    def test_a31_untaxed_and_tax_may_not_make_up_for_each_other(self):
        bill = self._taxed(119)
        bill.sudo().write({"document_untaxed": 100, "document_tax": 41.61})
        issues = self._issues(bill)
        self.assertIn("Untaxed amount", issues)
        self.assertNotIn("Total:", issues)

    def test_a31_tolerance(self):
        bill = self._taxed()
        self._line(bill).price_unit = 100.4
        self.assertTrue(self._issues(bill))
        self.company.openpce_tolerance = 0.5
        self.assertFalse(self._issues(bill))
        self._line(bill).price_unit = 100.6
        self.assertTrue(self._issues(bill))

    def test_a31_tolerance_in_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {
                "name": "2020-01-01",
                "currency_id": euro.id,
                "rate": 0.5,
                "company_id": self.company.id,
            }
        )
        self.company.openpce_tolerance = 1
        bill = self._taxed(currency_id=euro.id)
        self._line(bill).price_unit = 100.4
        self.assertFalse(self._issues(bill), "0.48 EUR are 0.96 of the company's")
        self._line(bill).price_unit = 100.5
        self.assertTrue(self._issues(bill))

    def test_a31_own_withholding_is_no_difference(self):
        """The document does not state it: applied, changed or taken away by us."""
        bill = self._taxed()
        self._line(bill).tax_ids = self.vat | self.withholding
        self.assertFalse(self._issues(bill))
        typed = self._bill(
            invoice_line_ids=[
                Command.create(
                    {"name": "x", "price_unit": 100, "tax_ids": (self.vat | self.withholding).ids}
                )
            ]
        )
        self.assertEqual((typed.document_total, typed.document_withholding), (119, 0))
        self._line(typed).tax_ids = self.vat
        self.assertFalse(self._issues(typed))

    def test_a31_withholding_that_the_document_states(self):
        bill = self._taxed(submit=False)
        bill.sudo()._capture("upload", document_withholding=-4.0, document_total=115.0)
        bill._verify()
        self.assertIn("Withholdings: the document says", self._issues(bill))
        self._line(bill).tax_ids = self.vat | self.withholding
        self.assertFalse(self._issues(bill))

    def test_a31_what_the_document_never_said_is_not_held_against_it(self):
        bill = self._taxed()
        bill.sudo().write({"document_untaxed": 0, "document_tax": 0, "document_total": 0})
        self._line(bill).tax_ids = self.vat | self.withholding
        self.assertFalse(self._issues(bill))

    def test_r117_lines_without_tax(self):
        bill = self._taxed()
        free = self._product("Postage", supplier_taxes_id=False)
        bill.move_id.with_user(self.ana).invoice_line_ids = [
            Command.create({"name": "bare", "price_unit": 5, "tax_ids": []}),
            Command.create({"name": "free", "product_id": free.id, "price_unit": 5, "tax_ids": []}),
        ]
        issues = self._issues(bill)
        self.assertIn("No tax, although the document charges taxes: “bare”.", issues)
        untaxed = self._bill(10)
        self.assertFalse(self._issues(untaxed), "a document without taxes")

    def test_no_lines(self):
        bill = self._taxed()
        self._line(bill).unlink()
        self.assertIn("Add them in the tab “Lines”", self._issues(bill))

    def test_a32_more_absorbed_than_expected(self):
        forecast = self._forecast(100)
        bill = self._empty_bill(100)
        self._wizard(bill, forecast).action_apply()
        self.assertFalse(self._issues(bill))
        forecast.amount = 60
        self.assertIn("expects", self._issues(bill))
        forecast.absorption_ids.with_user(self.ana).reason = "Fuel"
        self.assertFalse(self._issues(bill))

    def test_r122_checked_again_when_it_is_approved(self):
        self._approval(self.carla)
        bill = self._taxed()
        self._as(self.ana, bill).action_validate()
        bill.move_id.invoice_line_ids.with_user(self.beto).price_unit = 90
        with self.assertRaisesRegex(UserError, "do not meet the document"):
            self._as(self.carla, bill).action_approve()
