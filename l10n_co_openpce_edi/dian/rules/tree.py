"""A light view of a UBL document: every element read once, children found by name in constant time.

Rules ask for the same few hundred elements again and again; asking lxml each time (a proxy object
and a name comparison per child) costs more than reading the whole tree once into these nodes.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from typing import cast

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


class Node:
    """One element: its prefixed name, trimmed text, attributes and children by name."""

    __slots__ = ("attributes", "children", "element", "name", "parent", "text")

    def __init__(
        self,
        name: str,
        text: str,
        attributes: dict[str, str],
        parent: Node | None,
        element: etree._Element,
    ) -> None:
        self.name = name
        self.text = text
        self.attributes = attributes
        self.children: dict[str, list[Node]] = {}
        self.parent = parent
        self.element = element

    def all(self, name: str) -> list[Node]:
        """Direct children called ``name`` (``cbc:ID``), in document order."""
        return self.children.get(name, [])

    def at(self, path: str) -> Node | None:
        """First descendant at ``path`` (``cac:Party/cac:Contact``), or None."""
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
        path, _, attribute = path.partition("@")
        node = self.at(path) if path else self
        if node is None:
            return ""
        return node.attributes.get(attribute, "").strip() if attribute else node.text

    def number(self, path: str = "") -> Decimal | None:
        """Amount at ``path``; None when missing or not a plain decimal number."""
        return to_number(self.value(path))

    def date(self, path: str = "") -> dt.date | None:
        """Date at ``path``; None when missing or not ``YYYY-MM-DD``."""
        return to_date(self.value(path))

    @property
    def is_filled(self) -> bool:
        """Whether the element or anything below it carries text."""
        return bool(self.text) or any(
            child.is_filled for children in self.children.values() for child in children
        )

    @property
    def path(self) -> str:
        """XPath of this element; an index where it has twins, and always on lines."""
        if self.parent is None:
            return f"/{self.name}"
        twins = self.parent.children[self.name]
        index = f"[{twins.index(self) + 1}]" if len(twins) > 1 or self.name in _INDEXED else ""
        return f"{self.parent.path}/{self.name}{index}"


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
    top = Node(_name(str(root.tag)), (root.text or "").strip(), _attributes(root), None, root)
    pending: list[Node] = [top]
    body: list[Node] = []
    for node in pending:  # grows while it is read
        children = node.children
        closed = node.name == _CONTENT
        inside = node.name[:4] in ("ext:", "sts:")
        for child in node.element:
            tag = child.tag
            if not isinstance(tag, str):
                node.text = (node.text + (child.tail or "")).strip()
                continue
            kid = Node(_name(tag), (child.text or "").strip(), _attributes(child), node, child)
            found = children.get(kid.name)
            if found is None:
                children[kid.name] = [kid]
            else:
                found.append(kid)
            if not inside:
                body.append(kid)
            if len(child) and (not closed or kid.name == _DIAN_EXTENSIONS):
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
