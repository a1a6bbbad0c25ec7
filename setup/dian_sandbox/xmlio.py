"""Reading XML without trusting it, and small helpers to build it."""

from __future__ import annotations

from functools import lru_cache

from lxml import etree

from . import names


class UnreadableXml(Exception):
    """The bytes are no XML that this service reads; the text says why (Spanish)."""


def parse(data: bytes, *, huge: bool = False) -> etree._Element:
    """Parse untrusted bytes: no DTD, no entities, no network, no huge documents.

    :param huge: allow text nodes over 10 MB (the base64 of a large zip inside an envelope).
    :raises UnreadableXml: not well-formed, or with a document type declaration.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=huge
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableXml(f"XML mal formado: {error}") from error
    if root is None:
        raise UnreadableXml("XML vacío")
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableXml("No se admiten declaraciones DOCTYPE")
    return root


def name(clark_prefix: str, local: str) -> str:
    """Clark name."""
    return f"{{{clark_prefix}}}{local}"


def text(node: etree._Element, path: str) -> str:
    """Stripped text of the first match of an XPath with the usual prefixes, or an empty string."""
    found = first(node, path)
    if found is None:
        return ""
    if isinstance(found, str):
        return found.strip()
    return (found.text or "").strip()


def first(node: etree._Element, path: str):
    """First match of an XPath with the usual prefixes, or None."""
    found = _compiled(path)(node)
    return found[0] if found else None


def every(node: etree._Element, path: str) -> list[etree._Element]:
    """All matches of an XPath with the usual prefixes."""
    return _compiled(path)(node)


@lru_cache(maxsize=1024)
def _compiled(path: str) -> etree.XPath:
    """Compiling costs more than looking; lxml guards a compiled path against two threads."""
    return etree.XPath(path, namespaces=names.NS)


def sub(
    parent: etree._Element, namespace: str, local: str, value: str | None = None, **attributes: str
) -> etree._Element:
    """Append a child, with text and attributes."""
    child = etree.SubElement(parent, name(namespace, local), attributes)
    if value is not None:
        child.text = clean(value)
    return child


def clean(value: str) -> str:
    """Text without the characters that XML 1.0 cannot carry."""
    return "".join(
        c
        for c in value
        if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff" and not "\ud800" <= c <= "\udfff")
    )
