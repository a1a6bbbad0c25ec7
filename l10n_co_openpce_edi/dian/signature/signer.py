"""Make the XAdES-EPES signature of a document (annex 1.9 sections 6.5.10 and 10)."""

from __future__ import annotations

import datetime as dt
import uuid

from lxml import etree

from ..errors import SignatureError
from ..ubl.namespaces import EXT, tag
from . import form as forms
from .algorithms import SignatureAlgorithm
from .c14n import canonicalize
from .keys import Signer

#: Legal time of Colombia; there is no daylight saving time.
BOGOTA = dt.timezone(dt.timedelta(hours=-5))
#: ``supplier``: the issuer signs; ``third party``: its technology provider does (section 10.12).
ROLES = ("supplier", "third party")

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'


def sign(
    root: etree._Element,
    signer: Signer,
    *,
    signing_time: dt.datetime,
    role: str = "supplier",
    algorithm: SignatureAlgorithm = SignatureAlgorithm.RSA_SHA256,
) -> bytes:
    """The final document: ``root`` with its signature.

    The signature goes into the last ``ext:ExtensionContent`` when that one is empty, else into a
    new last extension. The bytes are what the digests were made for: store and send them as they
    are; the tree never holds the signature.

    :param root: root element of an unsigned document; gets the empty place if it has none.
    :param signer: key and certificates, the signing one first.
    :param signing_time: aware; written in Colombian legal time, cut to whole seconds.
    :param role: one of :data:`ROLES`.
    :return: UTF-8 bytes with XML declaration.
    :raises SignatureError: naive time, unknown role, signed already, or not a root element.
    """
    _check(root, signing_time, role)
    content = _extension_content(root)
    scope = forms.Scope.inside(content)
    form = forms.signature_form(tuple(signer.certificates), role, algorithm, scope)
    digest = algorithm.digest_algorithm.digest
    name = f"xmldsig-{uuid.uuid4()}"
    values = {
        forms.NAME: name,
        forms.TIME: signing_time.astimezone(BOGOTA).replace(microsecond=0).isoformat(),
        # the enveloped-signature transform takes the signature away: what is left is this tree
        forms.DOCUMENT_DIGEST: forms.to_base64(digest(canonicalize(root))),
    }
    values[forms.KEY_INFO_DIGEST] = forms.to_base64(digest(form.key_info.fill(values)))
    values[forms.PROPERTIES_DIGEST] = forms.to_base64(digest(form.properties.fill(values)))
    value = signer.sign(form.signed_info.fill(values), algorithm)
    values[forms.VALUE] = forms.to_base64(value)
    before, after = _around(root, content, name)
    return b"".join((_DECLARATION, before, form.signature.fill(values), after))


def _around(root: etree._Element, content: etree._Element, mark: str) -> tuple[bytes, bytes]:
    """The document's bytes before and after what will stand in the empty ``content``.

    :param mark: a text that occurs nowhere in the document.
    """
    content.text = mark
    try:
        document = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    finally:
        content.text = None
    before, after = document.split(mark.encode("ascii"))
    return before, after


def _check(root: etree._Element, signing_time: dt.datetime, role: str) -> None:
    if root.getparent() is not None:
        raise SignatureError("Only a whole document can be signed, not a part of one")
    if signing_time.utcoffset() is None:
        raise SignatureError("The signing time needs a time zone")
    if role not in ROLES:
        raise SignatureError(f"The signer's role must be one of {', '.join(ROLES)}")


def _extension_content(root: etree._Element) -> etree._Element:
    """The empty place for the signature, made if missing; extensions come first in UBL.

    ``iterchildren`` instead of paths: this runs for every document, and is ten times faster.
    """
    extensions = next(root.iterchildren(tag("ext:UBLExtensions")), None)
    if extensions is None:
        extensions = root.makeelement(tag("ext:UBLExtensions"), nsmap={"ext": EXT})
        root.insert(0, extensions)
    content = None
    for extension in extensions.iterchildren(tag("ext:UBLExtension")):
        for content in extension.iterchildren(tag("ext:ExtensionContent")):
            if next(content.iterchildren(tag("ds:Signature")), None) is not None:
                raise SignatureError(
                    "The document is signed already, and DIAN admits one signature (DC01)"
                )
    if content is not None and not len(content) and not (content.text or "").strip():
        content.text = None
        return content
    return etree.SubElement(
        etree.SubElement(extensions, tag("ext:UBLExtension")), tag("ext:ExtensionContent")
    )
