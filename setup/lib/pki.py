"""A test certificate chain, generated at run time: root, subordinate, signing certificate.

Shaped like the certificates that ONAC-accredited authorities issue to Colombian invoicers
(annex 1.9 section 10.14: sha256WithRSA, digitalSignature and nonRepudiation; the holder's NIT in
the subject's serialNumber). It is worth nothing outside tests and the demo company.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class TestChain:
    """Keys and certificates of one chain; ``certificate`` is the one that signs."""

    __test__ = False  # not a test class, whatever its name looks like to pytest

    root_key: rsa.RSAPrivateKey
    root: x509.Certificate
    subordinate_key: rsa.RSAPrivateKey
    subordinate: x509.Certificate
    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def certificates(self) -> tuple[x509.Certificate, ...]:
        """Leaf first, root last."""
        return self.certificate, self.subordinate, self.root

    def pkcs12(self, password: str, *, with_chain: bool = True) -> bytes:
        """The .p12 file as an authority delivers it."""
        return pkcs12.serialize_key_and_certificates(
            b"openpce test",
            self.key,
            self.certificate,
            [self.subordinate, self.root] if with_chain else None,
            serialization.BestAvailableEncryption(password.encode()),
        )

    def root_pem(self) -> bytes:
        """The trust anchor in PEM, for whoever has to trust this chain."""
        return self.root.public_bytes(serialization.Encoding.PEM)

    def ca_pem(self) -> bytes:
        """Root and subordinate authority in PEM, for whoever is shown the leaf alone (a SOAP
        security token, a KeyInfo with one certificate) and has to find the way to the root."""
        return self.root_pem() + self.subordinate.public_bytes(serialization.Encoding.PEM)


def make_chain(
    *,
    nit: str,
    holder: str,
    not_before: dt.datetime | None = None,
    days: int = 730,
    key_size: int = 2048,
    issuer: TestChain | None = None,
    digital_signature: bool = True,
    non_repudiation: bool = True,
) -> TestChain:
    """Make a chain whose last certificate belongs to ``holder`` with ``nit``.

    :param nit: identification without check digit; goes into subject serialNumber.
    :param not_before: start of validity, UTC; default: a day ago.
    :param days: validity of the signing certificate in days (the authorities get ten years).
    :param issuer: reuse root and subordinate of another chain (a second company, a renewal).
    :param digital_signature: key usage bit of the leaf, to make unsuitable certificates.
    :param non_repudiation: the other bit DIAN asks for.
    """
    start = not_before or dt.datetime.now(dt.timezone.utc) - dt.timedelta(days=1)
    if issuer is None:
        root_key = rsa.generate_private_key(public_exponent=65537, key_size=key_size)
        root_name = _name("OpenPCE Test Root CA", "OpenPCE Test Authority")
        root = _certificate(root_name, root_key, root_name, root_key, start, 3650, ca=True)
        sub_key = rsa.generate_private_key(public_exponent=65537, key_size=key_size)
        sub_name = _name("OpenPCE Test Subordinate CA", "OpenPCE Test Authority")
        sub = _certificate(sub_name, sub_key, root_name, root_key, start, 3650, ca=True)
    else:
        root_key, root = issuer.root_key, issuer.root
        sub_key, sub = issuer.subordinate_key, issuer.subordinate
    key = rsa.generate_private_key(public_exponent=65537, key_size=key_size)
    certificate = _certificate(
        _name(holder, holder, nit),
        key,
        sub.subject,
        sub_key,
        start,
        days,
        ca=False,
        digital_signature=digital_signature,
        non_repudiation=non_repudiation,
    )
    return TestChain(root_key, root, sub_key, sub, key, certificate)


def _name(common_name: str, organization: str, serial: str = "") -> x509.Name:
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CO"),
        x509.NameAttribute(NameOID.LOCALITY_NAME, "Bogotá D.C."),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
        x509.NameAttribute(NameOID.COMMON_NAME, common_name),
    ]
    if serial:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, serial))
    return x509.Name(parts)


def _certificate(
    subject: x509.Name,
    key: rsa.RSAPrivateKey,
    issuer_name: x509.Name,
    issuer_key: rsa.RSAPrivateKey,
    start: dt.datetime,
    days: int,
    *,
    ca: bool,
    digital_signature: bool = True,
    non_repudiation: bool = True,
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not ca and digital_signature,
        content_commitment=not ca and non_repudiation,
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
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
        .sign(issuer_key, hashes.SHA256())
    )
