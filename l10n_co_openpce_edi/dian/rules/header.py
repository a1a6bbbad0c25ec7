"""Rules of the header and of the whole document (annex 8.2: VLR, CDG, FAD)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from .. import codes
from ..identifiers import HashInputs, cude, cufe
from ..ubl.namespaces import tag
from .base import AuthorizedRange, Case, Failure, Judge, Rule, Text
from .common import COUNT, EXPECTED, OK, Group, N, R, fails
from .screens import (
    COMPANY_ADDRESS,
    CURRENCY,
    ENVIRONMENT,
    INVOICE_DATE,
    LINE,
    NUMBER,
    OPERATION,
    RANGE,
    SOFTWARE,
    SYSTEM,
)
from .tree import Node, to_number

_BOGOTA = dt.timezone(dt.timedelta(hours=-5))
_CONTROL = (
    "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/sts:DianExtensions/sts:InvoiceControl"
)
_PAPER = "03"
_INVOICE_TYPES = frozenset({"01", "02", "03", "04"})
_RATES = frozenset({"cbc:Percent", "cbc:MultiplierFactorNumeric"})
_OPERATIONS = codes.OPERATION_TYPES_INVOICE | codes.OPERATION_TYPES_HEALTH


def _not_negative(node: Node, case: Case) -> Sequence[Failure]:
    """VLR01 (annex 5.2.3); what is not a number at all fails here too."""
    failures = []
    for item in case.body:
        if "currencyID" not in item.attributes and item.name not in _RATES:
            continue
        if item.name == "cbc:PayableRoundingAmount":
            value: Decimal | None = abs(to_number(item.text) or Decimal(0))
        else:
            value = to_number(item.text)
        if value is None or value < 0:
            failures.append(Failure(item.path, item.text))
    return failures


def _department_of_municipality(node: Node, case: Case) -> Sequence[Failure]:
    """CDG01, for addresses in Colombia only: elsewhere both fields are free."""
    failures = []
    for item in case.body:
        if item.name != "cbc:CountrySubentityCode" or item.parent is None:
            continue
        address = item.parent
        city = address.value("cbc:ID")
        domestic = address.value("cac:Country/cbc:IdentificationCode") == "CO"
        if domestic and city and item.text and city[:2] != item.text:
            failures.append(Failure(item.path, item.text, city))
    return failures


def _currencies(node: Node, case: Case) -> Sequence[Failure]:
    currency = node.value("cbc:DocumentCurrencyCode")
    return [
        Failure(f"{item.path}/@currencyID", item.attributes["currencyID"], currency)
        for item in case.body
        if "currencyID" in item.attributes and item.attributes["currencyID"] != currency
    ]


def _consecutive(node: Node) -> tuple[str, int | None]:
    """Prefix and number of the invoice, split by the authorised prefix."""
    number = node.value("cbc:ID")
    prefix = node.value(f"{_CONTROL}/sts:AuthorizedInvoices/sts:Prefix")
    digits = number[len(prefix) :] if number.startswith(prefix) else ""
    if digits.isascii() and digits.isdigit() and len(digits) <= 20:
        return prefix, int(digits)
    return prefix, None


def _bound(element: str, upper: bool) -> Judge:
    """FAD05b, FAD05c: the number against From or To as printed in the document."""

    def judge(node: Node, case: Case) -> Sequence[Failure]:
        bound = node.value(f"{_CONTROL}/sts:AuthorizedInvoices/{element}")
        _prefix, number = _consecutive(node)
        if not (bound.isascii() and bound.isdigit()) or len(bound) > 20:
            return OK  # FAB11a, FAB12a
        if number is not None and (number <= int(bound) if upper else number >= int(bound)):
            return OK
        return fails(node, "cbc:ID", node.value("cbc:ID"), bound)

    return judge


def _inside(node: Node, known: AuthorizedRange) -> bool:
    number = node.value("cbc:ID")
    digits = number[len(known.prefix) :]
    return (
        number.startswith(known.prefix)
        and digits.isascii()
        and digits.isdigit()
        and len(digits) <= 20
        and known.first <= int(digits) <= known.last
    )


def _in_authorized_range(node: Node, case: Case) -> Sequence[Failure]:
    """FAD05d: against the issuer's own range, or the one in the document when that is unknown."""
    known = case.context.range
    number = node.value("cbc:ID")
    if known is not None:
        wanted = f"{known.prefix}{known.first}–{known.prefix}{known.last}"
        return OK if _inside(node, known) else fails(node, "cbc:ID", number, wanted)
    prefix, found = _consecutive(node)
    return OK if found is not None else fails(node, "cbc:ID", number, f"{prefix}…")


def _in_authorization(node: Node, case: Case) -> Sequence[Failure]:
    known = case.context.range
    if known is None:
        return OK
    resolution = node.value(f"{_CONTROL}/sts:InvoiceAuthorization")
    if resolution == known.resolution and _inside(node, known):
        return OK
    return fails(node, "cbc:ID", node.value("cbc:ID"), resolution)


def _environment(node: Node, case: Case) -> Sequence[Failure]:
    found = node.value("cbc:ProfileExecutionID")
    if found in ("1", "2") and case.context.environment in (None, found):
        return OK
    return fails(node, "cbc:ProfileExecutionID", found, case.context.environment or "1 / 2")


def _uuid_environment(node: Node, case: Case) -> Sequence[Failure]:
    found = node.value("cbc:UUID/@schemeID")
    wanted = node.value("cbc:ProfileExecutionID")
    if node.at("cbc:UUID") is None or (found == wanted and found in ("1", "2")):
        return OK
    return fails(node, "cbc:UUID/@schemeID", found, wanted)


def _uuid_scheme(node: Node, case: Case) -> Sequence[Failure]:
    """FAD08; a type 03 invoice carries a CUDE (annex 13.2.3)."""
    paper = node.value("cbc:InvoiceTypeCode") == _PAPER
    wanted = (codes.UuidScheme.CUDE if paper else codes.UuidScheme.CUFE).value
    found = node.value("cbc:UUID/@schemeName")
    if node.at("cbc:UUID") is None or found == wanted:
        return OK
    return fails(node, "cbc:UUID/@schemeName", found, wanted)


def _tax(node: Node, code: str) -> Decimal | None:
    """Sum of the header TaxTotals of one tax; None when one of them is no number."""
    result = Decimal(0)
    for total in node.all("cac:TaxTotal"):
        if total.value("cac:TaxSubtotal/cac:TaxCategory/cac:TaxScheme/cbc:ID") == code:
            value = total.number("cbc:TaxAmount")
            if value is None:
                return None
            result += value
    return result


def _hash_inputs(node: Node) -> HashInputs | None:
    """What the unique code is made of; None when an amount is missing or no number."""
    lines = node.number("cac:LegalMonetaryTotal/cbc:LineExtensionAmount")
    payable = node.number("cac:LegalMonetaryTotal/cbc:PayableAmount")
    iva, inc, ica = _tax(node, "01"), _tax(node, "04"), _tax(node, "03")
    if lines is None or payable is None or iva is None or inc is None or ica is None:
        return None
    party = "cac:Party/cac:PartyTaxScheme/cbc:CompanyID"
    return HashInputs(
        node.value("cbc:ID"),
        node.value("cbc:IssueDate"),
        node.value("cbc:IssueTime"),
        lines,
        iva,
        inc,
        ica,
        payable,
        node.value(f"cac:AccountingSupplierParty/{party}"),
        node.value(f"cac:AccountingCustomerParty/{party}"),
        node.value("cbc:ProfileExecutionID"),
    )


def _unique_code(node: Node, case: Case) -> Sequence[Failure]:
    """FAD06; with the PIN instead of the technical key for type 03 (annex 11.4.1)."""
    paper = node.value("cbc:InvoiceTypeCode") == _PAPER
    secret = case.context.software_pin if paper else case.context.technical_key
    found = node.value("cbc:UUID")
    if not found:
        return fails(node, "cbc:UUID", "", "CUDE" if paper else "CUFE")
    if not secret:
        return OK
    inputs = _hash_inputs(node)
    wanted = (cude if paper else cufe)(inputs, secret) if inputs else "?"
    return OK if found == wanted else fails(node, "cbc:UUID", found, wanted)


def _issue_date(element: str, after: bool) -> Judge:
    """FAD09a, FAD09b: the issue date against the period of the numbering authorisation."""

    def judge(node: Node, case: Case) -> Sequence[Failure]:
        issued = node.date("cbc:IssueDate")
        bound = node.date(f"{_CONTROL}/sts:AuthorizationPeriod/{element}")
        if issued is not None and bound is None:
            return OK  # FAB07a, FAB08a
        if issued is not None and bound is not None:
            if issued >= bound if after else issued <= bound:
                return OK
        wanted = bound.isoformat() if bound else ""
        return fails(node, "cbc:IssueDate", node.value("cbc:IssueDate"), wanted)

    return judge


def _signing_day(node: Node, case: Case) -> dt.date | None:
    context = case.context
    moment = context.signing_time
    if moment is None:
        extensions = node.at("ext:UBLExtensions")
        found = (
            next(extensions.element.iter(tag("xades:SigningTime")), None) if extensions else None
        )
        if found is not None:
            text = (found.text or "").strip().replace("Z", "+00:00")
            try:
                moment = dt.datetime.fromisoformat(text)
            except ValueError:
                return None  # the verifier's to say
        else:
            moment = context.now
    if moment is None:
        return None
    try:
        return (moment.astimezone(_BOGOTA) if moment.tzinfo else moment).date()
    except OverflowError:  # a year outside the calendar
        return None


def _signed_on_issue_date(node: Node, case: Case) -> Sequence[Failure]:
    signed, issued = _signing_day(node, case), node.value("cbc:IssueDate")
    if signed is None or issued == signed.isoformat():
        return OK
    return fails(node, "cbc:IssueDate", issued, signed.isoformat())


def _line_count(node: Node, case: Case) -> Sequence[Failure]:
    count, found = len(node.all("cac:InvoiceLine")), node.value("cbc:LineCountNumeric")
    if to_number(found) == count:
        return OK
    return fails(node, "cbc:LineCountNumeric", found, str(count))


_document = Group("/Invoice", SYSTEM)
_number = Group("/Invoice", NUMBER)

_VALUES: tuple[Rule, ...] = (
    _document.rule("VLR01", R, "//*[@currencyID]", Text(
        "Amounts and percentages must be numbers of zero or more; this one is {found}.",
        "Los valores y porcentajes deben ser números desde cero; este es {found}."),
        _not_negative, fix=LINE, annex="5.2.3, 8.2"),
    _document.rule("CDG01", R, "//cbc:CountrySubentityCode", Text(
        "The department {found} is not the one of the municipality {expected}.",
        "El departamento {found} no es el del municipio {expected}."),
        _department_of_municipality, fix=COMPANY_ADDRESS, annex="8.2, 13.2.9.2"),
)  # fmt: skip

_IDENTITY: tuple[Rule, ...] = (
    _document.equals("FAD01", R, "cbc:UBLVersionID", "UBL 2.1", "UBL version", "versión de UBL"),
    _document.listed("FAD02", R, "cbc:CustomizationID", lambda: _OPERATIONS, "operation type",
                     "tipo de operación", fix=OPERATION, annex="8.2, 13.2.5.1"),
    _document.equals("FAD03", R, "cbc:ProfileID", "DIAN 2.1: Factura Electrónica de Venta",
                     "name of the format", "nombre del formato"),
    _document.rule("FAD04", R, "cbc:ProfileExecutionID", EXPECTED, _environment,
                   Text("environment", "ambiente"), fix=ENVIRONMENT),
    _number.matches("FAD05a", R, "cbc:ID", "[A-Za-z0-9]{1,20}", "invoice number",
                    "número de la factura", message=Text(
                        "The {label} is {found}; it takes 1 to 20 letters and digits only.",
                        "El valor {found} solo admite de 1 a 20 letras y dígitos: {label}.")),
    _number.rule("FAD05b", R, "cbc:ID", Text(
        "The invoice number {found} is below the first of its range, {expected}.",
        "El número {found} es menor que el primero de su rango, {expected}."),
        _bound("sts:From", upper=False)),
    _number.rule("FAD05c", R, "cbc:ID", Text(
        "The invoice number {found} is above the last of its range, {expected}.",
        "El número {found} es mayor que el último de su rango, {expected}."),
        _bound("sts:To", upper=True)),
    _number.rule("FAD05d", R, "cbc:ID", Text(
        "The invoice number {found} is outside the authorised range {expected}.",
        "El número {found} está fuera del rango autorizado {expected}."), _in_authorized_range),
    _number.rule("FAD05e", R, "cbc:ID", Text(
        "The authorisation {expected} does not include the invoice number {found}.",
        "La autorización {expected} no incluye el número {found}."), _in_authorization, fix=RANGE),
    _document.rule("FAD06", R, "cbc:UUID", Text(
        "The CUFE is {found}; the invoice's own data give {expected}.",
        "El CUFE es {found}; los datos de la factura dan {expected}."), _unique_code,
        fix=SOFTWARE, annex="8.2, 11.2"),
    _document.rule("FAD07", R, "cbc:UUID/@schemeID", EXPECTED, _uuid_environment,
                   Text("environment of the CUFE", "ambiente del CUFE"), fix=ENVIRONMENT),
    _document.rule("FAD08", R, "cbc:UUID/@schemeName", EXPECTED, _uuid_scheme,
                   Text("algorithm of the CUFE", "algoritmo del CUFE")),
)  # fmt: skip

_HEADER: tuple[Rule, ...] = (
    _document.rule("FAD09a", R, "cbc:IssueDate", Text(
        "The invoice's date {found} is before its numbering authorisation starts, {expected}.",
        "La fecha {found} es anterior al inicio de la autorización de numeración, {expected}."),
        _issue_date("cbc:StartDate", after=True), fix=INVOICE_DATE),
    _document.rule("FAD09b", R, "cbc:IssueDate", Text(
        "The invoice's date {found} is after its numbering authorisation ends, {expected}.",
        "La fecha {found} es posterior al fin de la autorización de numeración, {expected}."),
        _issue_date("cbc:EndDate", after=False), fix=INVOICE_DATE),
    _document.rule("FAD09e", R, "cbc:IssueDate", Text(
        "The invoice's date {found} is not the day of its signature, {expected}.",
        "La fecha de la factura {found} no es el día de su firma, {expected}."),
        _signed_on_issue_date, fix=INVOICE_DATE, annex="5.7.1, 8.2"),
    _document.matches("FAD10", N, "cbc:IssueTime", "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]-05:00",
                      "invoice's time", "hora de la factura", message=Text(
                          "The {label} is {found}; it must be hh:mm:ss-05:00.",
                          "El valor {found} debe ser hh:mm:ss-05:00: {label}.")),
    _document.listed("FAD12a", R, "cbc:InvoiceTypeCode",
                     lambda: {kind.value for kind in codes.DocumentType},
                     "document type", "tipo de documento", annex="8.2, 13.2.4"),
    _document.listed("FAD12b", R, "cbc:InvoiceTypeCode", lambda: _INVOICE_TYPES,
                     "document type of an invoice", "tipo de documento de una factura",
                     annex="8.2, 13.2.4"),
    # Chapter 8 only asks for an ISO 4217 code, chapter 6 rejects all but COP, and every invoice
    # seen in production is in COP: other currencies go into PaymentExchangeRate.
    _document.equals("FAD15a", R, "cbc:DocumentCurrencyCode", "COP", "currency of the invoice",
                     "moneda de la factura", fix=CURRENCY),
    _document.rule("FAD15b", R, "//@currencyID", Text(
        "This amount is in {found}, the invoice in {expected}.",
        "Este valor está en {found} y la factura en {expected}."), _currencies, fix=CURRENCY),
    _document.rule("FAD16", R, "cbc:LineCountNumeric", COUNT, _line_count,
                   Text("number of lines", "número de líneas")),
)  # fmt: skip

RULES = _VALUES + _IDENTITY + _HEADER
