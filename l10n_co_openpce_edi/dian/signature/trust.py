"""Whom we trust: anchors, the path from a certificate to one of them, and who its holder is.

A :class:`TrustStore` holds root (or subordinate) certificates that an administrator put there,
normally those of the open certification authorities accredited by ONAC (annex 1.9 section 10.14).
Trust at a moment means: every certificate of the path was in force then, each signed the one
below with SHA-256 or stronger, every issuer is an authority allowed to sign certificates, and the
path ends in an anchor. Revocation is not asked for here: it needs the network.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtensionOID, NameOID

from .. import nit
from .keys import is_issued_by, order_chain

_STRONG = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
_UNREADABLE = (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)
#: Extensions that may be critical. What keys are extended to, and by which policies, does not
#: matter for a signature with the right key usage (ZD07); names and policies that an authority is
#: held to would, and are not judged.
_UNDERSTOOD = {
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.CERTIFICATE_POLICIES,
}
#: Subject attributes in which Colombian authorities write the holder's identification, in the
#: order they are believed: Certicámara's own (serialNumber is a counter there), GSE's own, then
#: the common one.
_HOLDER_OIDS = (
    x509.ObjectIdentifier("1.3.6.1.4.1.23267.2.3"),
    x509.ObjectIdentifier("1.3.6.1.4.1.4710.1.3.2"),
    NameOID.SERIAL_NUMBER,
    NameOID.ORGANIZATION_IDENTIFIER,
)
_NUMBER = re.compile(r"(?:[A-Z]{2,5}[-: ]*)*([0-9][0-9. ]{3,18}(?:-[0-9])?)")


class TrustStore:
    """Certificates that are trusted on their own.

    :param anchors: usually self-signed roots; a subordinate may be an anchor too.
    """

    def __init__(self, anchors: Iterable[x509.Certificate]) -> None:
        self.anchors: tuple[x509.Certificate, ...] = tuple(anchors)

    @classmethod
    def from_pem(cls, *files: bytes) -> TrustStore:
        """Anchors of PEM files, each with one certificate or more.

        :raises ValueError: a file has no certificate or a damaged one.
        """
        return cls(c for data in files for c in x509.load_pem_x509_certificates(data))

    def path(
        self, leaf: x509.Certificate, extra: Sequence[x509.Certificate], moment: dt.datetime
    ) -> tuple[x509.Certificate, ...]:
        """Path from ``leaf`` to an anchor that held at ``moment`` (aware); empty if none.

        :param extra: other certificates of the document, untrusted.
        """
        # Certificates in force first: authorities renew theirs with the same name and key.
        pool = sorted([*self.anchors, *extra], key=lambda c: not in_force(c, moment))
        chain = order_chain(leaf, pool)
        for length, certificate in enumerate(chain, 1):
            if certificate in self.anchors:
                found = chain[:length]
                return found if _path_holds(found, moment) else ()
        return ()


def _path_holds(chain: Sequence[x509.Certificate], moment: dt.datetime) -> bool:
    """Whether dates, algorithms and the issuers' permissions are right; signatures were checked.

    The anchor's own signature algorithm does not matter: it is trusted as it is.
    """
    if not all(in_force(certificate, moment) for certificate in chain):
        return False
    if not all(is_strong(certificate) for certificate in chain[:-1]):
        return False
    if any(_has_unknown_condition(certificate) for certificate in chain[:-1]):
        return False
    return all(_may_issue(certificate, depth) for depth, certificate in enumerate(chain[1:]))


def _has_unknown_condition(certificate: x509.Certificate) -> bool:
    """Whether a critical extension says something that is not looked at here (RFC 5280, 4.2)."""
    try:
        return any(e.critical and e.oid not in _UNDERSTOOD for e in certificate.extensions)
    except _UNREADABLE:
        return True


def in_force(certificate: x509.Certificate, moment: dt.datetime) -> bool:
    """Whether ``moment`` (aware) lies in the validity of ``certificate``."""
    return certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc


def is_strong(certificate: x509.Certificate) -> bool:
    """Whether ``certificate`` is signed with SHA-256 or stronger (annex section 10.14)."""
    try:
        return isinstance(certificate.signature_hash_algorithm, _STRONG)
    except (ValueError, UnsupportedAlgorithm):
        return False


def _may_issue(certificate: x509.Certificate, below: int) -> bool:
    """Whether this is an authority, with ``below`` authorities between it and the leaf."""
    try:
        extensions = certificate.extensions
        basic = extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = _usage(extensions)
    except (*_UNREADABLE, x509.ExtensionNotFound):
        return False
    if not basic.ca or (basic.path_length is not None and basic.path_length < below):
        return False
    return usage is None or usage.key_cert_sign


def has_signing_usage(certificate: x509.Certificate) -> bool | None:
    """Whether key usage has digitalSignature and nonRepudiation (ZD07); ``None`` if unreadable."""
    try:
        usage = _usage(certificate.extensions)
    except _UNREADABLE:
        return None
    return usage is not None and usage.digital_signature and usage.content_commitment


def _usage(extensions: x509.Extensions) -> x509.KeyUsage | None:
    try:
        return extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None


def load_certificate(data: bytes) -> x509.Certificate:
    """Certificate from DER whose parts can be read: cryptography reads them only when asked.

    :raises ValueError: damaged in any part that is used here.
    """
    try:
        certificate = x509.load_der_x509_certificate(data)
        parts = (
            certificate.subject,
            certificate.issuer,
            certificate.serial_number,
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
            certificate.public_key(),
        )
    except (TypeError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise ValueError(f"unreadable certificate: {error}") from error
    assert all(part is not None for part in parts)
    return certificate


def chain_of(
    leaf: x509.Certificate, pool: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    """``leaf`` and its issuers as far as ``pool`` goes."""
    return order_chain(leaf, pool)


def holder_name(certificate: x509.Certificate) -> str:
    """Common name of the holder; the organisation if there is none."""
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in certificate.subject.get_attributes_for_oid(oid):
            return str(attribute.value)
    return ""


def holder_nit(certificate: x509.Certificate) -> str:
    """Identification of the holder without check digit, digits only; empty if there is none.

    Authorities write a NIT with or without check digit, with or without hyphen. Without one, a
    tenth digit is taken for a check digit only where it is one and the number is in the range of
    companies (8… and 9…); a person's number of ten digits stays whole.
    """
    for oid in _HOLDER_OIDS:
        for attribute in certificate.subject.get_attributes_for_oid(oid):
            match = _NUMBER.fullmatch(str(attribute.value).strip().upper())
            if match:
                return _without_check_digit(match[1])
    return ""


def _without_check_digit(text: str) -> str:
    number, _hyphen, _digit = text.partition("-")
    digits = nit.compact(number)
    if len(digits) == 10 and digits[0] in "89" and nit.check_digit(digits[:9]) == digits[9]:
        return digits[:9]
    return digits


__all__ = [
    "TrustStore",
    "chain_of",
    "has_signing_usage",
    "holder_name",
    "holder_nit",
    "in_force",
    "is_issued_by",
    "is_strong",
]
