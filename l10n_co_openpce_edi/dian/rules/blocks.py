"""Rules that annex 8.2 repeats for every party: identification, tax scheme, contact.

Each block takes the ids of its rules as one string in a fixed order, every id followed by its
severity (``FAJ09R``); ``-`` stands where the annex has no such rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from .. import codes
from ..findings import Severity
from . import lists
from .base import Case, Failure, Rule, Text
from .common import (
    NOT_LISTED,
    OK,
    Group,
    fails,
    has,
    text_judge,
)
from .tree import Node

NAME_OF_CODE = Text(
    "The {label} is {found}; the code stands for {expected}.",
    "{Label}: es {found} y el código corresponde a {expected}.",
)


def ids(text: str) -> list[tuple[str, Severity] | None]:
    """``"FAJ09R -"`` → ``[("FAJ09", R), None]``."""
    return [None if item == "-" else (item[:-1], Severity(item[-1])) for item in text.split()]


_Make = Callable[[str, Severity], Rule]


def made(makers: Sequence[_Make], text: str) -> tuple[Rule, ...]:
    """The rules of ``makers`` with the ids of ``text`` in the same order, without the ``-``."""
    return tuple(make(*item) for make, item in zip(makers, ids(text), strict=True) if item)


def identification(
    group: Group, text: str, element: str, owner: Text, only_nit: bool = False
) -> tuple[Rule, ...]:
    """Attributes of an identification at ``element``.

    Order of ids: agency, agency's name, check digit present, check digit right, type.
    ``only_nit``: the type must be 31, else any of table 13.2.1.
    """
    is_nit = has(f"{element}/@schemeName", codes.NIT_TYPE)

    def label(en: str, es: str) -> tuple[str, str]:
        return f"{en} of the {owner.en}", f"{es} {owner.es}"

    agency = label("agency of the identification", "agencia de la identificación")
    name = label("agency name of the identification", "nombre de la agencia de la identificación")
    digit = label("check digit of the NIT", "dígito de verificación del NIT")
    kind = label("identification type", "tipo de identificación")
    type_path, agency_path = f"{element}/@schemeName", f"{element}/@schemeAgencyID"
    name_path, digit_path = f"{element}/@schemeAgencyName", f"{element}/@schemeID"
    makers: tuple[_Make, ...] = (
        lambda i, s: group.equals(i, s, agency_path, codes.DIAN_AGENCY_ID, *agency),
        lambda i, s: group.equals(i, s, name_path, codes.DIAN_AGENCY_NAME, *name),
        lambda i, s: group.required(i, s, digit_path, *digit, when=is_nit),
        lambda i, s: group.check_digit(i, s, element, *label("NIT", "NIT"), when=is_nit),
        lambda i, s: (
            group.equals(i, s, type_path, codes.NIT_TYPE, *kind)
            if only_nit
            else group.listed(i, s, type_path, lists.identification_types, *kind)
        ),
    )
    return made(makers, text)


def tax_scheme(group: Group, text: str, owner: Text) -> tuple[Rule, ...]:
    """``cac:TaxScheme`` of a party. Order of ids: the group, its code, its name."""
    scheme, code, name = "cac:TaxScheme", "cac:TaxScheme/cbc:ID", "cac:TaxScheme/cbc:Name"
    code_label = (f"tax code of the {owner.en}", f"código de tributo {owner.es}")
    name_label = Text(f"tax name of the {owner.en}", f"nombre del tributo {owner.es}")
    names, known = codes.PARTY_TAX_SCHEMES, lists.party_tax_schemes
    makers: tuple[_Make, ...] = (
        lambda i, s: group.required(i, s, scheme, f"tax of the {owner.en}", f"tributo {owner.es}"),
        lambda i, s: group.listed(i, s, code, known, *code_label, when=has_scheme),
        lambda i, s: name_of(group, i, s, code, name, names, name_label),
    )
    return made(makers, text)


def has_scheme(node: Node, case: Case) -> bool:
    """Condition: the group has a ``cac:TaxScheme``."""
    return node.at("cac:TaxScheme") is not None


def name_of(
    group: Group, id: str, severity: Severity, code_path: str, name_path: str,
    names: Mapping[str, str], label: Text,
) -> Rule:  # fmt: skip
    """The name beside a code is the one of the list; unknown codes are another rule's."""

    def judge(node: Node, case: Case) -> Sequence[Failure]:
        expected = names.get(node.value(code_path))
        found = node.value(name_path)
        if expected is None or found == expected:
            return OK
        return fails(node, name_path, found, expected)

    return group.rule(id, severity, name_path, NAME_OF_CODE, judge, label)


def tax_level(group: Group, id: str, severity: Severity, label: Text, optional: bool) -> Rule:
    """``cbc:TaxLevelCode``: responsibilities joined with ``;`` (table 13.2.6.1)."""
    judge = text_judge("cbc:TaxLevelCode", lists.is_tax_level, "", optional)
    return group.rule(
        id, severity, "cbc:TaxLevelCode", NOT_LISTED, judge, label, annex="8.2, 13.2.7.6"
    )


def contact(group: Group, text: str, owner: Text) -> tuple[Rule, ...]:
    """Optional children of ``cac:Contact``. Order of ids: name, telephone, fax, mail, note."""
    parts = (
        ("cbc:Name", "name of the contact", "nombre del contacto"),
        ("cbc:Telephone", "telephone", "teléfono"),
        ("cbc:Telefax", "fax number", "fax"),
        ("cbc:ElectronicMail", "mail address", "correo electrónico"),
        ("cbc:Note", "note of the contact", "nota del contacto"),
    )
    return tuple(
        group.filled(*item, part, f"{en} of the {owner.en}", f"{es} {owner.es}")
        for (part, en, es), item in zip(parts, ids(text), strict=True)
        if item
    )
