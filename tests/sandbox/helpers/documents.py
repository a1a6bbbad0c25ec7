"""Small valid documents, written here so that neither product nor stand-in judges its own work."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lxml import etree

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
NS = {
    "cac": UBL + "CommonAggregateComponents-2",
    "cbc": UBL + "CommonBasicComponents-2",
    "ext": UBL + "CommonExtensionComponents-2",
    "sts": "dian:gov:co:facturaelectronica:Structures-2-1",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xades": "http://uri.etsi.org/01903/v1.3.2#",
}
BOGOTA = dt.timezone(dt.timedelta(hours=-5))
AGENCY = {
    "schemeAgencyID": "195",
    "schemeAgencyName": "CO, DIAN (Dirección de Impuestos y Aduanas Nacionales)",
}
NIT, DIGIT = "900508908", "9"
SOFTWARE = "56f2ae4e-9812-4fad-9255-08fcfcd5ccb0"
PIN = "20191"
TECHNICAL_KEY = "fc8eac422eba16e22ffd8c6f94b3f40a6e38162c"
TEST_SET = "11111111-2222-3333-4444-555555555555"
SEED_ISSUER = {
    "name": "EMPRESA DE PRUEBA SAS",
    "software_id": SOFTWARE,
    "pin": PIN,
    "test_set_id": TEST_SET,
    "ranges": [
        {
            "resolution": "18760000001",
            "prefix": "SETP",
            "first": 990000000,
            "last": 995000000,
            "start": "2019-01-19",
            "end": "2030-01-19",
            "technical_key": TECHNICAL_KEY,
        }
    ],
}
PROFILES = {
    "Invoice": "DIAN 2.1: Factura Electrónica de Venta",
    "CreditNote": "DIAN 2.1: Nota Crédito de Factura Electrónica de Venta",
    "DebitNote": "DIAN 2.1: Nota Débito de Factura Electrónica de Venta",
}
QUANTITY = {"Invoice": "Invoiced", "CreditNote": "Credited", "DebitNote": "Debited"}


@dataclass(frozen=True)
class Draft:
    """What a document says; ``change`` may spoil the tree before it is identified and signed."""

    number: str = "SETP990000001"
    kind: str = "Invoice"
    type_code: str = "01"
    operation: str = "10"
    environment: str = "2"
    issued: dt.datetime = field(default_factory=lambda: dt.datetime.now(BOGOTA))
    invoice: tuple[str, str] | None = None  # (number, CUFE) a note refers to
    change: Callable[[etree._Element], None] | None = None
    change_after: Callable[[etree._Element], None] | None = None  # after CUFE, before signing

    def but(self, **values: object) -> Draft:
        """Same document, these values changed."""
        return replace(self, **values)


def build(draft: Draft) -> etree._Element:
    """The unsigned document, with an empty last extension for the signature."""
    space = f"{UBL}{draft.kind}-2"
    root = etree.Element(f"{{{space}}}{draft.kind}", nsmap={None: space, **NS})
    _extensions(root, draft)
    _header(root, draft)
    _references(root, draft)
    _party(root, "AccountingSupplierParty", NIT, DIGIT, "EMPRESA DE PRUEBA SAS", "1")
    _party(root, "AccountingCustomerParty", "900108281", "3", "OPTICAS GMO COLOMBIA SAS", "1")
    means = _sub(root, "cac:PaymentMeans")
    _sub(means, "cbc:ID", "1")
    _sub(means, "cbc:PaymentMeansCode", "10")
    _tax_total(root)
    _totals(root, draft)
    _line(root, draft)
    if draft.change:
        draft.change(root)
    identify(root, draft)
    if draft.change_after:
        draft.change_after(root)
    return root


def _extensions(root: etree._Element, draft: Draft) -> None:
    extensions = _sub(root, "ext:UBLExtensions")
    content = _sub(_sub(extensions, "ext:UBLExtension"), "ext:ExtensionContent")
    dian = _sub(content, "sts:DianExtensions")
    if draft.kind == "Invoice":
        control = _sub(dian, "sts:InvoiceControl")
        _sub(control, "sts:InvoiceAuthorization", "18760000001")
        period = _sub(control, "sts:AuthorizationPeriod")
        _sub(period, "cbc:StartDate", "2019-01-19")
        _sub(period, "cbc:EndDate", "2030-01-19")
        invoices = _sub(control, "sts:AuthorizedInvoices")
        _sub(invoices, "sts:Prefix", "SETP")
        _sub(invoices, "sts:From", "990000000")
        _sub(invoices, "sts:To", "995000000")
    source = _sub(dian, "sts:InvoiceSource")
    _sub(
        source,
        "cbc:IdentificationCode",
        "CO",
        listAgencyID="6",
        listAgencyName="United Nations Economic Commission for Europe",
        listSchemeURI="urn:oasis:names:specification:ubl:codelist:gc:CountryIdentificationCode-2.1",
    )
    provider = _sub(dian, "sts:SoftwareProvider")
    _sub(provider, "sts:ProviderID", NIT, **AGENCY, schemeID=DIGIT, schemeName="31")
    _sub(provider, "sts:SoftwareID", SOFTWARE, **AGENCY)
    _sub(dian, "sts:SoftwareSecurityCode", "", **AGENCY)
    authority = _sub(dian, "sts:AuthorizationProvider")
    _sub(
        authority,
        "sts:AuthorizationProviderID",
        "800197268",
        **AGENCY,
        schemeID="4",
        schemeName="31",
    )
    _sub(dian, "sts:QRCode", "")
    _sub(_sub(extensions, "ext:UBLExtension"), "ext:ExtensionContent")


def _header(root: etree._Element, draft: Draft) -> None:
    _sub(root, "cbc:UBLVersionID", "UBL 2.1")
    _sub(root, "cbc:CustomizationID", draft.operation)
    _sub(root, "cbc:ProfileID", PROFILES[draft.kind])
    _sub(root, "cbc:ProfileExecutionID", draft.environment)
    _sub(root, "cbc:ID", draft.number)
    scheme = "CUFE-SHA384" if draft.type_code in ("01", "02", "04") else "CUDE-SHA384"
    _sub(root, "cbc:UUID", "", schemeID=draft.environment, schemeName=scheme)
    _sub(root, "cbc:IssueDate", draft.issued.strftime("%Y-%m-%d"))
    _sub(root, "cbc:IssueTime", draft.issued.strftime("%H:%M:%S-05:00"))
    if draft.kind != "DebitNote":
        _sub(root, f"cbc:{draft.kind}TypeCode", draft.type_code)
    _sub(root, "cbc:DocumentCurrencyCode", "COP")
    _sub(root, "cbc:LineCountNumeric", "1")


def _references(root: etree._Element, draft: Draft) -> None:
    if not draft.invoice:
        return
    number, key = draft.invoice
    answer = _sub(root, "cac:DiscrepancyResponse")
    _sub(answer, "cbc:ReferenceID", number)
    _sub(answer, "cbc:ResponseCode", "3")
    _sub(answer, "cbc:Description", "Rebaja o descuento parcial o total")
    reference = _sub(_sub(root, "cac:BillingReference"), "cac:InvoiceDocumentReference")
    _sub(reference, "cbc:ID", number)
    _sub(reference, "cbc:UUID", key, schemeName="CUFE-SHA384")
    _sub(reference, "cbc:IssueDate", draft.issued.strftime("%Y-%m-%d"))


def _party(root: etree._Element, local: str, nit: str, digit: str, name: str, kind: str) -> None:
    node = _sub(root, f"cac:{local}")
    _sub(node, "cbc:AdditionalAccountID", kind)
    party = _sub(node, "cac:Party")
    identity = {**AGENCY, "schemeID": digit, "schemeName": "31"}
    scheme = _sub(party, "cac:PartyTaxScheme")
    _sub(scheme, "cbc:RegistrationName", name)
    _sub(scheme, "cbc:CompanyID", nit, **identity)
    _sub(scheme, "cbc:TaxLevelCode", "R-99-PN")
    tax = _sub(scheme, "cac:TaxScheme")
    _sub(tax, "cbc:ID", "01")
    _sub(tax, "cbc:Name", "IVA")
    legal = _sub(party, "cac:PartyLegalEntity")
    _sub(legal, "cbc:RegistrationName", name)
    _sub(legal, "cbc:CompanyID", nit, **identity)
    if local == "AccountingSupplierParty":
        _sub(_sub(legal, "cac:CorporateRegistrationScheme"), "cbc:ID", "SETP")


def _tax_total(parent: etree._Element) -> None:
    total = _sub(parent, "cac:TaxTotal")
    _money(total, "cbc:TaxAmount", "19000.00")
    subtotal = _sub(total, "cac:TaxSubtotal")
    _money(subtotal, "cbc:TaxableAmount", "100000.00")
    _money(subtotal, "cbc:TaxAmount", "19000.00")
    category = _sub(subtotal, "cac:TaxCategory")
    _sub(category, "cbc:Percent", "19.00")
    scheme = _sub(category, "cac:TaxScheme")
    _sub(scheme, "cbc:ID", "01")
    _sub(scheme, "cbc:Name", "IVA")


def _totals(root: etree._Element, draft: Draft) -> None:
    name = "RequestedMonetaryTotal" if draft.kind == "DebitNote" else "LegalMonetaryTotal"
    node = _sub(root, f"cac:{name}")
    _money(node, "cbc:LineExtensionAmount", "100000.00")
    _money(node, "cbc:TaxExclusiveAmount", "100000.00")
    _money(node, "cbc:TaxInclusiveAmount", "119000.00")
    _money(node, "cbc:PayableAmount", "119000.00")


def _line(root: etree._Element, draft: Draft) -> None:
    line = _sub(root, f"cac:{draft.kind}Line")
    _sub(line, "cbc:ID", "1")
    _sub(line, f"cbc:{QUANTITY[draft.kind]}Quantity", "2.00", unitCode="94")
    _money(line, "cbc:LineExtensionAmount", "100000.00")
    _tax_total(line)
    item = _sub(line, "cac:Item")
    _sub(item, "cbc:Description", "Servicio de prueba")
    _sub(
        _sub(item, "cac:StandardItemIdentification"),
        "cbc:ID",
        "A1",
        schemeID="999",
        schemeName="Estándar de adopción del contribuyente",
    )
    price = _sub(line, "cac:Price")
    _money(price, "cbc:PriceAmount", "50000.00")
    _sub(price, "cbc:BaseQuantity", "2.00", unitCode="94")


def identify(root: etree._Element, draft: Draft) -> str:
    """Write CUFE or CUDE, QR and security code from what the tree says; return the key."""
    totals = "cac:RequestedMonetaryTotal" if draft.kind == "DebitNote" else "cac:LegalMonetaryTotal"
    taxes = []
    for code in ("01", "04", "03"):
        found = root.xpath(
            f"cac:TaxTotal[cac:TaxSubtotal/cac:TaxCategory/cac:TaxScheme/cbc:ID"
            f"='{code}']/cbc:TaxAmount/text()",
            namespaces=NS,
        )
        taxes += [code, found[0] if found else "0.00"]
    secret = TECHNICAL_KEY if draft.type_code in ("01", "02", "04") else PIN
    company = "cac:Party/cac:PartyTaxScheme/cbc:CompanyID"
    parts = [
        get(root, "cbc:ID"),
        get(root, "cbc:IssueDate"),
        get(root, "cbc:IssueTime"),
        get(root, f"{totals}/cbc:LineExtensionAmount"),
        *taxes,
        get(root, f"{totals}/cbc:PayableAmount"),
        get(root, f"cac:AccountingSupplierParty/{company}"),
        get(root, f"cac:AccountingCustomerParty/{company}"),
        secret,
        draft.environment,
    ]
    key = hashlib.sha384("".join(parts).encode()).hexdigest()
    set_text(root, "cbc:UUID", key)
    set_text(
        root,
        "//sts:QRCode",
        f"https://catalogo-vpfe-hab.dian.gov.co/document/searchqr?documentkey={key}",
    )
    code = hashlib.sha384((SOFTWARE + PIN + get(root, "cbc:ID")).encode()).hexdigest()
    set_text(root, "//sts:SoftwareSecurityCode", code)
    return key


def get(root: etree._Element, path: str) -> str:
    """Text at a path."""
    found = root.xpath(path, namespaces=NS)
    return (found[0].text or "") if found else ""


def set_text(root: etree._Element, path: str, value: str) -> None:
    """Write a text at every place a path finds."""
    for node in root.xpath(path, namespaces=NS):
        node.text = value


def _sub(parent: etree._Element, name: str, text: str | None = None, **attributes: str):
    prefix, local = name.split(":")
    node = etree.SubElement(parent, f"{{{NS[prefix]}}}{local}", attributes)
    node.text = text
    return node


def _money(parent: etree._Element, name: str, amount: str) -> None:
    _sub(parent, name, amount, currencyID="COP")
