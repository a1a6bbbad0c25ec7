"""XAdES-EPES for the stand-in's own answers, with lxml and cryptography only."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import uuid

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from . import names, xmlio
from .identity import Identity


def sign(root: etree._Element, place: etree._Element, who: Identity, when: dt.datetime) -> bytes:
    """Sign a document and return its final bytes.

    :param place: the empty ``ext:ExtensionContent`` that receives the signature.
    """
    name = f"xmldsig-{uuid.uuid4()}"
    document_digest = _digest(root)  # the signature is not in the tree yet: enveloped
    signature = etree.SubElement(place, _ds("Signature"), Id=name, nsmap={"ds": names.DS})
    info = etree.SubElement(signature, _ds("SignedInfo"))
    value = etree.SubElement(signature, _ds("SignatureValue"), Id=f"{name}-sigvalue")
    key_info = _key_info(signature, name, who)
    properties = _properties(signature, name, who, when)
    _algorithm(info, "CanonicalizationMethod", names.C14N)
    _algorithm(info, "SignatureMethod", names.MORE + "rsa-sha256")
    first = _reference(info, "", document_digest, enveloped=True)
    first.set("Id", f"{name}-ref0")
    _reference(info, f"#{name}-keyinfo", _digest(key_info))
    _reference(info, f"#{name}-signedprops", _digest(properties)).set(
        "Type", names.SIGNED_PROPERTIES
    )
    raw = who.key.sign(_canonical(info), padding.PKCS1v15(), hashes.SHA256())
    value.text = base64.b64encode(raw).decode()
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=False)


def _key_info(signature: etree._Element, name: str, who: Identity) -> etree._Element:
    node = etree.SubElement(signature, _ds("KeyInfo"), Id=f"{name}-keyinfo")
    data = etree.SubElement(node, _ds("X509Data"))
    der = who.certificates[0].public_bytes(Encoding.DER)
    etree.SubElement(data, _ds("X509Certificate")).text = base64.b64encode(der).decode()
    return node


def _properties(
    signature: etree._Element, name: str, who: Identity, when: dt.datetime
) -> etree._Element:
    holder = etree.SubElement(signature, _ds("Object"))
    qualifying = etree.SubElement(
        holder, _xades("QualifyingProperties"), Target=f"#{name}", nsmap={"xades": names.XADES}
    )
    node = etree.SubElement(qualifying, _xades("SignedProperties"), Id=f"{name}-signedprops")
    inner = etree.SubElement(node, _xades("SignedSignatureProperties"))
    etree.SubElement(inner, _xades("SigningTime")).text = when.isoformat(timespec="milliseconds")
    listed = etree.SubElement(inner, _xades("SigningCertificate"))
    for certificate in who.certificates:
        _certificate(listed, certificate)
    _policy(inner)
    roles = etree.SubElement(etree.SubElement(inner, _xades("SignerRole")), _xades("ClaimedRoles"))
    etree.SubElement(roles, _xades("ClaimedRole")).text = "supplier"
    return node


def _certificate(listed: etree._Element, certificate: x509.Certificate) -> None:
    node = etree.SubElement(listed, _xades("Cert"))
    digest = etree.SubElement(node, _xades("CertDigest"))
    _algorithm(digest, "DigestMethod", names.SHA256)
    etree.SubElement(digest, _ds("DigestValue")).text = base64.b64encode(
        certificate.fingerprint(hashes.SHA256())
    ).decode()
    serial = etree.SubElement(node, _xades("IssuerSerial"))
    etree.SubElement(serial, _ds("X509IssuerName")).text = certificate.issuer.rfc4514_string()
    etree.SubElement(serial, _ds("X509SerialNumber")).text = str(certificate.serial_number)


def _policy(inner: etree._Element) -> None:
    identifier = etree.SubElement(
        etree.SubElement(inner, _xades("SignaturePolicyIdentifier")), _xades("SignaturePolicyId")
    )
    policy = etree.SubElement(identifier, _xades("SigPolicyId"))
    etree.SubElement(policy, _xades("Identifier")).text = names.POLICY_URL
    etree.SubElement(policy, _xades("Description")).text = names.POLICY_DESCRIPTION
    hashed = etree.SubElement(identifier, _xades("SigPolicyHash"))
    _algorithm(hashed, "DigestMethod", names.SHA256)
    etree.SubElement(hashed, _ds("DigestValue")).text = names.POLICY_DIGESTS["sha256"]


def _reference(
    info: etree._Element, uri: str, digest: str, *, enveloped: bool = False
) -> etree._Element:
    node = etree.SubElement(info, _ds("Reference"), URI=uri)
    if enveloped:
        _algorithm(etree.SubElement(node, _ds("Transforms")), "Transform", names.ENVELOPED)
    _algorithm(node, "DigestMethod", names.SHA256)
    etree.SubElement(node, _ds("DigestValue")).text = digest
    return node


def _digest(node: etree._Element) -> str:
    return base64.b64encode(hashlib.sha256(_canonical(node)).digest()).decode()


def _canonical(node: etree._Element) -> bytes:
    """Inclusive Canonical XML of ``node`` where it stands.

    lxml may write a false ``xmlns=""`` below a part of a tree, but not below a root: the part is
    printed, which declares all namespaces in scope, and read as a document of its own.
    """
    alone = etree.fromstring(etree.tostring(node, encoding="UTF-8", with_tail=False))
    return etree.tostring(alone, method="c14n", with_comments=False)


def _algorithm(parent: etree._Element, local: str, value: str) -> None:
    etree.SubElement(parent, _ds(local), Algorithm=value)


def _ds(local: str) -> str:
    return xmlio.name(names.DS, local)


def _xades(local: str) -> str:
    return xmlio.name(names.XADES, local)
