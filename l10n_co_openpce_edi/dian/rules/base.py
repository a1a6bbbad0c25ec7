"""The rule engine: a rule is data with DIAN's id, a rule set applies rules to one document.

A rule belongs to a *group*, an absolute path such as ``/Invoice/cac:InvoiceLine``. It is judged
once for every element found there, so a rule of an optional group applies only when the group is
informed (annex 5.8), and a document with 500 lines costs 500 times one line, not more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lxml import etree

from ..findings import Finding, Severity
from .tree import Node, read

#: Findings of one rule in one document: nobody reads more, and a hostile file may have millions.
MOST_TOLD = 100
_SHOWN = 100  # characters of a found value that a message repeats


class Text(NamedTuple):
    """A sentence for people in both languages."""

    en: str
    es: str


@dataclass(frozen=True)
class AuthorizedRange:
    """A numbering range as DIAN authorised it (GetNumberingRange or the authorisation itself).

    :param resolution: number of the authorisation, 14 digits.
    :param prefix: 0 to 4 letters or digits.
    :param first: first number; ``last`` the last one, both included.
    :param start: first day of validity; ``end`` the last day, both included.
    """

    resolution: str
    prefix: str
    first: int
    last: int
    start: dt.date
    end: dt.date


@dataclass(frozen=True)
class RuleContext:
    """What the issuer knows and the document does not say. All optional.

    A rule that needs something which is not here is not judged.

    :param environment: ``1`` production, ``2`` test.
    :param now: aware; when the document has no signature yet, the moment it is about to be signed.
    :param signing_time: aware; moment of the signature about to be made, before ``now``.
    :param software_id: registered software; ``software_pin`` its PIN.
    :param technical_key: of the numbering range, for the CUFE.
    :param range: the numbering range the invoice has to fall in.
    :param provider_nit: NIT, without check digit, of whoever transmits (the issuer's own or the
        technological provider's).
    :param issuer_nit: NIT of the issuer, without check digit.
    :param issuer_name: name in the issuer's RUT.
    :param reception_email: mail address registered at DIAN to receive documents.
    """

    environment: str | None = None
    now: dt.datetime | None = None
    signing_time: dt.datetime | None = None
    software_id: str | None = None
    software_pin: str | None = None
    technical_key: str | None = None
    range: AuthorizedRange | None = None
    provider_nit: str | None = None
    issuer_nit: str | None = None
    issuer_name: str | None = None
    reception_email: str | None = None


class Failure(NamedTuple):
    """One place where a rule fails.

    :param found: what is there; ``found_es`` where its words differ in Spanish.
    :param fix: where it is mended, when the place decides and not the rule.
    """

    path: str
    found: str = ""
    expected: str = ""
    found_es: str = ""
    fix: Text | None = None


class Case:
    """One document under judgement: its nodes by group, and the context."""

    def __init__(self, root: etree._Element, context: RuleContext) -> None:
        self.context = context
        #: Every element outside the extensions is in ``body``.
        self.root, self.body = read(root)
        self._groups: dict[str, list[Node]] = {f"/{self.root.name}": [self.root]}

    def nodes(self, group: str) -> list[Node]:
        """All elements at the absolute path ``group``."""
        found = self._groups.get(group)
        if found is None:
            parent, _, name = group.rpartition("/")
            found = [kid for node in self.nodes(parent) for kid in node.all(name)] if parent else []
            self._groups[group] = found
        return found


Judge = Callable[[Node, Case], Sequence[Failure]]
Condition = Callable[[Node, Case], bool]


@dataclass(frozen=True)
class Rule:
    """One rule of annex 8.2.

    :param id: DIAN's identifier, permanent.
    :param group: absolute path of the elements it is judged on.
    :param element: path of the element it speaks of, below ``group``; may end in ``@attribute``.
    :param judge: yields the failures of one element of ``group``.
    :param message: what is wrong; may name ``{found}`` and ``{expected}``.
    :param fix: where it is mended, as the accounting screen calls it.
    :param annex: sections of annex 1.9.
    :param applies: extra condition; None: always.
    """

    id: str
    severity: Severity
    group: str
    element: str
    judge: Judge
    message: Text
    fix: Text
    annex: str = "8.2"
    applies: Condition | None = None

    @property
    def path(self) -> str:
        """Absolute path of the element the rule speaks of; ``//`` means anywhere."""
        if self.element.startswith("//"):
            return self.element
        return "/".join(part for part in (self.group, self.element) if part)

    def finding(self, failure: Failure) -> Finding:
        """The failure in words."""
        fix = failure.fix or self.fix
        spanish = failure._replace(found=failure.found_es) if failure.found_es else failure
        return Finding(
            self.id,
            self.severity,
            _filled(self.message.en, failure, "empty"),
            failure.path,
            fix.en,
            _filled(self.message.es, spanish, "vacío"),
            fix.es,
        )


def _filled(message: str, failure: Failure, empty: str) -> str:
    found = _shown(failure.found)
    return message.format(
        found=f"“{found}”" if found else empty, expected=f"“{_shown(failure.expected)}”"
    )


def _shown(value: str) -> str:
    value = " ".join(value.split())
    return value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"


class RuleSet:
    """Rules with unique ids for one kind of document."""

    def __init__(self, root: str, rules: Iterable[Rule]) -> None:
        """:param root: name of the document element. :raises ValueError: an id is used twice."""
        self.root = root
        self.rules: dict[str, Rule] = {}
        groups: dict[str, list[Rule]] = {}
        for rule in rules:
            if rule.id in self.rules:
                raise ValueError(f"rule {rule.id} is defined twice")
            self.rules[rule.id] = rule
            groups.setdefault(rule.group, []).append(rule)
        self._groups = tuple((group, tuple(found)) for group, found in groups.items())

    def check(self, root: etree._Element, context: RuleContext) -> list[Finding]:
        """Findings about the document, rejections first; never raises on its content.

        :data:`MOST_TOLD` of each rule at most.
        """
        case = Case(root, context)
        if case.root.name != self.root:
            return [_wrong_document(case.root.name, self.root)]
        findings = [rule.finding(failure) for rule, failure in self._failures(case)]
        findings.sort(key=lambda finding: not finding.is_rejection)
        return findings

    def _failures(self, case: Case) -> Iterator[tuple[Rule, Failure]]:
        told: dict[str, int] = {}
        for group, rules in self._groups:
            for node in case.nodes(group):
                for rule in rules:
                    if rule.applies is not None and not rule.applies(node, case):
                        continue
                    for failure in rule.judge(node, case):
                        told[rule.id] = told.get(rule.id, 0) + 1
                        if told[rule.id] <= MOST_TOLD:
                            yield rule, failure


def _wrong_document(found: str, expected: str) -> Finding:
    return Finding(
        "OPCE-DOCUMENT",
        Severity.REJECTION,
        f"The document is a {_shown(found)}; these rules judge {expected} documents.",
        f"/{found}",
        message_es=f"El documento es {_shown(found)}; estas reglas juzgan documentos {expected}.",
    )
