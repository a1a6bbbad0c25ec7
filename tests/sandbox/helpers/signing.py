"""XAdES-EPES and WS-Security made with xmlsec templates."""

from __future__ import annotations

import base64
import datetime as dt
import uuid
from dataclasses import dataclass

import xmlsec
from cryptography.hazmat.primitives import hashes, serialization
from lxml import etree

from lib.pki import TestChain

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
POLICY = "https://facturaelectronica.dian.gov.co/politicadefirma/v2/politicadefirmav2.pdf"
POLICY_HASH = "dMoMvtcG5aIzgYo0tIsSQeVJBDnUnfSOfBpxXrmor0Y="
BOGOTA = dt.timezone(dt.timedelta(hours=-5))
EXT = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"


@dataclass(frozen=True)
class Style:
    """How to sign, to sign wrongly on purpose."""

    when: dt.datetime | None = None
    role: str | None = "supplier"
    policy: str = POLICY
    policy_hash: str = POLICY_HASH
    references: tuple[str, ...] = ("document", "keyinfo", "properties")
    with_chain: bool = True
    certs: int = 3


def sign(root: etree._Element, chain: TestChain, style: Style | None = None) -> bytes:
    """Sign inside the last extension; returns the final bytes."""
    style = style or Style()
    place = root.findall(f".//{{{EXT}}}ExtensionContent")[-1]
    name = f"xmldsig-{uuid.uuid4()}"
    signature = xmlsec.template.create(
        root,
        xmlsec.constants.TransformInclC14N,
        xmlsec.constants.TransformRsaSha256,
        name=name,
        ns="ds",
    )
    place.append(signature)
    for reference in style.references:
        _reference(signature, name, reference)
    key_info = xmlsec.template.ensure_key_info(signature, id=f"{name}-keyinfo")
    data = etree.SubElement(key_info, f"{{{DS}}}X509Data")
    for certificate in chain.certificates if style.with_chain else chain.certificates[:1]:
        node = etree.SubElement(data, f"{{{DS}}}X509Certificate")
        node.text = _base64(certificate.public_bytes(serialization.Encoding.DER))
    _properties(signature, name, chain, style)
    _xmlsec_sign(root, signature, chain)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _xmlsec_sign(root: etree._Element, signature: etree._Element, chain: TestChain) -> None:
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    pem = chain.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context.key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem)
    context.sign(signature)


def _reference(signature: etree._Element, name: str, kind: str) -> None:
    uri = {"document": "", "keyinfo": f"#{name}-keyinfo", "properties": f"#{name}-signedprops"}
    node = xmlsec.template.add_reference(signature, xmlsec.constants.TransformSha256, uri=uri[kind])
    if kind == "document":
        xmlsec.template.add_transform(node, xmlsec.constants.TransformEnveloped)
    if kind == "properties":
        node.set("Type", "http://uri.etsi.org/01903#SignedProperties")


def _properties(signature: etree._Element, name: str, chain: TestChain, style: Style) -> None:
    holder = etree.SubElement(signature, f"{{{DS}}}Object")
    qualifying = _x(holder, "QualifyingProperties")
    qualifying.set("Target", f"#{name}")
    signed = _x(qualifying, "SignedProperties")
    signed.set("Id", f"{name}-signedprops")
    inner = _x(signed, "SignedSignatureProperties")
    when = style.when or dt.datetime.now(BOGOTA)
    _x(inner, "SigningTime", when.isoformat(timespec="milliseconds"))
    listed = _x(inner, "SigningCertificate")
    for certificate in chain.certificates[: style.certs]:
        cert = _x(listed, "Cert")
        _digest(_x(cert, "CertDigest"), _base64(certificate.fingerprint(hashes.SHA256())))
        serial = _x(cert, "IssuerSerial")
        etree.SubElement(
            serial, f"{{{DS}}}X509IssuerName"
        ).text = certificate.issuer.rfc4514_string()
        etree.SubElement(serial, f"{{{DS}}}X509SerialNumber").text = str(certificate.serial_number)
    policy = _x(_x(inner, "SignaturePolicyIdentifier"), "SignaturePolicyId")
    _x(_x(policy, "SigPolicyId"), "Identifier", style.policy)
    _digest(_x(policy, "SigPolicyHash"), style.policy_hash)
    if style.role is not None:
        _x(_x(_x(inner, "SignerRole"), "ClaimedRoles"), "ClaimedRole", style.role)


def _x(parent: etree._Element, local: str, text: str | None = None) -> etree._Element:
    node = etree.SubElement(parent, f"{{{XADES}}}{local}")
    node.text = text
    return node


def _digest(parent: etree._Element, value: str) -> None:
    etree.SubElement(parent, f"{{{DS}}}DigestMethod", Algorithm=SHA256)
    etree.SubElement(parent, f"{{{DS}}}DigestValue").text = value


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
