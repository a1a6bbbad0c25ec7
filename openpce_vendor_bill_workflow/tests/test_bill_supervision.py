"""Hours, passing on and telling (R67-R79, A18), and the scheduled verification (R80)."""

from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time
from odoo.tests import tagged

from .bill_common import BillCommon

MONDAY = datetime(2026, 3, 2, 15, 0)


@tagged("post_install", "-at_install")
class TestBillSupervision(BillCommon):
    def setUp(self):
        super().setUp()
        # a test does not commit
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_more: 1)

    def _supervise(self):
        self.env["openpce.bill.task"]._cron_supervise()

    def test_r69_a_late_approver_is_replaced_and_the_other_approval_stays(self):
        """Worked example 3: Ana late by 24 h gives way to Dani; Beto's approval stays."""
        self._distribution(self.ana)
        self._approval(self.beto | self.carla)
        self._supervision(self.carla, "approve", self.dora, notify_hours=24, assign_hours=12)
        with freeze_time(MONDAY) as clock:
            bill = self._bill(3000)
            self._as(self.ana, bill).action_validate()
            self._as(self.beto, bill).action_approve()
            clock.tick(23 * 3600)
            self._supervise()
            self.assertEqual(self._open_tasks(bill), [("approve", 1, "wf_carla")])
            clock.tick(2 * 3600)
            self._supervise()
            self.assertEqual(self._open_tasks(bill), [("approve", 1, "wf_dora")])
            self._supervise()
            self.assertEqual(self._events(bill).count("late"), 1, "each stage fires once")
            self.assertEqual(bill.activity_ids.user_id, self.carla | self.dora)
            told = self._as(self.dora, bill).move_id.openpce_late_text
            self.assertTrue(told.startswith("The time of wf_carla"), told)
            self.assertIn("wf_dora", told, "the form says who was late and who has it now")
            self.assertTrue(told.endswith("asked instead."), f"an hour may end with a stop: {told}")
            self.assertIn("wf_dora", self._as(self.beto, bill).late_text)
            clock.tick(13 * 3600)
            self._supervise()
            self.assertEqual(self._events(bill).count("late"), 2, "the second person is told (R72)")
            self.assertEqual(self._open_tasks(bill), [("approve", 1, "wf_dora")], "one hop (A18)")
            self._as(self.dora, bill).action_approve()
        self.assertEqual((bill.state, bill.late_text), ("approved", ""))

    def test_r78_a_late_treatment_goes_to_the_assignment_person(self):
        self._distribution(self.ana)
        self._supervision(self.ana, "treat", self.beto, notify_hours=8)
        with freeze_time(MONDAY) as clock:
            bill = self._bill()
            clock.tick(3 * 24 * 3600)
            self._supervise()
            self.assertEqual(bill.user_id, self.beto)
            self.assertEqual(self._open_tasks(bill), [("treat", 0, "wf_beto")])
            self.assertTrue(bill.late)

    def test_out_of_office_passes_on_at_once(self):
        self._distribution(self.ana)
        self._supervision(self.ana, "treat", self.beto, notify_hours=8)
        with freeze_time(MONDAY):
            self.ana.sudo().out_of_office_from = datetime(2026, 3, 1)
            bill = self._bill()
            self._supervise()
            self.assertEqual(bill.user_id, self.beto)

    def test_a_failure_stops_no_other(self):
        self._distribution(self.ana)
        self._supervision(self.ana, "treat", self.beto, notify_hours=8)
        tasks = type(self.env["openpce.bill.task"])
        with freeze_time(MONDAY) as clock:
            first, second = self._bill(), self._bill()
            clock.tick(9 * 3600)
            pass_on = tasks._pass_on

            def fail_once(task, person):
                if task.bill_id == first:
                    raise ValueError("provoked")
                return pass_on(task, person)

            with (
                patch.object(tasks, "_pass_on", fail_once),
                self.assertLogs("odoo.addons.openpce_vendor_bill_workflow", "ERROR"),
            ):
                self._supervise()
        self.assertEqual((first.user_id, second.user_id), (self.ana, self.beto))
        self.assertIn("note", self._events(first))

    def test_r80_what_came_in_is_verified_by_itself(self):
        self._distribution(self.ana)
        typed = self._bill(submit=False)
        mailed = self._bill(submit=False)
        mailed._capture("mail")
        self.env["openpce.bill"]._cron_verify()
        self.assertEqual((typed.state, mailed.state), ("captured", "in_treatment"))
