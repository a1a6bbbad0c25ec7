"""References of an XML signature: what each one points to and whether its digest holds.

Only same-document references with the enveloped-signature transform and canonical forms are
followed. Everything that could change what is signed without being seen is refused: XPath, XSLT,
base64, external addresses, XPointer, an Id that occurs twice.
"""

from __future__ import annotations

import binascii
import copy
import hmac
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from ..ubl.namespaces import DS, tag
from .algorithms import ENVELOPED, Canonicalization, DigestAlgorithm
from .c14n import canonicalize

MAX_REFERENCES = 5
_MAX_TRANSFORMS = 4
_ID_NAMES = ("Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id")
_EXCLUSIVE_PREFIXES = "{http://www.w3.org/2001/10/xml-exc-c14n#}InclusiveNamespaces"


class ReferenceProblem(Exception):
    """A reference cannot be accepted; ``code`` is that of the finding."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference points to and how it is canonicalised.

    :param whole_document: ``URI=""``: the document with what stands beside its root.
    """

    element: etree._Element
    whole_document: bool
    enveloped: bool
    method: Canonicalization
    prefixes: tuple[str, ...]


def decode(text: str | None) -> bytes:
    """Base64 with any white space in it.

    :raises ValueError: something else than base64.
    """
    try:
        return b64decode("".join((text or "").split()), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("not base64") from error


def ids_of(root: etree._Element) -> dict[str, list[etree._Element]]:
    """Id → the elements that bear it, whatever the case in which the attribute is written."""
    found: dict[str, list[etree._Element]] = {}
    for element in root.iter(etree.Element):
        for name in _ID_NAMES:
            value = element.get(name)
            if value:
                found.setdefault(value, []).append(element)
    return found


def resolve(
    reference: etree._Element,
    parts: Sequence[etree._Element],
    ids: dict[str, list[etree._Element]],
) -> Target:
    """Element and transforms of a ``ds:Reference``.

    :param parts: of the signature that may be pointed to, ds:SignedInfo first.

    A signature covers the document, its own KeyInfo, Object and properties. A reference to any
    other part is the first half of a wrapping attack; those within ds:SignedInfo itself are a
    harmless mistake of one vendor.

    :raises ReferenceProblem: it points outside, nowhere, to several or to another part, or
        transforms otherwise.
    """
    uri = reference.get("URI")
    if uri is None or (uri and not uri.startswith("#")):
        raise ReferenceProblem("OPCE-SIG-REFERENCE", f"URI {uri!r}")
    if uri:
        found = ids.get(uri[1:], [])
        if len(found) != 1:
            raise ReferenceProblem("OPCE-SIG-REFERENCE", f"{uri} names {len(found)} elements")
        element = found[0]
        if element not in parts and parts[0] not in element.iterancestors():
            raise ReferenceProblem("OPCE-SIG-REFERENCE", f"{uri} is no part of the signature")
    else:
        element = reference.getroottree().getroot()
    return _transforms(reference, element, not uri)


def _transforms(reference: etree._Element, element: etree._Element, whole_document: bool) -> Target:
    containers = reference.findall(tag("ds:Transforms"))
    transforms = [
        child for container in containers for child in container.findall(tag("ds:Transform"))
    ]
    if len(containers) > 1 or len(transforms) > _MAX_TRANSFORMS:
        raise ReferenceProblem("DC06", "too many")
    enveloped, method, prefixes = False, Canonicalization.INCLUSIVE, tuple[str, ...]()
    canonical = False
    for transform in transforms:
        name = transform.get("Algorithm", "")
        if canonical:
            raise ReferenceProblem("DC06", "a transform after the canonical form")
        if name == ENVELOPED:
            enveloped = True
            continue
        method, prefixes = canonicalization(transform)
        canonical = True
    return Target(element, whole_document, enveloped, method, prefixes)


def canonicalization(element: etree._Element) -> tuple[Canonicalization, tuple[str, ...]]:
    """Method and prefix list of a ``ds:Transform`` or ``ds:CanonicalizationMethod``.

    :raises ReferenceProblem: it is no canonical form.
    """
    name = element.get("Algorithm", "")
    try:
        method = Canonicalization(name)
    except ValueError:
        raise ReferenceProblem("DC06", name) from None
    listed = element.find(_EXCLUSIVE_PREFIXES)
    prefixes = () if listed is None else tuple(listed.get("PrefixList", "").split())
    if method.exclusive and "#default" in prefixes:
        # lxml leaves it out without a word; nobody in Colombia writes it (nor the exclusive form)
        raise ReferenceProblem("DC06", "the prefix #default in an InclusiveNamespaces list")
    return method, prefixes


def digest_holds(reference: etree._Element, data: bytes) -> bool:
    """Whether the digest in ``reference`` is that of ``data``, the :func:`content` of its target.

    :raises ReferenceProblem: algorithm not admitted.
    """
    method, value = reference.find(tag("ds:DigestMethod")), reference.find(tag("ds:DigestValue"))
    if method is None or value is None:
        raise ReferenceProblem("OPCE-SIG-STRUCTURE", "a reference without digest")
    try:
        algorithm = DigestAlgorithm(method.get("Algorithm", ""))
    except ValueError:
        raise ReferenceProblem("DC08", method.get("Algorithm", "")) from None
    try:
        return hmac.compare_digest(algorithm.digest(data), decode(value.text))
    except ValueError:
        return False


def content(target: Target, signature: etree._Element) -> bytes:
    """Canonical bytes of a target.

    Comments never count here: a same-document reference leaves them out (XMLDSig section
    4.4.3.2), even before a canonical form with comments.

    :raises ReferenceProblem: no canonical form.
    """
    try:
        return _canonical(target, signature)
    except ValueError as error:
        raise ReferenceProblem("DC06", str(error)) from None


def _canonical(target: Target, signature: etree._Element) -> bytes:
    name = target.method.name.removesuffix("_WITH_COMMENTS")
    method = Canonicalization[name]
    element = target.element
    if not target.enveloped:
        return canonicalize(element, method, target.prefixes, whole_document=target.whole_document)
    if element.getparent() is not None or signature not in element.iter(f"{{{DS}}}Signature"):
        raise ReferenceProblem("DC06", "enveloped signature outside its document")
    return canonicalize(
        _without(element, signature),
        method,
        target.prefixes,
        whole_document=target.whole_document,
    )


def _without(root: etree._Element, signature: etree._Element) -> etree._Element:
    """A copy of the document without ``signature``; text after it stays."""
    name = f"{{{DS}}}Signature"
    index = list(root.iter(name)).index(signature)
    copied = copy.deepcopy(root.getroottree()).getroot()
    target = list(copied.iter(name))[index]
    parent, previous, tail = target.getparent(), target.getprevious(), target.tail or ""
    if parent is None:
        raise ReferenceProblem("DC06", "the signature is the document")
    if previous is not None:
        previous.tail = (previous.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    target.tail = None
    parent.remove(target)
    return copied
