"""What the verifier accepts: signatures of every vendor, as production documents show them."""

from __future__ import annotations

import base64
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from signature_cases import invoice, resign, signature_of, signed, xmlsec_agrees

from dian.findings import Severity
from dian.signature.properties import parse_signing_time
from dian.signature.verifier import verify
from dian.ubl.namespaces import path, tag

VARIANTS = {}


def variant(*codes):
    """Register a layout and the findings it may have; it has to be valid all the same."""

    def register(function):
        VARIANTS[function.__name__] = (function, set(codes))
        return function

    return register


def _references(signature):
    return signature.findall(path("ds:SignedInfo/ds:Reference"))


def _c14n(uri, code="DC03"):
    def change(signature):
        signature.find(path("ds:SignedInfo/ds:CanonicalizationMethod")).set("Algorithm", uri)

    return change, {code}


VARIANTS["exclusive"] = _c14n("http://www.w3.org/2001/10/xml-exc-c14n#")
VARIANTS["with_comments"] = _c14n("http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments")
VARIANTS["c14n_11"] = _c14n("http://www.w3.org/2006/12/xml-c14n11")


def _transforms(uri):
    def change(signature):
        for reference in _references(signature)[1:]:
            transforms = etree.Element(tag("ds:Transforms"))
            etree.SubElement(transforms, tag("ds:Transform"), Algorithm=uri)
            reference.insert(0, transforms)

    return change, set()


VARIANTS["explicit_inclusive"] = _transforms("http://www.w3.org/TR/2001/REC-xml-c14n-20010315")
VARIANTS["explicit_exclusive"] = _transforms("http://www.w3.org/2001/10/xml-exc-c14n#")


@variant()
def document_with_explicit_form(signature):
    etree.SubElement(
        _references(signature)[0][0],
        tag("ds:Transform"),
        Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
    )


@variant()
def comments_between_elements(signature):
    root = signature.getroottree().getroot()
    root.insert(2, etree.Comment("a comment of the vendor's template"))


@variant()
def sha512_digests(signature):
    for method in signature.iterfind(path("ds:SignedInfo/ds:Reference/ds:DigestMethod")):
        method.set("Algorithm", "http://www.w3.org/2001/04/xmlenc#sha512")


@variant()
def key_info_first(signature):
    info = signature[0]
    info.insert(2, _references(signature)[1])


@variant("DC10", "DC13")
def both_references_to_the_first(signature):
    first, second, third = _references(signature)
    second.set("URI", "#" + first.get("Id"))
    third.set("URI", "#" + first.get("Id"))


@variant()
def free_ids(signature):
    key_info = signature.find(tag("ds:KeyInfo"))
    key_info.set("Id", "KeyInfo")
    _references(signature)[1].set("URI", "#KeyInfo")


@variant()
def base64_with_line_breaks(signature):
    for element in signature.iter(tag("ds:X509Certificate")):
        text = element.text
        element.text = "\n" + "\n".join(text[i : i + 64] for i in range(0, len(text), 64)) + "\n"


@variant("DC25", "DC32")
def one_certificate_with_extras(signature):
    data = signature.find(path("ds:KeyInfo/ds:X509Data"))
    data[:] = data[:1]
    serial = etree.SubElement(data, tag("ds:X509IssuerSerial"))
    etree.SubElement(serial, tag("ds:X509IssuerName")).text = "c=CO, cn=ODD"
    etree.SubElement(serial, tag("ds:X509SerialNumber")).text = "1"
    etree.SubElement(data, tag("ds:X509SubjectName")).text = "STREET=x,  C=CO"
    signing = next(signature.iter(tag("xades:SigningCertificate")))
    signing[:] = signing[:1]
    next(signing.iter(tag("ds:X509SerialNumber"))).text = "123"
    next(signing.iter(tag("ds:X509IssuerName"))).text = "STREET=http://x,C=CO , O=y"


@variant("DC56")
def no_role(signature):
    role = next(signature.iter(tag("xades:SignerRole")))
    role.getparent().remove(role)


@variant()
def third_party_with_underscore(signature):
    next(signature.iter(tag("xades:ClaimedRole"))).text = "third_party"


@variant()
def policy_copy_elsewhere(signature):
    address = "https://s3.amazonaws.com/x/politicadefirma/v1/politicadefirmav2.pdf"
    next(signature.iter(tag("xades:Identifier"))).text = address
    policy_hash = next(signature.iter(tag("xades:SigPolicyHash")))
    policy_hash[0].set("Algorithm", "http://www.w3.org/2001/04/xmlenc#sha512")
    description = next(signature.iter(tag("xades:Description")))
    description.getparent().remove(description)


@variant("DC50", "DC53")
def unknown_policy(signature):
    next(signature.iter(tag("xades:Identifier"))).text = "urn:other"
    next(signature.iter(tag("xades:SigPolicyHash")))[1].text = "AAAA"


@variant()
def data_object_properties(signature):
    properties = next(signature.iter(tag("xades:SignedProperties")))
    etree.SubElement(properties, tag("xades:SignedDataObjectProperties"))


@variant()
def other_extensions_after_it(signature):
    extensions = signature.getparent().getparent().getparent()
    extension = etree.SubElement(extensions, tag("ext:UBLExtension"))
    content = etree.SubElement(extension, tag("ext:ExtensionContent"))
    etree.SubElement(content, "{urn:vendor}CustomFieldExtension").text = "x"


@variant("DC02")
def a_fourth_reference(signature):
    signature.find(tag("ds:Object")).set("Id", "object")
    fourth = etree.fromstring(etree.tostring(_references(signature)[1]))
    fourth.set("URI", "#object")
    signature[0].append(fourth)


@pytest.fixture(scope="module")
def honest(chain):
    return signed(chain)


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_layouts_of_other_vendors_are_accepted(chain, honest, name):
    change, codes = VARIANTS[name]
    data = resign(honest, chain, change)
    assert xmlsec_agrees(data), "the case itself has to be right"
    (report,) = verify(data)
    assert report.valid, report.findings
    assert {finding.code for finding in report.findings} == codes
    assert "document" in report.covers
    if {"DC10", "DC13"} <= codes:
        assert report.covers == {"document"}, "KeyInfo and SignedProperties are not covered"
        assert all(f.severity is Severity.NOTIFICATION for f in report.findings)


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n ", b"\n"])
def test_mark_and_blanks_before_the_declaration(honest, before):
    assert verify(before + honest)[0].valid, "seen in production; not part of what is signed"


def test_crlf_documents(chain):
    root = etree.fromstring(etree.tostring(invoice(), pretty_print=True))
    data = signed(chain, root).replace(b"\n", b"\r\n")
    assert xmlsec_agrees(data)
    assert verify(data)[0].valid, "XML reads CRLF as LF"


def test_an_unsigned_document_has_no_report():
    assert verify(etree.tostring(invoice())) == [], "unsigned containers are accepted as such"


@pytest.mark.parametrize(
    ("text", "expected", "zone"),
    [
        ("2025-03-04T05:06:07-05:00", "2025-03-04T05:06:07-05:00", True),
        ("2025-03-04T05:06:07.12-05:00", "2025-03-04T05:06:07.120000-05:00", True),
        ("2025-03-04T05:06:07.1234567-05:00", "2025-03-04T05:06:07.123456-05:00", True),
        ("2025-03-04T05:06:07Z", "2025-03-04T05:06:07+00:00", True),
        (" 2025-03-04T05:06:07+00:00 ", "2025-03-04T05:06:07+00:00", True),
        ("2025-03-04T05:06:07", "2025-03-04T05:06:07-05:00", False),
    ],
)
def test_signing_times_in_circulation(text, expected, zone):
    assert parse_signing_time(text) == (dt.datetime.fromisoformat(expected), zone)


@pytest.mark.parametrize("text", ["", "x", "2025-13-01T00:00:00Z", "2025-01-01T00:00:00+99:00"])
def test_unreadable_signing_times(text):
    assert parse_signing_time(text) is None


@pytest.mark.parametrize("text", ["soon", "", "9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00Z"])
def test_an_absurd_signing_time_never_raises(chain, honest, text):
    def change(signature):
        next(signature.iter(tag("xades:SigningTime"))).text = text

    (report,) = verify(resign(honest, chain, change))
    assert report.valid
    assert {f.code for f in report.findings} & {"DC24", "ZD02"}, "the time is reported"


def test_a_time_in_the_future_is_found(honest):
    now = dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc)
    codes = {finding.code for finding in verify(honest, now=now)[0].findings}
    assert "DC24" in codes, "not later than the clock"


def test_signed_by_signxml(chain):
    signxml = pytest.importorskip("signxml")
    from signxml import xades

    root = invoice()
    etree.SubElement(root[0][1][0], tag("ds:Signature"), Id="placeholder")
    policy = xades.XAdESSignaturePolicy(
        Identifier="https://facturaelectronica.dian.gov.co/politicadefirma/v2/politicadefirmav2.pdf",
        Description="",
        DigestMethod=signxml.DigestAlgorithm.SHA256,
        DigestValue="dMoMvtcG5aIzgYo0tIsSQeVJBDnUnfSOfBpxXrmor0Y=",
    )
    signer = xades.XAdESSigner(
        signature_policy=policy,
        claimed_roles=["supplier"],
        c14n_algorithm=signxml.CanonicalizationMethod.CANONICAL_XML_1_0,
    )
    made = signer.sign(root, key=chain.key, cert=list(chain.certificates))
    data = etree.tostring(made)
    (report,) = verify(data)
    assert report.valid, report.findings
    assert xmlsec_agrees(data)
    assert report.signer_nit == "900508908"


def _protected(data):
    """Canonical form of what XMLDSig protects: all but the names of the signature's own parts.

    Nothing covers the Ids of ds:Signature, ds:SignatureValue and the wrappers of the signed
    properties, and the unused bits at the end of base64 mean nothing.
    """
    try:
        root = etree.fromstring(data.strip())
    except etree.LxmlError:
        return None
    signature = signature_of(root)
    value = signature.find(tag("ds:SignatureValue"))
    value.text = base64.b64decode(value.text).hex()
    container = signature.find(tag("ds:Object"))
    for element in (signature, value, container, container[0]):
        element.attrib.clear()
    return etree.tostring(root, method="c14n", with_comments=False)


@settings(max_examples=400, deadline=None)
@given(position=st.integers(0, 10**6), mask=st.integers(1, 255))
def test_no_flipped_byte_passes(honest, position, mask):
    flipped = bytearray(honest)
    flipped[position % len(honest)] ^= mask
    reports = verify(bytes(flipped))
    if any(report.valid for report in reports):
        assert _protected(bytes(flipped)) == _protected(honest), (
            f"byte {position % len(honest)} xor {mask} changed the document and passed"
        )


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=300), cut=st.integers(0, 10**6))
def test_never_raises(honest, data, cut):
    point = cut % len(honest)
    for hostile in (data, honest[:point] + data + honest[point:]):
        for report in verify(hostile):
            assert report.valid == (not report.reasons)


def test_place_of_the_report_fields(chain, honest):
    (report,) = verify(honest)
    assert report.signer == "EMPRESA DE PRUEBA SAS"
    assert report.signer_nit == "900508908"
    assert report.signed_at is not None
    assert report.chain_trusted is None, "no trust store, no statement on trust"
    assert report.valid_at_signing is True
    assert len(report.chain) == 3
    assert report.policy.is_known
    assert report.algorithm.endswith("#rsa-sha256")
    assert signature_of(etree.fromstring(honest)) is not None
