"""What is wrong with a set of rules before a bill shows it: the rule doctor.

Nothing here raises: every function returns findings. A code is what the addon translates.

=======================  =================================================================
``identical_key``         two rules want the same bills with the same rank (A4)
``unreachable``           another rule always takes the bill first (A1)
``unlisted``              the combination is not one of the source's searches (A3); a hint
``empty_document``        the transport document has no letter or digit: it matches nothing
``never_in_force``        the dates end before they begin
``range_reversed``        an amount range ends before it begins (A15)
``range_overlap``         two ranges of one key hold the same amounts (A15)
``range_gap``             amounts that no range of the key holds (A15)
``no_levels``             approval criteria without persons
``loop``                  supervision passes bills in a circle (A18)
``no_fallback``           a user may not validate and nobody validates for him (A20)
``fallback_unfit``        the fallback may not validate or is not active (A20)
``person_inactive``       a rule names a person who does not take part any more (R29)
=======================  =================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .approval import ApprovalRule
from .escalation import SupervisionRule, has_loop
from .keys import Criteria, Rule, rule_fields, rule_key
from .matching import RuleIndex, TieBreak
from .patterns import document_matches, weight
from .searches import DISTRIBUTION, Search, SearchTable


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend in a set of rules.

    :param rules: ids of the rules concerned, the one to mend first.
    :param facts: plain values that the sentence needs.
    """

    code: str
    rules: tuple[int, ...]
    facts: Mapping[str, object] = field(default_factory=dict)


Rank = Callable[[Rule], tuple[int, ...]]


def examine_rules(
    rules: Iterable[Rule],
    table: SearchTable,
    tie_break: TieBreak | str = TieBreak.LISTED_ORDER,
    parents: Mapping[int, Sequence[int]] | None = None,
) -> tuple[Finding, ...]:
    """Findings on distribution or treatment criteria.

    :param tie_break: the company's setting; treatment has none.
    :param parents: company → its parents, nearest first.
    """
    active = [rule for rule in rules if rule.active]
    findings = [finding for rule in active for finding in _alone(rule, table)]
    fit = [rule for rule in active if not _never(rule)]
    index = RuleIndex(fit)
    rank = _rank(table, TieBreak(tie_break))
    for rule in fit:
        findings += _identical(rule, index, table)
        winner = _always_before(rule, index, table, rank, parents or {})
        if winner is not None:
            facts = {"search": _number(winner, table), "own_search": _number(rule, table)}
            findings.append(Finding("unreachable", (rule.id, winner.id), facts))
    return tuple(findings)


def _alone(rule: Rule, table: SearchTable) -> Iterable[Finding]:
    search = table.of(rule_fields(rule))
    if search is None or not search.listed:
        names = sorted(name.value for name in rule_fields(rule))
        yield Finding("unlisted", (rule.id,), {"fields": names})
    if rule.document == "":
        yield Finding("empty_document", (rule.id,))
    if rule.date_from and rule.date_to and rule.date_to < rule.date_from:
        yield Finding("never_in_force", (rule.id,))


def _never(rule: Rule) -> bool:
    """Whether a rule matches nothing at all; it is told once and then left out."""
    reversed_dates = rule.date_from and rule.date_to and rule.date_to < rule.date_from
    empty = rule.document == ""
    return bool(reversed_dates or empty)


def _identical(rule: Rule, index: RuleIndex, table: SearchTable) -> Iterable[Finding]:
    for other in index.by_key[rule_key(rule)]:
        if other.id < rule.id and _twin(other, table) == _twin(rule, table):
            if _meet(other, rule):
                yield Finding("identical_key", (rule.id, other.id), {"key": rule_key(rule)})


def _twin(rule: Rule, table: SearchTable) -> tuple[object, ...]:
    """What makes two rules of one key the same rule: order, or text and sequence."""
    if table is DISTRIBUTION:
        return (rule.order,)
    return (rule.document, rule.exact, rule.sequence)


def _meet(one: Rule, other: Rule) -> bool:
    """Whether there is a day on which both are in force."""
    first = max(one.date_from or date.min, other.date_from or date.min)
    return first <= min(one.date_to or date.max, other.date_to or date.max)


def _number(rule: Rule, table: SearchTable) -> int | None:
    search = table.of(rule_fields(rule))
    return search.number if search else None


def _rank(table: SearchTable, tie_break: TieBreak) -> Rank:
    """What decides before companies, lower first; as in matching."""

    def place(rule: Rule) -> tuple[int, ...]:
        search = table.of(rule_fields(rule)) or Search(len(table.searches) + 1, None, (), False)
        if table is not DISTRIBUTION:
            return (-search.position,)
        if tie_break is TieBreak.MOST_SPECIFIC:
            return (rule.order, -len(search.fields), -search.position)
        return (rule.order, search.position)

    return place


def _always_before(
    rule: Rule,
    index: RuleIndex,
    table: SearchTable,
    rank: Rank,
    parents: Mapping[int, Sequence[int]],
) -> Rule | None:
    """A rule that matches whenever ``rule`` does and always wins against it."""
    companies = (rule.company, *parents.get(rule.company, ()))
    documents = () if rule.document is None else (rule.document,)
    bill = Criteria(
        companies=companies,
        division=rule.division,
        traffic_type=rule.traffic_type,
        traffic=rule.traffic,
        supplier=rule.supplier,
        documents=documents,
    )

    def order(other: Rule) -> tuple[int, ...]:
        text = 0 if table is DISTRIBUTION or other.document is None else -weight(other.document)
        near = companies.index(other.company)
        return (*rank(other), near, text, other.sequence, other.id)

    for other in index.candidates(bill, table):
        if order(other) < order(rule) and _covers(other, rule):
            # one that differs in its id alone is an identical rule, and told as that
            if not (
                rule_key(other) == rule_key(rule) and _twin(other, table) == _twin(rule, table)
            ):
                return other
    return None


def _covers(wide: Rule, narrow: Rule) -> bool:
    """Whether ``wide`` fits whenever ``narrow`` does; their other values agree by their keys."""
    if (wide.date_from or date.min) > (narrow.date_from or date.min):
        return False
    if (wide.date_to or date.max) < (narrow.date_to or date.max):
        return False
    if wide.document is None or narrow.document is None:
        return wide.document is None
    if wide.exact:
        return narrow.exact and wide.document == narrow.document
    # a "*" in the narrow text is a character that no piece of the wide one contains
    return document_matches(wide.document, narrow.document)


def examine_approval(rules: Iterable[ApprovalRule], step: Decimal) -> tuple[Finding, ...]:
    """Findings on the ranges of approval criteria or random control, key by key (A15).

    :param step: smallest difference of two amounts, the currency's rounding.
    """
    findings: list[Finding] = []
    ranges: dict[tuple[object, ...], list[ApprovalRule]] = {}
    for rule in rules:
        if not rule.active:
            continue
        if not any(level.persons for level in rule.levels):
            findings.append(Finding("no_levels", (rule.id,)))
        if rule.amount_to is not None and rule.amount_to < rule.amount_from:
            findings.append(Finding("range_reversed", (rule.id,)))
        elif _never(rule):
            findings.append(Finding("never_in_force", (rule.id,)))
        else:
            # ranges of different dates are different tables
            ranges.setdefault((rule_key(rule), rule.date_from, rule.date_to), []).append(rule)
    for same in ranges.values():
        findings += _gaps(sorted(same, key=lambda rule: (rule.amount_from, rule.id)), step)
    findings += _overlaps([rule for same in ranges.values() for rule in same])
    return tuple(findings)


def _gaps(rules: Sequence[ApprovalRule], step: Decimal) -> Iterable[Finding]:
    reached: Decimal | None = -step
    before: tuple[int, ...] = ()
    for rule in rules:
        if reached is None:
            return
        if rule.amount_from > reached + step:
            facts = {"from": str(reached + step), "to": str(rule.amount_from - step)}
            yield Finding("range_gap", (*before, rule.id), facts)
        reached = None if rule.amount_to is None else max(reached, rule.amount_to)
        before = (rule.id,)
    if reached is not None:
        yield Finding("range_gap", before, {"from": str(reached + step), "to": None})


def _overlaps(rules: Iterable[ApprovalRule]) -> Iterable[Finding]:
    by_key: dict[str, list[ApprovalRule]] = {}
    for rule in sorted(rules, key=lambda rule: (rule.amount_from, rule.id)):
        same = by_key.setdefault(rule_key(rule), [])
        for other in same:
            if (other.amount_to is None or rule.amount_from <= other.amount_to) and _meet(
                other, rule
            ):
                facts = {"from": str(rule.amount_from)}
                yield Finding("range_overlap", (rule.id, other.id), facts)
        same.append(rule)


@dataclass(frozen=True, slots=True)
class Participant:
    """A user of the workflow (R29-R32)."""

    user: int
    can_validate: bool
    fallback: int | None = None
    active: bool = True


def examine_people(
    people: Iterable[Participant],
    company_fallback: int | None,
    named: Mapping[int, Iterable[int]],
) -> tuple[Finding, ...]:
    """Findings on users and on the persons that rules name (R29, R31, A20).

    :param company_fallback: who validates for users that have no fallback of their own.
    :param named: rule id → persons it names.
    """
    known = {person.user: person for person in people}
    active = {user for user, person in known.items() if person.active}
    findings = []
    for user in sorted(active):
        person = known[user]
        if person.can_validate:
            continue
        fallback = company_fallback if person.fallback is None else person.fallback
        if fallback is None:
            findings.append(Finding("no_fallback", (), {"user": user}))
        elif fallback not in active or not known[fallback].can_validate:
            findings.append(Finding("fallback_unfit", (), {"user": user, "fallback": fallback}))
    for rule, persons in named.items():
        for user in sorted(set(persons) - active):
            findings.append(Finding("person_inactive", (rule,), {"user": user}))
    return tuple(findings)


def examine_supervision(rules: Iterable[SupervisionRule]) -> tuple[Finding, ...]:
    """The finding on a circle in the supervision criteria of one company and stage (A18)."""
    circle = has_loop(rules)
    return (Finding("loop", (), {"users": circle}),) if circle else ()
