"""Safe parsing: no DTD, no entities, no network, bounded in size, nodes, depth and attributes.

The bounds are judged on the bytes, before libxml2 builds anything, wherever that is possible: an
angle bracket costs memory whether it opens an element, a comment or a CDATA section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from ..errors import DocumentError
from ..limits import XML_LIMITS, XmlLimits
from .namespaces import path

_BOM = b"\xef\xbb\xbf"
_BLANKS = b" \t\r\n"
_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,200}?\?>")
_ENCODING = re.compile(rb"""\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
#: Encodings in which markup is ASCII, so that the checks on bytes hold. Rule ZB03 wants UTF-8;
#: a received document that declares one of the others truthfully can still be read.
_ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "windows-1252"})
_UTF8 = frozenset({"utf-8", "utf8"})


def trim(data: bytes) -> bytes:
    """``data`` without a byte order mark and without blanks around it (both are met in practice
    and neither belongs to what is signed)."""
    stripped = data.strip(_BLANKS)
    while stripped.startswith(_BOM):
        stripped = stripped[len(_BOM) :].lstrip(_BLANKS)
    return stripped


def parse_xml(
    data: bytes, limits: XmlLimits = XML_LIMITS, *, verbatim: bool = False
) -> etree._Element:
    """Root of an XML document from outside.

    :param verbatim: keep comments and processing instructions, as a signature needs; without
        them no comment can split a text and make two readers see different values.
    :raises DocumentError: not well formed, a DOCTYPE, an unreadable encoding, or beyond a limit;
        the message is one sentence for people.
    """
    if len(data) > limits.size:
        raise DocumentError(f"The document is larger than {limits.size} bytes.")
    content = trim(data)
    _check_text(content)
    _check_prolog(content)
    if content.count(b"<") + content.count(b"=") > limits.nodes:
        raise DocumentError(f"The document has more than {limits.nodes} elements and attributes.")
    root = _parse(content, verbatim)
    if root.getroottree().docinfo.internalDTD is not None:
        raise DocumentError("The document has a DOCTYPE, which is refused.")
    _check_shape(root, limits)
    if content.count(b"xmlns") > limits.namespaces:
        _check_namespaces(root, limits)
    return root


def _check_text(content: bytes) -> None:
    """Refuse what is no text in a known encoding, saying where it breaks."""
    if not content:
        raise DocumentError("The document is empty.")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in content[:1024]:
        raise DocumentError("The document is not encoded in UTF-8.")
    if not content.startswith(b"<"):
        raise DocumentError("The file is not an XML document.")
    declaration = _DECLARATION.match(content)
    named = _ENCODING.search(declaration[0]) if declaration else None
    encoding = named[1].decode("ascii").lower() if named else "utf-8"
    if encoding not in _ENCODINGS:
        raise DocumentError(f"The document declares the encoding {encoding}, which is refused.")
    if encoding in _UTF8:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise DocumentError(
                f"The document should be UTF-8, but byte {error.start} is not; it may have been "
                "saved in another encoding such as ISO-8859-1."
            ) from None


def _check_prolog(content: bytes) -> None:
    """Refuse a DOCTYPE without letting the parser see it; nothing but a comment, a processing
    instruction or the root element may come first."""
    position = 0
    while True:
        while position < len(content) and content[position] in _BLANKS:
            position += 1
        if content.startswith(b"<!--", position):
            end, size = content.find(b"-->", position), 3
        elif content.startswith(b"<?", position):
            end, size = content.find(b"?>", position), 2
        elif content.startswith(b"<!", position):
            raise DocumentError("The document has a DOCTYPE, which is refused.")
        else:
            return
        if end < 0:
            raise DocumentError("The document is not well formed: it ends inside its prolog.")
        position = end + size


def _parse(content: bytes, verbatim: bool) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=not verbatim,
        remove_pis=not verbatim,
        collect_ids=False,
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        message = (error.msg or "no element found")[:200]
        raise DocumentError(f"The document is not well formed: {message}.") from None
    except (ValueError, LookupError) as error:
        raise DocumentError(f"The document cannot be read: {str(error)[:200]}.") from None


def _check_shape(root: etree._Element, limits: XmlLimits) -> None:
    too_deep = "/*" * (limits.depth + 1)
    if root.xpath(f"boolean({too_deep})"):
        raise DocumentError(f"The document nests more than {limits.depth} elements.")
    if root.xpath(f"boolean(//*[@*[{limits.attributes + 1}]])"):
        raise DocumentError(f"An element has more than {limits.attributes} attributes.")


def _check_namespaces(root: etree._Element, limits: XmlLimits) -> None:
    """Bound the declarations in scope, which the canonical form looks through again and again."""
    in_scope = 0
    for event, _declared in etree.iterwalk(root, events=("start-ns", "end-ns")):
        in_scope += 1 if event == "start-ns" else -1
        if in_scope > limits.namespaces:
            raise DocumentError(
                f"An element has more than {limits.namespaces} namespace declarations in scope."
            )


def text(element: etree._Element | None, names: str = "") -> str:
    """Stripped text of the first descendant at ``names`` (prefixed, as ``cac:Party/cbc:Name``), or
    of ``element`` itself; empty when there is none."""
    if element is not None and names:
        element = element.find(path(names))
    return "" if element is None else (element.text or "").strip()


def texts(element: etree._Element, names: str) -> tuple[str, ...]:
    """Stripped texts of all descendants at ``names``."""
    return tuple((found.text or "").strip() for found in element.iterfind(path(names)))


def attribute(element: etree._Element | None, names: str, name: str) -> str:
    """Stripped attribute of the first descendant at ``names``; empty when there is none."""
    found = element.find(path(names)) if element is not None else None
    return "" if found is None else found.get(name, "").strip()


def children(element: etree._Element | None, names: str) -> Iterator[etree._Element]:
    """All descendants at ``names``; none when ``element`` is missing."""
    return iter(()) if element is None else element.iterfind(path(names))
