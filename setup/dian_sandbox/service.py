"""One call from its bytes to its answer: security, faults, operation, fault again, log."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass

from cryptography import x509
from lxml import etree

from . import answers, names, spoil, trust, wsse, xmlio
from .document import EXTENSION, Document
from .faults import REFUSALS, Fault, FaultBook
from .operations import Contents, Operations, open_contents
from .request import SENDING, Call, SoapFault, read_call
from .store import Store

SOAP_TYPE = "application/soap+xml; charset=utf-8"


class DropConnection(Exception):
    """Close the socket without a word."""


@dataclass(frozen=True)
class Reply:
    """What goes back; with ``cut`` the connection ends in the middle of the body."""

    body: bytes
    status: int = 200
    content_type: str = SOAP_TYPE
    cut: bool = False


@dataclass(frozen=True)
class Service:
    """The SOAP service over one state."""

    store: Store
    operations: Operations
    faults: FaultBook
    skew: dt.timedelta

    def handle(self, data: bytes, *, action: str, own_url: str) -> Reply:
        """Answer one POST.

        :raises DropConnection: a fault wants the socket closed.
        """
        operation, subject = "?", ""
        try:
            call = read_call(data, action=action, own_url=own_url)
            operation = call.operation
            contents = open_contents(call) if operation in SENDING else Contents()
            subject = _subject(call, contents)
            caller = wsse.judge(
                call,
                self.store,
                dt.datetime.now(dt.timezone.utc),
                self.skew,
                _authorities(contents.documents),
            )
            reply, outcome = self._carry_out(call, contents, caller)
        except SoapFault as error:
            self.store.add_call(operation, subject, f"fault {error.subcode}: {error}")
            return Reply(answers.fault(error), error.status)
        except DropConnection as error:
            self.store.add_call(operation, subject, f"connection dropped ({error})")
            raise
        self.store.add_call(operation, subject, outcome)
        return reply

    def _carry_out(
        self, call: Call, contents: Contents, caller: x509.Certificate
    ) -> tuple[Reply, str]:
        subjects = {*contents.subjects, call.parameters.get("trackId", "").strip()}
        hits = self.faults.draw(call.operation, subjects)
        for latency in (fault for fault in hits if fault.kind == "latency"):
            time.sleep(latency.seconds)
        fault = next((hit for hit in hits if hit.kind != "latency"), None)
        if fault is None:
            body = self.operations.answer(call, contents, caller)
            return Reply(answers.envelope(call.operation, body, relates_to=call.message_id)), "ok"
        body = None
        if fault.carries_out:
            hold = fault.seconds if fault.kind == "processing" else 0.0
            body = self.operations.answer(call, contents, caller, hold)
        return self._misbehave(fault, call, body), f"fault on request: {fault.kind}"

    def _misbehave(self, fault: Fault, call: Call, body: etree._Element | None) -> Reply:
        if fault.kind in ("drop_before", "drop_after"):
            raise DropConnection(fault.kind)
        if fault.kind in REFUSALS:
            return spoil_http(REFUSALS[fault.kind])
        if fault.kind == "soap_fault":
            text = "The server was unable to process the request due to an internal error."
            raise SoapFault("InternalServiceFault", names.CONTRACT, text)
        if body is None:  # "stored": false on a fault that spoils the answer of a real call
            body = spoil.nothing_received(call.operation)
        return spoiled_reply(fault, call, body)


def spoil_http(status: int) -> Reply:
    """An error page such as a proxy in front of the service gives."""
    page = f"<html><body><h1>HTTP Error {status}</h1></body></html>".encode()
    return Reply(page, status, "text/html; charset=utf-8")


def spoiled_reply(fault: Fault, call: Call, body: etree._Element) -> Reply:
    """A true answer made wrong as the fault asks."""
    relates_to = call.message_id
    if fault.kind == "rule_90":
        spoil.as_duplicate(body)
    if fault.kind == "wrong_correlation":
        spoil.as_somebody_elses(body)
        relates_to = f"urn:uuid:{answers.new_track_id()}"
    whole = answers.envelope(call.operation, body, relates_to=relates_to)
    if fault.kind == "malformed_xml":
        return Reply(whole.replace(b"</s:Header>", b"</s:Heading>"))
    if fault.kind == "truncated_xml":
        return Reply(whole[: len(whole) // 2])
    return Reply(whole, cut=fault.kind == "truncated_body")


def _subject(call: Call, contents: Contents) -> str:
    numbers = ", ".join(document.number for document in contents.documents)
    return numbers or call.parameters.get("trackId", "").strip() or contents.problem


def _authorities(documents: tuple[Document, ...]) -> list[x509.Certificate]:
    """Certificates that travel in the documents' KeyInfo: candidates, never trusted themselves."""
    path = f"{EXTENSION}/ds:Signature/ds:KeyInfo/ds:X509Data/ds:X509Certificate"
    found = [
        trust.load_base64(node.text or "")
        for document in documents[:1]
        for node in xmlio.every(document.root, path)[:6]
    ]
    return [certificate for certificate in found if certificate is not None]
