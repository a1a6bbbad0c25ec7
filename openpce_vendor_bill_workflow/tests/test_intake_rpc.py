"""Deliveries, connections and tasks from outside: what RPC reaches, and what it never hands out."""

import logging

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw, get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .intake_common import PASSWORD, IntakeCommon, make_pdf
from .loopback_imap import USER as MAIL_USER
from .loopback_imap import ImapServer
from .loopback_sftp import USER as SFTP_USER
from .loopback_sftp import SftpServer

#: Doors of the system; nobody opens them from outside.
PRIVATE = {
    "openpce.bill.intake": (
        "_receive", "_store", "_keep", "_refuse", "_adopt", "_capture", "_as_system",
        "_note_captured", "_cron_resume",
    ),
    "openpce.bill.connection": (
        "_get_secret", "_open", "_visit", "_close_secret", "_fetch_company", "_get_allowed_folders",
    ),
    "openpce.bill.source": ("_fetch", "_run_fetch"),
    "openpce.bill.function": ("_run", "_run_apart", "_get_registry"),
    "openpce.bill.schedule": ("_run_apart", "_cron_run_due", "_run_function"),
    "openpce.bill": ("_run_verify", "_run_distribute", "_run_supervise"),
}  # fmt: skip
BUTTONS = {
    "openpce.bill.intake": {"action_retry", "action_open_bills"},
    "openpce.bill.connection": {"action_test", "action_fetch", "action_open_intakes"},
    "openpce.bill.schedule": {"action_run"},
    "openpce.bill.verification": {"action_verify"},
    "openpce.bill.function": set(),
}
_REFUSALS = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models"


@tagged("post_install", "-at_install")
class TestIntakeRpc(IntakeCommon):
    def _call(self, user, record, method, *arguments, **named):
        """A call as the web client and the external API make it."""
        model = self.env(user=user)[record._name]
        return call_kw(model, method, [record.ids, *arguments], named)

    def test_private_doors_are_closed(self):
        for model, names in PRIVATE.items():
            for name in names:
                self.assertTrue(hasattr(self.env[model], name), name)
                with self.assertRaises(AccessError, msg=f"{model}.{name}"):
                    get_public_method(self.env[model], name)

    def test_the_buttons_are_all_there_is(self):
        for model, expected in BUTTONS.items():
            cls = self.env.registry[model]
            own = {
                name
                for base in cls.__mro__
                if base.__module__.startswith("odoo.addons.openpce_vendor_bill_workflow")
                for name in vars(base)
                if name.startswith("action_")
            }
            self.assertEqual(own, expected, f"{model}: say here that a new button is meant")

    @mute_logger(*_REFUSALS)
    def test_strangers_press_no_button(self):
        intake = self._receive(("bill.pdf", b"no pdf"))
        connection = self._connect()
        task = self.env["openpce.bill.schedule"].create(
            {
                "function_id": self.env.ref("openpce_vendor_bill_workflow.function_fetch").id,
                "company_id": self.company.id,
            }
        )
        for user in (self.plain, self.ana, self.foreign_manager):
            for record in (intake, connection, task):
                for name in BUTTONS[record._name] - {"action_open_intakes"}:
                    with self.assertRaises(AccessError, msg=f"{user.login} {name}"):
                        self._call(user, record, name)
                with self.assertRaises(AccessError):
                    self._call(user, record, "write", {"company_id": self.other_company.id})
                with self.assertRaises(AccessError):
                    self._call(user, record, "read", ["company_id"])
        self.assertEqual((intake.state, task.last_run), ("unreadable", False))

    @mute_logger(*_REFUSALS)
    def test_files_of_a_delivery_follow_its_rights(self):
        attachment = self._receive().attachment_ids
        for user in (self.plain, self.ana, self.foreign_manager):
            with self.assertRaises(AccessError):
                self._call(user, attachment, "read", ["datas"])
        self.assertTrue(self._call(self.beto, attachment, "read", ["datas"])[0]["datas"])

    def test_defaults_of_a_call_are_not_those_of_the_workflow_s_record(self):
        """The context of a call names neither the delivery nor the state of a new bill."""
        intake = self._receive()
        attachment = self.env["ir.attachment"].with_user(self.accountant)
        attachment = attachment.create({"name": "b.pdf", "raw": make_pdf("another")})
        journal = self.journal.with_user(self.accountant).with_context(
            default_move_type="in_invoice",
            default_intake_id=intake.id,
            default_cleared=True,
            default_source="connection",
            default_entry_date="2001-01-01",
            allowed_company_ids=self.company.ids,
        )
        action = journal.create_document_from_attachment(attachment.ids)
        bill = self.env["account.move"].search(action["domain"]).openpce_bill_ids
        self.assertNotEqual(bill.intake_id, intake)
        self.assertEqual((bill.source, bill.cleared), ("upload", False))
        self.assertGreater(bill.entry_date.year, 2001)

    def test_no_bill_is_made_posted(self):
        """Neither a value nor a default makes a bill that is posted before it was approved."""
        values = {
            "move_type": "in_invoice",
            "partner_id": self.supplier.id,
            "invoice_date": "2026-03-13",
            "journal_id": self.journal.id,
            "invoice_line_ids": [
                Command.create({"name": "x", "price_unit": 5, "product_id": self.product.id})
            ],
        }
        moves = self.env["account.move"].with_user(self.accountant).with_company(self.company)
        with self.assertRaises(UserError):
            moves.create({**values, "state": "posted"})
        with self.assertRaises(UserError):
            moves.with_context(default_state="posted").create(values)

    def test_what_becomes_a_bill_later_enters_the_workflow(self):
        moves = self.env["account.move"].with_user(self.accountant).with_company(self.company)
        move = moves.create({"move_type": "entry", "journal_id": self.journal.id})
        self.assertFalse(move.openpce_bill_ids)
        move.write({"move_type": "in_invoice"})
        self.assertEqual(len(move.sudo().openpce_bill_ids), 1)

    def test_no_password_is_logged(self):
        """Everything that the libraries say, at the finest level."""
        records = []

        class Keep(logging.Handler):
            def emit(self, record):
                records.append(self.format(record))

        handler, root = Keep(), logging.getLogger()
        level = root.level
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        self.addCleanup(root.setLevel, level)
        self.addCleanup(root.removeHandler, handler)
        common = {"host": "127.0.0.1", "password": PASSWORD}
        with SftpServer(self.inbox, "another one") as sftp, ImapServer("another one") as imap:
            connections = [
                self._connect(
                    "sftp",
                    **common,
                    port=sftp.port,
                    login=SFTP_USER,
                    fingerprint=sftp.fingerprint,
                ),
                self._connect(
                    "imap",
                    **common,
                    port=imap.port,
                    login=MAIL_USER,
                    authority=imap.certificate,
                    after="seen",
                ),
            ]
            for connection in connections:
                visit = connection.sudo()._visit()
                self.assertIn("Check user and password", visit.failures[0])
                self.assertNotIn(PASSWORD, str(connection.sudo().read()))
        own = [text for text in records if "INSERT INTO" not in text and "UPDATE" not in text]
        self.assertFalse([text for text in own if PASSWORD in text])
