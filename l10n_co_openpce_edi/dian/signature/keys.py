"""Who signs: the protocol the signer works with, and keys held in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from ..errors import SignatureError
from .algorithms import MIN_RSA_BITS, SignatureAlgorithm

_PADDING = padding.PKCS1v15()
_MAX_CHAIN = 8


class Signer(Protocol):
    """Something that signs bytes: a key in memory, a token, a remote service."""

    @property
    def certificates(self) -> Sequence[x509.Certificate]:
        """The signing certificate first, then its authorities up to the root."""

    def sign(self, data: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """Raw RSA signature (PKCS#1 v1.5) of ``data``."""


class KeySigner:
    """A private key in memory with its certificates; load it once and keep it.

    :param certificates: in any order; the one of the key is put first, its issuers follow, others
        are left out.
    :raises SignatureError: the key is not RSA of 2048 bits or more, or has no certificate here.
    """

    def __init__(
        self, private_key: rsa.RSAPrivateKey, certificates: Sequence[x509.Certificate]
    ) -> None:
        if not isinstance(private_key, rsa.RSAPrivateKey):
            raise SignatureError("DIAN admits RSA keys only, and this certificate has another kind")
        if private_key.key_size < MIN_RSA_BITS:
            raise SignatureError(
                f"The key has {private_key.key_size} bits; at least {MIN_RSA_BITS} are needed"
            )
        public = _spki(private_key.public_key())
        leaf = next((c for c in certificates if _certificate_spki(c) == public), None)
        if leaf is None:
            raise SignatureError("None of the certificates belongs to the private key")
        self._key = private_key
        self.certificates: tuple[x509.Certificate, ...] = order_chain(leaf, certificates)

    @classmethod
    def from_pkcs12(cls, data: bytes, password: str | bytes) -> KeySigner:
        """Read a .p12/.pfx file as the authorities deliver it, legacy encryption included.

        :raises SignatureError: wrong password, not a PKCS#12 file, no key in it, not RSA.
        """
        secret = password.encode() if isinstance(password, str) else password
        try:
            content = pkcs12.load_pkcs12(data, secret or None)
        except UnsupportedAlgorithm as error:
            raise SignatureError("The file is encrypted with an unsupported algorithm") from error
        except (ValueError, TypeError) as error:
            if "password" in str(error).lower() or "mac" in str(error).lower():
                raise SignatureError("The password of the certificate file is wrong") from error
            raise SignatureError("The file is not a readable PKCS#12 (.p12, .pfx) file") from error
        if content.key is None:
            raise SignatureError("The file has no private key")
        entries = [content.cert, *content.additional_certs]
        certificates = [entry.certificate for entry in entries if entry is not None]
        return cls(content.key, certificates)  # type: ignore[arg-type]  # judged by __init__

    def sign(self, data: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """Raw RSA signature (PKCS#1 v1.5) of ``data``."""
        return self._key.sign(data, _PADDING, algorithm.hash)

    @property
    def is_chain_complete(self) -> bool:
        """Whether the certificates reach a self-signed root."""
        return is_issued_by(self.certificates[-1], self.certificates[-1])


def order_chain(
    leaf: x509.Certificate, pool: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    """``leaf``, its issuer, the issuer's issuer … as far as ``pool`` goes; never loops."""
    chain = [leaf]
    while len(chain) < _MAX_CHAIN and not is_issued_by(chain[-1], chain[-1]):
        issuer = next((c for c in pool if c not in chain and is_issued_by(chain[-1], c)), None)
        if issuer is None:
            break
        chain.append(issuer)
    return tuple(chain)


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether ``issuer`` bears the name in ``certificate`` and its key signed it."""
    if certificate.issuer != issuer.subject:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _spki(key: rsa.RSAPublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _certificate_spki(certificate: x509.Certificate) -> bytes:
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return b""
    return _spki(key) if isinstance(key, rsa.RSAPublicKey) else b""
