"""No bill is posted before its approval, by any route; Odoo's own features go on working (A37)."""

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .bill_common import BillCommon


@tagged("post_install", "-at_install")
class TestBillGate(BillCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._distribution(cls.ana)
        cls._approval(cls.beto)
        cls.receivable = cls._account("130500", "asset_receivable", reconcile=True)

    def _approved(self, **values):
        bill = self._bill(**values)
        self._as(self.ana, bill).action_validate()
        self._as(self.beto, bill).action_approve()
        self.assertEqual(bill.state, "approved")
        return bill

    def _for_accountant(self, bill):
        return bill.move_id.with_user(self.accountant).with_company(self.company)

    def test_every_route_meets_the_gate_and_the_message_names_the_holder(self):
        bill = self._bill()
        move = self._for_accountant(bill)
        wizard = (
            self.env["validate.account.move"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({})
        )
        routes = {
            "button": move.action_post,
            "api": move._post,
            "system": move.sudo()._post,
            "list": wizard.validate_move,
        }
        for name, route in routes.items():
            with self.subTest(name), self.assertRaises(UserError) as caught:
                route()
            self.assertIn("wf_ana", str(caught.exception), "who holds the bill is named")
        self.assertEqual(move.state, "draft")
        self.assertTrue(move.hide_post_button)

    def test_the_scheduled_posting_posts_what_is_approved(self):
        # that it posts nothing else is said by the gate, see above; Odoo then rolls back, which
        # no test can
        bill = self._approved(date=fields.Date.today())
        bill.move_id.auto_post = "at_date"
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: 1)
        self.env["account.move"]._autopost_draft_entries()
        self.assertEqual((bill.move_id.state, bill.state), ("posted", "posted"))

    def test_what_odoo_learnt_to_post_passes_the_workflow(self):
        self.supplier.autopost_bills = "always"
        self.company.autopost_bills = True
        bill = self._bill(submit=False)
        bill.move_id._autopost_bill()
        self.assertEqual(bill.move_id.state, "draft")

    def test_posted_after_the_approval_when_the_company_says_so(self):
        self.company.openpce_post_after_approval = True
        bill = self._bill()
        self._as(self.ana, bill).action_validate()
        self._as(self.beto, bill).action_approve()
        self.assertEqual((bill.state, bill.move_id.state), ("posted", "posted"))

    def test_what_hinders_the_posting_is_told_and_the_approval_stays(self):
        self.company.openpce_post_after_approval = True
        bill = self._bill()
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "987", "partner_id": self.supplier.id, "active": False}
        )
        bill.move_id.partner_bank_id = bank
        self._as(self.ana, bill).action_validate()
        self._as(self.beto, bill).action_approve()
        self.assertEqual((bill.state, bill.move_id.state), ("approved", "draft"))
        self.assertIn("post_failed", self._events(bill))

    def test_a_bank_account_changed_after_the_approval_stops_the_posting(self):
        """The fraud that four eyes are for: the money goes elsewhere than what was approved."""
        bill = self._approved()
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "666", "partner_id": self.supplier.id}
        )
        with self.assertRaises(UserError):
            self._for_accountant(bill).partner_bank_id = bank
        self.env.cr.execute(
            "UPDATE account_move SET partner_bank_id = %s WHERE id = %s",
            [bank.id, bill.move_id.id],
        )
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            self._for_accountant(bill).action_post()

    def test_payment_and_credit_note_go_on(self):
        bill = self._approved()
        move = self._for_accountant(bill)
        move.action_post()
        bank = self.env["account.journal"].create(
            {"name": "Bank", "code": "BNKX", "type": "bank", "company_id": self.company.id}
        )
        bank.outbound_payment_method_line_ids.payment_account_id = self.receivable
        payment = (
            self.env["account.payment.register"]
            .with_user(self.accountant)
            .with_company(self.company)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": bank.id})
        )
        payment.action_create_payments()
        self.assertIn(move.payment_state, ("in_payment", "paid"))
        self.assertEqual(bill.state, "posted", "a payment changes nothing of the approval")
        reversal = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_company(self.company)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": self.journal.id})
        )
        credit = self.env["account.move"].browse(reversal.refund_moves()["res_id"])
        self.assertEqual(credit.openpce_state, "captured", "a credit note has a way of its own")
        credit.write({"ref": "NC-1", "invoice_date": fields.Date.today()})
        credit.openpce_bill_id.action_submit()
        own = credit.openpce_bill_id
        self.assertEqual(own.state, "in_treatment", "it is no repetition of its bill (A22)")
        self._as(self.ana, own).action_validate()
        self.assertEqual(self._open_tasks(own), [("approve", 1, "wf_beto")], "same ranges (A15)")

    def test_a_foreign_currency_is_compared_in_company_currency(self):
        dollar = self.env["res.currency"].create(
            {
                "name": "XUD",
                "symbol": "X$",
                "rounding": 0.01,
                "rate_ids": [
                    Command.create(
                        {
                            "name": "2020-01-01",
                            "inverse_company_rate": 4000.0,
                            "company_id": self.company.id,
                        }
                    )
                ],
            }
        )
        self.env["openpce.bill.approval.rule"].search([("company_id", "=", self.company.id)]).write(
            {"amount_to": 100000}
        )
        self._approval(self.carla, amount_from=100000.01)
        bill = self._bill(100, currency_id=dollar.id)
        self._as(self.ana, bill).action_validate()
        self.assertEqual(bill.amount_company, 400000)
        self.assertEqual(self._open_tasks(bill), [("approve", 1, "wf_carla")])

    def test_a_branch_uses_the_criteria_of_its_company(self):
        self.branch.write(
            {
                "openpce_bill_workflow": True,
                "openpce_require_file": False,
                "openpce_dispatcher_team_id": self.dispatchers.id,
            }
        )
        self.supplier.with_company(self.branch).property_account_payable_id = self.payable
        everybody = self.ana | self.beto | self.carla
        everybody.write({"company_ids": [Command.link(self.branch.id)]})
        move = (
            self.env["account.move"]
            .with_company(self.branch)
            .create(
                {
                    "move_type": "in_invoice",
                    "company_id": self.branch.id,
                    "journal_id": self.journal.id,
                    "partner_id": self.supplier.id,
                    "ref": "BR-1",
                    "invoice_date": fields.Date.today(),
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "x",
                                "quantity": 1,
                                "price_unit": 50,
                                "account_id": self.expense.id,
                                "tax_ids": [],
                            }
                        )
                    ],
                }
            )
        )
        bill = move.openpce_bill_id
        bill.action_submit()
        self.assertEqual((bill.company_id, bill.user_id), (self.branch, self.ana))
        self._as(self.ana, bill).with_company(self.branch).action_validate()
        self.assertEqual(self._open_tasks(bill), [("approve", 1, "wf_beto")])

    def test_companies_without_the_workflow_are_left_alone(self):
        self.company.openpce_bill_workflow = False
        bill = self._bill(submit=False)
        self.assertFalse(bill, "no workflow record")
        move = self.env["account.move"].search([("company_id", "=", self.company.id)], limit=1)
        move.with_user(self.accountant).action_post()
        self.assertEqual(move.state, "posted")

    def test_bills_from_before_the_workflow_are_still_repetitions(self):
        self.company.openpce_bill_workflow = False
        self._bill(number="OLD-77", submit=False)
        self.company.openpce_bill_workflow = True
        again = self._bill(number="old 077")
        self.assertTrue(again.repeated)

    def test_bills_are_discarded_not_deleted(self):
        bill = self._bill()
        with self.assertRaises(UserError):
            self._for_accountant(bill).unlink()
        reason = self.env["openpce.bill.reason"].search([("kind", "=", "discard")], limit=1)
        self._as(self.ana, bill)._discard(reason, "twice")
        self.assertEqual((bill.state, bill.move_id.state), ("discarded", "cancel"))
        self._as(self.beto, bill).action_restore()
        self.assertEqual((bill.state, bill.move_id.state), ("to_revise", "draft"))
        bill._discard(reason, "again")
        number = bill.ref
        bill.move_id.unlink()
        self.assertEqual((bill.ref, bill.state), (number, "discarded"), "the follow-up stays")
        self.assertFalse(bill._find_log_faults())

    def test_odoo_s_form_saves_a_bill_in_treatment(self):
        bill = self._bill()
        with Form(self._for_accountant(bill)) as form:
            form.narration = "remark"
        self.assertIn("remark", bill.move_id.narration)
