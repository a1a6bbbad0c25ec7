"""Judging the WS-Security header: timestamp, token, signature over wsa:To (annex §7.5, WSDL)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from cryptography import x509
from lxml import etree

from . import names, trust, xmlio, xmlsecurity
from .request import Call, invalid_security
from .store import Store

_TRANSFORMS = {names.EXC_C14N, names.C14N}
# Callers in use give a timestamp up to 60,000 seconds; more than a day is refused here.
_LONGEST_LIFE = dt.timedelta(days=1)


def judge(
    call: Call,
    store: Store,
    now: dt.datetime,
    skew: dt.timedelta,
    others: Sequence[x509.Certificate] = (),
) -> x509.Certificate:
    """Check the header of a call and return the caller's certificate.

    :param others: authority certificates found in the call's own document, which may complete
        the path from the token (a token carries no chain) but are never trusted themselves.
    :raises SoapFault: InvalidSecurity, whatever is wrong.
    """
    if xmlsecurity.duplicate_ids(call.root):
        raise invalid_security("two elements carry the same Id")
    security = _one(call.header, names.WSSE, "Security")
    _check_timestamp(_one(security, names.WSU, "Timestamp"), now, skew)
    token = _one(security, names.WSSE, "BinarySecurityToken")
    certificate = _certificate(token)
    _check_signature(call, security, token, certificate)
    chain = trust.build_chain(certificate, others, store, now)
    if not chain.trusted:
        raise invalid_security(f"token not trusted: {chain.reason}")
    trust.learn(chain, store)
    return certificate


def _one(parent: etree._Element, namespace: str, local: str) -> etree._Element:
    found = parent.findall(xmlio.name(namespace, local))
    if len(found) != 1:
        raise invalid_security(f"expected one {local}, found {len(found)}")
    return found[0]


def _check_timestamp(stamp: etree._Element, now: dt.datetime, skew: dt.timedelta) -> None:
    created = _moment(_one(stamp, names.WSU, "Created"))
    expires = _moment(_one(stamp, names.WSU, "Expires"))
    if created > now + skew:
        raise invalid_security("timestamp lies in the future")
    if expires <= created or expires < now - skew or created < now - _LONGEST_LIFE - skew:
        raise invalid_security("timestamp has expired")


def _moment(node: etree._Element) -> dt.datetime:
    text = (node.text or "").strip()
    for shape in ("%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%SZ"):
        try:
            return dt.datetime.strptime(text, shape).replace(tzinfo=dt.timezone.utc)
        except ValueError:
            continue
    raise invalid_security("timestamp is not a UTC date and time")


def _certificate(token: etree._Element) -> x509.Certificate:
    certificate = trust.load_base64(token.text or "")
    if token.get("ValueType") != names.X509V3 or certificate is None:
        raise invalid_security("BinarySecurityToken is no X.509 v3 certificate")
    return certificate


def _check_signature(
    call: Call,
    security: etree._Element,
    token: etree._Element,
    certificate: x509.Certificate,
) -> None:
    signature = _one(security, names.DS, "Signature")
    info = _one(signature, names.DS, "SignedInfo")
    if _algorithm(info, "CanonicalizationMethod") not in _TRANSFORMS:
        raise invalid_security("canonicalization not allowed")
    if _algorithm(info, "SignatureMethod") not in names.SIGNATURE_METHODS:
        raise invalid_security("signature method not allowed")
    covered = [_reference(call.root, node) for node in info.findall(_ds("Reference"))]
    to = call.header.find(xmlio.name(names.WSA, "To"))
    if to is None or to not in covered:
        raise invalid_security("the signature does not cover wsa:To")
    named = signature.find(
        f"{_ds('KeyInfo')}/{_wsse('SecurityTokenReference')}/{_wsse('Reference')}"
    )
    identifier = token.get(xmlio.name(names.WSU, "Id"))
    if named is None or not identifier or named.get("URI") != f"#{identifier}":
        raise invalid_security("KeyInfo does not point to the token")
    if not xmlsecurity.signature_verifies(call.root, signature, certificate):
        raise invalid_security("the signature does not verify")


def _reference(root: etree._Element, node: etree._Element) -> etree._Element | None:
    """The element a reference covers; only plain same-document references are allowed."""
    if _algorithm(node, "DigestMethod") not in names.DIGESTS:
        raise invalid_security("digest method not allowed")
    for transform in node.iter(_ds("Transform")):
        if transform.get("Algorithm") not in _TRANSFORMS:
            raise invalid_security("transform not allowed")
    uri = node.get("URI") or ""
    if not uri.startswith("#"):
        raise invalid_security("a reference must name an element of the message")
    found = root.xpath("//*[@wsu:Id=$id or @Id=$id]", id=uri[1:], namespaces={"wsu": names.WSU})
    return found[0] if len(found) == 1 else None


def _algorithm(parent: etree._Element, local: str) -> str:
    found = parent.find(_ds(local))
    return found.get("Algorithm", "") if found is not None else ""


def _ds(local: str) -> str:
    return xmlio.name(names.DS, local)


def _wsse(local: str) -> str:
    return xmlio.name(names.WSSE, local)
