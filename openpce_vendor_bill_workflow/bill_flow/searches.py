"""The fixed searches of the criteria and the order in which they are ranked (R20-R28, R39-R49).

Traffic implies its type, so a rule's key has one of {nothing, type, traffic}; with division,
supplier and transport document that makes 12 field sets without a document and 24 with it. The
source lists 8 of them for distribution and 11 for treatment; the others are ranked just after
their longest listed subset (A3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import product


class Field(str, Enum):
    """What a rule may name besides the company, which takes part in every search (R28)."""

    DIVISION = "division"
    TRAFFIC_TYPE = "traffic_type"
    TRAFFIC = "traffic"
    SUPPLIER = "supplier"
    DOCUMENT = "document"


_D, _Y, _T, _S, _X = Field
_ORDER = {field: place for place, field in enumerate(Field)}
# which of two field sets of one size is the weaker one: supplier > traffic > type > division (A14)
_WEIGHT = {_D: 1, _Y: 2, _T: 4, _S: 8, _X: 16}


@dataclass(frozen=True, slots=True)
class Search:
    """One search: rules that fill exactly these fields (and the company).

    :param position: place in its table, from 1; every set of fields has one.
    :param number: number in the source's list; None when the source does not list it (A3).
    :param fields: the fields in the order of :class:`Field`.
    :param listed: whether the source names this combination; False earns a badge.
    """

    position: int
    number: int | None
    fields: tuple[Field, ...]
    listed: bool

    @property
    def uses_document(self) -> bool:
        """Whether the search looks at transport documents."""
        return _X in self.fields


@dataclass(frozen=True, slots=True)
class SearchTable:
    """All searches of one kind of criteria, by position.

    :param name: ``distribution``, ``treatment`` or ``approval``.
    """

    name: str
    searches: tuple[Search, ...]
    by_fields: Mapping[frozenset[Field], Search]

    def of(self, fields: Iterable[Field]) -> Search | None:
        """The search for exactly these fields; None when the table does not have it."""
        return self.by_fields.get(frozenset(fields))


def field_sets(document: bool) -> tuple[frozenset[Field], ...]:
    """Every combination of fields a normalised rule can fill: 12, or 24 with ``document``."""
    choices: list[tuple[tuple[Field, ...], ...]] = [((), (_D,)), ((), (_Y,), (_T,)), ((), (_S,))]
    choices.append(((), (_X,)) if document else ((),))
    return tuple(frozenset(sum(picked, ())) for picked in product(*choices))


def _table(name: str, sets: Iterable[tuple[frozenset[Field], int | None, bool]]) -> SearchTable:
    searches = tuple(
        Search(position, number, tuple(sorted(fields, key=_ORDER.__getitem__)), listed)
        for position, (fields, number, listed) in enumerate(sets, 1)
    )
    return SearchTable(name, searches, {frozenset(s.fields): s for s in searches})


def _strength(fields: frozenset[Field]) -> tuple[int, int]:
    return len(fields), sum(_WEIGHT[field] for field in fields)


def _with_unlisted(
    name: str, listed: tuple[frozenset[Field], ...], document: bool, *, weakest_last: bool
) -> SearchTable:
    """The listed searches with every other combination put after its longest listed subset.

    Of several longest subsets the last listed one counts. A combination without any listed subset
    is the weakest: at the end where the first hit wins, at the start where the last one does.
    """
    ranked: list[tuple[tuple[int, ...], frozenset[Field], int | None]] = []
    for fields in field_sets(document):
        number = listed.index(fields) + 1 if fields in listed else None
        subsets = [(len(other), n) for n, other in enumerate(listed, 1) if other < fields]
        anchor = max(subsets)[1] if subsets else (len(listed) + 1 if weakest_last else 0)
        place = (number, 0) if number else (anchor, 1, *_strength(fields))
        ranked.append((place, fields, number))
    ranked.sort(key=lambda row: row[0])
    return _table(name, ((fields, number, number is not None) for _, fields, number in ranked))


def _fields(*rows: tuple[Field, ...]) -> tuple[frozenset[Field], ...]:
    return tuple(map(frozenset, rows))


DISTRIBUTION = _with_unlisted(
    "distribution",
    _fields((_Y,), (_T,), (_S,), (_D,), (_D, _Y), (_D, _T), (_D, _S), (_D, _S, _T)),
    document=False,
    weakest_last=True,
)
"""Searches 1-8 of the distribution criteria (R20-R27) and the 4 unlisted ones."""

TREATMENT = _with_unlisted(
    "treatment",
    _fields(
        (_T,), (_S,), (_T, _S), (_Y, _S), (_D, _S), (_X, _S), (_X, _D), (_X, _S, _T), (_X, _S, _Y),
        (_X, _S, _D), (_X, _D, _S, _T),
    ),
    document=True,
    weakest_last=False,
)  # fmt: skip
"""Searches S1-S11 of the treatment criteria (R39-R49) and the 13 unlisted ones."""

APPROVAL = _table(
    "approval", ((fields, None, True) for fields in sorted(field_sets(False), key=_strength))
)
"""Approval criteria and random control: from the weakest to the most specific set (A14, A36)."""
