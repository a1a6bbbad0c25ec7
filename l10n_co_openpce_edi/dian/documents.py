"""What a document says, as plain frozen data: the result of ``ubl.reader``.

Texts are stripped and empty when absent; amounts are exact ``Decimal`` in the document's currency
and ``None`` when absent; a date that cannot be understood is ``None`` (its text is not guessed).
Identifications carry no check digit; that is beside them.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from .document_parts import (
    AllowanceCharge,
    Discrepancy,
    Extensions,
    Line,
    Party,
    Payment,
    Reference,
    Tax,
    Totals,
)
from .findings import Finding


class Kind(enum.Enum):
    """Root element of a document."""

    INVOICE = "Invoice"
    CREDIT_NOTE = "CreditNote"
    DEBIT_NOTE = "DebitNote"
    APPLICATION_RESPONSE = "ApplicationResponse"
    ATTACHED_DOCUMENT = "AttachedDocument"


@dataclass(frozen=True, slots=True)
class Header:
    """What all kinds share.

    :param environment: ``ProfileExecutionID``: ``1`` production, ``2`` test.
    :param issued_at: date and time together, in Bogotá when no offset is given.
    :param uuid_scheme: ``CUFE-SHA384``, ``CUDE-SHA384`` or ``CUDS-SHA384``.
    """

    kind: Kind
    number: str
    uuid: str
    uuid_scheme: str
    environment: str
    operation_type: str
    profile: str
    issue_date: date | None
    issue_time: str
    issued_at: datetime | None
    notes: tuple[str, ...] = ()
    extensions: Extensions = field(default_factory=Extensions)


@dataclass(frozen=True, slots=True)
class BillingDocument:
    """An Invoice, CreditNote or DebitNote.

    :param type_code: ``01`` … ``04``, ``91``; ``92`` for a DebitNote, which carries none.
    """

    header: Header
    type_code: str
    currency: str
    due_date: date | None
    issuer: Party
    customer: Party
    lines: tuple[Line, ...]
    taxes: tuple[Tax, ...]
    withholdings: tuple[Tax, ...]
    allowances: tuple[AllowanceCharge, ...]
    totals: Totals
    payments: tuple[Payment, ...] = ()
    references: tuple[Reference, ...] = ()
    discrepancies: tuple[Discrepancy, ...] = ()
    period: tuple[date | None, date | None] = (None, None)

    def tax_amount(self, code: str) -> Decimal:
        """Sum of the header taxes of one code (``01`` IVA …)."""
        return sum((tax.amount or Decimal(0) for tax in self.taxes if tax.code == code), Decimal(0))


@dataclass(frozen=True, slots=True)
class ApplicationResponse:
    """DIAN's answer about a document (``02``, ``04``) or an event (``030`` … ``034``).

    :param document_key: CUFE or CUDE of the document it is about.
    :param findings: one per rule DIAN names.
    :param messages: sentences beside the rules, such as ``… ha sido autorizada.``
    :param claim_code: concept of a claim (031), table 13.3.12.
    """

    header: Header
    sender: Party
    receiver: Party
    response_code: str
    description: str
    claim_code: str
    document_number: str
    document_key: str
    document_type: str
    findings: tuple[Finding, ...] = ()
    messages: tuple[str, ...] = ()

    @property
    def uuid(self) -> str:
        """CUDE of the answer itself."""
        return self.header.uuid

    @property
    def issued_at(self) -> datetime | None:
        """When it was generated."""
        return self.header.issued_at

    @property
    def is_accepted(self) -> bool:
        """Whether this is DIAN's word that the document is valid."""
        return self.response_code == "02"


@dataclass(frozen=True, slots=True)
class EmbeddedXml:
    """A document inside a container, as bytes ready to be read and verified.

    :param repaired: the same with one level of doubled escaping (``&amp;amp;``) undone, when that
        changes anything: to be tried only when the signature of ``content`` fails as it is.
    :param was_repaired: the markup itself was escaped; ``content`` is already the repaired one.
    """

    content: bytes
    repaired: bytes = b""
    was_repaired: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One ``ParentDocumentLineReference``: an answer about the document of a container."""

    number: str
    uuid: str
    issue_date: date | None
    content: EmbeddedXml | None
    validator: str
    result_code: str
    validated_at: datetime | None


@dataclass(frozen=True, slots=True)
class AttachedDocument:
    """Container of a document and the answers to it (annex section 6.4); often unsigned."""

    header: Header
    sender: Party
    receiver: Party
    parent_number: str
    document: EmbeddedXml | None
    answers: tuple[Answer, ...] = ()


Document = BillingDocument | ApplicationResponse | AttachedDocument
