"""Send & Print and delivery: to DIAN first, then one zip by mail, once."""

import io
import zipfile
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import QueueCommon
from .dian_fake import fake_dian
from odoo.addons.l10n_co_openpce_edi.dian import mail
from odoo.addons.l10n_co_openpce_edi.dian.ubl import attached_document


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSendAndPrint(QueueCommon):
    def _wizard(self, move=None):
        move = move or self.move
        return (
            self.env["account.move.send.wizard"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"move_id": move.id})
        )

    def _window(self, model, moves):
        """The window of the accountant, not yet clicked."""
        return Form(
            self.env[model]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=moves.ids)
        )

    def _mails(self, move):
        return (
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", "account.move"), ("res_id", "=", move.id)])
        )

    def _sent(self, move):
        return move.message_ids.filtered(lambda m: m.attachment_ids and m.message_type == "comment")

    def test_send_and_print_sends_mails_one_zip_with_the_prescribed_subject(self):
        with fake_dian(self.env) as dian:
            self._wizard().action_send_and_print()
        self.assertEqual(dian.sent, ["SendBillSync"])
        self.assertEqual(self.document.state, "accepted")
        message = self._sent(self.move)
        self.assertEqual(len(message), 1)
        parts = mail.parse_mail_subject(message.subject)
        self.assertEqual(
            (parts.nit, parts.number, parts.document_type), ("900508908", self.move.name, "01")
        )
        self.assertEqual(len(message.attachment_ids), 1, "exactly one attachment: the zip")
        self.assertEqual(self.document.delivery_state, "delivered")
        self.assertIn("compras@cliente.example", self.document.delivered_to)
        with zipfile.ZipFile(io.BytesIO(message.attachment_ids.raw)) as archive:
            names = sorted(archive.namelist())
            self.assertEqual([name[-4:] for name in names], [".pdf", ".xml"])
            self.assertTrue(names[1].startswith("ad0900508908000"), names)
            container = attached_document.parse(archive.read(names[1]))
            self.assertTrue(archive.read(names[0]).startswith(b"%PDF"))
        self.assertEqual(container.parent_number, self.move.name)
        self.assertIn(
            b"SignatureValue", container.document.content, "the signed invoice is inside, untouched"
        )

    def test_no_factur_x_is_made_for_colombia(self):
        with (
            fake_dian(self.env),
            patch.object(
                type(self.env["account.edi.xml.cii"]),
                "_export_invoice",
                side_effect=AssertionError("Factur-X must not be built for Colombia"),
            ),
        ):
            self._wizard().action_send_and_print()
        names = (
            self.env["ir.attachment"]
            .search([("res_model", "=", "account.move"), ("res_id", "=", self.move.id)])
            .mapped("name")
        )
        self.assertNotIn("factur-x.xml", names)

    def test_rejection_is_shown_and_nothing_is_mailed(self):
        with fake_dian(self.env, "reject"), self.assertRaises(UserError) as caught:
            self._wizard().action_send_and_print()
        self.assertIn("FAK24", str(caught.exception), "the user reads DIAN's rule")

    def test_timeout_is_not_mailed(self):
        with fake_dian(self.env, "timeout_accepted"):
            self.env["account.move.send"]._generate_and_send_invoices(
                self.move, allow_raising=False, sending_methods=["email"]
            )
        self.assertEqual(self.document.state, "in_doubt")
        self.assertFalse(
            self._sent(self.move), "nothing goes to the customer before DIAN accepted it"
        )

    def test_missing_data_is_told_before_with_a_link(self):
        self.customer_company.write({"street": False, "city_id": False, "city": False})
        wizard = self._wizard()
        alert = wizard.alerts["l10n_co_openpce_missing_data"]
        self.assertEqual(alert["level"], "danger")
        self.assertIn(
            self.customer_company.id, [alert["action"].get("res_id")] + _ids(alert["action"])
        )
        with fake_dian(self.env) as dian, self.assertRaises(UserError):
            wizard.action_send_and_print()
        self.assertFalse(dian.calls)

    def test_a_missing_setting_is_told_before_and_its_administrator_gets_the_way(self):
        self.company.l10n_co_openpce_software_id = False
        alert = self._wizard().alerts["l10n_co_openpce_missing_settings"]
        self.assertEqual(alert["level"], "danger")
        self.assertIn("software ID is missing", alert["message"])
        self.assertIn("action", alert)
        wizard = self._window("account.move.send.wizard", self.move.with_user(self.accountant))
        alert = wizard.alerts["l10n_co_openpce_missing_settings"]
        self.assertIn("An administrator", alert["message"])
        self.assertNotIn("action", alert)

    def test_the_window_of_many_speaks_the_language_of_its_user(self):
        self.env["res.lang"]._activate_lang("es_419")
        model = self.env["account.move.send.batch.wizard"].with_context(lang="es_419")
        summary = model.create({"move_ids": [Command.set(self.move.ids)]}).summary_data
        self.assertEqual(summary["email"], {"count": 1, "label": "por correo electrónico"})
        self.assertEqual(summary["co_openpce"]["count"], 1)

    def test_cron_delivers_what_was_accepted_once(self):
        with fake_dian(self.env):
            self.document._process()
            self.assertEqual(self.document.delivery_state, "to_deliver")
            for _index in range(2):
                self.env["l10n_co_openpce.document"].sudo()._cron_deliver()
        self.assertEqual(self.document.delivery_state, "delivered")
        self.assertEqual(len(self._sent(self.move)), 1, "the customer gets one mail")
        self.assertTrue(self.move.invoice_pdf_report_id, "the PDF is kept on the invoice")

    def test_a_stale_window_does_not_mail_again(self):
        """As the web client does it: the record is made on the click, not with the window."""
        other = self.create_invoice(post=True)
        windows = {
            self.move: self._window("account.move.send.wizard", self.move),
            self.move + other: self._window("account.move.send.batch.wizard", self.move + other),
        }
        with fake_dian(self.env):
            self.document._process()
            self.document._deliver()
            for moves, window in windows.items():
                wizard = window.save()
                # opened, then clicked; records bear the time at which the test began
                wizard.l10n_co_openpce_opened_at = wizard.create_date - timedelta(minutes=1)
                with self.assertRaises(UserError, msg="it was mailed after the window opened"):
                    wizard.action_send_and_print()
                self.assertFalse(moves.filtered("sending_data"), "nothing is queued either")
        self.assertEqual(len(self._sent(self.move)), 1, "the customer gets one mail")

    def test_the_window_knows_when_it_was_opened(self):
        """The value comes with the window and is kept by the click."""
        two = self.move + self.create_invoice(post=True)
        for model, moves in (
            ("account.move.send.wizard", self.move),
            ("account.move.send.batch.wizard", two),
        ):
            window = self._window(model, moves)
            opened_at = window.l10n_co_openpce_opened_at
            self.assertTrue(opened_at)
            later = opened_at + timedelta(hours=1)
            with patch.object(fields.Datetime, "now", return_value=later):
                self.assertEqual(window.save().l10n_co_openpce_opened_at, opened_at)

    def test_the_window_of_many_says_at_opening_what_was_mailed(self):
        """Not only when it is confirmed; the invoice that was not mailed is not named."""
        other = self.create_invoice(post=True)
        with fake_dian(self.env):
            self.document._process()
            self.document._deliver()
        window = self._window("account.move.send.batch.wizard", self.move + other)
        alert = window.alerts["l10n_co_openpce_delivered"]
        self.assertIn(self.move.name, alert["message"])
        self.assertIn(self.document.delivered_to, alert["message"])
        self.assertNotIn(other.name, alert["message"])
        self.assertEqual(alert["level"], "warning", "it may be confirmed all the same")

    def test_sending_once_more_is_told_and_is_one_file(self):
        with fake_dian(self.env):
            self._wizard().action_send_and_print()
        again = self._wizard()
        self.assertIn("l10n_co_openpce_delivered", again.alerts)
        self.assertEqual(len(again.mail_attachments_widget), 1, "one zip is sent, one is shown")

    def test_notes_say_that_they_are_not_sent(self):
        credit = self.create_invoice(move_type="out_refund")
        debit = self.create_invoice(debit_origin_id=self.move.id)
        for note in (credit, debit):
            self.assertTrue(note.l10n_co_openpce_not_sent)
            self.assertFalse(note.l10n_co_openpce_required)
        self.assertFalse(self.move.l10n_co_openpce_not_sent)
        self.journal.l10n_co_openpce_enabled = False
        self.assertFalse(credit.l10n_co_openpce_not_sent, "nothing to say in a paper journal")

    def test_customer_without_address_is_visible(self):
        self.customer_company.email = False
        with fake_dian(self.env):
            self.document._process()
            self.env["l10n_co_openpce.document"].sudo()._cron_deliver()
        self.assertEqual(self.document.delivery_state, "no_address")

    def test_a_final_consumer_without_address_is_no_failed_delivery(self):
        consumer = self.env.ref("l10n_co_openpce_edi.partner_final_consumer")
        move = self.create_invoice(consumer, post=True)
        document = move.l10n_co_openpce_document_id.sudo()
        with fake_dian(self.env):
            document._process()
            document._deliver()
        self.assertEqual(document.delivery_state, "not_needed")
        self.assertFalse(move.l10n_co_openpce_alert, "there is nothing to do about it")

    def test_reception_address_of_the_customer_is_used(self):
        self.customer_company.l10n_co_openpce_edi_email = "recepcion@cliente.example"
        with fake_dian(self.env):
            self._wizard().action_send_and_print()
        self.assertIn("recepcion@cliente.example", self.document.delivered_to)

    def test_too_large_for_a_mail_is_told(self):
        with (
            fake_dian(self.env),
            patch(
                "odoo.addons.l10n_co_openpce_edi.models.l10n_co_openpce_document_deliver.MAX_ZIP",
                100,
            ),
        ):
            self._wizard().action_send_and_print()
        self.assertEqual(self.document.delivery_state, "too_large")
        self.assertFalse(self._sent(self.move), "a mail has at most 2 MB")

    def test_bounce_is_seen(self):
        with fake_dian(self.env):
            self._wizard().action_send_and_print()
        self.move._message_receive_bounce("compras@cliente.example", self.customer_company)
        self.assertEqual(self.document.delivery_state, "bounced")

    def test_portal_documents_have_pdf_and_zip(self):
        with fake_dian(self.env):
            self._wizard().action_send_and_print()
        names = [vals["filename"] for vals in self.move._get_invoice_legal_documents_all()]
        self.assertEqual(sorted(name[-4:] for name in names), [".pdf", ".zip"])

    def test_ordinary_invoices_are_left_alone(self):
        self.journal.l10n_co_openpce_enabled = False
        move = self.create_invoice(post=True)
        with fake_dian(self.env) as dian:
            self.env["account.move.send"]._generate_and_send_invoices(
                move, allow_raising=False, sending_methods=["email"]
            )
        self.assertFalse(dian.calls)

    def test_real_file_is_signed_checked_and_consistent(self):
        """The whole path but the network: build, identify, check, sign, pack."""
        with fake_dian(self.env) as dian:
            self.document._process()
        self.assertEqual(self.document.state, "accepted", self.document.findings)
        with zipfile.ZipFile(io.BytesIO(dian.calls[0][1].content)) as archive:
            self.assertEqual(archive.namelist(), [self.document.file_name])
            signed = archive.read(self.document.file_name)
        self.assertEqual(signed, self.document._get_file("signed_xml"))
        self.assertIn(self.document.cufe.encode(), signed)
        self.assertRegex(self.document.file_name, r"^fv0900508908000\d\d[0-9a-f]{8}\.xml$")


def _ids(action):
    """Record ids of an action's domain [('id', 'in', ids)]."""
    return [
        i for leaf in action.get("domain") or [] if isinstance(leaf, (list, tuple)) for i in leaf[2]
    ]
