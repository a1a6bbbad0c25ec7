"""Literals, environment, dates, currency and parties (annex §8.2–8.4, families AD, AB, AJ, AN)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from .document import CUSTOMER, SUPPLIER, Document
from .findings import Finding, notify, reject
from .names import AGENCY_NAME, DIAN_NIT
from .rules_signature import BOGOTA, signing_time

PROFILES = {
    "Invoice": "DIAN 2.1: Factura Electrónica de Venta",
    "CreditNote": "DIAN 2.1: Nota Crédito de Factura Electrónica de Venta",
    "DebitNote": "DIAN 2.1: Nota Débito de Factura Electrónica de Venta",
}
OPERATIONS = {
    "Invoice": set(["09", "10", "11", "12", "14", "15", "16"])
    | {"SS-CUFE", "SS-CUDE", "SS-POS", "SS-SNum", "SS-Recaudo", "SS-Reporte", "SS-SinAporte"},
    "CreditNote": {"20", "22"},
    "DebitNote": {"30", "32"},
}
TYPES = {"Invoice": {"01", "02", "03", "04"}, "CreditNote": {"91"}, "DebitNote": {"92"}}
_WEIGHTS = (3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71)


def check(document: Document, environment: str, now: dt.datetime) -> Iterator[Finding]:
    """Findings about the header."""
    yield from _literals(document, environment)
    yield from _dates(document, now)
    yield from _currency(document)
    yield from _parties(document)
    yield from _payment(document)
    yield from _extension(document)


def _literals(document: Document, environment: str) -> Iterator[Finding]:
    code, text = document.code, document.text
    if text("cbc:UBLVersionID") != "UBL 2.1":
        yield reject(code("AD01"), "UBLVersionID debe ser «UBL 2.1».")
    if text("cbc:CustomizationID") not in OPERATIONS[document.kind]:
        yield reject(code("AD02"), "Tipo de operación fuera de la lista.")
    if text("cbc:ProfileID") != PROFILES[document.kind]:
        yield reject(code("AD03"), f"ProfileID debe ser «{PROFILES[document.kind]}».")
    digit = text("cbc:ProfileExecutionID")
    if digit not in ("1", "2") or environment not in ("any", digit):
        yield reject(code("AD04"), "El documento fue enviado a un ambiente que no es el suyo.")
    if text("cbc:UUID/@schemeID") != digit:
        yield reject(code("AD07"), "El ambiente del código único difiere de ProfileExecutionID.")
    if not re.fullmatch(r"[A-Za-z0-9]{1,20}", document.number):
        yield reject(code("AD05a"), "El número solo admite letras y dígitos, hasta 20.")
    if document.type_code not in TYPES[document.kind]:
        yield reject(code("AD12a"), "Tipo de documento fuera de la lista.")
    counted = text("cbc:LineCountNumeric")
    if counted != str(len(document.every(document.lines))):
        yield reject(code("AD16"), "LineCountNumeric no es el número de líneas.")


def _dates(document: Document, now: dt.datetime) -> Iterator[Finding]:
    code = document.code
    try:
        issued = dt.datetime.strptime(document.issue_date, "%Y-%m-%d").date()
    except ValueError:
        yield reject(code("AD09e"), "IssueDate no es una fecha.")
        return
    signed = signing_time(document)
    if signed is None or signed.astimezone(BOGOTA).date() != issued:
        yield reject(code("AD09e"), "IssueDate no es la fecha de la firma, hora de Bogotá.")
    if issued > now.astimezone(BOGOTA).date():
        yield reject(code("AD09e"), "IssueDate es posterior a hoy.")
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d-05:00", document.text("cbc:IssueTime")):
        yield notify(code("AD10"), "IssueTime debe llevar la zona -05:00.")


def _currency(document: Document) -> Iterator[Finding]:
    currency = document.text("cbc:DocumentCurrencyCode")
    if currency != "COP":
        yield reject(document.code("AD15a"), "La divisa del documento debe ser COP.")
    others = document.every("//@currencyID[not(ancestor::ext:UBLExtensions)]")
    if any(value != currency for value in others):
        yield reject(document.code("AD15b"), "Hay importes en otra divisa que la del documento.")


def _parties(document: Document) -> Iterator[Finding]:
    code, text = document.code, document.text
    scheme = f"{SUPPLIER}/cac:PartyTaxScheme/cbc:CompanyID"
    if not re.fullmatch(r"[1-9]\d{4,9}", document.issuer):
        yield reject(code("AJ21"), "El NIT del emisor falta o no son dígitos sin DV.")
    elif document.issuer_digit != check_digit(document.issuer):
        yield reject(code("AJ24b"), "El dígito de verificación del emisor no corresponde.")
    if text(f"{scheme}/@schemeName") != "31":
        yield reject(code("AJ25"), "El emisor debe identificarse con NIT (31).")
    if text(f"{SUPPLIER}/cac:PartyLegalEntity/cbc:CompanyID") != document.issuer:
        yield reject(code("AJ44a"), "El NIT del emisor difiere entre grupos.")
    if not text(f"{SUPPLIER}/cac:PartyLegalEntity/cbc:RegistrationName"):
        yield reject(code("AJ43a"), "Falta el nombre del emisor.")
    if not document.customer:
        yield reject(code("AK21"), "Falta la identificación del adquiriente.")
    account = text("cac:AccountingCustomerParty/cbc:AdditionalAccountID")
    if account not in ("1", "2"):
        yield reject(code("AK02"), "El tipo de organización del adquiriente es inválido.")
    identified = document.every(f"{CUSTOMER}/cac:PartyIdentification/cbc:ID")
    if document.kind == "Invoice" and account == "2" and not identified:
        yield reject("FAK61", "El adquiriente persona natural requiere PartyIdentification.")
    company = f"{CUSTOMER}/cac:PartyTaxScheme/cbc:CompanyID"
    if text(f"{company}/@schemeName") == "31" and text(f"{company}/@schemeID") != check_digit(
        text(company)
    ):
        yield reject(code("AK24"), "El dígito de verificación del adquiriente no corresponde.")


def _payment(document: Document) -> Iterator[Finding]:
    means = document.every("cac:PaymentMeans")
    if not means:
        yield reject(document.code("AN01"), "Falta la forma de pago.")
    for position in range(1, len(means) + 1):
        path = f"cac:PaymentMeans[{position}]"
        form = document.text(f"{path}/cbc:ID")
        if form not in ("1", "2"):
            yield reject(document.code("AN02"), "Forma de pago fuera de la lista.")
        if not document.text(f"{path}/cbc:PaymentMeansCode"):
            rule = "AN03" if document.kind == "Invoice" else "AN03b"
            yield reject(document.code(rule), "Falta el medio de pago.")
        if form == "2" and not document.text(f"{path}/cbc:PaymentDueDate"):
            yield reject(document.code("AN04"), "El pago a crédito requiere vencimiento.")


def _extension(document: Document) -> Iterator[Finding]:
    code, extension = document.code, document.extension
    count = "ext:UBLExtensions/ext:UBLExtension[ext:ExtensionContent/sts:DianExtensions]"
    if len(document.every(count)) != 1:
        yield reject(code("AB03"), "Debe haber un solo grupo DianExtensions.")
    authority = "sts:AuthorizationProvider/sts:AuthorizationProviderID"
    if extension(authority) != DIAN_NIT:
        yield reject(code("AB31"), "El proveedor de autorización debe ser la DIAN.")
    if extension(f"{authority}/@schemeID") != "4":
        yield reject(code("AB34"), "El dígito de verificación de la DIAN debe ser 4.")
    if extension(f"{authority}/@schemeName") != "31":
        yield reject(code("AB35"), "La DIAN se identifica con NIT (31).")
    provider = extension("sts:SoftwareProvider/sts:ProviderID")
    if not provider:
        yield reject(code("AB19a"), "Falta el NIT del proveedor tecnológico.")
    elif extension("sts:SoftwareProvider/sts:ProviderID/@schemeID") != check_digit(provider):
        yield reject(code("AB22b"), "El dígito de verificación del proveedor no corresponde.")
    if not extension("sts:QRCode"):
        yield reject(code("AB36"), "Falta el código QR.")
    if extension("sts:SoftwareSecurityCode/@schemeAgencyName") != AGENCY_NAME:
        yield notify(code("AB29"), "El nombre de la agencia no corresponde.")


def check_digit(nit: str) -> str:
    """DIAN's modulo-11 digit; empty when the number is none."""
    if not (nit.isascii() and nit.isdigit()) or len(nit) > len(_WEIGHTS):
        return ""
    rest = sum(int(d) * w for d, w in zip(reversed(nit), _WEIGHTS, strict=False)) % 11
    return str(rest if rest < 2 else 11 - rest)
