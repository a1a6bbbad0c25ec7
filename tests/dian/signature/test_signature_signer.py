"""The signature we make: its shape by the annex, judged by xmlsec on the bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signature_cases import SIGNED_AT, invoice, signature_of, signed, xmlsec_agrees

from dian.errors import SignatureError
from dian.signature.algorithms import SignatureAlgorithm
from dian.signature.form import BLANKS, Form, _build_signature, _mark
from dian.signature.keys import KeySigner
from dian.signature.signer import _extension_content, sign
from dian.signature.verifier import verify
from dian.ubl.namespaces import DOCUMENT_NAMESPACES, DS, EXT, INVOICE, tag

ALGORITHM = SignatureAlgorithm.RSA_SHA256


@pytest.mark.parametrize("algorithm", list(SignatureAlgorithm))
@pytest.mark.parametrize("kind", list(DOCUMENT_NAMESPACES))
def test_xmlsec_and_our_verifier_agree(chain, kind, algorithm):
    data = signed(chain, invoice(kind=kind), algorithm=algorithm)
    assert xmlsec_agrees(data), "an independent library has to accept what we sign"
    (report,) = verify(data)
    assert report.valid, report.findings
    assert not report.findings
    assert report.covers == {"document", "KeyInfo", "SignedProperties"}


def _variant(name: str) -> etree._Element:
    """Unsigned trees whose namespaces or whitespace tempt a signer to err."""
    if name == "no extensions":
        return invoice(place=False)
    if name == "parsed":
        return etree.fromstring(etree.tostring(invoice()))
    if name == "indented":
        return etree.fromstring(etree.tostring(invoice(), pretty_print=True))
    if name == "foreign extension last":
        root = invoice()
        holder = root[0][1][0]
        etree.SubElement(holder, "{urn:other}Data", nsmap={"ds": "urn:other"}).text = "x"
        return root
    if name == "ds unknown in root":
        body = b"<Invoice xmlns='%s'><a xml:lang='es'> t\xc3\xa9 <![CDATA[<&>]]></a></Invoice>"
        text = body % DOCUMENT_NAMESPACES["Invoice"].encode()
        return etree.fromstring(text, etree.XMLParser(strip_cdata=False))
    if name == "ds is something else in root":
        return etree.fromstring(
            f"<Invoice xmlns='{DOCUMENT_NAMESPACES['Invoice']}' xmlns:ds='urn:x'><ds:a/></Invoice>"
        )
    if name == "xml attributes on root":
        root = invoice()
        root.set("{http://www.w3.org/XML/1998/namespace}lang", "es-CO")
        root.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        return root
    if name == "comments and instructions":
        root = invoice()
        root.insert(1, etree.Comment(" hola "))
        root.insert(1, etree.ProcessingInstruction("x", "y"))
        root.addprevious(etree.ProcessingInstruction("before", "lost"))
        return root
    return etree.fromstring(_PLACES[name].format(INVOICE, EXT=EXT, DS=DS).encode())


#: Places of the signature that no writer of DIAN's documents makes, and XML allows.
_PLACES = {
    "namespaces on the way": (
        "<Invoice xmlns='{0}'><e:UBLExtensions xmlns:e='{EXT}' xmlns:x='urn:1'><e:UBLExtension>"
        "<e:ExtensionContent xmlns:x='urn:2' xmlns:y='urn:y'/></e:UBLExtension></e:UBLExtensions>"
        "</Invoice>"
    ),
    "xml attributes on the way": (
        "<Invoice xmlns='{0}' xml:lang='es' xml:space='preserve'><e:UBLExtensions xmlns:e='{EXT}'>"
        "<e:UBLExtension xml:lang='qu'><e:ExtensionContent xml:base='urn:b'/></e:UBLExtension>"
        "</e:UBLExtensions></Invoice>"
    ),
    "no default namespace": (
        "<i:Invoice xmlns:i='{0}' xmlns:e='{EXT}'><e:UBLExtensions><e:UBLExtension>"
        "<e:ExtensionContent/></e:UBLExtension></e:UBLExtensions></i:Invoice>"
    ),
    "default namespace taken back": (
        "<Invoice xmlns='{0}' xmlns:e='{EXT}'><e:UBLExtensions><e:UBLExtension>"
        "<e:ExtensionContent xmlns=''/></e:UBLExtension></e:UBLExtensions></Invoice>"
    ),
    "ds is the default namespace": (
        "<i:Invoice xmlns:i='{0}' xmlns:e='{EXT}' xmlns='{DS}'><e:UBLExtensions><e:UBLExtension>"
        "<e:ExtensionContent/></e:UBLExtension></e:UBLExtensions></i:Invoice>"
    ),
    "ds has another prefix": (
        "<i:Invoice xmlns:i='{0}' xmlns:e='{EXT}' xmlns:sig='{DS}'><e:UBLExtensions>"
        "<e:UBLExtension><e:ExtensionContent> </e:ExtensionContent></e:UBLExtension>"
        "</e:UBLExtensions></i:Invoice>"
    ),
}
ALL_VARIANTS = [
    "no extensions",
    "parsed",
    "indented",
    "foreign extension last",
    "ds unknown in root",
    "ds is something else in root",
    "xml attributes on root",
    "comments and instructions",
    *_PLACES,
]


@pytest.mark.parametrize("name", ALL_VARIANTS)
def test_namespaces_in_scope_are_the_real_ones(chain, name):
    data = signed(chain, _variant(name))
    assert xmlsec_agrees(data), "digests have to be those of the final bytes"
    assert verify(data)[0].valid


@pytest.mark.parametrize("name", ALL_VARIANTS)
def test_the_form_gives_what_building_in_the_tree_gives(chain, name):
    """The signature is printed once and filled in; nobody may be able to tell."""
    data = signed(chain, _variant(name))
    root = _variant(name)
    signature = _build_signature(tuple(chain.certificates), "supplier", ALGORITHM)
    _extension_content(root).append(signature)
    _mark(signature, _values(etree.fromstring(data)))
    in_tree = etree.tostring(root, method="c14n", with_comments=True)
    final = etree.tostring(etree.fromstring(data), method="c14n", with_comments=True)
    assert final == in_tree, "the file is the document with the signature in its place"


def _values(root: etree._Element) -> dict[str, str]:
    """What a signed document has in the blanks."""
    (signature,) = root.iter(tag("ds:Signature"))
    signed_info, value, _key_info, container = signature
    digests = [reference[-1].text for reference in signed_info[2:]]
    time = container[0][0][0][0].text
    return dict(zip(BLANKS, (signature.get("Id"), *digests, value.text, time), strict=True))


@pytest.mark.parametrize("name", ALL_VARIANTS)
def test_signing_leaves_the_document_as_it_was(chain, name):
    root = _variant(name)
    _extension_content(root)
    before = etree.tostring(root)
    data = signed(chain, root)
    assert etree.tostring(root) == before
    assert len(list(etree.fromstring(data).iter(tag("ds:Signature")))) == 1, "rule DC01"


def test_cdata_stays_cdata(chain):
    """Containers carry their documents in CDATA, which readers in the field look for."""
    root = invoice()
    etree.SubElement(root, tag("cbc:Description")).text = etree.CDATA("<Invoice>&</Invoice>")
    data = signed(chain, root)
    assert b"<![CDATA[<Invoice>&</Invoice>]]>" in data
    assert xmlsec_agrees(data)


@pytest.mark.parametrize("value", ["", "a b", "<a/>", "a&b", 'a"b', "a\n", "ñ"])
def test_a_blank_takes_nothing_that_xml_would_escape(value):
    form = Form(b"<a>mark</a>", {"time": "mark"})
    assert form.fill({"time": "2026-11-20T10:04:05-05:00"}) == b"<a>2026-11-20T10:04:05-05:00</a>"
    with pytest.raises(ValueError, match="time"):
        form.fill({"time": value})


def test_shape_by_the_annex(chain):
    data = signed(chain, signing_time=SIGNED_AT)
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"'), "rule ZB03"
    root = etree.fromstring(data)
    signature = signature_of(root)
    assert all(not (e.tail or "").strip("") for e in signature.iter()), "rule ZB02"
    assert len(root.findall(f".//{tag('ds:Signature')}")) == 1, "rule DC01"
    references = signature.findall(f"{tag('ds:SignedInfo')}/{tag('ds:Reference')}")
    assert len(references) == 3, "rule DC02"
    ids = {e.get("Id"): e.tag for e in signature.iter() if e.get("Id")}
    targets = [ids.get(reference.get("URI")[1:]) for reference in references]
    assert references[0].get("URI") == "", "rule DC05"
    assert targets[1:] == [tag("ds:KeyInfo"), tag("xades:SignedProperties")], "DC10, DC13"
    assert references[2].get("Type") == "http://uri.etsi.org/01903#SignedProperties"
    text = {etree.QName(e).localname: e.text for e in signature.iter()}
    assert text["SigningTime"] == "2026-11-20T10:04:05-05:00", "Colombian time, rule DC24"
    assert text["ClaimedRole"] == "supplier", "rule DC56"
    assert text["Identifier"].endswith("/politicadefirma/v2/politicadefirmav2.pdf"), "rule DC50"


def test_the_whole_chain_is_in_both_places(chain):
    signature = signature_of(etree.fromstring(signed(chain)))
    ders = [c.public_bytes(Encoding.DER) for c in chain.certificates]
    embedded = [b64decode(e.text) for e in signature.iter(tag("ds:X509Certificate"))]
    assert embedded == ders, "section 10.5.2: the chain in ds:X509Data, signer first"
    entries = signature.findall(f".//{tag('xades:Cert')}")
    digests = [b64decode(e.findtext(f".//{tag('ds:DigestValue')}")) for e in entries]
    assert digests == [hashlib.sha256(der).digest() for der in ders], "rules DC25 to DC43"
    serials = [e.findtext(f".//{tag('ds:X509SerialNumber')}") for e in entries]
    assert serials == [str(c.serial_number) for c in chain.certificates], "rule DC32"


def test_an_empty_place_is_used_and_a_full_one_kept(chain):
    root = etree.fromstring(signed(chain))
    assert len(root[0]) == 2, "the empty extension takes the signature"
    root = etree.fromstring(signed(chain, _variant("foreign extension last")))
    assert len(root[0]) == 3
    assert root[0][1][0][0].tag == "{urn:other}Data", "what others put there stays"


def test_third_party_role(chain):
    data = signed(chain, role="third party")
    assert verify(data)[0].role == "third party"
    assert xmlsec_agrees(data)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"signing_time": dt.datetime(2026, 1, 1)}, "time zone"),
        ({"role": "customer"}, "role"),
    ],
)
def test_refuses_what_dian_would_refuse(chain, options, message):
    with pytest.raises(SignatureError, match=message):
        signed(chain, **options)


def test_refuses_a_second_signature_and_a_part_of_a_document(chain):
    with pytest.raises(SignatureError, match="DC01"):
        signed(chain, etree.fromstring(signed(chain)))
    with pytest.raises(SignatureError, match="whole document"):
        signed(chain, invoice()[1])


def test_a_failing_key_leaves_no_half_signature(chain):
    class Broken:
        certificates = chain.certificates

        def sign(self, data, algorithm):
            raise SignatureError("the token was pulled out")

    root = invoice()
    before = etree.tostring(root, method="c14n")
    with pytest.raises(SignatureError, match="token"):
        sign(root, Broken(), signing_time=SIGNED_AT)
    assert etree.tostring(root, method="c14n") == before, "the tree can be signed again"


def test_threads_share_a_signer(chain):
    signer = KeySigner(chain.key, chain.certificates)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: sign(invoice(), signer, signing_time=SIGNED_AT), range(40)))
    assert all(verify(data)[0].valid for data in made)
    assert len(set(made)) == 40, "every signature has Ids of its own"
