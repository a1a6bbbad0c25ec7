"""The stand-in's own certificate: made at first start, kept beside the state file, owner only."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from lib.pki import make_chain

from . import names


@dataclass(frozen=True)
class Identity:
    """Key and chain (leaf first) with which the answers are signed."""

    key: rsa.RSAPrivateKey
    certificates: tuple[x509.Certificate, ...]


def load_or_create(path: Path) -> Identity:
    """Read the identity from a PEM file, or make one and write it with mode 0600."""
    if not path.exists():
        _create(path)
    data = path.read_bytes()
    key = serialization.load_pem_private_key(data, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise SystemExit(f"{path}: the key is not RSA; delete the file and start again")
    return Identity(key, tuple(x509.load_pem_x509_certificates(data)))


def _create(path: Path) -> None:
    chain = make_chain(nit=names.DIAN_NIT, holder="DIAN DE PRUEBA (SUSTITUTO)", days=3650)
    key = chain.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    certificates = [c.public_bytes(serialization.Encoding.PEM) for c in chain.certificates]
    scratch = path.with_suffix(".new")
    scratch.unlink(missing_ok=True)
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key + b"".join(certificates))
    scratch.replace(path)
