"""How the ambiguous places of the document are read, on real bills (A16, A18, A24, A26 …)."""

from datetime import datetime, timedelta

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .bill_common import BillCommon

SUNDAY = datetime(2025, 1, 26, 15, 0)


@tagged("post_install", "-at_install")
class TestBillReadings(BillCommon):
    def setUp(self):
        super().setUp()
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_more: 1)

    def _reason(self, kind):
        return self.env["openpce.bill.reason"].search([("kind", "=", kind)], limit=1)

    def _validated(self, **values):
        bill = self._bill(**values)
        self._as(self.ana, bill).action_validate()
        return bill

    def test_a16_one_person_on_two_levels_is_asked_twice_or_once(self):
        self._distribution(self.ana)
        self._approval(self.beto, self.beto)
        bill = self._validated()
        self._as(self.beto, bill).action_approve()
        self.assertEqual(self._open_tasks(bill), [("approve", 2, "wf_beto")])
        self.company.openpce_merge_consecutive = True
        once = self._validated()
        self._as(self.beto, once).action_approve()
        self.assertEqual(once.state, "approved")

    def test_a18_the_clock_stands_still_while_the_bill_is_with_the_supplier(self):
        self._distribution(self.ana)
        self._supervision(self.ana, "treat", self.beto, notify_hours=10)
        with freeze_time(SUNDAY) as clock:
            bill = self._bill()
            clock.tick(timedelta(hours=4))
            self._as(self.ana, bill)._return_to_supplier(self._reason("return"), "", "a@b.example")
            self.assertEqual((bill.state, self._open_tasks(bill)), ("returned", []))
            clock.tick(timedelta(days=5))
            self._as(self.beto, bill).action_take_back()
            task = bill.task_ids.filtered(lambda task: task.state == "open")
            self.assertEqual(task.user_id, self.ana)
            self.assertEqual(task.deadline, datetime.now() + timedelta(hours=6), "6 of 10 left")

    def test_a18_a_forward_starts_a_new_clock(self):
        self._distribution(self.ana)
        self._supervision(self.ana, "treat", self.beto, notify_hours=10)
        self._supervision(self.dora, "treat", self.beto, notify_hours=3)
        with freeze_time(SUNDAY) as clock:
            bill = self._bill()
            clock.tick(timedelta(hours=4))
            self._as(self.ana, bill)._forward(self._reason("forward"), "yours", user=self.dora)
            self.assertEqual(bill.deadline, datetime.now() + timedelta(hours=3))
            self.assertEqual((bill.user_id, bill.forward_count), (self.dora, 1))
            with self.assertRaises(AccessError):
                self._as(self.ana, bill)._forward(self._reason("forward"), "", user=self.ana)

    def test_a18_working_hours_and_colombian_holidays(self):
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Office",
                "company_id": self.company.id,
                "tz": "America/Bogota",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "day",
                                "dayofweek": str(day),
                                "hour_from": 8,
                                "hour_to": 18,
                                "day_period": "morning",
                            }
                        )
                        for day in range(5)
                    ),
                ],
            }
        )
        self.company.openpce_calendar_id = calendar
        self._distribution(self.ana)
        self._supervision(self.ana, "treat", self.beto, notify_hours=10)
        # Friday 20 March 2026, 17:00 in Bogotá; Monday 23 is Saint Joseph
        with freeze_time(datetime(2026, 3, 20, 22, 0)):
            bill = self._bill()
            self.assertEqual(bill.deadline, datetime(2026, 3, 24, 22, 0), "Tuesday 17:00")

    def test_a22_a28_a_corrected_bill_after_a_return_is_flagged_and_goes_on(self):
        self._distribution(self.ana)
        bill = self._bill(number="FV-900")
        self._as(self.ana, bill)._return_to_supplier(self._reason("return"), "", "a@b.example")
        corrected = self._bill(number="FV900", amount=55)
        self.assertEqual((corrected.state, corrected.repeated), ("in_treatment", False))
        self.assertEqual(corrected.duplicate_ids, bill.move_id)
        self.assertIn("previously_returned", corrected.duplicate_reasons[str(bill.move_id.id)])

    def test_a22_only_a_supervisor_says_that_it_is_no_repetition(self):
        self._distribution(self.ana)
        self._bill(number="FV-901")
        again = self._bill(number="FV-901", amount=8)
        with self.assertRaises(AccessError):
            self._as(self.ana, again)._clear_duplicate(self._reason("duplicate"), "")
        self._as(self.beto, again)._clear_duplicate(self._reason("duplicate"), "another year")
        told = [event for event in self._events(again) if event != "state"]
        self.assertEqual(told[told.index("not_duplicate") + 1], "verified", "as by the other way")
        self.assertEqual(again.state, "in_treatment")

    def test_a24_reset_gives_the_captured_data_back(self):
        self._distribution(self.ana)
        bill = self._bill(amount=70)
        move = bill.move_id.with_user(self.ana)
        number = move.ref
        move.write(
            {
                "ref": "WRONG",
                "invoice_line_ids": [
                    Command.update(move.invoice_line_ids.id, {"price_unit": 1}),
                    Command.create({"name": "more", "price_unit": 5, "tax_ids": []}),
                ],
            }
        )
        self._as(self.ana, bill).action_reset_captured()
        self.assertEqual((move.ref, move.invoice_line_ids.mapped("price_unit")), (number, [70]))
        self.assertIn("reset", self._events(bill))

    def test_a26_every_bill_is_in_one_group_of_the_mailbox(self):
        """Worked example 4: on Sunday 26 January nothing between the groups is lost."""
        self._distribution(self.ana)
        (self.ana | self.env.user).write({"tz": "America/Bogota", "lang": "en_US"})
        self.env["res.lang"]._lang_get("en_US").week_start = "1"
        with freeze_time(SUNDAY):
            days = {
                "current_week": datetime(2025, 1, 20, 5, 0),
                "last_week": datetime(2025, 1, 20, 4, 59),
                "earlier": datetime(2025, 1, 12, 12, 0),
            }
            bills = {}
            for box, moment in days.items():
                bills[box] = self._bill()
                bills[box].entry_date = moment
            held = self._bill()
            self._as(self.ana, held)._hold_by_hand(self._reason("hold"), "later")
            bills["held"] = held
            model = self.env["openpce.bill"].with_user(self.ana).with_context(tz="America/Bogota")
            for box, bill in bills.items():
                found = model.search([("mailbox", "=", box), ("company_id", "=", self.company.id)])
                self.assertEqual(found.ids, bill.ids, box)
                self.assertEqual(model.browse(bill.id).mailbox, box)

    def test_a36_the_draw_is_the_same_however_often_one_validates(self):
        """Worked example 7: validating again does not draw again."""
        self._distribution(self.ana)
        control = self._approval(
            self.beto, model="openpce.bill.random.control", percentage=10, threshold=1000
        )
        bill = self._validated(amount=500)
        told = bill.trace["random"]
        self.assertEqual((told["rule"], told["rate"]), (control.id, "1/20"))
        for _again in range(10):
            entries = []
            drawn = bill._draw(control, bill._get_company_amount(), entries)
            self.assertEqual((drawn, entries[0][2]["value"]), (told["drawn"], told["value"]))

    def test_a42_criteria_edited_meanwhile_do_not_touch_running_bills(self):
        self._distribution(self.ana)
        rule = self._approval(self.beto)
        bill = self._validated()
        rule.level_ids.user_ids = self.carla
        self.assertEqual(self._open_tasks(bill), [("approve", 1, "wf_beto")])
        self._as(self.dora, bill).action_reevaluate()
        self.assertEqual(self._open_tasks(bill), [("approve", 1, "wf_carla")])
        with self.assertRaises(AccessError):
            self._as(self.ana, bill).action_reevaluate()

    def test_a29_an_approval_is_forwarded_to_a_supervisor_and_no_level_is_skipped(self):
        self._distribution(self.ana)
        self._approval(self.beto, self.carla)
        bill = self._validated()
        reason = self._reason("forward")
        for target in ({"user": self.ana}, {"team": self.dispatchers}, {"user": self.carla}):
            if target.get("user") == self.carla:
                self._as(self.beto, bill)._forward(reason, "yours", **target)
            else:
                with self.assertRaises(UserError):
                    self._as(self.beto, bill)._forward(reason, "", **target)
        self.assertEqual(self._open_tasks(bill), [("approve", 1, "wf_carla")])
        self._as(self.carla, bill).action_approve()
        self.assertEqual(self._open_tasks(bill), [("approve", 2, "wf_carla")])
