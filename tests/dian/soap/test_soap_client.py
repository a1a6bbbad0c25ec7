"""The client against a real socket: what each failure means, and what is sent."""

from __future__ import annotations

import base64
import datetime as dt
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from lxml import etree

from dian.errors import (
    DianConfigurationError,
    DianFault,
    DianProtocolError,
    DianTimeout,
    DianUnavailable,
)
from dian.signature.keys import KeySigner
from dian.soap import DianClient, Outcome, Timeouts, envelope
from dian.soap.operations import GetNumberingRange, GetStatus, SendBillSync
from dian.soap.wsse import DS, WSSE, WSU

KEY = "ab" * 48
RESPONSE_NS = "http://schemas.datacontract.org/2004/07/DianResponse"


def answer(operation: str, fields: dict[str, str], *, action: str = "") -> bytes:
    """A well-formed answer as WCF gives it."""
    soap, wsa, wcf = envelope.SOAP, envelope.WSA, envelope.WCF
    root = etree.Element(f"{{{soap}}}Envelope", nsmap={"s": soap, "a": wsa})
    header = etree.SubElement(root, f"{{{soap}}}Header")
    etree.SubElement(header, f"{{{wsa}}}Action").text = (
        action or f"{envelope.ACTION}{operation}Response"
    )
    body = etree.SubElement(root, f"{{{soap}}}Body")
    frame = etree.SubElement(body, f"{{{wcf}}}{operation}Response")
    result = etree.SubElement(frame, f"{{{wcf}}}{operation}Result", nsmap={"b": RESPONSE_NS})
    for name, text in fields.items():
        etree.SubElement(result, f"{{{RESPONSE_NS}}}{name}").text = text
    return etree.tostring(root)


def fault(code: str, reason: str) -> bytes:
    soap = envelope.SOAP
    root = etree.Element(f"{{{soap}}}Envelope", nsmap={"s": soap})
    element = etree.SubElement(etree.SubElement(root, f"{{{soap}}}Body"), f"{{{soap}}}Fault")
    outer = etree.SubElement(element, f"{{{soap}}}Code")
    etree.SubElement(outer, f"{{{soap}}}Value").text = "s:Sender"
    inner = etree.SubElement(outer, f"{{{soap}}}Subcode")
    etree.SubElement(inner, f"{{{soap}}}Value").text = code
    text = etree.SubElement(etree.SubElement(element, f"{{{soap}}}Reason"), f"{{{soap}}}Text")
    text.text = reason
    return etree.tostring(root)


ACCEPTED = {"IsValid": "true", "StatusCode": "00", "XmlDocumentKey": KEY}


class Server:
    """A one-page service on loopback that does what ``behave(handler)`` says."""

    def __init__(self, behave) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append((dict(self.headers), body))
                behave(self)

            def log_message(self, *args) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/service.svc"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *exc) -> None:
        self._server.shutdown()
        self._server.server_close()


def reply(status: int, content: bytes):
    def behave(handler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return behave


@pytest.fixture(scope="module")
def signer(chain) -> KeySigner:
    return KeySigner(chain.key, chain.certificates)


def ask(behave, signer, operation=None, **options):
    with Server(behave) as server, DianClient(server.url, signer, **options) as client:
        return client.call(operation or GetStatus(KEY))


def test_an_accepted_document(signer) -> None:
    got = ask(reply(200, answer("GetStatus", ACCEPTED)), signer)
    assert got.outcome is Outcome.ACCEPTED
    assert got.document_key == KEY


@pytest.mark.parametrize("status", [500, 503, 507, 508, 403])
def test_the_errors_of_table_12_2_1_mean_unavailable(signer, status) -> None:
    with pytest.raises(DianUnavailable) as caught:
        ask(reply(status, b"<html>down</html>"), signer)
    assert caught.value.status == status, "the status opens the contingency and must be kept"


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateway_in_between_leaves_the_outcome_unknown(signer, status) -> None:
    with pytest.raises(DianTimeout):
        ask(reply(status, b""), signer)


def test_a_fault_is_told_with_its_inner_code(signer) -> None:
    with pytest.raises(DianFault) as caught:
        ask(reply(500, fault("a:InvalidSecurity", "An error occurred.")), signer)
    assert caught.value.code == "a:InvalidSecurity"


def test_refused_connection_means_nothing_was_accepted(signer) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(DianUnavailable), DianClient(f"http://127.0.0.1:{port}/", signer) as client:
        client.call(GetStatus(KEY))


def test_a_dropped_connection_leaves_the_outcome_unknown(signer) -> None:
    with pytest.raises(DianTimeout):
        ask(lambda handler: handler.connection.shutdown(socket.SHUT_RDWR), signer)


def test_silence_ends_at_the_read_time_out(signer) -> None:
    started = time.monotonic()
    with pytest.raises(DianTimeout):
        ask(lambda handler: time.sleep(1.5), signer, timeouts=Timeouts(connect=1, read=0.3))
    assert time.monotonic() - started < 5


def test_a_dripping_answer_ends_at_the_total_time_out(signer) -> None:
    def drip(handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(40):
            try:
                handler.wfile.write(b" " * 70_000)
            except OSError:
                return
            time.sleep(0.1)

    with pytest.raises(DianTimeout, match="took more than"):
        ask(drip, signer, timeouts=Timeouts(connect=1, read=1, total=0.5))


def test_an_endless_answer_is_cut(signer) -> None:
    with pytest.raises(DianTimeout, match="larger than"):
        ask(reply(200, b"x" * 300_000), signer, max_answer=100_000)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not xml",
        answer("GetStatus", ACCEPTED)[:-40],
        b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
        b"<html/>",
        answer("SendBillSync", ACCEPTED),
        answer("GetStatus", ACCEPTED, action=f"{envelope.ACTION}SendBillSyncResponse"),
        answer("GetStatus", {"StatusCode": "00"}),
        answer("GetStatus", {**ACCEPTED, "XmlDocumentKey": "cd" * 48}),
        answer("GetStatus", {**ACCEPTED, "XmlBase64Bytes": "a"}),
    ],
    ids=[
        "empty",
        "text",
        "truncated",
        "doctype",
        "html",
        "operation",
        "action",
        "valid",
        "correlation",
        "base64",
    ],
)
def test_what_cannot_be_understood_is_never_taken_for_a_verdict(signer, content) -> None:
    with pytest.raises(DianProtocolError):
        ask(reply(200, content), signer)


def test_an_external_entity_is_not_read(signer, tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("do not read")
    content = f'<!DOCTYPE a [<!ENTITY e SYSTEM "{secret.as_uri()}">]><a>&e;</a>'.encode()
    with pytest.raises(DianProtocolError) as caught:
        ask(reply(200, content), signer)
    assert "do not read" not in str(caught.value)


def test_a_redirect_is_not_followed(signer) -> None:
    def behave(handler) -> None:
        handler.send_response(307)
        handler.send_header("Location", "http://127.0.0.1:9/")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with Server(behave) as server, DianClient(server.url, signer) as client:
        with pytest.raises(DianProtocolError):
            client.call(GetStatus(KEY))
        assert len(server.requests) == 1


def test_plain_http_goes_to_this_machine_only(signer) -> None:
    for url in ("http://example.com/x", "ftp://127.0.0.1/", "", "http://127.0.0.1.example.com/"):
        with pytest.raises(DianConfigurationError):
            DianClient(url, signer)


def test_tls_is_verified(signer, chain, tmp_path) -> None:
    from cryptography.hazmat.primitives import serialization as s

    pem = tmp_path / "own.pem"
    key = chain.key.private_bytes(
        s.Encoding.PEM, s.PrivateFormat.TraditionalOpenSSL, s.NoEncryption()
    )
    pem.write_bytes(key + chain.certificate.public_bytes(s.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with Server(reply(200, b"")) as server:
        server._server.socket = context.wrap_socket(server._server.socket, server_side=True)
        url = server.url.replace("http://", "https://")
        with pytest.raises(DianUnavailable), DianClient(url, signer) as client:
            client.call(GetStatus(KEY))
        assert not server.requests, "nothing may be sent to a server that is not trusted"


def test_the_request_is_signed_as_the_service_asks(signer, chain) -> None:
    xmlsec = pytest.importorskip("xmlsec")
    moment = dt.datetime(2026, 3, 2, 15, 4, 5, 678000, tzinfo=dt.timezone.utc)
    client = DianClient("http://127.0.0.1:1/s.svc", signer, clock=lambda: moment)
    data = client.request(SendBillSync("z.zip", b"content", KEY))
    root = etree.fromstring(data)
    token = root.find(f".//{{{WSSE}}}BinarySecurityToken")
    created = root.findtext(f".//{{{WSU}}}Created")
    expires = root.findtext(f".//{{{WSU}}}Expires")
    assert (created, expires) == ("2026-03-02T15:04:05.678Z", "2026-03-02T15:09:05.678Z")

    ids = root.xpath("//*[@wsu:Id]", namespaces={"wsu": WSU})
    context = xmlsec.SignatureContext()
    for element in ids:
        context.register_id(element, "Id", WSU)
    context.key = xmlsec.Key.from_memory(
        base64.b64decode(token.text), xmlsec.constants.KeyDataFormatCertDer
    )
    context.verify(root.find(f".//{{{DS}}}Signature"))

    reference = root.find(f".//{{{DS}}}Reference")
    to = root.find(f".//{{{envelope.WSA}}}To")
    assert reference.get("URI") == "#" + to.get(f"{{{WSU}}}Id"), "wsa:To is what must be signed"
    body = root.find(f"{{{envelope.SOAP}}}Body/*")
    assert [(etree.QName(e).localname, e.text) for e in body] == [
        ("fileName", "z.zip"),
        ("contentFile", base64.b64encode(b"content").decode()),
    ]


def test_the_message_is_posted_with_its_action(signer) -> None:
    with Server(reply(200, answer("SendBillSync", ACCEPTED))) as server:
        with DianClient(server.url, signer) as client:
            client.call(SendBillSync("z.zip", b"x", KEY))
        headers, _body = server.requests[0]
    assert headers["Content-Type"] == (
        'application/soap+xml;charset=UTF-8;action="http://wcf.dian.colombia/'
        'IWcfDianCustomerServices/SendBillSync"'
    )


def test_a_large_file_is_sent_whole(signer) -> None:
    content = bytes(range(256)) * 20_000
    with Server(reply(200, answer("SendBillSync", ACCEPTED))) as server:
        with DianClient(server.url, signer) as client:
            client.call(SendBillSync("z.zip", content, KEY))
        _headers, body = server.requests[0]
    sent = etree.fromstring(body, etree.XMLParser(huge_tree=True)).findtext(".//{*}contentFile")
    assert base64.b64decode(sent) == content


def test_parameters_are_escaped_not_spliced(signer) -> None:
    client = DianClient("http://127.0.0.1:1/s.svc", signer)
    root = etree.fromstring(client.request(GetNumberingRange("1</wcf:accountCode>", "&", "<x/>")))
    body = root.find(f"{{{envelope.SOAP}}}Body/*")
    assert [e.text for e in body] == ["1</wcf:accountCode>", "&", "<x/>"]
