"""``sts:DianExtensions``: authorisation, software, QR (annex 1.9 section 6.1).

Matched by local name: extensions come in any order, with other extensions around them, and the
annex itself spells ``softwareID`` where every real document has ``SoftwareID``.
"""

from __future__ import annotations

from lxml import etree

from ..document_parts import Authorization, Extensions
from .namespaces import local_name, path
from .values import day

_CONTENTS = path("ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent")


def find(root: etree._Element) -> etree._Element | None:
    """The ``DianExtensions`` element of a document, or ``None``."""
    for content in root.iterfind(_CONTENTS):
        for child in content:
            if local_name(child.tag) == "DianExtensions":
                return child
    return None


def read(root: etree._Element) -> Extensions:
    """What the extensions say; everything empty when there are none."""
    node = find(root)
    if node is None:
        return Extensions()
    values: dict[str, str] = {}
    for element in node.iter():
        # The first of a name wins: a second one is no part of the structure.
        values.setdefault(local_name(element.tag).lower(), (element.text or "").strip())
    authorization = None
    if "invoicecontrol" in values:
        authorization = Authorization(
            number=values.get("invoiceauthorization", ""),
            prefix=values.get("prefix", ""),
            first=values.get("from", ""),
            last=values.get("to", ""),
            start=day(values.get("startdate", "")),
            end=day(values.get("enddate", "")),
        )
    return Extensions(
        authorization=authorization,
        provider_id=values.get("providerid", ""),
        software_id=values.get("softwareid", ""),
        security_code=values.get("softwaresecuritycode", ""),
        qr=values.get("qrcode", ""),
    )
