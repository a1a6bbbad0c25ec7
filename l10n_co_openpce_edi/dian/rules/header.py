"""Rules of the header and of the whole document (annex 8.2: VLR, CDG, FAD)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .. import codes
from ..identifiers import HashInputs, cude, cufe
from .base import Case, Failure, Rule, Text
from .common import COUNT, EXPECTED, OK, Group, N, R, fails
from .screens import (
    COMPANY_ADDRESS,
    CURRENCY,
    ENVIRONMENT,
    LINE,
    OPERATION,
    SOFTWARE,
    SYSTEM,
    screen_of,
)
from .tree import Node, to_number

_PAPER = "03"
_INVOICE_TYPES = frozenset({"01", "02", "03", "04"})
_RATES = frozenset({"cbc:Percent", "cbc:MultiplierFactorNumeric"})
_OPERATIONS = codes.OPERATION_TYPES_INVOICE | codes.OPERATION_TYPES_HEALTH


def _not_negative(node: Node, case: Case) -> Sequence[Failure]:
    """VLR01 (annex 5.2.3); what is not a number at all fails here too."""
    failures = []
    for item in case.body:
        if not item.name.endswith("Amount") and item.name not in _RATES:
            continue
        if item.name == "cbc:PayableRoundingAmount":
            value: Decimal | None = abs(to_number(item.text) or Decimal(0))
        else:
            value = to_number(item.text)
        if value is None or value < 0:
            failures.append(Failure(item.path, item.text, fix=screen_of(item.path)))
    return failures


def _department_of_municipality(node: Node, case: Case) -> Sequence[Failure]:
    """CDG01, for addresses in Colombia only: elsewhere both fields are free."""
    failures = []
    for address in case.body:
        item = address.at("cbc:CountrySubentityCode")
        if item is None:
            continue
        city = address.value("cbc:ID")
        domestic = address.value("cac:Country/cbc:IdentificationCode") == "CO"
        if domestic and city and item.text and city[:2] != item.text:
            failures.append(Failure(item.path, item.text, city, fix=screen_of(item.path)))
    return failures


def _currencies(node: Node, case: Case) -> Sequence[Failure]:
    currency = node.value("cbc:DocumentCurrencyCode")
    failures = []
    for item in case.body:
        if "currencyID" in item.attributes or item.name.endswith("Amount"):
            found = item.attributes.get("currencyID", "")
            if found != currency:
                failures.append(Failure(f"{item.path}/@currencyID", found, currency))
    return failures


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


def _line_count(node: Node, case: Case) -> Sequence[Failure]:
    count, found = len(node.all("cac:InvoiceLine")), node.value("cbc:LineCountNumeric")
    if to_number(found) == count:
        return OK
    return fails(node, "cbc:LineCountNumeric", found, str(count))


_document = Group("/Invoice", SYSTEM)

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
    _document.matches("FAD10", N, "cbc:IssueTime", "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]-05:00",
                      "invoice's time", "hora de la factura", message=Text(
                          "The {label} is {found}; it must be hh:mm:ss-05:00.",
                          "{Label}: {found} debe ser hh:mm:ss-05:00.")),
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
