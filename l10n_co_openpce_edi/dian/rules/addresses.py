"""Rules that annex 8.2 repeats for every address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..findings import Severity
from . import lists
from .base import Case, Failure, Rule, Text
from .blocks import ids
from .common import EXPECTED, OK, Group, N, has, lacks, place, text_judge
from .tree import Node

_ADDRESS_PARTS = {
    "cbc:ID": Text("municipality code", "código de municipio"),
    "cbc:CityName": Text("municipality", "municipio"),
    "cbc:CountrySubentity": Text("department", "departamento"),
    "cbc:CountrySubentityCode": Text("department code", "código de departamento"),
    "cac:AddressLine/cbc:Line": Text("street", "calle y número"),
    "cac:Country/cbc:IdentificationCode": Text("country", "país"),
}
#: Codes of Colombian tables: an address abroad has none, and nobody could mend a notification.
_COLOMBIAN_PARTS = frozenset({"cbc:ID", "cbc:CountrySubentity", "cbc:CountrySubentityCode"})
_COUNTRY = "cac:Country/cbc:IdentificationCode"
_is_domestic = has(_COUNTRY, "CO")

INCOMPLETE = Text(
    "The {label} is incomplete; it lacks {found}.", "{Label}: incompleta, falta {found}."
)
NOT_NAMED = Text(
    "The {label} is {found}, a name that is not in DIAN's list.",
    "{Label}: {found} no está en la lista de la DIAN.",
)


def complete(group: Group, id: str, severity: Severity, element: str, label: Text) -> Rule:
    """The address at ``element`` below the group (empty: the group itself) has all its parts."""

    def judge(node: Node, case: Case) -> Sequence[Failure]:
        address = node.at(element) if element else node
        if address is None:
            return (lacks(place(node, element), list(_ADDRESS_PARTS.values())),)
        abroad = severity is N and address.value(_COUNTRY) not in ("", "CO")
        lacking = [
            name
            for part, name in _ADDRESS_PARTS.items()
            if not address.value(part) and not (abroad and part in _COLOMBIAN_PARTS)
        ]
        return (lacks(address.path, lacking),) if lacking else OK

    return group.rule(id, severity, element, INCOMPLETE, judge, label)


def address(group: Group, text: str, owner: Text, domestic: bool = False) -> tuple[Rule, ...]:
    """Rules of an address group. ``domestic``: the address must be in Colombia.

    Order of ids: municipality, its name, postal code, department's name, its code, address lines,
    text of the line, country, its code, its name, language of the name.
    """
    where = None if domestic else _is_domestic
    rules: list[Rule] = []
    for spec, (_id, severity) in _paired(_PARTS, text):
        element, en, es, kind = spec
        label = (f"{en} in the {owner.en}", f"{es} en la {owner.es}")
        rules.append(_MAKERS[kind](group, _id, severity, element, label, domestic, where))
    return tuple(rules)


_Label = tuple[str, str]
_PARTS: tuple[tuple[str, str, str, str], ...] = (
    ("cbc:ID", "municipality code", "código de municipio", "city"),
    ("cbc:CityName", "name of the municipality", "nombre del municipio", "city_name"),
    ("cbc:PostalZone", "postal code", "código postal", "postal"),
    ("cbc:CountrySubentity", "name of the department", "nombre del departamento", "state_name"),
    ("cbc:CountrySubentityCode", "department code", "código de departamento", "state"),
    ("cac:AddressLine", "street address", "dirección (calle y número)", "required"),
    ("cac:AddressLine/cbc:Line", "text of the street address", "texto de la dirección", "line"),
    ("cac:Country", "country", "país", "required"),
    (_COUNTRY, "country code", "código de país", "country"),
    ("cac:Country/cbc:Name", "name of the country", "nombre del país", "country_name"),
    ("cac:Country/cbc:Name/@languageID", "language of the country's name",
     "idioma del nombre del país", "language"),
)  # fmt: skip


def _named(group: Group, id: str, severity: Severity, element: str, label: _Label, name: str,
           where: object, optional: bool) -> Rule:  # fmt: skip
    judge = text_judge(
        element, lambda found: lists.plain(found) in lists.plain_names(name), "", optional
    )
    when = _is_domestic if where else None
    return group.rule(id, severity, element, NOT_NAMED, judge, Text(*label), when=when)


_Maker = Callable[[Group, str, Severity, str, _Label, bool, object], Rule]
_MAKERS: Mapping[str, _Maker] = {
    "city": lambda g, i, s, e, n, d, w: g.listed(
        i, s, e, lists.municipalities, *n, when=_is_domestic if w else None, annex="8.2, 13.2.9.3"
    ),
    "city_name": lambda g, i, s, e, n, d, w: _named(g, i, s, e, n, "municipalities", w, False),
    "postal": lambda g, i, s, e, n, d, w: g.listed(
        i, s, e, lists.postal_codes, *n, when=_is_domestic if w else None, optional=True,
        annex="8.2, 13.2.9.4",
    ),
    "state_name": lambda g, i, s, e, n, d, w: _named(g, i, s, e, n, "departments", w, False),
    "state": lambda g, i, s, e, n, d, w: g.listed(
        i, s, e, lists.departments, *n, when=_is_domestic if w else None, annex="8.2, 13.2.9.2"
    ),
    "required": lambda g, i, s, e, n, d, w: g.required(i, s, e, *n),
    "line": lambda g, i, s, e, n, d, w: g.required(i, s, e, *n, when=_has_lines),
    "country": lambda g, i, s, e, n, d, w: g.equals(i, s, e, "CO", *n, when=_has_country)
    if d
    else g.listed(i, s, e, lists.countries, *n, when=_has_country, annex="8.2, 13.2.9.1"),
    "country_name": lambda g, i, s, e, n, d, w: _country_name(g, i, s, e, n, d),
    "language": lambda g, i, s, e, n, d, w: g.equals(i, s, e, "es", *n)
    if d
    else g.matches(i, s, e, "[a-z]{2}", *n),
}  # fmt: skip


def _has_lines(node: Node, case: Case) -> bool:
    return node.at("cac:AddressLine") is not None


def _has_country(node: Node, case: Case) -> bool:
    return node.at("cac:Country") is not None


def _country_name(
    group: Group, id: str, severity: Severity, element: str, label: _Label, domestic: bool
) -> Rule:
    if not domestic:
        return _named(group, id, severity, element, label, "countries", None, True)
    judge = text_judge(element, lambda found: lists.plain(found) == "colombia", "Colombia", True)
    return group.rule(id, severity, element, EXPECTED, judge, Text(*label))


def _paired(
    specs: Sequence[tuple[str, str, str, str]], text: str
) -> list[tuple[tuple[str, str, str, str], tuple[str, Severity]]]:
    found = ids(text)
    if len(found) != len(specs):
        raise ValueError(f"{len(specs)} ids expected, {len(found)} given: {text}")
    return [(spec, item) for spec, item in zip(specs, found, strict=True) if item is not None]
