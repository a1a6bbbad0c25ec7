"""Exactly once: what happens after each way a call to DIAN can go."""

from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged

from .common import QueueCommon
from .dian_fake import fake_dian, fake_files
from odoo.addons.l10n_co_openpce_edi.models.l10n_co_openpce_document_apply import MAX_STRANGER_ASKS


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDocumentSend(QueueCommon):
    def setUp(self):
        super().setUp()
        self.enterContext(fake_files(self.env))

    def _run_crons(self, days=0, hours=2):
        """Both crons after enough time for every delay."""
        with freeze_time(fields.Datetime.now() + timedelta(days=days, hours=hours)):
            self.Document._cron_resolve_doubts()
            self.Document._cron_send_queue()

    def test_posting_calls_nobody(self):
        with fake_dian(self.env) as dian:
            move = self.create_invoice(post=True)
        self.assertFalse(dian.calls, "DIAN is never called in the posting transaction")
        self.assertEqual(move.l10n_co_openpce_state, "draft")

    def test_cron_sends_and_keeps_the_answer(self):
        with fake_dian(self.env) as dian:
            self.Document._cron_send_queue()
        self.assertEqual(self.document.state, "accepted")
        self.assertEqual(dian.sent, ["SendBillSync"])
        self.assertIn(
            self.document.cufe.encode(),
            self.document._get_file("application_response"),
            "the answer that is kept is the one that names this document",
        )
        self.assertEqual(self.document.delivery_state, "to_deliver")
        self.assertFalse(self.document.lease_until)

    def test_state_and_file_are_safe_before_dian_is_called(self):
        seen = []
        with fake_dian(self.env) as dian:
            call = dian.call

            def spy(operation):
                self.env.flush_all()
                self.env.cr.execute(
                    "SELECT state, cufe, lease_until IS NOT NULL FROM l10n_co_openpce_document"
                    " WHERE id = %s",
                    (self.document.id,),
                )
                seen.append(self.env.cr.fetchone())
                return call(operation)

            dian.call = spy
            self.document._process()
        self.assertEqual(seen, [("sending", self.document.cufe, True)])

    def test_timeout_when_dian_had_accepted_it(self):
        with fake_dian(self.env, "timeout_accepted") as dian:
            self.Document._cron_send_queue()
            self.assertEqual(self.document.state, "in_doubt", "an unknown outcome is no outcome")
            self.assertEqual(len(dian.sent), 1)
            self._run_crons()
        self.assertEqual(self.document.state, "accepted")
        self.assertEqual(len(dian.sent), 1, "nothing is sent twice on a guess")

    def test_timeout_when_nothing_arrived_sends_the_same_file_again(self):
        with fake_dian(self.env, "timeout") as dian:
            self.Document._cron_send_queue()
            before = self.document._get_file("signed_xml")
            self._run_crons()
        self.assertEqual(self.document.state, "accepted")
        self.assertEqual(
            [name for name, _op in dian.calls], ["SendBillSync", "GetStatus", "SendBillSync"]
        )
        self.assertEqual(
            self.document._get_file("signed_xml"), before, "the same signed file goes again"
        )
        self.assertEqual(dian.calls[0][1].content, dian.calls[2][1].content)

    def test_answer_that_cannot_be_read_is_a_doubt(self):
        with fake_dian(self.env, "garbage"):
            self.document._process()
        self.assertEqual(self.document.state, "in_doubt")

    def test_unavailable_and_fault_come_back_later_with_growing_delay(self):
        delays = []
        with fake_dian(self.env, "unavailable", "fault", "unavailable"):
            for _index in range(3):
                self.document.sudo().next_try = False
                self.document._process()
                self.assertEqual(self.document.state, "prepared")
                delays.append(self.document.next_try - fields.Datetime.now())
            self.assertEqual(
                delays, sorted(delays), "each failure waits longer than the one before"
            )
            self._run_crons()
        self.assertEqual(self.document.state, "accepted")

    def test_rejection_tells_where_and_resends_the_same_number(self):
        with fake_dian(self.env, "reject") as dian:
            self.document._process()
            self.assertEqual(self.document.state, "rejected")
            finding = self.document.findings[0]
            self.assertEqual((finding["code"], finding["field"]), ("FAK24", "vat"))
            self.assertEqual(finding["record"], ["res.partner", self.customer_company.id])
            self.assertIn(
                f"/odoo/res.partner/{self.customer_company.id}", self.document.findings_html
            )
            self.move.action_l10n_co_openpce_send()
        self.assertEqual(self.move.l10n_co_openpce_state, "accepted")
        self.assertEqual(
            self.move.l10n_co_openpce_document_ids.mapped("number"), [self.move.name] * 2
        )
        self.assertEqual(self.document.state, "rejected", "history stays")
        self.assertEqual(len(dian.sent), 2)

    def test_rule_90_is_resolved_to_the_stored_truth(self):
        with fake_dian(self.env, "timeout_accepted") as dian:
            self.document._process()
            self.document._set_state("not_found", next_try=False)  # DIAN said so a moment too early
            dian.calls.clear()
            self.document._process()
        self.assertEqual([name for name, _op in dian.calls], ["SendBillSync", "GetStatus"])
        self.assertEqual(self.document.state, "accepted", "rule 90 is a question, not a verdict")

    def test_rule_90_for_somebody_elses_document_ends_in_a_rejection(self):
        with fake_dian(self.env, "rule_90") as dian:
            self.document._process()
            self.assertEqual(self.document.state, "in_doubt")
            for index in range(MAX_STRANGER_ASKS + 1):
                self._run_crons(hours=2 * index + 2)
        self.assertEqual(self.document.state, "rejected")
        self.assertEqual(self.document.findings[0]["code"], "90")
        self.assertEqual(len(dian.sent), 1, "under rule 90 nothing is sent again")

    def test_a_dead_worker_leaves_a_question_not_a_second_document(self):
        with fake_dian(self.env, "accept") as dian:
            # The worker died after DIAN accepted and before it could store that.
            self.document.sudo()._prepare()
            self.document._make()
            operation = self.document._prepare_operation()
            self.document.sudo()._set_state(
                "send", attempts=1, lease_until=fields.Datetime.now() + timedelta(minutes=2)
            )
            dian.call(operation)
            self.Document._cron_resolve_doubts()
            self.assertEqual(self.document.state, "sending", "a running lease is respected")
            self._run_crons()
        self.assertEqual(self.document.state, "accepted")
        self.assertEqual(len(dian.sent), 1)

    def test_a_worker_that_died_before_the_call_sends_the_same_file(self):
        self.document.sudo()._prepare()
        self.document._make()
        before = self.document._get_file("signed_xml")
        self.document.sudo()._set_state(
            "send", attempts=1, lease_until=fields.Datetime.now() - timedelta(minutes=2)
        )
        with fake_dian(self.env) as dian:
            self._run_crons()
        self.assertEqual(self.document.state, "accepted")
        self.assertEqual(
            [name for name, _op in dian.calls], ["GetStatus", "SendBillSync"], "asked first"
        )
        self.assertEqual(self.document._get_file("signed_xml"), before)

    def test_next_day_issues_again_with_the_new_date_and_the_same_number(self):
        with fake_dian(self.env, "unavailable"):
            self.document._process()
            self._run_crons(days=1)
            self._run_crons(days=1, hours=3)
        documents = self.move.l10n_co_openpce_document_ids.sorted("id")
        self.assertEqual(documents.mapped("state"), ["invalid", "accepted"])
        self.assertEqual(len(set(documents.mapped("number"))), 1)
        self.assertEqual(documents[0].findings[0]["code"], "OPCE-DATE")
        self.assertNotEqual(documents[0].cufe, documents[1].cufe)

    def test_first_file_that_turns_up_after_all_is_the_invoice(self):
        with fake_dian(self.env, "unavailable") as dian:
            self.document._process()
            operation = self.document._prepare_operation()
            dian.accepted[operation.document_key] = operation.file_name  # it had arrived
            dian.numbers.add(operation.file_name)
            self._run_crons(days=1)
            self._run_crons(days=1, hours=3)
            self._run_crons(days=1, hours=6)
        documents = self.move.l10n_co_openpce_document_ids.sorted("id")
        self.assertEqual(documents.mapped("state"), ["accepted", "rejected"])
        self.assertEqual(self.move.l10n_co_openpce_state, "accepted")
        self.assertEqual(self.move.l10n_co_openpce_document_id, documents[0])

    def test_test_set_is_sent_asynchronously_and_asked_for(self):
        self.company.l10n_co_openpce_environment = "test"
        self.range.copy({"environment": "test", "journal_id": self.journal.id})
        move = self.create_invoice(post=True)
        with fake_dian(self.env, "accept", "ask_processing") as dian:
            move.l10n_co_openpce_document_id._process()
            self.assertEqual(move.l10n_co_openpce_state, "in_doubt")
            self._run_crons()
            self._run_crons(hours=4)
        self.assertEqual(dian.sent.count("SendTestSetAsync"), 1)
        self.assertEqual(move.l10n_co_openpce_state, "accepted")

    def test_batch_isolation(self):
        others = self.create_invoice(post=True) + self.create_invoice(post=True)
        with fake_dian(self.env, "reject", "timeout", "accept"):
            self.Document._cron_send_queue()
        states = (self.move + others).mapped("l10n_co_openpce_state")
        self.assertEqual(sorted(states), ["accepted", "in_doubt", "rejected"])

    def test_missing_setting_is_told_and_nothing_is_lost(self):
        self.certificate.active = False
        self.document.with_context(lang="en_US")._process()
        self.assertEqual(self.document.state, "prepared")
        self.assertIn("certificate", self.document.message)
        self.assertGreater(self.document.next_try, fields.Datetime.now())

    def test_missing_master_data_stops_before_sending_with_a_link(self):
        self.customer_company.write({"street": False, "city_id": False, "city": False})
        with fake_dian(self.env) as dian:
            self.document._process()
        self.assertEqual(self.document.state, "invalid")
        self.assertFalse(dian.calls)
        self.assertEqual(
            self.document.findings[0]["record"], ["res.partner", self.customer_company.id]
        )

    def test_the_history_of_the_invoice_is_in_the_language_of_its_seller(self):
        """A scheduled action has no language, and messages are stored as it writes them."""
        self.accountant.lang = "es_CO"
        self.move.invoice_user_id = self.accountant
        with fake_dian(self.env, "reject"):
            self.Document.with_context(lang=None)._cron_send_queue()
        self.assertEqual(self.document.state, "rejected")
        self.assertIn("La DIAN rechazó", "".join(self.move.message_ids.mapped("body")))

    def test_bulk_queue_hurries_what_waits(self):
        with fake_dian(self.env, "unavailable"):
            self.document._process()
        self.assertGreater(self.document.next_try, fields.Datetime.now())
        self.move.action_l10n_co_openpce_queue()
        self.assertLessEqual(self.document.next_try, fields.Datetime.now())
