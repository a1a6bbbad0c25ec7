"""The printed invoice: what the law asks for is on it, on every page, before and after DIAN."""

import dataclasses
import io
import re
import time
from decimal import Decimal
from pathlib import Path

import qrcode
from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from .common import OpenPCECommon
from .dian_fake import fake_dian
from odoo.addons.l10n_co_openpce_edi.dian.ubl.xml import parse_xml
from odoo.addons.l10n_co_openpce_edi.report import (
    fonts,
    invoice_layout,
    invoice_pdf,
    invoice_picture,
)
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
            "Software: OpenPCE para Odoo. Fabricante del software: EMPRESA DE PRUEBA SAS, NIT"
            " 900508908-9 (software propio)",
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

    def test_the_maker_of_the_software_is_who_made_it(self):
        move = self._accepted()
        self.company.l10n_co_openpce_software_maker_id = self.customer_foreign
        self.company.l10n_co_openpce_software_maker_id.name = "Casa de Programas Inventada SAS"
        [text] = pages_of(move._l10n_co_openpce_render_pdf())
        self.assertIn("Fabricante del software: Casa de Programas Inventada SAS, NIT US99", text)
        self.assertNotIn("software propio", text)
        nameless = self.env["res.partner"].create({"name": "Sin identificación"})
        with self.assertRaises(ValidationError, msg="the law asks for the NIT of the maker"):
            self.company.l10n_co_openpce_software_maker_id = nameless

    def test_every_script_is_printed(self):
        words = "Straße Żółć Nguyễn Ωμέγα Жук ™ € №"
        picture = self._picture(description=words)
        [text] = pages_of(invoice_pdf.render(picture))
        for word in words.split():
            self.assertIn(word, text, "the font is embedded and knows the character")
        asian = invoice_pdf.render(self._picture(description="中文商品 日本語 한국어 😀"))
        self.assertTrue(asian.startswith(b"%PDF"), "what no font has prints as ?, it fails nothing")

    def test_nothing_is_cut(self):
        notes = tuple(f"Nota{i} " + "palabra " * 40 + f"Final{i}" for i in range(60))
        picture = self._picture(
            description=" ".join(f"palabra{i}" for i in range(1500)), notes=notes
        )
        issuer = dataclasses.replace(picture.issuer, name="RAZÓN SOCIAL MUY LARGA " * 8 + "FINAL")
        pages = pages_of(invoice_pdf.render(dataclasses.replace(picture, issuer=issuer)))
        text = " ".join(pages)
        self.assertGreater(len(pages), 4)
        self.assertEqual(text.count("TOTAL A PAGAR"), 1)
        for word in ("palabra0", "palabra1499", "Nota0", "Final0", "Nota59", "Final59"):
            self.assertIn(word, text)
        for index, page in enumerate(pages, 1):
            self.assertIn(f"Página {index} de {len(pages)}", page)
            self.assertIn("LARGA FINAL", page)

    def test_more_taxes_than_a_page_holds_go_on_on_the_next_one(self):
        taxes = tuple(
            invoice_picture.AmountRow(f"IVA {i},5 %", Decimal(i), Decimal(1000 + i))
            for i in range(1, 121)
        )
        for count in (30, 36, 40, 120):
            picture = self._picture(taxes=taxes[:count], notes=("Primera nota", "Última nota"))
            with self.subTest(count):
                plan = invoice_layout.Layout(picture, (0.0, 0.0))
                for page in plan.plan():
                    height = invoice_layout.TOTAL_LEADING * len(page.totals)
                    self.assertLessEqual(
                        height + invoice_layout.PAYABLE, plan.page_room, "it ends above the footer"
                    )
                pages = pages_of(invoice_pdf.render(picture))
                text = " ".join(pages)
                for tax in taxes[:count]:
                    self.assertEqual(text.count(f" {tax.label} "), 1)
                self.assertEqual(text.count("TOTAL A PAGAR"), 1)
                self.assertIn("TOTAL A PAGAR", pages[-1])
                held = [page for page in pages if ",5 %" in page]
                self.assertEqual(text.count("continúa en la página siguiente"), len(held) - 1)
                self.assertIn("Última nota", text)

    def test_the_code_is_what_another_encoder_draws(self):
        """Square by square, so that any reader reads it; dark on white with a quiet zone."""
        picture = self._picture()
        [page] = PdfFileReader(io.BytesIO(invoice_pdf.render(picture))).pages
        form = page["/Resources"]["/XObject"]
        [form] = [form[name] for name in form if form[name]["/Subtype"] == "/Form"]
        drawn = set()
        encoder = qrcode.QRCode(
            error_correction=qrcode.constants.ERROR_CORRECT_L, mask_pattern=2, border=0
        )
        # One byte segment: the other encoder would mix modes, which is as right but not the same.
        encoder.add_data(picture.qr_text, optimize=0)
        matrix = encoder.get_matrix()
        size = invoice_pdf.QR_SIZE / len(matrix)
        for x, y, width, _height in re.findall(
            r"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re", form.get_data().decode()
        ):
            row = len(matrix) - 1 - round(float(y) / size)
            first = round(float(x) / size)
            drawn |= {(row, first + i) for i in range(round(float(width) / size))}
        dark = {(r, c) for r, row in enumerate(matrix) for c, on in enumerate(row) if on}
        self.assertEqual(drawn, dark)
        self.assertGreaterEqual(12, 4 * size, "four white squares between the code and the text")

    def test_a_word_without_end_stays_in_its_column(self):
        address = "https://tienda.example/" + "carpeta-larga/" * 40
        for row in fonts.wrap(address, 150, fonts.REGULAR, 7.2):
            self.assertLessEqual(fonts.width(row, fonts.REGULAR, 7.2), 150)
        self.assertEqual("".join(fonts.wrap(address, 150, fonts.REGULAR, 7.2)), address)

    def test_numbers_are_never_broken(self):
        line = dataclasses.replace(self._picture().lines[0], total=Decimal("123456789012345.67"))
        picture = dataclasses.replace(self._picture(), lines=(line,))
        self.assertIn("123.456.789.012.345,67", pages_of(invoice_pdf.render(picture))[0])

    def test_gift_charge_rate_and_note_of_a_line_are_printed(self):
        for golden, words in {
            "free_item": ("Sin costo. Valor comercial por unidad: 38.000,00",),
            "document_discount_outside_the_tax_base": (
                "Descuento por pronto pago",
                "-20.000,00",
                "575.000,00",
            ),
            "large_cash_rounding": ("8,65", "14.700,00"),
            "foreign_currency": ("1 USD = 4.123,456789 COP (2025-03-14)",),
            "notes_and_order": ("Incluye instalación en el piso tres.", "OC-2025-0042"),
            "delivery_address": ("Entrega: 2025-03-17", "Cali"),
        }.items():
            with self.subTest(golden):
                text = " ".join(pages_of(invoice_pdf.render(self._golden(golden))))
                for word in words:
                    self.assertIn(word, text)

    def test_five_hundred_lines(self):
        picture = self._golden("company_cash")
        lines = tuple(
            dataclasses.replace(picture.lines[0], number=str(i), description=f"Artículo {i}")
            for i in range(1, 501)
        )
        pages = pages_of(invoice_pdf.render(dataclasses.replace(picture, lines=lines)))
        text = " ".join(pages)
        self.assertLess(len(pages), 25)
        for number in (1, 250, 500):
            self.assertIn(f"Artículo {number} ", text)

    def _golden(self, name):
        """The picture of one of the golden documents."""
        file = Path(__file__).parent / "golden" / f"{name}.xml"
        return invoice_picture.read(
            parse_xml(file.read_bytes()), software="Software: OpenPCE para Odoo"
        )

    def _picture(self, description=None, **values):
        """A picture with another description on its first line, and ``values`` put in."""
        picture = self._golden("company_cash")
        line = picture.lines[0]
        line = dataclasses.replace(line, description=description or line.description)
        return dataclasses.replace(picture, lines=(line,), **values)

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
