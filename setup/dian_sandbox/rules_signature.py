"""The XAdES-EPES signature of a document (annex §8.7–8.8, §10; rules DC, ZD, ZE)."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from . import names, trust, xmlio, xmlsecurity
from .document import EXTENSION, Document
from .findings import Finding, notify, reject
from .store import Store

_SIGNED = "ds:Object/xades:QualifyingProperties/xades:SignedProperties"
_PROPERTIES = f"{_SIGNED}/xades:SignedSignatureProperties"
_POLICY = f"{_PROPERTIES}/xades:SignaturePolicyIdentifier/xades:SignaturePolicyId"
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)")
_ROLES = {"supplier", "third party"}
BOGOTA = dt.timezone(dt.timedelta(hours=-5))


def signing_time(document: Document) -> dt.datetime | None:
    """xades:SigningTime, aware; None when absent or no date with offset."""
    text = document.text(f"{EXTENSION}/ds:Signature/{_PROPERTIES}/xades:SigningTime")
    return _moment(text)


def _moment(text: str) -> dt.datetime | None:
    found = _MOMENT.fullmatch(text)
    if not found:
        return None
    offset = "+00:00" if found[3] == "Z" else found[3]
    micro = (found[2] or "0")[:6].ljust(6, "0")
    try:
        moment = dt.datetime.fromisoformat(f"{found[1]}.{micro}{offset}")
    except ValueError:
        return None
    # At the edges of the calendar a change of zone overflows.
    return moment if 1900 < moment.year < 9000 else None


def check(document: Document, store: Store, now: dt.datetime) -> Iterator[Finding]:
    """Findings about the signature; the first that makes the rest meaningless ends it."""
    everywhere = document.every("//ds:Signature")
    placed = document.every(f"{EXTENSION}/ds:Signature")
    if not everywhere:
        yield reject("ZE01", "El documento no tiene firma digital.")
        return
    if len(everywhere) != 1 or len(placed) != 1:
        yield reject("DC01", "Debe haber una sola firma, en su extensión.")
        return
    signature = placed[0]
    problems = [*_structure(document, signature), *_properties(signature, now)]
    yield from problems
    certificates = _certificates(signature)
    if not certificates:
        yield reject("ZD01", "La firma no incorpora un certificado X.509 válido.")
        return
    if not any(f.rejects for f in problems if f.code.startswith(("DC0", "DC1"))):
        # With an admitted structure only: xmlsec must never run transforms we did not look at.
        if not xmlsecurity.signature_verifies(document.root, signature, certificates[0]):
            yield reject("ZE02", "El valor de la firma no corresponde al documento.")
        yield from _signing_certificate(signature, certificates)
    yield from _certificate(document, signature, certificates, store, now)


def _structure(document: Document, signature: etree._Element) -> Iterator[Finding]:
    """SignedInfo: algorithms, and three references that cover what they must."""
    if xmlsecurity.duplicate_ids(document.root):
        yield reject("DC01", "Dos elementos tienen el mismo Id.")
    references = xmlio.every(signature, "ds:SignedInfo/ds:Reference")
    if len(references) != 3:
        yield reject("DC02", "La firma debe tener exactamente tres referencias.")
    if _value(signature, "ds:SignedInfo/ds:CanonicalizationMethod/@Algorithm") != names.C14N:
        yield reject("DC03", "Método de canonicalización no admitido.")
    method = _value(signature, "ds:SignedInfo/ds:SignatureMethod/@Algorithm")
    if method not in names.SIGNATURE_METHODS:
        yield reject("DC04", "Algoritmo de firma no admitido.")
    if any(_value(r, "ds:DigestMethod/@Algorithm") not in names.DIGESTS for r in references):
        yield reject("DC08", "Algoritmo de resumen no admitido.")
    yield from _coverage(signature, references)


def _coverage(signature: etree._Element, references: list[etree._Element]) -> Iterator[Finding]:
    by_uri = {reference.get("URI"): reference for reference in references}
    whole = by_uri.get("")
    if whole is None:
        yield reject("DC05", "Ninguna referencia cubre el documento completo.")
    elif [t.get("Algorithm") for t in xmlio.every(whole, "ds:Transforms/ds:Transform")] != [
        names.ENVELOPED
    ]:
        yield reject("DC07", "La referencia al documento solo admite enveloped-signature.")
    for rule, label, path in (
        ("DC10", "KeyInfo", "ds:KeyInfo"),
        ("DC13", "SignedProperties", _SIGNED),
    ):
        identifier = _value(signature, f"{path}/@Id")
        reference = by_uri.get(f"#{identifier}") if identifier else None
        if reference is None:
            yield reject(rule, f"Ninguna referencia cubre {label}.")
        elif any(
            t.get("Algorithm") != names.C14N
            for t in xmlio.every(reference, "ds:Transforms/ds:Transform")
        ):
            yield reject(rule, f"Transformación no admitida en la referencia a {label}.")


def _properties(signature: etree._Element, now: dt.datetime) -> Iterator[Finding]:
    """SigningTime, policy and role."""
    when = _moment(_value(signature, f"{_PROPERTIES}/xades:SigningTime"))
    if when is None:
        yield reject("DC24", "SigningTime falta o no es fecha y hora con zona.")
    elif when > now + dt.timedelta(minutes=5):
        yield reject("DC24", "SigningTime es posterior a la hora del servicio.")
    if _value(signature, f"{_POLICY}/xades:SigPolicyId/xades:Identifier") != names.POLICY_URL:
        yield reject("DC50", "El identificador de la política de firma no corresponde.")
    digest = f"{_POLICY}/xades:SigPolicyHash/ds:"
    algorithm = names.DIGESTS.get(_value(signature, f"{digest}DigestMethod/@Algorithm"), "")
    value = "".join(_value(signature, f"{digest}DigestValue").split())
    if not value or value != names.POLICY_DIGESTS.get(algorithm):
        yield reject("DC53", "El resumen de la política de firma no corresponde.")
    role = _value(signature, f"{_PROPERTIES}/xades:SignerRole/xades:ClaimedRoles/xades:ClaimedRole")
    if role not in _ROLES:
        yield reject("DC56", "El rol del firmante debe ser supplier o third party.")


def _signing_certificate(
    signature: etree._Element, certificates: list[x509.Certificate]
) -> Iterator[Finding]:
    """The signed digests name the certificate used; fewer than three are told, not refused."""
    listed = xmlio.every(signature, f"{_PROPERTIES}/xades:SigningCertificate/xades:Cert")
    if not listed:
        yield reject("DC25", "SigningCertificate no identifica el certificado firmante.")
        return
    digest = "xades:CertDigest/ds:"
    algorithm = names.DIGESTS.get(_value(listed[0], f"{digest}DigestMethod/@Algorithm"))
    expected = (
        base64.b64encode(
            hashlib.new(algorithm, certificates[0].public_bytes(Encoding.DER)).digest()
        ).decode()
        if algorithm
        else None
    )
    if "".join(_value(listed[0], f"{digest}DigestValue").split()) != expected:
        yield reject("DC29", "El resumen del certificado firmante no corresponde.")
    if len(listed) < 3:
        # The annex rejects; the live service is known to accept one (facts of real documents).
        yield notify("DC25", "SigningCertificate identifica menos de tres certificados.")


def _certificate(
    document: Document,
    signature: etree._Element,
    certificates: list[x509.Certificate],
    store: Store,
    now: dt.datetime,
) -> Iterator[Finding]:
    """Trust, validity when signed, key usage, and whose certificate it is."""
    leaf = certificates[0]
    when = _moment(_value(signature, f"{_PROPERTIES}/xades:SigningTime")) or now
    if not leaf.not_valid_before_utc <= when <= leaf.not_valid_after_utc:
        yield reject("ZD02", "El certificado no estaba vigente en la fecha de firma.")
    else:
        chain = trust.build_chain(leaf, certificates[1:], store, when)
        if not chain.trusted:
            yield reject("ZD05", f"Cadena de certificación no confiable: {chain.reason}.")
        else:
            trust.learn(chain, store)
    if not trust.usable_for_signing(leaf):
        yield reject("ZD07", "El certificado no permite firma digital y no repudio.")
    role = _value(signature, f"{_PROPERTIES}/xades:SignerRole/xades:ClaimedRoles/xades:ClaimedRole")
    provider = document.extension("sts:SoftwareProvider/sts:ProviderID")
    owners = {document.issuer} if role == "supplier" else {document.issuer, provider}
    if trust.holder_nit(leaf) not in owners:
        yield reject("ZE03", "El titular del certificado no es el emisor del documento.")


def _certificates(signature: etree._Element) -> list[x509.Certificate]:
    nodes = xmlio.every(signature, "ds:KeyInfo/ds:X509Data/ds:X509Certificate")[:6]
    found = [trust.load_base64(node.text or "") for node in nodes]
    if not found or found[0] is None:
        return []
    return [certificate for certificate in found if certificate is not None]


def _value(node: etree._Element, path: str) -> str:
    return xmlio.text(node, path)
