"""Namespaces of DIAN's UBL documents (annex 1.9 section 5.3.1) and names written with prefixes."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CREDIT_NOTE = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
DEBIT_NOTE = "urn:oasis:names:specification:ubl:schema:xsd:DebitNote-2"
APPLICATION_RESPONSE = "urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2"
ATTACHED_DOCUMENT = "urn:oasis:names:specification:ubl:schema:xsd:AttachedDocument-2"

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
EXT = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
STS = "dian:gov:co:facturaelectronica:Structures-2-1"
DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
XADES141 = "http://uri.etsi.org/01903/v1.4.1#"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

#: Prefix → namespace, for XPath and for the root element of a new document.
NS: dict[str, str] = {
    "cac": CAC,
    "cbc": CBC,
    "ext": EXT,
    "sts": STS,
    "ds": DS,
    "xades": XADES,
    "xades141": XADES141,
}

#: Local name of the root → namespace the document must have.
DOCUMENT_NAMESPACES: dict[str, str] = {
    "Invoice": INVOICE,
    "CreditNote": CREDIT_NOTE,
    "DebitNote": DEBIT_NOTE,
    "ApplicationResponse": APPLICATION_RESPONSE,
    "AttachedDocument": ATTACHED_DOCUMENT,
}


@lru_cache(maxsize=1024)
def tag(name: str) -> str:
    """Clark name of a prefixed name: ``cbc:ID`` → ``{urn:…CommonBasicComponents-2}ID``.

    :raises KeyError: the prefix is none of :data:`NS`.
    """
    prefix, _, local = name.partition(":")
    return f"{{{NS[prefix]}}}{local}"


@lru_cache(maxsize=1024)
def path(names: str) -> str:
    """Clark path for ``find``/``findtext``: ``cac:Party/cbc:Name`` with the prefixes resolved.

    A step ``.`` or ``*`` stays as it is. Resolving once is what makes ``find`` cheap.
    """
    return "/".join(step if step in {".", "*", ""} else tag(step) for step in names.split("/"))


def document_tag(kind: str) -> str:
    """Clark name of a document's root, for instance of ``Invoice``."""
    return f"{{{DOCUMENT_NAMESPACES[kind]}}}{kind}"


def nsmap(kind: str) -> dict[str, str]:
    """Namespace declarations of a new document: its own as default, then all of :data:`NS`."""
    declarations: dict[str | None, str] = {None: DOCUMENT_NAMESPACES[kind]}
    declarations.update(NS)
    # lxml takes None for the default namespace; its type stubs know only strings.
    return cast("dict[str, str]", declarations)


def local_name(element_tag: object) -> str:
    """Name without its namespace; empty for comments and processing instructions."""
    return element_tag.rpartition("}")[2] if isinstance(element_tag, str) else ""
