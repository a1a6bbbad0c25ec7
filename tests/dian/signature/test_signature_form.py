"""The printed form against the plain way: the signature built and digested inside the document."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from signature_cases import SIGNED_AT, xmlsec_agrees

from dian.errors import SignatureError
from dian.signature import form as forms
from dian.signature.algorithms import SignatureAlgorithm
from dian.signature.c14n import canonicalize
from dian.signature.keys import KeySigner
from dian.signature.signer import BOGOTA, ROLES, _extension_content, sign
from dian.ubl.namespaces import DS, EXT, INVOICE, XADES, tag

_XML = "{http://www.w3.org/XML/1998/namespace}"
_TEXT = st.text(
    st.sampled_from("aZ0é€ñ \t\n\r&<>\"'=+,#;\\/]\u2028\U0001f600"), min_size=1, max_size=12
)
_DECLARED = st.fixed_dictionaries(
    {},
    optional={
        None: st.sampled_from(["urn:a", DS, XADES]),
        "ds": st.sampled_from([DS, "urn:a"]),
        "xades": st.sampled_from([XADES, "urn:b"]),
        "p": st.sampled_from(["urn:a", "urn:p", DS, XADES]),
    },
)
_INHERITED = st.dictionaries(
    st.sampled_from([f"{_XML}lang", f"{_XML}space", f"{_XML}base"]), _TEXT, max_size=2
)
_LEVELS = st.lists(st.tuples(_DECLARED, _INHERITED), min_size=4, max_size=4)


def _document(levels, notes, cdata: bool) -> etree._Element:
    """An invoice whose four elements down to the signature's place declare and set ``levels``."""
    names = (f"{{{INVOICE}}}Invoice", "ext:UBLExtensions", "ext:UBLExtension")
    element = None
    for name, (declared, inherited) in zip((*names, "ext:ExtensionContent"), levels, strict=True):
        full = name if element is None else tag(name)
        prefix = {"i": INVOICE} if element is None else {"e": EXT}
        scope = {**declared, **prefix}
        make = etree.Element if element is None else _child_of(element)
        element = make(full, inherited, nsmap=scope)
    root = element.getroottree().getroot()
    for note in notes:
        # neither can stand in CDATA: a reader takes a carriage return there for a line feed
        cdata = cdata and "]]>" not in note and "\r" not in note
        text = etree.CDATA(note) if cdata else note
        etree.SubElement(root, tag("cbc:Note"), languageID=note).text = text
    return root


def _child_of(parent):
    return lambda name, attributes, nsmap: etree.SubElement(parent, name, attributes, nsmap)


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _signer(holder: str) -> KeySigner:
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, holder)])
    start = dt.datetime(2026, 1, 1)
    certificate = (
        x509.CertificateBuilder(name, name, _key().public_key(), 7, start, start.replace(year=2028))
        .sign(_key(), hashes.SHA256())
    )  # fmt: skip
    return KeySigner(_key(), [certificate])


def _plainly_signed(root, signer, name, role, algorithm) -> bytes:
    """Every digest taken in the tree that holds the signature, and that tree printed."""
    digest = algorithm.digest_algorithm.digest
    place = _extension_content(root)
    document = canonicalize(root)
    signature = forms._build_signature(signer.certificates, role, algorithm)
    place.append(signature)
    time = SIGNED_AT.astimezone(BOGOTA).replace(microsecond=0).isoformat()
    values = dict.fromkeys(forms.BLANKS, "") | {forms.NAME: name, forms.TIME: time}
    values[forms.DOCUMENT_DIGEST] = forms.to_base64(digest(document))
    forms._mark(signature, values)
    signed_info, _value, key_info, container = signature
    values[forms.KEY_INFO_DIGEST] = forms.to_base64(digest(canonicalize(key_info)))
    values[forms.PROPERTIES_DIGEST] = forms.to_base64(digest(canonicalize(container[0][0])))
    forms._mark(signature, values)
    value = signer.sign(canonicalize(signed_info), algorithm)
    forms._mark(signature, values | {forms.VALUE: forms.to_base64(value)})
    declaration = b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    return declaration + etree.tostring(root, encoding="UTF-8", xml_declaration=False)


@settings(max_examples=150, deadline=None)
@given(
    levels=_LEVELS,
    notes=st.lists(_TEXT, max_size=3),
    cdata=st.booleans(),
    parsed=st.booleans(),
    holder=_TEXT,
    role=st.sampled_from(ROLES),
    algorithm=st.sampled_from(list(SignatureAlgorithm)),
)
def test_the_file_is_the_one_of_the_plain_way(
    levels, notes, cdata, parsed, holder, role, algorithm
):
    printed = etree.tostring(_document(levels, notes, cdata))

    def root():
        return etree.fromstring(printed) if parsed else _document(levels, notes, cdata)

    signer = _signer(holder)
    options = {"signing_time": SIGNED_AT, "role": role, "algorithm": algorithm}
    data = sign(root(), signer, **options)
    (signature,) = etree.fromstring(data).iter(tag("ds:Signature"))
    plain = _plainly_signed(root(), signer, signature.get("Id"), role, algorithm)
    assert data == plain
    assert xmlsec_agrees(data)


@pytest.mark.parametrize("prefix", ["ds", "xades"])
def test_refuses_prefixes_that_stand_crosswise(prefix):
    """lxml would print a signature of which no reader finds the elements."""
    other = {"ds": XADES, "xades": DS}[prefix]
    root = _document([({}, {}), ({}, {}), ({}, {}), ({prefix: other}, {})], [], cdata=False)
    before = etree.tostring(root)
    with pytest.raises(SignatureError, match="prefix"):
        sign(root, _signer("x"), signing_time=SIGNED_AT)
    assert etree.tostring(root) == before
