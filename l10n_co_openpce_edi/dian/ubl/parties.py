"""Reading of parties and addresses."""

from __future__ import annotations

from lxml import etree

from ..document_parts import Address, Party
from .namespaces import path
from .values import split_list
from .xml import attribute, text


def read_accounting_party(node: etree._Element | None) -> Party:
    """``AccountingSupplierParty`` or ``AccountingCustomerParty``."""
    if node is None:
        return Party()
    return _read(node.find(path("cac:Party")), text(node, "cbc:AdditionalAccountID"))


def read_simple_party(node: etree._Element | None) -> Party:
    """``SenderParty`` or ``ReceiverParty`` of an ApplicationResponse or a container."""
    version = attribute(node, "cac:PartyTaxScheme/cbc:CompanyID", "schemeVersionID")
    return _read(node, version)


def _identification(party: etree._Element) -> etree._Element | None:
    """The element with the identification: tax scheme first (it is what is hashed), then legal
    entity, then the bare identification of a natural person."""
    for names in (
        "cac:PartyTaxScheme/cbc:CompanyID",
        "cac:PartyLegalEntity/cbc:CompanyID",
        "cac:PartyIdentification/cbc:ID",
    ):
        found = party.find(path(names))
        if found is not None and (found.text or "").strip():
            return found
    return None


def _read(party: etree._Element | None, organization_type: str) -> Party:
    if party is None:
        return Party()
    scheme, entity = "cac:PartyTaxScheme/", "cac:PartyLegalEntity/"
    company = _identification(party)
    registration = entity + "cac:CorporateRegistrationScheme/cbc:"
    return Party(
        name=text(party, scheme + "cbc:RegistrationName")
        or text(party, entity + "cbc:RegistrationName")
        or text(party, "cac:PartyName/cbc:Name"),
        identification=text(company),
        check_digit="" if company is None else company.get("schemeID", "").strip(),
        identification_type="" if company is None else company.get("schemeName", "").strip(),
        organization_type=organization_type,
        trade_name=text(party, "cac:PartyName/cbc:Name"),
        responsibilities=split_list(text(party, scheme + "cbc:TaxLevelCode")),
        tax_scheme=text(party, scheme + "cac:TaxScheme/cbc:ID"),
        prefix=text(party, registration + "ID"),
        registration_number=text(party, registration + "Name"),
        activity_codes=split_list(text(party, "cbc:IndustryClassificationCode")),
        email=text(party, "cac:Contact/cbc:ElectronicMail"),
        phone=text(party, "cac:Contact/cbc:Telephone"),
        address=_address(party),
    )


def _address(party: etree._Element) -> Address:
    node = party.find(path("cac:PartyTaxScheme/cac:RegistrationAddress"))
    if node is None:
        node = party.find(path("cac:PhysicalLocation/cac:Address"))
    if node is None:
        return Address()
    return Address(
        municipality_code=text(node, "cbc:ID"),
        city=text(node, "cbc:CityName"),
        postal_code=text(node, "cbc:PostalZone"),
        department=text(node, "cbc:CountrySubentity"),
        department_code=text(node, "cbc:CountrySubentityCode"),
        line=text(node, "cac:AddressLine/cbc:Line"),
        country_code=text(node, "cac:Country/cbc:IdentificationCode"),
    )
