"""Rules of the invoice lines: quantity, amount, prices (annex 8.2: FAV, FAW, FBB)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .. import codes
from . import lists
from .base import Case, Failure, Rule, Text
from .common import OK, SUM, Group, N, R, amount, close, fails, is_operation
from .screens import LINE, LINE_PRICE, LINE_QUANTITY, UNIT
from .tree import Node, to_number

_PATH = "/Invoice/cac:InvoiceLine"
_MANDATE, _FREIGHT, _AIU = "11", "12", "09"
_AIU_NOTE = "Contrato de servicios AIU por concepto de:"


def _unique_ids(node: Node, case: Case) -> Sequence[Failure]:
    seen: set[str] = set()
    failures = []
    for line in case.nodes(_PATH):
        found = line.value("cbc:ID")
        if not found or found in seen:
            failures.append(Failure(f"{line.path}/cbc:ID", found))
        seen.add(found)
    return failures


def _consecutive_ids(node: Node, case: Case) -> Sequence[Failure]:
    for number, line in enumerate(case.nodes(_PATH), 1):
        found = line.value("cbc:ID")
        if to_number(found) != number:
            return fails(line, "cbc:ID", found, str(number))
    return OK


def _aiu_note(node: Node, case: Case) -> Sequence[Failure]:
    """FAV03: which line is the administration's no document says, so one line must have it."""
    lines = case.nodes(_PATH)
    if not lines or any(
        note.text.startswith(_AIU_NOTE) for line in lines for note in line.all("cbc:Note")
    ):
        return OK
    return fails(lines[0], "cbc:Note", lines[0].value("cbc:Note"), _AIU_NOTE)


def _quantity(node: Node, case: Case) -> Sequence[Failure]:
    found = node.value("cbc:InvoicedQuantity")
    value = to_number(found)
    if not found or (value is not None and value > 0):
        return OK
    return fails(node, "cbc:InvoicedQuantity", found)


def _line_amounts(node: Node) -> list[Decimal]:
    """Amounts the line may have (FAV06): price × BaseQuantity less discounts plus charges.

    DIAN's formula puts the invoiced quantity in BaseQuantity; an accepted document with 1 there
    and the quantity in InvoicedQuantity shows that price × quantity passes as well.
    """
    price = node.number("cac:Price/cbc:PriceAmount")
    if price is None:
        return []
    adjustments = Decimal(0)
    for item in node.all("cac:AllowanceCharge"):
        value = item.number("cbc:Amount")
        if value is None:
            return []
        adjustments += value if item.value("cbc:ChargeIndicator") == "true" else -value
    units = (node.number("cac:Price/cbc:BaseQuantity"), node.number("cbc:InvoicedQuantity"))
    return [price * unit + adjustments for unit in units if unit is not None]


def _line_amount(node: Node, case: Case) -> Sequence[Failure]:
    found = node.number("cbc:LineExtensionAmount")
    wanted = _line_amounts(node)
    # A sample with a reference price is invoiced at 0.00; accepted documents also keep the amount.
    if node.at("cac:PricingReference") is not None and close(found, Decimal(0)):
        return OK
    if any(close(found, value) for value in wanted):
        return OK
    shown = amount(wanted[0] if wanted else None)
    return fails(node, "cbc:LineExtensionAmount", node.value("cbc:LineExtensionAmount"), shown)


def _reference_price(node: Node, case: Case) -> Sequence[Failure]:
    path = "cac:AlternativeConditionPrice/cbc:PriceAmount"
    value = node.number(path)
    return OK if value is not None and value > 0 else fails(node, path, node.value(path))


_document = Group("/Invoice", LINE)
_line = Group(_PATH, LINE)
_reference = Group(f"{_PATH}/cac:PricingReference", LINE_PRICE)
_price = Group(f"{_PATH}/cac:Price", LINE_PRICE)
_TYPE = ("mark of own income (0) or for a third party (1)",
         "marca de ingreso propio (0) o para terceros (1)")  # fmt: skip
_SERVICE = ("mark of additional service (0) or consignment (1)",
            "marca de servicio adicional (0) o remesa (1)")  # fmt: skip


def _has_line_type(node: Node, case: Case) -> bool:
    return bool(node.value("cbc:ID/@schemeID"))


_mandate_line = Group(_PATH, LINE, is_operation(_MANDATE))
_freight_line = Group(_PATH, LINE, is_operation(_FREIGHT))

_NUMBERS: tuple[Rule, ...] = (
    _document.required("FAV01", R, "cac:InvoiceLine", "invoice line", "línea de factura"),
    _document.rule("FAV02a", N, "cac:InvoiceLine/cbc:ID", Text(
        "The line's number is {found}: missing or used twice.",
        "El número de la línea es {found}: falta o se repite."), _unique_ids),
    _document.rule("FAV02b", N, "cac:InvoiceLine/cbc:ID", Text(
        "The lines are not numbered 1, 2, 3 …: {found} stands for {expected}.",
        "Las líneas no van numeradas 1, 2, 3…: {found} en lugar de {expected}."),
        _consecutive_ids),
    _mandate_line.required("FAV08a", R, "cbc:ID/@schemeID", *_TYPE),
    _mandate_line.matches("FAV08b", R, "cbc:ID/@schemeID", "[01]", *_TYPE, when=_has_line_type),
    _freight_line.required("FAV08c", N, "cbc:ID/@schemeID", *_SERVICE),
    _freight_line.matches("FAV08d", N, "cbc:ID/@schemeID", "[01]", *_SERVICE,
                          when=_has_line_type),
    Group("/Invoice", LINE, is_operation(_AIU)).rule("FAV03", N, "cac:InvoiceLine/cbc:Note", Text(
        "In an AIU contract a line's note must begin with {expected}.",
        "En un contrato AIU la nota de una línea debe comenzar por {expected}."), _aiu_note),
)  # fmt: skip

_AMOUNTS: tuple[Rule, ...] = (
    _line.required("FAV04a", R, "cbc:InvoicedQuantity", "quantity", "cantidad",
                   fix=LINE_QUANTITY),
    _line.rule("FAV04b", R, "cbc:InvoicedQuantity", Text(
        "The quantity is {found}; it must be above zero.",
        "La cantidad es {found} y debe ser mayor que cero."), _quantity, fix=LINE_QUANTITY,
        annex="5.2.4, 8.2"),
    _line.listed("FAV05", R, "cbc:InvoicedQuantity/@unitCode", lists.units, "unit of the quantity",
                 "unidad de la cantidad", fix=UNIT, annex="8.2, 13.2.8.6"),
    _line.rule("FAV06", R, "cbc:LineExtensionAmount", SUM, _line_amount, Text(
        "line's amount", "valor de la línea"), fix=LINE_PRICE),
    _reference.rule("FAW03", R, "cac:AlternativeConditionPrice/cbc:PriceAmount", Text(
        "The commercial value of what is given away is {found}; it must be above zero.",
        "El valor comercial de lo que se regala es {found} y debe ser mayor que cero."),
        _reference_price),
    _reference.listed("FAW05", N, "cac:AlternativeConditionPrice/cbc:PriceTypeCode",
                      lambda: codes.REFERENCE_PRICE_CODES, "kind of reference price",
                      "clase de precio de referencia", annex="8.2, 13.2.8.9"),
    _line.required("FBB01", R, "cac:Price", "price", "precio", fix=LINE_PRICE),
    _price.required("FBB02", R, "cbc:PriceAmount", "unit price", "precio unitario"),
    _price.required("FBB04", R, "cbc:BaseQuantity", "quantity the price applies to",
                    "cantidad a la que aplica el precio"),
    _price.listed("FBB05", R, "cbc:BaseQuantity/@unitCode", lists.units, "unit of the price",
                  "unidad del precio", fix=UNIT, annex="8.2, 13.2.8.6"),
)  # fmt: skip

RULES = _NUMBERS + _AMOUNTS
