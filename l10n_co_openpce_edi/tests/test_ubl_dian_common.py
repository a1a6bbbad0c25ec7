"""What the tests of the UBL builder share: header, build, golden files, arithmetic."""

import os
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

from lxml import etree
from odoo import Command

from ..dian import identifiers
from ..dian.codes import Environment
from ..dian.ubl.namespaces import path
from ..models.dian_header import DianHeader
from .common import COMPANY_NIT, SOFTWARE_ID, SOFTWARE_PIN, TECHNICAL_KEY, OpenPCECommon

GOLDEN = Path(__file__).parent / "golden"
#: Set to write the golden files instead of comparing with them; review the difference in git.
WRITE_SWITCH = "OPENPCE_WRITE_GOLDEN"
ISSUED_AT = datetime(2025, 3, 14, 10, 30, 0, tzinfo=timezone(timedelta(hours=-5)))
#: Paths of nodes that differ from run to run and are blanked before comparing. There is none:
#: dates, numbers, keys and software are fixed, so that even the CUFE is the same each time.
VOLATILE = ()


class UblDianCommon(OpenPCECommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.builder = cls.env["account.edi.xml.ubl_dian"]
        cls.means_transfer = cls.env["l10n_co_openpce.payment.means"].search(
            [("code", "=", "47")], limit=1
        )
        cls.header = DianHeader(
            issued_at=ISSUED_AT,
            environment=Environment.TEST,
            software_id=SOFTWARE_ID,
            software_pin=SOFTWARE_PIN,
            technical_key=TECHNICAL_KEY,
            provider_nit=COMPANY_NIT,
            resolution="18760000001",
            prefix="SETP",
            first=990000000,
            last=995000000,
            start=date(2019, 1, 19),
            end=date(2030, 1, 19),
        )

    @classmethod
    def make_tax(cls, name, amount, code, amount_type="percent", **values):
        return cls.env["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "amount_type": amount_type,
                "type_tax_use": "sale",
                "company_id": cls.company.id,
                "country_id": cls.env.ref("base.co").id,
                "l10n_co_openpce_tax_code": code,
                "l10n_co_openpce_treatment": "taxed",
                **values,
            }
        )

    @classmethod
    def make_product(cls, name, code, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "default_code": code,
                "lst_price": 1000.0,
                "taxes_id": [Command.set(cls.tax_iva_19.ids)],
                **values,
            }
        )

    def line(self, product, quantity, price, *taxes, **values):
        """Line values; with ``taxes`` instead of the product's own ones when given."""
        own = {"tax_ids": [Command.set([tax.id for tax in taxes])]} if taxes else {}
        return {
            "product_id": product.id,
            "quantity": quantity,
            "price_unit": price,
            **own,
            **values,
        }

    def invoice(self, lines=None, partner=None, number=1, **values):
        """A posted invoice with number SETP99000xxxx, dated the day of the header."""
        return self.create_invoice(
            partner,
            lines,
            post=True,
            **{
                "name": f"SETP{990000000 + number}",
                "invoice_date": ISSUED_AT.date(),
                "invoice_payment_term_id": False,
                "invoice_date_due": ISSUED_AT.date(),
                **values,
            },
        )

    def build(self, move):
        """The identified document of ``move``."""
        root = self.builder._l10n_co_openpce_build(move, self.header)
        self.builder._l10n_co_openpce_identify(root, self.header)
        return root

    def text(self, root, names):
        return root.findtext(path(names))

    def decimal(self, root, names):
        return Decimal(self.text(root, names) or "0")

    # -- golden files ---------------------------------------------------------------------------

    def assert_golden(self, move, name=None):
        """The document is the one in ``golden/<test name>.xml``, and holds the books' total."""
        name = name or self._testMethodName.removeprefix("test_")
        root = self.build(move)
        self.assert_arithmetic(root, move)
        file = GOLDEN / f"{name}.xml"
        if os.environ.get(WRITE_SWITCH):
            tree = etree.fromstring(etree.tostring(root))
            etree.indent(tree, "  ")
            data = etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
            file.write_bytes(data + b"\n")
        self.assertTrue(file.is_file(), f"{file.name} is missing: write it with {WRITE_SWITCH}=1")
        expected = etree.fromstring(
            file.read_bytes(), etree.XMLParser(remove_blank_text=True, resolve_entities=False)
        )
        self.assertEqual(
            _canonical(root), _canonical(expected), f"the document differs from golden/{name}.xml"
        )
        return root

    # -- arithmetic -----------------------------------------------------------------------------

    def assert_arithmetic(self, root, move):
        """Every sum the rules check, to the cent; every product within the annex's tolerance."""
        totals = root.find(path("cac:LegalMonetaryTotal"))
        lines = root.findall(path("cac:InvoiceLine"))
        self.assert_lines(lines)
        extension = sum(self.decimal(line, "cbc:LineExtensionAmount") for line in lines)
        tax = self.assert_taxes(root, lines)
        exclusive = sum(
            Decimal(base.text)
            for line in lines
            for total in line.findall(path("cac:TaxTotal"))[:1]
            for base in total.findall(path("cac:TaxSubtotal/cbc:TaxableAmount"))
        )
        allowance, charge = self.adjustments(root)
        rounding = self.decimal(totals, "cbc:PayableRoundingAmount")
        payable = extension + tax - allowance + charge + rounding
        for rule, names, expected in (
            ("FAU02", "cbc:LineExtensionAmount", extension),
            ("FAU04", "cbc:TaxExclusiveAmount", exclusive),
            ("FAU06", "cbc:TaxInclusiveAmount", extension + tax),
            ("FAU08", "cbc:AllowanceTotalAmount", allowance),
            ("FAU10", "cbc:ChargeTotalAmount", charge),
            ("FAU14", "cbc:PayableAmount", payable),
        ):
            self.assertEqual(self.decimal(totals, names), expected, f"{rule}: exact to the cent")
        self.assertLessEqual(abs(rounding), 2, "5.2.1.1: FAU14 tolerates a rounding of 2.00")
        withheld = sum(
            -line.tax_line_id._l10n_co_openpce_is_withholding() * line.balance
            for line in move.line_ids
            if line.tax_line_id
        )
        booked = Decimal(repr(round(abs(move.amount_total_signed) - withheld, 2)))
        self.assertEqual(payable, booked, "the document says what the books say")

    def adjustments(self, element):
        found = {"false": Decimal(0), "true": Decimal(0)}
        for item in element.findall(path("cac:AllowanceCharge")):
            amount, base = self.decimal(item, "cbc:Amount"), self.decimal(item, "cbc:BaseAmount")
            factor = self.decimal(item, "cbc:MultiplierFactorNumeric")
            self.assertLessEqual(
                abs(base * factor / 100 - amount), 2, "FBE06: amount = base × factor"
            )
            self.assertTrue(0 <= factor <= 100, "FAQ06: a factor goes from 0 to 100")
            self.assertGreater(amount, 0, "VLR01: an adjustment is positive")
            found[self.text(item, "cbc:ChargeIndicator")] += amount
        return found["false"], found["true"]

    def assert_lines(self, lines):
        for line in lines:
            allowance, charge = self.adjustments(line)
            amount = self.decimal(line, "cbc:LineExtensionAmount")
            quantity = self.decimal(line, "cac:Price/cbc:BaseQuantity")
            price = self.decimal(line, "cac:Price/cbc:PriceAmount")
            self.assertGreater(quantity, 0, "FAV04b: quantities are positive")
            self.assertGreaterEqual(amount, 0, "VLR01: amounts are not negative")
            self.assertLessEqual(
                abs(price * quantity - allowance + charge - amount), 2, "FAV06 within 5.2.1.1"
            )

    def assert_taxes(self, root, lines):
        """FAS01a, FAS02, FAS07, FAX07; returns the sum of the header totals."""
        header = {}
        for total in root.findall(path("cac:TaxTotal")):
            code = self.text(total, "cac:TaxSubtotal/cac:TaxCategory/cac:TaxScheme/cbc:ID")
            self.assertNotIn(code, header, "FAS01a: one header total for each tax")
            header[code] = self.assert_total(total)
        found = {}
        for line in lines:
            for total in line.findall(path("cac:TaxTotal")):
                code = self.text(total, "cac:TaxSubtotal/cac:TaxCategory/cac:TaxScheme/cbc:ID")
                found[code] = found.get(code, Decimal(0)) + self.assert_total(total)
        self.assertEqual(header, found, "FAS01b: header and lines state the same taxes")
        for total in root.iter(path("cac:WithholdingTaxTotal")):
            self.assert_total(total)
        return sum(header.values(), Decimal(0))

    def assert_total(self, total):
        amount = self.decimal(total, "cbc:TaxAmount")
        subtotals = total.findall(path("cac:TaxSubtotal"))
        parts = [self.decimal(subtotal, "cbc:TaxAmount") for subtotal in subtotals]
        self.assertEqual(amount, sum(parts), "FAS02: a tax is the sum of its rates")
        for subtotal, part in zip(subtotals, parts, strict=True):
            self.assertGreaterEqual(part, 0, "VLR01: a tax is not negative")
            per_unit = self.text(subtotal, "cbc:PerUnitAmount")
            if per_unit:
                computed = Decimal(per_unit) * self.decimal(subtotal, "cbc:BaseUnitMeasure")
                if self.text(subtotal, "cac:TaxCategory/cac:TaxScheme/cbc:ID") == "34":
                    computed /= 100
            else:
                base = self.decimal(subtotal, "cbc:TaxableAmount")
                computed = base * self.decimal(subtotal, "cac:TaxCategory/cbc:Percent") / 100
            self.assertLessEqual(abs(computed - part), 2, "FAS07/FAX07 within 5.2.1.1")
        return amount

    def assert_cufe(self, root):
        expected = identifiers.cufe(identifiers.inputs_from(root), TECHNICAL_KEY)
        self.assertEqual(self.text(root, "cbc:UUID"), expected, "FAD06: DIAN recomputes the CUFE")


def _canonical(root):
    """Canonical text of a document, volatile nodes blanked, one element a line for the diff."""
    root = etree.fromstring(etree.tostring(root))
    for names in VOLATILE:
        for element in root.findall(path(names)):
            element.text = ""
    text = etree.tostring(root, method="c14n", exclusive=True).decode()
    return text.replace("><", ">\n<").splitlines()
