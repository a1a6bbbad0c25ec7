"""Keys: PKCS#12 files of every kind, chains in every order, clear refusals."""

from __future__ import annotations

import random
import shutil
import subprocess

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from dian.errors import SignatureError
from dian.signature.algorithms import SignatureAlgorithm
from dian.signature.keys import KeySigner
from lib.pki import make_chain


def test_reads_the_file_an_authority_delivers(chain):
    signer = KeySigner.from_pkcs12(chain.pkcs12("clave ñ"), "clave ñ")
    assert signer.certificates == chain.certificates, "the chain goes from leaf to root"
    assert signer.is_chain_complete


def test_orders_the_chain_whatever_the_order_in_the_file(chain):
    other = make_chain(nit="1", holder="OTRA", key_size=2048)
    pool = [*chain.certificates, other.root]
    for seed in range(6):
        random.Random(seed).shuffle(pool)
        signer = KeySigner(chain.key, pool)
        assert signer.certificates == chain.certificates, "strangers are left out, order is fixed"


def test_a_file_without_authorities_signs_with_a_short_chain(chain):
    signer = KeySigner.from_pkcs12(chain.pkcs12("x", with_chain=False), "x")
    assert signer.certificates == (chain.certificate,)
    assert not signer.is_chain_complete, "the administrator has to be told of the missing chain"


@pytest.mark.parametrize("password", ["", "wrong", "X"])
def test_a_wrong_password_is_said_so(chain, password):
    with pytest.raises(SignatureError, match="password"):
        KeySigner.from_pkcs12(chain.pkcs12("x"), password)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"0\x82", b"-----BEGIN CERTIFICATE-----"])
def test_another_kind_of_file_is_said_so(data):
    with pytest.raises(SignatureError, match="PKCS#12"):
        KeySigner.from_pkcs12(data, "x")


def test_a_file_without_key_is_said_so(chain):
    data = pkcs12.serialize_key_and_certificates(
        None, None, chain.certificate, [chain.root], BestAvailableEncryption(b"x")
    )
    with pytest.raises(SignatureError, match="no private key"):
        KeySigner.from_pkcs12(data, "x")


def test_another_kind_of_key_is_said_so(chain):
    with pytest.raises(SignatureError, match="RSA"):
        KeySigner(ec.generate_private_key(ec.SECP256R1()), chain.certificates)


def test_a_short_key_is_refused(chain):
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    with pytest.raises(SignatureError, match="1024 bits"):
        KeySigner(short, chain.certificates)


def test_a_key_needs_its_certificate(chain):
    with pytest.raises(SignatureError, match="belongs"):
        KeySigner(chain.key, [chain.root, chain.subordinate])


@pytest.mark.parametrize("options", [["-legacy"], ["-keypbe", "PBE-SHA1-3DES"], []])
def test_reads_files_that_openssl_makes(chain, tmp_path, options):
    """Authorities still deliver RC2 and 3DES files."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is not installed")
    pem = chain.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    text = pem + b"".join(c.public_bytes(Encoding.PEM) for c in reversed(chain.certificates))
    source, target = tmp_path / "all.pem", tmp_path / "out.p12"
    source.write_bytes(text)
    command = [openssl, "pkcs12", "-export", *options, "-in", source, "-out", target]
    done = subprocess.run([*command, "-passout", "pass:abc"], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"this openssl cannot make such a file: {done.stderr[:80]!r}")
    assert KeySigner.from_pkcs12(target.read_bytes(), "abc").certificates == chain.certificates


@pytest.mark.parametrize("algorithm", list(SignatureAlgorithm))
def test_signs_with_each_admitted_algorithm(chain, algorithm):
    value = KeySigner(chain.key, chain.certificates).sign(b"data", algorithm)
    expected = {"RSA_SHA256": hashes.SHA256(), "RSA_SHA384": hashes.SHA384()}
    kind = expected.get(algorithm.name, hashes.SHA512())
    chain.certificate.public_key().verify(value, b"data", padding.PKCS1v15(), kind)
