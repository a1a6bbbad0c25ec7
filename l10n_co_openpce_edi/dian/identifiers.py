"""Unique codes, software security code, QR and file names (annex 1.9 chapter 11 and section 6.5).

Every code is the SHA-384, lower-case hexadecimal, of texts joined without separator (11.2):

======  ============================  =======================================================
code    documents                     parts
======  ============================  =======================================================
CUFE    invoice 01, 02, 04            number, date, time, lines, 01, IVA, 04, INC, 03, ICA,
                                      payable, issuer, customer, technical key, environment
CUDE    invoice 03, credit and debit  the same with the software PIN in place of the key
CUDE    events                        number, date, time, sender, receiver, response code,
                                      document number, document type, PIN
CUDS    support document and its note number, date, time, lines, 01, IVA, payable, vendor,
                                      buyer, PIN, environment
======  ============================  =======================================================

Erratum of the annex: the CUDE printed in 11.4.5 (debit note ``ND1001``) does not follow from the
inputs printed beside it; it is the hash of the same text *without* the PIN. The formula here is
the one of 11.3, which the other four printed examples confirm.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal, InvalidOperation

from lxml import etree

from . import mail
from .codes import Environment, FileKind
from .errors import DocumentError
from .ubl.namespaces import path
from .ubl.xml import text as _text

# Made of the same facts; their rules live in a module of their own.
mail_subject = mail.mail_subject
parse_mail_subject = mail.parse_mail_subject

_CENT = Decimal("0.01")
_CATALOGUE = {
    Environment.PRODUCTION: "https://catalogo-vpfe.dian.gov.co",
    Environment.TEST: "https://catalogo-vpfe-hab.dian.gov.co",
}


@dataclass(frozen=True, slots=True)
class HashInputs:
    """What a CUFE, CUDE or CUDS is made of; amounts in the document's currency.

    :param issue_time: with its offset, ``10:53:10-05:00``.
    :param issuer: identification without check digit (for a support document: the vendor).
    :param customer: identification without check digit (for a support document: the buyer).
    :param environment: ``1`` production, ``2`` test.
    """

    number: str
    issue_date: str
    issue_time: str
    line_extension: Decimal | str
    tax_01: Decimal | str
    tax_04: Decimal | str
    tax_03: Decimal | str
    payable: Decimal | str
    issuer: str
    customer: str
    environment: str


@dataclass(frozen=True, slots=True)
class EventInputs:
    """What the CUDE of an event is made of (section 11.5); no amounts, no environment.

    :param sender: who generates the event; the receiver of 034 is DIAN.
    :param document_type: of the document the event is about, ``01`` for an ordinary invoice.
    """

    number: str
    issue_date: str
    issue_time: str
    sender: str
    receiver: str
    response_code: str
    document_number: str
    document_type: str


def _sha384(*parts: str) -> str:
    return hashlib.sha384("".join(parts).encode()).hexdigest()


def _decimal(value: Decimal | str) -> Decimal:
    try:
        number = value if isinstance(value, Decimal) else Decimal(value.strip() or "0")
    except InvalidOperation:
        raise ValueError(f"not an amount: {str(value)[:40]!r}") from None
    # The annex allows 15 digits; the bound keeps "1E999999999" from being written out.
    if not number.is_finite() or number.adjusted() > 24:
        raise ValueError(f"not an amount: {str(value)[:40]!r}")
    return number


def hash_amount(value: Decimal | str) -> str:
    """An amount as the hashes take it: two decimals, truncated (section 11.2).

    >>> hash_amount("1000.009")
    '1000.00'
    """
    return format(_decimal(value).quantize(_CENT, ROUND_DOWN), "f")


def round_amount(value: Decimal | str, decimals: int = 2) -> Decimal:
    """An amount rounded as the annex asks for the XML: half to even (5.2.1, footnote)."""
    return _decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)


def _invoice_hash(inputs: HashInputs, secret: str) -> str:
    return _sha384(
        inputs.number,
        inputs.issue_date,
        inputs.issue_time,
        hash_amount(inputs.line_extension),
        "01" + hash_amount(inputs.tax_01),
        "04" + hash_amount(inputs.tax_04),
        "03" + hash_amount(inputs.tax_03),
        hash_amount(inputs.payable),
        inputs.issuer,
        inputs.customer,
        secret,
        inputs.environment,
    )


def cufe(inputs: HashInputs, technical_key: str) -> str:
    """CUFE of an invoice of type 01, 02 or 04 (11.2), 96 hexadecimal characters."""
    return _invoice_hash(inputs, technical_key)


def cude(inputs: HashInputs, software_pin: str) -> str:
    """CUDE of an invoice of type 03, a credit or a debit note (11.3)."""
    return _invoice_hash(inputs, software_pin)


def cuds(inputs: HashInputs, software_pin: str) -> str:
    """CUDS of a support document or its adjustment note: one tax only."""
    return _sha384(
        inputs.number,
        inputs.issue_date,
        inputs.issue_time,
        hash_amount(inputs.line_extension),
        "01" + hash_amount(inputs.tax_01),
        hash_amount(inputs.payable),
        inputs.issuer,
        inputs.customer,
        software_pin,
        inputs.environment,
    )


def cude_event(inputs: EventInputs, software_pin: str) -> str:
    """CUDE of an event (11.5)."""
    return _sha384(
        inputs.number,
        inputs.issue_date,
        inputs.issue_time,
        inputs.sender,
        inputs.receiver,
        inputs.response_code,
        inputs.document_number,
        inputs.document_type,
        software_pin,
    )


def software_security_code(software_id: str, pin: str, number: str) -> str:
    """``sts:SoftwareSecurityCode`` of the document called ``number`` (11.8)."""
    return _sha384(software_id, pin, number)


def _totals_path(root: etree._Element) -> str:
    is_debit = etree.QName(root).localname == "DebitNote"
    return "cac:RequestedMonetaryTotal" if is_debit else "cac:LegalMonetaryTotal"


def _amount(root: etree._Element, names: str) -> Decimal:
    try:
        return _decimal(_text(root, names))
    except ValueError as error:
        raise DocumentError(f"{names}: {error}") from None


def _header_taxes(root: etree._Element) -> dict[str, Decimal]:
    """Tax code → sum of the header TaxTotals of that code."""
    taxes: dict[str, Decimal] = {}
    for total in root.findall(path("cac:TaxTotal")):
        code = _text(total, "cac:TaxSubtotal/cac:TaxCategory/cac:TaxScheme/cbc:ID")
        taxes[code] = taxes.get(code, Decimal(0)) + _amount(total, "cbc:TaxAmount")
    return taxes


def inputs_from(root: etree._Element) -> HashInputs:
    """Inputs out of an Invoice, CreditNote or DebitNote (paths of 11.2.2, 11.4.2 – 11.4.6).

    :raises DocumentError: an amount is not a number.
    """
    totals, taxes, zero = _totals_path(root), _header_taxes(root), Decimal(0)
    party = "/cac:Party/cac:PartyTaxScheme/cbc:CompanyID"
    return HashInputs(
        number=_text(root, "cbc:ID"),
        issue_date=_text(root, "cbc:IssueDate"),
        issue_time=_text(root, "cbc:IssueTime"),
        line_extension=_amount(root, f"{totals}/cbc:LineExtensionAmount"),
        tax_01=taxes.get("01", zero),
        tax_04=taxes.get("04", zero),
        tax_03=taxes.get("03", zero),
        payable=_amount(root, f"{totals}/cbc:PayableAmount"),
        issuer=_text(root, "cac:AccountingSupplierParty" + party),
        customer=_text(root, "cac:AccountingCustomerParty" + party),
        environment=_text(root, "cbc:ProfileExecutionID"),
    )


def event_inputs_from(root: etree._Element) -> EventInputs:
    """Inputs out of an ApplicationResponse (paths of 11.5.2)."""
    document = "cac:DocumentResponse/cac:DocumentReference"
    return EventInputs(
        number=_text(root, "cbc:ID"),
        issue_date=_text(root, "cbc:IssueDate"),
        issue_time=_text(root, "cbc:IssueTime"),
        sender=_text(root, "cac:SenderParty/cac:PartyTaxScheme/cbc:CompanyID"),
        receiver=_text(root, "cac:ReceiverParty/cac:PartyTaxScheme/cbc:CompanyID"),
        response_code=_text(root, "cac:DocumentResponse/cac:Response/cbc:ResponseCode"),
        document_number=_text(root, f"{document}/cbc:ID"),
        document_type=_text(root, f"{document}/cbc:DocumentTypeCode"),
    )


def other_taxes_from(root: etree._Element) -> Decimal:
    """Sum of the header taxes that are not IVA: ``ValOtroIm`` of the printed QR."""
    taxes = _header_taxes(root)
    return sum((amount for code, amount in taxes.items() if code != "01"), Decimal(0))


def qr_url(uuid: str, environment: Environment) -> str:
    """Address that ``sts:QRCode`` holds (11.7.1); for events with the invoice's CUFE."""
    return f"{_CATALOGUE[environment]}/document/searchqr?documentkey={uuid}"


def qr_text(
    inputs: HashInputs, uuid: str, *, other_taxes: Decimal | str = Decimal(0), label: str = "CUFE"
) -> str:
    """Content of the printed QR, one item per line (11.7), two decimals, the address last.

    :param label: ``CUFE`` or ``CUDE``, the kind of ``uuid``.
    """
    items = (
        ("NumFac", inputs.number),
        ("FecFac", inputs.issue_date),
        ("HorFac", inputs.issue_time),
        ("NitFac", inputs.issuer),
        ("DocAdq", inputs.customer),
        ("ValFac", hash_amount(inputs.line_extension)),
        ("ValIva", hash_amount(inputs.tax_01)),
        ("ValOtroIm", hash_amount(other_taxes)),
        ("ValTolFac", hash_amount(inputs.payable)),
        (label, uuid),
    )
    url = qr_url(uuid, Environment(inputs.environment))
    return "\n".join([*(f"{name}: {value}" for name, value in items), url])


def _file_body(nit: str, year: int, consecutive: int, provider: str) -> str:
    digits = nit.strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 10:
        raise ValueError("the NIT of a file name has up to ten digits, without check digit")
    if not 1 <= consecutive <= 0xFFFFFFFF:
        raise ValueError("the consecutive of a file name goes from 1 to FFFFFFFF")
    if len(provider) != 3 or not provider.isalnum():
        raise ValueError("the provider code of a file name has three characters")
    return f"{digits:0>10}{provider}{year % 100:02d}{consecutive:08x}"


def xml_file_name(
    kind: FileKind | str, nit: str, year: int, consecutive: int, provider: str = "000"
) -> str:
    """Name of an XML file (6.5.7): kind, NIT in ten digits, provider, year, consecutive.

    :param kind: ``fv``, ``nc``, ``nd``, ``ar``, ``ad`` or ``ds``.
    :param consecutive: 1 to FFFFFFFF, restarting each 1 January; written in hexadecimal.
    :param provider: ``000`` own software, ``001`` DIAN's free one, else the provider's code.
    :raises ValueError: a part is out of its bounds.
    """
    return f"{FileKind(kind).value}{_file_body(nit, year, consecutive, provider)}.xml"


def zip_file_name(nit: str, year: int, consecutive: int, provider: str = "000") -> str:
    """Name of a ZIP (6.5.8), with its own consecutive for each ZIP sent."""
    return f"z{_file_body(nit, year, consecutive, provider)}.zip"
