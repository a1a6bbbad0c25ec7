"""Every judged rule, by a document that breaks only that one."""

from __future__ import annotations

import datetime as dt

import pytest
from lxml import etree

from lib.pki import make_chain

from .helpers import documents, signing
from .helpers.documents import BOGOTA, NS, set_text
from .helpers.signing import Style

SUPPLIER = "cac:AccountingSupplierParty/cac:Party"
CUSTOMER = "cac:AccountingCustomerParty/cac:Party"
CONTROL = "//sts:InvoiceControl"


def write(path, value):
    """A change that writes a text or, with @name, an attribute."""

    def change(root):
        if "/@" in path:
            place, name = path.rsplit("/@", 1)
            for node in root.xpath(place, namespaces=NS):
                node.set(name, value)
        else:
            assert root.xpath(path, namespaces=NS), f"the test changes nothing: {path}"
            set_text(root, path, value)

    return change


def remove(path):
    """A change that removes elements."""

    def change(root):
        found = root.xpath(path, namespaces=NS)
        assert found, f"the test changes nothing: {path}"
        for node in found:
            node.getparent().remove(node)

    return change


def twice(path):
    """A change that repeats an element."""

    def change(root):
        node = root.xpath(path, namespaces=NS)[0]
        node.addnext(etree.fromstring(etree.tostring(node)))

    return change


HEADER = [
    ("FAD01", write("cbc:UBLVersionID", "2.1")),
    ("FAD02", write("cbc:CustomizationID", "99")),
    ("FAD03", write("cbc:ProfileID", "DIAN 2.1")),
    ("FAD04", write("cbc:ProfileExecutionID", "1")),
    ("FAD07", write("cbc:UUID/@schemeID", "1")),
    ("FAD08", write("cbc:UUID/@schemeName", "CUDE-SHA384")),
    ("FAD05a", write("cbc:ID", "SETP-990000001")),
    ("FAD05b", write("cbc:ID", "SETP1")),
    ("FAD05c", write("cbc:ID", "SETP999999999")),
    ("FAD05d", write("cbc:ID", "FE990000001")),
    ("FAD12a", write("cbc:InvoiceTypeCode", "07")),
    ("FAD15a", write("cbc:DocumentCurrencyCode", "USD")),
    ("FAD15b", write("cac:LegalMonetaryTotal/cbc:PayableAmount/@currencyID", "USD")),
    ("FAD16", write("cbc:LineCountNumeric", "2")),
    ("FAJ21", write(f"{SUPPLIER}//cbc:CompanyID", "900000001")),
    ("FAJ24b", write(f"{SUPPLIER}/cac:PartyTaxScheme/cbc:CompanyID/@schemeID", "1")),
    ("FAJ25", write(f"{SUPPLIER}/cac:PartyTaxScheme/cbc:CompanyID/@schemeName", "13")),
    ("FAJ43a", write(f"{SUPPLIER}/cac:PartyLegalEntity/cbc:RegistrationName", " ")),
    ("FAJ44a", write(f"{SUPPLIER}/cac:PartyLegalEntity/cbc:CompanyID", "900108281")),
    ("FAK02", write("cac:AccountingCustomerParty/cbc:AdditionalAccountID", "3")),
    ("FAK24", write(f"{CUSTOMER}/cac:PartyTaxScheme/cbc:CompanyID/@schemeID", "1")),
    ("FAK61", write("cac:AccountingCustomerParty/cbc:AdditionalAccountID", "2")),
    ("FAN01", remove("cac:PaymentMeans")),
    ("FAN02", write("cac:PaymentMeans/cbc:ID", "3")),
    ("FAN03", write("cac:PaymentMeans/cbc:PaymentMeansCode", "")),
    ("FAN04", write("cac:PaymentMeans/cbc:ID", "2")),
]
EXTENSION = [
    ("FAB05a", write(f"{CONTROL}/sts:InvoiceAuthorization", "")),
    ("FAB05b", write(f"{CONTROL}/sts:InvoiceAuthorization", "18760000009")),
    ("FAB07b", write(f"{CONTROL}//cbc:StartDate", "2019-01-20")),
    ("FAB08b", write(f"{CONTROL}//cbc:EndDate", "2031-01-19")),
    ("FAB10a", write("//cac:CorporateRegistrationScheme/cbc:ID", "XX")),
    ("FAB10b", write(f"{CONTROL}//sts:Prefix", "SETQ")),
    ("FAB11b", write(f"{CONTROL}//sts:From", "1")),
    ("FAB12b", write(f"{CONTROL}//sts:To", "999999999")),
    ("FAB19a", write("//sts:ProviderID", "")),
    ("FAB22b", write("//sts:ProviderID/@schemeID", "1")),
    ("FAB24b", write("//sts:SoftwareID", "00000000-0000-0000-0000-000000000000")),
    ("FAB31", write("//sts:AuthorizationProviderID", "900508908")),
    ("FAB34", write("//sts:AuthorizationProviderID/@schemeID", "5")),
    ("FAB35", write("//sts:AuthorizationProviderID/@schemeName", "13")),
]
AFTER_KEY = [
    ("FAB27b", write("//sts:SoftwareSecurityCode", "0" * 96)),
    ("FAB27a", write("//sts:SoftwareSecurityCode", "")),
    ("FAB36", write("//sts:QRCode", "")),
    ("FAD06", write("cbc:UUID", "0" * 96)),
    ("FAB03", twice("ext:UBLExtensions/ext:UBLExtension[1]")),
]
TOTAL = "cac:LegalMonetaryTotal/cbc:"
LINE = "cac:InvoiceLine"
AMOUNTS = [
    ("FAU02", write(f"{TOTAL}LineExtensionAmount", "100003.00")),
    ("FAU04", write(f"{TOTAL}TaxExclusiveAmount", "100003.00")),
    ("FAU06", write(f"{TOTAL}TaxInclusiveAmount", "119003.00")),
    ("FAU14", write(f"{TOTAL}PayableAmount", "119003.00")),
    ("FAV04b", write(f"{LINE}/cbc:InvoicedQuantity", "0")),
    ("FAV05", write(f"{LINE}/cbc:InvoicedQuantity/@unitCode", "")),
    ("FAV06", write(f"{LINE}/cac:Price/cbc:PriceAmount", "50003.00")),
    ("FAX02", write(f"{LINE}/cac:TaxTotal/cbc:TaxAmount", "19006.00")),
    ("FAX07", write(f"{LINE}//cac:TaxCategory/cbc:Percent", "5.00")),
    ("FAS02", write("cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount", "19006.00")),
    ("FAS07", write("cac:TaxTotal//cbc:Percent", "5.00")),
    ("FAS01a", twice("cac:TaxTotal")),
    ("FAS01b", remove(f"{LINE}/cac:TaxTotal")),
    ("FAS01a", write(f"{LINE}//cbc:Percent", "19.50")),
    ("FAX01", twice(f"{LINE}/cac:TaxTotal")),
    ("FAZ02", write(f"{LINE}/cac:Item/cbc:Description", "")),
    ("VLR01", write("cac:TaxTotal//cbc:Percent", "-19.00")),
    ("ZB01", write(f"{TOTAL}PayableAmount", "NaN")),
]


@pytest.mark.parametrize(("rule", "change"), HEADER + EXTENSION + AMOUNTS)
def test_rule_rejects(client, signed, rule, change):
    answer = client.send(signed(change=change))
    assert rule in answer.codes, f"{rule} must reject this: {answer.lines}"
    assert answer.values["IsValid"] == "false"
    assert answer.values["StatusCode"] == "99"


@pytest.mark.parametrize(("rule", "change"), AFTER_KEY)
def test_rule_rejects_what_changed_after_the_cufe(client, signed, rule, change):
    answer = client.send(signed(change_after=change))
    assert rule in answer.codes, f"{rule} must reject this: {answer.lines}"


@pytest.mark.parametrize(
    "change",
    [
        write(f"{TOTAL}PayableAmount", "119002.00"),
        write("cac:TaxTotal/cbc:TaxAmount", "19002.00"),
        write(f"{LINE}/cac:Price/cbc:BaseQuantity", "1.00"),
    ],
)
def test_tolerances_of_the_annex_are_given(client, signed, change):
    answer = client.send(signed(change=change))
    assert not answer.codes & {"FAU14", "FAS02", "FAV06"}, f"within tolerance: {answer.lines}"


def test_notifications_do_not_reject(client, signed):
    now = dt.datetime.now(BOGOTA).strftime("%H:%M:%S+00:00")
    answer = client.send(signed(change=write("cbc:IssueTime", now)))
    assert (answer.values["IsValid"], answer.notes) == ("true", {"FAD10"})


YESTERDAY = dt.datetime.now(BOGOTA) - dt.timedelta(days=1)
SIGNATURES = [
    ("DC24", Style(when=dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=14))))),
    ("DC02", Style(references=("document", "keyinfo"))),
    ("DC13", Style(references=("document", "keyinfo", "keyinfo"))),
    ("DC10", Style(references=("document", "properties", "properties"))),
    ("DC05", Style(references=("keyinfo", "keyinfo", "properties"))),
    ("DC24", Style(when=dt.datetime.now(BOGOTA) + dt.timedelta(days=2))),
    ("FAD09e", Style(when=YESTERDAY)),
    ("DC50", Style(policy="https://example.org/policy.pdf")),
    ("DC53", Style(policy_hash="AAAA")),
    ("DC56", Style(role="buyer")),
    ("DC56", Style(role=None)),
    ("DC25", Style(certs=0)),
    ("ZD02", Style(when=dt.datetime(2001, 1, 1, tzinfo=BOGOTA))),
]


@pytest.mark.parametrize(("rule", "style"), SIGNATURES)
def test_signature_rule_rejects(client, signed, rule, style):
    answer = client.send(signed(style))
    assert rule in answer.codes, f"{rule} must reject this: {answer.lines}"


def test_a_byte_changed_after_signing_is_noticed(client, signed):
    answer = client.send(signed().replace(b"Servicio de prueba", b"Servicio de pruebA"))
    assert answer.codes == {"ZE02"}, "only the signature is wrong"


def test_document_without_signature_is_rejected(client):
    data = etree.tostring(documents.build(documents.Draft()), encoding="UTF-8")
    assert "ZE01" in client.send(data).codes


def test_second_signature_is_rejected(client, signed):
    data = signed()
    start, end = data.index(b"<ds:Signature "), data.index(b"</ds:Signature>") + 15
    copy = (
        b"<ext:UBLExtension><ext:ExtensionContent>"
        + data[start:end]
        + (b"</ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>")
    )
    answer = client.send(data.replace(b"</ext:UBLExtensions>", copy, 1))
    assert "DC01" in answer.codes


def test_wrapped_signature_is_rejected(client, signed):
    """The signed properties are moved away and others shown in their place."""
    data = signed()
    root = etree.fromstring(data)
    props = root.xpath("//xades:SignedProperties", namespaces=NS)[0]
    other = etree.fromstring(etree.tostring(props))
    props.addnext(other)
    answer = client.send(etree.tostring(root, encoding="UTF-8"))
    assert answer.values["IsValid"] == "false"
    assert "DC01" in answer.codes, "two elements with one Id is the mark of wrapping"


def test_one_certificate_in_the_properties_is_only_told(client, signed):
    answer = client.send(signed(Style(certs=1)))
    assert (answer.values["IsValid"], answer.notes) == ("true", {"DC25"})


def test_certificate_of_an_unknown_authority_is_rejected(client):
    stranger = make_chain(nit=documents.NIT, holder="EMPRESA DE PRUEBA SAS")
    data = signing.sign(documents.build(documents.Draft()), stranger)
    assert client.send(data).codes == {"ZD05"}


def test_supplier_signs_with_his_own_certificate(client, chain):
    other = make_chain(nit="900108281", holder="OTRA SAS", issuer=chain)
    data = signing.sign(documents.build(documents.Draft()), other)
    assert client.send(data).codes == {"ZE03"}


def test_technology_provider_signs_as_third_party(client, chain):
    provider = make_chain(nit="900108281", holder="PROVEEDOR SAS", issuer=chain)

    def change(root):
        write("//sts:ProviderID", "900108281")(root)
        write("//sts:ProviderID/@schemeID", "3")(root)

    root = documents.build(documents.Draft(change=change))
    answer = client.send(signing.sign(root, provider, Style(role="third party")))
    assert answer.values["IsValid"] == "true", answer.lines


def test_certificate_without_non_repudiation_is_rejected(client, chain):
    other = make_chain(
        nit=documents.NIT, holder="EMPRESA DE PRUEBA SAS", issuer=chain, non_repudiation=False
    )
    data = signing.sign(documents.build(documents.Draft()), other)
    assert client.send(data).codes == {"ZD07"}


def test_schema_is_judged_when_the_reference_is_there(client, signed, reference):
    def swap(root):
        root.append(root.find("{*}ID"))

    assert "ZB01" in client.send(signed(change=swap)).codes


def test_issue_date_before_the_range_is_rejected(client, signed):
    old = dt.datetime(2018, 5, 1, 12, tzinfo=BOGOTA)
    assert "FAD09a" in client.send(signed(Style(when=old), issued=old)).codes


def test_oversized_xml_is_rejected(client, signed):
    def grow(root):
        note = etree.SubElement(root, f"{{{NS['cbc']}}}Note")
        note.text = "x" * (501 * 1024)

    assert client.send(signed(change=grow)).codes == {"ZA01"}
