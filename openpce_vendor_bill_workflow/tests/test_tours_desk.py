"""In the browser: the bill desk, from the keyboard and on the phone (R84-R126)."""

from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from .bill_common import BillCommon


@tagged("post_install", "-at_install")
class TestToursDesk(BillCommon, HttpCase):
    browser_size = "1600x900"  # all three panes

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._distribution(cls.ana)
        cls._approval(cls.beto)

    def test_ten_bills_with_the_keyboard_alone(self):
        bills = self.env["openpce.bill"]
        for each in range(1, 11):
            bills |= self._bill(number=f"T-KEY-{each:02}")
        self.start_tour("/odoo/bill-treatment", "openpce_desk_keyboard", login="wf_ana")
        self.assertEqual(set(bills.mapped("state")), {"in_approval"})
        references = [f"PR {each}" for each in range(1, 11)]
        self.assertEqual(bills.move_id.mapped("payment_reference"), references)

    def test_moving_on_loses_nothing(self):
        bills = self._bill(number="T-GO-1") | self._bill(number="T-GO-2")
        self.start_tour("/odoo/bill-treatment", "openpce_desk_moves", login="wf_ana")
        self.assertEqual(bills[0].move_id.payment_reference, "Kept")

    def test_the_second_save_is_refused(self):
        bill = self._bill(number="T-TWO")
        # each of them has a transaction, so a moment, of the own
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET write_date = write_date - interval '1 hour' WHERE id = %s",
            bill.move_id.ids,
        )
        self.env.invalidate_all()
        moves = type(self.env["account.move"])
        save = moves.openpce_desk_save

        def overtaken(move, *args, **kwargs):
            theirs = move.with_user(self.carla)
            theirs.write({"narration": "Carla was here"})
            theirs.env.flush_all()
            move.env.invalidate_all()
            return save(move, *args, **kwargs)

        with patch.object(moves, "openpce_desk_save", overtaken):
            self.start_tour("/odoo/bill-treatment", "openpce_desk_conflict", login="wf_ana")
        self.assertNotEqual(bill.move_id.payment_reference, "Mine")
        self.assertEqual(bill.state, "in_treatment")

    def test_approving_on_the_phone(self):
        self.env["openpce.bill.reason"].create({"kind": "reject", "name": "Reason R"})
        bills = self.env["openpce.bill"]
        for each in range(1, 4):
            bills |= self._bill(number=f"T-PHONE-{each}")
        self._as(self.ana, bills).action_validate()
        with (
            patch.object(type(self), "browser_size", "375x667"),
            patch.object(type(self), "touch_enabled", True),
        ):
            self.start_tour("/odoo/bill-approval", "openpce_desk_phone", login="wf_beto")
        self.assertEqual(bills.mapped("state"), ["approved", "approved", "in_treatment"])
