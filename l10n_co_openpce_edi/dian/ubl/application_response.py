"""ApplicationResponse: DIAN's answer about a document, and events (annex 1.9 section 6.5).

DIAN's answers in practice differ from the annex (one ``LineResponse`` per message, the first
always ``0000``; sentences such as ``… ha sido autorizada.`` under code ``0``), so lines are told
apart by what they say, not by their number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from ..documents import ApplicationResponse, Kind
from ..errors import DocumentError
from ..findings import Finding, Severity
from ..limits import XML_LIMITS, XmlLimits
from .header import read_header
from .namespaces import path
from .parties import read_simple_party
from .xml import attribute, children, parse_xml, text

#: ``Regla: FAJ43b, Notificación: texto``; older answers lack the severity.
_RULE = re.compile(
    r"\s*(?P<code>[A-Za-z0-9_-]{1,20})\s*[,:]?\s*"
    r"(?:(?P<severity>Rechazo|Notificaci[oó]n)\s*:?)?\s*(?P<text>.*)",
    re.DOTALL | re.IGNORECASE,
)
_CODE = re.compile(r"[A-Z]{1,4}[0-9]{1,3}[A-Za-z]?|90")
_MARK = re.compile(r"\(([RN])\)")
#: DIAN lists each rule once or a few times; the annex has 1,408 rules in all.
MAX_FINDINGS = 1_500
_BLANKS = re.compile(r"\s+")
_REJECTED = "04"


def parse(data: bytes, limits: XmlLimits = XML_LIMITS) -> ApplicationResponse:
    """DIAN's answer, or an event, out of its bytes.

    :raises DocumentError: it cannot be read, or is no ApplicationResponse.
    """
    return read_tree(parse_xml(data, limits))


def read_tree(root: etree._Element) -> ApplicationResponse:
    """As :func:`parse`, of a parsed document."""
    header = read_header(root)
    if header.kind is not Kind.APPLICATION_RESPONSE:
        raise DocumentError(f"The document is no ApplicationResponse but {header.kind.value}.")
    response = root.find(path("cac:DocumentResponse"))
    reference = "cac:DocumentReference/cbc:"
    code = text(response, "cac:Response/cbc:ResponseCode")
    findings, messages = _lines(response, code)
    return ApplicationResponse(
        header=header,
        sender=read_simple_party(root.find(path("cac:SenderParty"))),
        receiver=read_simple_party(root.find(path("cac:ReceiverParty"))),
        response_code=code,
        description=text(response, "cac:Response/cbc:Description"),
        claim_code=attribute(response, "cac:Response/cbc:ResponseCode", "listID"),
        document_number=text(response, reference + "ID"),
        document_key=text(response, reference + "UUID"),
        document_type=text(response, reference + "DocumentTypeCode"),
        findings=findings,
        messages=messages,
    )


def findings_from(lines: Iterable[str], *, rejected: bool = False) -> tuple[Finding, ...]:
    """Findings out of texts of the form ``Regla: FAJ43b, Notificación: …``.

    One text may hold several rules, and a rule several lines. Texts without a rule are left out.

    :param rejected: the severity of a rule that names none: rejection when the whole was one.
    """
    found: list[Finding] = []
    for line in lines:
        for piece in re.split(r"Regla\s*:", line, maxsplit=MAX_FINDINGS)[1:]:
            match = _RULE.match(piece)
            if match and _CODE.fullmatch(match["code"]):
                found.append(
                    _finding(match["code"], match["severity"] or "", match["text"], rejected)
                )
    return tuple(found[:MAX_FINDINGS])


def _finding(code: str, severity: str, message: str, rejected: bool) -> Finding:
    """The message is DIAN's own, in Spanish; it stands for both languages."""
    words = _BLANKS.sub(" ", message).strip()
    if severity:
        is_rejection = severity.lower().startswith("r")
    else:
        # Some texts begin with the letter of the annex; that letter is not what DIAN applied
        # when it validated the document (FAT07 is listed with "(R)" in accepted answers).
        mark = _MARK.match(words)
        is_rejection = rejected and (mark is None or mark[1] == "R")
    weight = Severity.REJECTION if is_rejection else Severity.NOTIFICATION
    return Finding(code, weight, words or code, message_es=words)


def _lines(
    response: etree._Element | None, code: str
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    findings: list[Finding] = []
    messages: list[str] = []
    rejected = code == _REJECTED
    for line in children(response, "cac:LineResponse/cac:Response"):
        name, words = text(line, "cbc:ResponseCode"), text(line, "cbc:Description")
        named = findings_from([words], rejected=rejected)
        if named:
            findings.extend(named)
        elif _CODE.fullmatch(name):
            findings.append(_finding(name, "", words, rejected))
        elif words and not words.isdigit():
            # Codes 0000, 0001 and 0003 carry only DIAN's internal number.
            messages.append(_BLANKS.sub(" ", words))
    return tuple(findings[:MAX_FINDINGS]), tuple(messages[:MAX_FINDINGS])
