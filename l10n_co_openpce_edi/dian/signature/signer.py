"""Make the XAdES-EPES signature of a document (annex 1.9 sections 6.5.10 and 10)."""

from __future__ import annotations

import base64
import datetime as dt
import uuid
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from ..errors import SignatureError
from ..ubl.namespaces import DS, EXT, XADES, tag
from . import policy
from .algorithms import (
    ENVELOPED,
    SIGNED_PROPERTIES_TYPE,
    Canonicalization,
    DigestAlgorithm,
    SignatureAlgorithm,
)
from .c14n import canonicalize
from .keys import Signer

#: Legal time of Colombia; there is no daylight saving time.
BOGOTA = dt.timezone(dt.timedelta(hours=-5))
#: ``supplier``: the issuer signs; ``third party``: its technology provider does (section 10.12).
ROLES = ("supplier", "third party")

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
_REFERENCE = tag("ds:Reference")


def sign(
    root: etree._Element,
    signer: Signer,
    *,
    signing_time: dt.datetime,
    role: str = "supplier",
    algorithm: SignatureAlgorithm = SignatureAlgorithm.RSA_SHA256,
) -> bytes:
    """Sign ``root`` in place and return the final document.

    The signature goes into the last ``ext:ExtensionContent`` when that one is empty, else into a
    new last extension. The bytes are what the digests were made for: store and send them as they
    are, never serialise the tree again with other options.

    :param root: root element of an unsigned document; changed by this call.
    :param signer: key and certificates, the signing one first.
    :param signing_time: aware; written in Colombian legal time, cut to whole seconds.
    :param role: one of :data:`ROLES`.
    :return: UTF-8 bytes with XML declaration.
    :raises SignatureError: naive time, unknown role, signed already, or not a root element.
    """
    _check(root, signing_time, role)
    content = _extension_content(root)
    document_digest = _digest(root, algorithm.digest_algorithm)
    signature = etree.fromstring(_template(tuple(signer.certificates), role, algorithm))
    content.append(signature)
    try:
        _fill(signature, document_digest, signer, signing_time, algorithm)
    except BaseException:
        content.remove(signature)  # so that the tree can be signed again
        raise
    return _DECLARATION + etree.tostring(root, encoding="UTF-8", xml_declaration=False)


def _fill(
    signature: etree._Element,
    document_digest: str,
    signer: Signer,
    signing_time: dt.datetime,
    algorithm: SignatureAlgorithm,
) -> None:
    """Ids, time, digests and value; every digest is taken in place, in the final tree."""
    signed_info, value, key_info, container = signature
    properties = container[0][0]
    _name_parts(signature, f"xmldsig-{uuid.uuid4()}")
    moment = signing_time.astimezone(BOGOTA).replace(microsecond=0)
    properties[0][0].text = moment.isoformat()
    digest = algorithm.digest_algorithm
    digests = (document_digest, _digest(key_info, digest), _digest(properties, digest))
    for reference, text in zip(signed_info.iterchildren(_REFERENCE), digests, strict=True):
        reference[-1].text = text
    value.text = _base64(signer.sign(canonicalize(signed_info), algorithm))


def _check(root: etree._Element, signing_time: dt.datetime, role: str) -> None:
    if root.getparent() is not None:
        raise SignatureError("Only a whole document can be signed, not a part of one")
    if signing_time.utcoffset() is None:
        raise SignatureError("The signing time needs a time zone")
    if role not in ROLES:
        raise SignatureError(f"The signer's role must be one of {', '.join(ROLES)}")


def _extension_content(root: etree._Element) -> etree._Element:
    """The empty place for the signature, made if missing; extensions come first in UBL.

    ``iterchildren`` instead of paths: this runs for every document, and is ten times faster.
    """
    extensions = next(root.iterchildren(tag("ext:UBLExtensions")), None)
    if extensions is None:
        extensions = root.makeelement(tag("ext:UBLExtensions"), nsmap={"ext": EXT})
        root.insert(0, extensions)
    content = None
    for extension in extensions.iterchildren(tag("ext:UBLExtension")):
        for content in extension.iterchildren(tag("ext:ExtensionContent")):
            if next(content.iterchildren(tag("ds:Signature")), None) is not None:
                raise SignatureError(
                    "The document is signed already, and DIAN admits one signature (DC01)"
                )
    if content is not None and not len(content) and not (content.text or "").strip():
        content.text = None
        return content
    return etree.SubElement(
        etree.SubElement(extensions, tag("ext:UBLExtension")), tag("ext:ExtensionContent")
    )


def _name_parts(signature: etree._Element, name: str) -> None:
    """Give the parts of a fresh template their Ids and point the references at them."""
    signed_info, value, key_info, container = signature
    signature.set("Id", name)
    signed_info[2].set("Id", f"{name}-ref0")
    signed_info[3].set("URI", f"#{name}-keyinfo")
    signed_info[4].set("URI", f"#{name}-signedprops")
    value.set("Id", f"{name}-sigvalue")
    key_info.set("Id", f"{name}-keyinfo")
    container[0].set("Target", f"#{name}")
    container[0][0].set("Id", f"{name}-signedprops")


@lru_cache(maxsize=64)
def _template(
    certificates: tuple[x509.Certificate, ...], role: str, algorithm: SignatureAlgorithm
) -> bytes:
    """The signature without its Ids, time, digests and value: what a signer repeats every time.

    Bytes, not a tree, because one tree must not be copied by several threads.
    """
    signature = etree.Element(tag("ds:Signature"), nsmap={"ds": DS, "xades": XADES})
    _build_signed_info(signature, algorithm)
    etree.SubElement(signature, tag("ds:SignatureValue"))
    x509_data = _element(_element(signature, "ds:KeyInfo"), "ds:X509Data")
    for certificate in certificates:
        _element(x509_data, "ds:X509Certificate", _base64(certificate.public_bytes(Encoding.DER)))
    qualifying = _element(_element(signature, "ds:Object"), "xades:QualifyingProperties")
    properties = _element(
        _element(qualifying, "xades:SignedProperties"), "xades:SignedSignatureProperties"
    )
    _element(properties, "xades:SigningTime")
    _build_certificates(properties, certificates, algorithm.digest_algorithm)
    _build_policy(properties)
    roles = _element(_element(properties, "xades:SignerRole"), "xades:ClaimedRoles")
    _element(roles, "xades:ClaimedRole", role)
    return etree.tostring(signature, encoding="UTF-8")


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
        _element(cert_digest, "ds:DigestValue", _base64(value))
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


def _digest(element: etree._Element, algorithm: DigestAlgorithm) -> str:
    return _base64(algorithm.digest(canonicalize(element)))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
