"""Verdicts of ``inspection``: their shape, and the findings of its own."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .document_parts import Party
from .documents import ApplicationResponse, BillingDocument, Document, Kind
from .findings import Finding, Severity, has_rejection
from .signature.reports import SignatureReport

#: Kind → prefix of its rules in the annex, chapter 8.
FAMILIES = {
    Kind.INVOICE: "F",
    Kind.CREDIT_NOTE: "C",
    Kind.DEBIT_NOTE: "D",
    Kind.APPLICATION_RESPONSE: "A",
}


@dataclass(frozen=True, slots=True)
class Inspection:
    """Verdict on one document.

    :param source: file, entry of an archive behind ``!``, place in a container behind ``#``.
    :param document: what was read; ``None`` when nothing could be.
    :param uuid_ok: whether CUFE, CUDE or CUDS recompute; ``None`` when the secret is not given.
    """

    source: str
    document: Document | None = None
    uuid_ok: bool | None = None
    signatures: tuple[SignatureReport, ...] = ()
    embedded: tuple[Inspection, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 clean, 1 with findings of rejection, 2 when it, or something in it, is unreadable."""
        own = 2 if self.document is None else int(has_rejection(self.findings))
        return max([own, *(inner.exit_code for inner in self.embedded)])

    def as_dict(self) -> dict[str, Any]:
        """JSON shape of the command's ``--json``."""
        document = self.document
        issuer, receiver = parties(document)
        return {
            "source": self.source,
            "kind": document.header.kind.value if document else None,
            "id": document.header.number if document else None,
            "uuid": (document.header.uuid or None) if document else None,
            "uuid_ok": self.uuid_ok,
            "issuer": _party(issuer),
            "receiver": _party(receiver),
            "totals": _totals(document),
            "signatures": [_signature(report) for report in self.signatures],
            "embedded": [inner.as_dict() for inner in self.embedded],
            "findings": [
                {"code": f.code, "severity": f.severity.value, "message": f.message, "path": f.path}
                for f in self.findings
            ],
        }


def parties(document: Document | None) -> tuple[Party | None, Party | None]:
    if document is None:
        return None, None
    if isinstance(document, BillingDocument):
        return document.issuer, document.customer
    return document.sender, document.receiver


def _party(party: Party | None) -> dict[str, str] | None:
    if party is None:
        return None
    return {
        "name": party.name,
        "identification": party.identification,
        "identification_type": party.identification_type,
        "check_digit": party.check_digit,
    }


def _totals(document: Document | None) -> dict[str, str | None] | None:
    """Amounts as exact decimal texts, never binary fractions."""
    if not isinstance(document, BillingDocument):
        return None
    totals = document.totals
    amounts: dict[str, Decimal | None] = {
        "line_extension": totals.line_extension,
        "tax_exclusive": totals.tax_exclusive,
        "tax_inclusive": totals.tax_inclusive,
        "allowance": totals.allowance,
        "charge": totals.charge,
        "prepaid": totals.prepaid,
        "rounding": totals.rounding,
        "payable": totals.payable,
    }
    shown = {name: None if value is None else f"{value:f}" for name, value in amounts.items()}
    return {"currency": document.currency, **shown}


def _signature(report: SignatureReport) -> dict[str, Any]:
    return {
        "valid": report.valid,
        "signer": report.signer,
        "signed_at": report.signed_at.isoformat() if report.signed_at else None,
        "reasons": list(report.reasons),
    }


def problem(source: str, code: str, message: str, message_es: str = "") -> Inspection:
    """Verdict on what could not be read."""
    finding = Finding(code, Severity.REJECTION, message, message_es=message_es)
    return Inspection(source, findings=(finding,))


ESCAPED = Finding(
    "OPCE-ESCAPED",
    Severity.NOTIFICATION,
    "The sender escaped this document twice; it was read, and judged, with one level undone.",
    message_es="El remitente escapó este documento dos veces; se leyó y juzgó sin un nivel.",
)


def unsigned(document: Document) -> Finding:
    return Finding(
        f"{FAMILIES[document.header.kind]}AC03",
        Severity.REJECTION,
        "The document is not signed.",
        "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/ds:Signature",
        message_es="El documento no está firmado.",
    )


def wrong_code(code: str, kind: Kind) -> Finding:
    return Finding(
        code,
        Severity.REJECTION,
        "The unique code does not recompute from the document with the key or PIN given.",
        f"/{kind.value}/cbc:UUID",
        message_es="El código único no corresponde al documento con la clave o el PIN dados.",
    )


def rejected(document: ApplicationResponse) -> Finding:
    return Finding(
        "OPCE-REJECTED",
        Severity.REJECTION,
        f"DIAN rejected {document.document_number or 'the document'}.",
        message_es=f"La DIAN rechazó {document.document_number or 'el documento'}.",
    )


def foreign_answer(name: str) -> Finding:
    return Finding(
        "OPCE-ANSWER",
        Severity.REJECTION,
        f"The {name.replace('-', ' ')} in the container is about another document.",
        "/AttachedDocument/cac:ParentDocumentLineReference",
        message_es="La respuesta del contenedor es sobre otro documento.",
    )


UNJUDGED = Finding(
    "OPCE-UNJUDGED",
    Severity.NOTIFICATION,
    "The document is too large for its contents to be judged by the rules.",
    message_es="El documento es demasiado grande para juzgar su contenido con las reglas.",
)


def more(number: int) -> Finding:
    """Stands for findings that are left out."""
    return Finding(
        "OPCE-MORE",
        Severity.NOTIFICATION,
        f"There are {number} more findings.",
        message_es=f"Hay {number} hallazgos más.",
    )
