"""Signatures per second on one core, ours beside signxml's XAdES signer; prints JSON.

Run: ``python tests/benchmarks/signature.py [--count N]``. The document is a 10-line invoice of 9
to 10 kB unsigned; keys are loaded once. CPU time is measured, so a busy machine disturbs less.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from lxml import etree
from measure import per_second

ROOT = Path(__file__).resolve().parents[2]
for _folder in ("l10n_co_openpce_edi", "setup", "tests/dian/signature"):
    sys.path.insert(0, str(ROOT / _folder))


def rates(count, cases, rounds=4) -> dict[str, float]:
    """Calls per second of CPU of every case, best of the rounds; preparing is not timed.

    The cases take turns, so that a busy moment of the machine hits all of them.
    """
    best = dict.fromkeys(cases, 0.0)
    for _ in range(rounds):
        for name, (prepare, work) in cases.items():
            best[name] = max(best[name], per_second(prepare, work, count, rounds=1))
    return best


def document(signature_cases) -> bytes:
    """Unsigned 10-line invoice, filled up to the size of a real one."""
    root = signature_cases.invoice(lines=10)
    while len(etree.tostring(root)) < 9400:
        for line in root.findall("{*}InvoiceLine"):
            note = etree.SubElement(line, "{%s}Note" % root.nsmap["cbc"])
            note.text = "Referencia del artículo y condiciones de la entrega"
            note.set("languageID", "es")
    return etree.tostring(root)


def signxml_signer(chain):
    """A function that signs a tree with signxml's XAdES signer."""
    import signxml
    from signxml import xades

    policy = xades.XAdESSignaturePolicy(
        Identifier="https://facturaelectronica.dian.gov.co/politicadefirma/v2/politicadefirmav2.pdf",
        Description="",
        DigestMethod=signxml.DigestAlgorithm.SHA256,
        DigestValue="dMoMvtcG5aIzgYo0tIsSQeVJBDnUnfSOfBpxXrmor0Y=",
    )
    signer = xades.XAdESSigner(
        signature_policy=policy,
        claimed_roles=["supplier"],
        c14n_algorithm=signxml.CanonicalizationMethod.CANONICAL_XML_1_0,
    )
    certificates = list(chain.certificates)
    return lambda root: etree.tostring(signer.sign(root, key=chain.key, cert=certificates))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    count = parser.parse_args().count

    import signature_cases

    from dian.signature.algorithms import SignatureAlgorithm
    from dian.signature.keys import KeySigner
    from dian.signature.signer import sign
    from dian.signature.verifier import verify
    from lib.pki import make_chain

    chain = make_chain(nit="900508908", holder="EMPRESA DE PRUEBA SAS")
    signer = KeySigner(chain.key, chain.certificates)
    unsigned = document(signature_cases)
    moment = signature_cases.SIGNED_AT
    signed = sign(etree.fromstring(unsigned), signer, signing_time=moment)
    assert verify(signed)[0].valid

    def parse():
        return etree.fromstring(unsigned)

    def rsa_alone(_):
        signer.sign(b"x" * 1800, SignatureAlgorithm.RSA_SHA256)

    cases = {
        "rsa_2048_alone_per_s": (parse, rsa_alone),
        "ours_signs_per_s": (parse, lambda root: sign(root, signer, signing_time=moment)),
        "signxml_xades_signs_per_s": (parse, signxml_signer(chain)),
        "ours_verifications_per_s": (lambda: signed, verify),
        "xmlsec_verifications_per_s": (lambda: signed, signature_cases.xmlsec_agrees),
    }
    sizes = {"unsigned_bytes": len(unsigned), "signed_bytes": len(signed)}
    figures = {**sizes, **rates(count, cases)}
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
