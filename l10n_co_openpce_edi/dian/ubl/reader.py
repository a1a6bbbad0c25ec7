"""Reading of any document of DIAN's world into plain data.

Tolerant of what real documents show (byte order marks, blanks, missing optional groups, foreign
extensions, irregular dates); strict where a guess would be dangerous (encodings, entities, roots,
amounts that are no numbers).
"""

from __future__ import annotations

from lxml import etree

from ..document_parts import Discrepancy, Payment, Reference
from ..documents import BillingDocument, Document, Header, Kind
from ..errors import DocumentError
from ..limits import XML_LIMITS, XmlLimits
from . import application_response, attached_document
from .amounts import read_allowances, read_lines, read_taxes, read_totals
from .header import read_header
from .namespaces import local_name, path
from .parties import read_accounting_party
from .values import day
from .xml import attribute, children, parse_xml, text

_TYPE_CODES = {
    Kind.INVOICE: "cbc:InvoiceTypeCode",
    Kind.CREDIT_NOTE: "cbc:CreditNoteTypeCode",
}
_REFERENCES = (
    "cac:OrderReference",
    "cac:BillingReference/cac:InvoiceDocumentReference",
    "cac:BillingReference/cac:CreditNoteDocumentReference",
    "cac:BillingReference/cac:DebitNoteDocumentReference",
    "cac:DespatchDocumentReference",
    "cac:ReceiptDocumentReference",
    "cac:AdditionalDocumentReference",
)


def read(data: bytes, limits: XmlLimits = XML_LIMITS) -> Document:
    """The document in ``data``.

    :raises DocumentError: it cannot be read safely, is none of the five kinds, or an amount in it
        is no number; the message is one sentence for people.
    """
    return read_tree(parse_xml(data, limits))


def read_tree(root: etree._Element) -> Document:
    """As :func:`read`, of a parsed document."""
    header = read_header(root)
    if header.kind is Kind.APPLICATION_RESPONSE:
        return application_response.read_tree(root)
    if header.kind is Kind.ATTACHED_DOCUMENT:
        return attached_document.read_tree(root)
    return _read_billing(root, header)


def read_billing(data: bytes, limits: XmlLimits = XML_LIMITS) -> BillingDocument:
    """As :func:`read`, when an invoice or a note is expected.

    :raises DocumentError: also when it is of another kind.
    """
    document = read(data, limits)
    if not isinstance(document, BillingDocument):
        raise DocumentError("The document is neither an invoice nor a note.")
    return document


def _read_billing(root: etree._Element, header: Header) -> BillingDocument:
    type_element = _TYPE_CODES.get(header.kind)
    period = root.find(path("cac:InvoicePeriod"))
    return BillingDocument(
        header=header,
        # UBL gives a DebitNote no element for its type; only references name it 92.
        type_code=text(root, type_element) if type_element else "92",
        currency=text(root, "cbc:DocumentCurrencyCode"),
        due_date=day(text(root, "cbc:DueDate")),
        issuer=read_accounting_party(root.find(path("cac:AccountingSupplierParty"))),
        customer=read_accounting_party(root.find(path("cac:AccountingCustomerParty"))),
        lines=read_lines(root),
        taxes=read_taxes(root),
        withholdings=read_taxes(root, "cac:WithholdingTaxTotal"),
        allowances=read_allowances(root),
        totals=read_totals(root),
        payments=_payments(root),
        references=_references(root),
        discrepancies=_discrepancies(root),
        period=(day(text(period, "cbc:StartDate")), day(text(period, "cbc:EndDate"))),
    )


def _payments(root: etree._Element) -> tuple[Payment, ...]:
    return tuple(
        Payment(
            form=text(node, "cbc:ID"),
            means=text(node, "cbc:PaymentMeansCode"),
            due_date=day(text(node, "cbc:PaymentDueDate")),
            reference=text(node, "cbc:PaymentID"),
        )
        for node in children(root, "cac:PaymentMeans")
    )


def _references(root: etree._Element) -> tuple[Reference, ...]:
    return tuple(
        Reference(
            role=local_name(node.tag),
            number=text(node, "cbc:ID"),
            uuid=text(node, "cbc:UUID"),
            scheme=attribute(node, "cbc:UUID", "schemeName"),
            issue_date=day(text(node, "cbc:IssueDate")),
            type_code=text(node, "cbc:DocumentTypeCode"),
        )
        for names in _REFERENCES
        for node in children(root, names)
    )


def _discrepancies(root: etree._Element) -> tuple[Discrepancy, ...]:
    return tuple(
        Discrepancy(
            reference=text(node, "cbc:ReferenceID"),
            concept=text(node, "cbc:ResponseCode"),
            description=text(node, "cbc:Description"),
        )
        for node in children(root, "cac:DiscrepancyResponse")
    )
