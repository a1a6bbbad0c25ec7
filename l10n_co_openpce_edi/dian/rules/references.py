"""Rules of the period and of referenced documents (annex 8.2: FAE to FAI, FBH, FBI)."""

from __future__ import annotations

from collections.abc import Sequence

from .base import Case, Failure, Rule, Text
from .common import INVALID, OK, Group, N, R, fails, is_type
from .screens import REFERENCES
from .tree import Node

_CREDIT = "/Invoice/cac:BillingReference/cac:CreditNoteDocumentReference"
_DEBIT = "/Invoice/cac:BillingReference/cac:DebitNoteDocumentReference"
_UUID = "[0-9a-f]{96}"
_PAPER = "03"

_document = Group("/Invoice", REFERENCES)
_billing = Group("/Invoice/cac:BillingReference", REFERENCES)
_credit = Group(_CREDIT, REFERENCES)
_debit = Group(_DEBIT, REFERENCES)
_period = Group("/Invoice/cac:InvoicePeriod", REFERENCES)
_order = Group("/Invoice/cac:OrderReference", REFERENCES)
_despatch = Group("/Invoice/cac:DespatchDocumentReference", REFERENCES)
_receipt = Group("/Invoice/cac:ReceiptDocumentReference", REFERENCES)
#: The group is validated for transcribed paper invoices only (FAI01).
_paper = Group("/Invoice/cac:AdditionalDocumentReference", REFERENCES, is_type(_PAPER))

_LATER = Text(
    "The referenced note is dated {found}, after the invoice ({expected}).",
    "La nota referenciada es del {found}, posterior a la factura ({expected}).",
)


def _not_later(node: Node, case: Case) -> Sequence[Failure]:
    found, issued = node.date("cbc:IssueDate"), case.root.date("cbc:IssueDate")
    if not node.value("cbc:IssueDate") or issued is None:
        return OK
    if found is not None and found <= issued:
        return OK
    return fails(node, "cbc:IssueDate", node.value("cbc:IssueDate"), issued.isoformat())


_PERIOD: tuple[Rule, ...] = (
    _period.required("FAE02", N, "cbc:StartDate", "first day of the invoiced period",
                     "primer día del periodo facturado"),
    _period.filled("FAE03", N, "cbc:StartTime", "start time of the invoiced period",
                   "hora inicial del periodo facturado"),
    _period.required("FAE04", N, "cbc:EndDate", "last day of the invoiced period",
                     "último día del periodo facturado"),
    _period.filled("FAE05", N, "cbc:EndTime", "end time of the invoiced period",
                   "hora final del periodo facturado"),
    _order.required("FAF02", N, "cbc:ID", "number of the order", "número de la orden"),
    _order.filled("FAF03", N, "cbc:IssueDate", "date of the order", "fecha de la orden"),
    _despatch.required("FAG02", N, "cbc:ID", "number of the despatch document",
                       "número del documento de despacho"),
    _despatch.filled("FAG03", N, "cbc:IssueDate", "date of the despatch document",
                     "fecha del documento de despacho"),
    _receipt.required("FAH02", N, "cbc:ID", "number of the receipt document",
                      "número del documento de recepción"),
    _receipt.filled("FAH03", N, "cbc:IssueDate", "date of the receipt document",
                    "fecha del documento de recepción"),
)  # fmt: skip

_NOTES: tuple[Rule, ...] = (
    _document.filled("FBH01", N, "cac:BillingReference", "referenced note", "nota referenciada"),
    _billing.filled("FBH02", N, "cac:CreditNoteDocumentReference", "referenced credit note",
                    "nota crédito referenciada"),
    _credit.required("FBH03", N, "cbc:ID", "number of the referenced credit note",
                     "número de la nota crédito referenciada"),
    # Whether the note exists only DIAN knows; that a code is no CUDE can be seen.
    _credit.matches("FBH04", R, "cbc:UUID", _UUID, "CUDE of the referenced credit note",
                    "CUDE de la nota crédito referenciada", message=INVALID),
    _credit.equals("FBH05", N, "cbc:UUID/@schemeName", "CUDE-SHA384",
                   "algorithm of the credit note's CUDE", "algoritmo del CUDE de la nota crédito"),
    _credit.rule("FBH06", N, "cbc:IssueDate", _LATER, _not_later),
    _billing.filled("FBI02", R, "cac:DebitNoteDocumentReference", "referenced debit note",
                    "nota débito referenciada"),
    _debit.required("FBI03", R, "cbc:ID", "number of the referenced debit note",
                    "número de la nota débito referenciada"),
    _debit.matches("FBI04", R, "cbc:UUID", _UUID, "CUDE of the referenced debit note",
                   "CUDE de la nota débito referenciada", message=INVALID),
    _debit.equals("FBI05", N, "cbc:UUID/@schemeName", "CUDE-SHA384",
                  "algorithm of the debit note's CUDE", "algoritmo del CUDE de la nota débito"),
    _debit.rule("FBI06", R, "cbc:IssueDate", _LATER, _not_later),
)  # fmt: skip

_PAPER_INVOICE: tuple[Rule, ...] = (
    Group("/Invoice", REFERENCES, is_type(_PAPER)).required(
        "FAI01", R, "cac:AdditionalDocumentReference", "paper invoice that this one transcribes",
        "factura de papel o talonario que se transcribe"),
    _paper.required("FAI02", R, "cbc:ID", "number of the paper invoice",
                    "número de la factura de papel"),
    # R in the table, but a paper invoice has no such code; DIAN accepts documents without it.
    _paper.required("FAI03", N, "cbc:UUID", "code of the transcribed document",
                    "código del documento transcrito"),
    _paper.matches("FAI04", N, "cbc:UUID/@schemeName", "CUFE-SHA384|CUDE-SHA384",
                   "algorithm of the transcribed document's code",
                   "algoritmo del código del documento transcrito"),
    _paper.required("FAI05", N, "cbc:IssueDate", "date of the paper invoice",
                    "fecha de la factura de papel"),
    _paper.required("FAI06", N, "cbc:DocumentTypeCode", "type of the paper document",
                    "tipo del documento de papel"),
)  # fmt: skip

RULES = _PERIOD + _NOTES + _PAPER_INVOICE
