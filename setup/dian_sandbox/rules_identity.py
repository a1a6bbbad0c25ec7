"""CUFE/CUDE, security code, issuer and numbering range: what DIAN knows and the XML must match."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from decimal import ROUND_DOWN, Decimal, InvalidOperation

from . import xmlio
from .document import CUSTOMER, SUPPLIER, Document
from .findings import Finding, reject

_TAXES = ("01", "04", "03")
_CENT = Decimal("0.01")
_CONTROL = "sts:InvoiceControl"


def check(document: Document, issuer: dict | None) -> Iterator[Finding]:
    """Findings that need the registered issuer; without one there is nothing to compare."""
    if issuer is None:
        yield reject(document.code("AJ21"), "El emisor no está habilitado para facturar.")
        return
    yield from _software(document, issuer)
    row = None
    if document.kind == "Invoice":
        row = _registered_range(document, issuer)
        yield from _range(document, row)
    yield from _key(document, issuer, row)


def _software(document: Document, issuer: dict) -> Iterator[Finding]:
    software = document.extension("sts:SoftwareProvider/sts:SoftwareID")
    code = document.extension("sts:SoftwareSecurityCode")
    if not software:
        yield reject(document.code("AB24a"), "Falta el código del software.")
    elif software.lower() != issuer["software_id"].lower():
        yield reject(document.code("AB24b"), "El software no está autorizado para el emisor.")
    if not code:
        yield reject(document.code("AB27a"), "Falta el código de seguridad del software.")
    elif code != _sha384(software + issuer["pin"] + document.number):
        yield reject(document.code("AB27b"), "El código de seguridad del software no corresponde.")


def _registered_range(document: Document, issuer: dict) -> dict | None:
    """The range of the authorisation named; among several with its prefix the one that fits."""
    named = document.extension(f"{_CONTROL}/sts:InvoiceAuthorization")
    prefix = document.extension(f"{_CONTROL}/sts:AuthorizedInvoices/sts:Prefix")
    rows = [row for row in issuer["ranges"] if row["resolution"] == named]
    fitting = [row for row in rows if row["prefix"] == prefix]
    return (fitting or rows or [None])[0]


def _range(document: Document, row: dict | None) -> Iterator[Finding]:
    if not document.extension(f"{_CONTROL}/sts:InvoiceAuthorization"):
        yield reject("FAB05a", "Falta el número de la autorización de numeración.")
        return
    if row is None:
        yield reject("FAB05b", "La autorización de numeración no es del emisor.")
        return
    invoices = f"{_CONTROL}/sts:AuthorizedInvoices"
    period = f"{_CONTROL}/sts:AuthorizationPeriod"
    prefix = document.extension(f"{invoices}/sts:Prefix")
    for rule, path, key, label in (
        ("FAB07b", f"{period}/cbc:StartDate", "start", "La fecha inicial"),
        ("FAB08b", f"{period}/cbc:EndDate", "end", "La fecha final"),
        ("FAB10b", f"{invoices}/sts:Prefix", "prefix", "El prefijo"),
        ("FAB11b", f"{invoices}/sts:From", "first", "El inicio"),
        ("FAB12b", f"{invoices}/sts:To", "last", "El final"),
    ):
        if document.extension(path) != str(row[key]):
            yield reject(rule, f"{label} no es el de la autorización de numeración.")
    branch = document.text(
        f"{SUPPLIER}/cac:PartyLegalEntity/cac:CorporateRegistrationScheme/cbc:ID"
    )
    if branch != prefix:
        yield reject("FAB10a", "El prefijo no es el de CorporateRegistrationScheme.")
    if document.issue_date < row["start"]:
        yield reject("FAD09a", "El documento es anterior a la autorización.")
    if document.issue_date > row["end"]:
        yield reject("FAD09b", "El documento es posterior a la autorización.")
    yield from _number(document, row)


def _number(document: Document, row: dict) -> Iterator[Finding]:
    found = re.fullmatch(re.escape(row["prefix"]) + r"(\d{1,18})", document.number)
    if not found:
        yield reject("FAD05d", "El número no pertenece al rango autorizado.")
    elif int(found[1]) < row["first"]:
        yield reject("FAD05b", "El número es menor que el inicio del rango.")
    elif int(found[1]) > row["last"]:
        yield reject("FAD05c", "El número es mayor que el final del rango.")


def _key(document: Document, issuer: dict, row: dict | None) -> Iterator[Finding]:
    cufe = document.kind == "Invoice" and document.type_code != "03"
    scheme = "CUFE-SHA384" if cufe else "CUDE-SHA384"
    if document.key_scheme != scheme:
        yield reject(document.code("AD08"), f"El algoritmo del código único debe ser {scheme}.")
    if cufe and row is None:
        return  # without a range there is no technical key; the range is refused already
    secret = row["technical_key"] if cufe and row else issuer["pin"]
    if document.key != unique_code(document, secret):
        label = "CUFE" if cufe else "CUDE"
        yield reject(document.code("AD06"), f"El valor del {label} no está bien calculado.")


def unique_code(document: Document, secret: str) -> str:
    """CUFE or CUDE from the XML (annex §11.2.2, §11.4.2, §11.4.4, §11.4.6).

    An amount that is no number goes in as it is written: the hash will differ.
    """
    company = "cac:PartyTaxScheme/cbc:CompanyID"
    parts = [
        document.number,
        document.issue_date,
        document.text("cbc:IssueTime"),
        _amount(document.text(f"{document.totals}/cbc:LineExtensionAmount")),
    ]
    for tax in _TAXES:
        parts += [tax, _tax(document, tax)]
    parts += [
        _amount(document.text(f"{document.totals}/cbc:PayableAmount")),
        document.text(f"{SUPPLIER}/{company}"),
        document.text(f"{CUSTOMER}/{company}") or document.customer,
        secret,
        document.text("cbc:ProfileExecutionID"),
    ]
    return _sha384("".join(parts))


def _tax(document: Document, tax: str) -> str:
    """Header total of a tax; 0.00 when absent."""
    for total in document.every("cac:TaxTotal"):
        if xmlio.text(total, "cac:TaxSubtotal/cac:TaxCategory/cac:TaxScheme/cbc:ID") == tax:
            return _amount(xmlio.text(total, "cbc:TaxAmount"))
    return "0.00"


def _amount(text: str) -> str:
    try:
        return str(Decimal(text).quantize(_CENT, ROUND_DOWN))
    except InvalidOperation:
        return text


def _sha384(text: str) -> str:
    return hashlib.sha384(text.encode()).hexdigest()
