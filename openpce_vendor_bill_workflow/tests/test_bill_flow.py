"""From captured to posted, as reviewer, supervisor and accountant (R82-R134)."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .bill_common import BillCommon


@tagged("post_install", "-at_install")
class TestBillFlow(BillCommon):
    def test_r11_to_approved(self):
        """Captured → treatment → approval by two levels → approved → posted by accounting."""
        self._distribution(self.ana)
        self._approval(self.beto | self.carla, self.dora)
        bill = self._bill(3000)
        self.assertEqual(bill.state, "in_treatment")
        self.assertEqual(self._open_tasks(bill), [("treat", 0, "wf_ana")])
        self._as(self.ana, bill).action_validate()
        self.assertEqual(bill.state, "in_approval")
        self.assertEqual(
            self._open_tasks(bill), [("approve", 1, "wf_beto"), ("approve", 1, "wf_carla")]
        )
        self._as(self.carla, bill).action_approve()
        with self.assertRaises(UserError, msg="the gate holds until the last approval"):
            bill.move_id.with_user(self.accountant).action_post()
        self._as(self.beto, bill).action_approve("fine")
        self.assertEqual(self._open_tasks(bill), [("approve", 2, "wf_dora")])
        self._as(self.dora, bill).action_approve()
        self.assertEqual(bill.state, "approved")
        bill.move_id.with_user(self.accountant).action_post()
        self.assertEqual(bill.state, "posted")
        self.assertFalse(bill._find_log_faults())

    def test_a05_no_rule_goes_to_the_dispatchers(self):
        bill = self._bill()
        self.assertEqual((bill.state, bill.hold_reason), ("in_distribution", "no_rule"))
        self.assertEqual(bill.team_id, self.dispatchers)
        self._as(self.beto, bill).action_claim()
        self.assertEqual((bill.state, bill.user_id), ("in_treatment", self.beto))

    def test_a17_who_treated_does_not_approve(self):
        self._distribution(self.beto)
        self._approval(self.beto | self.carla)
        bill = self._bill()
        self._as(self.beto, bill).action_validate()
        self.assertEqual(self._open_tasks(bill), [("approve", 1, "wf_carla")])
        with self.assertRaises(AccessError):
            self._as(self.beto, bill).action_approve()

    def test_a20_without_permission_the_second_person_validates(self):
        self.reviewer_row.write({"can_validate": False})
        self._distribution(self.ana)
        bill = self._bill()
        with self.assertRaises(UserError, msg="nobody is set to validate for others"):
            self._as(self.ana, bill).action_validate()
        self.reviewer_row.fallback_user_id = self.beto
        self._as(self.ana, bill).action_validate()
        self.assertEqual((bill.state, bill.user_id), ("in_treatment", self.beto))
        self.assertEqual(bill.validated_by_id, self.ana)
        self._as(self.beto, bill).action_validate()
        self.assertEqual(bill.state, "approved", "no criteria ask for an approval")

    def test_a22_a_repeated_number_stops_in_revision(self):
        self._distribution(self.ana)
        first = self._bill(number="FV-00 123")
        again = self._bill(number="fv123", amount=7)
        self.assertEqual(again.state, "to_revise")
        self.assertTrue(again.repeated)
        self.assertEqual(again.duplicate_ids, first.move_id)
        with self.assertRaises(UserError):
            self._as(self.ana, again).action_revise()
        again.move_id.with_user(self.ana).ref = "FV124"
        self._as(self.ana, again).action_revise()
        self.assertEqual(again.state, "in_treatment")

    def test_a23_an_incomplete_bill_stops_in_revision(self):
        self._distribution(self.ana)
        bill = self._bill(invoice_date=False)
        self.assertEqual((bill.state, bill.missing), ("to_revise", ["invoice_date"]))
        self.assertEqual(self._open_tasks(bill), [("revise", 0, "wf_ana")])

    def test_a38_a_change_in_approval_voids_the_approvals(self):
        self._distribution(self.ana)
        self._approval(self.beto | self.carla)
        bill = self._bill(100)
        self._as(self.ana, bill).action_validate()
        self._as(self.carla, bill).action_approve()
        line = bill.move_id.invoice_line_ids
        with self.assertRaises(AccessError, msg="reviewers change nothing in approval (R120)"):
            line.with_user(self.ana).price_unit = 90
        line.with_user(self.beto).write({"account_id": self.tax_account.id})
        self.assertIn("voided", self._events(bill))
        self.assertEqual(
            self._open_tasks(bill),
            [("approve", 1, "wf_carla")],
            "Carla is asked again; Beto has treated the bill now (A17)",
        )

    def test_a37_an_approved_bill_is_frozen(self):
        self._distribution(self.ana)
        bill = self._bill(100)
        self._as(self.ana, bill).action_validate()
        self.assertEqual(bill.state, "approved")
        for user in (self.beto, self.accountant):
            refusal = AccessError if user == self.beto else UserError
            with self.assertRaises(refusal):
                bill.move_id.with_user(user).invoice_line_ids.write({"price_unit": 1})
        self._as(self.beto, bill).action_reopen()
        self.assertEqual((bill.state, bill.user_id), ("in_treatment", self.ana))

    def test_r134_reject_sends_back_to_who_treated(self):
        self._distribution(self.ana)
        self._approval(self.beto)
        bill = self._bill()
        self._as(self.ana, bill).action_validate()
        reason = self.env["openpce.bill.reason"].search([("kind", "=", "reject")], limit=1)
        self._as(self.beto, bill)._reject(reason, "wrong division")
        self.assertEqual((bill.state, bill.user_id), ("in_treatment", self.ana))

    def test_reset_to_draft_starts_again(self):
        self._distribution(self.ana)
        bill = self._bill()
        self._as(self.ana, bill).action_validate()
        move = bill.move_id.with_user(self.accountant)
        move.action_post()
        move.button_draft()
        self.assertEqual(bill.state, "in_treatment")
        with self.assertRaises(UserError):
            move.action_post()
        self.assertFalse(bill._find_log_faults())

    def test_r29_strangers_see_nothing(self):
        self._distribution(self.ana)
        bill = self._bill()
        for user in (self.plain, self.foreign_manager):
            with self.assertRaises(AccessError):
                bill.with_user(user).read(["state"])
            with self.assertRaises(AccessError):
                bill.move_id.with_user(user).read(["ref"])
        self.assertFalse(self.env["openpce.bill"].with_user(self.foreign_manager).search([]))
        self.assertEqual(self._as(self.ana, bill).move_id.ref, bill.ref)

    def test_states_cannot_be_typed(self):
        self._distribution(self.ana)
        bill = self._bill()
        for vals in ({"state": "approved"}, {"user_id": self.ana.id}, {"decisions": []}):
            for user in (self.ana, self.beto, self.accountant):
                with self.assertRaises(AccessError):
                    self._as(user, bill).write(vals)
        self._as(self.ana, bill).write({"documents": "MEDU123"})
        self.assertEqual(bill.documents, "MEDU123")

    def test_r66_who_left_is_not_passed_over(self):
        """A level whose approvers were all deactivated does not count as passed."""
        self._distribution(self.ana)
        self._approval(self.beto, self.carla)
        self.carla.sudo().active = False
        bill = self._bill()
        with self.assertRaises(UserError):
            self._as(self.ana, bill).action_validate()
        self.assertEqual(bill.state, "in_treatment")
        self._supervision(self.carla, "approve", self.dora, notify_hours=8)
        self._as(self.ana, bill).action_validate()
        self._as(self.beto, bill).action_approve()
        self.assertEqual(self._open_tasks(bill), [("approve", 2, "wf_dora")])

    def test_a38_a_change_past_every_guard_is_noticed(self):
        self._distribution(self.ana)
        self._approval(self.beto, self.carla)
        bill = self._bill(100)
        self._as(self.ana, bill).action_validate()
        self._as(self.beto, bill).action_approve()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET account_id = %s WHERE id = %s",
            [self.tax_account.id, bill.move_id.invoice_line_ids.id],
        )
        self.env.invalidate_all()
        notice = self._as(self.carla, bill).action_approve()
        self.assertEqual(notice["tag"], "display_notification")
        self.assertEqual(self._open_tasks(bill), [("approve", 1, "wf_beto")])

    def test_r132_the_follow_up_cannot_be_forged(self):
        self._distribution(self.ana)
        bill = self._bill()
        entry = bill.log_ids[:1]
        for record in (entry, entry.sudo()):
            with self.assertRaises(UserError):
                record.write({"detail": {}})
            with self.assertRaises(UserError):
                record.unlink()
        with self.assertRaises(AccessError):
            entry.with_user(self.accountant).create({"bill_id": bill.id})
        self.assertFalse(bill._find_log_faults())
        check = bill.log_ids.with_user(self.beto).action_check()
        self.assertEqual(check["params"]["type"], "success")
        self.env.cr.execute("UPDATE openpce_bill_log SET detail = '{}' WHERE id = %s", [entry.id])
        self.env.invalidate_all()
        self.assertEqual(bill._find_log_faults(), [(bill.sudo(), entry.number)])
        check = bill.log_ids.with_user(self.beto).action_check()
        self.assertEqual(check["params"]["type"], "danger")
        self.env.cr.execute("DELETE FROM openpce_bill_log WHERE id = %s", [entry.id])
        self.env.invalidate_all()
        self.assertTrue(bill._find_log_faults(), "a cut-off end shows")
