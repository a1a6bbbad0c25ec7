"""Verdicts as text for people. What documents say is shown with its control characters made
visible, so that no document can write to the terminal what it likes."""

from __future__ import annotations

from .document_parts import Party
from .documents import ApplicationResponse, BillingDocument
from .verdicts import Inspection, parties

_UUID = {True: "recomputes", False: "DOES NOT RECOMPUTE", None: "not recomputed (no key or PIN)"}


def printable(text: str, limit: int = 300) -> str:
    """``text`` on one line, without what a terminal would obey."""
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text[:limit])
    return shown + ("…" if len(text) > limit else "")


def render(verdict: Inspection, indent: str = "") -> str:
    """Several lines, the documents inside indented."""
    lines = [f"{indent}{printable(verdict.source)}"]
    inside = indent + "  "
    lines += [inside + line for line in _describe(verdict)]
    for report in verdict.signatures:
        state = "valid" if report.valid else f"INVALID ({', '.join(report.reasons)})"
        when = report.signed_at.isoformat() if report.signed_at else "unknown time"
        lines.append(f"{inside}signature  {state}: {printable(report.signer or '?')}, {when}")
    for finding in verdict.findings:
        where = f" [{printable(finding.path)}]" if finding.path else ""
        lines.append(
            f"{inside}{finding.severity.value} {finding.code}: {printable(finding.message)}{where}"
        )
    lines += [render(inner, inside) for inner in verdict.embedded]
    return "\n".join(lines)


def _describe(verdict: Inspection) -> list[str]:
    document = verdict.document
    if document is None:
        return ["UNREADABLE"]
    header = document.header
    issued = f"{header.issue_date or '?'} {printable(header.issue_time, 30)}"
    lines = [f"{header.kind.value} {printable(header.number, 60)}  {issued}"]
    issuer, receiver = parties(document)
    lines += [f"from       {_party(issuer)}", f"to         {_party(receiver)}"]
    if isinstance(document, BillingDocument):
        totals, currency = document.totals, printable(document.currency, 10)
        lines.append(
            f"totals     lines {totals.line_extension}, with taxes {totals.tax_inclusive}, "
            f"payable {totals.payable} {currency}"
        )
    if isinstance(document, ApplicationResponse):
        about = printable(document.document_number, 60)
        answer = printable(f"{document.response_code} {document.description}")
        lines.append(f"response   {answer} – document {about}")
        lines += [f"message    {printable(message)}" for message in document.messages]
    if header.uuid:
        scheme = printable(header.uuid_scheme or "code", 30)
        lines.append(f"{scheme}  {printable(header.uuid, 120)}: {_UUID[verdict.uuid_ok]}")
    return lines


def _party(party: Party | None) -> str:
    if party is None:
        return "?"
    digit = f"-{party.check_digit}" if party.check_digit else ""
    return printable(f"{party.name} ({party.identification}{digit})")
