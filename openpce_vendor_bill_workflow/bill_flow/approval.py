"""Which approval criteria apply to a bill: amount ranges and levels of persons (R61-R66, A14, A15).

The same search serves random control (R124): both are rules with a range and levels.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

from .errors import RuleError
from .keys import Criteria, Rule
from .matching import Hit, RuleIndex, hits_by_search
from .plan import Level, merge_levels
from .searches import APPROVAL


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRule(Rule):
    """Approval criteria (R61-R66).

    :param amount_from: least amount, included (R63); company currency, not negative.
    :param amount_to: greatest amount, included (R64); None for no limit (A15).
    :param levels: who has to approve, by level (R65).
    """

    amount_from: Decimal = Decimal(0)
    amount_to: Decimal | None = None
    levels: tuple[Level, ...] = ()

    def covers(self, amount: Decimal) -> bool:
        """Whether an absolute amount lies in the range, both ends included (A15)."""
        return self.amount_from <= amount and (self.amount_to is None or amount <= self.amount_to)


RangedRule = TypeVar("RangedRule", bound=ApprovalRule)


@dataclass(frozen=True, slots=True)
class ApprovalMatch(Generic[RangedRule]):
    """The criteria that apply to a bill.

    :param winner: the most specific rule; None when none covers the amount.
    :param levels: the levels to approve, ascending; with accumulation those of all fitting rules.
    :param fitting: every rule that fits, best first.
    :param conflict: other rules that only their id puts behind the winner; to be mended (A14).
    :param out_of_range: rules whose key fits and whose range does not hold the amount.
    """

    amount: Decimal
    winner: RangedRule | None
    levels: tuple[Level, ...]
    fitting: tuple[RangedRule, ...]
    conflict: tuple[int, ...]
    out_of_range: tuple[int, ...]

    def to_json(self) -> dict[str, object]:
        """Plain data that explains the decision: ids, the amount as text, levels with persons."""
        return {
            "table": APPROVAL.name,
            "amount": str(self.amount),
            "winner": self.winner.id if self.winner else None,
            "hits": [rule.id for rule in self.fitting],
            "conflict": list(self.conflict),
            "out_of_range": list(self.out_of_range),
            "levels": [level.to_json() for level in self.levels],
        }


def match_approval(
    criteria: Criteria,
    amount: Decimal,
    rules: Iterable[RangedRule],
    *,
    on: date,
    accumulate: bool = False,
) -> ApprovalMatch[RangedRule]:
    """The approval criteria for a bill (R61-R65, A14).

    The rule with most filled fields wins; of equals supplier goes before traffic, traffic type,
    division; then the own company before its parents; then ``sequence``, then ``id``.

    :param amount: the bill's total with taxes in company currency at the bill's date, rounded to
        the currency; its sign does not matter, so credit notes follow the same ranges (A15).
    :param rules: the rules stored under the bill's candidate keys; more of them change nothing.
    :param accumulate: join the levels of all fitting rules instead of taking the winner's.
    :raises RuleError: ``bad_amount`` when the amount is not a finite number.
    """
    if not amount.is_finite():
        raise RuleError("bad_amount", amount=str(amount))
    size = abs(amount)
    by_id = {rule.id: rule for rule in rules}
    steps = hits_by_search(criteria, APPROVAL, RuleIndex(tuple(by_id.values())), on)
    hits = sorted((hit for step in steps for hit in step[2]), key=_rank)
    fitting = [hit for hit in hits if by_id[hit.rule.id].covers(size)]
    found = tuple(by_id[hit.rule.id] for hit in fitting)
    levels = merge_levels(
        level for rule in found[: None if accumulate else 1] for level in rule.levels
    )
    return ApprovalMatch(
        amount=size,
        winner=found[0] if found else None,
        levels=levels,
        fitting=found,
        conflict=tuple(h.rule.id for h in fitting[1:] if _rank(h)[:-1] == _rank(fitting[0])[:-1]),
        out_of_range=tuple(h.rule.id for h in hits if not by_id[h.rule.id].covers(size)),
    )


def _rank(hit: Hit) -> tuple[int, ...]:
    return (-hit.search.position, hit.nearness, hit.rule.sequence, hit.rule.id)
