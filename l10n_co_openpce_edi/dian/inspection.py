"""What a file of DIAN's world is, who signed it and what is wrong with it.

The work behind ``python -m dian inspect``. Input is hostile until shown otherwise: everything is
bounded by ``INSPECTION_XML`` and ``INSPECTION_ARCHIVE`` so that one run stays under 100 MB, and one
tree is in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from . import identifiers, rules, verdicts
from .archive import ArchiveEntry, is_archive, walk
from .documents import (
    ApplicationResponse,
    AttachedDocument,
    BillingDocument,
    Document,
    EmbeddedXml,
    Kind,
)
from .errors import ArchiveError, DocumentError
from .findings import Finding, has_rejection
from .limits import KB, MB, ArchiveLimits, XmlLimits
from .signature.verifier import verify
from .ubl.reader import read_tree
from .ubl.xml import parse_xml, trim
from .verdicts import Inspection, problem

INSPECTION_XML = XmlLimits(size=3 * MB, nodes=100_000)
INSPECTION_ARCHIVE = ArchiveLimits(size=8 * MB, total=32 * MB, entry=6 * MB, ratio_floor=256 * KB)

#: Beyond this the rules are not judged: they hold a Python object per element. An invoice of 500
#: lines has about 25,000 elements and attributes.
_JUDGED_NODES = 26_000
_JUDGED_CHILDREN = 200
_JUDGED_LINES = 1_000
_OVERSIZED = (
    f"boolean(/*[*[{_JUDGED_LINES + _JUDGED_CHILDREN}]]) or boolean(/*//*[*[{_JUDGED_CHILDREN}]])"
    f" or count(//*) + count(//@*) > {_JUDGED_NODES}"
)
#: Per document; and per container, which holds one answer of DIAN and a few events at most.
_MAX_FINDINGS = 200
_MAX_ANSWERS = 20
_EVENTS = frozenset({"030", "031", "032", "033", "034"})


@dataclass(frozen=True, slots=True)
class Secrets:
    """What is not in a document but needed to recompute its code; empty when not known."""

    technical_key: str = ""
    pin: str = ""


def inspect(source: str, data: bytes, secrets: Secrets | None = None) -> Iterator[Inspection]:
    """One verdict per document in ``data``: an XML, or a ZIP with its ZIPs; never raises."""
    known = secrets or Secrets()
    if not is_archive(data):
        yield _inspect_xml(source, data, known, INSPECTION_XML.embedded)
        return
    found = False
    try:
        for entry in walk(data, INSPECTION_ARCHIVE):
            verdict = _inspect_entry(f"{source}!{entry.name}", entry, known)
            if verdict is not None:
                found = True
                yield verdict
    except ArchiveError as error:
        yield problem(source, "OPCE-ZIP", str(error), "El archivo ZIP no se puede leer.")
        return
    if not found:
        yield problem(
            source,
            "OPCE-EMPTY",
            "The archive holds no XML document.",
            "El archivo ZIP no contiene ningún documento XML.",
        )


def _inspect_entry(source: str, entry: ArchiveEntry, secrets: Secrets) -> Inspection | None:
    """``None`` for what is no document at all: pictures, PDF, annexes."""
    if entry.problem:
        return problem(source, "OPCE-ZIP", entry.problem, "El archivo ZIP no se puede leer.")
    if entry.name.lower().endswith(".xml") or trim(entry.content[:KB]).startswith(b"<?xml"):
        return _inspect_xml(source, entry.content, secrets, INSPECTION_XML.embedded)
    return None


def _inspect_xml(source: str, data: bytes, secrets: Secrets, depth: int) -> Inspection:
    try:
        root = parse_xml(data, INSPECTION_XML)
        document = read_tree(root)
        uuid_ok, findings = _judge(root, document, secrets)
    except DocumentError as error:
        return problem(source, "OPCE-XML", str(error), "El documento no se puede leer.")
    # The verifier parses for itself, comments included: never two trees at once.
    del root
    reports = verify(data)
    for report in reports:
        findings.extend(report.findings)
    if not reports and not isinstance(document, AttachedDocument):
        findings.append(verdicts.unsigned(document))
    embedded: tuple[Inspection, ...] = ()
    if isinstance(document, AttachedDocument):
        embedded = tuple(_inspect_embedded(source, document, secrets, depth, findings))
    return Inspection(source, document, uuid_ok, tuple(reports), embedded, _bounded(findings))


def _judge(
    root: etree._Element, document: Document, secrets: Secrets
) -> tuple[bool | None, list[Finding]]:
    """Whether the code recomputes, and what the rules or DIAN's answer say."""
    findings: list[Finding] = []
    uuid_ok: bool | None = None
    if isinstance(document, BillingDocument):
        uuid_ok = _code_holds(root, document, secrets)
        if document.header.kind is Kind.INVOICE and document.type_code in {"01", "02", "03", "04"}:
            findings.extend(_check_rules(root, secrets))
    elif isinstance(document, ApplicationResponse):
        uuid_ok = _event_code_holds(root, document, secrets)
        findings.extend(document.findings)
        if document.response_code == "04" and not has_rejection(document.findings):
            findings.append(verdicts.rejected(document))
    if uuid_ok is False:
        code = f"{verdicts.FAMILIES[document.header.kind]}AD06"
        if all(finding.code != code for finding in findings):
            findings.append(verdicts.wrong_code(code, document.header.kind))
    return uuid_ok, findings


def _check_rules(root: etree._Element, secrets: Secrets) -> list[Finding]:
    """The rules of an invoice, unless it is of a size and shape no real one has."""
    if root.xpath(_OVERSIZED):
        return [verdicts.UNJUDGED]
    return rules.check(
        root,
        rules.RuleContext(
            technical_key=secrets.technical_key or None, software_pin=secrets.pin or None
        ),
    )


def _code_holds(root: etree._Element, document: BillingDocument, secrets: Secrets) -> bool | None:
    """By type, not by what the document calls its code: CUFE for 01, 02 and 04, CUDS for 05 and
    95, CUDE for the rest."""
    uuid = document.header.uuid.lower()
    inputs = identifiers.inputs_from(root)
    if document.header.kind is Kind.INVOICE and document.type_code in {"01", "02", "04"}:
        key = secrets.technical_key
        return identifiers.cufe(inputs, key) == uuid if key else None
    if not secrets.pin:
        return None
    if document.type_code in {"05", "95"}:
        return identifiers.cuds(inputs, secrets.pin) == uuid
    return identifiers.cude(inputs, secrets.pin) == uuid


def _event_code_holds(
    root: etree._Element, document: ApplicationResponse, secrets: Secrets
) -> bool | None:
    """DIAN's own answers are made with a PIN nobody else has."""
    if not secrets.pin or document.response_code not in _EVENTS:
        return None
    inputs = identifiers.event_inputs_from(root)
    return identifiers.cude_event(inputs, secrets.pin) == document.header.uuid.lower()


def _inspect_embedded(
    source: str,
    container: AttachedDocument,
    secrets: Secrets,
    depth: int,
    findings: list[Finding],
) -> Iterator[Inspection]:
    """The document of a container, then the answers; what concerns both goes to ``findings``."""
    parts = [("document", container.document)]
    answers = container.answers[:_MAX_ANSWERS]
    parts += [(f"answer-{i}", answer.content) for i, answer in enumerate(answers, 1)]
    uuid = ""
    for name, content in parts:
        place = f"{source}#{name}"
        if content is None:
            yield problem(
                place,
                "OPCE-EMPTY",
                "The container holds nothing here.",
                "El contenedor está vacío aquí.",
            )
        elif depth <= 0:
            yield problem(
                place,
                "OPCE-DEPTH",
                "Containers are nested too deeply.",
                "Hay demasiados contenedores anidados.",
            )
        else:
            inner = _inspect_part(place, content, secrets, depth - 1)
            read = inner.document
            if name == "document" and read is not None:
                uuid = read.header.uuid
            elif isinstance(read, ApplicationResponse) and uuid and read.document_key != uuid:
                findings.append(verdicts.foreign_answer(name))
            yield inner


def _inspect_part(place: str, content: EmbeddedXml, secrets: Secrets, depth: int) -> Inspection:
    """A document as found; with doubled escaping undone only if that alone makes it valid."""
    data, was_repaired = content.content, content.was_repaired
    # Verified apart from the inspection: trying both ways at every level would double each time.
    if content.repaired and not _all_valid(data) and _all_valid(content.repaired):
        data, was_repaired = content.repaired, True
    inner = _inspect_xml(place, data, secrets, depth)
    if was_repaired and inner.document is not None:
        inner = replace(inner, findings=(*inner.findings, verdicts.ESCAPED))
    return inner


def _all_valid(data: bytes) -> bool:
    reports = verify(data)
    return bool(reports) and all(report.valid for report in reports)


def _bounded(findings: list[Finding]) -> tuple[Finding, ...]:
    """Rejections first, and no more than somebody reads."""
    ordered = sorted(findings, key=lambda finding: not finding.is_rejection)
    if len(ordered) <= _MAX_FINDINGS:
        return tuple(ordered)
    return (*ordered[:_MAX_FINDINGS], verdicts.more(len(ordered) - _MAX_FINDINGS))
