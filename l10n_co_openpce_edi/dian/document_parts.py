"""The parts documents are made of, as plain frozen data; conventions as in ``documents``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Address:
    """Where a party is; codes are DIVIPOLA for Colombia."""

    municipality_code: str = ""
    city: str = ""
    postal_code: str = ""
    department: str = ""
    department_code: str = ""
    line: str = ""
    country_code: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """Issuer, acquirer, sender or receiver.

    :param identification_type: ``schemeName``: ``31`` NIT, ``13`` cédula …
    :param check_digit: ``schemeID``.
    :param organization_type: ``1`` legal, ``2`` natural person.
    :param prefix: ``CorporateRegistrationScheme/ID``: prefix of the authorised range.
    :param registration_number: matrícula mercantil.
    :param address: fiscal address, else the physical one.
    """

    name: str = ""
    identification: str = ""
    check_digit: str = ""
    identification_type: str = ""
    organization_type: str = ""
    trade_name: str = ""
    responsibilities: tuple[str, ...] = ()
    tax_scheme: str = ""
    prefix: str = ""
    registration_number: str = ""
    activity_codes: tuple[str, ...] = ()
    email: str = ""
    phone: str = ""
    address: Address = field(default_factory=Address)


@dataclass(frozen=True, slots=True)
class Tax:
    """One ``TaxSubtotal``: a tax at one rate. ``per_unit`` and ``quantity`` for nominal taxes."""

    code: str
    name: str
    amount: Decimal | None
    base: Decimal | None
    percent: Decimal | None
    per_unit: Decimal | None = None
    quantity: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class AllowanceCharge:
    """A discount, or a charge when ``is_charge``; ``percent`` is the multiplier factor."""

    is_charge: bool
    code: str
    reason: str
    percent: Decimal | None
    amount: Decimal | None
    base: Decimal | None


@dataclass(frozen=True, slots=True)
class Totals:
    """``LegalMonetaryTotal`` or, in debit notes, ``RequestedMonetaryTotal``."""

    line_extension: Decimal | None = None
    tax_exclusive: Decimal | None = None
    tax_inclusive: Decimal | None = None
    allowance: Decimal | None = None
    charge: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    payable: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line; ``amount`` is ``LineExtensionAmount``, discounts and charges already inside.

    :param standard: ``StandardItemIdentification`` ``schemeID`` (``001``, ``010``, ``999`` …).
    :param reference_price: commercial value of what is given away.
    """

    number: str
    description: str
    quantity: Decimal | None
    unit: str
    price: Decimal | None
    base_quantity: Decimal | None
    amount: Decimal | None
    taxes: tuple[Tax, ...] = ()
    withholdings: tuple[Tax, ...] = ()
    allowances: tuple[AllowanceCharge, ...] = ()
    notes: tuple[str, ...] = ()
    standard: str = ""
    standard_code: str = ""
    seller_code: str = ""
    reference_price: Decimal | None = None
    is_free: bool = False


@dataclass(frozen=True, slots=True)
class Payment:
    """``PaymentMeans``: form ``1`` cash or ``2`` credit, means of table 13.3.4.2."""

    form: str
    means: str
    due_date: date | None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """Another document this one refers to.

    :param role: local name of the group: ``InvoiceDocumentReference``, ``OrderReference`` …
    """

    role: str
    number: str
    uuid: str = ""
    scheme: str = ""
    issue_date: date | None = None
    type_code: str = ""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Why a note was made: concept (tables 13.2.4 and 13.2.5) and its description."""

    reference: str
    concept: str
    description: str


@dataclass(frozen=True, slots=True)
class Authorization:
    """Numbering authorisation out of ``sts:InvoiceControl``; ``first`` and ``last`` as written."""

    number: str
    prefix: str
    first: str
    last: str
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Extensions:
    """``sts:DianExtensions``; ``qr`` may be several lines of text in practice."""

    authorization: Authorization | None = None
    provider_id: str = ""
    software_id: str = ""
    security_code: str = ""
    qr: str = ""
