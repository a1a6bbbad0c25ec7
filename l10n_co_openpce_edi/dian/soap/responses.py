"""Typed answers of the service and how they are read (annex 1.9 chapter 7; live shapes).

Elements are found by local name: prefixes and some initials vary between the annex, the service
description and live answers.
"""

from __future__ import annotations

import base64
import binascii
import csv
import enum
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from ..errors import DianAlreadyProcessed, DianProtocolError, DianRejected
from ..findings import Finding, Severity
from ..ubl.application_response import findings_from

_KEY = re.compile(r"[0-9a-f]{96}", re.IGNORECASE)
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


class Outcome(enum.Enum):
    """What an answer means for the document it speaks of."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ALREADY_PROCESSED = "already_processed"  # rule 90: ask GetStatus for the stored verdict
    PROCESSING = "processing"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class DianResponse:
    """DIAN's word on one document.

    :param status_code: ``00`` processed, ``66``/``90`` unknown, ``99`` errors, empty: in process.
    :param findings: one per rule that failed or was noted, in DIAN's own Spanish.
    :param application_response: DIAN's signed ApplicationResponse, when the answer has it.
    :param document_key: CUFE, CUDE or TrackId the answer speaks of.
    """

    is_valid: bool
    status_code: str
    status_description: str = ""
    status_message: str = ""
    findings: tuple[Finding, ...] = ()
    application_response: bytes | None = None
    document_key: str = ""
    file_name: str = ""

    @property
    def outcome(self) -> Outcome:
        """The one word that decides what happens next."""
        if self.is_valid:
            return Outcome.ACCEPTED
        if any(f.code == "90" and f.is_rejection for f in self.findings):
            return Outcome.ALREADY_PROCESSED
        if self.status_code in ("66", "90"):
            return Outcome.NOT_FOUND
        if not self.status_code and not self.findings:
            return Outcome.PROCESSING
        return Outcome.REJECTED

    def ensure_accepted(self) -> None:
        """Do nothing for an accepted document, else say why not.

        :raises DianAlreadyProcessed: rule 90.
        :raises DianRejected: with DIAN's findings.
        """
        if self.outcome is Outcome.ALREADY_PROCESSED:
            raise DianAlreadyProcessed(self.findings)
        if self.outcome is not Outcome.ACCEPTED:
            raise DianRejected(self.findings, self.status_message or self.status_description)


@dataclass(frozen=True)
class UploadResponse:
    """A batch was taken (``zip_key``) or refused before validation (``findings``)."""

    zip_key: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class NumberingRange:
    """One authorised range; dates as ``YYYY-MM-DD``, numbers without prefix."""

    resolution: str
    resolution_date: str
    prefix: str
    first: int
    last: int
    start: str
    end: str
    technical_key: str


@dataclass(frozen=True)
class NumberingRangeResponse:
    """``code`` 100 done, 301 no range, 302 no prefixes, 303 software of another, 401, 500."""

    code: str
    description: str
    ranges: tuple[NumberingRange, ...] = ()


@dataclass(frozen=True)
class XmlByDocumentKey:
    """``code`` 100 found, 205 not found, 206 wrong parties, 401 not authorised."""

    code: str
    message: str
    content: bytes | None


@dataclass(frozen=True)
class ExchangeEmails:
    """Reception addresses: tuples of NIT, mail, date (``YYYY-MM-DD``)."""

    success: bool
    status_code: str
    message: str
    rows: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Acquirer:
    """A buyer in DIAN's register; ``status_code`` 404 when unknown."""

    status_code: str
    message: str
    name: str
    email: str


def _children(element: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """Child elements with their local names, first letter in upper case."""
    for child in element:
        if isinstance(child.tag, str):
            name = etree.QName(child).localname
            yield name[:1].upper() + name[1:], child


def _fields(element: etree._Element) -> dict[str, etree._Element]:
    return dict(_children(element))


def _text(fields: dict[str, etree._Element], name: str) -> str:
    element = fields.get(name)
    if element is None or element.get(_NIL) == "true":
        return ""
    return (element.text or "").strip()


def _bytes(fields: dict[str, etree._Element], name: str) -> bytes | None:
    text = _text(fields, name)
    if not text:
        return None
    try:
        return base64.b64decode(text, validate=False)
    except (binascii.Error, ValueError) as error:
        raise DianProtocolError(f"{name} of the answer is not base64") from error


def findings_from_text(text: str, *, rejected: bool = True) -> tuple[Finding, ...]:
    """A line of DIAN's answer as findings; one without rule id is a rejection coded ``DIAN``.

    :param rejected: the severity of a rule that names none.
    """
    found = findings_from([text], rejected=rejected)
    if found:
        return found
    flat = " ".join(text.split())
    return (Finding("DIAN", Severity.REJECTION, flat, message_es=flat),)


def read_dian_response(element: etree._Element, expected_key: str = "") -> DianResponse:
    """Read one DianResponse.

    :param expected_key: CUFE/CUDE asked about; empty or not of that shape: not compared.
    :raises DianProtocolError: it speaks of another document, or lacks ``IsValid``.
    """
    fields = _fields(element)
    valid = _text(fields, "IsValid").lower()
    if valid not in ("true", "false"):
        raise DianProtocolError("The answer does not say whether the document is valid (IsValid)")
    key = _text(fields, "XmlDocumentKey")
    comparable = _KEY.fullmatch(expected_key) and _KEY.fullmatch(key)
    if comparable and key.lower() != expected_key.lower():
        raise DianProtocolError(f"The answer is about {key[:12]}…, not {expected_key[:12]}…")
    messages = fields.get("ErrorMessage")
    texts = () if messages is None else (child.text or "" for _name, child in _children(messages))
    return DianResponse(
        is_valid=valid == "true",
        status_code=_text(fields, "StatusCode").zfill(2) if _text(fields, "StatusCode") else "",
        status_description=_text(fields, "StatusDescription"),
        status_message=_text(fields, "StatusMessage"),
        findings=tuple(
            finding
            for text in filter(str.strip, texts)
            for finding in findings_from_text(text, rejected=valid != "true")
        ),
        application_response=_bytes(fields, "XmlBase64Bytes"),
        document_key=key,
        file_name=_text(fields, "XmlFileName"),
    )


def read_dian_responses(element: etree._Element) -> tuple[DianResponse, ...]:
    """Read the array of a batch (GetStatusZip)."""
    return tuple(
        read_dian_response(child) for name, child in _children(element) if name == "DianResponse"
    )


def read_upload_response(element: etree._Element) -> UploadResponse:
    """Read the receipt of a batch.

    :raises DianProtocolError: neither a key nor a reason.
    """
    fields = _fields(element)
    findings: list[Finding] = []
    errors = fields.get("ErrorMessageList")
    for _name, child in _children(errors) if errors is not None else ():
        parts = _fields(child)
        if _text(parts, "Success").lower() != "true":
            findings.extend(findings_from_text(_text(parts, "ProcessedMessage")))
    answer = UploadResponse(_text(fields, "ZipKey"), tuple(findings))
    if not answer.zip_key and not answer.findings:
        raise DianProtocolError("The answer has neither a batch key nor a reason for refusing it")
    return answer


def read_numbering_ranges(element: etree._Element) -> NumberingRangeResponse:
    """Read the ranges of an issuer; a date-time loses its time."""
    fields = _fields(element)
    items = fields.get("ResponseList")
    ranges = []
    for _name, child in _children(items) if items is not None else ():
        parts = _fields(child)
        try:
            first, last = int(_text(parts, "FromNumber")), int(_text(parts, "ToNumber"))
        except ValueError as error:
            raise DianProtocolError("A numbering range of the answer has no limits") from error
        ranges.append(
            NumberingRange(
                resolution=_text(parts, "ResolutionNumber"),
                resolution_date=_text(parts, "ResolutionDate")[:10],
                prefix=_text(parts, "Prefix"),
                first=first,
                last=last,
                start=_text(parts, "ValidDateFrom")[:10],
                end=_text(parts, "ValidDateTo")[:10],
                technical_key=_text(parts, "TechnicalKey"),
            )
        )
    return NumberingRangeResponse(
        _text(fields, "OperationCode"), _text(fields, "OperationDescription"), tuple(ranges)
    )


def read_xml_by_document_key(element: etree._Element) -> XmlByDocumentKey:
    """Read the XML of a document; the annex prints ``Ok`` where the service sends 100."""
    fields = _fields(element)
    code = _text(fields, "Code")
    return XmlByDocumentKey(
        "100" if code.lower() == "ok" else code,
        _text(fields, "Message"),
        _bytes(fields, "XmlBytesBase64"),
    )


def read_exchange_emails(element: etree._Element) -> ExchangeEmails:
    """Read the address book: CSV without header, NIT, mail, date."""
    fields = _fields(element)
    text = (_bytes(fields, "CsvBase64Bytes") or b"").decode("utf-8-sig", "replace")
    rows = (row for row in csv.reader(io.StringIO(text)) if len(row) >= 3)
    return ExchangeEmails(
        _text(fields, "Success").lower() == "true",
        _text(fields, "StatusCode"),
        _text(fields, "Message"),
        tuple((row[0].strip(), row[1].strip(), row[2].strip()) for row in rows),
    )


def read_acquirer(element: etree._Element) -> Acquirer:
    """Read a buyer of DIAN's register."""
    fields = _fields(element)
    return Acquirer(
        _text(fields, "StatusCode"),
        _text(fields, "Message"),
        _text(fields, "ReceiverName"),
        _text(fields, "ReceiverEmail"),
    )
