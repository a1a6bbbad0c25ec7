"""Canonical form of a part of a document; xmlsec's digests are the independent judge."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from xml.sax.saxutils import escape

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from signature_cases import invoice, xmlsec_agrees, xmlsec_key

from dian.signature.algorithms import Canonicalization
from dian.signature.c14n import canonicalize
from dian.signature.verifier import verify
from dian.ubl.namespaces import document_tag, tag

TRANSFORMS = {
    Canonicalization.INCLUSIVE: xmlsec.Transform.C14N,
    Canonicalization.INCLUSIVE_WITH_COMMENTS: xmlsec.Transform.C14N_COMMENTS,
    Canonicalization.INCLUSIVE_11: xmlsec.Transform.C14N11,
    Canonicalization.INCLUSIVE_11_WITH_COMMENTS: xmlsec.Transform.C14N11_COMMENTS,
    Canonicalization.EXCLUSIVE: xmlsec.Transform.EXCL_C14N,
    Canonicalization.EXCLUSIVE_WITH_COMMENTS: xmlsec.Transform.EXCL_C14N_COMMENTS,
}
_TEXT = st.text(st.sampled_from("aé€ \t\n\r&<>\"'ñ\u2028"), max_size=5)
_DECLARED = st.fixed_dictionaries(
    {},
    optional={
        "xmlns": st.sampled_from(
            ["", "urn:a", "urn:b", DS := "http://www.w3.org/2000/09/xmldsig#"]
        ),
        "xmlns:p": st.sampled_from(["urn:a", "urn:p"]),
        "xmlns:q": st.sampled_from(["urn:b", "urn:p"]),
    },
)
_ATTRIBUTES = st.fixed_dictionaries(
    {}, optional={"z": _TEXT, "b": _TEXT, "p:c": _TEXT, "q:a": _TEXT, "xml:lang": _TEXT,
                  "xml:space": st.sampled_from(["preserve", "default"])},
)  # fmt: skip
_LEAF = st.one_of(
    _TEXT.map(lambda text: escape(text, {"\r": "&#13;"})),
    st.sampled_from(["<!--note-->", "<?do it?>", '<![CDATA[<xmlns="">]]>', 'xmlns=""']),
)


def _tag(name, declared, attributes, children):
    written = {**declared, **attributes}
    quoted = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;", '"': "&quot;"}
    listed = "".join(f' {key}="{escape(value, quoted)}"' for key, value in written.items())
    return f"<{name}{listed}>{''.join(children)}</{name}>"


_TREE = st.recursive(
    _LEAF,
    lambda inner: st.builds(
        _tag,
        st.sampled_from(["e", "f", "p:e", "q:e"]),
        _DECLARED,
        _ATTRIBUTES,
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)
_DOCUMENT = st.builds(
    lambda declared, attributes, children: _tag(
        "p:root", {"xmlns:p": "urn:p", "xmlns:q": "urn:q", **declared}, attributes, children
    ),
    _DECLARED,
    _ATTRIBUTES,
    st.lists(_TREE, min_size=1, max_size=3),
)


def _judged_by_xmlsec(document: bytes, method: Canonicalization, prefixes) -> bytes:
    """SHA-256 of the canonical form of the element "target", as xmlsec writes it in a reference."""
    root = etree.fromstring(document)
    signature = xmlsec.template.create(
        root, xmlsec.Transform.C14N, xmlsec.Transform.HMAC_SHA256, ns="dsig"
    )
    root.append(signature)
    # an XPointer keeps comments, a bare name does not (XMLDSig section 4.4.3.3)
    uri = "#xpointer(id('target'))" if method.with_comments else "#target"
    reference = xmlsec.template.add_reference(signature, xmlsec.Transform.SHA256, uri=uri)
    transform = xmlsec.template.add_transform(reference, TRANSFORMS[method])
    if prefixes:
        xmlsec.template.transform_add_c14n_inclusive_namespaces(transform, prefixes)
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.generate(xmlsec.KeyData.HMAC, 256, xmlsec.KeyDataType.SESSION)
    context.sign(signature)
    return b64decode(reference.findtext(f"{{{DS}}}DigestValue"))


@settings(max_examples=600, deadline=None)
@given(
    document=_DOCUMENT,
    place=st.integers(0, 50),
    method=st.sampled_from(list(Canonicalization)),
    prefixes=st.lists(st.sampled_from(["p", "q", "unknown"]), unique=True, max_size=2),
)
@example("<r xmlns='urn:d'><a><b><c/></b></a></r>", 1, Canonicalization.INCLUSIVE, [])
@example("<r xmlns='urn:d'><a><b xmlns=''><c/></b></a></r>", 1, Canonicalization.INCLUSIVE, [])
@example(
    "<q:r xmlns:q='urn:b'><q:a><e><e xmlns:q='urn:b'/></e></q:a></q:r>",
    0,
    Canonicalization.INCLUSIVE,
    [],
)
def test_a_part_has_the_form_that_xmlsec_gives_it(document, place, method, prefixes):
    root = etree.fromstring(f"<w>{document}</w>")  # which takes xmlsec's signature
    elements = list(root[0].iter(etree.Element))
    target = elements[place % len(elements)]
    target.set("Id", "target")
    before = etree.tostring(root)
    prefixes = prefixes if method.exclusive else []
    canonical = canonicalize(target, method, prefixes)
    judged = _judged_by_xmlsec(before, method, prefixes)
    assert hashlib.sha256(canonical).digest() == judged, canonical
    assert etree.tostring(root) == before, "the document is not touched"


@settings(max_examples=200, deadline=None)
@given(document=_DOCUMENT, method=st.sampled_from(list(Canonicalization)))
def test_a_canonical_part_is_its_own_canonical_form(document, method):
    for element in etree.fromstring(document).iter(etree.Element):
        once = canonicalize(element, method)
        again = etree.tostring(
            etree.fromstring(once),
            method="c14n",
            exclusive=method.exclusive,
            with_comments=method.with_comments,
        )
        assert again == once, "of a whole document lxml makes no mistake"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            "<r xmlns='urn:d' xmlns:p='urn:p'><a><b><c/></b></a></r>",
            '<a xmlns="urn:d" xmlns:p="urn:p"><b><c></c></b></a>',
        ),
        (
            "<p:r xmlns:p='urn:p'><a xmlns='urn:d'><b><c/></b></a></p:r>",
            '<a xmlns="urn:d" xmlns:p="urn:p"><b><c></c></b></a>',
        ),
        (
            "<r xmlns='urn:d' xml:lang='es'><a><b><c xmlns=''><d/></c></b></a>tail</r>",
            '<a xmlns="urn:d" xml:lang="es"><b><c xmlns=""><d></d></c></b></a>',
        ),
        (
            "<q:r xmlns:q='urn:q'><q:a><q:b><c><d xmlns:q='urn:q'/></c></q:b></q:a></q:r>",
            '<q:a xmlns:q="urn:q"><q:b><c><d></d></c></q:b></q:a>',
        ),
        (
            "<r xml:lang='es' xml:id='i'><a xml:space='default' xml:lang='qu'/></r>",
            '<a xml:id="i" xml:lang="qu" xml:space="default"></a>',
        ),
    ],
)
def test_forms_written_by_hand(document, expected):
    assert canonicalize(etree.fromstring(document)[0]).decode() == expected


def test_version_11_leaves_the_id_of_the_parent_and_refuses_to_join_bases():
    root = etree.fromstring("<r xml:lang='es' xml:id='i'><a/></r>")
    form = Canonicalization.INCLUSIVE_11
    assert canonicalize(root[0], form) == b'<a xml:lang="es"></a>', "section 2.4 of version 1.1"
    root.set("{http://www.w3.org/XML/1998/namespace}base", "http://example.org/")
    with pytest.raises(ValueError, match="xml:base"):
        canonicalize(root[0], form)


def test_a_signature_without_prefix_is_accepted(chain):
    """Vendors write ``<Signature xmlns="…xmldsig#">``; xmlsec makes one and judges it."""
    template = invoice(lines=1)
    root = etree.Element(
        document_tag("Invoice"), nsmap={k: v for k, v in template.nsmap.items() if k != "ds"}
    )
    root.extend(list(template))
    signature = xmlsec.template.create(
        root, xmlsec.Transform.C14N, xmlsec.Transform.RSA_SHA256, ns=None
    )
    root[0][1][0].append(signature)
    reference = xmlsec.template.add_reference(signature, xmlsec.Transform.SHA256, uri="")
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    key_info = xmlsec.template.ensure_key_info(signature, id="key")
    xmlsec.template.add_reference(signature, xmlsec.Transform.SHA256, uri="#key")
    certificate = xmlsec.template.add_x509_data(key_info)
    xmlsec.template.x509_data_add_certificate(certificate)
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec_key(chain)
    pem = chain.certificate.public_bytes(Encoding.PEM)
    context.key.load_cert_from_memory(pem, xmlsec.KeyFormat.PEM)
    context.sign(signature)
    data = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    assert b"<Signature xmlns=" in data, "the case is the one without prefix"
    assert signature.tag == tag("ds:Signature")
    (report,) = verify(data)
    assert "ZE02" not in report.reasons, "the value of the signature holds"
    assert "document" in report.covers
    assert xmlsec_agrees(data)
