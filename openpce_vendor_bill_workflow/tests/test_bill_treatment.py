"""R34-R60, A7, A8, A12, A13: what criteria do with the lines of a bill, to the approval."""

from odoo import Command
from odoo.tests import tagged

from .lines_common import LinesCommon


@tagged("post_install", "-at_install")
class TestBillTreatment(LinesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.divisions = cls.division | cls.env["openpce.division"].create(
            [{"code": code, "name": code, "company_id": cls.company.id} for code in ("TWO", "SUM")]
        )
        cls.concept = cls._product("Customs")

    def _rule(self, *shares, **values):
        """A rule of the supplier (search 2) with shares of the divisions."""
        values.setdefault("partner_id", self.supplier.id)
        return self.env["openpce.bill.treatment.rule"].create(
            {
                "company_id": self.company.id,
                "division_id": False,
                "product_id": self.concept.id,
                "share_ids": [
                    Command.create({"division_id": division.id, "percentage": share, **more})
                    for division, (share, more) in zip(
                        self.divisions,
                        (one if isinstance(one, tuple) else (one, {}) for one in shares),
                        strict=False,
                    )
                ],
                **values,
            }
        )

    def _taxed(self, *prices, taxes=None, **values):
        taxes = self.vat if taxes is None else taxes
        return self._bill(
            invoice_line_ids=[
                Command.create(
                    {
                        "name": f"Line {price}",
                        "price_unit": price,
                        "tax_ids": [Command.set(taxes.ids)],
                    }
                )
                for price in prices
            ],
            **values,
        )

    def _parts(self, bill):
        return [round(line.price_subtotal, 2) for line in bill.move_id.invoice_line_ids]

    # ------------------------------------------------------------------ worked examples

    def test_example_2_the_last_search_wins(self):
        """S7 (document, division) beats S6 (document, supplier) beats S2; S10 beats them."""
        names = {}
        for name, values in {
            "S2": {},
            "S6": {"document": "MEDU*"},
            "S7": {"document": "MEDU*", "partner_id": False, "division_id": self.division.id},
        }.items():
            names[name] = self._rule(product_id=self._product(name).id, **values)

        def treat():
            bill = self._taxed(100, submit=False)
            bill.write({"division_id": self.division.id, "documents": "MEDU 1234"})
            bill.action_submit()
            return bill

        bill = treat()
        self.assertEqual(bill.treatment_rule_id, names["S7"])
        self.assertEqual(bill.move_id.invoice_line_ids.product_id.name, "S7")
        self._rule(
            product_id=self._product("S10").id,
            document="MEDU*",
            division_id=self.division.id,
        )
        self.assertEqual(treat().move_id.invoice_line_ids.product_id.name, "S10")

    def test_example_6_the_cent_goes_to_the_largest_share(self):
        self._rule(33.33, 33.33, 33.34)
        bill = self._taxed(100.01)
        self.assertEqual(self._parts(bill), [33.33, 33.33, 33.35])
        self.assertEqual(bill.move_id.invoice_line_ids.openpce_division_id, self.divisions)
        self.assertEqual(bill.amount_total, bill.document_total)

    # ------------------------------------------------------------------ taxes

    def test_a12_each_set_of_taxes_by_itself_and_withholding_unchanged(self):
        self._rule(50.0, 50.0)
        bill = self._bill(
            invoice_line_ids=[
                Command.create({"name": "a", "price_unit": 10, "tax_ids": self.vat.ids}),
                Command.create({"name": "b", "price_unit": 20, "tax_ids": self.vat.ids}),
                Command.create(
                    {
                        "name": "c",
                        "price_unit": 7,
                        "tax_ids": (self.vat | self.withholding).ids,
                    }
                ),
            ]
        )
        lines = bill.move_id.invoice_line_ids
        self.assertEqual(self._parts(bill), [15, 15, 3.5, 3.5])
        self.assertEqual(lines[2].tax_ids, self.vat | self.withholding)
        self.assertEqual(bill._get_totals()["withholding"], -0.28)

    def test_a12_rounding_share_by_share_leaves_the_taxes_as_they_were(self):
        self.divisions |= self.env["openpce.division"].create(
            [{"code": f"D{n}", "name": n, "company_id": self.company.id} for n in range(7)]
        )
        self._rule(*([10.0] * 10), partner_id=False, division_id=self.division.id, document="X*")
        bill = self._taxed(102.7, submit=False)
        bill.write({"division_id": self.division.id, "documents": "X1"})
        before = bill._get_totals()
        bill.action_submit()
        self.assertEqual(len(bill.move_id.invoice_line_ids), 10)
        self.assertEqual(bill._get_totals(), before, "ten roundings of 19 % of 10.27")

    def test_prices_with_their_tax(self):
        self.vat.price_include_override = "tax_included"
        self._rule(33.33, 33.33, 33.34)
        bill = self._taxed(119.01, taxes=self.vat | self.withholding)
        self.assertAlmostEqual(sum(self._parts(bill)), bill.document_untaxed)
        self.assertFalse(bill._get_differences())

    def test_credit_notes_and_discounts_are_split_alike(self):
        self._rule(60.0, 40.0)
        credit = self._taxed(100, move_type="in_refund")
        self.assertEqual(self._parts(credit), [60, 40])
        self.assertFalse(credit._get_differences())
        self.assertEqual(self._parts(self._taxed(100, -10)), [54, 36])

    def test_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {
                "name": "2020-01-01",
                "currency_id": euro.id,
                "rate": 0.3,
                "company_id": self.company.id,
            }
        )
        self._rule(33.33, 33.33, 33.34)
        bill = self._taxed(100.01, currency_id=euro.id)
        self.assertEqual(self._parts(bill), [33.33, 33.33, 33.35])
        self.assertFalse(bill._get_differences())

    # ------------------------------------------------------------------ concepts

    def test_r34_concept_price_text_and_captured_taxes(self):
        self._rule()
        bill = self._taxed(10, 20)
        lines = bill.move_id.invoice_line_ids
        self.assertEqual(lines.product_id, self.concept)
        self.assertEqual(lines.mapped("name"), ["Line 10", "Line 20"])
        self.assertEqual(self._parts(bill), [10, 20])
        self.assertEqual(lines.tax_ids, self.vat)

    def test_concept_respects_the_fiscal_position(self):
        other, mapped = self._account("511500", "expense"), self._account("511600", "expense")
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Foreign",
                "company_id": self.company.id,
                "account_ids": [
                    Command.create({"account_src_id": other.id, "account_dest_id": mapped.id})
                ],
            }
        )
        self._rule(account_id=other.id)
        bill = self._taxed(10, fiscal_position_id=position.id)
        self.assertEqual(bill.move_id.invoice_line_ids.account_id, mapped)

    def test_a_document_of_which_only_totals_were_captured(self):
        self._rule(50.0, 50.0)
        bill = self._taxed(100, submit=False)
        bill.sudo()._capture("upload")
        bill.move_id.invoice_line_ids = [Command.clear()]
        self.company.sudo().openpce_required_field_ids = False
        bill._verify()
        self.assertEqual(self._parts(bill), [50, 50])
        self.assertEqual(bill.move_id.invoice_line_ids.tax_ids, self.vat, "of the concept")

    def test_concept_taxes_leave_the_untaxed_amount(self):
        self._rule()
        self.vat.price_include_override = "tax_included"
        bill = self._taxed(100, taxes=self.vat.browse(), submit=False)
        bill.sudo()._capture("upload", document_tax=19.0, document_total=119.0)
        bill._verify()
        self.assertEqual(bill.move_id.invoice_line_ids.tax_ids, self.vat)
        self.assertEqual(self._parts(bill), [100])
        self.assertFalse(bill._get_differences())

    def test_shares_without_concept_keep_each_concept(self):
        self._rule(50.0, 50.0, product_id=False)
        bill = self._bill(
            invoice_line_ids=[
                Command.create({"product_id": product.id, "price_unit": 10})
                for product in (self.product, self.concept)
            ]
        )
        found = [(x.product_id, x.price_subtotal) for x in bill.move_id.invoice_line_ids]
        self.assertEqual(found, [(self.product, 5)] * 2 + [(self.concept, 5)] * 2)

    def test_one_account_of_each_plan(self):
        """A line is booked once a plan: the cost centre counts before the division's account."""
        centre = self._analytic("Centre", self.division_plan)
        project = self._analytic("Project", self.centre_plan)
        self._rule((100.0, {"cost_center_id": centre.id, "project_id": project.id}))
        line = self._taxed(10).move_id.invoice_line_ids
        key = ",".join(str(one) for one in sorted((centre | project).ids))
        self.assertEqual(line.analytic_distribution, {key: 100.0})

    # ------------------------------------------------------------------ automatic

    def test_r35_to_approval_without_anybody(self):
        self._approval(self.carla)
        self._rule((60.0, {"user_id": self.beto.id}), 40.0, automatic=True)
        bill = self._taxed(100)
        self.assertEqual((bill.state, bill.automatic), ("in_approval", True))
        self.assertEqual(self._open_tasks(bill), [("approve", 1, "wf_carla")])
        first = bill.move_id.invoice_line_ids[0]
        self.assertEqual(first.openpce_owner_id, self.beto)
        self.assertTrue(first.openpce_confirmed_at, "A13: in the owner's name")
        told = bill.activity_ids.filtered(lambda activity: activity.user_id == self.beto)
        self.assertEqual(len(told), 1, "A13: the owner is only told")

    def test_a06_totals_that_do_not_agree_stay_with_the_owner(self):
        self._rule((60.0, {"user_id": self.beto.id}), 40.0, automatic=True)
        bill = self._taxed(100, submit=False)
        bill.sudo()._capture("upload", document_total=130.0)
        bill._verify()
        self.assertEqual((bill.state, bill.automatic), ("in_treatment", False))
        self.assertEqual(self._open_tasks(bill), [("treat", 0, "wf_ana")])
        self.assertIn("note", self._events(bill), "why it stayed")
        owned = bill.move_id.invoice_line_ids.filtered("openpce_owner_id")
        self.assertFalse(owned.openpce_confirmed_at, "the owner confirms it himself then")

    def test_r37_a_rule_that_fits_no_more_treats_nothing(self):
        rule = self._rule(automatic=True)
        bill = self._taxed(100)
        self.assertEqual(bill.state, "approved")
        rule.active = False
        bill.sudo().write({"state": "to_revise"})
        self.env["openpce.bill.task"]._open(
            [{"bill_id": bill.id, "stage": "revise", "user_id": self.ana.id}]
        )
        self._as(self.ana, bill).action_revise()
        self.assertEqual((bill.state, bill.treatment_rule_id), ("in_treatment", rule.browse()))

    def test_a_branch_is_treated_by_the_rules_of_its_company(self):
        self._rule(50.0, 50.0)
        journal = self.journal.copy(
            {
                "company_id": self.branch.id,
                "code": "BILLB",
                "default_account_id": self.expense.id,
            }
        )
        self.branch.write(
            {
                "openpce_bill_workflow": True,
                "openpce_dispatcher_team_id": self.dispatchers.id,
                "openpce_require_file": False,
            }
        )
        self.env["ir.default"].set(
            "res.partner",
            "property_account_payable_id",
            self.payable.id,
            company_id=self.branch.id,
        )
        move = (
            self.env["account.move"]
            .with_company(self.branch)
            .create(
                {
                    "move_type": "in_invoice",
                    "company_id": self.branch.id,
                    "partner_id": self.supplier.id,
                    "ref": "BRANCH-1",
                    "invoice_date": "2026-01-02",
                    "journal_id": journal.id,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "x",
                                "account_id": self.expense.id,
                                "price_unit": 9,
                                "tax_ids": [],
                            }
                        )
                    ],
                }
            )
        )
        bill = move.openpce_bill_id
        bill.action_submit()
        self.assertEqual(self._parts(bill), [4.5, 4.5])
