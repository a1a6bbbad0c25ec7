"""R121, A27, A35: lines that other persons confirm."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .lines_common import LinesCommon


@tagged("post_install", "-at_install")
class TestBillLineOwner(LinesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eva = cls._user("wf_eva")
        cls._register(cls.eva)
        cls.concept = cls._product("Customs", standard_price=77)
        cls.bill = cls._bill(
            invoice_line_ids=[
                Command.create({"product_id": cls.product.id, "price_unit": price, "name": name})
                for name, price in (("mine", 10), ("hers", 20), ("his", 30))
            ]
        )
        lines = cls.bill.move_id.invoice_line_ids.with_user(cls.ana)
        cls.mine, cls.hers, cls.his = (
            lines.filtered(lambda x, n=n: x.name == n) for n in ("mine", "hers", "his")
        )
        cls.hers.openpce_owner_id = cls.eva
        cls.his.openpce_owner_id = cls.beto

    def _validate(self):
        self._as(self.ana, self.bill).action_validate()

    def test_r121_to_approval_when_all_have_confirmed(self):
        self._validate()
        self.assertEqual(
            (self.bill.state, self.bill.hold_reason), ("in_distribution", "lines_pending")
        )
        self.assertEqual(
            self.bill.line_progress.split(", "),
            [f"{user.display_name} 0/1" for user in (self.eva, self.beto)],
        )
        self._as(self.eva, self.bill).action_confirm_lines()
        self.assertEqual(self.bill.state, "in_distribution")
        self.assertIn("1/1", self.bill.move_id.with_user(self.ana).openpce_line_progress)
        self._as(self.beto, self.bill).action_confirm_lines()
        self.assertEqual((self.bill.state, self.bill.user_id), ("in_treatment", self.ana))
        self._validate()
        self.assertEqual(self.bill.state, "approved")

    def test_a35_own_lines_are_confirmed_by_validating(self):
        self.mine.openpce_owner_id = self.ana
        (self.hers | self.his).openpce_owner_id = False
        self._validate()
        self.assertEqual(self.bill.state, "approved")
        self.assertEqual(self.mine.openpce_confirmed_by_id, self.ana)
        self.assertFalse(self.hers.openpce_confirmed_at, "without owner there is nobody to name")

    def test_a35_owner_changes_concept_and_analytics_and_no_amount(self):
        self._validate()
        line = self.hers.with_user(self.eva)
        self.assertEqual(self.bill.move_id.with_user(self.eva).ref, self.bill.ref, "may read it")
        centre = self._analytic("Centre", self.centre_plan)
        line.analytic_distribution = {str(centre.id): 100}
        line.openpce_division_id = self.division
        # as a form sends it, with the price that the concept proposes
        self.bill.move_id.with_user(self.eva).write(
            {
                "invoice_line_ids": [
                    Command.update(line.id, {"product_id": self.concept.id, "price_unit": 77})
                ]
            }
        )
        self.assertEqual((line.product_id, line.price_unit), (self.concept, 20))
        self.assertEqual(line.tax_ids, self.vat)
        for vals in (
            {"price_unit": 21},
            {"quantity": 2},
            {"tax_ids": [Command.clear()]},
            {"openpce_owner_id": self.ana.id},
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                line.write(vals)

    def test_a35_owner_types_on_the_form(self):
        self._validate()
        move = self.bill.move_id.with_user(self.eva).with_company(self.company)
        place = move.invoice_line_ids.sorted(lambda x: (x.sequence, x.id)).ids.index(self.hers.id)
        view = "openpce_vendor_bill_workflow.account_move_view_form_bill"
        with Form(move, view) as form, form.invoice_line_ids.edit(place) as line:
            line.product_id = self.concept
            line.openpce_division_id = self.division
        self.assertEqual((self.hers.product_id, self.hers.price_unit), (self.concept, 20))
        self.assertEqual(
            self.hers.analytic_distribution, {str(self.division.analytic_account_id.id): 100}
        )
        with self.assertRaises(AccessError), Form(move, view) as form:
            form.ref = "other"
        self._as(self.eva, self.bill).action_confirm_lines()

    def test_a35_owner_changes_nothing_else_of_the_bill(self):
        self._validate()
        move = self.bill.move_id.with_user(self.eva)
        terms = move.line_ids.filtered(lambda x: x.display_type == "payment_term")
        attempts = [
            lambda: self.mine.with_user(self.eva).write({"account_id": self.tax_account.id}),
            lambda: self.his.with_user(self.eva).write({"name": "x"}),
            lambda: move.write({"ref": "other"}),
            lambda: move.write({"invoice_line_ids": [Command.create({"price_unit": 1})]}),
            lambda: move.write({"invoice_line_ids": [Command.delete(self.mine.id)]}),
            lambda: self.hers.with_user(self.eva).unlink(),
            lambda: terms.write({"date_maturity": "2030-01-01"}),
            lambda: move.write({"line_ids": [Command.update(terms.id, {"name": "x"})]}),
            lambda: move.env["account.move.line"].create({"move_id": move.id, "price_unit": 3}),
            lambda: self._as(self.eva, self.bill).write({"documents": "X"}),
            lambda: self._as(self.eva, self.bill).action_validate(),
            lambda: move.action_openpce_add_forecasts(),
        ]
        for number, attempt in enumerate(attempts):
            with self.assertRaises(AccessError, msg=number), self.env.cr.savepoint():
                attempt()

    def test_a35_a_change_takes_the_confirmation_away_and_asks_again(self):
        self._validate()
        self._as(self.eva, self.bill).action_confirm_lines()
        self.assertTrue(self.hers.openpce_confirmed_at)
        self.hers.with_user(self.ana).price_unit = 25
        self.assertFalse(self.hers.openpce_confirmed_at)
        self.assertIn(("line", 0, "wf_eva"), self._open_tasks(self.bill))
        self._as(self.beto, self.bill).action_confirm_lines()
        self.assertEqual(self.bill.state, "in_distribution", "she is asked again")
        self.hers.with_user(self.ana).price_unit = 20
        self._as(self.eva, self.bill).action_confirm_lines()
        self.assertEqual(self.bill.state, "in_treatment")

    def test_a27_a_line_taken_back_lets_the_bill_go_on(self):
        self._validate()
        self.his.with_user(self.ana).openpce_owner_id = False
        self.assertEqual(
            self._open_tasks(self.bill), [("line", 0, "wf_eva"), ("treat", 0, "wf_ana")]
        )
        self.hers.with_user(self.ana).unlink()
        self.assertEqual(self.bill.state, "in_treatment")

    def test_r29_only_registered_persons_own_lines(self):
        with self.assertRaisesRegex(ValidationError, "not registered"):
            self.mine.openpce_owner_id = self.plain

    def test_confirmation_is_not_typed(self):
        self.hers.write({"openpce_confirmed_at": "2026-01-01", "openpce_confirmed_by_id": 1})
        self.assertFalse(self.hers.openpce_confirmed_at)

    def test_who_owns_no_line_confirms_nothing(self):
        self._validate()
        for user in (self.carla, self.plain, self.foreign_manager):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self._as(user, self.bill).action_confirm_lines()

    def test_accountants_change_amounts_all_the_same(self):
        self._validate()
        self.hers.with_user(self.accountant).price_unit = 21
        self.assertEqual(self.hers.price_unit, 21)
