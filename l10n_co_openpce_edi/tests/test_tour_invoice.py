"""The browser tour of the accountant, in Spanish, against the real stand-in of DIAN's service."""

import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import SkipTest
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools.pdf import PdfReader
from odoo.tools.translate import load_language

from .common import COMPANY_NIT, SOFTWARE_ID, SOFTWARE_PIN, OpenPCECommon

ADDON = Path(__file__).resolve().parents[1]
SETUP = ADDON.parent / "setup"
PEM_END = "-----END CERTIFICATE-----"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTourInvoice(OpenPCECommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not (SETUP / "dian_sandbox").is_dir():
            raise SkipTest("the stand-in of DIAN's service is only in the repository")
        if not cls.env["res.lang"]._lang_get("es_419"):
            load_language(cls.env.cr, "es_419")
        cls.accountant.lang = "es_419"
        cls.company.l10n_co_openpce_sandbox_url = cls._start_stand_in()
        cls.invoice = cls.create_invoice()

    @classmethod
    def _start_stand_in(cls):
        """Start the service on a free port of this machine; returns its address."""
        folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        seed = folder / "seed.json"
        # Signing certificate first; DIAN knows the authorities above it.
        _own, *authorities = cls.certificate.sudo().chain.split(PEM_END)
        data = {
            "issuers": {COMPANY_NIT: cls._prepare_issuer()},
            "trust": [pem + PEM_END for pem in authorities if pem.strip()],
        }
        seed.write_text(json.dumps(data), encoding="utf-8")
        command = [sys.executable, "-m", "dian_sandbox", "--port", "0", "--seed", str(seed)]
        process = subprocess.Popen(
            [*command, "--state", str(folder / "state.sqlite")],
            env={**os.environ, "PYTHONPATH": f"{SETUP}{os.pathsep}{ADDON}"},
            stdout=subprocess.PIPE,
            text=True,
        )
        cls.addClassCleanup(process.stdout.close)
        cls.addClassCleanup(process.wait, 10)
        cls.addClassCleanup(process.terminate)
        return process.stdout.readline().split(": ", 1)[1].strip()

    @classmethod
    def _prepare_issuer(cls):
        """What DIAN knows about the company, as the stand-in's seed wants it."""
        own = cls.range
        return {
            "name": cls.company.name,
            "software_id": SOFTWARE_ID,
            "pin": SOFTWARE_PIN,
            "test_set_id": cls.company.l10n_co_openpce_test_set_id,
            "ranges": [
                {
                    "resolution": own.resolution,
                    "prefix": own.prefix,
                    "first": own.first_number,
                    "last": own.last_number,
                    "start": own.date_from.isoformat(),
                    "end": own.date_to.isoformat(),
                    "technical_key": own._get_technical_key(),
                }
            ],
        }

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        # OVERRIDE: Odoo compares the time-out with a number; ours is a pair, to connect and to read
        if isinstance(kw.get("timeout"), tuple):
            kw["timeout"] = max(kw["timeout"])
        return super()._request_handler(s, r, **kw)

    def test_accountant_confirms_sends_sees_accepted_and_opens_the_pdf(self):
        printed = []
        model = type(self.env["ir.actions.report"])
        draw = model._l10n_co_openpce_draw

        def spy(report, report_ref, res_ids):
            pages = draw(report, report_ref, res_ids)
            printed.extend(pages.values())
            return pages

        with patch.object(model, "_l10n_co_openpce_draw", spy):
            self.start_tour("/odoo", "l10n_co_openpce_invoice_to_dian", login="openpce_accountant")

        document = self.invoice.l10n_co_openpce_document_id.sudo()
        self.assertEqual(document.state, "accepted", "The stand-in accepts what the screens send")
        self.assertTrue(printed, "The button PDF of the DIAN tab prints the invoice")
        self.authenticate("openpce_accountant", "openpce_accountant")
        answer = self.url_open(f"/report/pdf/account.account_invoices/{self.invoice.id}")
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
        self.assertIn(document.cufe, text.replace("\n", ""), "The PDF shows the CUFE (Res. 165)")
