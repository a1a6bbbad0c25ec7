"""AttachedDocument: the container documents travel in (annex 1.9 section 6.4).

Reading accepts what 29 real containers show: no signature, no ``UBLExtensions``,
``DocumentTypeCode`` instead of ``DocumentType``, dates with the day first, empty CDATA.
"""

from __future__ import annotations

import re

from lxml import etree

from ..documents import Answer, AttachedDocument, EmbeddedXml, Kind
from ..errors import DocumentError
from ..limits import XML_LIMITS, XmlLimits
from . import container
from .header import read_header
from .namespaces import path
from .parties import read_simple_party
from .values import day, moment
from .xml import children, parse_xml, text

#: Building is the mirror of reading; it needs a module of its own.
build = container.build

_DESCRIPTION = path("cac:Attachment/cac:ExternalReference/cbc:Description")
_DECLARATION = re.compile(r"<\?xml\s[^>]{0,200}?\?>")
_NOT_UTF8 = re.compile(r"""encoding\s*=\s*["'](?!utf-?8["'])""", re.IGNORECASE)
_DOUBLED = re.compile(r"&amp;(amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});")


def parse(data: bytes, limits: XmlLimits = XML_LIMITS) -> AttachedDocument:
    """A container out of its bytes; what it holds stays bytes.

    :raises DocumentError: it cannot be read, or is no AttachedDocument.
    """
    return read_tree(parse_xml(data, limits))


def read_tree(root: etree._Element) -> AttachedDocument:
    """As :func:`parse`, of a parsed document."""
    header = read_header(root)
    if header.kind is not Kind.ATTACHED_DOCUMENT:
        raise DocumentError(f"The document is no AttachedDocument but {header.kind.value}.")
    return AttachedDocument(
        header=header,
        sender=read_simple_party(root.find(path("cac:SenderParty"))),
        receiver=read_simple_party(root.find(path("cac:ReceiverParty"))),
        parent_number=text(root, "cbc:ParentDocumentID"),
        document=_embedded(root),
        answers=tuple(
            _answer(node)
            for node in children(root, "cac:ParentDocumentLineReference/cac:DocumentReference")
        ),
    )


def _answer(node: etree._Element) -> Answer:
    result = "cac:ResultOfVerification/cbc:"
    return Answer(
        number=text(node, "cbc:ID"),
        uuid=text(node, "cbc:UUID"),
        issue_date=day(text(node, "cbc:IssueDate")),
        content=_embedded(node),
        validator=text(node, result + "ValidatorID"),
        result_code=text(node, result + "ValidationResultCode"),
        validated_at=moment(
            text(node, result + "ValidationDate"), text(node, result + "ValidationTime")
        ),
    )


def _embedded(node: etree._Element) -> EmbeddedXml | None:
    """The document in a ``Description``; ``None`` when that is missing or blank."""
    found = (node.findtext(_DESCRIPTION) or "").lstrip("\ufeff \t\r\n").rstrip()
    if not found:
        return None
    was_escaped = found.startswith("&lt;")
    if was_escaped:
        found = _unescape(found)
    declaration = _DECLARATION.match(found)
    if declaration and _NOT_UTF8.search(declaration[0]):
        # The text is here already decoded; its old declaration would make it unreadable.
        found = found[declaration.end() :].lstrip()
    undoubled = _DOUBLED.sub(r"&\1;", found)
    return EmbeddedXml(
        content=found.encode(),
        repaired=undoubled.encode() if undoubled != found else b"",
        was_repaired=was_escaped,
    )


def _unescape(found: str) -> str:
    """One level of escaping undone, the ampersand last so that no second level goes with it."""
    for name, character in (("lt", "<"), ("gt", ">"), ("quot", '"'), ("apos", "'"), ("amp", "&")):
        found = found.replace(f"&{name};", character)
    return found
