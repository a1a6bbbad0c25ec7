"""Figures and back-test: what they say of bills whose way is known."""

from datetime import datetime

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .bill_common import BillCommon

MONDAY = datetime(2026, 3, 2, 15, 0)


@tagged("post_install", "-at_install")
class TestBillFigures(BillCommon):
    def _approve_after(self, *hours):
        """Bills that took so many hours from entry to approval."""
        bills = self.env["openpce.bill"]
        for taken in hours:
            with freeze_time(MONDAY) as clock:
                bill = self._bill()
                clock.tick(taken * 3600)
                self._as(self.ana, bill).action_validate()
                self.assertEqual(bill.state, "approved")
                bills |= bill
        return bills

    def test_percentiles_are_of_the_bills(self):
        self._distribution(self.ana)
        self._approve_after(*range(1, 12))
        [[median, p90, ended]] = (
            self.env["openpce.bill.figure"]
            .with_user(self.beto)
            ._read_group(
                [("company_id", "=", self.company.id)],
                [],
                ["hours_median:avg", "hours_p90:avg", "ended:sum"],
            )
        )
        self.assertEqual((round(median, 2), round(p90, 2), ended), (6.0, 10.0, 11))
        [[hours]] = self.env["openpce.bill.stage.figure"]._read_group(
            [("company_id", "=", self.company.id), ("stage", "=", "treat")],
            [],
            ["hours_median:avg"],
        )
        self.assertEqual(round(hours, 2), 6.0)

    def test_touchless_and_first_pass(self):
        self._distribution(self.ana)
        rule = self.env["openpce.bill.treatment.rule"].create(
            {
                "company_id": self.company.id,
                "division_id": False,
                "partner_id": self.supplier.id,
                "product_id": self.product.id,
                "automatic": True,
            }
        )
        automatic = self._bill()
        self.assertEqual(automatic.state, "approved")
        rule.active = False
        by_hand = self._approve_after(1)
        incomplete = self._bill(invoice_date=False)
        figures = self.env["openpce.bill.figure"]
        for bill, touchless in ((automatic, 1), (by_hand, 0)):
            row = figures.browse(bill.id)
            self.assertEqual((row.touchless, row.first_pass), (touchless, 1))
        self.assertEqual(figures.browse(incomplete.id).incomplete, 1)

    def test_reviewers_see_no_figures(self):
        with self.assertRaises(AccessError):
            self.env["openpce.bill.figure"].with_user(self.ana).search([])

    def test_backtest_tells_who_would_have_got_the_bills(self):
        old = self._distribution(self.ana)
        bill = self._bill()
        old.date_to = fields.Date.add(fields.Date.today(), days=6)
        self._distribution(self.dora, date_from=fields.Date.add(fields.Date.today(), days=7))
        tests = self.env["openpce.bill.backtest"].with_user(self.manager)
        same = tests.create({"company_id": self.company.id})
        same.action_run()
        self.assertEqual((same.compared, same.changed), (1, 0))
        later = tests.create(
            {
                "company_id": self.company.id,
                "as_of": fields.Date.add(fields.Date.today(), days=8),
            }
        )
        count = self.env["openpce.bill.log"].search_count([])
        later.action_run()
        line = later.line_ids
        self.assertEqual((line.bill_id, line.before_people), (bill, self.ana.name))
        self.assertEqual(line.after_people, self.dora.name)
        self.assertEqual(bill.user_id, self.ana)
        self.assertEqual(self.env["openpce.bill.log"].search_count([]), count, "writes nothing")

    def test_backtest_leaves_out_what_has_not_met_the_criteria(self):
        self._distribution(self.ana)
        self._bill(submit=False)
        tests = self.env["openpce.bill.backtest"].with_user(self.manager)
        run = tests.create({"company_id": self.company.id})
        with self.assertRaisesRegex(UserError, "met these criteria"):
            run.action_run()
        self._bill()
        run.action_run()
        self.assertEqual((run.compared, run.changed, run.unmatched, run.left_out), (1, 0, 0, 0))
        approval = tests.create({"company_id": self.company.id, "table": "approval"})
        self._approval(self.beto)
        with self.assertRaisesRegex(UserError, "met these criteria"):
            approval.action_run()

    def test_backtest_of_an_empty_period_says_so(self):
        tests = self.env["openpce.bill.backtest"].with_user(self.manager)
        run = tests.create({"date_from": "2001-01-01", "date_to": "2001-01-31"})
        with self.assertRaises(UserError):
            run.action_run()
        with self.assertRaises(AccessError):
            tests.with_user(self.beto).create({})
