"""WS-Security 1.0 header: timestamp, X.509 token, signature over ``wsa:To`` (annex 7.5).

The policy of the service description asks for a signed ``To`` header, a timestamp and an
endorsing X.509 token. Digests are taken after the tree was read anew: lxml's canonical form of a
tree just built may leave out namespaces that the serialised text has.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import uuid

from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from ..signature.algorithms import SignatureAlgorithm
from ..signature.keys import Signer
from .envelope import SOAP, WCF, WSA

WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
X509V3 = _PROFILE + "x509-token-profile-1.0#X509v3"
BASE64 = _PROFILE + "soap-message-security-1.0#Base64Binary"
DS = "http://www.w3.org/2000/09/xmldsig#"
EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"

# The service tears up messages older than their own expiry; its answers live five minutes.
LIFETIME = dt.timedelta(minutes=5)
_SIGNED_INFO_PREFIXES = ["wsa", "soap", "wcf"]
_TO_PREFIXES = ["soap", "wcf"]


def sign(envelope: etree._Element, signer: Signer, now: dt.datetime) -> etree._Element:
    """A new envelope like ``envelope`` with the signed security header.

    :param now: time of the message, aware.
    """
    header = envelope.find(f"{{{SOAP}}}Header")
    assert header is not None, "envelope.build() made the header"
    mark = uuid.uuid4().hex
    to = header.find(f"{{{WSA}}}To")
    assert to is not None, "envelope.build() made the address"
    to.set(f"{{{WSU}}}Id", f"to-{mark}")
    header.insert(0, _security(signer, now, mark))
    envelope = etree.fromstring(etree.tostring(envelope))
    _sign_in_place(envelope, signer)
    return envelope


def _security(signer: Signer, now: dt.datetime, mark: str) -> etree._Element:
    security = etree.Element(f"{{{WSSE}}}Security", nsmap={"wsse": WSSE, "wsu": WSU})
    security.set(f"{{{SOAP}}}mustUnderstand", "true")
    timestamp = etree.SubElement(security, f"{{{WSU}}}Timestamp")
    timestamp.set(f"{{{WSU}}}Id", f"ts-{mark}")
    moment = now.astimezone(dt.timezone.utc)
    etree.SubElement(timestamp, f"{{{WSU}}}Created").text = _utc(moment)
    etree.SubElement(timestamp, f"{{{WSU}}}Expires").text = _utc(moment + LIFETIME)
    token = etree.SubElement(security, f"{{{WSSE}}}BinarySecurityToken")
    token.set("EncodingType", BASE64)
    token.set("ValueType", X509V3)
    token.set(f"{{{WSU}}}Id", f"x509-{mark}")
    certificate = signer.certificates[0].public_bytes(Encoding.DER)
    token.text = base64.b64encode(certificate).decode("ascii")
    security.append(_signature(mark))
    return security


def _signature(mark: str) -> etree._Element:
    """A ds:Signature whose digest and value are still empty."""
    signature = etree.Element(f"{{{DS}}}Signature", nsmap={"ds": DS})
    info = etree.SubElement(signature, f"{{{DS}}}SignedInfo")
    method = etree.SubElement(info, f"{{{DS}}}CanonicalizationMethod", Algorithm=EXC_C14N)
    _inclusive(method, _SIGNED_INFO_PREFIXES)
    algorithm = SignatureAlgorithm.RSA_SHA256.value
    etree.SubElement(info, f"{{{DS}}}SignatureMethod", Algorithm=algorithm)
    reference = etree.SubElement(info, f"{{{DS}}}Reference", URI=f"#to-{mark}")
    transforms = etree.SubElement(reference, f"{{{DS}}}Transforms")
    transform = etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm=EXC_C14N)
    _inclusive(transform, _TO_PREFIXES)
    etree.SubElement(reference, f"{{{DS}}}DigestMethod", Algorithm=SHA256)
    etree.SubElement(reference, f"{{{DS}}}DigestValue")
    etree.SubElement(signature, f"{{{DS}}}SignatureValue")
    key_info = etree.SubElement(signature, f"{{{DS}}}KeyInfo")
    token = etree.SubElement(key_info, f"{{{WSSE}}}SecurityTokenReference")
    etree.SubElement(token, f"{{{WSSE}}}Reference", URI=f"#x509-{mark}", ValueType=X509V3)
    return signature


def _inclusive(parent: etree._Element, prefixes: list[str]) -> None:
    element = etree.SubElement(parent, f"{{{EXC_C14N}}}InclusiveNamespaces", nsmap={"ec": EXC_C14N})
    element.set("PrefixList", " ".join(prefixes))


def _sign_in_place(envelope: etree._Element, signer: Signer) -> None:
    header = envelope.find(f"{{{SOAP}}}Header")
    assert header is not None
    to = header.find(f"{{{WSA}}}To")
    signature = header.find(f"{{{WSSE}}}Security/{{{DS}}}Signature")
    assert to is not None and signature is not None
    digest = signature.find(f"{{{DS}}}SignedInfo/{{{DS}}}Reference/{{{DS}}}DigestValue")
    info = signature.find(f"{{{DS}}}SignedInfo")
    value = signature.find(f"{{{DS}}}SignatureValue")
    assert digest is not None and info is not None and value is not None
    digest.text = base64.b64encode(hashlib.sha256(_c14n(to, _TO_PREFIXES)).digest()).decode()
    signed = signer.sign(_c14n(info, _SIGNED_INFO_PREFIXES), SignatureAlgorithm.RSA_SHA256)
    value.text = base64.b64encode(signed).decode("ascii")


def _c14n(element: etree._Element, prefixes: list[str]) -> bytes:
    return etree.tostring(
        element, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=prefixes
    )


def _utc(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


__all__ = ["LIFETIME", "WCF", "WSSE", "WSU", "sign"]
