"""Rules of the totals (annex 8.2, FAU)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .. import codes
from .base import Case, Failure, Judge, Rule, Text
from .common import OK, SUM, Group, R, amount, close, fails, total
from .screens import ADVANCE, ALLOWANCE, TOTALS
from .tree import Node

_LINE = "/Invoice/cac:InvoiceLine"
_ZERO = Decimal(0)


def _compare(node: Node, element: str, wanted: Sequence[Decimal | None]) -> Sequence[Failure]:
    found = node.number(element)
    if any(close(found, value) for value in wanted):
        return OK
    return fails(node, element, node.value(element), amount(wanted[0]))


def _optional(node: Node, element: str) -> Decimal | None:
    """Amount at ``element``, zero when it is not there, None when it is no number."""
    return node.number(element) if node.at(element) is not None else _ZERO


def _lines(node: Node, case: Case) -> Sequence[Failure]:
    wanted = total([line.number("cbc:LineExtensionAmount") for line in case.nodes(_LINE)])
    return _compare(node, "cbc:LineExtensionAmount", [wanted])


def _bases(node: Node, case: Case) -> Sequence[Failure]:
    """FAU04: chapter 8 adds the bases of all taxes of a line, chapter 6 of its first: either."""
    path = "cac:TaxSubtotal/cbc:TaxableAmount"
    taxes = case.nodes(f"{_LINE}/cac:TaxTotal")
    every = [base.number() for tax in taxes for base in tax.every(path)]
    first = [
        base.number()
        for line in case.nodes(_LINE)
        for tax in line.all("cac:TaxTotal")[:1]
        for base in tax.every(path)
    ]
    return _compare(node, "cbc:TaxExclusiveAmount", [total(every), total(first)])


def _with_taxes(node: Node, case: Case) -> Sequence[Failure]:
    parts = [node.number("cbc:LineExtensionAmount")]
    parts += [tax.number("cbc:TaxAmount") for tax in case.nodes("/Invoice/cac:TaxTotal")]
    return _compare(node, "cbc:TaxInclusiveAmount", [total(parts)])


def _sum_of_allowances(element: str, indicator: str) -> Judge:
    def judge(node: Node, case: Case) -> Sequence[Failure]:
        wanted = total([
            item.number("cbc:Amount")
            for item in case.nodes("/Invoice/cac:AllowanceCharge")
            if item.value("cbc:ChargeIndicator") == indicator
        ])  # fmt: skip
        if close(_optional(node, element), wanted):
            return OK
        return fails(node, element, node.value(element) or "0.00", amount(wanted))

    return judge


def _advances(node: Node, case: Case) -> Sequence[Failure]:
    if node.at("cbc:PrepaidAmount") is None:
        return OK
    paid = [item.number("cbc:PaidAmount") for item in case.nodes("/Invoice/cac:PrepaidPayment")]
    return _compare(node, "cbc:PrepaidAmount", [total(paid)])


def _payable(node: Node, case: Case) -> Sequence[Failure]:
    """FAU14. Advances do not count (11.9.2) but in the health sector's own operation types; the
    rounding, absent from the printed formula, is added in accepted documents."""
    allowances = _optional(node, "cbc:AllowanceTotalAmount")
    parts = [node.number("cbc:TaxInclusiveAmount"), _optional(node, "cbc:ChargeTotalAmount")]
    parts.append(None if allowances is None else -allowances)
    plain = total(parts)
    wanted = [plain, total([plain, _optional(node, "cbc:PayableRoundingAmount")])]
    if case.root.value("cbc:CustomizationID") in codes.HEALTH_SUBTRACTS_PREPAID:
        prepaid = _optional(node, "cbc:PrepaidAmount")
        wanted += [None if v is None or prepaid is None else v - prepaid for v in tuple(wanted)]
    return _compare(node, "cbc:PayableAmount", wanted)


_totals = Group("/Invoice/cac:LegalMonetaryTotal", TOTALS)

RULES: tuple[Rule, ...] = (
    Group("/Invoice", TOTALS).required("FAU01", R, "cac:LegalMonetaryTotal", "totals", "totales"),
    _totals.rule("FAU02", R, "cbc:LineExtensionAmount", SUM, _lines, Text(
        "total of the lines", "total de las líneas")),
    _totals.rule("FAU04", R, "cbc:TaxExclusiveAmount", SUM, _bases, Text(
        "total of the tax bases", "total de las bases gravables")),
    _totals.rule("FAU06", R, "cbc:TaxInclusiveAmount", SUM, _with_taxes, Text(
        "total with taxes", "total con impuestos")),
    _totals.rule("FAU08", R, "cbc:AllowanceTotalAmount", SUM,
                 _sum_of_allowances("cbc:AllowanceTotalAmount", "false"), Text(
                     "total of the discounts on the whole", "total de descuentos globales"),
                 fix=ALLOWANCE),
    _totals.rule("FAU10", R, "cbc:ChargeTotalAmount", SUM,
                 _sum_of_allowances("cbc:ChargeTotalAmount", "true"), Text(
                     "total of the charges on the whole", "total de cargos globales"),
                 fix=ALLOWANCE),
    _totals.rule("FAU12", R, "cbc:PrepaidAmount", SUM, _advances, Text(
        "total of the advance payments", "total de anticipos"), fix=ADVANCE),
    _totals.rule("FAU14", R, "cbc:PayableAmount", SUM, _payable, Text(
        "amount to pay", "valor a pagar")),
)  # fmt: skip
