"""The product's signer and client against the stand-in, faults included.

Here the two meet that were written apart: what the product makes is judged by somebody else's code,
and each fault must end in the error that tells the caller the right thing to do.
"""

from __future__ import annotations

import datetime as dt
import time

import pytest

from dian.archive import pack
from dian.errors import DianFault, DianProtocolError, DianTimeout, DianUnavailable
from dian.signature import keys, signer, verifier
from dian.signature.trust import TrustStore
from dian.soap.client import DianClient
from dian.soap.operations import GetNumberingRange, GetStatus, GetStatusZip, SendBillSync
from dian.soap.operations import SendTestSetAsync as SendTestSet
from dian.soap.responses import Outcome
from dian.soap.transport import Timeouts
from dian.ubl import application_response

from .helpers import documents
from .helpers.documents import BOGOTA, Draft


@pytest.fixture
def key(chain):
    return keys.KeySigner(chain.key, chain.certificates)


@pytest.fixture
def product(client, key):
    """The product's client of the running stand-in."""
    with DianClient(client.url, key, timeouts=Timeouts(connect=2, read=2)) as line:
        yield line


@pytest.fixture
def zipped(key):
    """A zip with a document signed by the product."""

    def make(**values: object) -> bytes:
        now = dt.datetime.now(BOGOTA)
        root = documents.build(Draft(issued=now, **values))
        return pack({"fv.xml": signer.sign(root, key, signing_time=now)})

    return make


def send(product, content):
    return product.call(SendBillSync("z.zip", content))


def test_document_signed_by_the_product_is_accepted(product, zipped):
    answer = send(product, zipped())
    assert answer.findings == (), "xmlsec and the stand-in agree with the product's signature"
    assert (answer.outcome, answer.status_code) == (Outcome.ACCEPTED, "00")
    assert answer.application_response.startswith(b"<?xml")
    again = product.call(GetStatus(answer.document_key))
    assert again == answer


def test_answer_of_the_stand_in_is_read_and_verified(product, client, zipped):
    answer = send(product, zipped())
    authorities = client.admin("GET", "/admin/identity")["authorities"]
    store = TrustStore.from_pem(*[pem.encode() for pem in authorities])
    (report,) = verifier.verify(answer.application_response, store)
    assert (report.valid, report.chain_trusted, report.signer_nit) == (True, True, "800197268")
    read = application_response.parse(answer.application_response)
    assert read.document_key == answer.document_key
    assert read.response_code == "02"


def test_rejection_is_read_with_its_rules(product, zipped):
    answer = send(product, zipped(number="SETP5"))
    assert (answer.outcome, [f.code for f in answer.findings]) == (Outcome.REJECTED, ["FAD05b"])
    assert answer.findings[0].is_rejection


def test_duplicate_is_read_as_already_processed(product, zipped):
    send(product, zipped())
    assert send(product, zipped()).outcome is Outcome.ALREADY_PROCESSED


def test_unknown_is_read_as_not_found(product):
    assert product.call(GetStatus("a" * 96)).outcome is Outcome.NOT_FOUND


def test_test_set_goes_from_processing_to_accepted(product, zipped):
    upload = product.call(SendTestSet("z.zip", zipped(), documents.TEST_SET))
    assert (upload.findings, bool(upload.zip_key)) == ((), True)
    assert product.call(GetStatusZip(upload.zip_key))[0].outcome is Outcome.PROCESSING
    time.sleep(0.5)
    assert product.call(GetStatusZip(upload.zip_key))[0].outcome is Outcome.ACCEPTED


def test_refused_upload_says_why(product, zipped):
    upload = product.call(SendTestSet("z.zip", zipped(), "0" * 36))
    assert not upload.zip_key
    assert upload.findings


def test_ranges_are_read(product):
    nit = documents.NIT
    answer = product.call(GetNumberingRange(nit, nit, documents.SOFTWARE))
    assert (answer.code, len(answer.ranges)) == ("100", 1)
    assert answer.ranges[0].technical_key == documents.TECHNICAL_KEY
    assert answer.ranges[0].last == 995000000


@pytest.mark.parametrize(
    ("fault", "error", "accepted"),
    [
        ({"kind": "latency", "seconds": 3}, DianTimeout, True),
        ({"kind": "drop_after"}, DianTimeout, True),
        ({"kind": "drop_before"}, DianTimeout, False),
        ({"kind": "refuse"}, (DianUnavailable, DianTimeout), False),
        ({"kind": "truncated_body"}, DianTimeout, True),
        ({"kind": "http_500"}, DianUnavailable, False),
        ({"kind": "http_503"}, DianUnavailable, False),
        ({"kind": "http_403"}, DianUnavailable, False),
        ({"kind": "http_507"}, DianUnavailable, False),
        ({"kind": "http_508"}, DianUnavailable, False),
        ({"kind": "soap_fault"}, DianFault, False),
        ({"kind": "malformed_xml"}, DianProtocolError, True),
        ({"kind": "truncated_xml"}, DianProtocolError, True),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else None,
)
def test_fault_becomes_the_right_error(product, client, zipped, fault, error, accepted):
    client.admin("PUT", "/admin/faults", {"times": 1, **fault})
    content = zipped()
    with pytest.raises(error):
        send(product, content)
    if fault["kind"] == "latency":
        time.sleep(1.5)  # the stand-in goes on after the caller has given up
    stored = client.admin("GET", "/admin/documents")
    assert [document["accepted"] for document in stored] == [True] * accepted
    expected = Outcome.ALREADY_PROCESSED if accepted else Outcome.ACCEPTED
    assert send(product, content).outcome is expected


def test_answer_about_another_document_is_not_believed(product, client, zipped):
    client.admin("PUT", "/admin/faults", {"kind": "wrong_correlation", "times": 1})
    content = zipped()
    try:
        answer = send(product, content)
    except DianProtocolError:
        return
    mine = client.admin("GET", "/admin/documents")[0]["document_key"]
    assert answer.document_key != mine, "the caller can tell by the key"


def test_certificate_unknown_to_the_service_is_a_fault(client):
    from lib.pki import make_chain

    stranger = make_chain(nit=documents.NIT, holder="X")
    with (
        DianClient(client.url, keys.KeySigner(stranger.key, stranger.certificates)) as line,
        pytest.raises(DianFault),
    ):
        line.call(GetStatus("x"))
