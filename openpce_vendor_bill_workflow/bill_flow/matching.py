"""Which distribution or treatment rule takes a bill, and why (R11-R49, A1-A3, A8).

Every search is looked up, also when the winner is known: the trace tells the user who else would
have taken the bill and why it did not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from .keys import Criteria, Rule, candidate_keys, rule_key, search_keys
from .patterns import any_matches, weight
from .searches import APPROVAL, DISTRIBUTION, TREATMENT, Search, SearchTable

__all__ = [
    "APPROVAL", "DISTRIBUTION", "TREATMENT", "Hit", "Match", "RuleIndex", "SearchTable",
    "SearchTrace", "TieBreak", "Why", "hits_by_search", "match_distribution", "match_treatment",
]  # fmt: skip


class TieBreak(str, Enum):
    """Which distribution rule of one order wins (A1)."""

    LISTED_ORDER = "listed_order"
    MOST_SPECIFIC = "most_specific"


class Why(str, Enum):
    """What became of one search."""

    WON = "won"
    NO_VALUE = "no_value"  # the bill lacks a value that the search needs
    NO_RULE = "no_rule"  # no rule is stored under the keys
    NOT_MET = "not_met"  # rules are, but dates or the transport document do not fit
    LATER_ORDER = "later_order"  # a rule with a lower order takes the bill (A2)
    OUTRANKED = "outranked"  # another search of the same order ranks higher (A1, A8)


@dataclass(frozen=True, slots=True)
class SearchTrace:
    """What one search found.

    :param search: number in the source's list, None for an unlisted combination.
    :param fields: the fields compared, besides the company.
    :param keys: the keys looked up; empty when the bill lacks a value.
    :param hits: ids of the rules that fit the bill, best first.
    :param chosen: the best of them.
    """

    search: int | None
    fields: tuple[str, ...]
    listed: bool
    keys: tuple[str, ...]
    hits: tuple[int, ...]
    chosen: int | None
    why: Why

    def to_json(self) -> dict[str, object]:
        """Plain data: the fields by name, tuples as lists."""
        return {
            "search": self.search,
            "fields": list(self.fields),
            "listed": self.listed,
            "keys": list(self.keys),
            "hits": list(self.hits),
            "chosen": self.chosen,
            "why": self.why.value,
        }


@dataclass(frozen=True, slots=True)
class Match:
    """The rule that takes a bill, with the way it was found.

    :param winner: None when no rule fits (A5).
    :param search: number of the winner's search, None when unlisted or without a winner.
    :param listed: whether the source lists the winner's search; True without a winner.
    """

    table: str
    winner: Rule | None
    search: int | None
    listed: bool
    trace: tuple[SearchTrace, ...]

    def to_json(self) -> dict[str, object]:
        """Plain data that explains the decision: ``table``, ``winner`` (id), ``search``,
        ``listed`` and ``trace``, a list of :meth:`SearchTrace.to_json` in the order tried."""
        return {
            "table": self.table,
            "winner": self.winner.id if self.winner else None,
            "search": self.search,
            "listed": self.listed,
            "trace": [step.to_json() for step in self.trace],
        }


class RuleIndex:
    """Rules by their key, to match many bills without a query each (back-test, mass imports)."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.by_key: dict[str, list[Rule]] = {}
        for rule in rules:
            self.by_key.setdefault(rule_key(rule), []).append(rule)

    def candidates(self, criteria: Criteria, table: SearchTable) -> tuple[Rule, ...]:
        """The rules a query for the bill's candidate keys returns."""
        found = (self.by_key.get(key, ()) for key in candidate_keys(criteria, table))
        return tuple(rule for rules in found for rule in rules)


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that fits a bill.

    :param nearness: 0 for the bill's own company, 1 for its parent …
    """

    rule: Rule
    search: Search
    nearness: int


def match_distribution(
    criteria: Criteria,
    rules: Iterable[Rule] | RuleIndex,
    tie_break: TieBreak | str = TieBreak.LISTED_ORDER,
    *,
    on: date,
) -> Match:
    """The distribution rule for a bill (R11-R28).

    The lowest ``order`` with any fitting rule wins (A2); inside it ``listed_order`` takes the
    first hit of searches 1 to 8, ``most_specific`` the rule with most fields, of equals the last
    search (A1). At equal rank the own company's rule beats the parent's, then ``sequence``, ``id``.

    :param rules: the rules stored under the bill's candidate keys; more of them change nothing.
    :param on: the day that the rules' validity is judged by.
    """
    specific = TieBreak(tie_break) is TieBreak.MOST_SPECIFIC

    def rank(hit: Hit) -> tuple[int, ...]:
        search, rule = hit.search, hit.rule
        place = (-len(search.fields), -search.position) if specific else (search.position,)
        return (rule.order, *place, hit.nearness, rule.sequence, rule.id)

    found = hits_by_search(criteria, DISTRIBUTION, rules, on)
    winner = min((hit for step in found for hit in step[2]), key=rank, default=None)
    trace = tuple(_trace(*step, rank, winner, by_order=True) for step in found)
    return _match(DISTRIBUTION, winner, trace)


def match_treatment(criteria: Criteria, rules: Iterable[Rule] | RuleIndex, *, on: date) -> Match:
    """The treatment rule for a bill: all searches are run, the last one found wins (R38-R49, A8).

    Within one search: own company before parents, then the longest document text, then lowest
    ``sequence``, then ``id``. Parameters as in :func:`match_distribution`.
    """

    def rank(hit: Hit) -> tuple[int, ...]:
        rule = hit.rule
        length = weight(rule.document) if rule.document is not None else 0
        return (-hit.search.position, hit.nearness, -length, rule.sequence, rule.id)

    found = hits_by_search(criteria, TREATMENT, rules, on)
    winner = min((hit for step in found for hit in step[2]), key=rank, default=None)
    trace = tuple(_trace(*step, rank, winner) for step in found)
    return _match(TREATMENT, winner, trace)


Found = tuple[Search, tuple[str, ...], list[Hit], bool]


def hits_by_search(
    criteria: Criteria, table: SearchTable, rules: Iterable[Rule] | RuleIndex, on: date
) -> list[Found]:
    """What each search of a table finds, in the table's order.

    :return: search, keys looked up, rules that fit, whether any rule is stored under the keys.
    """
    by_key = (rules if isinstance(rules, RuleIndex) else RuleIndex(rules)).by_key
    nearness = {company: place for place, company in enumerate(criteria.companies)}
    found: list[Found] = []
    for search in table.searches:
        keys = search_keys(criteria, search)
        stored = [rule for key in keys for rule in by_key.get(key, ())]
        hits = [
            Hit(rule, search, nearness[rule.company])
            for rule in stored
            if rule.in_force(on)
            and (
                rule.document is None
                or any_matches(rule.document, criteria.documents, exact=rule.exact)
            )
        ]
        found.append((search, keys, hits, bool(stored)))
    return found


def _trace(
    search: Search,
    keys: tuple[str, ...],
    hits: list[Hit],
    stored: bool,
    rank: Callable[[Hit], tuple[int, ...]],
    winner: Hit | None,
    by_order: bool = False,
) -> SearchTrace:
    best = sorted(hits, key=rank)
    if winner is not None and best:
        if best[0].rule is winner.rule:
            why = Why.WON
        elif by_order and best[0].rule.order > winner.rule.order:
            why = Why.LATER_ORDER
        else:
            why = Why.OUTRANKED
    else:
        why = Why.NOT_MET if stored else Why.NO_RULE if keys else Why.NO_VALUE
    return SearchTrace(
        search=search.number,
        fields=tuple(field.value for field in search.fields),
        listed=search.listed,
        keys=keys,
        hits=tuple(hit.rule.id for hit in best),
        chosen=best[0].rule.id if best else None,
        why=why,
    )


def _match(table: SearchTable, winner: Hit | None, trace: tuple[SearchTrace, ...]) -> Match:
    if winner is None:
        return Match(table.name, None, None, True, trace)
    return Match(table.name, winner.rule, winner.search.number, winner.search.listed, trace)
