"""xmlsec behind one function, with a clear word when it cannot be imported.

xmlsec is allowed here because the stand-in is never in production: its wheels only import beside
the one lxml release that embeds the same libxml2.
"""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

try:
    import xmlsec
except Exception as error:  # a libxml2 mismatch raises xmlsec's own error, not ImportError
    raise ImportError(
        f"The stand-in needs the xmlsec package, and it cannot be imported: {error}\n"
        "xmlsec must embed the same libxml2 as lxml: install the versions of "
        "requirements-test.txt (for example lxml 6.1.3 with xmlsec 1.3.17)."
    ) from error


def duplicate_ids(root: etree._Element) -> bool:
    """True when two elements carry the same Id: the way to show one thing and sign another."""
    seen = root.xpath("//@*[local-name()='Id'] | //@xml:id")
    return len(seen) != len(set(seen))


def signature_verifies(
    root: etree._Element, signature: etree._Element, certificate: x509.Certificate
) -> bool:
    """Check SignedInfo's value and every reference digest with the certificate's key."""
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(
        certificate.public_bytes(Encoding.PEM), xmlsec.constants.KeyDataFormatCertPem
    )
    try:
        context.verify(signature)
    except xmlsec.Error:
        return False
    return True
