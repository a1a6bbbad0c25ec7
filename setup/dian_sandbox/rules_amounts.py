"""Arithmetic of lines, taxes and totals with the annex's tolerances (§5.2; AU, AV, AS, AX, VLR)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from lxml import etree

from . import xmlio
from .document import Document
from .findings import Finding, reject

_TOLERANCE = Decimal(2)  # §5.2.1.1, every amount
_IVA_TOLERANCE = Decimal(5)  # §5.2.1.2, IVA rounded to the nearest ten
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,10})?", re.ASCII)
_TAX_ID = "cac:TaxSubtotal/cac:TaxCategory/cac:TaxScheme/cbc:ID"
_HEALTH = {"SS-CUFE", "SS-CUDE", "SS-POS", "SS-SNum"}
_NONE = Decimal(0)


class _NoNumber(Exception):
    """An amount is no plain decimal number."""


def check(document: Document) -> Iterator[Finding]:
    """Findings about amounts; an amount that cannot be read ends them."""
    try:
        yield from _negatives(document)
        yield from _totals(document)
        for line in document.every(document.lines):
            yield from _line(document, line)
        yield from _header_taxes(document)
    except _NoNumber as error:
        yield reject("ZB01", f"Valor numérico inválido: {error}.")


def _negatives(document: Document) -> Iterator[Finding]:
    if not document.every(document.lines):
        yield reject(document.code("AV01"), "El documento no tiene líneas.")
    nodes = document.every(
        "//*[@currencyID][not(ancestor::ext:UBLExtensions)]"
        " | //cbc:Percent | //cbc:MultiplierFactorNumeric"
    )
    for node in nodes:
        if _read(node.text) < 0 and etree.QName(node).localname != "PayableRoundingAmount":
            yield reject("VLR01", f"{etree.QName(node).localname} no puede ser negativo.")
            return


def _totals(document: Document) -> Iterator[Finding]:
    code = document.code
    if len(document.every(document.totals)) != 1:
        yield reject(code("AU01"), "Debe haber un grupo de totales.")
        return
    total = {
        name: _read(document.text(f"{document.totals}/cbc:{name}Amount"))
        for name in (
            "LineExtension",
            "TaxExclusive",
            "TaxInclusive",
            "AllowanceTotal",
            "ChargeTotal",
            "Prepaid",
            "PayableRounding",
            "Payable",
        )
    }
    header = "cac:AllowanceCharge[cbc:ChargeIndicator='{}']/cbc:Amount"
    lines = document.lines
    if _apart(total["LineExtension"], _sum(document, f"{lines}/cbc:LineExtensionAmount")):
        yield reject(code("AU02"), "El valor bruto no es la suma de las líneas.")
    if all(_apart(total["TaxExclusive"], base) for base in _bases(document)):
        yield reject(code("AU04"), "La base imponible no es la suma de las bases de las líneas.")
    taxes = _sum(document, "cac:TaxTotal/cbc:TaxAmount")
    if _apart(total["TaxInclusive"], total["LineExtension"] + taxes):
        yield reject(code("AU06"), "El valor con tributos no es el bruto más los tributos.")
    if _apart(total["AllowanceTotal"], _sum(document, header.format("false"))):
        yield reject(code("AU08"), "El total de descuentos no cuadra.")
    if _apart(total["ChargeTotal"], _sum(document, header.format("true"))):
        yield reject(code("AU10"), "El total de cargos no cuadra.")
    prepaid = _sum(document, "cac:PrepaidPayment/cbc:PaidAmount")
    given = document.every(f"{document.totals}/cbc:PrepaidAmount")
    if given and document.kind != "CreditNote" and _apart(total["Prepaid"], prepaid):
        yield reject(code("AU12"), "El total de anticipos no cuadra.")
    payable = total["TaxInclusive"] - total["AllowanceTotal"] + total["ChargeTotal"]
    if document.text("cbc:CustomizationID") in _HEALTH:
        payable -= total["Prepaid"]
    if all(_apart(total["Payable"], p) for p in (payable, payable + total["PayableRounding"])):
        yield reject(code("AU14"), "El valor a pagar no cuadra.")


def _bases(document: Document) -> list[Decimal]:
    """What TaxExclusiveAmount may be: the annex counts the first TaxTotal of a line in credit
    notes, all of them in debit notes, and says both of invoices (FAU04)."""
    base = "cac:TaxSubtotal/cbc:TaxableAmount"
    first = _sum(document, f"{document.lines}/cac:TaxTotal[1]/{base}")
    every = _sum(document, f"{document.lines}/cac:TaxTotal/{base}")
    return {"Invoice": [first, every], "CreditNote": [first], "DebitNote": [every]}[document.kind]


def _line(document: Document, line: etree._Element) -> Iterator[Finding]:
    code = document.code
    shown = xmlio.text(line, "cbc:ID")[:20]
    quantities = xmlio.every(line, document.quantity)
    if len(quantities) != 1:
        yield reject(code("AV04a"), f"Línea {shown}: falta la cantidad.")
        return
    quantity = _read(quantities[0].text)
    if quantity <= 0:
        yield reject(code("AV04b"), f"Línea {shown}: la cantidad debe ser mayor que cero.")
    if not quantities[0].get("unitCode"):
        yield reject(code("AV05"), f"Línea {shown}: falta la unidad.")
    if _line_amount_wrong(line, quantity):
        yield reject(code("AV06"), f"Línea {shown}: el valor no es precio por cantidad.")
    if not xmlio.text(line, "cac:Item/cbc:Description"):
        yield reject(code("AZ02"), f"Línea {shown}: falta la descripción.")
    taxes = [xmlio.text(total, _TAX_ID) for total in xmlio.every(line, "cac:TaxTotal")]
    if len(taxes) != len(set(taxes)):
        yield reject(code("AX01"), f"Línea {shown}: un tributo está repetido.")
    for total in xmlio.every(line, "cac:TaxTotal"):
        yield from _tax_total(total, code("AX02"), code("AX07"), f"Línea {shown}: ", quantity)


def _line_amount_wrong(line: etree._Element, quantity: Decimal) -> bool:
    """The annex multiplies by Price/BaseQuantity, which then holds the quantity; documents with
    base 1 and price by quantity are accepted as well."""
    amount = _read(xmlio.text(line, "cbc:LineExtensionAmount"))
    price = _read(xmlio.text(line, "cac:Price/cbc:PriceAmount"))
    base = _read(xmlio.text(line, "cac:Price/cbc:BaseQuantity"))
    charge = "cac:AllowanceCharge[cbc:ChargeIndicator='{}']/cbc:Amount"
    other = _add(xmlio.every(line, charge.format("true"))) - _add(
        xmlio.every(line, charge.format("false"))
    )
    expected = [price * base + other, price * quantity + other]
    if xmlio.every(line, "cac:PricingReference"):
        expected.append(_NONE)  # given away: the reference price tells its worth
    return all(_apart(amount, value) for value in expected)


def _header_taxes(document: Document) -> Iterator[Finding]:
    code = document.code
    totals = document.every("cac:TaxTotal")
    header = [xmlio.text(total, _TAX_ID) for total in totals]
    of_header = _rates(totals)
    of_lines = _rates(document.every(f"{document.lines}/cac:TaxTotal"))
    if len(header) != len(set(header)) or not of_lines <= of_header:
        yield reject(code("AS01a"), "Debe haber un total por cada tributo y tarifa de las líneas.")
    if any(tax in ("01", "04") for tax, _rate in of_header - of_lines):
        yield reject(code("AS01b"), "Hay IVA o INC en los totales que ninguna línea tiene.")
    for total in totals:
        yield from _tax_total(total, code("AS02"), code("AS07"), "")


def _rates(totals: Iterable[etree._Element]) -> set[tuple[str, Decimal]]:
    """Tax and rate of every subtotal; the rate is 0 for a tax per unit."""
    category = "cac:TaxCategory/"
    return {
        (
            xmlio.text(subtotal, f"{category}cac:TaxScheme/cbc:ID"),
            _read(xmlio.text(subtotal, f"{category}cbc:Percent")),
        )
        for total in totals
        for subtotal in xmlio.every(total, "cac:TaxSubtotal")
    }


def _tax_total(
    total: etree._Element, sum_rule: str, rate_rule: str, where: str, quantity: Decimal = _NONE
) -> Iterator[Finding]:
    tax = xmlio.text(total, _TAX_ID)
    tolerance = _IVA_TOLERANCE if tax == "01" else _TOLERANCE
    parts = _add(xmlio.every(total, "cac:TaxSubtotal/cbc:TaxAmount"))
    if _apart(_read(xmlio.text(total, "cbc:TaxAmount")), parts, tolerance):
        yield reject(sum_rule, f"{where}el total del tributo {tax} no es la suma de sus tarifas.")
    for subtotal in xmlio.every(total, "cac:TaxSubtotal"):
        amount = _read(xmlio.text(subtotal, "cbc:TaxAmount"))
        if all(_apart(amount, value, tolerance) for value in _expected(subtotal, tax, quantity)):
            yield reject(rate_rule, f"{where}el valor del tributo {tax} no es base por tarifa.")


def _expected(subtotal: etree._Element, tax: str, quantity: Decimal) -> list[Decimal]:
    """Base × rate; a tax per unit is units × amount, and the annex counts units in three places."""
    base = _read(xmlio.text(subtotal, "cbc:TaxableAmount"))
    if not xmlio.every(subtotal, "cbc:PerUnitAmount"):
        return [base * _read(xmlio.text(subtotal, "cac:TaxCategory/cbc:Percent")) / 100]
    unit = _read(xmlio.text(subtotal, "cbc:PerUnitAmount"))
    measure = _read(xmlio.text(subtotal, "cbc:BaseUnitMeasure"))
    if tax == "34":
        return [unit * measure / 100]
    return [unit * measure, unit * base, unit * quantity]


def _sum(document: Document, path: str) -> Decimal:
    return _add(document.every(path))


def _add(nodes: Iterable[etree._Element]) -> Decimal:
    return sum((_read(node.text) for node in nodes), _NONE)


def _apart(left: Decimal, right: Decimal, tolerance: Decimal = _TOLERANCE) -> bool:
    return abs(left - right) > tolerance


def _read(text: str | None) -> Decimal:
    """Zero for nothing.

    :raises _NoNumber: for anything but a plain decimal number.
    """
    text = (text or "").strip()
    if not text:
        return _NONE
    if not _NUMBER.fullmatch(text):
        raise _NoNumber(text[:40])
    return Decimal(text)
