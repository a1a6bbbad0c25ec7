"""What needs a person calls one, and what a server cannot see mended is tried soon and cheaply."""

import os
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged

from ..models import l10n_co_openpce_certificate as certificate
from ..models.l10n_co_openpce_document_apply import MAX_FAULTS, PROBE_DELAY, WAIT_DELAY
from ..models.l10n_co_openpce_document_person import ACTIVITY_TYPE
from ..tools import secret_box
from .common import QueueCommon
from .dian_fake import fake_dian, fake_files


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDocumentPerson(QueueCommon):
    def _stall(self):
        """The last of the tries that DIAN refuses to read."""
        self.document.attempts = MAX_FAULTS - 1
        with fake_files(self.env), fake_dian(self.env, "fault"):
            self.document._process()
        self.assertEqual(self.document.hold, "person")

    def _get_activities(self):
        return self.move.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(ACTIVITY_TYPE)
        )

    # The person

    def test_the_seller_is_called_once_and_the_button_closes_the_call(self):
        self.accountant.lang = "en_US"
        self.move.invoice_user_id = self.accountant
        self._stall()
        activity = self._get_activities()
        self.assertEqual(activity.user_id, self.accountant)
        self.assertIn(self.document.number, activity.summary)
        self.assertIn("Send to DIAN", activity.note)
        self.document.write({"hold": "person"})
        self.document._call_person()
        self.assertEqual(self._get_activities(), activity, "called once")
        with fake_files(self.env), fake_dian(self.env):
            self.move.with_user(self.accountant).action_l10n_co_openpce_send()
        self.assertEqual(self.document.state, "accepted")
        self.move.invalidate_recordset()
        self.assertFalse(self._get_activities(), "it went on")

    def test_another_than_the_one_called_may_press_the_button(self):
        self._stall()
        self.assertTrue(self._get_activities())
        self._get_activities().sudo().user_id = self.env.ref("base.user_admin")
        with fake_files(self.env), fake_dian(self.env):
            self.move.with_user(self.accountant).action_l10n_co_openpce_queue()
        self.move.invalidate_recordset()
        self.assertFalse(self._get_activities())

    def test_a_seller_who_cannot_send_is_not_called(self):
        seller = self.env["res.users"].create(
            {
                "name": "Vendedora",
                "login": "vendedora@openpce.example",
                "group_ids": [(6, 0, self.env.ref("base.group_user").ids)],
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
            }
        )
        self.move.invoice_user_id = seller
        self._stall()
        user = self._get_activities().user_id
        self.assertNotEqual(user, seller)
        self.assertTrue(user.has_group("account.group_account_invoice"))
        self.assertIn(self.company, user.company_ids)

    def test_what_is_settled_calls_nobody(self):
        with fake_files(self.env), fake_dian(self.env, "unavailable"):
            self.document._process()
            self.assertFalse(self._get_activities(), "it is tried again by itself")
            with freeze_time(self.document.next_try):
                self.Document._cron_send_queue()
        self.assertEqual(self.document.state, "accepted")
        self.assertFalse(self._get_activities())

    # The key of the secrets, which is not in the database

    def test_a_key_put_back_lets_all_go_after_ten_minutes_and_one_try(self):
        others = self.create_invoice(post=True) + self.create_invoice(post=True)
        documents = self.document + others.l10n_co_openpce_document_id.sudo()
        lost = {secret_box.ENVIRONMENT_VARIABLE: "another key of 20 chars"}
        certificate._SIGNERS.clear()
        self.addCleanup(certificate._SIGNERS.clear)
        with fake_dian(self.env), freeze_time(fields.Datetime.now()) as clock:
            with patch.dict(os.environ, lost):
                self.Document._cron_send_queue()
                self.assertEqual(set(documents.mapped("hold")), {"settings"})
                waits = sorted(
                    each - fields.Datetime.now() for each in documents.mapped("next_try")
                )
                self.assertEqual(waits, [PROBE_DELAY, WAIT_DELAY, WAIT_DELAY], "one tries for all")
                clock.tick(PROBE_DELAY)
                with patch.object(type(self.Document), "_make", autospec=True) as make:
                    make.return_value = False
                    self.Document._cron_send_queue()
                    self.assertEqual(make.call_count, 1, "the others do not try")
            documents.filtered(lambda each: each.next_try).write({"failures": 0})
            clock.tick(PROBE_DELAY + timedelta(minutes=1))
            self.Document._cron_send_queue()
            self.Document._cron_send_queue()
        self.assertEqual(set(documents.mapped("state")), {"accepted"}, documents.mapped("message"))

    def test_only_what_waits_for_the_same_is_woken(self):
        other = self.create_invoice(post=True).l10n_co_openpce_document_id.sudo()
        third = self.create_invoice(post=True).l10n_co_openpce_document_id.sudo()
        later = fields.Datetime.now() + WAIT_DELAY
        held = {"hold": "settings", "next_try": later}
        (self.document + other).write({**held, "trace": "the key"})
        third.write({**held, "trace": "the range"})
        with fake_files(self.env), fake_dian(self.env):
            self.document._process()
        self.assertLessEqual(other.next_try, fields.Datetime.now())
        self.assertEqual(third.next_try, later)
