"""Canonical XML of an element inside its document."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from .algorithms import Canonicalization

_XML = "{http://www.w3.org/XML/1998/namespace}"


def canonicalize(
    element: etree._Element,
    method: Canonicalization = Canonicalization.INCLUSIVE,
    prefixes: Sequence[str] = (),
    *,
    whole_document: bool = False,
) -> bytes:
    """Canonical bytes of ``element`` where it stands, without what follows it.

    Inclusive forms write every namespace in scope and inherit ``xml:*`` attributes (Canonical XML
    1.0 section 2.4), which lxml leaves to its caller. Version 1.1 differs from 1.0 only in those
    attributes, so it is refused where an ancestor has some.

    :param prefixes: InclusiveNamespaces/@PrefixList of the exclusive forms.
    :param whole_document: ``element`` is the root, and processing instructions beside it count.
    :raises ValueError: the element cannot be canonicalised.
    """
    inherited = {} if method.exclusive else _inherited(element)
    if inherited and method.is_version_11:
        raise ValueError("Canonical XML 1.1 with inherited xml:* attributes is not supported")
    for name, value in inherited.items():
        element.set(name, value)
    try:
        return etree.tostring(
            element.getroottree() if whole_document else element,
            method="c14n",
            exclusive=method.exclusive,
            with_comments=method.with_comments,
            inclusive_ns_prefixes=list(prefixes) or None,
            with_tail=False,
        )
    except etree.LxmlError as error:
        raise ValueError(f"the element has no canonical form: {error}") from error
    finally:
        for name in inherited:
            del element.attrib[name]


def _inherited(element: etree._Element) -> dict[str, str]:
    """``xml:*`` attributes of the ancestors which the element does not set itself."""
    found: dict[str, str] = {}
    for ancestor in element.iterancestors():
        # items(): an attribute map for every ancestor would cost as much as a small C14N
        for name, value in ancestor.items():
            if str(name).startswith(_XML) and name not in element.attrib:
                found.setdefault(str(name), str(value))
    return found
