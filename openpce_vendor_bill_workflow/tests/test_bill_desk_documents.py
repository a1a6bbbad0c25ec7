"""The files of a bill on the desk: which, in which order, for whom; hostile XML."""

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, TransactionCase, tagged

from ..tools import ubl_picture
from .bill_common import BillCommon

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
INVOICE = f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="{UBL}Invoice-2" xmlns:cac="{UBL}CommonAggregateComponents-2"
 xmlns:cbc="{UBL}CommonBasicComponents-2">
 <cbc:ID>SETP-7</cbc:ID><cbc:UUID>c0ffee</cbc:UUID><cbc:IssueDate>2026-03-12</cbc:IssueDate>
 <cbc:Note>&lt;script&gt;alert(1)&lt;/script&gt;</cbc:Note>
 <cbc:DocumentCurrencyCode>COP</cbc:DocumentCurrencyCode>
 <cac:AccountingSupplierParty><cac:Party><cac:PartyTaxScheme>
  <cbc:RegistrationName>Shipping Line</cbc:RegistrationName>
  <cbc:CompanyID schemeID="1">900123456</cbc:CompanyID>
 </cac:PartyTaxScheme></cac:Party></cac:AccountingSupplierParty>
 <cac:LegalMonetaryTotal><cbc:LineExtensionAmount>100000.00</cbc:LineExtensionAmount>
  <cbc:PayableAmount>119000.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
 <cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity>2</cbc:InvoicedQuantity>
  <cbc:LineExtensionAmount>100000.00</cbc:LineExtensionAmount>
  <cac:Item><cbc:Description>Freight</cbc:Description></cac:Item></cac:InvoiceLine>
</Invoice>""".encode()
WRAPPED = b"".join(
    (
        f'<AttachedDocument xmlns="{UBL}AttachedDocument-2" '.encode(),
        f'xmlns:cac="{UBL}CommonAggregateComponents-2" '.encode(),
        f'xmlns:cbc="{UBL}CommonBasicComponents-2">'.encode(),
        b"<cac:Attachment><cac:ExternalReference><cbc:Description><![CDATA[",
        INVOICE,
        b"]]></cbc:Description></cac:ExternalReference></cac:Attachment></AttachedDocument>",
    )
)
PDF = b"%PDF-1.4\n%%EOF"


@tagged("post_install", "-at_install")
class TestUblPicture(TransactionCase):
    def test_an_invoice_with_and_without_its_wrapping(self):
        for content in (INVOICE, WRAPPED):
            picture = ubl_picture.read(content)
            self.assertEqual((picture["kind"], picture["number"]), ("Invoice", "SETP-7"))
            self.assertEqual(picture["supplier"]["vat"], "900123456-1")
            self.assertEqual(picture["totals"]["payable"], "119000.00")
            self.assertEqual(picture["lines"][0]["name"], "Freight")

    def test_hostile_files_are_refused(self):
        entity = b'<!DOCTYPE Invoice [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        doctype = INVOICE.replace(b"?>", b"?>" + entity, 1)
        hostile = {
            "entity": doctype,
            "hidden in UTF-16": doctype.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
            "huge": INVOICE + b" " * ubl_picture.MAX_BYTES,
            "cut off": INVOICE[:200],
            "other": b"<html/>",
            "binary": b"\x00\xff",
            "empty": b"",
            "empty wrapping": WRAPPED.replace(INVOICE, b""),
        }
        for name, content in hostile.items():
            with self.subTest(name), self.assertRaises(ubl_picture.PictureError):
                ubl_picture.read(content)

    def test_lines_are_bounded(self):
        start, end = INVOICE.index(b"<cac:InvoiceLine>"), INVOICE.index(b"</Invoice>")
        many = INVOICE[:start] + INVOICE[start:end] * 600 + INVOICE[end:]
        picture = ubl_picture.read(many)
        self.assertEqual((len(picture["lines"]), picture["more_lines"]), (500, 100))


@tagged("post_install", "-at_install")
class TestBillDeskDocuments(BillCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._distribution(cls.ana)
        cls.bill = cls._bill(number="T-FILES")
        cls.notes = cls._attach("notes.txt", b"see the order")
        cls.xml = cls._attach("invoice.xml", INVOICE)
        cls.pdf = cls._attach("invoice.pdf", PDF)

    @classmethod
    def _attach(cls, name, raw, bill=None, **values):
        return cls.env["ir.attachment"].create(
            {
                "name": name,
                "raw": raw,
                "res_model": "account.move",
                "res_id": (bill or cls.bill).move_id.id,
                **values,
            }
        )

    def test_the_document_comes_first_then_its_picture(self):
        files = self._as(self.ana, self.bill).get_desk_documents()[self.bill.id]
        self.assertEqual(
            [(file["id"], file["kind"]) for file in files],
            [
                (self.pdf.id, "pdf"),
                (f"picture-{self.xml.id}", "picture"),
                (self.notes.id, "annex"),
                (self.xml.id, "annex"),
            ],
        )

    def test_a_wrong_type_promises_no_picture(self):
        bill = self._bill(number="T-WRONG")
        self._attach("invoice.xml", PDF, bill)
        self._attach("bad.pdf", INVOICE, bill, mimetype="application/pdf")
        files = self._as(self.ana, bill).get_desk_documents()[bill.id]
        self.assertNotIn("picture", [file["kind"] for file in files])

    def test_bills_of_others_are_refused(self):
        for user in (self.plain, self.foreign_manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.bill.with_user(user).get_desk_documents()

    def test_many_bills_cost_as_much_as_one(self):
        bills = self.bill
        for number in range(5):
            bill = self._bill(number=f"T-MANY-{number}")
            self._attach("bill.pdf", PDF, bill)
            bills |= bill

        def count(asked):
            asked = self._as(self.ana, asked)
            asked.env.invalidate_all()
            before = self.env.cr.sql_log_count
            asked.get_desk_documents()
            return self.env.cr.sql_log_count - before

        count(bills)  # the caches of rights
        alone = count(self.bill)
        self.assertLessEqual(count(bills), alone)
        self.assertLessEqual(alone, 5)

    def test_the_picture_is_escaped_and_runs_nothing(self):
        self.env["res.lang"]._activate_lang("en_US")
        self.ana.lang = "en_US"
        self.authenticate("wf_ana", "wf_ana")
        page = self.url_open(f"/openpce/bill/picture/{self.xml.id}")
        self.assertEqual(page.status_code, 200)
        self.assertTrue(page.text.lstrip().startswith("<!DOCTYPE html>"), "else clicks miss words")
        self.assertIn("119,000.00", page.text)
        self.assertIn("03/12/2026", page.text)
        self.assertIn("&lt;script&gt;", page.text)
        self.assertNotIn("<script", page.text)
        self.assertIn("default-src 'none'", page.headers["Content-Security-Policy"])
        self.assertIn("nosniff", page.headers["X-Content-Type-Options"])

    def test_the_picture_is_written_as_the_user_writes(self):
        self.env["res.lang"]._activate_lang("es_CO")
        self.ana.lang = "es_CO"
        strange = INVOICE.replace(b">100000.00<", b">1e999999<").replace(b">2026-03-12<", b">soon<")
        self.assertNotEqual(strange, INVOICE)
        self.xml.raw = strange
        self.authenticate("wf_ana", "wf_ana")
        page = self.url_open(f"/openpce/bill/picture/{self.xml.id}").text
        self.assertIn("119.000,00", page)
        self.assertIn("A pagar", page)
        for as_it_is in ("1e999999", "soon"):
            self.assertIn(as_it_is, page)

    def test_the_picture_of_a_damaged_file_says_so(self):
        self.authenticate("wf_ana", "wf_ana")
        page = self.url_open(f"/openpce/bill/picture/{self.pdf.id}")
        self.assertEqual(page.status_code, 200)
        self.assertIn("invoice.pdf", page.text)

    def test_the_picture_is_for_who_may_see_the_bill(self):
        url = f"/openpce/bill/picture/{self.xml.id}"
        for login in ("wf_plain", "wf_foreign"):
            self.authenticate(login, login)
            self.assertEqual(self.url_open(url).status_code, 404, login)
        self.authenticate(None, None)
        self.assertNotIn("119000.00", self.url_open(url).text)
