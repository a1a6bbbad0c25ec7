"""Makers of the rules that repeat: required element, value of a list, check digit, sum …

A :class:`Group` binds the rules of one group of the document to its path and to the screen where
they are mended; a family module is then a table of one line per rule. Labels are given in English
and Spanish without article and complete the sentences below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .. import nit
from ..findings import Severity
from .base import Case, Condition, Failure, Judge, Rule, Text
from .tree import Node

R = Severity.REJECTION
N = Severity.NOTIFICATION
OK: tuple[Failure, ...] = ()

# {label} begins in lower case, {Label} with a capital.
MISSING = Text("The {label} is missing.", "Falta: {label}.")
EMPTY = Text("The {label} is given but empty.", "{Label}: se informa sin contenido.")
EXPECTED = Text(
    "The {label} must be {expected}; it is {found}.", "{Label}: debe ser {expected} y es {found}."
)
NOT_LISTED = Text(
    "The {label} is {found}, which is not one of the codes DIAN admits.",
    "{Label}: {found} no está entre los códigos que admite la DIAN.",
)
INVALID = Text("The {label} cannot be {found}.", "{Label}: el valor {found} no es válido.")
NO_DATE = Text(
    "The {label} is {found}, not a date (YYYY-MM-DD).",
    "{Label}: {found} no es una fecha (AAAA-MM-DD).",
)
CHECK_DIGIT = Text(
    "The check digit of the {label} is {found}; the right one is {expected}.",
    "{Label}: el dígito de verificación es {found} y debe ser {expected}.",
)
COUNT = Text(
    "The {label} says {found}; the document holds {expected}.",
    "{Label}: se informa {found} y el documento contiene {expected}.",
)
SUM = Text(
    "The {label} is {found}; the amounts it is made of give {expected}.",
    "{Label}: el valor es {found} y sus componentes dan {expected}.",
)

#: Annex 5.2.1.1 and 5.2.1.2: amounts may differ by 2.00, amounts of IVA by 5.00.
TOLERANCE = Decimal("2.00")
TOLERANCE_IVA = Decimal("5.00")


def place(node: Node, element: str) -> str:
    """Path of ``element`` below ``node``: as far as it exists with indexes, the rest as asked."""
    steps = element.split("/") if element else []
    while steps and not steps[0].startswith("@"):
        found = node.all(steps[0])
        if not found:
            break
        node, steps = found[0], steps[1:]
    return "/".join([node.path, *steps])


def fails(node: Node, element: str = "", found: str = "", expected: str = "") -> Sequence[Failure]:
    """One failure at ``element`` below ``node``."""
    return (Failure(place(node, element), found, expected),)


def lacks(path: str, names: Sequence[Text]) -> Failure:
    """One failure that lists what is lacking, in both languages."""
    return Failure(
        path, ", ".join(name.en for name in names), found_es=", ".join(name.es for name in names)
    )


def close(a: Decimal | None, b: Decimal | None, tolerance: Decimal = TOLERANCE) -> bool:
    """Whether two amounts agree within ``tolerance``; a missing one agrees with nothing."""
    return a is not None and b is not None and abs(a - b) <= tolerance


def total(values: Sequence[Decimal | None]) -> Decimal | None:
    """Sum; None when one of them is not a number."""
    result = Decimal(0)
    for value in values:
        if value is None:
            return None
        result += value
    return result


def amount(value: Decimal | None) -> str:
    """An amount for people; a question mark when it could not be computed."""
    return "?" if value is None else f"{value:.2f}"


def split_element(element: str) -> tuple[str, str]:
    """``cbc:ID/@schemeID`` → (``cbc:ID``, ``schemeID``); the attribute is empty for elements."""
    path, _, attribute = element.partition("@")
    return path.rstrip("/"), attribute


def text_judge(
    element: str, accepts: Callable[[str], bool], expected: str, optional: bool
) -> Judge:
    """Judge the text of ``element`` with ``accepts``.

    An attribute is not judged when its element is missing: another rule says so. ``optional``
    spares what is missing altogether.
    """
    path, attribute = split_element(element)

    def judge(node: Node, case: Case) -> Sequence[Failure]:
        target = node.at(path) if path else node
        if target is None:
            return OK if attribute or optional else fails(node, element, "", expected)
        if attribute:
            if optional and attribute not in target.attributes:
                return OK
            found = target.attributes.get(attribute, "").strip()
        else:
            found = target.text
        return OK if accepts(found) else fails(node, element, found, expected)

    return judge


def required_judge(element: str) -> Judge:
    """Judge that ``element`` is there with some content."""
    path, attribute = split_element(element)

    def judge(node: Node, case: Case) -> Sequence[Failure]:
        target = node.at(path) if path else node
        if attribute:
            there = target is None or bool(target.attributes.get(attribute, "").strip())
        else:
            there = target is not None and target.is_filled
        return OK if there else fails(node, element)

    return judge


def all_of(*conditions: Condition | None) -> Condition | None:
    """All conditions together, in their order; None stands for always."""
    result: Condition | None = None
    for condition in conditions:
        if result is None or condition is None:
            result = result or condition
        else:
            result = _both(result, condition)
    return result


def _both(first: Condition, second: Condition) -> Condition:
    return lambda node, case: first(node, case) and second(node, case)


def has(element: str, *values: str) -> Condition:
    """Condition: ``element`` below the group is filled, or is one of ``values``."""
    return lambda node, case: node.value(element) in values if values else bool(node.value(element))


@dataclass(frozen=True)
class Group:
    """Rules of one group: ``path`` is absolute, ``fix`` the usual place to mend them."""

    path: str
    fix: Text
    applies: Condition | None = None

    def rule(
        self,
        id: str,
        severity: Severity,
        element: str,
        message: Text,
        judge: Judge,
        label: Text | None = None,
        *,
        fix: Text | None = None,
        when: Condition | None = None,
        annex: str = "8.2",
    ) -> Rule:
        """A rule with its own judge; ``label`` goes into ``message``."""
        if label is not None:
            message = Text(_labelled(message.en, label.en), _labelled(message.es, label.es))
        applies = all_of(self.applies, when)
        return Rule(
            id, severity, self.path, element, judge, message, fix or self.fix, annex, applies
        )

    def required(
        self, id: str, severity: Severity, element: str, en: str, es: str,
        *, fix: Text | None = None, when: Condition | None = None,
    ) -> Rule:  # fmt: skip
        """``element`` (or attribute) is there and not empty."""
        judge = required_judge(element)
        return self.rule(id, severity, element, MISSING, judge, Text(en, es), fix=fix, when=when)

    def filled(
        self, id: str, severity: Severity, element: str, en: str, es: str,
        *, fix: Text | None = None, when: Condition | None = None,
    ) -> Rule:  # fmt: skip
        """An optional ``element`` is not empty where it is given (annex 5.8)."""

        def judge(node: Node, case: Case) -> Sequence[Failure]:
            return tuple(Failure(n.path) for n in node.every(element) if not n.is_filled)

        return self.rule(id, severity, element, EMPTY, judge, Text(en, es), fix=fix, when=when)

    def equals(
        self, id: str, severity: Severity, element: str, expected: str, en: str, es: str,
        *, fix: Text | None = None, when: Condition | None = None, optional: bool = False,
    ) -> Rule:  # fmt: skip
        """The text of ``element`` is ``expected``."""
        judge = text_judge(element, lambda found: found == expected, expected, optional)
        return self.rule(id, severity, element, EXPECTED, judge, Text(en, es), fix=fix, when=when)

    def listed(
        self, id: str, severity: Severity, element: str, values: Callable[[], Container[str]],
        en: str, es: str, *, fix: Text | None = None, when: Condition | None = None,
        optional: bool = False, annex: str = "8.2",
    ) -> Rule:  # fmt: skip
        """The text of ``element`` is one of ``values()``."""
        judge = text_judge(element, lambda found: found in values(), "", optional)
        label = Text(en, es)
        return self.rule(
            id, severity, element, NOT_LISTED, judge, label, fix=fix, when=when, annex=annex
        )

    def matches(
        self, id: str, severity: Severity, element: str, pattern: str, en: str, es: str,
        *, fix: Text | None = None, when: Condition | None = None, optional: bool = False,
        message: Text = INVALID,
    ) -> Rule:  # fmt: skip
        """The whole text of ``element`` matches ``pattern``."""
        regex = re.compile(pattern)
        judge = text_judge(element, lambda found: bool(regex.fullmatch(found)), "", optional)
        return self.rule(id, severity, element, message, judge, Text(en, es), fix=fix, when=when)

    def check_digit(
        self, id: str, severity: Severity, element: str, en: str, es: str,
        *, fix: Text | None = None, when: Condition | None = None,
    ) -> Rule:  # fmt: skip
        """``element/@schemeID`` is the check digit of the NIT in ``element`` (13.2.1)."""

        def judge(node: Node, case: Case) -> Sequence[Failure]:
            target = node.at(element)
            if target is None or not target.text:
                return OK
            found = target.attributes.get("schemeID", "").strip()
            if nit.is_valid(target.text, found):
                return OK
            return fails(node, f"{element}/@schemeID", found, right_digit(target.text))

        place_of = f"{element}/@schemeID"
        return self.rule(
            id, severity, place_of, CHECK_DIGIT, judge, Text(en, es), fix=fix, when=when
        )


def _labelled(message: str, label: str) -> str:
    capital = label[:1].upper() + label[1:]
    return message.replace("{label}", label).replace("{Label}", capital)


def right_digit(number: str) -> str:
    """Check digit for people; a question mark for what is no NIT."""
    try:
        return nit.check_digit(number)
    except ValueError:
        return "?"


def is_type(*codes: str) -> Condition:
    """Condition: the invoice is of one of these types (``InvoiceTypeCode``)."""
    return lambda node, case: case.root.value("cbc:InvoiceTypeCode") in codes


def is_operation(*codes: str) -> Condition:
    """Condition: the operation type (``CustomizationID``) is one of ``codes``."""
    return lambda node, case: case.root.value("cbc:CustomizationID") in codes
