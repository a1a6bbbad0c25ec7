"""Random control of bills that no approval criteria catch, reproducible and fair (R124, A36).

The draw is keyed by a secret, the bill and the rule: whoever validates again gets the same value,
nobody without the secret can foresee it, and whoever has it can prove it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .approval import ApprovalRule
from .errors import RuleError

_BITS = 53  # what a float holds exactly


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomControl(ApprovalRule):
    """Random control criteria; found as approval criteria, the most specific one (A36).

    :param percentage: share of bills to approve, 0 to 100.
    :param threshold: below this amount the share shrinks in proportion; None or 0 for none.
    """

    percentage: Decimal = Decimal(0)
    threshold: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A draw, stored with the bill so that it can be checked afterwards.

    :param rate: probability of being drawn, from 0 to 1.
    :param value: the number drawn, from 0 up to but not 1.
    :param drawn: whether the bill has to be approved: ``value`` below ``rate``.
    """

    rate: Fraction
    value: float
    drawn: bool

    def to_json(self) -> dict[str, object]:
        """Plain data: the rate as ``numerator/denominator``, value and outcome."""
        return {"rate": str(self.rate), "value": self.value, "drawn": self.drawn}


def rate(percentage: Decimal, amount: Decimal, threshold: Decimal | None = None) -> Fraction:
    """Probability that a bill is controlled; below ``threshold`` in proportion to its amount.

    :param amount: total in company currency; its sign does not matter.
    :raises RuleError: ``bad_percentage`` outside 0 to 100, ``bad_amount``, ``bad_threshold``.
    """
    if not (percentage.is_finite() and 0 <= percentage <= 100):
        raise RuleError("bad_percentage", percentage=str(percentage))
    if not amount.is_finite():
        raise RuleError("bad_amount", amount=str(amount))
    if threshold is not None and not (threshold.is_finite() and threshold >= 0):
        raise RuleError("bad_threshold", threshold=str(threshold))
    full = Fraction(percentage) / 100
    if not threshold or abs(amount) >= threshold:
        return full
    return full * Fraction(abs(amount)) / Fraction(threshold)


def draw(secret: bytes, subject: str, rule: str) -> float:
    """A number from 0 up to but not 1 that only ``secret`` can foresee; the same every time.

    :param subject: what identifies the bill for ever, for example its UUID in this database.
    :param rule: id of the random control rule.
    :raises RuleError: ``no_secret``.
    """
    if not secret:
        raise RuleError("no_secret")
    parts = [part.encode() for part in (subject, rule)]
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    digest = hmac.new(secret, message, hashlib.sha256).digest()
    return float((int.from_bytes(digest[:8], "big") >> (64 - _BITS)) / (1 << _BITS))


def sample(
    secret: bytes,
    subject: str,
    rule: str,
    *,
    percentage: Decimal,
    amount: Decimal,
    threshold: Decimal | None = None,
) -> Sample:
    """Draw a bill for control or let it pass (A36).

    :raises RuleError: as :func:`rate` and :func:`draw`.
    """
    chance = rate(percentage, amount, threshold)
    value = draw(secret, subject, rule)
    return Sample(chance, value, value < chance)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a control worked out (A36: expected against actual sample).

    :param bills: how many were subject to it.
    :param expected: how many it should draw on average: the sum of the rates.
    :param drawn: how many it drew.
    """

    bills: int
    expected: Fraction
    drawn: int


def coverage(samples: Iterable[Sample]) -> Coverage:
    """Expected and actual sample of the draws of a period."""
    taken = tuple(samples)
    expected = sum((one.rate for one in taken), Fraction(0))
    return Coverage(len(taken), expected, sum(one.drawn for one in taken))
