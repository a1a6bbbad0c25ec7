"""Adding, validating and comparing 200 lines asks the database no more often than 20."""

from odoo import Command
from odoo.tests import tagged

from .lines_common import LinesCommon


@tagged("post_install", "-at_install")
class TestBillLinesQueries(LinesCommon):
    def _assert_flat(self, prepare, action, few=20, many=200, slack=0):
        """The same number of queries for few and for many lines."""
        first = prepare(2)
        # browsed anew: what a computed field gave knows no neighbours once the cache is empty
        first = first.browse(first.id)
        self._count_queries(lambda: action(first))  # fills the caches of the registry
        counts = {}
        for size in (few, many):
            done = prepare(size)
            done = done.browse(done.id)
            counts[size] = self._count_queries(lambda done=done: action(done))
        self.assertLessEqual(counts[many], counts[few] + slack, counts)

    def _lines(self, size, **values):
        return [
            Command.create(
                {
                    "name": f"Line {number}",
                    "product_id": self.product.id,
                    "price_unit": 1,
                    "tax_ids": [Command.set(self.vat.ids)],
                    **values,
                }
            )
            for number in range(size)
        ]

    def _big(self, size, **values):
        return self._bill(invoice_line_ids=self._lines(size, **values))

    def test_validate(self):
        # inserts go in batches of rows, hence the slack
        self._assert_flat(
            self._big, lambda bill: self._as(self.ana, bill).action_validate(), slack=5
        )

    def test_concepts_by_criteria(self):
        self.env["openpce.bill.treatment.rule"].create(
            {
                "company_id": self.company.id,
                "division_id": False,
                "partner_id": self.supplier.id,
                "product_id": self._product("Customs").id,
            }
        )
        self._assert_flat(
            lambda size: self._bill(invoice_line_ids=self._lines(size), submit=False),
            lambda bill: bill.action_submit(),
            slack=5,
        )

    def test_absorbing_forecasts(self):
        def prepare(size):
            self._forecast_file = self._file(f"Q-{size}", f"Q{size}")
            bill = self._empty_bill(size)
            forecasts = [
                self._forecast(1, file_id=self._forecast_file.id, reference=f"R{number}")
                for number in range(size)
            ]
            wizard = self._wizard(bill)
            wizard.row_ids.filtered(lambda row: row.forecast_id in forecasts).chosen = True
            return wizard

        self._assert_flat(prepare, lambda wizard: wizard.action_apply(), slack=10)

    def test_joining(self):
        self._assert_flat(
            self._big,
            lambda bill: bill.move_id.invoice_line_ids.with_user(self.ana)._openpce_group(),
            slack=5,
        )

    def test_confirming_lines(self):
        def prepare(size):
            bill = self._big(size)
            bill.move_id.invoice_line_ids.with_user(self.ana).openpce_owner_id = self.beto
            self._as(self.ana, bill).action_validate()
            return bill

        self._assert_flat(
            prepare, lambda bill: self._as(self.beto, bill).action_confirm_lines(), slack=5
        )
