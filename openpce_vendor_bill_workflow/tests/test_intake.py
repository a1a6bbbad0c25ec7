"""One record for each delivery: nothing lost, nothing twice, every failure with its sentence."""

import io
import zipfile
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .intake_common import XML, IntakeCommon, make_mail, make_pdf

CAPTURE = "odoo.addons.openpce_vendor_bill_workflow.models.openpce_bill_intake_capture"


@tagged("post_install", "-at_install")
class TestIntake(IntakeCommon):
    def test_r80_a_pdf_becomes_a_draft_with_the_file_beside_it(self):
        intake = self._receive()
        bill = intake.bill_ids
        self.assertEqual(intake.state, "captured")
        self.assertEqual((bill.state, bill.source), ("captured", "upload"))
        self.assertEqual(bill.move_id.move_type, "in_invoice")
        self.assertEqual(bill.move_id.journal_id, self.journal)
        self.assertEqual(bill.sudo().file_hash, intake.file_hash)
        self.assertTrue(bill.captured, "what was captured can be given back")
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", bill.move_id.id)]
        )
        self.assertEqual(files.raw, self.pdf, "the bill has the file")
        self.assertEqual(intake.attachment_ids.raw, self.pdf, "the delivery keeps its own")
        self.assertEqual(bill.move_id.message_main_attachment_id, files, "and shows it")

    def test_r82_what_lacks_data_stops_in_revision(self):
        self.company.openpce_require_file = True
        bill = self._receive().bill_ids
        self.env["openpce.bill"]._cron_verify()
        self.assertEqual(bill.state, "to_revise")
        self.assertIn("partner_id", bill.missing)
        self.assertTrue(bill.task_ids, "somebody has it")

    def test_files_that_belong_together_are_one_bill(self):
        intake = self._receive(("bill.pdf", self.pdf), ("bill.xml", XML))
        self.assertEqual(len(intake.bill_ids), 1)
        self.assertEqual(len(intake.attachment_ids), 2)

    def test_several_bills_in_one_delivery(self):
        intake = self._receive(("a.pdf", make_pdf("a")), ("b.pdf", make_pdf("b")))
        self.assertEqual(len(intake.bill_ids), 2)
        self.assertEqual(len(intake.captured), 2)

    def test_an_archive_is_opened(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("bill.pdf", self.pdf)
            archive.writestr("bill.xml", XML)
        intake = self._receive(("bills.zip", stream.getvalue()))
        self.assertEqual(intake.state, "captured")
        self.assertEqual(len(intake.bill_ids), 1)
        self.assertEqual(intake.attachment_ids.mapped("name"), ["bills.zip"], "kept as it came")

    def test_the_same_files_again_make_no_bill_and_are_told(self):
        first = self._receive()
        again = self._receive(("other name.pdf", self.pdf))
        self.assertEqual((again.state, again.original_id), ("duplicate", first))
        self.assertFalse(again.bill_ids)
        self.assertIn("bill.pdf", again.error)
        self.assertEqual(again.attachment_ids.raw, self.pdf, "nothing that came is thrown away")
        self.assertEqual(first.repeat_count, 1)
        self.assertEqual(len(first.bill_ids), 1)

    def test_the_same_files_of_another_company_are_another_delivery(self):
        self._receive()
        self.other_company.openpce_bill_workflow = True
        self.env["account.journal"].create(
            {
                "name": "Bills",
                "code": "OBILL",
                "type": "purchase",
                "company_id": self.other_company.id,
            }
        )
        other = self.intakes._receive([("a.pdf", self.pdf)], "upload", self.other_company)
        self.assertEqual(other.state, "captured")
        self.assertEqual(other.bill_ids.company_id, self.other_company)

    def test_a_duplicate_is_captured_all_the_same_when_somebody_says_so(self):
        self._receive()
        again = self._receive()
        again.with_user(self.accountant).action_retry()
        self.assertEqual(again.state, "captured")
        self.assertEqual(len(again.bill_ids), 1)
        self.env["openpce.bill"]._cron_verify()
        first = again.original_id.bill_ids
        self.assertEqual(again.bill_ids.duplicate_ids, first.move_id, "and the bill says so, too")

    def test_a_pdf_that_is_not_one(self):
        page = b"<!DOCTYPE html><html>Your session has expired</html>"
        intake = self._receive(("bill.pdf", page))
        self.assertEqual(intake.state, "unreadable")
        self.assertIn("bill.pdf is neither PDF nor XML", intake.error)
        self.assertEqual(intake.attachment_ids.raw, page)
        self.assertFalse(intake.bill_ids)

    def test_a_page_sent_as_a_bill_is_not_shown_as_a_page(self):
        for name in ("bill.pdf", "bill.html"):
            page = f"<html><script>alert('{name}')</script></html>".encode()
            intake = self._receive((name, page))
            self.assertEqual(intake.attachment_ids.mimetype, "application/x-unknown")

    def test_a_file_of_no_use_beside_a_good_one(self):
        intake = self._receive(("bill.pdf", self.pdf), ("virus.pdf", b"MZ\x90"), ("n.pdf", b""))
        self.assertEqual(intake.state, "captured")
        self.assertIn("virus.pdf is neither", intake.error)
        self.assertIn("n.pdf is empty", intake.error)

    def test_a_pdf_that_is_broken_is_a_bill_to_be_typed(self):
        intake = self._receive(("bill.pdf", self.pdf[: len(self.pdf) // 2]))
        self.assertEqual(intake.state, "captured", "a viewer may still show it")

    def test_a_bomb_is_told_and_opened_by_nobody(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("bill.pdf", b"\0" * 100_000_000)
        intake = self._receive(("bills.zip", stream.getvalue()))
        self.assertEqual(intake.state, "unreadable")
        self.assertIn("unpacks to more than is allowed", intake.error)

    def test_hostile_xml_opens_no_file_and_eats_no_memory(self):
        secret = self.inbox / "secret"
        secret.write_text("only the server knows", encoding="ascii")
        laughs = "".join(
            f'<!ENTITY l{level} "{"&l%s;" % (level - 1) * 10}">' for level in range(1, 10)
        )
        hostile = {
            "reads.xml": f'<!DOCTYPE i [<!ENTITY x SYSTEM "file://{secret}">]><i>&x;</i>',
            "grows.xml": f'<!DOCTYPE i [<!ENTITY l0 "ha">{laughs}]><i>&l9;</i>',
        }
        for name, text in hostile.items():
            intake = self._receive((name, f"<?xml version='1.0'?>{text}".encode()))
            self.assertEqual(intake.state, "captured", "a bill to be typed, with the file")
            trees = self.env["account.move"]._to_files_data(intake.attachment_ids)
            for tree in (file["xml_tree"] for file in trees if file["xml_tree"] is not None):
                self.assertNotIn("server knows", "".join(tree.itertext()))

    def test_a_pdf_of_200_pages(self):
        intake = self._receive(("long.pdf", make_pdf("long", pages=200)))
        self.assertEqual(intake.state, "captured")
        self.assertEqual(len(intake.bill_ids), 1)

    @mute_logger(CAPTURE)
    def test_a_capture_that_fails_loses_nothing_and_can_be_tried_again(self):
        moves = type(self.env["account.move"])
        with patch.object(moves, "_to_files_data", side_effect=ZeroDivisionError("boom")):
            intake = self._receive()
        self.assertEqual(intake.state, "unreadable")
        self.assertIn("boom", intake.error)
        self.assertIn("ZeroDivisionError", intake.sudo().trace)
        self.assertFalse(intake.bill_ids, "half a bill is undone")
        intake.with_user(self.accountant).action_retry()
        self.assertEqual((intake.state, intake.error), ("captured", False))
        with self.assertRaises(UserError):
            intake.with_user(self.accountant).action_retry()

    @mute_logger("odoo.addons.account.models.account_document_import_mixin")
    def test_a_decoder_that_fails_leaves_a_bill_to_be_typed(self):
        moves = type(self.env["account.move"])

        def fail(_move, _file_data, _new):
            raise ValueError("not a bill at all")

        decoder = {"priority": 20, "decoder": fail}
        with patch.object(moves, "_get_edi_decoder", lambda *_args, **_named: decoder):
            intake = self._receive(("bill.xml", XML))
        self.assertEqual(intake.state, "captured")
        self.assertFalse(intake.bill_ids.move_id.invoice_line_ids)

    def test_a_capture_that_was_interrupted_is_taken_up_without_a_second_bill(self):
        intake = self._receive()
        bill = intake.bill_ids
        # as after a kill between the making of the draft and the end of the capture
        intake.write({"state": "received", "captured": False, "received_at": "2026-01-01"})
        self.intakes._cron_resume()
        self.assertEqual((intake.state, intake.bill_ids), ("captured", bill))

    def test_a_delivery_that_kills_the_server_is_set_apart(self):
        intake = self._receive()
        intake.bill_ids.write({"intake_id": False})
        intake.write({"state": "received", "attempts": 3, "received_at": "2026-01-01"})
        self.intakes._cron_resume()
        self.assertEqual(intake.state, "unreadable")
        self.assertIn("stopped 3 times", intake.error)

    # ------------------------------------------------------------------ what Odoo brings

    def _upload(self, *files, user=None):
        attachments = self.env["ir.attachment"].with_user(user or self.accountant)
        attachments = attachments.create([{"name": name, "raw": data} for name, data in files])
        journal = self.journal.with_user(user or self.accountant).with_company(self.company)
        # as the button of the list of bills does
        journal = journal.with_context(default_move_type="in_invoice")
        action = journal.create_document_from_attachment(attachments.ids)
        moves = self.env["account.move"].search(action["domain"])
        return moves.sudo().openpce_bill_ids

    def test_odoo_s_upload_gets_a_delivery(self):
        bill = self._upload(("bill.pdf", self.pdf))
        self.assertEqual((bill.source, bill.intake_id.source), ("upload", "upload"))
        self.assertEqual((bill.intake_id.state, bill.intake_id.error), ("captured", False))
        self.assertEqual(bill.intake_id.attachment_ids.raw, self.pdf)
        self.assertEqual(bill.file_hash, bill.intake_id.file_hash)
        self.env["openpce.bill"]._cron_verify()
        self.assertNotEqual(bill.state, "captured", "it is verified as all others")

    def test_an_upload_of_known_files_is_told_at_the_delivery_and_stops(self):
        first = self._receive()
        bill = self._upload(("bill.pdf", self.pdf))
        self.assertEqual(bill.intake_id.original_id, first)
        self.assertIn("bill.pdf", bill.intake_id.error)
        self.env["openpce.bill"]._cron_verify()
        self.assertEqual(bill.duplicate_ids, first.bill_ids.move_id)

    def test_mail_to_the_journal_gets_a_delivery_for_each_bill(self):
        alias = self._alias()
        raw = make_mail(("a.pdf", make_pdf("a")), ("b.pdf", make_pdf("b")))
        self._mail(alias, raw)
        intakes = self.intakes.search([("source", "=", "mail")])
        self.assertEqual(len(intakes), 2)
        self.assertEqual(set(intakes.mapped("state")), {"captured"})
        self.assertIn("bills@shipping.example", intakes[0].sender)
        self.assertEqual(set(intakes.bill_ids.mapped("source")), {"mail"})

    def test_mail_without_a_file_of_use_is_a_delivery_too(self):
        self._mail(self._alias(), make_mail(("logo.gif", b"GIF89a")))
        intake = self.intakes.search([("source", "=", "mail")])
        self.assertEqual((intake.state, len(intake.bill_ids)), ("captured", 1))
        self.company.openpce_require_file = True
        self.env["openpce.bill"]._cron_verify()
        self.assertEqual(intake.bill_ids.state, "to_revise")

    def _alias(self):
        self.env.company = self.company
        domain = self.env["mail.alias.domain"].create({"name": "in.example.com"})
        self.company.alias_domain_id = domain
        self.journal.alias_id.alias_domain_id = domain
        self.journal.alias_name = "bills-wf"
        return "bills-wf@in.example.com"

    def _mail(self, alias, raw):
        message = raw.replace(b"Subject:", f"To: {alias}\r\nSubject:".encode(), 1)
        self.env["mail.thread"].with_company(self.company).message_process(False, message)

    # ------------------------------------------------------------------ who may

    def test_deliveries_are_read_by_supervisors_and_accountants_of_the_company(self):
        intake = self._receive()
        for user in (self.beto, self.accountant, self.manager):
            self.assertEqual(intake.with_user(user).read(["state"])[0]["state"], "captured")
        for user in (self.ana, self.plain, self.foreign_manager):
            with self.assertRaises(AccessError):
                intake.with_user(user).read(["state"])
        with self.assertRaises(AccessError):
            intake.with_user(self.beto).read(["trace"])

    def test_nobody_writes_deliveries_by_hand(self):
        intake = self._receive()
        for user in (self.manager, self.accountant, self.administrator):
            records = intake.with_user(user)
            with self.assertRaises(AccessError):
                records.write({"state": "received"})
            with self.assertRaises(AccessError):
                records.unlink()
            with self.assertRaises(AccessError):
                records.create({"name": "x", "source": "upload", "company_id": self.company.id})

    def test_only_supervisors_and_accountants_try_again(self):
        intake = self._receive(("bill.pdf", b"no pdf"))
        for user in (self.ana, self.plain, self.foreign_manager):
            with self.assertRaises(AccessError):
                intake.with_user(user).action_retry()
        self.assertEqual(intake.state, "unreadable")

    def test_bills_of_a_company_without_the_workflow_are_left_alone(self):
        self.company.openpce_bill_workflow = False
        attachment = self.env["ir.attachment"].create({"name": "a.pdf", "raw": self.pdf})
        self.journal.create_document_from_attachment(attachment.ids)
        self.assertFalse(self.intakes.search([("company_id", "=", self.company.id)]))
