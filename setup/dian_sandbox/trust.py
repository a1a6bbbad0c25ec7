"""Which certificates are believed: chains up to the configured authorities."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from .store import Store

_LONGEST_CHAIN = 6


@dataclass(frozen=True)
class Chain:
    """Result of looking for a path from a certificate to a trust anchor."""

    path: tuple[x509.Certificate, ...]
    trusted: bool
    reason: str = ""


def load_pem(data: bytes) -> list[x509.Certificate]:
    """All certificates of a PEM text.

    :raises ValueError: when there is none or one is damaged.
    """
    return x509.load_pem_x509_certificates(data)


def load_base64(text: str) -> x509.Certificate | None:
    """A certificate from the base64 of an XML element, or None when it is no certificate."""
    try:
        return x509.load_der_x509_certificate(base64.b64decode("".join(text.split())))
    except (ValueError, binascii.Error):
        return None


def pem(certificate: x509.Certificate) -> str:
    """PEM text."""
    return certificate.public_bytes(Encoding.PEM).decode()


def holder_nit(certificate: x509.Certificate) -> str:
    """Digits of the subject's serialNumber without check digit, where the authorities write it."""
    values = certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    if not values:
        return ""
    raw = str(values[0].value).upper().replace("NIT", "").strip(" :-")
    return "".join(c for c in raw.split("-")[0] if c.isdigit())


def build_chain(
    leaf: x509.Certificate,
    others: Iterable[x509.Certificate],
    store: Store,
    at: dt.datetime,
) -> Chain:
    """Follow issuers from ``leaf`` to an anchor; every certificate must be valid at ``at``."""
    known = [(_from_pem(text), anchor) for text, anchor in store.certificates()]
    anchors = [certificate for certificate, anchor in known if anchor]
    candidates = [*anchors, *(c for c, anchor in known if not anchor), *others]
    path: list[x509.Certificate] = [leaf]
    while len(path) <= _LONGEST_CHAIN:
        current = path[-1]
        if not current.not_valid_before_utc <= at <= current.not_valid_after_utc:
            return Chain(tuple(path), False, "certificado fuera de vigencia")
        if current in anchors:
            return Chain(tuple(path), True)
        issuer = _issuer(current, candidates)
        if issuer is None or issuer in path:
            break
        path.append(issuer)
    unknown = path[-1].issuer.rfc4514_string()
    return Chain(tuple(path), False, f"no se conoce la autoridad «{unknown}»")


def learn(chain: Chain, store: Store) -> None:
    """Remember the authorities of a believed path: a later caller may show its leaf alone."""
    known = {text for text, _anchor in store.certificates()}
    new = [text for text in map(pem, chain.path[1:]) if text not in known]
    if chain.trusted and new:
        store.put_certificates(new, anchor=False)


@lru_cache(maxsize=256)
def _from_pem(text: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(text.encode())


def _issuer(
    certificate: x509.Certificate, candidates: Sequence[x509.Certificate]
) -> x509.Certificate | None:
    for candidate in candidates:
        if candidate.subject != certificate.issuer or not _is_authority(candidate):
            continue
        try:
            certificate.verify_directly_issued_by(candidate)
        except (InvalidSignature, ValueError, TypeError):
            continue
        return candidate
    return None


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except (x509.ExtensionNotFound, ValueError):
        return False
    return bool(constraints.value.ca)


def usable_for_signing(certificate: x509.Certificate) -> bool:
    """Key usage digitalSignature and nonRepudiation (annex §10.14, rule ZD07)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return usage.digital_signature and usage.content_commitment
