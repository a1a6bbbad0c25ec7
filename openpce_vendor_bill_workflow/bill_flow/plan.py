"""Who has to approve a bill, level by level, and what is still missing (R65, R66, A16, A17, A42).

A plan is a snapshot: rules edited later do not change it. What happened since is a list of
decisions; the two together say who is asked now. Nothing here can complete a plan with someone
missing: decisions that the plan does not admit are refused, and ignored when read back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import RuleError


@dataclass(frozen=True, slots=True)
class Level:
    """One level of approvers.

    :param number: levels are asked in ascending order.
    :param persons: ids of users; each of them has to approve (R66).
    :param any_of: one of the persons is enough: only for a level that fell to the dispatchers.
    """

    number: int
    persons: frozenset[int]
    any_of: bool = False

    def to_json(self) -> dict[str, object]:
        """Plain data: ``number``, ``persons`` (sorted), ``any_of``."""
        return {"number": self.number, "persons": sorted(self.persons), "any_of": self.any_of}


@dataclass(frozen=True, slots=True)
class Substitution:
    """A person of the rule who is not asked, and who is asked instead.

    :param by: the substitute; None when the others of the level or the dispatchers suffice.
    :param why: ``treated`` (four eyes) or ``absent``.
    """

    level: int
    person: int
    by: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The approvals a bill needs, taken down when its approval begins (A42).

    :param levels: ascending, each with at least one person.
    :param barred: who treated the bill and so may not approve it (A17); empty without four eyes.
    :param merge: one approval counts on consecutive levels that name the same person (A16).
    """

    levels: tuple[Level, ...]
    barred: frozenset[int] = frozenset()
    merge: bool = False
    substitutions: tuple[Substitution, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Plain data to store; :meth:`from_json` reads it."""
        return {
            "levels": [level.to_json() for level in self.levels],
            "barred": sorted(self.barred),
            "merge": self.merge,
            "substitutions": [[s.level, s.person, s.by, s.why] for s in self.substitutions],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Plan:
        """Inverse of :meth:`to_json`."""
        return cls(
            tuple(
                Level(row["number"], frozenset(row["persons"]), row["any_of"])
                for row in values["levels"]
            ),
            frozenset(values["barred"]),
            values["merge"],
            tuple(Substitution(*row) for row in values["substitutions"]),
        )


def merge_levels(levels: Iterable[Level]) -> tuple[Level, ...]:
    """Levels ascending, those of one number joined: every person of each is asked (A14)."""
    joined: dict[int, frozenset[int]] = {}
    for level in levels:
        joined[level.number] = joined.get(level.number, frozenset()) | level.persons
    return tuple(Level(number, joined[number]) for number in sorted(joined))


def make_plan(
    rule_levels: Iterable[Level],
    *,
    treated_by: frozenset[int] = frozenset(),
    four_eyes: bool = True,
    substitutes: Mapping[int, int | None] | None = None,
    dispatcher: frozenset[int] = frozenset(),
    absent: frozenset[int] = frozenset(),
    merge: bool = False,
) -> Plan:
    """Turn a rule's levels into the approvals of one bill (A17).

    With four eyes whoever treated the bill is not asked; when that empties a level, his substitute
    is, else one of the dispatchers. An absent person gives way to his substitute; without a usable
    one he stays, and his clock runs. A substitute is usable when he may approve the bill, is
    present and is not on the level already.

    :param substitutes: person → the person who stands in for him.
    :param dispatcher: persons who take a level that nobody else can.
    :raises RuleError: ``no_approver`` (fact ``level``) when nobody is left: a level is never empty
        and never approved by itself.
    """
    barred = treated_by if four_eyes else frozenset()
    maker = _Maker(barred, substitutes or {}, dispatcher, absent)
    levels = tuple(maker.level(level) for level in merge_levels(rule_levels))
    return Plan(levels, barred, merge, tuple(maker.substitutions))


class _Maker:
    """What the levels of one plan share while it is made."""

    def __init__(
        self,
        barred: frozenset[int],
        substitutes: Mapping[int, int | None],
        dispatcher: frozenset[int],
        absent: frozenset[int],
    ) -> None:
        self.barred = barred
        self.substitutes = substitutes
        self.dispatcher = dispatcher
        self.absent = absent
        self.substitutions: list[Substitution] = []

    def level(self, level: Level) -> Level:
        """The level as this bill needs it."""
        persons = set(level.persons - self.barred)
        removed = sorted(level.persons & self.barred)
        for person in sorted(persons & self.absent):
            by = self._substitute(person, persons)
            if by is not None:
                persons.remove(person)
                persons.add(by)
                self.substitutions.append(Substitution(level.number, person, by, "absent"))
        emptied = not persons
        for person in removed:
            by = self._substitute(person, persons) if emptied else None
            if by is not None:
                persons.add(by)
            self.substitutions.append(Substitution(level.number, person, by, "treated"))
        if persons:
            return Level(level.number, frozenset(persons))
        allowed = self.dispatcher - self.barred
        if not allowed:
            raise RuleError("no_approver", level=level.number)
        return Level(level.number, (allowed - self.absent) or allowed, any_of=True)

    def _substitute(self, person: int, persons: set[int]) -> int | None:
        by = self.substitutes.get(person)
        unusable = by is None or by in self.barred or by in self.absent or by in persons
        return None if unusable else by
