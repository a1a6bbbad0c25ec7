"""What a customer sees of his invoice, what others do not, and who may open an invoice."""

from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import OpenPCECommon
from .dian_fake import fake_dian


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPortal(OpenPCECommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.create_invoice(post=True)
        cls._portal_user("cliente.prueba", cls.customer_company)
        cls._portal_user("otro.cliente", cls.customer_person)

    @classmethod
    def _portal_user(cls, login, partner):
        group = cls.env.ref("base.group_portal")
        values = {"name": login, "login": login, "password": login, "partner_id": partner.id}
        return cls.env["res.users"].create({**values, "group_ids": [Command.set(group.ids)]})

    def _page(self, login):
        self.authenticate(login, login)
        return self.url_open(f"/my/invoices/{self.move.id}")

    def _accept(self, *, deliver=False):
        self.document = self.move.l10n_co_openpce_document_id.sudo()
        with fake_dian(self.env):
            self.document._process()
            if deliver:
                self.document._deliver()
        self.assertEqual(self.move.l10n_co_openpce_state, "accepted")

    def test_the_customer_sees_code_picture_and_address(self):
        self.assertNotIn("document/searchqr", self._page("cliente.prueba").text)
        self._accept()
        page = self._page("cliente.prueba").text
        self.assertIn("l10n_co_openpce_portal", page)
        self.assertIn(self.move.l10n_co_openpce_cufe, page)
        self.assertIn(f"/document/searchqr?documentkey={self.move.l10n_co_openpce_cufe}", page)
        self.assertIn("data:image/png;base64,", page)

    def test_another_customer_sees_nothing(self):
        self._accept()
        page = self._page("otro.cliente")
        self.assertTrue(page.url.endswith("/my"), "he is sent to his own page")
        self.assertNotIn(self.move.l10n_co_openpce_cufe, page.text)

    def test_the_customer_downloads_what_was_mailed(self):
        self._accept(deliver=True)
        url = f"/my/invoices/{self.move.id}"
        page = self._page("cliente.prueba").text
        for kind in ("zip", "xml"):
            self.assertIn(f"{url}/dian/{kind}", page)
        answer = self.url_open(f"{url}/dian/zip")
        self.assertEqual(answer.headers["Content-Type"], "application/zip")
        self.assertEqual(
            answer.content, self.document._get_file("container"), "the very file that was mailed"
        )
        answer = self.url_open(f"{url}/dian/xml")
        self.assertTrue(answer.headers["Content-Type"].startswith("application/xml"))
        self.assertIn(b"AttachedDocument", answer.content)
        self.assertIn(self.move.l10n_co_openpce_cufe.encode(), answer.content)
        answer = self.url_open(f"{url}?report_type=pdf")
        self.assertTrue(answer.content.startswith(b"%PDF"))
        self.assertEqual(self.url_open(f"{url}/dian/exe").status_code, 404)

    def test_accepted_but_not_delivered_has_no_file_yet(self):
        self._accept()
        self.assertNotIn("/dian/zip", self._page("cliente.prueba").text)
        answer = self.url_open(f"/my/invoices/{self.move.id}/dian/zip")
        self.assertEqual(answer.status_code, 404, "looking at a page makes no file")

    def test_accepted_it_is_an_invoice_although_not_delivered(self):
        url = f"/my/invoices/{self.move.id}?report_type=html"
        self._page("cliente.prueba")
        self.assertIn("proforma", self.url_open(url).text.lower(), "DIAN does not have it yet")
        self._accept()
        self.assertFalse(self.move.invoice_pdf_report_id, "nothing was made for the customer yet")
        self.assertNotIn("proforma", self.url_open(url).text.lower())
        downloaded = self.move._get_invoice_legal_documents_all(allow_fallback=True)
        self.assertEqual([file["filename"] for file in downloaded], [f"{self.move.name}.pdf"])

    def test_nobody_else_downloads_it(self):
        self._accept(deliver=True)
        url = f"/my/invoices/{self.move.id}"
        for login in ("otro.cliente", None):
            self.authenticate(login, login)
            for path in (f"{url}/dian/zip", f"{url}/dian/xml", f"{url}?report_type=pdf"):
                with self.subTest(login=login, path=path):
                    answer = self.url_open(path)
                    self.assertNotIn(self.move.l10n_co_openpce_cufe, answer.text)
                    self.assertTrue(answer.headers["Content-Type"].startswith("text/html"))

    def test_the_link_of_the_mail_opens_it_and_a_wrong_one_does_not(self):
        self._accept(deliver=True)
        self.authenticate(None, None)
        token = self.move._portal_ensure_token()
        url = f"/my/invoices/{self.move.id}/dian/zip?access_token="
        good = self.url_open(url + token)
        self.assertEqual(good.headers["Content-Type"], "application/zip")
        bad = self.url_open(url + token[:-1] + ("0" if token[-1] != "0" else "1"))
        self.assertNotIn("zip", bad.headers["Content-Type"])

    def test_whoever_may_read_an_invoice_may_open_it(self):
        """A salesperson reads invoices and has no right to the submissions behind them."""
        self._accept()
        group = self.env["res.groups"].create({"name": "Reads invoices"})
        access = {"perm_read": True, "perm_write": False, "perm_create": False}
        for model in ("account.move", "account.move.line"):
            self.env["ir.model.access"].create(
                {
                    **access,
                    "name": model,
                    "model_id": self.env["ir.model"]._get_id(model),
                    "group_id": group.id,
                }
            )
        reader = self.env["res.users"].create(
            {
                "name": "Vendedora",
                "login": "openpce_reader",
                "company_ids": [Command.set(self.company.ids)],
                "company_id": self.company.id,
                "group_ids": [Command.set([self.env.ref("base.group_user").id, group.id])],
            }
        )
        names = [name for name in self.move._fields if name.startswith("l10n_co_openpce_")]
        hidden = {"l10n_co_openpce_document_ids", "l10n_co_openpce_document_id"}
        [values] = self.move.with_user(reader).read(sorted(set(names) - hidden))
        self.assertEqual(values["l10n_co_openpce_state"], "accepted")
