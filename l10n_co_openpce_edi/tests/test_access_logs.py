"""What is secret stays out of logs, exceptions, records and messages of an emission."""

import logging
import traceback
from unittest.mock import patch

from odoo.tests import tagged

from .common_access import AccessCommon
from .dian_fake import fake_dian
from odoo.addons.l10n_co_openpce_edi.dian.errors import DianUnavailable
from odoo.addons.l10n_co_openpce_edi.tools import secret_box

_SILENT = "odoo.addons.l10n_co_openpce_edi"


class _Keeper(logging.Handler):
    """Keeps every record as the text a log file would have."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccessLogs(AccessCommon):
    def setUp(self):
        super().setUp()
        self.pending = self.waiting.l10n_co_openpce_document_id.sudo()
        self.keeper = _Keeper()
        root = logging.getLogger()
        level = root.level
        root.addHandler(self.keeper)
        root.setLevel(logging.DEBUG)
        loggers = [logging.getLogger(name) for name in ("odoo", "odoo.sql_db", _SILENT)]
        levels = [(logger, logger.level) for logger in loggers]
        for logger in loggers:
            logger.setLevel(logging.DEBUG)

        def restore():
            root.removeHandler(self.keeper)
            root.setLevel(level)
            for logger, before in levels:
                logger.setLevel(before)

        self.addCleanup(restore)

    def _texts(self):
        """Whatever the emission left behind that somebody reads."""
        document = self.pending.read(["message", "trace", "findings", "findings_html"])
        messages = self.waiting.sudo().message_ids
        tracking = messages.sudo().tracking_value_ids
        return [
            *self.keeper.lines,
            repr(document),
            repr(messages.read(["subject", "body"])),
            repr(tracking.read()),
        ]

    def _assert_clean(self):
        self.assertGreater(len(self.keeper.lines), 20, "the log was read at its finest level")
        key = self.certificate.sudo().key_encrypted
        for text in self._texts():
            self.assert_reveals_nothing(text, "a secret was written down")
            self.assertNotIn(key, text)
            self.assertNotIn("PRIVATE KEY", text)

    def test_a_whole_emission_writes_no_secret_down(self):
        with fake_dian(self.env):
            self.pending._process()
            self.env.flush_all()
        self.assertEqual(self.pending.state, "accepted")
        self._assert_clean()

    def test_failures_write_no_secret_down(self):
        model = type(self.env["l10n_co_openpce.document"])
        for error in (DianUnavailable("HTTP 503", 503), ValueError("broken")):
            with self.subTest(repr(error)), self.undone():

                def fail(document, root, issued_at, error=error):
                    raise error

                with patch.object(model, "_sign", fail), fake_dian(self.env):
                    try:
                        self.pending._process()
                    except Exception as raised:
                        self.keeper.lines.append("".join(traceback.format_exception(raised)))
                        self.pending._keep_failure(raised)
                self._assert_clean()

    def test_a_secret_of_another_key_is_not_shown_in_the_refusal(self):
        company = self.company.sudo()
        stored = company.l10n_co_openpce_software_pin_encrypted
        company.l10n_co_openpce_software_pin_encrypted = stored.replace("v1:", "v1:0", 1)
        self.pending._process()
        self.assertEqual(self.pending.state, "prepared")
        self.assertNotIn(stored.rpartition(":")[2], self.pending.trace)
        with self.assertRaises(secret_box.SecretError):
            company._l10n_co_openpce_software_pin()

    def test_what_the_document_needs_shows_no_secret_when_printed(self):
        header = self.pending._get_header(self.pending._get_bogota_now())
        self.assert_reveals_nothing(header, "a header in a traceback tells PIN or key")
