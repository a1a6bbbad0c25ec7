"""Rules of payment, advances, allowances and exchange rates."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .. import codes
from . import lists
from .base import Case, Failure, Judge, Rule, Text
from .common import (
    EXPECTED,
    NO_DATE,
    NOT_LISTED,
    OK,
    SUM,
    Group,
    N,
    R,
    amount,
    close,
    fails,
    has,
    lacks,
    text_judge,
)
from .screens import ADVANCE, ALLOWANCE, CURRENCY, LINE_DISCOUNT, PAYMENT
from .tree import Node, to_date, to_number

_LOCAL = "COP"


def _advance_within_total(node: Node, case: Case) -> Sequence[Failure]:
    paid = node.number("cbc:PaidAmount")
    payable = case.root.number("cac:LegalMonetaryTotal/cbc:PayableAmount")
    if paid is not None and (payable is None or paid <= payable):
        return OK
    return fails(node, "cbc:PaidAmount", node.value("cbc:PaidAmount"), amount(payable))


def _is_paid(node: Node, case: Case) -> bool:
    return node.number("cbc:PaidAmount") != 0


def _due_date(node: Node, case: Case) -> Sequence[Failure]:
    found = node.value("cbc:PaymentDueDate")
    return OK if to_date(found) else fails(node, "cbc:PaymentDueDate", found)


_document = Group("/Invoice", PAYMENT)
_means = Group("/Invoice/cac:PaymentMeans", PAYMENT)
_advance = Group("/Invoice/cac:PrepaidPayment", ADVANCE)
_is_credit = has("cbc:ID", codes.PaymentForm.CREDIT.value)

_PAYMENT: tuple[Rule, ...] = (
    _document.required("FAN01", R, "cac:PaymentMeans", "form and means of payment",
                       "forma y medio de pago"),
    _means.matches("FAN02", R, "cbc:ID", "[12]", "payment form (1 cash, 2 credit)",
                   "forma de pago (1 contado, 2 crédito)"),
    _means.listed("FAN03", R, "cbc:PaymentMeansCode", lists.payment_means, "payment means",
                  "medio de pago", annex="8.2, 13.2.8.4.2"),
    _means.rule("FAN04", R, "cbc:PaymentDueDate", NO_DATE, _due_date, Text(
        "due date of a sale on credit", "fecha de vencimiento de una venta a crédito"),
        when=_is_credit),
    # Only for issuers who want the invoice to circulate as a negotiable title, which no document
    # says: asked for when given.
    _means.filled("FAN05", N, "cbc:PaymentID", "payment reference", "referencia del pago"),
    _document.filled("FBD01", N, "cac:PrepaidPayment", "advance payment", "anticipo", fix=ADVANCE),
    # DIAN's free invoicing program writes an empty group of 0.00 where there is no advance.
    _advance.required("FBD02", R, "cbc:ID", "number of the advance payment",
                      "número del anticipo", when=_is_paid),
    _advance.rule("FBD03", R, "cbc:PaidAmount", Text(
        "The advance payment of {found} is more than the invoice's total of {expected}.",
        "El anticipo de {found} supera el total de la factura de {expected}."),
        _advance_within_total),
    _advance.rule("FBD05", R, "cbc:ReceivedDate", NO_DATE, text_judge(
        "cbc:ReceivedDate", lambda found: to_date(found) is not None, "", False), Text(
            "date the advance payment was received", "fecha de recibo del anticipo"),
        when=_is_paid),
    _advance.filled("FBD06", N, "cbc:PaidDate", "date the advance was paid",
                    "fecha de pago del anticipo"),
    _advance.filled("FBD07", N, "cbc:PaidTime", "time the advance was paid",
                    "hora de pago del anticipo"),
    _advance.filled("FBD08", N, "cbc:InstructionID", "instructions of the advance",
                    "instrucciones del anticipo"),
)  # fmt: skip


def _consecutive(node: Node, case: Case) -> Sequence[Failure]:
    """The ids of the allowances and charges below this node are 1, 2, 3 …"""
    for number, item in enumerate(node.all("cac:AllowanceCharge"), 1):
        found = item.value("cbc:ID")
        if to_number(found) != number:
            return fails(item, "cbc:ID", found, str(number))
    return OK


_PARTS = {
    "cbc:ChargeIndicator": Text("charge or discount", "cargo o descuento"),
    "cbc:MultiplierFactorNumeric": Text("percentage", "porcentaje"),
    "cbc:Amount": Text("amount", "valor"),
    "cbc:BaseAmount": Text("base", "base"),
}


def _lacks_parts(node: Node, case: Case) -> Sequence[Failure]:
    lacking = [name for part, name in _PARTS.items() if not node.value(part)]
    return (lacks(node.path, lacking),) if lacking else OK


def _percentage(node: Node, case: Case) -> Sequence[Failure]:
    path = "cbc:MultiplierFactorNumeric"
    found = node.value(path)
    value = to_number(found)
    good = not found or (value is not None and 0 <= value <= 100)
    return OK if good else fails(node, path, found)


def _within_base(node: Node, case: Case) -> Sequence[Failure]:
    value, base = node.number("cbc:Amount"), node.number("cbc:BaseAmount")
    if value is not None and (base is None or value <= base):
        return OK
    return fails(node, "cbc:Amount", node.value("cbc:Amount"), amount(base))


def _base_within_total(node: Node, case: Case) -> Sequence[Failure]:
    """FAQ09: chapter 8 left an old operand in the formula; chapter 6 has one limit only."""
    found = node.value("cbc:BaseAmount")
    base = to_number(found)
    limit = case.root.number("cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount")
    if not found or (base is not None and base > 0 and (limit is None or base <= limit)):
        return OK
    return fails(node, "cbc:BaseAmount", found, amount(limit))


def _line_amount(node: Node, case: Case) -> Sequence[Failure]:
    """FBE06: base × percentage, and a discount is not above its base."""
    value, base = node.number("cbc:Amount"), node.number("cbc:BaseAmount")
    factor = node.number("cbc:MultiplierFactorNumeric")
    if not node.value("cbc:MultiplierFactorNumeric") or base is None:
        return OK  # FBE01
    wanted = base * factor / 100 if factor is not None else None
    if close(value, wanted):
        return OK
    return fails(node, "cbc:Amount", node.value("cbc:Amount"), amount(wanted))


def _line_base(node: Node, case: Case) -> Sequence[Failure]:
    """FBE08: positive. What it may not exceed, the annex does not say clearly; not judged."""
    found = node.value("cbc:BaseAmount")
    base = to_number(found)
    return (
        OK if not found or (base is not None and base > 0) else fails(node, "cbc:BaseAmount", found)
    )


_whole = Group("/Invoice/cac:AllowanceCharge", ALLOWANCE)
_line = Group("/Invoice/cac:InvoiceLine", LINE_DISCOUNT)
_line_item = Group("/Invoice/cac:InvoiceLine/cac:AllowanceCharge", LINE_DISCOUNT)
_LACKS = Text("The discount or charge lacks {found}.", "Al descuento o cargo le falta {found}.")
_ABOVE_100 = Text("The percentage is {found}; it goes from 0 to 100.",
                  "El porcentaje es {found}; va de 0 a 100.")  # fmt: skip
_ORDER = Text(
    "The discounts and charges are not numbered 1, 2, 3 …: {found} stands for {expected}.",
    "Los descuentos y cargos no van numerados 1, 2, 3…: {found} en lugar de {expected}.",
)
_SIGN = ("mark of charge (true) or discount (false)", "marca de cargo (true) o descuento (false)")

_ALLOWANCES: tuple[Rule, ...] = (
    _whole.rule("FAQ01", N, "", _LACKS, _lacks_parts),
    Group("/Invoice", ALLOWANCE).rule("FAQ02", R, "cac:AllowanceCharge/cbc:ID", _ORDER,
                                      _consecutive),
    _whole.matches("FAQ03", R, "cbc:ChargeIndicator", "true|false", *_SIGN),
    _whole.listed("FAQ04", N, "cbc:AllowanceChargeReasonCode", lambda: codes.ALLOWANCE_CODES,
                  "code of the discount or charge", "código del descuento o cargo",
                  annex="8.2, 13.2.8.8"),
    _whole.required("FAQ05", N, "cbc:AllowanceChargeReason", "reason of the discount or charge",
                    "razón del descuento o cargo"),
    _whole.rule("FAQ06", R, "cbc:MultiplierFactorNumeric", _ABOVE_100, _percentage),
    _whole.rule("FAQ07", R, "cbc:Amount", Text(
        "The discount of {found} is more than its base of {expected}.",
        "El descuento de {found} supera su base de {expected}."), _within_base,
        when=has("cbc:ChargeIndicator", "false")),
    _whole.rule("FAQ09", R, "cbc:BaseAmount", Text(
        "The base {found} must be above zero and not above the invoice's total {expected}.",
        "La base {found} debe ser mayor que cero y no superar el total de la factura {expected}."),
        _base_within_total),
    _line_item.rule("FBE01", R, "", _LACKS, _lacks_parts),
    _line.rule("FBE02", N, "cac:AllowanceCharge/cbc:ID", _ORDER, _consecutive),
    _line_item.matches("FBE03", R, "cbc:ChargeIndicator", "true|false", *_SIGN),
    _line_item.rule("FBE05", R, "cbc:MultiplierFactorNumeric", _ABOVE_100, _percentage),
    _line_item.rule("FBE06", R, "cbc:Amount", SUM, _line_amount, Text(
        "line's discount or charge", "descuento o cargo de la línea")),
    _line_item.rule("FBE08", R, "cbc:BaseAmount", Text(
        "The base of the line's discount or charge is {found}; it must be above zero.",
        "La base del descuento o cargo de la línea es {found} y debe ser mayor que cero."),
        _line_base),
)  # fmt: skip


def _is_one(element: str) -> Judge:
    return text_judge(element, lambda found: to_number(found) == Decimal(1), "1.00", False)


def _one_if_given(element: str) -> Judge:
    return text_judge(element, lambda found: to_number(found) == Decimal(1), "1.00", True)


def _own_currency(node: Node, case: Case) -> Sequence[Failure]:
    wanted = case.root.value("cbc:DocumentCurrencyCode")
    found = node.value("cbc:SourceCurrencyCode")
    return OK if found == wanted else fails(node, "cbc:SourceCurrencyCode", found, wanted)


def _target(node: Node, case: Case) -> Sequence[Failure]:
    """A peso document shows any other currency (annex 6.1), any other document pesos (8.2)."""
    found = node.value("cbc:TargetCurrencyCode")
    in_pesos = case.root.value("cbc:DocumentCurrencyCode") == _LOCAL
    if found in lists.currencies() if in_pesos else found == _LOCAL:
        return OK
    return fails(node, "cbc:TargetCurrencyCode", found)


_SOURCE = Text("currency the rate starts from", "moneda de origen de la tasa")
_SOURCE_BASE = Text("base of the currency the rate starts from", "base de la moneda de origen")
_TARGET = Text("currency the rate leads to", "moneda de destino de la tasa")
_TARGET_BASE = Text("base of the currency the rate leads to", "base de la moneda de destino")
_RATE = ("exchange rate", "tasa de cambio")
_DATE = ("date of the exchange rate", "fecha de la tasa de cambio")
_rate = Group("/Invoice/cac:PaymentExchangeRate", CURRENCY)
_other = Group("/Invoice/cac:PaymentAlternativeExchangeRate", CURRENCY)


def _is_foreign(node: Node, case: Case) -> bool:
    return node.value("cbc:DocumentCurrencyCode") != _LOCAL


_EXCHANGE: tuple[Rule, ...] = (
    Group("/Invoice", CURRENCY, _is_foreign).required(
        "FAR01", R, "cac:PaymentExchangeRate", *_RATE),
    _rate.rule("FAR02", R, "cbc:SourceCurrencyCode", EXPECTED, _own_currency, _SOURCE),
    # Chapter 6 rejects 1.00 and chapter 8 anything else; the element may be left out. Accepted
    # documents carry 1.00. A notification, because nobody can know.
    _rate.rule("FAR03", N, "cbc:SourceCurrencyBaseRate", EXPECTED,
               _one_if_given("cbc:SourceCurrencyBaseRate"), _SOURCE_BASE),
    _rate.rule("FAR04", R, "cbc:TargetCurrencyCode", NOT_LISTED, _target, _TARGET),
    _rate.rule("FAR05", R, "cbc:TargetCurrencyBaseRate", EXPECTED,
               _is_one("cbc:TargetCurrencyBaseRate"), _TARGET_BASE),
    _rate.required("FAR06", R, "cbc:CalculationRate", *_RATE),
    _rate.required("FAR07", R, "cbc:Date", *_DATE),
    _other.rule("FGB02", N, "cbc:SourceCurrencyCode", EXPECTED, _own_currency, _SOURCE),
    _other.rule("FGB03", N, "cbc:SourceCurrencyBaseRate", EXPECTED,
                _is_one("cbc:SourceCurrencyBaseRate"), _SOURCE_BASE),
    _other.rule("FGB04", N, "cbc:TargetCurrencyCode", NOT_LISTED, _target, _TARGET),
    _other.rule("FGB05", N, "cbc:TargetCurrencyBaseRate", EXPECTED,
                _is_one("cbc:TargetCurrencyBaseRate"), _TARGET_BASE),
    _other.required("FGB06", N, "cbc:CalculationRate", *_RATE),
    _other.required("FGB07", N, "cbc:Date", *_DATE),
)  # fmt: skip

RULES = _PAYMENT + _ALLOWANCES + _EXCHANGE
