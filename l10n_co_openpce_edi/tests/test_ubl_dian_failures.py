"""What the builder refuses, and what a person is told to mend."""

from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..dian.errors import DianValidationError
from ..models import ubl_dian_template
from .test_ubl_dian_common import UblDianCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestUblDianFailures(UblDianCommon):
    def assert_refused(self, move, code, *words):
        with self.assertRaises(DianValidationError) as caught:
            self.build(move)
        found = caught.exception.findings
        self.assertIn(code, [finding.code for finding in found])
        finding = next(finding for finding in found if finding.code == code)
        for text in (finding.message_es, finding.fix_hint, finding.fix_hint_es):
            self.assertTrue(text, "a finding says in both languages what to mend")
        for word in words:
            self.assertIn(word, finding.message, "a finding names the record to mend")

    def test_tax_without_dian_code(self):
        tax = self.make_tax("Impuesto local", 3.0, False)
        move = self.invoice([self.line(self.product_19, 1, 1000.0, tax)])
        self.assert_refused(move, "FAX16", "Impuesto local")

    def test_unit_without_dian_code(self):
        unit = self.env["uom.uom"].create({"name": "Cajita"})
        unit.l10n_co_openpce_code = False
        product = self.make_product("Fósforos", "FOS-01", uom_id=unit.id)
        self.assert_refused(self.invoice([self.line(product, 1, 100.0)]), "FAV05", "Cajita")

    def test_gift_without_reference_price(self):
        product = self.make_product("Obsequio", "OBS-01", lst_price=0.0)
        lines = [self.line(self.product_19, 1, 1000.0), self.line(product, 1, 0.0)]
        self.assert_refused(self.invoice(lines), "FAW03", "Obsequio")

    def test_gift_at_the_product_price(self):
        product = self.make_product("Obsequio", "OBS-01", lst_price=750.0)
        lines = [self.line(self.product_19, 1, 1000.0), self.line(product, 1, 0.0)]
        move = self.invoice(lines)
        root = self.build(move)
        self.assert_arithmetic(root, move)
        gift = root[-1]
        self.assertEqual(
            self.text(gift, "cac:PricingReference/cac:AlternativeConditionPrice/cbc:PriceAmount"),
            "750.00",
            "FAW03: a gift states what it is worth",
        )

    def test_drink_without_content(self):
        ibua = self.make_tax("IBUA", 228.0, "34", "fixed")
        move = self.invoice([self.line(self.product_19, 1, 1000.0, self.tax_iva_19, ibua)])
        self.assert_refused(move, "FAX09", "Silla")

    def test_discount_larger_than_its_lines(self):
        discount = {
            "name": "Anticipo",
            "quantity": 1,
            "price_unit": -5000.0,
            "tax_ids": [Command.set(self.tax_iva_5.ids)],
        }
        lines = [
            self.line(self.product_19, 1, 100000.0),
            self.line(self.product_5, 1, 3000.0),
            discount,
        ]
        self.assert_refused(self.invoice(lines), "VLR01", "Anticipo")

    def test_discount_with_a_tax_per_unit(self):
        bags = self.make_tax("INC Bolsas", 66.0, "22", "fixed")
        lines = [
            self.line(self.product_19, 3, 1000.0, self.tax_iva_19, bags),
            self.line(self.product_19, 1, -500.0, self.tax_iva_19, bags, name="Rebaja"),
        ]
        self.assert_refused(self.invoice(lines), "FAX07", "Rebaja")

    def test_total_that_differs_from_the_books(self):
        move = self.invoice()
        amounts = self.builder._l10n_co_openpce_get_amounts(move)
        amounts.lines[0].extension += 1
        with self.assertRaises(DianValidationError) as caught:
            self.builder._l10n_co_openpce_check_amounts(move, amounts)
        self.assertEqual(caught.exception.findings[0].code, "OPCE-TOTAL")

    def test_refusal_reaches_the_submission_with_the_line_to_mend(self):
        """The builder's refusal ends in state invalid, with a link to the right line."""
        tax = self.make_tax("Impuesto local", 3.0, False)
        discount = {
            "name": "Descuento",
            "quantity": 1,
            "price_unit": -100.0,
            "tax_ids": [Command.set(self.tax_iva_19.ids)],
        }
        lines = [
            discount,
            self.line(self.product_19, 1, 1000.0),
            self.line(self.product_19, 1, 1000.0, tax, name="Con impuesto local"),
        ]
        for sequence, line in enumerate(lines):
            line["sequence"] = sequence
        move = self.create_invoice(lines=lines, post=True)
        document = move.l10n_co_openpce_document_id.sudo()
        document._process()
        self.assertEqual(document.state, "invalid", "a refusal is for a person to mend")
        finding = document.findings[0]
        self.assertEqual(finding["code"], "FAX16")
        self.assertEqual(
            self.env["account.move.line"].browse(finding["record"][1]).name,
            "Con impuesto local",
            "the discount line above is no line of the document and must not shift the link",
        )

    def test_lines_in_the_order_of_the_screen(self):
        lines = [
            self.line(self.product_19, 1, 1000.0, name="Segunda", sequence=20),
            self.line(self.product_19, 1, 1000.0, name="Primera", sequence=10),
        ]
        root = self.build(self.invoice(lines))
        names = [element.text for element in root.iterfind("{*}InvoiceLine/{*}Item/{*}Description")]
        self.assertEqual(names, ["Primera", "Segunda"], "the document reads as the invoice does")

    def test_the_accountant_may_build(self):
        """An accountant sends invoices; nothing the document says needs an administrator."""
        move = self.invoice()
        expected = self.text(self.build(move), "cbc:UUID")
        self.env.flush_all()
        self.env.invalidate_all()
        builder = self.builder.with_user(self.accountant)
        root = builder._l10n_co_openpce_build(move.with_user(self.accountant), self.header)
        self.assertEqual(builder._l10n_co_openpce_identify(root, self.header), expected)

    def test_negative_quantity_and_price_are_a_sale(self):
        move = self.invoice([self.line(self.product_19, -2, -1000.0)])
        self.assert_arithmetic(self.build(move), move)

    def test_identify_again_replaces(self):
        move = self.invoice()
        root = self.build(move)
        first = self.text(root, "cbc:UUID")
        root.find(".//{*}LegalMonetaryTotal/{*}PayableAmount").text = "1.00"
        second = self.builder._l10n_co_openpce_identify(root, self.header)
        self.assertNotEqual(first, second, "the CUFE follows the amounts")
        self.assertEqual(len(root.findall("{*}UUID")), 1, "one UUID, replaced")
        self.assertEqual(len(root.findall(".//{*}QRCode")), 1, "one QR, replaced")
        self.assert_cufe(root)

    def test_unknown_child_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "Invoice/cac:Signature"):
            ubl_dian_template.render("Invoice", {"cac:Signature": {"cbc:ID": "1"}})
        with self.assertRaisesRegex(ValueError, "cac:InvoiceLine/cbc:Colour"):
            ubl_dian_template.render("Invoice", {"cac:InvoiceLine": [{"cbc:Colour": "red"}]})

    def test_order_is_the_templates(self):
        root = ubl_dian_template.render(
            "Invoice", {"cbc:ID": "1", "cbc:UBLVersionID": "UBL 2.1", "cac:OrderReference": {}}
        )
        names = [child.tag.rpartition("}")[2] for child in root]
        self.assertEqual(names, ["UBLVersionID", "ID"], "ZB01: schema order; empty nodes left out")

    def test_stock_methods_are_not_used(self):
        """Neither the stock node helpers nor the PDF embedding touch a DIAN document."""
        model = type(self.builder)
        with (
            patch.object(model, "_get_invoice_node", side_effect=AssertionError),
            patch.object(model, "_add_invoice_line_nodes", side_effect=AssertionError),
        ):
            self.build(self.invoice())
        with self.assertRaises(NotImplementedError):
            self.builder._export_invoice(self.invoice(number=2))
        formats = self.env["res.partner"]._get_ubl_cii_formats_info()
        builders = [self.env["res.partner"]._get_edi_builder(code) for code in formats]
        self.assertNotIn(
            "account.edi.xml.ubl_dian",
            [builder._name for builder in builders if builder is not None],
            "registered as a format it would be built again, with a PDF put inside",
        )
