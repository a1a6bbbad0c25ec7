"""Building of an AttachedDocument (annex 1.9 section 6.4), unsigned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from ..calendar import format_date, format_time
from ..codes import (
    DIAN_AGENCY_ID,
    DIAN_AGENCY_NAME,
    PARTY_TAX_SCHEMES,
    TAX_LEVEL_NONE,
)
from ..document_parts import Party
from ..documents import Header, Kind
from ..errors import DocumentError
from .header import read_header
from .namespaces import document_tag, nsmap, path, tag
from .parties import read_accounting_party, read_simple_party
from .xml import parse_xml, text

_VALIDATOR = "Unidad Especial Dirección de Impuestos y Aduanas Nacionales"
_END = "]]>"


@dataclass(frozen=True, slots=True)
class _Content:
    """What the container repeats of the document inside it."""

    header: Header
    parent_number: str
    sender: Party
    receiver: Party


def build(
    document: bytes, answer: bytes | None, *, number: str, issued_at: datetime
) -> etree._Element:
    """Container of a signed document and DIAN's answer to it.

    :param document: the bytes that were signed: invoice, note or event.
    :param answer: DIAN's ApplicationResponse; ``None`` for an invoice of type 04, which travels
        without (section 12.2).
    :param number: own consecutive of whoever makes the container.
    :param issued_at: aware; not before any document inside.
    :return: unsigned tree whose ``ext:UBLExtensions`` has one empty place for the signature.
    :raises DocumentError: ``document`` or ``answer`` is not a readable UTF-8 document.
    """
    content = _read_content(document)
    root = etree.Element(document_tag("AttachedDocument"), nsmap=nsmap("AttachedDocument"))
    extension = _add(_add(root, "ext:UBLExtensions"), "ext:UBLExtension")
    _add(extension, "ext:ExtensionContent")
    _add(root, "cbc:UBLVersionID", "UBL 2.1")
    _add(root, "cbc:CustomizationID", "Documentos adjuntos")
    _add(root, "cbc:ProfileID", "Factura Electrónica de Venta")
    _add(root, "cbc:ProfileExecutionID", content.header.environment)
    _add(root, "cbc:ID", number)
    _add(root, "cbc:IssueDate", format_date(issued_at))
    _add(root, "cbc:IssueTime", format_time(issued_at))
    _add(root, "cbc:DocumentType", "Contenedor de Factura Electrónica")
    _add(root, "cbc:ParentDocumentID", content.parent_number)
    _add_party(root, "cac:SenderParty", content.sender)
    _add_party(root, "cac:ReceiverParty", content.receiver)
    _attach(root, document)
    if answer is not None:
        _add_answer(root, content, answer)
    return root


def _read_content(document: bytes) -> _Content:
    root = parse_xml(document)
    header = read_header(root)
    if header.kind is Kind.ATTACHED_DOCUMENT:
        raise DocumentError("A container holds a document, not another container.")
    if header.kind is Kind.APPLICATION_RESPONSE:
        return _Content(
            header=header,
            parent_number=text(root, "cac:DocumentResponse/cac:DocumentReference/cbc:ID"),
            sender=read_simple_party(root.find(path("cac:SenderParty"))),
            receiver=read_simple_party(root.find(path("cac:ReceiverParty"))),
        )
    return _Content(
        header=header,
        parent_number=header.number,
        sender=read_accounting_party(root.find(path("cac:AccountingSupplierParty"))),
        receiver=read_accounting_party(root.find(path("cac:AccountingCustomerParty"))),
    )


def _add(parent: etree._Element, name: str, content: str = "") -> etree._Element:
    element = etree.SubElement(parent, tag(name))
    if content:
        element.text = content
    return element


def _add_party(root: etree._Element, name: str, party: Party) -> None:
    scheme = _add(_add(root, name), "cac:PartyTaxScheme")
    _add(scheme, "cbc:RegistrationName", party.name)
    company = _add(scheme, "cbc:CompanyID", party.identification)
    company.set("schemeAgencyID", DIAN_AGENCY_ID)
    company.set("schemeAgencyName", DIAN_AGENCY_NAME)
    if party.check_digit:
        company.set("schemeID", party.check_digit)
    if party.identification_type:
        company.set("schemeName", party.identification_type)
    _add(scheme, "cbc:TaxLevelCode", ";".join(party.responsibilities) or TAX_LEVEL_NONE)
    code = party.tax_scheme if party.tax_scheme in PARTY_TAX_SCHEMES else "ZZ"
    tax = _add(scheme, "cac:TaxScheme")
    _add(tax, "cbc:ID", code)
    _add(tax, "cbc:Name", PARTY_TAX_SCHEMES[code])


def _add_answer(root: etree._Element, content: _Content, answer: bytes) -> None:
    answered = parse_xml(answer)
    issued = text(answered, "cbc:IssueDate")
    reference = _add(root, "cac:ParentDocumentLineReference")
    _add(reference, "cbc:LineID", "1")
    node = _add(reference, "cac:DocumentReference")
    _add(node, "cbc:ID", content.header.number)
    uuid = _add(node, "cbc:UUID", content.header.uuid)
    uuid.set("schemeName", content.header.uuid_scheme)
    _add(node, "cbc:IssueDate", issued)
    _add(node, "cbc:DocumentType", "ApplicationResponse")
    _attach(node, answer)
    result = _add(node, "cac:ResultOfVerification")
    _add(result, "cbc:ValidatorID", _VALIDATOR)
    code = text(answered, "cac:DocumentResponse/cac:Response/cbc:ResponseCode")
    _add(result, "cbc:ValidationResultCode", code)
    _add(result, "cbc:ValidationDate", issued)
    _add(result, "cbc:ValidationTime", text(answered, "cbc:IssueTime"))


def _attach(parent: etree._Element, content: bytes) -> None:
    external = _add(_add(parent, "cac:Attachment"), "cac:ExternalReference")
    _add(external, "cbc:MimeCode", "text/xml")
    _add(external, "cbc:EncodingCode", "UTF-8")
    try:
        found = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DocumentError("A document inside a container has to be UTF-8.") from None
    # Whoever parses the container gets line feeds (XML 1.0 section 2.11); a carriage return left
    # here would be in the digest of the signature and nowhere else.
    unix = found.replace("\r\n", "\n").replace("\r", "\n")
    _set_cdata(_add(external, "cbc:Description"), unix)


def _set_cdata(element: etree._Element, content: str) -> None:
    """``content`` as CDATA; where it holds the end of a CDATA section it continues in another.

    lxml sets one section per element, so the further ones hang on comments that are taken away
    again, which leaves their tails behind.
    """
    first, *others = content.split(_END)
    element.text = etree.CDATA(first + "]]" if others else first)
    for index, part in enumerate(others):
        comment = etree.Comment("")
        element.append(comment)
        more = index < len(others) - 1
        comment.tail = etree.CDATA(">" + part + ("]]" if more else ""))
    etree.strip_tags(element, etree.Comment)
