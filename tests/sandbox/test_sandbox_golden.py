"""Every golden invoice of the product, signed here, passes the stand-in's judgement.

The product computed CUFE, security code and amounts; none of its code is used to judge them.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from lxml import etree

from dian_sandbox.document import Document, read
from dian_sandbox.judge import Judge
from dian_sandbox.store import Store
from lib.pki import make_chain

from .helpers import documents, signing

GOLDEN = Path(__file__).resolve().parents[2] / "l10n_co_openpce_edi" / "tests" / "golden"
PIN = "12345"  # of the company that the golden invoices belong to
CONTROL = "sts:InvoiceControl"


@pytest.fixture(scope="module")
def old_chain():
    """Valid at the fixed dates of the golden invoices."""
    start = dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc)
    return make_chain(nit=documents.NIT, holder="X", not_before=start, days=10000)


@pytest.fixture(scope="module")
def judge(tmp_path_factory, old_chain):
    """A judge with the XSD when the reference folder is there."""
    store = Store(tmp_path_factory.mktemp("golden") / "state.sqlite")
    store.put_certificates([old_chain.root_pem().decode()], anchor=True)
    reference = os.environ.get("OPENPCE_DIAN_REFERENCE", "")
    yield Judge(store, "any", Path(reference) if reference else None)
    store.close()


def registration(document: Document) -> dict:
    """What DIAN would know of an issuer that says the truth about its range."""
    invoices = f"{CONTROL}/sts:AuthorizedInvoices"
    period = f"{CONTROL}/sts:AuthorizationPeriod"
    row = {
        "resolution": document.extension(f"{CONTROL}/sts:InvoiceAuthorization"),
        "prefix": document.extension(f"{invoices}/sts:Prefix"),
        "first": int(document.extension(f"{invoices}/sts:From")),
        "last": int(document.extension(f"{invoices}/sts:To")),
        "start": document.extension(f"{period}/cbc:StartDate"),
        "end": document.extension(f"{period}/cbc:EndDate"),
        "technical_key": documents.TECHNICAL_KEY,
    }
    software = document.extension("sts:SoftwareProvider/sts:SoftwareID")
    return {"name": "X", "software_id": software, "pin": PIN, "ranges": [row]}


def sign(path: Path, chain, when: dt.datetime) -> bytes:
    """The golden file with a signature in an extension of its own."""
    root = etree.fromstring(path.read_bytes())
    extensions = root.find(f"{{{documents.NS['ext']}}}UBLExtensions")
    contents = extensions.findall("{*}UBLExtension/{*}ExtensionContent")
    if len(contents) == 0 or len(contents[-1]) > 0:
        extension = etree.SubElement(extensions, f"{{{documents.NS['ext']}}}UBLExtension")
        etree.SubElement(extension, f"{{{documents.NS['ext']}}}ExtensionContent")
    return signing.sign(root, chain, signing.Style(when=when))


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.xml")), ids=lambda path: path.stem)
def test_golden_invoice_has_no_findings(judge, old_chain, path):
    unsigned = read(path.name, path.read_bytes())
    assert unsigned.issuer == documents.NIT
    judge.store.put_issuer(unsigned.issuer, registration(unsigned))
    when = dt.datetime.fromisoformat(f"{unsigned.issue_date}T12:00:00-05:00")
    now = max(dt.datetime.now(dt.timezone.utc), when)
    findings = judge.findings(read(path.name, sign(path, old_chain, when)), now)
    assert [finding.line() for finding in findings] == []
