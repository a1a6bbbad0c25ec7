"""A light view of a UBL document: every element read once, children found by name in constant time.

Rules ask for the same few hundred elements again and again; asking lxml each time (a proxy object
and a name comparison per child) costs more than reading the whole tree once into these nodes.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, cast

from lxml import etree

from ..ubl.namespaces import NS

_PREFIXES = {uri: prefix for prefix, uri in NS.items()}
# Annex 5.4 and 5.5: digits, a point, a sign; at most 15 digits and 6 decimals (some room kept).
_NUMBER = re.compile(r"[-+]?[0-9]{1,18}(\.[0-9]{1,12})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Below an ExtensionContent only DIAN's own group is read: signatures and the extensions of a
# sector are free-form and may be large.
_CONTENT = "ext:ExtensionContent"
_DIAN_EXTENSIONS = "sts:DianExtensions"


class Step(NamedTuple):
    """One step of a path: ``twins`` holds how many siblings have the name, known at the end."""

    above: Step | None
    name: str
    position: int
    twins: list[int]


class Node:
    """One element: its prefixed name, trimmed text, attributes and children by name.

    It does not know its parent: that would make cycles, which only the garbage collector frees, at
    a price that grows with the document. ``step`` says where it stands.
    """

    __slots__ = ("attributes", "children", "element", "name", "step", "text")

    def __init__(
        self,
        name: str,
        text: str,
        attributes: dict[str, str],
        element: etree._Element,
        step: Step | None = None,
    ) -> None:
        self.name = name
        self.text = text
        self.attributes = attributes
        self.children: dict[str, list[Node]] = {}
        self.element = element
        self.step = step or Step(None, name, 1, [1])

    def all(self, name: str) -> list[Node]:
        """Direct children called ``name`` (``cbc:ID``), in document order."""
        return self.children.get(name, [])

    def at(self, path: str) -> Node | None:
        """First descendant at ``path`` (``cac:Party/cac:Contact``), or None."""
        found = self.children.get(path)
        if found:
            return found[0]
        if "/" not in path:
            return None
        node = self
        for step in _steps(path):
            found = node.children.get(step)
            if not found:
                return None
            node = found[0]
        return node

    def every(self, path: str) -> list[Node]:
        """All descendants at ``path``, through every branch."""
        nodes = [self]
        for step in _steps(path):
            nodes = [child for node in nodes for child in node.children.get(step, ())]
        return nodes

    def value(self, path: str) -> str:
        """Text at ``path``, or of the attribute when it ends in ``@name``; empty when missing."""
        if "@" not in path:
            node = self.at(path) if path else self
            return "" if node is None else node.text
        path, _, attribute = path.partition("@")
        node = self.at(path.rstrip("/")) if path else self
        return "" if node is None else node.attributes.get(attribute, "").strip()

    def number(self, path: str = "") -> Decimal | None:
        """Amount at ``path``; None when missing or not a plain decimal number."""
        return to_number(self.value(path))

    def date(self, path: str = "") -> dt.date | None:
        """Date at ``path``; None when missing or not ``YYYY-MM-DD``."""
        return to_date(self.value(path))

    @property
    def is_filled(self) -> bool:
        """Whether the element or anything below it carries text."""
        if self.text:
            return True
        pending = [self]  # no recursion: documents may be deep on purpose
        while pending:
            for children in pending.pop().children.values():
                for child in children:
                    if child.text:
                        return True
                    if child.children:
                        pending.append(child)
        return False

    @property
    def path(self) -> str:
        """XPath of this element; an index where it has twins, and always on lines."""
        names = []
        step: Step | None = self.step
        while step is not None:
            indexed = step.twins[0] > 1 or step.name in _INDEXED
            names.append(f"{step.name}[{step.position}]" if indexed else step.name)
            step = step.above
        return "/" + "/".join(reversed(names))


_INDEXED = frozenset({"cac:InvoiceLine", "cac:CreditNoteLine", "cac:DebitNoteLine"})


def to_number(text: str) -> Decimal | None:
    """Plain decimal number, without exponent, blanks or thousands marks; None when it is not."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def to_date(text: str) -> dt.date | None:
    """Calendar date ``YYYY-MM-DD``; None when it is not one."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:  # 2025-02-30
        return None


def read(root: etree._Element) -> tuple[Node, list[Node]]:
    """View of the tree below ``root``, and all its nodes outside the extensions.

    Comments and processing instructions are skipped; text around them is kept. No recursion: a
    hostile document may be as deep as it likes.
    """
    top = Node(_name(str(root.tag)), (root.text or "").strip(), _attributes(root), root)
    pending: list[Node] = [top]
    body: list[Node] = []
    for node in pending:  # grows while it is read
        children = node.children
        twins: dict[str, list[int]] = {}
        closed = node.name == _CONTENT
        inside = node.name[:4] in ("ext:", "sts:")
        for child in node.element:
            tag = child.tag
            if not isinstance(tag, str):
                node.text = (node.text + (child.tail or "")).strip()
                continue
            name = _name(tag)
            found = children.get(name)
            if found is None:
                found, count = children[name], twins[name] = [], [0]
            else:
                count = twins[name]
            count[0] += 1
            step = Step(node.step, name, count[0], count)
            kid = Node(name, (child.text or "").strip(), _attributes(child), child, step)
            found.append(kid)
            if not inside:
                body.append(kid)
            if len(child) and (not closed or name == _DIAN_EXTENSIONS):
                pending.append(kid)
    return top, body


def _attributes(element: etree._Element) -> dict[str, str]:
    items = cast("list[tuple[str, str]]", element.items())
    return dict(items) if items else {}


@lru_cache(maxsize=2048)
def _name(tag: str) -> str:
    """Clark name to prefixed name; the document's own namespace (and unknown ones) have none."""
    uri, _, local = tag.rpartition("}")
    prefix = _PREFIXES.get(uri[1:], "")
    return f"{prefix}:{local}" if prefix else local


@lru_cache(maxsize=2048)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(step for step in path.split("/") if step)
