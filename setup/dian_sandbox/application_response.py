"""The signed answer about one document, shaped like those of the live service.

Annex §6.5.5.1–2 describes it; real answers differ (ProfileID, LineResponse numbering, the first
line always ``0000``, software fields ``...``) and are followed here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Sequence

from lxml import etree

from . import names, xmlio
from .document import Document
from .findings import Finding, rejected
from .identity import Identity
from .signing import sign

BOGOTA = dt.timezone(dt.timedelta(hours=-5))
_UBL = names.UBL + "ApplicationResponse-2"
_AGENCY = {"schemeAgencyID": "195", "schemeAgencyName": names.AGENCY_NAME}


def build(
    document: Document,
    findings: Sequence[Finding],
    sentence: str,
    who: Identity,
    when: dt.datetime,
    test: bool = True,
) -> bytes:
    """The bytes of the signed ApplicationResponse about ``document``."""
    moment = when.astimezone(BOGOTA).replace(microsecond=0)
    root = etree.Element(
        xmlio.name(_UBL, "ApplicationResponse"),
        nsmap={
            None: _UBL,
            "cac": names.CAC,
            "cbc": names.CBC,
            "ext": names.EXT,
            "sts": names.STS,
            "ds": names.DS,
        },
    )
    extensions = xmlio.sub(root, names.EXT, "UBLExtensions")
    _dian_extension(extensions)
    place = xmlio.sub(
        xmlio.sub(extensions, names.EXT, "UBLExtension"), names.EXT, "ExtensionContent"
    )
    number = str(uuid.uuid4().int)[:9]
    valid = not rejected(findings)
    code = "02" if valid else "04"
    _header(root, document, number, code, moment, test)
    _party(root, "SenderParty", names.DIAN_NAME, names.DIAN_NIT, "4")
    _party(root, "ReceiverParty", document.issuer_name, document.issuer, document.issuer_digit)
    _response(root, document, findings, sentence, code, test)
    return sign(root, place, who, when.astimezone(BOGOTA))


def _dian_extension(extensions: etree._Element) -> None:
    content = xmlio.sub(
        xmlio.sub(extensions, names.EXT, "UBLExtension"), names.EXT, "ExtensionContent"
    )
    node = xmlio.sub(content, names.STS, "DianExtensions")
    source = xmlio.sub(node, names.STS, "InvoiceSource")
    xmlio.sub(
        source,
        names.CBC,
        "IdentificationCode",
        "CO",
        listAgencyID="6",
        listAgencyName="United Nations Economic Commission for Europe",
        listSchemeURI="urn:oasis:names:specification:ubl:codelist:gc:CountryIdentificationCode-2.1",
    )
    dian = {**_AGENCY, "schemeID": "4", "schemeName": "31"}
    provider = xmlio.sub(node, names.STS, "SoftwareProvider")
    xmlio.sub(provider, names.STS, "ProviderID", names.DIAN_NIT, **dian)
    xmlio.sub(provider, names.STS, "SoftwareID", "...", **_AGENCY)
    xmlio.sub(node, names.STS, "SoftwareSecurityCode", "...", **_AGENCY)
    authority = xmlio.sub(node, names.STS, "AuthorizationProvider")
    xmlio.sub(authority, names.STS, "AuthorizationProviderID", names.DIAN_NIT, **dian)


def _header(
    root: etree._Element,
    document: Document,
    number: str,
    code: str,
    moment: dt.datetime,
    test: bool,
) -> None:
    date, time = moment.strftime("%Y-%m-%d"), moment.strftime("%H:%M:%S-05:00")
    # Same composition as an event's CUDE; the PIN of the service's own software is nobody's.
    text = number + date + time + names.DIAN_NIT + document.issuer + code + document.number
    for local, value in (
        ("UBLVersionID", "UBL 2.1"),
        ("CustomizationID", "1"),
        ("ProfileID", "DIAN 2.1"),
        ("ProfileExecutionID", "2" if test else "1"),
        ("ID", number),
    ):
        xmlio.sub(root, names.CBC, local, value)
    xmlio.sub(
        root, names.CBC, "UUID", hashlib.sha384(text.encode()).hexdigest(), schemeName="CUDE-SHA384"
    )
    xmlio.sub(root, names.CBC, "IssueDate", date)
    xmlio.sub(root, names.CBC, "IssueTime", time)


def _party(root: etree._Element, local: str, name: str, nit: str, digit: str) -> None:
    scheme = xmlio.sub(xmlio.sub(root, names.CAC, local), names.CAC, "PartyTaxScheme")
    xmlio.sub(scheme, names.CBC, "RegistrationName", name or "-")
    xmlio.sub(
        scheme, names.CBC, "CompanyID", nit or "-", **_AGENCY, schemeID=digit, schemeName="31"
    )
    tax = xmlio.sub(scheme, names.CAC, "TaxScheme")
    xmlio.sub(tax, names.CBC, "ID", "01")
    xmlio.sub(tax, names.CBC, "Name", "IVA")


def _response(
    root: etree._Element,
    document: Document,
    findings: Sequence[Finding],
    sentence: str,
    code: str,
    test: bool,
) -> None:
    node = xmlio.sub(root, names.CAC, "DocumentResponse")
    accepted = "Uso autorizado por la DIAN" if test else "Documento validado por la DIAN"
    _code(node, code, accepted if code == "02" else "Documento rechazado por la DIAN")
    reference = xmlio.sub(node, names.CAC, "DocumentReference")
    xmlio.sub(reference, names.CBC, "ID", document.number or "-")
    xmlio.sub(
        reference,
        names.CBC,
        "UUID",
        document.key or "-",
        schemeName=document.key_scheme or "CUFE-SHA384",
    )
    lines = [("0000", "0"), *((f.code or "99", f.text) for f in findings)]
    if not findings and sentence:
        lines.append(("0", sentence))
    for position, (line_code, text) in enumerate(lines, start=1):
        line = xmlio.sub(node, names.CAC, "LineResponse")
        xmlio.sub(xmlio.sub(line, names.CAC, "LineReference"), names.CBC, "LineID", str(position))
        _code(line, line_code, text)


def _code(parent: etree._Element, code: str, text: str) -> None:
    response = xmlio.sub(parent, names.CAC, "Response")
    xmlio.sub(response, names.CBC, "ResponseCode", code)
    xmlio.sub(response, names.CBC, "Description", text)
