"""Every wait has an end: by itself once the cause is mended, or at somebody's desk."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import Command, fields
from odoo.tests import tagged

from .common import QueueCommon
from .dian_fake import fake_dian, fake_files
from odoo.addons.l10n_co_openpce_edi.models import (
    l10n_co_openpce_document_apply as apply,
)
from odoo.addons.l10n_co_openpce_edi.models import (
    l10n_co_openpce_document_cron as cron,
)
from odoo.addons.l10n_co_openpce_edi.models import (
    l10n_co_openpce_document_deliver as deliver,
)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDocumentWaiting(QueueCommon):
    def _run_crons(self, hours=0):
        with freeze_time(fields.Datetime.now() + timedelta(hours=hours)):
            self.Document._cron_resolve_doubts()
            self.Document._cron_send_queue()

    # Bounds

    def test_a_strange_answer_is_asked_about_less_and_less_and_then_a_person_is_told(self):
        with fake_files(self.env), fake_dian(self.env) as dian:
            dian.answer_key = "f" * 96
            self.document._process()
            pauses = []
            with freeze_time(fields.Datetime.now()) as clock:
                for _round in range(200):
                    if self.document.hold:
                        break
                    pauses.append(self.document.next_try - fields.Datetime.now())
                    clock.move_to(self.document.next_try)
                    self.Document._cron_resolve_doubts()
            self.assertEqual(self.document.hold, "person", "asking has an end")
            self.assertEqual(self.document.asks, apply.MAX_ASKS)
            self.assertEqual(pauses, sorted(pauses), "each pause is as long as the one before")
            self.assertGreater(sum(pauses, timedelta()), timedelta(days=1))
            self.assertIn("Ask DIAN", self.document.message)
            data = self.journal._get_journal_dashboard_data_batched()[self.journal.id]
            self.assertEqual(data["l10n_co_openpce_held"], 1, "the dashboard shows it")
            calls = len(dian.calls)
            self._run_crons(hours=1000)
            self.assertEqual(len(dian.calls), calls, "nothing more happens by itself")
            dian.answer_key = None
            self.move.with_user(self.accountant).action_l10n_co_openpce_ask()
        self.assertEqual(self.document.state, "accepted", "the button asks again")
        self.assertFalse(self.document.hold)
        self.assertEqual(dian.sent, ["SendBillSync"])

    def test_a_message_dian_refuses_to_read_ends_at_a_persons_desk(self):
        with (
            fake_files(self.env),
            fake_dian(self.env, *["fault"] * apply.MAX_FAULTS) as dian,
            freeze_time(fields.Datetime.now().replace(hour=13)) as clock,
        ):
            self.document._process()
            while not self.document.hold:
                clock.move_to(self.document.next_try)
                self.Document._cron_send_queue()
            self.assertEqual(self.document.hold, "person")
            self.assertEqual(len(dian.sent), apply.MAX_FAULTS)
            self.assertIn("Send to DIAN", self.document.message)
            self.Document._cron_send_queue()
            self.assertEqual(len(dian.sent), apply.MAX_FAULTS)
            self.move.action_l10n_co_openpce_send()
        self.assertEqual(self.document.state, "accepted", "the button sends again")

    def test_days_without_dian_end_too(self):
        with (
            fake_files(self.env),
            fake_dian(self.env, *["unavailable"] * 1000),
            patch.object(apply, "MAX_ATTEMPTS", 40),
            freeze_time(fields.Datetime.now()) as clock,
        ):
            for _round in range(200):
                latest = self.move.l10n_co_openpce_document_id.sudo()
                if latest.hold:
                    break
                clock.move_to(max(latest.next_try, fields.Datetime.now()))
                self.Document._cron_send_queue()
        self.assertEqual(latest.hold, "person")
        self.assertEqual(latest.attempts, 40, "the count goes on from day to day")
        self.assertGreater(len(self.move.l10n_co_openpce_document_ids), 1)

    def test_an_unforeseen_error_comes_back_later_and_ends(self):
        pauses = []
        with freeze_time(fields.Datetime.now()) as clock:
            while self.document._begin():
                self.document._keep_failure(ZeroDivisionError("oops"))
                pauses.append(self.document.next_try - fields.Datetime.now())
                clock.move_to(self.document.next_try)
        self.assertEqual(len(pauses), cron.MAX_FAILURES)
        self.assertEqual(pauses, sorted(pauses))
        self.assertEqual(self.document.hold, "person")
        self.assertIn("ZeroDivisionError: oops", self.document.trace)
        with fake_files(self.env), fake_dian(self.env):
            self._run_crons(hours=1000)
            self.assertEqual(self.document.state, "draft", "nothing more happens by itself")
            self.move.action_l10n_co_openpce_queue()
            self.Document._cron_send_queue()
        self.assertEqual(self.document.state, "accepted", "bulk sending takes it up again")

    def test_a_worker_that_dies_over_one_document_does_not_stop_the_others(self):
        other = self.create_invoice(post=True)
        self.assertTrue(self.document._begin())  # and then the worker was killed
        with fake_files(self.env), fake_dian(self.env) as dian:
            self.Document._cron_send_queue()
            self.assertEqual(other.l10n_co_openpce_state, "accepted")
            self.assertEqual(len(dian.sent), 1, "the other one went first")
            self._run_crons(hours=1)
        self.assertEqual(self.document.state, "accepted")
        self.assertFalse(self.document.failures)

    def test_delivery_that_cannot_be_made_ends_and_says_so(self):
        with fake_files(self.env), fake_dian(self.env):
            self.document._process()
        sender = type(self.env["account.move.send"])
        with (
            patch.object(sender, "_generate_and_send_invoices", lambda *_a, **_k: None),
            freeze_time(fields.Datetime.now()) as clock,
        ):
            for _round in range(deliver.MAX_DELIVERIES + 1):
                self.assertEqual(self.document.delivery_state, "to_deliver")
                clock.move_to(self.document.deliver_after)
                self.Document._cron_deliver()
        self.assertEqual(self.document.delivery_state, "failed")
        self.assertIn("Use “Send” on the invoice", self.document.message)

    # Waking up

    def test_a_certificate_that_is_loaded_lets_the_documents_go(self):
        self.certificate.active = False
        with fake_dian(self.env):
            self.document._process()
            self.assertEqual((self.document.state, self.document.hold), ("prepared", "settings"))
            self.Document._cron_send_queue()
            self.assertEqual(self.document.state, "prepared", "it waits")
            self.create_certificate(self.company)
            self.assertLessEqual(self.document.next_try, fields.Datetime.now())
            self.Document._cron_send_queue()
        self.assertEqual(self.document.state, "accepted", self.document.message)

    def test_company_settings_and_ranges_wake_as_well(self):
        for break_it, mend in (
            (
                lambda: self.company.write({"l10n_co_openpce_software_id": False}),
                lambda: self.company.write({"l10n_co_openpce_software_id": "abc"}),
            ),
            (
                lambda: self.range.write({"technical_key": False}),
                lambda: self.range.write({"technical_key": "f" * 40}),
            ),
        ):
            break_it()
            document = self.create_invoice(post=True).l10n_co_openpce_document_id.sudo()
            document._process()
            self.assertEqual(document.hold, "settings", document.findings)
            self.assertGreater(document.next_try, fields.Datetime.now())
            mend()
            self.assertLessEqual(document.next_try, fields.Datetime.now())

    def test_a_mended_contact_lets_its_invoices_go_without_a_button(self):
        city = self.customer_company.city_id
        self.customer_company.city_id = False
        others = self.create_invoice(post=True)
        person = self.create_invoice(self.customer_person, post=True)
        with fake_dian(self.env), fake_files(self.env):
            self.Document._cron_send_queue()
            self.assertEqual((self.move + others).mapped("l10n_co_openpce_state"), ["invalid"] * 2)
            self.assertEqual(person.l10n_co_openpce_state, "accepted", "not stopped by the others")
            messages = len(self.move.message_ids)
            self.customer_company.street = "Calle 1"
            self.Document._cron_send_queue()
            self.assertEqual(self.document.state, "invalid", "still without municipality")
            self.assertEqual(
                len(self.move.message_ids), messages, "the same findings are told once"
            )
            self.customer_company.city_id = city
            self.Document._cron_send_queue()
        self.assertEqual((self.move + others).mapped("l10n_co_openpce_state"), ["accepted"] * 2)
        self.assertEqual(len(self.move.l10n_co_openpce_document_ids), 1, "it is the same record")

    def test_what_dian_rejected_waits_for_its_author(self):
        with fake_dian(self.env, "reject"), fake_files(self.env):
            self.document._process()
            self.customer_company.street = "Calle 1"
            self.Document._cron_send_queue()
        self.assertEqual(self.document.state, "rejected")
        self.assertEqual(len(self.move.l10n_co_openpce_document_ids), 1)

    def test_an_invoice_in_draft_is_not_woken(self):
        self.customer_company.city_id = False
        self.document._process()
        self.move.button_draft()
        self.customer_company.write(self.city_values("05001", "050021"))
        self.assertEqual(self.document.state, "invalid")
        self.move.action_post()
        self.assertEqual(self.document.state, "draft", "confirmed again, it is queued again")

    def test_a_prolonged_range_lets_its_numbers_go(self):
        end = self.range.date_to
        self.range.date_to = fields.Date.today() - timedelta(days=2)
        self.document._process()
        self.assertEqual(self.document.state, "invalid")
        self.range.date_to = end
        self.assertEqual(self.document.state, "draft")

    def test_saving_costs_nothing_more_while_nothing_waits(self):
        partners = self.env["res.partner"].create([{"name": f"P{i}"} for i in range(50)])
        self.env.flush_all()

        def count(vals):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            partners.write(vals)
            after = self.env.cr.sql_log_count
            return after - before

        count({"comment": "x", "street": "a"})
        with patch.object(type(self.Document), "_wake", lambda *_a, **_k: None):
            without = count({"street": "b"})
            plain = count({"comment": "b"})
        self.assertLessEqual(count({"street": "c"}) - without, 1, "one look for fifty contacts")
        self.assertEqual(count({"comment": "c"}), plain, "none for what DIAN is not told")

    # Pause

    def test_a_paused_company_sends_nothing_and_then_goes_on(self):
        self.company.l10n_co_openpce_paused = True
        with fake_dian(self.env) as dian, fake_files(self.env):
            self.Document._cron_send_queue()
            self.move.action_l10n_co_openpce_send()
            self.assertFalse(dian.calls, "neither the queue nor the button sends")
            self.assertIn("paused", self.document.message)
            data = self.journal._get_journal_dashboard_data_batched()[self.journal.id]
            self.assertTrue(data["l10n_co_openpce_paused"])
            later = self.create_invoice(post=True)
            self.company.l10n_co_openpce_paused = False
            self.Document._cron_send_queue()
        self.assertEqual((self.move + later).mapped("l10n_co_openpce_state"), ["accepted"] * 2)

    def test_a_pause_keeps_what_is_under_way_from_going_again(self):
        with fake_dian(self.env, "timeout") as dian, fake_files(self.env):
            self.document._process()
            self.company.l10n_co_openpce_paused = True
            self._run_crons(hours=1)
            self.assertEqual(self.document.state, "prepared", "DIAN was asked and has it not")
            self.assertEqual(len(dian.sent), 1)
            self.company.l10n_co_openpce_paused = False
            self._run_crons(hours=3)
        self.assertEqual(self.document.state, "accepted")

    def test_a_pause_of_one_company_is_none_of_another(self):
        other = self.env["res.company"].create({"name": "OTRA SAS"})
        other.l10n_co_openpce_paused = True
        self.env.user.company_ids = [Command.link(other.id)]
        with fake_dian(self.env), fake_files(self.env):
            self.Document._cron_send_queue()
        self.assertEqual(self.document.state, "accepted")
