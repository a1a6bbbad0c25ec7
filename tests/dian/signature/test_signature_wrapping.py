"""Signed parts and read parts are the same, whatever is hidden, doubled, named or piled up.

The forger here holds a certificate and signs what suits him; xmlsec signs for him. A document may
be called valid only if what people read of it is what was signed, once, by everybody's reading.
"""

from __future__ import annotations

import copy
import time

import pytest
from lxml import etree
from signature_cases import invoice, resign, signature_of, signed, xmlsec_agrees

from dian.errors import DocumentError
from dian.limits import XML_LIMITS
from dian.signature.verifier import verify
from dian.ubl.namespaces import path, tag
from dian.ubl.xml import parse_xml

EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"


@pytest.fixture(scope="module")
def honest(chain):
    return signed(chain)


def _references(signature):
    return signature.findall(path("ds:SignedInfo/ds:Reference"))


def _edit(data, change):
    root = etree.fromstring(data)
    change(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _reasons(data):
    (report,) = verify(data)
    assert report.valid == (not report.reasons)
    return report.reasons


# -- the signature is left out of the digest of the document: nothing may hide in it


def _in_an_object_of_its_own(root):
    holder = etree.SubElement(signature_of(root), tag("ds:Object"))
    etree.SubElement(holder, tag("cac:InvoiceLine"))


def _beside_the_properties(root):
    holder = signature_of(root).find(tag("ds:Object"))
    holder.append(copy.deepcopy(root[-1]))


@pytest.mark.parametrize(
    ("hide", "code"),
    [
        (_in_an_object_of_its_own, "DC20"),
        (_beside_the_properties, "DC21"),
    ],
)
def test_what_hides_in_the_signature_is_found(honest, hide, code):
    data = _edit(honest, hide)
    assert xmlsec_agrees(data), "the cryptography holds: the digest leaves the signature out"
    assert code in _reasons(data)


def test_a_signature_has_its_four_parts_and_no_other(honest):
    def add(root):
        etree.SubElement(signature_of(root), tag("cbc:Note")).text = "Pague a otra cuenta"

    assert "OPCE-SIG-STRUCTURE" in _reasons(_edit(honest, add))


def test_a_document_that_hides_in_unsigned_properties_is_found(honest):
    def hide(root):
        properties = root.find(f".//{tag('xades:QualifyingProperties')}")
        etree.SubElement(properties, tag("xades:UnsignedProperties")).append(invoice())

    data = _edit(honest, hide)
    assert xmlsec_agrees(data)
    assert "OPCE-NESTED" in _reasons(data)


# -- identifiers


@pytest.mark.parametrize("name", ["id", "ID", "{http://www.w3.org/XML/1998/namespace}id"])
def test_an_id_in_another_spelling_is_a_second_one(chain, honest, name):
    """Readers disagree on which attribute is an Id: then nobody knows what was signed."""

    def twin(signature):
        key_info = signature.find(tag("ds:KeyInfo")).get("Id")
        signature.getroottree().getroot()[-1].set(name, key_info)

    assert "OPCE-SIG-REFERENCE" in _reasons(resign(honest, chain, twin))


def test_an_id_of_another_namespace_is_none(chain, honest):
    """wsu:Id names parts of messages; a reference of a document does not point to it."""

    def rename(signature):
        _references(signature)[1].set("URI", "#elsewhere")
        signature.find(tag("ds:KeyInfo")).attrib.pop("Id")
        signature.find(tag("ds:KeyInfo")).set(f"{{{WSU}}}Id", "elsewhere")

    data = _edit(honest, lambda root: rename(signature_of(root)))
    assert "OPCE-SIG-REFERENCE" in _reasons(data)


def test_another_part_of_the_document_is_no_part_of_the_signature(chain, honest):
    def point(signature):
        line = signature.getroottree().getroot()[-1]
        line.set("Id", "line")
        reference = copy.deepcopy(_references(signature)[1])
        reference.set("URI", "#line")
        _references(signature)[-1].addnext(reference)

    data = resign(honest, chain, point)
    assert xmlsec_agrees(data)
    assert "OPCE-SIG-REFERENCE" in _reasons(data)


def test_the_root_by_its_id_does_not_cover_what_stands_beside_it(chain, honest):
    def point(signature):
        root = signature.getroottree().getroot()
        root.set("Id", "all")
        _references(signature)[0].set("URI", "#all")

    data = resign(honest, chain, point)
    painted = data.replace(b"<Invoice ", b"<?xml-stylesheet href='other.xsl'?><Invoice ", 1)
    assert xmlsec_agrees(painted), "the instruction is not covered"
    assert not verify(painted)[0].valid
    assert "OPCE-SIG-REFERENCE" in _reasons(data)


# -- who signed


def test_a_signature_that_names_no_certificate_is_refused(chain, honest):
    def unname(signature):
        named = signature.find(f".//{tag('xades:SigningCertificate')}")
        named.getparent().remove(named)

    data = resign(honest, chain, unname)
    assert xmlsec_agrees(data)
    assert _reasons(data) == ["DC26"]


# -- forms


def test_the_prefix_default_of_an_exclusive_form_is_refused_by_name(chain, honest):
    """lxml leaves it out without a word, and every digest would be called wrong."""

    def rewrite(signature):
        method = signature.find(path("ds:SignedInfo/ds:CanonicalizationMethod"))
        method.set("Algorithm", EXCLUSIVE)
        etree.SubElement(
            method,
            f"{{{EXCLUSIVE}}}InclusiveNamespaces",
            {"PrefixList": "#default ds"},
            nsmap={"ec": EXCLUSIVE},
        )

    (report,) = verify(resign(honest, chain, rewrite))
    assert not report.valid
    assert any("#default" in finding.message for finding in report.findings)


# -- piles


def test_one_element_has_one_form(chain, honest):
    """Else a pile of references to the document would be canonicalised again and again."""

    def pile(signature):
        reference = copy.deepcopy(_references(signature)[0])
        transform = etree.SubElement(reference[0], tag("ds:Transform"), Algorithm=EXCLUSIVE)
        assert transform.getparent() is reference[0]
        _references(signature)[-1].addnext(reference)

    data = resign(honest, chain, pile)
    assert xmlsec_agrees(data)
    assert "DC02" in _reasons(data)


def test_stuffing_between_the_references_is_refused(chain, honest):
    def stuff(signature):
        for _ in range(200):
            etree.SubElement(_references(signature)[0][0][0], tag("ds:XPath"))

    assert _reasons(_edit(honest, lambda root: stuff(signature_of(root)))) == ["OPCE-SIG-STRUCTURE"]


def _declare(data, count, elements):
    declared = "".join(f' xmlns:n{number}="urn:{number}"' for number in range(count)).encode()
    data = data.replace(b"<Invoice ", b"<Invoice" + declared + b" ", 1)
    return data.replace(b"</Invoice>", b"<a/>" * elements + b"</Invoice>")


def test_a_thousand_namespaces_cost_nothing(honest):
    """The canonical form looks them all up for every element: 16 s for 70 KB before."""
    data = _declare(honest, 1000, 5000)
    started = time.process_time()
    (report,) = verify(data)
    assert time.process_time() - started < 1
    assert report.reasons == ["OPCE-XML"]
    assert "namespace" in report.findings[0].message


def test_namespaces_are_counted_where_they_are_in_scope():
    """Some vendors declare them on every element; that is many, and never many at once."""
    aside = b"<r>" + b"<a xmlns='urn:a'/>" * 500 + b"</r>"
    assert len(parse_xml(aside)) == 500
    depth = XML_LIMITS.depth - 1
    nested = b"".join(b"<a xmlns:x%d='u' xmlns:y%d='u'>" % (n, n) for n in range(depth))
    with pytest.raises(DocumentError, match="namespace"):
        parse_xml(nested + b"</a>" * depth)


def test_the_heaviest_document_within_the_limits_ends_in_time(honest):
    def pile(root):
        reference = _references(signature_of(root))[0]
        for _ in range(2):
            reference.addnext(copy.deepcopy(reference))

    free = XML_LIMITS.namespaces - 15
    data = _edit(_declare(honest, free, 60_000), pile)
    assert parse_xml(data) is not None, "it is within the limits"
    started = time.process_time()
    (report,) = verify(data)
    assert time.process_time() - started < 8, "one pass, however many references"
    assert not report.valid
