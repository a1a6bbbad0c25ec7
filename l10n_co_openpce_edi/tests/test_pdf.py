"""The printed invoice: what the law asks for is on it, on every page, before and after DIAN."""

import io
import time
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from .common import OpenPCECommon
from .dian_fake import fake_dian
from odoo.addons.l10n_co_openpce_edi.report import invoice_pdf
from odoo.addons.l10n_co_openpce_edi.report.invoice_picture import amount_in_words, format_number


def pages_of(content):
    """Text of every page, blanks folded."""
    reader = PdfFileReader(io.BytesIO(content))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPdf(OpenPCECommon):
    def _accepted(self, **values):
        move = self.create_invoice(post=True, **values)
        with fake_dian(self.env):
            move.l10n_co_openpce_document_id._process()
        self.assertEqual(
            move.l10n_co_openpce_state, "accepted", move.l10n_co_openpce_document_id.findings
        )
        return move

    def test_the_client_knows_which_pdf_needs_no_browser_engine(self):
        move = self._accepted()
        draft = self.create_invoice()
        bill = self.create_invoice(
            move_type="in_invoice",
            journal_id=self.company_data["default_journal_purchase"].id,
        )
        as_accountant = move.with_user(self.accountant)
        self.assertTrue(as_accountant.l10n_co_openpce_is_drawn())
        for other in (draft, bill):
            self.assertFalse(
                (as_accountant + other.with_user(self.accountant)).l10n_co_openpce_is_drawn(),
                "one invoice that Odoo draws sends the whole print Odoo's way",
            )
        portal = self.env["res.users"].create(
            {
                "name": "Cliente ajeno",
                "login": "openpce_other_portal",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        with self.assertRaises(AccessError):
            move.with_user(portal).l10n_co_openpce_is_drawn()

    def test_everything_the_law_asks_for(self):
        move = self._accepted()
        document = move.l10n_co_openpce_document_id
        [text] = pages_of(move._l10n_co_openpce_render_pdf())
        for words in (
            "FACTURA ELECTRÓNICA DE VENTA",
            move.name,
            "EMPRESA DE PRUEBA SAS",
            "NIT 900508908-9",
            "CLIENTE EJEMPLAR SAS",
            "NIT 900123456-8",
            "18760000001",
            "SETP",
            "990000000",
            "995000000",
            "2030-01-19",
            "SILLA-01",
            "Silla de oficina",
            "250.000,00",
            "IVA 19 %",
            "595.000,00",
            "Quinientos noventa y cinco mil pesos M/CTE",
            "Contado",
            "OpenPCE",
            "Fabricante",
            "Gran contribuyente",
            "Página 1 de 1",
        ):
            self.assertIn(words, text)
        self.assertIn(document.cufe[:64], text)
        self.assertIn(document.cufe[64:], text)
        self.assertNotIn("AÚN NO VALIDADA", text)
        self.assertIn(
            "DOCUMENTO DE PRUEBA", text, "a document of the stand-in is worth nothing and says so"
        )

    def test_before_acceptance_it_says_so(self):
        move = self.create_invoice(post=True)
        [text] = pages_of(move._l10n_co_openpce_render_pdf())
        self.assertIn("AÚN NO VALIDADA POR LA DIAN", text)
        self.assertNotIn("CUFE", text)

    def test_every_page_has_header_code_and_number(self):
        lines = [
            {"product_id": self.product_19.id, "name": f"Silla {i}", "quantity": 1}
            for i in range(90)
        ]
        move = self._accepted(lines=lines)
        document = move.l10n_co_openpce_document_id
        pages = pages_of(move._l10n_co_openpce_render_pdf())
        self.assertGreater(len(pages), 2)
        for index, text in enumerate(pages, 1):
            self.assertIn(document.cufe[:64], text, "the code is on every page")
            self.assertIn(f"Página {index} de {len(pages)}", text)
            self.assertIn(move.name, text)
        self.assertIn("Silla 89", " ".join(pages))

    def test_qr_is_large_enough_for_the_law(self):
        self.assertGreaterEqual(invoice_pdf.QR_SIZE / 72 * 2.54, 2, "the QR has at least 2 cm")

    def test_withholdings_are_told_apart_and_do_not_reduce_the_total(self):
        move = self._accepted(
            lines=[
                {
                    "product_id": self.product_19.id,
                    "quantity": 1,
                    "price_unit": 100000.0,
                    "tax_ids": [(6, 0, (self.tax_iva_19 + self.tax_rete_renta).ids)],
                }
            ]
        )
        [text] = pages_of(move._l10n_co_openpce_render_pdf())
        self.assertIn("119.000,00", text)
        self.assertIn("Retenciones", text)

    def test_print_and_report_use_it(self):
        move = self._accepted()
        content, kind = self.env["ir.actions.report"]._render_qweb_pdf(
            "account.account_invoices", move.ids
        )
        self.assertEqual(kind, "pdf")
        self.assertIn("FACTURA ELECTRÓNICA DE VENTA", pages_of(content)[0])

    def test_foreign_and_long_texts_do_not_break_it(self):
        move = self._accepted(
            partner=self.customer_person,
            lines=[
                {
                    "product_id": self.product_19.id,
                    "name": "x" * 300 + " Ω ñ\nsegunda línea",
                    "quantity": 2.5,
                }
            ],
            narration="<p>Nota con <b>acentos</b>: ñandú</p>",
        )
        self.assertTrue(move._l10n_co_openpce_render_pdf().startswith(b"%PDF"))

    def test_amounts_as_colombia_writes_them(self):
        self.assertEqual(format_number(Decimal("1234567.5")), "1.234.567,50")
        self.assertEqual(format_number(Decimal("2.500000"), 0, 6), "2,5")
        for amount, words in (
            ("1", "Un peso M/CTE"),
            ("21", "Veintiún pesos M/CTE"),
            ("1000000", "Un millón de pesos M/CTE"),
            (
                "1725500.50",
                "Un millón setecientos veinticinco mil quinientos pesos con cincuenta centavos"
                " M/CTE",
            ),
        ):
            self.assertEqual(amount_in_words(Decimal(amount), "COP"), words)

    def test_it_is_fast(self):
        move = self._accepted()
        move._l10n_co_openpce_render_pdf()
        best = min(self._seconds(move) for _index in range(3))
        self.assertLess(
            best,
            0.5,
            "a PDF costs a tenth of what a browser engine takes, with room for slow machines",
        )

    def _seconds(self, move):
        start = time.perf_counter()
        move._l10n_co_openpce_render_pdf()
        return time.perf_counter() - start
