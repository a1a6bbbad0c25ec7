"""What issuing an invoice costs, beside Odoo's stock export and signxml; prints one JSON object.

Run ``setup/test bench``, or in Odoo's own Python on any database that has the addon::

    python tests/benchmarks/emission.py --config odoo.conf --database NAME

README.md beside it explains the figures. Nothing is committed and nobody is called.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import measure
import odoo_company
from lxml import etree

_PACKAGES = ("lxml", "cryptography", "signxml", "reportlab", "psycopg2", "psycopg2-binary")


class Emission:
    """One posted invoice, issued again and again."""

    def __init__(self, company: odoo_company.Company, count: int) -> None:
        from odoo.addons.l10n_co_openpce_edi.models import l10n_co_openpce_document_steps as steps

        # 500 such lines are more than DIAN takes in one file (ZA01): what they cost is asked here.
        steps.MAX_XML = sys.maxsize
        self.company, self.env = company, company.env
        self.move = company.invoice(count)
        self.document = self.move.sudo().l10n_co_openpce_document_id
        self.document._prepare()
        if self.document.state != "prepared" or not self.document._make():
            raise SystemExit(f"The invoice cannot be issued: {self.document.findings}")
        self.heats = {heat: measure.Series(self.env.cr) for heat in ("cold", "warm")}
        self.sizes = {"signed_bytes": len(self.document._get_file("signed_xml"))}

    def round(self, sign_like_signxml: Callable[[Any], bytes] | None, stock_first: bool) -> None:
        """Every figure once, cold and then warm; who goes first changes with the round."""
        jobs = [self._ours, self._stock]
        for job in reversed(jobs) if stock_first else jobs:
            self.company.cool()
            for series in self.heats.values():
                job(series)
        for name, job in (("whole", self._whole), ("pdf", self._pdf)):
            self.company.cool()
            for series in self.heats.values():
                with series.take(name):
                    job()
        if sign_like_signxml:
            for series in self.heats.values():
                root = self.unsigned()
                with series.take("signxml_sign"):
                    sign_like_signxml(root)

    def unsigned(self) -> Any:
        """The identified tree, ready to be signed."""
        header = self.document._get_header(self.document._get_bogota_now())
        root = self.document._build(header)
        self.document._identify(root, header)
        return root

    def forget(self) -> None:
        """Drop the samples so far."""
        for series in self.heats.values():
            series.forget()

    def _ours(self, series: measure.Series) -> None:
        from odoo.addons.l10n_co_openpce_edi.dian import archive

        document = self.document
        with series.take("build"):
            header = document._get_header(document._get_bogota_now())
            root = document._build(header)
        with series.take("identify"):
            document._identify(root, header)
        with series.take("check"):
            findings = document._check(root, header)
        with series.take("sign"):
            signed = document._sign(root, header.issued_at)
        with series.take("pack"):
            archive.pack({"fv09005089080002600000001.xml": signed})
        series.sum_last("emission", measure.STEPS)
        assert not any(finding.severity.value == "rejection" for finding in findings), findings

    def _stock(self, series: measure.Series) -> None:
        with series.take("stock_export"):
            self.env["account.edi.xml.ubl_21"]._export_invoice(self.move)

    def _whole(self) -> None:
        """From the posted invoice to the stored signed XML and its zip, as the queue does it."""
        document = self.document
        if document._get_number_findings() or document._get_data_findings():
            raise SystemExit("The invoice stopped being correct")
        document._make()
        self.env.flush_all()
        document._pack()

    def _pdf(self) -> None:
        self.move._l10n_co_openpce_render_pdf()


def signxml_signer(signer: Any) -> Callable[[Any], bytes] | None:
    """A function that signs a tree with signxml's XAdES signer and the same key; None without."""
    try:
        import signxml
        from signxml import xades
    except ImportError:
        return None
    policy = xades.XAdESSignaturePolicy(
        Identifier="https://facturaelectronica.dian.gov.co/politicadefirma/v2/politicadefirmav2.pdf",
        Description="",
        DigestMethod=signxml.DigestAlgorithm.SHA256,
        DigestValue="dMoMvtcG5aIzgYo0tIsSQeVJBDnUnfSOfBpxXrmor0Y=",
    )
    peer = xades.XAdESSigner(
        signature_policy=policy,
        claimed_roles=["supplier"],
        c14n_algorithm=signxml.CanonicalizationMethod.CANONICAL_XML_1_0,
    )
    certificates = list(signer.certificates)
    return lambda root: etree.tostring(peer.sign(root, key=signer._key, cert=certificates))


def signing_rates(emission: Emission, signer: Any, peer: Any, count: int) -> dict[str, float]:
    """Signatures of this invoice per second of one core."""
    from odoo.addons.l10n_co_openpce_edi.dian.signature import signer as xades
    from odoo.addons.l10n_co_openpce_edi.dian.signature.algorithms import SignatureAlgorithm

    data = etree.tostring(emission.unsigned())
    now = emission.document._get_bogota_now()

    def parse() -> Any:
        return etree.fromstring(data)

    def sign(root: Any) -> None:
        xades.sign(root, signer, signing_time=now)

    def rsa_alone(_root: Any) -> None:
        signer.sign(b"x" * 1800, SignatureAlgorithm.RSA_SHA256)

    rates = {
        "ours_per_s": measure.per_second(parse, sign, count),
        "rsa_alone_per_s": measure.per_second(parse, rsa_alone, count),
    }
    if peer:
        rates["signxml_per_s"] = measure.per_second(parse, peer, count // 4 or 1)
    return rates


def wkhtmltopdf(emission: Emission, rounds: int) -> measure.Sample | None:
    """Odoo's own invoice report of the same invoice through wkhtmltopdf; None without it.

    No server runs, so its style sheets are not fetched, which is in its favour.
    """
    if not shutil.which("wkhtmltopdf"):
        return None
    series = measure.Series(emission.env.cr)
    journal = emission.move.journal_id
    journal.l10n_co_openpce_enabled = False
    report = emission.env["ir.actions.report"]
    for _round in range(rounds + 1):
        with series.take("report"):
            report._render_qweb_pdf("account.account_invoices", emission.move.ids)
        if not _round:
            series.forget()
    journal.l10n_co_openpce_enabled = True
    return series.table()["report"]


def run(options: argparse.Namespace) -> dict[str, object]:
    """Measure everything; the object that is printed."""
    from odoo import release

    started = time.monotonic()
    result: dict[str, object] = {"machine": measure.machine()}
    with odoo_company.environment(options.config, options.database) as env:
        company = odoo_company.Company(env)
        emissions = {str(count): Emission(company, count) for count in options.lines}
        signer = company.record._l10n_co_openpce_signer()
        peer = signxml_signer(signer)
        for count, emission in emissions.items():
            rounds = options.rounds if int(count) < 100 else max(options.rounds // 8, 3)
            for number in range(rounds + 1):
                emission.round(peer, stock_first=bool(number % 2))
                if not number:
                    emission.forget()
        small = emissions[str(min(options.lines))]
        signing = signing_rates(small, signer, peer, options.rounds * 4)
        browser = wkhtmltopdf(small, rounds=3)
        server = env.cr._cnx.server_version
        cases = {
            count: {heat: series.table() for heat, series in emission.heats.items()}
            for count, emission in emissions.items()
        }
        sizes = {count: emission.sizes for count, emission in emissions.items()}
    result["versions"] = measure.versions(*_PACKAGES) | {
        "odoo": release.version,
        "postgresql": str(server // 10000),
    }
    result |= {"sizes": sizes, "cases": cases, "signing": signing, "wkhtmltopdf": browser}
    result |= measure.summary(cases, signing, browser)
    result["seconds"] = round(time.monotonic() - started, 1)
    return result


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="emission.py", description=__doc__)
    parser.add_argument("--config", required=True, help="Odoo's configuration file")
    parser.add_argument("--database", required=True, help="a database that has the addon")
    parser.add_argument("--rounds", type=int, default=40, help="rounds of the small invoice")
    parser.add_argument("--lines", type=int, nargs=2, default=(10, 500))
    parser.add_argument("--output", type=Path, help="write the JSON to this file as well")
    options = parser.parse_args(arguments)
    text = json.dumps(run(options), indent=1)
    print(text)
    if options.output:
        options.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
