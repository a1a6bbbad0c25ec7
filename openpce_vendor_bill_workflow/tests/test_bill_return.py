"""Return to the supplier: reason, mail, files, language (R103, A28)."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.translate import load_language

from .bill_common import BillCommon


@tagged("post_install", "-at_install")
class TestBillReturn(BillCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._distribution(cls.ana)
        cls.supplier.lang = "en_US"
        cls.reason = cls.env["openpce.bill.reason"].search([("kind", "=", "return")], limit=1)
        cls.bill = cls._bill(number="R-77")
        cls.files = cls.env["ir.attachment"].create(
            [
                {
                    "name": name,
                    "raw": content,
                    "res_model": "account.move",
                    "res_id": cls.bill.move_id.id,
                }
                for name, content in (
                    ("bill.pdf", b"%PDF-1.4 bill"),
                    ("bill.xml", b"<Invoice/>"),
                    ("note.txt", b"internal"),
                )
            ]
        )

    def _wizard(self, user=None, **values):
        action = self._as(user or self.ana, self.bill).action_ask_return()
        wizard = self.env[action["res_model"]].with_user(user or self.ana).browse(action["res_id"])
        wizard.write({"reason_id": self.reason.id, **values})
        return wizard

    def _mails(self):
        return self.env["mail.mail"].search(
            [("model", "=", "account.move"), ("res_id", "=", self.bill.move_id.id)]
        )

    def test_r103_the_mail_has_reason_remarks_pdf_and_xml(self):
        wizard = self._wizard(remarks="The order <b>4711</b> is missing.")
        self.assertEqual(wizard.email, "bills@shipping.example")
        self.assertIn(self.reason.text, wizard.preview)
        wizard.action_send()
        self.assertEqual((self.bill.state, self.bill.return_count), ("returned", 1))
        mail = self._mails()
        self.assertEqual(mail.email_to, "bills@shipping.example")
        self.assertEqual(set(mail.attachment_ids.mapped("name")), {"bill.pdf", "bill.xml"})
        self.assertIn("R-77", mail.subject)
        self.assertIn(self.reason.text, mail.body_html)
        self.assertIn("&lt;b&gt;4711", mail.body_html, "what was typed is text, not HTML")
        self.assertFalse(mail.auto_delete, "the mail stays as evidence")
        entry = self.bill.log_ids.filtered(lambda e: e.event == "returned")
        self.assertIn("bills@shipping.example", entry.summary)

    def test_r103_the_address_of_the_mail_it_came_in_goes_first(self):
        self.bill.move_id.invoice_source_email = "clerk@shipping.example"
        self.assertEqual(self._wizard().email, "clerk@shipping.example")

    def test_a28_the_mail_is_in_the_language_of_the_supplier(self):
        load_language(self.env.cr, "fr_FR")
        self.supplier.lang = "fr_FR"
        self.reason.with_context(lang="fr_FR").text = "Il manque des données."
        template = self.env.ref("openpce_vendor_bill_workflow.mail_template_return")
        template.with_context(lang="fr_FR").subject = "Facture {{ object.ref }} rendue"
        wizard = self._wizard()
        self.assertEqual(wizard.reason_text, "Il manque des données.")
        self.assertEqual(wizard.subject, "Facture R-77 rendue")
        wizard.action_send()
        self.assertEqual(self._mails().subject, "Facture R-77 rendue")
        self.assertIn("Il manque des données.", self._mails().body_html)

    def test_r103_without_reason_or_address_nothing_is_sent(self):
        for values in ({"reason_id": False}, {"email": False}, {"email": "no address"}):
            with self.subTest(values), self.assertRaises(UserError):
                self._wizard(**values).action_send()
        self.assertEqual(self.bill.state, "in_treatment")
        self.assertFalse(self._mails())

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_only_files_of_the_bill_go_out(self):
        stranger = self.env["ir.attachment"].create(
            {"name": "secret.pdf", "raw": b"%PDF-", "public": True}
        )
        wizard = self._wizard(attachment_ids=[Command.set(stranger.ids)])
        with self.assertRaisesRegex(UserError, "Only files of this bill"):
            wizard.action_send()

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_who_may_return(self):
        """The holder and supervisors; others are told who holds it."""
        self._register(self.plain)
        with self.assertRaises(AccessError):
            self._wizard(self.plain)
        wizard = self.env["openpce.bill.return"].with_user(self.plain)
        with self.assertRaises(AccessError):
            wizard.create({"bill_id": self.bill.id, "reason_id": self.reason.id}).action_send()
        self._wizard(self.beto).action_send()
        self.assertEqual(self.bill.state, "returned")
        with self.assertRaisesRegex(UserError, "Returned", msg="nothing is returned twice"):
            self._wizard(self.beto).action_send()
        self.assertEqual(len(self._mails()), 1)
