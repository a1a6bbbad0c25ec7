"""Splitting amounts over shares and spreading differences over lines (R36, R55, R113, A12, A32).

Parts always add up to what was shared out, to the last cent, in any currency and for negative
amounts (credit notes) too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .errors import AllocationError
from .money import quantise, rounded

_ALL = Decimal(100)


def split(amount: Decimal, shares: Sequence[Decimal], rounding: Decimal) -> tuple[Decimal, ...]:
    """``amount`` by percentages; what rounding leaves goes to the largest share (A12).

    Each part is rounded half away from zero. Of equal shares the first is the largest. Where the
    remainder would turn that part's sign, as with cents over many shares, parts are rounded down.

    :param amount: untaxed amount of one tax group, rounded to the currency.
    :param shares: percentages, each above 0, together exactly 100.
    :param rounding: the currency's, for example ``Decimal("0.01")``.
    :raises AllocationError: ``no_shares``, ``share_not_positive`` (fact ``position`` from 1),
        ``shares_not_100`` (fact ``total``), ``not_rounded``, ``bad_rounding``, ``bad_amount``.
    """
    whole = rounded(amount, rounding)
    check_shares(shares)
    largest = max(range(len(shares)), key=lambda place: shares[place])
    for down in (False, True):
        parts = [quantise(whole * share / _ALL, rounding, down=down) for share in shares]
        parts[largest] += whole - sum(parts)
        if not _turns(whole, parts[largest]):
            break
    return tuple(parts)


def check_shares(shares: Sequence[Decimal]) -> None:
    """Whether percentages can split an amount; :func:`split` says what is raised when not."""
    if not shares:
        raise AllocationError("no_shares")
    for position, share in enumerate(shares, 1):
        if not (share.is_finite() and share > 0):
            raise AllocationError("share_not_positive", position=position, share=str(share))
    total = sum(shares, Decimal(0))
    if total != _ALL:
        raise AllocationError("shares_not_100", total=str(total))


def spread_equal(
    difference: Decimal, amounts: Sequence[Decimal], rounding: Decimal
) -> tuple[Decimal, ...]:
    """What each line gets of a difference in equal parts; the last takes the rest (R113, A32).

    :param difference: document less lines, rounded to the currency.
    :param amounts: untaxed amounts of the lines made from forecasts in this operation.
    :return: what to add to each line, in their order.
    :raises AllocationError: ``no_lines``; ``sign_change`` (facts ``position`` from 1, ``amount``,
        ``part``) when a line would change sign; ``not_rounded``, ``bad_rounding``, ``bad_amount``.
    """
    whole = rounded(difference, rounding)
    if not amounts:
        raise AllocationError("no_lines")
    part = quantise(whole / len(amounts), rounding, down=True)
    parts = [part] * (len(amounts) - 1)
    return _checked((*parts, whole - sum(parts)), amounts)


def spread_proportional(
    difference: Decimal, amounts: Sequence[Decimal], rounding: Decimal
) -> tuple[Decimal, ...]:
    """As :func:`spread_equal`, each line by its size; the rest goes to the largest line.

    :raises AllocationError: as :func:`spread_equal`, and ``no_size`` when all lines are 0.
    """
    whole = rounded(difference, rounding)
    if not amounts:
        raise AllocationError("no_lines")
    sizes = [abs(amount) for amount in amounts]
    total = sum(sizes, Decimal(0))
    if not total:
        raise AllocationError("no_size")
    parts = [quantise(whole * size / total, rounding, down=True) for size in sizes]
    largest = max(range(len(sizes)), key=lambda place: sizes[place])
    parts[largest] += whole - sum(parts)
    return _checked(tuple(parts), amounts)


def _checked(parts: tuple[Decimal, ...], amounts: Sequence[Decimal]) -> tuple[Decimal, ...]:
    total = sum(amounts, Decimal(0))
    for position, (part, amount) in enumerate(zip(parts, amounts, strict=True), 1):
        # a line of 0 takes the side of the others
        if _turns(amount or total, amount + part):
            raise AllocationError(
                "sign_change", position=position, amount=str(amount), part=str(part)
            )
    return parts


def _turns(before: Decimal, after: Decimal) -> bool:
    return before * after < 0


@dataclass(frozen=True, slots=True)
class Absorption:
    """What one line takes from a forecast (A32).

    :param amount: absorbed by this link, in the forecast's currency.
    :param remaining: still open afterwards, with the forecast's sign; 0 when closed or exceeded.
    :param released: open amount that choosing "final" closes.
    :param over: by how much the forecast is exceeded, not negative.
    :param needs_reason: whether that is beyond the tolerance.
    """

    amount: Decimal
    remaining: Decimal
    released: Decimal
    over: Decimal
    needs_reason: bool


def absorb(
    forecast: Decimal,
    absorbed: Decimal,
    amount: Decimal,
    *,
    final: bool = False,
    tolerance: Decimal = Decimal(0),
) -> Absorption:
    """Absorb ``amount`` of a forecast of which ``absorbed`` is gone already (R112, A32).

    :param final: no more bills are expected: close what is left.
    :raises AllocationError: ``nothing_to_absorb`` for an amount of 0, ``opposite_sign`` when a
        cost is absorbed by a credit or the other way round, unless it only gives back what was
        absorbed before.
    """
    if not amount:
        raise AllocationError("nothing_to_absorb")
    taken = absorbed + amount
    if forecast * amount < 0 and forecast * taken < 0:
        raise AllocationError("opposite_sign", forecast=str(forecast), amount=str(amount))
    side = -1 if forecast < 0 else 1
    over = max(side * (taken - forecast), Decimal(0))
    left = Decimal(0) if over else forecast - taken
    return Absorption(
        amount=amount,
        remaining=Decimal(0) if final else left,
        released=left if final else Decimal(0),
        over=over,
        needs_reason=over > tolerance,
    )


def forecast_state(forecast: Decimal, absorbed: Decimal, *, final: bool) -> str:
    """``open``, ``partial`` or ``closed``: closed by a final absorption or once all is absorbed."""
    if final or (absorbed and abs(absorbed) >= abs(forecast)):
        return "closed"
    return "partial" if absorbed else "open"
