"""Approvals, rejections and replacements on a plan, and what is still missing (R66, R134, A16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .errors import ApprovalError
from .plan import Plan


class Kind(str, Enum):
    """What was decided."""

    APPROVE = "approve"
    REJECT = "reject"
    REPLACED = "replaced"  # by supervision or for absence (R69)
    FORWARDED = "forwarded"  # by the person himself (A29)


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision on a level of a plan.

    :param person: who decided, or who was replaced.
    :param target: who is asked instead; only with ``replaced`` and ``forwarded``.
    """

    level: int
    person: int
    kind: Kind
    target: int | None = None

    def to_json(self) -> dict[str, object]:
        """Plain data to store; :meth:`from_json` reads it."""
        return {
            "level": self.level,
            "person": self.person,
            "kind": self.kind.value,
            "target": self.target,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Decision:
        """Inverse of :meth:`to_json`."""
        return cls(values["level"], values["person"], Kind(values["kind"]), values["target"])


class _Standing:
    """Plan and decisions played through: who is on each level and who of them approved."""

    def __init__(self, plan: Plan, decisions: Iterable[Decision]) -> None:
        self.plan = plan
        self.rejected = False
        self.persons = {level.number: set(level.persons) for level in plan.levels}
        self.approved: dict[int, set[int]] = {level.number: set() for level in plan.levels}
        for decision in decisions:
            if self.problem(decision) is None:
                self._apply(decision)

    def _apply(self, decision: Decision) -> None:
        level, person = decision.level, decision.person
        if decision.kind is Kind.REJECT:
            self.rejected = True
        elif decision.kind is Kind.APPROVE:
            self.approved[level].add(person)
            if self.plan.merge:
                self._carry(level, person)
        elif decision.target is not None:
            self.persons[level].remove(person)
            self.persons[level].add(decision.target)

    def _carry(self, number: int, person: int) -> None:
        """Count the approval on the levels that follow without a gap and name the person (A16).

        Only persons of the original plan: who came by replacement is asked.
        """
        for level in self.plan.levels:
            if level.number > number:
                if person not in level.persons or person not in self.persons[level.number]:
                    return
                self.approved[level.number].add(person)

    def finished(self, number: int) -> bool:
        """Whether a level has all the approvals it needs."""
        any_of = next(level.any_of for level in self.plan.levels if level.number == number)
        approved = self.approved[number]
        return bool(approved) if any_of else approved >= self.persons[number]

    @property
    def current(self) -> int | None:
        """The lowest unfinished level; None when all are finished or the bill was rejected."""
        if self.rejected:
            return None
        open_levels = (lv.number for lv in self.plan.levels if not self.finished(lv.number))
        return next(open_levels, None)

    def problem(self, decision: Decision) -> str | None:
        """Code of why the plan does not admit a decision now; None when it does."""
        level, person, target = decision.level, decision.person, decision.target
        if level not in self.persons:
            return "unknown_level"
        if self.rejected or self.finished(level):
            return "level_closed"
        if person not in self.persons[level]:
            return "not_on_level"
        if person in self.approved[level]:
            return "already_approved"
        if decision.kind in (Kind.APPROVE, Kind.REJECT):
            return None if level == self.current else "not_yet"
        if target is None:
            return "no_target"
        if target in self.plan.barred:
            return "treated_bill"
        return "already_on_level" if target in self.persons[level] else None


def pending(plan: Plan, decisions: Iterable[Decision]) -> frozenset[tuple[int, int]]:
    """(level, person) of everyone asked now: all who are missing on the lowest open level (R66).

    Empty when the plan is complete or the bill was rejected.
    """
    standing = _Standing(plan, decisions)
    level = standing.current
    if level is None:
        return frozenset()
    return frozenset((level, p) for p in standing.persons[level] - standing.approved[level])


def is_complete(plan: Plan, decisions: Iterable[Decision]) -> bool:
    """Whether every level has every approval it needs; at once for a plan without levels."""
    standing = _Standing(plan, decisions)
    return not standing.rejected and standing.current is None


def is_rejected(plan: Plan, decisions: Iterable[Decision]) -> bool:
    """Whether somebody who was asked rejected the bill (R134)."""
    return _Standing(plan, decisions).rejected


def approvers(plan: Plan, decisions: Iterable[Decision]) -> Mapping[int, frozenset[int]]:
    """Level → who is on it after all replacements, whether he approved or not."""
    persons = _Standing(plan, decisions).persons
    return {level: frozenset(found) for level, found in persons.items()}


def approvals(plan: Plan, decisions: Iterable[Decision]) -> Mapping[int, frozenset[int]]:
    """Level → who approved there, those included whose approval of a level before counts (A16)."""
    approved = _Standing(plan, decisions).approved
    return {level: frozenset(found) for level, found in approved.items()}


def decide(plan: Plan, decisions: Iterable[Decision], decision: Decision) -> tuple[Decision, ...]:
    """The decisions with one more: the only door through which they are taken.

    :raises ApprovalError: ``unknown_level``, ``level_closed``, ``not_yet``, ``not_on_level``,
        ``already_approved``, ``no_target``, ``treated_bill`` or ``already_on_level`` (A17, A29),
        with the facts ``level``, ``person`` and ``target``.
    """
    taken = tuple(decisions)
    problem = _Standing(plan, taken).problem(decision)
    if problem is not None:
        raise ApprovalError(
            problem, level=decision.level, person=decision.person, target=decision.target
        )
    return (*taken, decision)


def replace(
    plan: Plan,
    decisions: Iterable[Decision],
    level: int,
    person: int,
    by: int,
    kind: Kind = Kind.REPLACED,
) -> tuple[Decision, ...]:
    """The decisions with ``by`` asked instead of ``person``; the others' approvals stay (A18).

    :raises ApprovalError: as :func:`decide`.
    """
    return decide(plan, decisions, Decision(level, person, kind, by))
