"""What the queue and its checks say is stored as facts and read in the reader's language."""

import re
from pathlib import Path

from odoo.tests import tagged
from odoo.tools import format_date

from ..tools.notes import SENTENCES, SettingError, note, tell
from .common import QueueCommon
from .dian_fake import fake_dian, fake_files

ADDON = Path(__file__).resolve().parents[1]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDocumentNotes(QueueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("es_CO")

    def _read(self, lang, name="message"):
        return self.document.with_context(lang=lang)[name]

    def test_a_note_is_read_in_the_language_of_its_reader(self):
        self.document.attempts = 3
        cases = (
            ("unavailable", "not available", "no está disponible"),
            ("fault", "(a:InvalidSecurity)", "(a:InvalidSecurity)"),
            ("reject", "DIAN rejected", "La DIAN rechazó"),
        )
        for writer in ("en_US", "es_CO"):
            for script, english, spanish in cases:
                with self.subTest(writer=writer, script=script):
                    move = self.create_invoice(post=True)
                    self.document = move.l10n_co_openpce_document_id.sudo()
                    with fake_files(self.env), fake_dian(self.env, script):
                        self.document.with_context(lang=writer)._process()
                    self.assertIn(english, self._read("en_US"))
                    self.assertIn(spanish, self._read("es_CO"))
                    shown = move.with_context(lang="es_CO").l10n_co_openpce_message
                    self.assertEqual(shown, self._read("es_CO"), "on the invoice, too")

    def test_a_missing_setting_is_told_in_every_language_and_is_one_cause(self):
        other = self.create_invoice(post=True).l10n_co_openpce_document_id.sudo()
        self.certificate.active = False
        self.document.with_context(lang="es_CO")._process()
        other._process()
        self.assertIn("no valid signing certificate", self._read("en_US"))
        self.assertIn("certificado de firma", self._read("es_CO"))
        self.assertNotIn("certificate", self._read("es_CO"))
        self.assertEqual(self.document.trace, other.trace, "who waits for the same waits together")
        self.assertGreater(other.next_try, self.document.next_try, "one of them tries for both")

    def test_several_missing_settings_are_several_sentences(self):
        self.company.l10n_co_openpce_software_id = False
        self.range.technical_key = False
        self.document._process()
        for text in ("no software ID", "has no technical key"):
            self.assertIn(text, self.document.message)

    def test_missing_data_is_told_in_the_language_of_its_reader(self):
        self.customer_company.city_id = False
        self.document.with_context(lang="es_CO")._process()
        self.assertEqual(self.document.state, "invalid")
        self.assertIn("choose the municipality", self._read("en_US", "findings_html"))
        self.assertIn("elija el municipio", self._read("es_CO", "findings_html"))
        self.assertIn("Not sent", self._read("en_US"))
        self.assertIn("No se envió", self._read("es_CO"))

    def test_a_wrong_number_is_told_in_the_language_of_its_reader(self):
        self.range.date_to = "2020-01-01"
        self.document.with_context(lang="es_CO")._process()
        self.assertEqual(self.document.findings[0]["code"], "OPCE-NUMBER")
        self.assertIn("outside the validity", self._read("en_US", "findings_html"))
        self.assertIn("fuera de la vigencia", self._read("es_CO", "findings_html"))

    def test_the_person_called_reads_the_note_in_its_own_language(self):
        self.accountant.lang = "es_CO"
        self.move.invoice_user_id = self.accountant
        self.document.write({"hold": "person", "notes": [note("tried", times=7)]})
        activity = self.move.activity_ids
        self.assertIn("Se intentó 7 veces", activity.note)

    def test_every_note_has_a_sentence_and_every_sentence_a_note(self):
        used = set()
        for folder in ("models", "tools"):
            for file in (ADDON / folder).glob("*.py"):
                text = file.read_text(encoding="utf-8")
                used |= set(re.findall(r'\bnote\(\s*"(\w+)"', text))
                used |= set(re.findall(r'_apply_undelivered\("\w+", "(\w+)"', text))
        self.assertEqual(used, set(SENTENCES))

    def test_every_translation_takes_the_values_of_its_sentence(self):
        spanish = self.env(context={"lang": "es_CO"})
        for code, sentence in SENTENCES.items():
            with self.subTest(code):
                names = set(re.findall(r"%\((\w+)\)s", sentence._source))
                days = {"day": "2029-12-31"} if "day" in names else {}
                values = {name: f"<{name}>" for name in names} | days
                told = tell(spanish, [note(code, **values)])
                shown = values | {name: format_date(spanish, day) for name, day in days.items()}
                self.assertNotEqual(told, sentence._source % shown, "it is translated")
                for value in shown.values():
                    self.assertIn(value, told)

    def test_a_note_of_another_version_is_left_out(self):
        self.document.notes = [{"code": "of_later", "values": {}}, note("timeout")]
        self.assertTrue(self.document.message.startswith("DIAN did not answer in time."))

    def test_the_text_of_an_error_is_english_for_logs_and_support(self):
        error = SettingError(note("no_pin", company="Ñandú SAS"), note("secret_damaged"))
        self.assertEqual(
            str(error),
            "The company Ñandú SAS has no software PIN. The stored secret is damaged; enter it"
            " again.",
        )
