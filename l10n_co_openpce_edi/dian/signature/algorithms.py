"""Algorithms of XML signatures; the value of each member is the URI that stands in the document.

Only what DIAN admits has a member (annex 1.9 sections 10.6, 10.7 and 10.14 rules 3 and 4): SHA-1,
MD5, HMAC, DSA and ECDSA have none and so cannot be used by mistake.
"""

from __future__ import annotations

import enum
import hashlib

from cryptography.hazmat.primitives import hashes


class DigestAlgorithm(enum.Enum):
    """Digest of a reference, a certificate or the policy."""

    SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
    SHA384 = "http://www.w3.org/2001/04/xmldsig-more#sha384"
    SHA512 = "http://www.w3.org/2001/04/xmlenc#sha512"

    def digest(self, data: bytes) -> bytes:
        """Raw digest of ``data``."""
        return _FUNCTIONS[self](data).digest()


_FUNCTIONS = {
    DigestAlgorithm.SHA256: hashlib.sha256,
    DigestAlgorithm.SHA384: hashlib.sha384,
    DigestAlgorithm.SHA512: hashlib.sha512,
}


class SignatureAlgorithm(enum.Enum):
    """Signature over ``ds:SignedInfo`` (rule DC04): RSA, PKCS#1 v1.5."""

    RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    RSA_SHA384 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384"
    RSA_SHA512 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"

    @property
    def digest_algorithm(self) -> DigestAlgorithm:
        """The digest of the same strength, used for the references."""
        return DigestAlgorithm[self.name.removeprefix("RSA_")]

    @property
    def hash(self) -> hashes.HashAlgorithm:
        """The hash as cryptography names it."""
        return _HASHES[self.name]


_HASHES: dict[str, hashes.HashAlgorithm] = {
    "RSA_SHA256": hashes.SHA256(),
    "RSA_SHA384": hashes.SHA384(),
    "RSA_SHA512": hashes.SHA512(),
}


class Canonicalization(enum.Enum):
    """Canonical forms. DIAN asks for the first (rule DC03); others are read, not written."""

    INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    INCLUSIVE_WITH_COMMENTS = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
    INCLUSIVE_11 = "http://www.w3.org/2006/12/xml-c14n11"
    INCLUSIVE_11_WITH_COMMENTS = "http://www.w3.org/2006/12/xml-c14n11#WithComments"
    EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
    EXCLUSIVE_WITH_COMMENTS = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"

    def __init__(self, uri: str) -> None:
        #: Whether only namespaces in use are written.
        self.exclusive = "exc-c14n" in uri
        #: Whether comments count.
        self.with_comments = uri.endswith("#WithComments")
        #: Whether it is version 1.1 of the inclusive form.
        self.is_version_11 = "xml-c14n11" in uri


#: Transform that leaves the signature itself out of the digest of the document.
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
#: ``Type`` of the reference to the signed properties (ETSI TS 101 903).
SIGNED_PROPERTIES_TYPE = "http://uri.etsi.org/01903#SignedProperties"
#: Smallest admitted RSA modulus, in bits.
MIN_RSA_BITS = 2048
