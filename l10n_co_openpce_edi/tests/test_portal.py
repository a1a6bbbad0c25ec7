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

    def _accept(self):
        with fake_dian(self.env):
            self.move.l10n_co_openpce_document_id.sudo()._process()
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
