"""What a credit or debit note says about its invoice (annex §8.3–8.4, families BF, BG, AE)."""

from __future__ import annotations

from collections.abc import Iterator

from .document import Document
from .findings import Finding, notify, reject
from .store import Store

_CONCEPTS = {"CreditNote": {"1", "2", "3", "4", "5", "6"}, "DebitNote": {"1", "2", "3", "4"}}


def check(document: Document, store: Store) -> Iterator[Finding]:
    """Findings about a note; none for an invoice."""
    if document.kind == "Invoice":
        return
    yield from _reason(document)
    if document.text("cbc:CustomizationID") in ("22", "32"):
        for rule, element in (("AE02", "StartDate"), ("AE04", "EndDate")):
            if not document.text(f"cac:InvoicePeriod/cbc:{element}"):
                yield reject(document.code(rule), f"Sin factura de referencia falta {element}.")
        return
    yield from _references(document, store)


def _reason(document: Document) -> Iterator[Finding]:
    code = document.code
    if not document.every("cac:DiscrepancyResponse"):
        yield reject(code("BF01"), "Falta el motivo de la nota.")
        return
    concept = document.text("cac:DiscrepancyResponse/cbc:ResponseCode")
    if concept not in _CONCEPTS[document.kind]:
        yield reject(code("BF03"), "Concepto de la nota fuera de la lista.")
    if concept == "2" and document.text("cbc:CustomizationID") == "22":
        yield reject("CBF03a", "Una nota sin referencia a factura no puede anular.")
    if not document.text("cac:DiscrepancyResponse/cbc:Description"):
        yield reject(code("BF04"), "Falta la descripción del motivo.")


def _references(document: Document, store: Store) -> Iterator[Finding]:
    code = document.code
    references = document.every("cac:BillingReference/cac:InvoiceDocumentReference")
    if not references:
        yield reject(code("BG01"), "Falta la factura de referencia.")
    for position in range(1, len(references) + 1):
        path = f"(cac:BillingReference/cac:InvoiceDocumentReference)[{position}]"
        invoice = store.accepted_invoice(document.text(f"{path}/cbc:UUID"))
        if document.text(f"{path}/cbc:UUID/@schemeName") not in ("CUFE-SHA384", "CUDE-SHA384"):
            finding = reject if document.kind == "CreditNote" else notify
            yield finding(code("BG05"), "El algoritmo del CUFE de referencia no corresponde.")
        if invoice is None or invoice.issuer != document.issuer:
            yield reject(code("BG04"), "La factura de referencia no existe en la DIAN.")
            continue
        if document.text(f"{path}/cbc:ID") != invoice.number:
            yield reject(code("BG03"), "El número de la factura de referencia no corresponde.")
        if invoice.issue_date > document.issue_date:
            finding = notify if document.kind == "CreditNote" else reject
            yield finding(code("BG06"), "La factura de referencia es posterior a la nota.")
