"""In the browser: the ways of a bill over the desk: mended, cleared, returned, forwarded, read."""

import io
from datetime import date
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from reportlab.pdfgen import canvas

from .bill_common import BillCommon


def make_page(*lines):
    """A PDF of one page with a text layer."""
    stream = io.BytesIO()
    page = canvas.Canvas(stream)
    page.setFont("Helvetica", 16)
    for number, line in enumerate(lines):
        page.drawString(72, 740 - 40 * number, line)
    page.showPage()
    page.save()
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestToursDeskWay(BillCommon, HttpCase):
    browser_size = "1600x900"  # all three panes

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._distribution(cls.ana)
        cls._approval(cls.beto)
        cls.supplier.lang = "en_US"
        # names of its own: the screens may be in any language
        cls.product.name = "Freight T"
        text = "It lacks the order number"
        cls.env["openpce.bill.reason"].create(
            [
                {"kind": "duplicate", "name": "Reason D"},
                {"kind": "forward", "name": "Reason F"},
                {"kind": "return", "name": "Reason R", "text": text},
            ]
        )

    def _desk(self, screen, tour, login="wf_ana"):
        self.start_tour(f"/odoo/bill-{screen}", f"openpce_desk_{tour}", login=login)

    def _twice(self):
        """A bill that repeats another one, which is further on its way."""
        first = self._bill(number="T-TWICE")
        self._as(self.ana, first).action_validate()
        bill = self._bill(number="T-TWICE")
        self.assertEqual((bill.state, bill.repeated), ("to_revise", True))
        return bill

    def test_a_line_with_the_keyboard(self):
        bill = self._bill(number="T-LINE")
        self._desk("treatment", "line")
        self.assertEqual(bill.state, "in_treatment", "the document says 100")
        lines = bill.move_id.invoice_line_ids
        self.assertEqual(lines.mapped("price_unit"), [100, 50])
        self.assertEqual(lines[1].product_id, self.product)

    def test_an_incomplete_one_is_completed(self):
        twice = self._twice()
        bill = self._bill(amount=70, ref=False)
        self.assertEqual((bill.state, bill.incomplete), ("to_revise", True))
        self._desk("revision", "complete")
        self.assertEqual((bill.state, bill.move_id.ref), ("in_treatment", "T-WHOLE"))
        self.assertEqual(twice.state, "to_revise")

    def test_a_repeated_one_is_cleared(self):
        bill = self._twice()
        self._desk("revision", "not_duplicate", login="wf_beto")
        self.assertEqual((bill.state, bill.cleared), ("in_treatment", True))

    def test_a_return(self):
        bills = self._bill(number="T-BACK-1") | self._bill(number="T-BACK-2")
        self._desk("treatment", "return")
        self.assertEqual(bills.mapped("state"), ["returned", "in_treatment"])
        self.assertEqual(bills[0].move_id.payment_reference, "Kept")
        mail = self.env["mail.mail"].search([("res_id", "=", bills[0].move_id.id)])
        self.assertIn("Ask the buyer for it", mail.body_html)

    def test_forwarding_on_the_phone(self):
        bill = self._bill(number="T-THUMB")
        self._as(self.ana, bill).action_validate()
        with (
            patch.object(type(self), "browser_size", "375x667"),
            patch.object(type(self), "touch_enabled", True),
        ):
            self._desk("approval", "phone_forward", login="wf_beto")
        self.assertEqual(self._open_tasks(bill), [("approve", 1, "wf_carla")])

    def test_another_window_was_faster(self):
        bill = self._bill(number="T-TAKEN")
        self._desk("treatment", "overtaken")
        self.assertEqual((bill.state, bill.move_id.payment_reference), ("in_approval", "Both"))

    def test_words_of_the_document(self):
        bill = self._bill(number="T-WORD", invoice_date=False)
        self.assertEqual(bill.state, "to_revise")
        self.env["ir.attachment"].create(
            {
                "name": "bill.pdf",
                "raw": make_page("Reference PAY-4711", "Date 2026-03-12", "Total 1,234.50"),
                "res_model": "account.move",
                "res_id": bill.move_id.id,
            }
        )
        self._desk("revision", "word")
        self.assertEqual(bill.move_id.payment_reference, "PAY-4711")
        self.assertEqual(bill.move_id.invoice_date, date(2026, 3, 12))
        self.assertEqual(bill.document_total, 1234.5)
        self.assertEqual(bill.move_id.invoice_line_ids.price_unit, 1234.5)

    def test_sorting_and_searching(self):
        bills = self.env["openpce.bill"]
        for number in range(1, 4):
            bills |= self._bill(number=f"T-FIND-{number}", amount=100 * number)
        versions = bills.move_id.mapped("openpce_version")
        self._desk("treatment", "sort")
        self.assertEqual(bills.move_id.mapped("openpce_version"), versions, "looking is no change")
