"""What an electronic invoice says, for people to read: UBL in, plain values out.

The file comes from outside: no DOCTYPE, no entities, no network, bounded size and lines.
"""

import re

from lxml import etree

#: Larger documents are downloaded, not drawn.
MAX_BYTES = 5 * 1024 * 1024
MAX_LINES = 500
_MAX_TEXT = 500
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_ROOT = re.compile(rb"\b" + _UBL.encode() + rb"(Invoice|CreditNote|DebitNote|AttachedDocument)-2\b")
_NAMES = {"cac": f"{_UBL}CommonAggregateComponents-2", "cbc": f"{_UBL}CommonBasicComponents-2"}
_KINDS = ("Invoice", "CreditNote", "DebitNote")


class PictureError(Exception):
    """The file cannot be drawn; the text says why, for support."""


def is_ubl(start):
    """Whether the first bytes of a file name a UBL document that can be drawn."""
    return start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and bool(_ROOT.search(start))


def read(content):
    """Values of the invoice or note in ``content``, wrapped in an AttachedDocument or not.

    :param content: bytes of the XML file.
    :raises PictureError: it is none, or not safe to read.
    """
    root = _parse(content)
    if _local(root) == "AttachedDocument":
        inner = _text(root, "cac:Attachment/cac:ExternalReference/cbc:Description", None)
        root = _parse(inner.encode())
    kind = _local(root)
    if kind not in _KINDS:
        raise PictureError(f"{kind} is neither an invoice nor a note")
    lines = root.findall(f"cac:{kind}Line", _NAMES)
    return {
        "kind": kind,
        "number": _text(root, "cbc:ID"),
        "uuid": _text(root, "cbc:UUID"),
        "date": _text(root, "cbc:IssueDate"),
        "time": _text(root, "cbc:IssueTime"),
        "due": _text(root, "cbc:DueDate") or _text(root, "cac:PaymentMeans/cbc:PaymentDueDate"),
        "currency": _text(root, "cbc:DocumentCurrencyCode"),
        "order": _text(root, "cac:OrderReference/cbc:ID"),
        "notes": [_limit(note.text) for note in root.findall("cbc:Note", _NAMES)[:20]],
        "supplier": _party(root, "cac:AccountingSupplierParty"),
        "customer": _party(root, "cac:AccountingCustomerParty"),
        "lines": [_line(line, kind) for line in lines[:MAX_LINES]],
        "more_lines": max(len(lines) - MAX_LINES, 0),
        "taxes": _taxes(root, "cac:TaxTotal") + _taxes(root, "cac:WithholdingTaxTotal"),
        "totals": _totals(root),
    }


def _parse(content):
    if len(content) > MAX_BYTES:
        raise PictureError("the document is too large to be drawn")
    if b"<!DOCTYPE" in content[:10000].replace(b"\0", b"") or b"<!ENTITY" in content:
        raise PictureError("the document has a DOCTYPE")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise PictureError(f"the document is not well formed: {str(error)[:200]}") from error
    # an encoding may hide the declaration from a look at the bytes
    if root.getroottree().docinfo.internalDTD is not None:
        raise PictureError("the document has a DOCTYPE")
    return root


def _local(element):
    return etree.QName(element).localname


def _limit(value, limit=_MAX_TEXT):
    value = (value or "").strip()
    return value if limit is None or len(value) <= limit else f"{value[:limit]}…"


def _text(element, path, limit=_MAX_TEXT):
    return _limit(element.findtext(path, "", _NAMES), limit)


def _party(root, role):
    party = root.find(f"{role}/cac:Party", _NAMES)
    if party is None:
        return {}
    scheme = "cac:PartyTaxScheme"
    number = party.find(f"{scheme}/cbc:CompanyID", _NAMES)
    if number is None:
        number = party.find("cac:PartyIdentification/cbc:ID", _NAMES)
    digit = number.get("schemeID", "") if number is not None else ""
    vat = _limit(number.text) if number is not None else ""
    address = party.find(f"{scheme}/cac:RegistrationAddress", _NAMES)
    if address is None:
        address = party.find("cac:PhysicalLocation/cac:Address", _NAMES)
    parts = ("cac:AddressLine/cbc:Line", "cbc:CityName", "cbc:CountrySubentity")
    return {
        "name": _text(party, f"{scheme}/cbc:RegistrationName")
        or _text(party, "cac:PartyLegalEntity/cbc:RegistrationName")
        or _text(party, "cac:PartyName/cbc:Name"),
        "vat": f"{vat}-{digit}" if vat and digit.isdigit() and len(digit) == 1 else vat,
        "address": ", ".join(filter(None, (_text(address, path) for path in parts)))
        if address is not None
        else "",
        "contact": _text(party, "cac:Contact/cbc:ElectronicMail"),
    }


def _line(line, kind):
    name = {"Invoice": "Invoiced", "CreditNote": "Credited", "DebitNote": "Debited"}[kind]
    return {
        "number": _text(line, "cbc:ID"),
        "code": _text(line, "cac:Item/cac:SellersItemIdentification/cbc:ID")
        or _text(line, "cac:Item/cac:StandardItemIdentification/cbc:ID"),
        "name": _text(line, "cac:Item/cbc:Description") or _text(line, "cac:Item/cbc:Name"),
        "quantity": _text(line, f"cbc:{name}Quantity"),
        "price": _text(line, "cac:Price/cbc:PriceAmount"),
        "amount": _text(line, "cbc:LineExtensionAmount"),
    }


def _taxes(root, total):
    return [
        {
            "name": _text(share, "cac:TaxCategory/cac:TaxScheme/cbc:Name"),
            "percent": _text(share, "cac:TaxCategory/cbc:Percent"),
            "base": _text(share, "cbc:TaxableAmount"),
            "amount": _text(share, "cbc:TaxAmount"),
            "withheld": total == "cac:WithholdingTaxTotal",
        }
        for share in root.findall(f"{total}/cac:TaxSubtotal", _NAMES)[:100]
    ]


def _totals(root):
    found = root.find("cac:LegalMonetaryTotal", _NAMES)
    if found is None:
        found = root.find("cac:RequestedMonetaryTotal", _NAMES)
    names = {
        "untaxed": "LineExtensionAmount",
        "taxed": "TaxInclusiveAmount",
        "allowance": "AllowanceTotalAmount",
        "charge": "ChargeTotalAmount",
        "prepaid": "PrepaidAmount",
        "payable": "PayableAmount",
    }
    if found is None:
        return {}
    return {key: _text(found, f"cbc:{name}") for key, name in names.items()}
