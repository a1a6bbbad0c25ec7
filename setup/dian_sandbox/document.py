"""One received document: the values the rules speak about, read by the annex's paths."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from . import names, xmlio

_TITLES = {
    "Invoice": "La Factura electrónica",
    "CreditNote": "La Nota crédito electrónica",
    "DebitNote": "La Nota débito electrónica",
}
EXTENSION = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent"


@dataclass(frozen=True)
class Document:
    """A parsed document and its bytes as received."""

    name: str
    data: bytes
    root: etree._Element

    @cached_property
    def kind(self) -> str:
        """Invoice, CreditNote, DebitNote, or the local name of anything else."""
        return etree.QName(self.root).localname

    @property
    def known(self) -> bool:
        """True for the three kinds that are judged here."""
        return self.kind in _TITLES and self.root.tag == xmlio.name(
            f"{names.UBL}{self.kind}-2", self.kind
        )

    def code(self, rule: str) -> str:
        """DIAN's id of a rule for this kind: ``AD06`` is FAD06, CAD06 or DAD06."""
        return self.kind[0].replace("I", "F") + rule

    def text(self, path: str) -> str:
        """Text at a path from the root, or an empty string."""
        return xmlio.text(self.root, path)

    def every(self, path: str) -> list:
        """All matches of a path from the root."""
        return xmlio.every(self.root, path)

    @cached_property
    def number(self) -> str:
        """Prefix and number."""
        return self.text("cbc:ID")

    @cached_property
    def key(self) -> str:
        """CUFE or CUDE as written."""
        return self.text("cbc:UUID")

    @cached_property
    def key_scheme(self) -> str:
        """``CUFE-SHA384`` or ``CUDE-SHA384`` as written."""
        return self.text("cbc:UUID/@schemeName")

    @cached_property
    def type_code(self) -> str:
        """01, 02, 03, 04, 91; 92 for a debit note, which has no such element."""
        if self.kind == "DebitNote":
            return "92"
        return self.text(f"cbc:{self.kind}TypeCode")

    @cached_property
    def issue_date(self) -> str:
        """YYYY-MM-DD as written."""
        return self.text("cbc:IssueDate")

    @cached_property
    def issuer(self) -> str:
        """NIT of the issuer without check digit."""
        return self.text(f"{SUPPLIER}/cac:PartyTaxScheme/cbc:CompanyID")

    @cached_property
    def issuer_digit(self) -> str:
        """Check digit as written."""
        return self.text(f"{SUPPLIER}/cac:PartyTaxScheme/cbc:CompanyID/@schemeID")

    @cached_property
    def issuer_name(self) -> str:
        """Name of the issuer."""
        return self.text(f"{SUPPLIER}/cac:PartyTaxScheme/cbc:RegistrationName")

    @cached_property
    def customer(self) -> str:
        """Identification of the buyer."""
        return self.text(f"{CUSTOMER}/cac:PartyTaxScheme/cbc:CompanyID") or self.text(
            f"{CUSTOMER}/cac:PartyIdentification/cbc:ID"
        )

    @property
    def totals(self) -> str:
        """Path of the monetary totals."""
        return f"cac:{'Requested' if self.kind == 'DebitNote' else 'Legal'}MonetaryTotal"

    @property
    def lines(self) -> str:
        """Path of the lines."""
        return f"cac:{self.kind}Line"

    @property
    def quantity(self) -> str:
        """Name of a line's quantity."""
        prefix = {"Invoice": "Invoiced", "CreditNote": "Credited", "DebitNote": "Debited"}
        return f"cbc:{prefix[self.kind]}Quantity"

    def extension(self, path: str) -> str:
        """Text inside sts:DianExtensions."""
        return self.text(f"{EXTENSION}/sts:DianExtensions/{path}")

    @property
    def sentence(self) -> str:
        """What the service says of an accepted document."""
        prefix = self.extension("sts:InvoiceControl/sts:AuthorizedInvoices/sts:Prefix")
        shown = self.number
        if prefix and shown.startswith(prefix):
            shown = f"{prefix}-{shown[len(prefix) :]}"
        return f"{_TITLES.get(self.kind, 'El documento')} {shown}, ha sido autorizada."


SUPPLIER = "cac:AccountingSupplierParty/cac:Party"
CUSTOMER = "cac:AccountingCustomerParty/cac:Party"


def read(name: str, data: bytes) -> Document:
    """Parse one file of a zip.

    :raises xmlio.UnreadableXml: no XML, or with a DTD.
    """
    return Document(name, data, xmlio.parse(data))
