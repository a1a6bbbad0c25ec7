"""What a bill and a rule are compared by: criteria, rules and their stored search keys (A3, A9).

A rule's key is one short text, for example ``c1|d2|t3|s4|x``: company, division, traffic (``t``)
or traffic type (``y``), supplier, and the transport document: ``x`` alone for any pattern,
``x=`` and the text for an exact document. A bill asks for the few keys its values can form, so one
indexed query finds its rules however many there are.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from .errors import RuleError
from .searches import Field, Search, SearchTable

_LONGEST_DOCUMENT = 64


def normalise_document(text: str) -> str:
    """A transport document as it is compared: upper case, no blanks, dashes, ``/`` or ``.`` (A9).

    ``*`` stays, in a rule it stands for any text. Dashes of every kind and accents go, as scanned
    documents mix them. Normalising twice changes nothing.
    """
    upper = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).upper())
    return "".join(c for c in upper if not (c in "-/." or c.isspace() or _is_noise(c)))


def _is_noise(char: str) -> bool:
    return char > "\x7f" and (char == "\u2212" or unicodedata.category(char) in ("Pd", "Mn"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What is known of a bill when rules are searched (R12-R17, R50, R51, R62).

    :param companies: the bill's company first, then its parents: their rules serve it too (A10).
    :param supplier: the commercial partner (R6).
    :param documents: every transport document and captured reference (A9); kept normalised,
        without repetitions, in the given order.
    :raises RuleError: ``no_company`` without a company.
    """

    companies: tuple[int, ...]
    division: int | None = None
    traffic_type: int | None = None
    traffic: int | None = None
    supplier: int | None = None
    documents: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.companies:
            raise RuleError("no_company")
        documents = dict.fromkeys(map(normalise_document, self.documents))
        documents.pop("", None)
        object.__setattr__(self, "documents", tuple(documents))

    def normalised(self, type_of_traffic: Mapping[int, int]) -> Criteria:
        """The same with the type that the traffic implies (R9, A3).

        :param type_of_traffic: traffic id → id of its type.
        """
        if self.traffic is None:
            return self
        return replace(self, traffic_type=type_of_traffic.get(self.traffic, self.traffic_type))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of criteria, as far as searching needs it (R11-R17, R50, R51, R62, R135).

    :param id: the record's id.
    :param company: mandatory, never a wildcard (R28).
    :param document: text that a transport document contains, ``*`` for any text between; kept
        normalised (A9). One without letter or digit becomes "" and matches nothing.
    :param exact: the whole document has to be ``document``, not just contain it.
    :param order: order of distribution rules; a lower one is tried first (R13, A2).
    :param sequence: decides between rules of one rank; lower first.
    :param date_from: first day the rule is in force; None for no limit.
    :param date_to: last day the rule is in force.
    """

    id: int
    company: int
    division: int | None = None
    traffic_type: int | None = None
    traffic: int | None = None
    supplier: int | None = None
    document: str | None = None
    exact: bool = False
    order: int = 10
    sequence: int = 10
    date_from: date | None = None
    date_to: date | None = None
    active: bool = True

    def __post_init__(self) -> None:
        if self.document is not None:
            object.__setattr__(self, "document", normalise_document(self.document))

    def in_force(self, on: date) -> bool:
        """Whether the rule is active and ``on`` lies in its dates, both included (R135)."""
        return (
            self.active
            and (self.date_from is None or self.date_from <= on)
            and (self.date_to is None or on <= self.date_to)
        )


def rule_fields(rule: Rule) -> frozenset[Field]:
    """The fields that make up the rule's key; a traffic drops the type it implies (A3)."""
    fields = []
    if rule.division is not None:
        fields.append(Field.DIVISION)
    if rule.traffic is not None:
        fields.append(Field.TRAFFIC)
    elif rule.traffic_type is not None:
        fields.append(Field.TRAFFIC_TYPE)
    if rule.supplier is not None:
        fields.append(Field.SUPPLIER)
    if rule.document is not None:
        fields.append(Field.DOCUMENT)
    return frozenset(fields)


def rule_key(rule: Rule) -> str:
    """The key a rule is stored and found under (A3, A4).

    Two rules have the same key when they fill the same fields with the same values; the patterns
    of one field set share one.
    """
    key = _prefix(rule.company, rule.division, rule.traffic_type, rule.traffic, rule.supplier)
    if rule.document is None:
        return key
    if rule.exact and "*" not in rule.document:
        return f"{key}|{_document_part(rule.document)}"
    return f"{key}|x"


def search_keys(criteria: Criteria, search: Search) -> tuple[str, ...]:
    """The keys under which rules of one search would be stored, own company first.

    Empty when the bill lacks a value that the search needs.
    """
    fields = search.fields
    division = criteria.division if Field.DIVISION in fields else None
    kind = criteria.traffic_type if Field.TRAFFIC_TYPE in fields else None
    traffic = criteria.traffic if Field.TRAFFIC in fields else None
    supplier = criteria.supplier if Field.SUPPLIER in fields else None
    filled = (division, kind, traffic, supplier)
    if sum(value is not None for value in filled) != len(fields) - search.uses_document:
        return ()
    starts = [_prefix(company, *filled) for company in criteria.companies]
    if not search.uses_document:
        return tuple(starts)
    if not criteria.documents:
        return ()
    ends = ["x", *map(_document_part, criteria.documents)]
    return tuple(f"{start}|{end}" for start in starts for end in ends)


def candidate_keys(criteria: Criteria, table: SearchTable) -> tuple[str, ...]:
    """Every key under which a rule for this bill can be stored: the values of one indexed query.

    At most 12 per company, and with documents 12 more for patterns and 12 for each document (A3).
    The number does not depend on the number of rules.
    """
    return tuple(key for search in table.searches for key in search_keys(criteria, search))


def _prefix(
    company: int, division: int | None, kind: int | None, traffic: int | None, supplier: int | None
) -> str:
    key = f"c{company}"
    if division is not None:
        key += f"|d{division}"
    if traffic is not None:
        key += f"|t{traffic}"
    elif kind is not None:
        key += f"|y{kind}"
    if supplier is not None:
        key += f"|s{supplier}"
    return key


def _document_part(document: str) -> str:
    """End of the key of an exact document; long texts are cut and told apart by their hash."""
    if len(document) > _LONGEST_DOCUMENT:
        digest = hashlib.sha256(document.encode()).hexdigest()[:24]
        document = f"{document[: _LONGEST_DOCUMENT - 25]}#{digest}"
    return f"x={document}"
