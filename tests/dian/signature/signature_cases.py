"""What the signature tests share: an unsigned invoice, the independent judge, other vendors."""

from __future__ import annotations

import base64
import datetime as dt

import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from dian.signature.keys import KeySigner
from dian.signature.signer import sign
from dian.ubl.namespaces import document_tag, nsmap, path, tag

DS = "{http://www.w3.org/2000/09/xmldsig#}"
SIGNED_AT = dt.datetime(2026, 11, 20, 15, 4, 5, 678901, tzinfo=dt.timezone.utc)


def invoice(lines: int = 2, kind: str = "Invoice", *, place: bool = True) -> etree._Element:
    """Unsigned document; not complete UBL, but shaped like it, with hard texts in it."""
    root = etree.Element(document_tag(kind), nsmap=nsmap(kind))
    if place:
        extensions = etree.SubElement(root, tag("ext:UBLExtensions"))
        for content in (True, False):
            extension = etree.SubElement(extensions, tag("ext:UBLExtension"))
            holder = etree.SubElement(extension, tag("ext:ExtensionContent"))
            if content:
                dian = etree.SubElement(holder, tag("sts:DianExtensions"))
                etree.SubElement(dian, tag("sts:QRCode")).text = "https://example.org/?a=1&b=<2>"
    for name, text in (
        ("cbc:ID", "SETP990000001"),
        ("cbc:Note", "Línea uno\nlínea dos\ttab \r retorno & < > \" ' €"),
    ):
        etree.SubElement(root, tag(name)).text = text
    for number in range(1, lines + 1):
        line = etree.SubElement(root, tag("cac:InvoiceLine"))
        etree.SubElement(line, tag("cbc:ID")).text = str(number)
        quantity = etree.SubElement(line, tag("cbc:InvoicedQuantity"), unitCode="EA")
        quantity.text = "1.000000"
        amount = etree.SubElement(line, tag("cbc:LineExtensionAmount"), currencyID="COP")
        amount.text = "1500000.00"
        item = etree.SubElement(line, tag("cac:Item"))
        etree.SubElement(item, tag("cbc:Description")).text = "Café & panela «ñ»"
    return root


def signed(chain, root: etree._Element | None = None, **options) -> bytes:
    """A document signed by the product."""
    signer = KeySigner(chain.key, chain.certificates)
    options.setdefault("signing_time", dt.datetime.now(dt.timezone.utc))
    return sign(invoice() if root is None else root, signer, **options)


def signature_of(root: etree._Element) -> etree._Element:
    """The signature at its place."""
    found = root.find(path("ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/ds:Signature"))
    assert found is not None
    return found


def xmlsec_agrees(data: bytes) -> bool:
    """Verdict of the xmlsec library on the first signature, with the certificates in it."""
    root = etree.fromstring(data.strip())
    signature = root.find(f".//{DS}Signature")
    xmlsec.tree.add_ids(root, ["Id"])
    for element in signature.iter(f"{DS}X509Certificate"):
        try:
            context = xmlsec.SignatureContext()
            der = base64.b64decode("".join(element.text.split()))
            context.key = xmlsec.Key.from_memory(der, xmlsec.KeyFormat.CERT_DER)
            context.verify(signature)
        except (xmlsec.Error, ValueError):
            continue
        return True
    return False


def xmlsec_key(chain) -> xmlsec.Key:
    """The private key for xmlsec."""
    pem = chain.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return xmlsec.Key.from_memory(pem, xmlsec.KeyFormat.PEM)


def resign(data: bytes, chain, change) -> bytes:
    """Let ``change(signature)`` edit a signed document, then have xmlsec sign the result again.

    So documents of other vendors are made: other layout, an honest signature.
    """
    root = etree.fromstring(data)
    signature = signature_of(root)
    change(signature)
    # parsed anew, so that namespaces are those of the bytes
    root = etree.fromstring(etree.tostring(root))
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec_key(chain)
    context.sign(signature_of(root))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
