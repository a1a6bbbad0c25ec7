"""What DIAN has does not change, and only DIAN's own word about it is believed."""

from pathlib import Path
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OpenPCECommon
from .dian_fake import fake_dian, fake_files
from odoo.addons.l10n_co_openpce_edi.models import l10n_co_openpce_document_steps as steps


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAfterSending(OpenPCECommon):
    def setUp(self):
        super().setUp()
        self.move = self.create_invoice(post=True)
        self.document = self.move.l10n_co_openpce_document_id.sudo()

    def _accept(self):
        with fake_dian(self.env) as dian, fake_files(self.env):
            self.document._process()
        self.assertEqual(self.document.state, "accepted")
        return dian

    # The invoice

    def test_what_dian_has_cannot_be_changed_through_the_api(self):
        self._accept()
        move = self.move.with_user(self.accountant)
        line = move.invoice_line_ids[:1]
        changes = {
            "price": lambda: line.write({"price_unit": 1.0}),
            "quantity": lambda: line.write({"quantity": 7}),
            "text": lambda: line.write({"name": "Otra cosa"}),
            "taxes": lambda: line.write({"tax_ids": [Command.clear()]}),
            "lines of the invoice": lambda: move.write(
                {"invoice_line_ids": [Command.update(line.id, {"discount": 50})]}
            ),
            "new line": lambda: move.write(
                {"invoice_line_ids": [Command.create({"name": "x", "price_unit": 5})]}
            ),
            "line deleted": lambda: line.with_context(force_delete=True).unlink(),
            "customer": lambda: move.write({"partner_id": self.customer_person.id}),
            "date": lambda: move.write({"invoice_date": "2020-01-01"}),
            "payment form": lambda: move.write({"l10n_co_openpce_payment_form": "2"}),
            "number": lambda: move.write({"name": "SETP990000777"}),
            "draft": move.button_draft,
            "cancel": move.button_cancel,
        }
        for what, change in changes.items():
            with (
                self.subTest(what),
                self.assertRaises(UserError, msg=f"{what} of an invoice DIAN has is locked"),
                self.env.cr.savepoint(),
            ):
                change()
                self.env.flush_all()

    def test_payment_and_credit_note_of_an_accepted_invoice_go_on(self):
        self._accept()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.move.ids
        ).create({})._create_payments()
        self.assertIn(self.move.payment_state, ("paid", "in_payment"), "the lock stops no payment")
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=self.move.ids)
            .create({"journal_id": self.journal.id})
        )
        note = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        note.action_post()
        self.assertEqual(note.state, "posted", "a credit note posts in the electronic journal")
        self.assertFalse(note.l10n_co_openpce_document_ids, "a credit note is no type 01")

    def test_a_debit_note_posts_and_is_not_queued(self):
        self._accept()
        wizard = (
            self.env["account.debit.note"]
            .with_context(active_model="account.move", active_ids=self.move.ids)
            .create({"copy_lines": True})
        )
        note = self.env["account.move"].browse(wizard.create_debit()["res_id"])
        note.invoice_date = fields.Date.today()
        note.action_post()
        self.assertEqual(note.state, "posted")
        self.assertFalse(note.l10n_co_openpce_document_ids, "a debit note is no type 01")
        self.assertIsNone(self.range._parse_number(note.name), "nor takes a number of the range")
        self.assertEqual(
            self.create_invoice(post=True).name, "SETP990000001", "nor leaves a gap in it"
        )

    # DIAN's word

    def test_an_acceptance_of_another_document_is_not_believed(self):
        with fake_dian(self.env) as dian, fake_files(self.env):
            dian.answer_key = "f" * 96
            self.document._process()
            self.assertEqual(self.document.state, "in_doubt", "the answer names another CUFE")
            dian.answer_key = None
            self.document.next_try = False
            self.document._process()
        self.assertEqual(self.document.state, "accepted", "asked again, DIAN spoke of this one")
        self.assertEqual(dian.sent, ["SendBillSync"], "a strange answer sends nothing twice")

    def test_a_file_dian_would_refuse_for_its_size_is_not_sent(self):
        with fake_dian(self.env) as dian, patch.object(steps, "MAX_XML", 1024):
            self.document._process()
        self.assertEqual(self.document.state, "invalid")
        self.assertEqual([f["code"] for f in self.document.findings], ["ZA01"])
        self.assertFalse(dian.calls)

    # The copy of a database

    def test_a_neutralised_copy_neither_signs_nor_reaches_dian(self):
        self.company.l10n_co_openpce_environment = "production"
        self.document.environment = "production"
        self.env.flush_all()
        self.env.cr.execute(
            (Path(__file__).parents[1] / "data" / "neutralize.sql").read_text(encoding="utf-8")
        )
        self.env.invalidate_all()
        company = self.company.sudo()
        self.assertEqual(company.l10n_co_openpce_environment, "sandbox")
        self.assertFalse(company.l10n_co_openpce_software_pin_encrypted)
        self.assertFalse(self.range._get_technical_key())
        self.assertFalse(self.certificate.sudo().key_encrypted)
        self.assertEqual(
            self.document.environment,
            "sandbox",
            "what was under way to DIAN does not go on from a copy",
        )

    # Access

    def test_an_ordinary_user_cannot_write_a_submission_or_find_out_secrets(self):
        self._accept()
        plain = self.env["res.users"].create(
            {
                "name": "Nadie",
                "login": "openpce_plain",
                "company_ids": [Command.set(self.company.ids)],
                "company_id": self.company.id,
                "group_ids": [Command.set(self.env.ref("base.group_user").ids)],
            }
        )
        secrets = [
            ("l10n_co_openpce.numbering.range", "technical_key"),
            ("l10n_co_openpce.numbering.range", "technical_key_encrypted"),
            ("l10n_co_openpce.certificate", "key_encrypted"),
            ("res.company", "l10n_co_openpce_software_pin"),
            ("res.company", "l10n_co_openpce_software_pin_encrypted"),
        ]
        for user in (self.accountant, plain):
            env = self.env(user=user)
            with self.assertRaises(AccessError, msg="submissions are written by the system only"):
                env["l10n_co_openpce.document"].browse(self.document.id).write({"message": "x"})
            for model, field in secrets:
                for operator in ("=like", "!="):
                    with (
                        self.subTest(user=user.name, field=field),
                        self.assertRaises(AccessError, msg="a search is no oracle for secrets"),
                    ):
                        env[model].search([(field, operator, "f%")])
                with self.assertRaises(AccessError, msg="nor a grouping"):
                    env[model]._read_group([], [field])
