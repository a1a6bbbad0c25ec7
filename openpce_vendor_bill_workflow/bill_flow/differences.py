"""Bills against forecasts, transport document by transport document (R108, A34)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class Charge:
    """What bills charge on a transport document.

    :param document: normalised; empty when the lines name none.
    :param amount: untaxed, in one currency for all; credit notes count below zero.
    :param own: whether it is of the bill that is looked at.
    """

    document: str
    amount: Decimal
    own: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """A forecast that some of these bills absorb.

    :param id: a forecast told several times, as with several bills, counts once.
    """

    id: int
    document: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class DocumentDifference:
    """One row of the table.

    :param this: the bill that is looked at.
    :param others: other bills that are in the workflow already.
    :param forecast: forecasts assigned to these bills, in full.
    :param difference: bills less forecasts.
    :param percent: difference in percent of the forecasts, to two decimals; None without any.
    """

    document: str
    this: Decimal
    others: Decimal
    forecast: Decimal
    difference: Decimal
    percent: Decimal | None


def document_differences(
    charges: Iterable[Charge], expected: Iterable[Expected]
) -> tuple[DocumentDifference, ...]:
    """Rows for the documents of the bill that is looked at, the bill without document last.

    Charges of other bills on documents that this bill does not have are left out.
    """
    this: dict[str, Decimal] = {}
    others: dict[str, Decimal] = {}
    for charge in charges:
        side = this if charge.own else others
        side[charge.document] = side.get(charge.document, Decimal(0)) + charge.amount
    forecasts = {one.id: one for one in expected}
    planned: dict[str, Decimal] = {}
    for one in forecasts.values():
        planned[one.document] = planned.get(one.document, Decimal(0)) + one.amount
    return tuple(
        _row(document, this[document], others.get(document), planned.get(document))
        for document in sorted(this, key=lambda name: (not name, name))
    )


def _row(
    document: str, this: Decimal, others: Decimal | None, forecast: Decimal | None
) -> DocumentDifference:
    others, forecast = others or Decimal(0), forecast or Decimal(0)
    difference = this + others - forecast
    percent = None
    if forecast:
        exact = difference * 100 / abs(forecast)
        percent = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return DocumentDifference(document, this, others, forecast, difference, percent)
