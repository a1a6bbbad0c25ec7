"""The signature of one signer as a form: printed once, filled in for every document.

All documents of a signer have the same signature but for a few plain values: its Ids, the time,
three digests and the signature value. So the elements are built and canonicalised once for each
set of namespaces in scope, with a blank where a value will stand, and a document costs no more
than joining bytes. What is filled in is checked to be text that XML writes as it is.
"""

from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from ..errors import SignatureError
from ..ubl.namespaces import DS, XADES, tag
from . import policy
from .algorithms import (
    ENVELOPED,
    SIGNED_PROPERTIES_TYPE,
    Canonicalization,
    DigestAlgorithm,
    SignatureAlgorithm,
)
from .c14n import canonicalize, inherited_attributes

#: The blanks of a signature; the digests in the order of their references.
NAME, DOCUMENT_DIGEST, KEY_INFO_DIGEST, PROPERTIES_DIGEST, VALUE, TIME = BLANKS = (
    "name",
    "document digest",
    "key info digest",
    "properties digest",
    "value",
    "time",
)
#: Ids, times with zone and base64: neither markup nor blanks nor anything XML would escape.
_PLAIN = re.compile(r"[A-Za-z0-9+/=:.-]+")


@dataclass(frozen=True, slots=True)
class Scope:
    """What an element inherits from where it stands, and inclusive C14N writes with it.

    :param namespaces: prefix (``None`` for the default) and namespace.
    :param attributes: ``xml:*`` attributes of the ancestors.
    """

    namespaces: tuple[tuple[str | None, str], ...]
    attributes: tuple[tuple[str, str], ...]

    @classmethod
    def inside(cls, parent: etree._Element) -> Scope:
        """Scope of a child of ``parent``."""
        # xmlns="" is told as None and means the same as no declaration at all
        namespaces = tuple((prefix, uri) for prefix, uri in parent.nsmap.items() if uri)
        return cls(namespaces, tuple(inherited_attributes(parent).items()))


class Form:
    """Bytes of XML with blanks.

    :param marks: blank → the text that stands for it in ``printed`` and nowhere else.
    """

    def __init__(self, printed: bytes, marks: Mapping[str, str]) -> None:
        names = {mark.encode(): name for name, mark in marks.items()}
        self._pieces = re.split(b"(" + b"|".join(map(re.escape, names)) + b")", printed)
        self._blanks = [names[mark] for mark in self._pieces[1::2]]

    def fill(self, values: Mapping[str, str]) -> bytes:
        """The bytes with every blank filled in; values without a blank here are left out.

        :raises ValueError: a value holds a character that is not of base64, an Id or a time.
        """
        checked = {blank: _plain(blank, values[blank]) for blank in set(self._blanks)}
        pieces = self._pieces.copy()
        pieces[1::2] = [checked[blank] for blank in self._blanks]
        return b"".join(pieces)


def _plain(blank: str, value: str) -> bytes:
    if not _PLAIN.fullmatch(value):
        raise ValueError(f"The {blank} of a signature cannot be {value!r}")
    return value.encode("ascii")


@dataclass(frozen=True, slots=True)
class SignatureForm:
    """The signature as it stands in the file, and the canonical form of what is digested in it."""

    signature: Form
    signed_info: Form
    key_info: Form
    properties: Form


@lru_cache(maxsize=64)
def signature_form(
    certificates: tuple[x509.Certificate, ...],
    role: str,
    algorithm: SignatureAlgorithm,
    scope: Scope,
) -> SignatureForm:
    """The form of a signer; threads may share it.

    :raises SignatureError: ``ds`` and ``xades`` stand crosswise in scope.
    """
    marks = {blank: f"blank-{uuid.uuid4()}" for blank in BLANKS}
    namespaces = dict(scope.namespaces)
    if namespaces.get("ds") == XADES or namespaces.get("xades") == DS:
        # lxml would reuse the prefix for one namespace and declare it again for the other
        raise SignatureError(
            "The document uses the prefix ds or xades for the other's namespace; rename it"
        )
    parent = etree.Element("scope", dict(scope.attributes), nsmap=namespaces)  # type: ignore[arg-type]  # stubs know no default namespace
    signature = _build_signature(certificates, role, algorithm)
    parent.append(signature)
    _mark(signature, marks)
    end = f"end-{uuid.uuid4()}"
    parent.text = signature.tail = end
    _before, printed, _after = etree.tostring(parent, encoding="UTF-8").split(end.encode())
    signed_info, _value, key_info, container = signature
    digested = (signed_info, key_info, container[0][0])
    return SignatureForm(
        Form(printed, marks), *(Form(canonicalize(part), marks) for part in digested)
    )


def _mark(signature: etree._Element, marks: Mapping[str, str]) -> None:
    """Put the marks where the values will stand, and point the references at the parts."""
    signed_info, value, key_info, container = signature
    qualifying, name = container[0], marks[NAME]
    signature.set("Id", name)
    signed_info[2].set("Id", f"{name}-ref0")
    signed_info[3].set("URI", f"#{name}-keyinfo")
    signed_info[4].set("URI", f"#{name}-signedprops")
    value.set("Id", f"{name}-sigvalue")
    key_info.set("Id", f"{name}-keyinfo")
    qualifying.set("Target", f"#{name}")
    qualifying[0].set("Id", f"{name}-signedprops")
    digests = (DOCUMENT_DIGEST, KEY_INFO_DIGEST, PROPERTIES_DIGEST)
    for reference, blank in zip(list(signed_info)[2:], digests, strict=True):
        reference[-1].text = marks[blank]
    value.text = marks[VALUE]
    qualifying[0][0][0].text = marks[TIME]


def _build_signature(
    certificates: tuple[x509.Certificate, ...], role: str, algorithm: SignatureAlgorithm
) -> etree._Element:
    signature = etree.Element(tag("ds:Signature"), nsmap={"ds": DS, "xades": XADES})
    _build_signed_info(signature, algorithm)
    _element(signature, "ds:SignatureValue")
    x509_data = _element(_element(signature, "ds:KeyInfo"), "ds:X509Data")
    for certificate in certificates:
        _element(x509_data, "ds:X509Certificate", to_base64(certificate.public_bytes(Encoding.DER)))
    qualifying = _element(_element(signature, "ds:Object"), "xades:QualifyingProperties")
    properties = _element(
        _element(qualifying, "xades:SignedProperties"), "xades:SignedSignatureProperties"
    )
    _element(properties, "xades:SigningTime")
    _build_certificates(properties, certificates, algorithm.digest_algorithm)
    _build_policy(properties)
    roles = _element(_element(properties, "xades:SignerRole"), "xades:ClaimedRoles")
    _element(roles, "xades:ClaimedRole", role)
    return signature


def _build_signed_info(signature: etree._Element, algorithm: SignatureAlgorithm) -> None:
    info = _element(signature, "ds:SignedInfo")
    method = Canonicalization.INCLUSIVE.value
    _element(info, "ds:CanonicalizationMethod", Algorithm=method)
    _element(info, "ds:SignatureMethod", Algorithm=algorithm.value)
    document = _element(info, "ds:Reference", URI="")
    _element(_element(document, "ds:Transforms"), "ds:Transform", Algorithm=ENVELOPED)
    key_info = _element(info, "ds:Reference", URI="#")
    properties = _element(info, "ds:Reference", Type=SIGNED_PROPERTIES_TYPE, URI="#")
    for reference in (document, key_info, properties):
        _element(reference, "ds:DigestMethod", Algorithm=algorithm.digest_algorithm.value)
        _element(reference, "ds:DigestValue")


def _build_certificates(
    parent: etree._Element, certificates: tuple[x509.Certificate, ...], digest: DigestAlgorithm
) -> None:
    """Signer, subordinate and root authority (rules DC25 to DC46)."""
    signing = _element(parent, "xades:SigningCertificate")
    for certificate in certificates:
        entry = _element(signing, "xades:Cert")
        cert_digest = _element(entry, "xades:CertDigest")
        _element(cert_digest, "ds:DigestMethod", Algorithm=digest.value)
        value = digest.digest(certificate.public_bytes(Encoding.DER))
        _element(cert_digest, "ds:DigestValue", to_base64(value))
        serial = _element(entry, "xades:IssuerSerial")
        _element(serial, "ds:X509IssuerName", certificate.issuer.rfc4514_string())
        _element(serial, "ds:X509SerialNumber", str(certificate.serial_number))


def _build_policy(parent: etree._Element) -> None:
    identifier = _element(
        _element(parent, "xades:SignaturePolicyIdentifier"), "xades:SignaturePolicyId"
    )
    policy_id = _element(identifier, "xades:SigPolicyId")
    _element(policy_id, "xades:Identifier", policy.IDENTIFIER)
    _element(policy_id, "xades:Description", policy.DESCRIPTION)
    policy_hash = _element(identifier, "xades:SigPolicyHash")
    _element(policy_hash, "ds:DigestMethod", Algorithm=DigestAlgorithm.SHA256.value)
    _element(policy_hash, "ds:DigestValue", policy.DIGESTS[DigestAlgorithm.SHA256])


def _element(
    parent: etree._Element, name: str, text: str | None = None, **attributes: str
) -> etree._Element:
    element = etree.SubElement(parent, tag(name), attributes)
    element.text = text
    return element


def to_base64(data: bytes) -> str:
    """Base64 in one line."""
    return base64.b64encode(data).decode("ascii")
