"""Money as the engine counts it: decimals that are whole multiples of the currency's rounding."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from .errors import AllocationError


def quantise(amount: Decimal, rounding: Decimal, *, down: bool = False) -> Decimal:
    """``amount`` as a multiple of ``rounding`` (0.01, 0.05, 1 …), half away from zero.

    :param down: towards zero instead.
    :raises AllocationError: ``bad_rounding`` when ``rounding`` is not a positive number,
        ``bad_amount`` when the amount is not a finite number.
    """
    if not (rounding.is_finite() and rounding > 0):
        raise AllocationError("bad_rounding", rounding=str(rounding))
    if not amount.is_finite():
        raise AllocationError("bad_amount", amount=str(amount))
    mode = ROUND_DOWN if down else ROUND_HALF_UP
    units = (amount / rounding).quantize(Decimal(1), mode)
    return (units * rounding).quantize(rounding)


def from_float(value: float, rounding: Decimal) -> Decimal:
    """The amount that a database float stands for, rounded to the currency.

    :raises AllocationError: as :func:`quantise`.
    """
    return quantise(Decimal(repr(float(value))), rounding)


def rounded(amount: Decimal, rounding: Decimal) -> Decimal:
    """``amount`` when it already is a multiple of ``rounding``.

    :raises AllocationError: ``not_rounded`` (fact ``amount``) when it is not.
    """
    found = quantise(amount, rounding)
    if found != amount:
        raise AllocationError("not_rounded", amount=str(amount), rounding=str(rounding))
    return found
