"""Canonical XML of an element inside its document."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from .algorithms import Canonicalization

_XML = "{http://www.w3.org/XML/1998/namespace}"
#: All that Canonical XML 1.1 inherits as it is; xml:base it joins, xml:id it leaves (section 2.4).
_INHERITED_BY_11 = frozenset({f"{_XML}lang", f"{_XML}space"})
_DECLARED = b" xmlns"


def canonicalize(
    element: etree._Element,
    method: Canonicalization = Canonicalization.INCLUSIVE,
    prefixes: Sequence[str] = (),
    *,
    whole_document: bool = False,
) -> bytes:
    """Canonical bytes of ``element`` where it stands, without what follows it.

    Inclusive forms write every namespace in scope and inherit ``xml:*`` attributes (Canonical XML
    1.0 section 2.4), which lxml leaves to its caller. The document is not touched.

    :param prefixes: InclusiveNamespaces/@PrefixList of the exclusive forms.
    :param whole_document: ``element`` is the root, and processing instructions beside it count.
    :raises ValueError: the element cannot be canonicalised.
    """
    try:
        if element.getparent() is None:
            return _written(element.getroottree() if whole_document else element, method, prefixes)
        if method.exclusive:
            return _written(element, method, prefixes)
        own = element.keys()
        inherited = {
            name: value
            for name, value in inherited_attributes(element.getparent(), method).items()
            if name not in own
        }
        if not inherited:
            canonical = _written(element, method, prefixes)
            if _DECLARED not in canonical[canonical.index(b">") :]:
                return canonical
        return _written(_alone(element, inherited), method, prefixes)
    except etree.LxmlError as error:
        raise ValueError(f"the element has no canonical form: {error}") from error


def inherited_attributes(
    parent: etree._Element | None, method: Canonicalization = Canonicalization.INCLUSIVE
) -> dict[str, str]:
    """``xml:*`` attributes that a child of ``parent`` inherits in an inclusive form.

    :raises ValueError: an ``xml:base``, which version 1.1 would have to join.
    """
    found: dict[str, str] = {}
    while parent is not None:
        # items(): an attribute map for every ancestor would cost as much as a small C14N
        for name, value in parent.items():
            if str(name).startswith(_XML):
                found.setdefault(str(name), str(value))
        parent = parent.getparent()
    if method.is_version_11 and found:
        if f"{_XML}base" in found:
            raise ValueError("Canonical XML 1.1 with an inherited xml:base is not supported")
        found = {name: value for name, value in found.items() if name in _INHERITED_BY_11}
    return found


def _written(
    node: etree._Element | etree._ElementTree, method: Canonicalization, prefixes: Sequence[str]
) -> bytes:
    return etree.tostring(
        node,
        method="c14n",
        exclusive=method.exclusive,
        with_comments=method.with_comments,
        inclusive_ns_prefixes=list(prefixes) or None,
        with_tail=False,
    )


def _alone(element: etree._Element, inherited: dict[str, str]) -> etree._Element:
    """``element`` as the root of a document of its own, with all it inherits.

    lxml canonicalises a part under a root of its making, whose namespaces are copies, and libxml2
    tells namespaces apart by identity. So below the second level a namespace in scope may seem new
    or gone: a false ``xmlns=""`` or a declaration too many. What lxml writes is right if it
    declares nothing below the part itself. Of a whole document it is always right, and serialising
    a part writes all namespaces in scope.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, collect_ids=False)
    root = etree.fromstring(etree.tostring(element, encoding="UTF-8", with_tail=False), parser)
    for name, value in inherited.items():
        root.set(name, value)
    return root
