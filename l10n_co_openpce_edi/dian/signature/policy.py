"""DIAN's signature policy (annex 1.9 section 10.10): which one, and the digests of its PDF."""

from __future__ import annotations

from .algorithms import DigestAlgorithm

#: Identifier of policy version 2 (rule DC50).
IDENTIFIER = "https://facturaelectronica.dian.gov.co/politicadefirma/v2/politicadefirmav2.pdf"
DESCRIPTION = "Política de firma para facturas electrónicas de la República de Colombia."

#: Base64 digests of the published PDF (1,272,898 bytes; rule DC53).
DIGESTS: dict[DigestAlgorithm, str] = {
    DigestAlgorithm.SHA256: "dMoMvtcG5aIzgYo0tIsSQeVJBDnUnfSOfBpxXrmor0Y=",
    DigestAlgorithm.SHA384: "EQC0kiWPaAME6IsEZ7WuaTWJ97Zmf6hIO69rMCVURmQxBB9ebgLrjhL5BArQ0a0l",
    DigestAlgorithm.SHA512: (
        "Zcjw1Z9nGQn2j6NyGx8kAaLbOfJGd/fJxRTCeirlqAg7zRG27piJkJOpflGu7XACpMj9hC6dVMcCyzqHxxPZeQ=="
    ),
}

#: End of the identifiers in circulation: the v1 folder and copies on other hosts are accepted.
FILE_NAME = "/politicadefirmav2.pdf"


def is_known_identifier(identifier: str) -> bool:
    """Whether ``identifier`` names policy version 2, at DIAN's address or as a copy elsewhere."""
    return identifier.strip().endswith(FILE_NAME)


def is_known_digest(value: str) -> bool:
    """Whether ``value`` (base64) is a digest of the policy, whatever algorithm it is labelled with.

    Documents accepted by DIAN carry the SHA-256 value under the label of SHA-512.
    """
    return "".join(value.split()) in DIGESTS.values()
