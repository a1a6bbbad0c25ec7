"""Deliveries for tests: files, a folder that the server allows, real servers on the loopback."""

import io
import os
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path
from unittest.mock import patch

from odoo.tools import config
from reportlab.pdfgen import canvas

from ..models.openpce_bill_connection import FOLDERS_OPTION
from .bill_common import BillCommon

PASSWORD = "only for these tests"
XML = b"<?xml version='1.0'?><unknown/>"


def make_pdf(text="Bill", pages=1):
    """A PDF with its own content, made at run time."""
    stream = io.BytesIO()
    page = canvas.Canvas(stream)
    for number in range(1, pages + 1):
        page.drawString(72, 720, f"{text}, page {number}")
        page.showPage()
    page.save()
    return stream.getvalue()


def make_mail(*files, subject="Factura", sender="Shipping Line <bills@shipping.example>"):
    """A message with attachments as bytes."""
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = sender
    message["Message-Id"] = f"<{time.time_ns()}@shipping.example>"
    message.set_content("See the files.")
    for name, data in files:
        message.add_attachment(data, "application", "octet-stream", filename=name)
    return bytes(message)


class IntakeCommon(BillCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.intakes = cls.env["openpce.bill.intake"]
        cls.company.partner_id.lang = "en_US"  # what the system notes is in it
        cls.administrator = cls._user("wf_admin", "base.group_system")
        cls.pdf = make_pdf()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.allowed = Path(folder.name)
        cls.startClassPatcher(patch.dict(config.options, {FOLDERS_OPTION: str(cls.allowed)}))

    def setUp(self):
        super().setUp()
        # a scheduled job commits its progress, which a test may not
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_more: 1)
        self.inbox = Path(tempfile.mkdtemp(dir=self.allowed))

    def _receive(self, *files, **values):
        """The delivery of files, as a source hands them in."""
        return self.intakes._receive(
            files or [("bill.pdf", self.pdf)], "upload", self.company, **values
        )

    def _connect(self, kind="folder", **values):
        """A connection, set up by the administrator."""
        defaults = {"name": kind, "kind": kind, "company_id": self.company.id, "timeout": 5}
        if kind == "folder":
            defaults["path"] = str(self.inbox)
        model = self.env["openpce.bill.connection"].with_user(self.administrator)
        return model.create({**defaults, **values}).sudo(False)

    def _put(self, name, data=None, age=100):
        """A file in the folder, that nobody has touched for a while."""
        file = self.inbox / name
        file.write_bytes(self.pdf if data is None else data)
        os.utime(file, (time.time() - age,) * 2)
        return file

    def _of(self, connection):
        """Deliveries of a connection, oldest first."""
        return self.intakes.search([("connection_id", "=", connection.id)], order="id")
