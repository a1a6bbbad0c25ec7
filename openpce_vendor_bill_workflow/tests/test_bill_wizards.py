"""Decisions that ask first, on one bill and on many, by role (R93, R101, R105, R134, A29)."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .bill_common import BillCommon


@tagged("post_install", "-at_install")
class TestBillWizards(BillCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # not a decorator of the class: that makes it a function, which no runner collects
        cls.enterClassContext(
            mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
        )
        cls.rule = cls._distribution(cls.ana)

    def _reason(self, kind):
        return self.env["openpce.bill.reason"].search([("kind", "=", kind)], limit=1)

    def _ask(self, user, bills, kind, **values):
        """The dialog as the button opens it, filled and confirmed by the user."""
        action = getattr(self._as(user, bills), f"action_ask_{kind}")()
        wizard = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        wizard.write({"reason_id": self._reason(kind).id, **values})
        return wizard.action_confirm()

    def test_r105_forward_to_a_person_and_to_a_team(self):
        bill = self._bill()
        self._ask(self.ana, bill, "forward", text="please", user_id=self.beto.id)
        self.assertEqual((bill.user_id, bill.forward_count), (self.beto, 1))
        self._ask(self.beto, bill, "forward", target="team", team_id=self.dispatchers.id)
        self.assertEqual(bill.team_id, self.dispatchers)
        entry = bill.log_ids.filtered(lambda e: e.event == "forwarded").sorted("number")[0]
        self.assertIn("please", entry.summary, "the reason is in the follow-up")

    def test_r105_reason_and_addressee_are_mandatory(self):
        bill = self._bill()
        with self.assertRaisesRegex(UserError, "reason"):
            self._ask(self.ana, bill, "forward", user_id=self.beto.id, reason_id=False)
        with self.assertRaisesRegex(UserError, "person or the team"):
            self._ask(self.ana, bill, "forward")
        with self.assertRaisesRegex(UserError, "reason", msg="a reason of another use"):
            self._ask(
                self.ana, bill, "forward", user_id=self.beto.id, reason_id=self._reason("hold").id
            )

    def test_r105_only_registered_persons(self):
        bill = self._bill()
        with self.assertRaisesRegex(UserError, "not registered"):
            self._ask(self.ana, bill, "forward", user_id=self.plain.id)
        self.assertEqual(bill.user_id, self.ana)

    def test_a29_an_approval_is_forwarded_to_another_supervisor(self):
        self._approval(self.beto)
        bill = self._bill()
        self._as(self.ana, bill).action_validate()
        with self.assertRaisesRegex(UserError, "cannot approve"):
            self._ask(self.beto, bill, "forward", user_id=self.ana.id)
        with self.assertRaisesRegex(UserError, "to a person, not to a team"):
            self._ask(self.beto, bill, "forward", target="team", team_id=self.dispatchers.id)
        self._ask(self.beto, bill, "forward", user_id=self.carla.id)
        self.assertEqual(self._open_tasks(bill), [("approve", 1, "wf_carla")])

    def test_r101_hold_and_go_on(self):
        bill = self._bill()
        self._ask(self.ana, bill, "hold", text="asked the supplier")
        self.assertEqual((bill.state, bill.hold_reason), ("in_distribution", "manual_hold"))
        self.assertIn("resume", self._as(self.ana, bill).allowed_actions)
        self._as(self.ana, bill).action_resume()
        self.assertEqual(bill.state, "in_treatment")

    def test_r93_delete(self):
        bill = self._bill()
        self._ask(self.ana, bill, "discard")
        self.assertEqual((bill.state, bill.move_id.state), ("discarded", "cancel"))

    def test_r134_reject(self):
        self._approval(self.beto)
        bill = self._bill()
        self._as(self.ana, bill).action_validate()
        self._ask(self.beto, bill, "reject", text="wrong account")
        self.assertEqual((bill.state, bill.user_id), ("in_treatment", self.ana))

    def test_a22_not_a_duplicate_is_for_supervisors(self):
        self._bill(number="R-1")
        bill = self._bill(number="R-1", amount=5)
        with self.assertRaises(AccessError):
            self._ask(self.ana, bill, "duplicate")
        self._ask(self.beto, bill, "duplicate")
        self.assertEqual(bill.state, "in_treatment")

    def test_who_does_not_hold_it_is_told_who_does(self):
        bill = self._bill()
        for kind in ("hold", "discard", "forward"):
            with self.subTest(kind), self.assertRaises(AccessError):
                # a supervisor may forward and delete, an outsider of the team may nothing
                self._register_once(self.plain)
                self._ask(self.plain, bill, kind, user_id=self.beto.id)
        self.assertEqual((bill.state, bill.user_id), ("in_treatment", self.ana))

    def _register_once(self, user):
        if not self.env["openpce.bill.user"].search_count([("user_id", "=", user.id)]):
            self._register(user)

    def test_other_company_reaches_nothing(self):
        bill = self._bill()
        with self.assertRaises(AccessError):
            bill.with_user(self.foreign_manager).action_ask_discard()
        wizard = self.env["openpce.bill.decision"].with_user(self.foreign_manager)
        with self.assertRaises(AccessError, msg="nor by naming the bill in the dialog"):
            wizard.create(
                {
                    "kind": "discard",
                    "bill_ids": [Command.set(bill.ids)],
                    "reason_id": self._reason("discard").id,
                }
            ).action_confirm()
        self.assertEqual(bill.state, "in_treatment")

    # ------------------------------------------------------------------ many at once

    def test_bulk_one_refusal_does_not_undo_the_others(self):
        """Bulk approve: three are asked of Beto, the fourth of Carla, the fifth is treated yet."""
        self._approval(self.beto)
        bills = [self._bill() for _number in range(3)]
        others = self._approval(
            self.carla, partner_id=self.env["res.partner"].create({"name": "Other"}).id
        )
        bills.append(self._bill(partner_id=others.partner_id.id))
        bills.append(self._bill())
        bills = self.env["openpce.bill"].union(*bills)
        for bill in bills[:4]:
            self._as(self.ana, bill).action_validate()
        action = self._as(self.beto, bills).action_bulk_approve()
        self.assertEqual(bills.mapped("state"), ["approved"] * 3 + ["in_approval", "in_treatment"])
        told = self.env[action["res_model"]].with_user(self.beto).browse(action["res_id"])
        self.assertEqual((told.done_count, told.refused_count), (3, 2))
        self.assertIn("wf_carla", told.refusals, "the refusal names who is asked")
        for bill in bills[3:]:
            self.assertIn(bill.display_name, told.refusals)

    def test_bulk_all_done_says_so(self):
        bills = self._bill() | self._bill()
        action = self._as(self.ana, bills).action_bulk_validate()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(set(bills.mapped("state")), {"approved"})

    def test_bulk_approve_with_comment(self):
        self._approval(self.beto)
        bills = self._bill() | self._bill()
        self._as(self.ana, bills).action_validate()
        action = self._as(self.beto, bills).action_ask_approve()
        wizard = self.env[action["res_model"]].with_user(self.beto).browse(action["res_id"])
        wizard.text = "seen with purchasing"
        wizard.action_confirm()
        for bill in bills:
            entry = bill.log_ids.filtered(lambda e: e.event == "approved")[:1]
            self.assertIn("seen with purchasing", entry.summary)

    def test_bulk_claim_and_forward(self):
        self.rule.active = False
        bills = self._bill() | self._bill()
        self.assertEqual(set(bills.mapped("hold_reason")), {"no_rule"})
        self._as(self.beto, bills).action_bulk_claim()
        self.assertEqual(bills.user_id, self.beto)
        self._ask(self.beto, bills, "forward", user_id=self.ana.id)
        self.assertEqual(bills.user_id, self.ana)

    def test_bulk_revise(self):
        bills = self._bill(invoice_date=False) | self._bill(invoice_date=False)
        bills[0].move_id.with_user(self.ana).invoice_date = "2026-01-05"
        self._as(self.ana, bills).action_bulk_revise()
        self.assertEqual(bills.mapped("state"), ["in_treatment", "to_revise"])
