"""A certificate chain for tests, made at run time: root, subordinate, signing certificate."""

import datetime as dt
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

PASSWORD = "s3creto ñ"


@lru_cache(maxsize=8)
def rsa_key(name, size=2048):
    """A key by name, made once a run: making one costs a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=size)


def make_pkcs12(
    nit="900508908",
    holder="EMPRESA DE PRUEBA SAS",
    *,
    password=PASSWORD,
    not_before=None,
    days=730,
    key=None,
    digital_signature=True,
    non_repudiation=True,
    with_chain=True,
    with_key=True,
):
    """The .p12 file an authority would deliver, as bytes.

    :param key: signing key; default RSA 2048. `elliptic_key()` makes one DIAN refuses.
    :param days: validity from ``not_before`` (default: yesterday, UTC).
    """
    start = not_before or dt.datetime.now(dt.timezone.utc) - dt.timedelta(days=1)
    key = key or rsa_key("leaf")
    root_name = _name("OpenPCE Test Root CA")
    sub_name = _name("OpenPCE Test Subordinate CA")
    root_key, sub_key = rsa_key("root"), rsa_key("subordinate")
    authority_start = min(start, dt.datetime.now(dt.timezone.utc)) - dt.timedelta(days=10)
    root = _certificate(root_name, root_key, root_name, root_key, authority_start, 3650)
    sub = _certificate(sub_name, sub_key, root_name, root_key, authority_start, 3650)
    usage = (digital_signature, non_repudiation)
    leaf = _certificate(_name(holder, nit), key, sub_name, sub_key, start, days, usage)
    return pkcs12.serialize_key_and_certificates(
        b"openpce test",
        key if with_key else None,
        leaf,
        [sub, root] if with_chain else None,
        serialization.BestAvailableEncryption(password.encode()),
    )


def root_pem():
    """Trust anchor of every chain made in this run."""
    name, key = _name("OpenPCE Test Root CA"), rsa_key("root")
    start = dt.datetime.now(dt.timezone.utc) - dt.timedelta(days=20)
    root = _certificate(name, key, name, key, start, 3650)
    return root.public_bytes(serialization.Encoding.PEM)


def elliptic_key():
    """A key of the kind DIAN does not admit."""
    return ec.generate_private_key(ec.SECP256R1())


def _name(common_name, serial=""):
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CO"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, common_name),
        x509.NameAttribute(NameOID.COMMON_NAME, common_name),
    ]
    if serial:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, serial))
    return x509.Name(parts)


def _certificate(subject, key, issuer, issuer_key, start, days, usage=None):
    ca = usage is None
    digital_signature, non_repudiation = usage or (False, False)
    key_usage = x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=non_repudiation,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(key_usage, critical=True)
        .sign(issuer_key, hashes.SHA256())
    )
