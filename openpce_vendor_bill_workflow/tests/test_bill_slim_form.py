"""The document's form as people without accounting rights use it (R84, R88, R102, R119, R120)."""

from lxml import etree
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .bill_common import BillCommon

VIEW = "openpce_vendor_bill_workflow.account_move_view_form_bill"


@tagged("post_install", "-at_install")
class TestBillSlimForm(BillCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._distribution(cls.ana)
        cls.kind, cls.other_kind = cls.env["openpce.traffic.type"].create(
            [
                {"code": "SEA", "name": "Sea", "company_id": cls.company.id},
                {"code": "AIR", "name": "Air", "company_id": cls.company.id},
            ]
        )
        cls.traffic = cls.env["openpce.traffic"].create(
            {
                "code": "FCL",
                "name": "Full container",
                "type_id": cls.kind.id,
                "company_id": cls.company.id,
            }
        )

    def _form(self, user, bill):
        return Form(bill.move_id.with_user(user).with_company(self.company), VIEW)

    def test_r88_a_reviewer_corrects_what_came_empty(self):
        bill = self._bill(invoice_date=False)
        form = self._form(self.ana, bill)
        self.assertEqual(form.openpce_missing, ["invoice_date"])
        self.assertTrue(form.openpce_may_edit)
        form.invoice_date = "2026-02-03"
        self.assertFalse(form.openpce_missing, "it is not red any more while typing")
        form.save()
        self._as(self.ana, bill).action_revise()
        self.assertEqual(bill.state, "in_treatment")

    def test_r102_a_reviewer_types_the_routing(self):
        bill = self._bill()
        form = self._form(self.ana, bill)
        form.openpce_division_id = self.division
        form.openpce_traffic_id = self.traffic
        form.openpce_documents = "MEDU1, MEDU2"
        form.openpce_direction = "import"
        form.payment_reference = "PAY 1"
        form.save()
        self.assertEqual(
            (bill.division_id, bill.traffic_id, bill.traffic_type_id, bill.documents),
            (self.division, self.traffic, self.kind, "MEDU1, MEDU2"),
        )
        self.assertEqual(bill.direction, "import")
        self.assertEqual(bill.move_id.payment_reference, "PAY 1")

    def test_r108_a_reviewer_enters_lines_and_sees_the_difference(self):
        bill = self._bill(100)
        form = self._form(self.ana, bill)
        self.assertFalse(form.openpce_rest_total)
        with form.invoice_line_ids.edit(0) as line:
            line.price_unit = 60
        self.assertEqual(form.openpce_rest_total, 40, "before saving")
        with form.invoice_line_ids.new() as line:
            line.product_id = self.product
            line.price_unit = 40
            line.tax_ids.clear()
            line.openpce_division_id = self.division
            line.openpce_document = "MEDU1"
            line.openpce_owner_id = self.beto
        self.assertFalse(form.openpce_rest_total)
        form.save()
        lines = bill.move_id.invoice_line_ids
        self.assertEqual(lines.mapped("price_unit"), [60, 40])
        self.assertEqual(lines[1].openpce_owner_id, self.beto)
        self.assertEqual(lines[1].account_id, self.expense)
        self.assertFalse(self._as(self.ana, bill)._get_differences())

    def test_r110_what_the_form_shows_is_what_the_check_finds(self):
        """Taxes, withholdings and a stated withholding, in the form and in the engine (A31)."""
        bill = self._bill(100)
        bill.sudo().write({"document_untaxed": 100, "document_tax": 19, "document_total": 119})
        bill.move_id.with_user(self.ana).invoice_line_ids.tax_ids = [
            Command.set((self.vat | self.withholding).ids)
        ]
        for stated in (0, -4):
            bill.sudo().write({"document_withholding": stated, "document_total": 119 + stated})
            with self.subTest(stated=stated):
                form = self._form(self.ana, bill)
                self.assertEqual(form.openpce_lines_tax, 19)
                self.assertEqual(form.openpce_lines_withholding, -4)
                self.assertFalse(form.openpce_rest_total)
                self.assertFalse(self._as(self.ana, bill)._get_differences())
        bill.sudo().document_tax = 20
        form = self._form(self.ana, bill)
        self.assertEqual(form.openpce_rest_tax, 1)
        (found,) = self._as(self.ana, bill)._get_differences()
        self.assertEqual((found.field, found.difference), ("tax", 1))

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_r120_in_approval_only_supervisors_type(self):
        self._approval(self.beto)
        bill = self._bill()
        self._as(self.ana, bill).action_validate()
        self.assertFalse(self._form(self.ana, bill).openpce_may_edit)
        with self.assertRaises(AccessError):
            bill.move_id.with_user(self.ana).ref = "changed"
        form = self._form(self.carla, bill)
        self.assertTrue(form.openpce_may_edit)
        form.ref = "R-120"
        form.openpce_division_id = self.division
        form.save()
        self.assertEqual((bill.ref, bill.division_id), ("R-120", self.division))

    def test_a37_an_approved_bill_is_read_only(self):
        bill = self._bill()
        self._as(self.ana, bill).action_validate()
        for user in (self.ana, self.beto):
            self.assertFalse(self._form(user, bill).openpce_may_edit)

    def test_who_does_not_hold_it_reads(self):
        """A reviewer who had the bill sees it and who has it now."""
        bill = self._bill()
        reason = self.env["openpce.bill.reason"].search([("kind", "=", "forward")], limit=1)
        self._as(self.ana, bill)._forward(reason, "", user=self.beto)
        form = self._form(self.ana, bill)
        self.assertFalse(form.openpce_may_edit)
        self.assertEqual(form.openpce_holder, self.beto.display_name)
        self.assertFalse(form.openpce_actions)
        self.assertTrue(form.openpce_log_ids)

    def test_what_the_document_says_is_typed_in_revision_alone(self):
        bill = self._bill(invoice_date=False)
        form = self._form(self.ana, bill)
        form.openpce_document_total = 120
        form.save()
        self.assertEqual(bill.document_total, 120)
        form = self._form(self.ana, self._bill())
        with self.assertRaises(AssertionError, msg="read-only in the treatment"):
            form.openpce_document_total = 1

    def test_a_reviewer_fills_the_widgets_of_a_line(self):
        """What the fields of the lines ask the server for when they are opened."""
        env = self.env(user=self.ana.id, context={"allowed_company_ids": self.company.ids})
        plans = env["account.analytic.plan"].get_relevant_plans(
            business_domain="bill", company_id=self.company.id
        )
        self.assertIsInstance(plans, list)
        for model in (
            "product.product",
            "account.account",
            "account.tax",
            "account.analytic.account",
            "openpce.division",
            "openpce.traffic",
            "openpce.transport.file",
            "res.users",
            "res.partner.bank",
            "account.payment.term",
            "res.currency",
        ):
            with self.subTest(model):
                env[model].name_search("", limit=1)

    def test_the_amount_of_a_line_is_in_sight(self):
        """No other addon shows columns that push it off beside the PDF."""
        env = self.env(context={"allowed_company_ids": self.company.ids})
        arch = etree.fromstring(env["account.move"].get_view(self.env.ref(VIEW).id, "form")["arch"])
        (lines,) = arch.xpath("//field[@name='invoice_line_ids']/list")
        for name in ("quantity", "discount", "openpce_document"):
            self.assertEqual(lines.find(f"field[@name='{name}']").get("optional"), "hide", name)

    def test_the_pdf_is_shown(self):
        bill = self._bill()
        file = self.env["ir.attachment"].create(
            {
                "name": "bill.pdf",
                "raw": b"%PDF-1.4",
                "res_model": "account.move",
                "res_id": bill.move_id.id,
            }
        )
        move = bill.move_id.with_user(self.ana)
        self.assertEqual(move.openpce_file_id, file)
        self.assertEqual(
            self._as(self.ana, bill)._get_mail_thread_data_attachments(),
            file,
            "the file of the document is beside the bill too",
        )
