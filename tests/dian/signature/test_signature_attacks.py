"""Attacks on a signed document: none may be called valid, whatever its shape.

Each attack gets an honestly signed document and returns what a forger would deliver. ``forged``
ones were signed by xmlsec with a real key, so that only the check they aim at can stop them.
"""

from __future__ import annotations

import copy
import time

import pytest
from lxml import etree
from signature_cases import invoice, resign, signature_of, signed, xmlsec_agrees

from dian.signature.verifier import verify
from dian.ubl.namespaces import document_tag, path, tag

ATTACKS = {}
FORGED = {}


def attack(function):
    """Register an attack on the bytes of a signed document."""
    ATTACKS[function.__name__] = function
    return function


def forged(code):
    """Register a change to a signature that is honestly signed again; ``code`` must stop it."""

    def register(function):
        FORGED[function.__name__] = (function, code)
        return function

    return register


def _out(root):
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _references(signature):
    return signature.findall(path("ds:SignedInfo/ds:Reference"))


# -- the signed bytes are changed ---------------------------------------------------------------


@attack
def changed_amount(data):
    return data.replace(b"1500000.00", b"2500000.00", 1)


@attack
def added_line(data):
    root = etree.fromstring(data)
    root.append(copy.deepcopy(root[-1]))
    return _out(root)


@attack
def removed_line(data):
    root = etree.fromstring(data)
    root.remove(root[-1])
    return _out(root)


@attack
def changed_attribute(data):
    return data.replace(b'currencyID="COP"', b'currencyID="USD"', 1)


@attack
def whitespace_between_elements(data):
    return data.replace(b"<cbc:Note>", b" <cbc:Note>", 1)


@attack
def namespace_added_to_root(data):
    return data.replace(b"<Invoice ", b'<Invoice xmlns:evil="urn:evil" ', 1)


@attack
def instruction_before_the_root(data):
    return data.replace(b"<Invoice ", b"<?xml-stylesheet href='evil.xsl'?><Invoice ", 1)


@attack
def changed_signing_time(data):
    return data.replace(b"<xades:SigningTime>2", b"<xades:SigningTime>3", 1)


@attack
def changed_role(data):
    return data.replace(b">supplier<", b">third party<", 1)


@attack
def swapped_certificate_order(data):
    root = etree.fromstring(data)
    x509_data = root.find(f".//{tag('ds:X509Data')}")
    x509_data.append(x509_data[0])
    return _out(root)


@attack
def removed_certificates(data):
    root = etree.fromstring(data)
    key_info = root.find(f".//{tag('ds:KeyInfo')}")
    key_info.getparent().remove(key_info)
    return _out(root)


@attack
def removed_signature_value(data):
    root = etree.fromstring(data)
    value = root.find(f".//{tag('ds:SignatureValue')}")
    value.getparent().remove(value)
    return _out(root)


@attack
def emptied_signature(data):
    root = etree.fromstring(data)
    signature = signature_of(root)
    signature[:] = []
    return _out(root)


@attack
def removed_reference(data):
    root = etree.fromstring(data)
    reference = _references(signature_of(root))[0]
    reference.getparent().remove(reference)
    return _out(root)


@attack
def repeated_signed_info(data):
    root = etree.fromstring(data)
    signature = signature_of(root)
    signature.insert(0, copy.deepcopy(signature[0]))
    return _out(root)


@attack
def digest_split_by_comment(data):
    return data.replace(b"<ds:DigestValue>", b"<ds:DigestValue><!--x-->", 1)


@attack
def value_split_by_comment(data):
    """C14N drops the comment, but many readers stop at it: 1500000.00 becomes 15."""
    return data.replace(b"1500000.00", b"15<!-- -->00000.00", 1)


# -- wrapping: the signed element is not the one that is read -------------------------------------


def _new_root_around(data, *, keep_place):
    original = etree.fromstring(data)
    root = invoice()
    root.find(tag("cbc:ID")).text = "FORGED1"
    holder = root[0][1][0]
    if keep_place:
        holder.append(signature_of(original))
        root.append(original)
    else:
        holder.append(original)
    return _out(root)


@attack
def document_wrapped_in_a_new_root(data):
    return _new_root_around(data, keep_place=False)


@attack
def signature_kept_on_top_of_a_new_root(data):
    return _new_root_around(data, keep_place=True)


@attack
def signature_moved_to_the_end(data):
    root = etree.fromstring(data)
    root.append(signature_of(root))
    return _out(root)


@attack
def signature_moved_to_another_extension(data):
    root = etree.fromstring(data)
    root[0][0][0].append(signature_of(root))
    return _out(root)


@attack
def signature_of_another_document(data):
    root = invoice(lines=1)
    root[0][1][0].append(signature_of(etree.fromstring(data)))
    return _out(root)


@attack
def duplicate_id_of_the_signed_properties(data):
    root = etree.fromstring(data)
    properties = root.find(f".//{tag('xades:SignedProperties')}")
    twin = etree.SubElement(root[0][0][0], "twin")
    twin.set("Id", properties.get("Id"))
    return _out(root)


@attack
def two_lookalike_roots_in_a_container(data):
    container = etree.Element(document_tag("AttachedDocument"))
    container.append(etree.fromstring(data))
    container.append(invoice())
    return _out(container)


# -- hostile XML ----------------------------------------------------------------------------------


@attack
def doctype(data):
    return data.replace(b"<Invoice ", b"<!DOCTYPE Invoice><Invoice ", 1)


@attack
def entity(data):
    body = data.replace(b"1500000.00", b"&amount;", 1)
    return body.replace(
        b"<Invoice ", b"<!DOCTYPE Invoice [<!ENTITY amount '1500000.00'>]><Invoice ", 1
    )


@attack
def many_signatures(data):
    root = etree.fromstring(data)
    holder = signature_of(root).getparent()
    for _ in range(200):
        holder.append(copy.deepcopy(holder[0]))
    return _out(root)


@attack
def a_second_signature(data):
    root = etree.fromstring(data)
    extension = signature_of(root).getparent().getparent()
    extension.getparent().append(copy.deepcopy(extension))
    return _out(root)


@attack
def truncated(data):
    return data[: len(data) // 2]


@attack
def utf16(data):
    return etree.tostring(etree.fromstring(data), encoding="UTF-16")


# -- honestly signed, but not what DIAN admits ----------------------------------------------------


def _algorithm(signature, name, uri):
    for element in signature.iter(tag(name)):
        element.set("Algorithm", uri)


@forged("DC04")
def sha1_signature(signature):
    _algorithm(signature, "ds:SignatureMethod", "http://www.w3.org/2000/09/xmldsig#rsa-sha1")


@forged("DC08")
def sha1_digests(signature):
    for element in signature.iterfind(path("ds:SignedInfo/ds:Reference/ds:DigestMethod")):
        element.set("Algorithm", "http://www.w3.org/2000/09/xmldsig#sha1")


@forged("DC05")
def only_the_first_line_is_signed(signature):
    root = signature.getroottree().getroot()
    root[-1].set("Id", "line")
    reference = _references(signature)[0]
    reference.set("URI", "#line")
    reference.remove(reference[0])


@forged("DC02")
def document_reference_alone(signature):
    for reference in _references(signature)[1:]:
        reference.getparent().remove(reference)


@forged("DC05")
def no_document_reference(signature):
    reference = _references(signature)[0]
    reference.getparent().remove(reference)


@forged("DC06")
def xpath_that_hides_the_amounts(signature):
    transforms = _references(signature)[0][0]
    transform = etree.SubElement(
        transforms, tag("ds:Transform"), Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"
    )
    etree.SubElement(transform, tag("ds:XPath")).text = "not(ancestor-or-self::*[name()='cbc:ID'])"


@forged("OPCE-COMMENT")
def comment_inside_a_value(signature):
    note = signature.getroottree().getroot().find(tag("cbc:ID"))
    note.append(etree.Comment("x"))
    note[0].tail = "0"


@forged("OPCE-NESTED")
def an_invoice_inside_an_extension(signature):
    signature.getroottree().getroot()[0][0][0].append(invoice())


def _raw(uri, transform=None):
    """A change of the first reference that no signer would sign: made on the bytes."""

    def change(data):
        root = etree.fromstring(data)
        reference = _references(signature_of(root))[0]
        reference.set("URI", uri)
        if transform:
            reference[0][0].set("Algorithm", transform)
        return _out(root)

    return change


for _name, _arguments in {
    "external_uri": ("http://127.0.0.1:9/x",),
    "file_uri": ("file:///etc/passwd",),
    "xpointer": ("#xpointer(/)",),
    "missing_id": ("#nowhere",),
    "xslt": ("", "http://www.w3.org/TR/1999/REC-xslt-19991116"),
    "base64_transform": ("", "http://www.w3.org/2000/09/xmldsig#base64"),
}.items():
    ATTACKS[_name] = _raw(*_arguments)


@attack
def hmac_with_the_public_key(data):
    return data.replace(b"#rsa-sha256", b"#hmac-sha256", 1)


@attack
def thousand_references(data):
    root = etree.fromstring(data)
    reference = _references(signature_of(root))[0]
    for _ in range(1000):
        reference.addnext(copy.deepcopy(reference))
    return _out(root)


@pytest.fixture(scope="module")
def honest(chain):
    return signed(chain)


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_attack_is_refused(honest, name):
    data = ATTACKS[name](honest)
    assert data != honest, "the attack has to change something"
    started = time.process_time()
    reports = verify(data)
    assert time.process_time() - started < 2, "a hostile document costs bounded time"
    assert reports, "a document with a signature always gets a verdict"
    assert not any(report.valid for report in reports), f"{name} was accepted"
    assert all(report.reasons for report in reports), "a refusal says why"
    assert all(f.message and f.message_es for report in reports for f in report.findings)


@pytest.mark.parametrize("name", sorted(FORGED))
def test_honest_cryptography_over_the_wrong_thing_is_refused(chain, honest, name):
    change, code = FORGED[name]
    data = resign(honest, chain, change)
    reports = verify(data)
    assert not any(report.valid for report in reports), f"{name} was accepted"
    assert code in reports[0].reasons, "the reason is the one that the attack aims at"


def test_there_are_enough_attacks(chain, honest):
    assert len(ATTACKS) + len(FORGED) >= 40
    assert xmlsec_agrees(honest), "the document under attack is valid before the attack"
    assert xmlsec_agrees(resign(honest, chain, FORGED["document_reference_alone"][0])), (
        "the forgeries carry an honest signature, so only our own check stops them"
    )
