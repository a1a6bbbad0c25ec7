"""Whom we trust, and who the holder of a certificate is."""

from __future__ import annotations

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from signature_cases import signed

from dian.signature.trust import TrustStore, has_signing_usage, holder_nit, load_certificate
from dian.signature.verifier import verify
from lib.pki import make_chain

NOW = dt.datetime.now(dt.timezone.utc)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _certificate(
    subject, issuer=None, key=KEY, *, ca=None, hash_algorithm=None, days=1, extension=None
):
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(subject))
        .issuer_name(issuer or x509.Name(subject))
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(NOW - dt.timedelta(days=2))
        .not_valid_after(NOW + dt.timedelta(days=days))
    )
    if ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca, None), critical=True)
    if extension:
        builder = builder.add_extension(*extension)
    return builder.sign(key, hash_algorithm or hashes.SHA256())


def test_a_chain_to_the_anchor_is_trusted(chain):
    (report,) = verify(signed(chain), trust=TrustStore.from_pem(chain.root_pem()))
    assert report.chain_trusted is True
    assert report.chain[-1] == "OpenPCE Test Root CA"


def test_a_condition_that_nobody_judges_breaks_the_path():
    """An authority held to some names vouches for those; a critical extension must be obeyed."""
    names = {
        who: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, who)])
        for who in ("root", "sub", "leaf")
    }
    domain = x509.NameConstraints([x509.DNSName("example.org")], None)
    root = _certificate(names["root"], ca=True)
    leaf = _certificate(names["leaf"], names["sub"])
    for critical in (True, False):
        sub = _certificate(names["sub"], names["root"], ca=True, extension=(domain, critical))
        path = TrustStore([root]).path(leaf, [sub], NOW)
        assert bool(path) is not critical


def test_another_root_of_the_same_name_is_not_trusted(chain):
    other = make_chain(nit="900508908", holder="EMPRESA DE PRUEBA SAS")
    (report,) = verify(signed(other), trust=TrustStore.from_pem(chain.root_pem()))
    assert report.valid, "the cryptography holds"
    assert report.chain_trusted is False, "names prove nothing, keys do"
    assert "ZD05" in {finding.code for finding in report.findings}


def test_missing_subordinate_breaks_the_path(chain):
    store = TrustStore([chain.root])
    assert store.path(chain.certificate, [chain.subordinate], NOW)
    assert not store.path(chain.certificate, [], NOW)
    assert TrustStore([chain.subordinate]).path(chain.certificate, [], NOW), (
        "a subordinate may be the anchor"
    )
    assert not TrustStore([]).path(chain.certificate, chain.certificates, NOW)


@pytest.mark.parametrize("days", [-3, 4000])
def test_out_of_validity_is_not_trusted(chain, days):
    store = TrustStore([chain.root])
    moment = NOW + dt.timedelta(days=days)
    assert not store.path(chain.certificate, chain.certificates, moment)


def test_an_ordinary_certificate_cannot_issue(chain):
    """The classic: a customer's certificate used as an authority."""
    name = [x509.NameAttribute(NameOID.COMMON_NAME, "VICTIM")]
    forged = _certificate(name, chain.certificate.subject, chain.key)
    pool = [forged, *chain.certificates]
    assert not TrustStore([chain.root]).path(forged, pool, NOW)


def test_an_expired_certificate_is_reported(chain):
    old = make_chain(nit="900508908", holder="VIEJA", issuer=chain, days=0)
    (report,) = verify(signed(old), trust=TrustStore([chain.root]))
    assert report.valid
    assert report.valid_at_signing is False
    assert report.chain_trusted is False
    assert {"ZD02", "ZD05"} <= {finding.code for finding in report.findings}


@pytest.mark.parametrize("bit", ["digital_signature", "non_repudiation"])
def test_key_usage_is_judged(chain, bit):
    unfit = make_chain(nit="900508908", holder="SIN USO", issuer=chain, **{bit: False})
    assert has_signing_usage(unfit.certificate) is False
    (report,) = verify(signed(unfit))
    assert "ZD07" in {finding.code for finding in report.findings}, "rule ZD07"


_CERTICAMARA = x509.ObjectIdentifier("1.3.6.1.4.1.23267.2.3")


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({NameOID.SERIAL_NUMBER: "900508908"}, "900508908"),
        ({NameOID.SERIAL_NUMBER: "900508908-9"}, "900508908"),
        ({NameOID.SERIAL_NUMBER: "900.508.908-9"}, "900508908"),
        ({NameOID.SERIAL_NUMBER: "9005089089"}, "900508908"),
        ({NameOID.SERIAL_NUMBER: "NIT 900508908"}, "900508908"),
        ({NameOID.SERIAL_NUMBER: "1020304050"}, "1020304050"),
        ({NameOID.SERIAL_NUMBER: "6446351", _CERTICAMARA: "8001972684"}, "800197268"),
        ({NameOID.ORGANIZATION_IDENTIFIER: "NTRCO-900508908"}, "900508908"),
        ({NameOID.SERIAL_NUMBER: "A1B2C3"}, ""),
        ({}, ""),
    ],
)
def test_holder_identification(attributes, expected):
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, "X")]
    parts += [x509.NameAttribute(oid, value) for oid, value in attributes.items()]
    assert holder_nit(_certificate(parts)) == expected


def test_a_damaged_certificate_never_raises_anything_else(chain):
    """Cryptography reads certificates lazily; every part that is used is read on loading."""
    store = TrustStore([chain.root])
    der = chain.certificate.public_bytes(Encoding.DER)
    loaded = 0
    for position in range(0, len(der), 3):
        for mask in (1, 0x13, 0x80):
            damaged = bytearray(der)
            damaged[position] ^= mask
            try:
                certificate = load_certificate(bytes(damaged))
            except ValueError:
                continue
            loaded += 1
            holder_nit(certificate)
            has_signing_usage(certificate)
            assert not store.path(certificate, [chain.subordinate], NOW), (
                "a certificate with a changed byte is nobody's"
            )
    assert loaded > 100, "most changes leave something readable to judge"
