"""Rules of the acquirer and of who may download for it (annex 8.2, FAK, FAL)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .. import codes, nit
from .addresses import address, complete
from .base import Case, Failure, Rule, Text
from .blocks import contact, identification, tax_level, tax_scheme
from .common import OK, Group, N, R, fails, has
from .screens import (
    CUSTOMER,
    CUSTOMER_ADDRESS,
    CUSTOMER_CONTACT,
    CUSTOMER_ID,
    CUSTOMER_LEVEL,
    CUSTOMER_NAME,
)
from .tree import Node

_PATH = "/Invoice/cac:AccountingCustomerParty"
_PARTY = f"{_PATH}/cac:Party"
_TAX = f"{_PARTY}/cac:PartyTaxScheme"
_LEGAL = f"{_PARTY}/cac:PartyLegalEntity"
_DOWNLOADER = "/Invoice/cac:TaxRepresentativeParty"

_OWNER = Text("customer", "del cliente")
_ADDRESS = Text("customer's address", "dirección del cliente")
_FISCAL = Text("customer's fiscal address", "dirección fiscal del cliente")
_PERSON = Text("person who may download", "de la persona autorizada a descargar")
#: Identifications of digits only, without leading zeros (annex 6.1, FAK21).
_NUMERIC = frozenset({"12", "13", "22", codes.NIT_TYPE})

_customer = Group(_PATH, CUSTOMER)
_party = Group(_PARTY, CUSTOMER)
_identity = Group(f"{_PARTY}/cac:PartyIdentification", CUSTOMER_ID)
_location = Group(f"{_PARTY}/cac:PhysicalLocation", CUSTOMER_ADDRESS)
_address = Group(f"{_PARTY}/cac:PhysicalLocation/cac:Address", CUSTOMER_ADDRESS)
_tax = Group(_TAX, CUSTOMER)
_tax_id = Group(_TAX, CUSTOMER_ID)
_fiscal = Group(f"{_TAX}/cac:RegistrationAddress", CUSTOMER_ADDRESS)
_legal = Group(_LEGAL, CUSTOMER)
_legal_id = Group(_LEGAL, CUSTOMER_ID)
_contact = Group(f"{_PARTY}/cac:Contact", CUSTOMER_CONTACT)
_downloader = Group(_DOWNLOADER, CUSTOMER_CONTACT)


def is_final_consumer(node: Node, case: Case) -> bool:
    """Condition: the buyer gives no identification (``consumidor final``, annex 6.1)."""
    party = "cac:AccountingCustomerParty/cac:Party"
    return codes.FINAL_CONSUMER_ID in (
        case.root.value(f"{party}/cac:PartyTaxScheme/cbc:CompanyID"),
        case.root.value(f"{party}/cac:PartyIdentification/cbc:ID"),
    )


def _is_known(node: Node, case: Case) -> bool:
    return not is_final_consumer(node, case)


def _is_natural(node: Node, case: Case) -> bool:
    return case.root.value("cac:AccountingCustomerParty/cbc:AdditionalAccountID") == "2"


def _company_id(node: Node, case: Case) -> Sequence[Failure]:
    found = node.value("cbc:CompanyID")
    kind = node.value("cbc:CompanyID/@schemeName")
    digits = found.isascii() and found.isdigit() and not found.startswith("0")
    letters = found.isascii() and found.replace("-", "").isalnum()
    good = digits if kind in _NUMERIC else letters
    return OK if good else fails(node, "cbc:CompanyID", found)


def _type_and_digit(node: Node, case: Case) -> Sequence[Failure]:
    """FAK25: the annex prints the check digit under the attribute of the type; both are judged."""
    number = node.value("cbc:CompanyID")
    kind = node.value("cbc:CompanyID/@schemeName")
    digit = node.value("cbc:CompanyID/@schemeID")
    if not number:
        return OK
    if kind not in codes.IDENTIFICATION_TYPES:
        return fails(node, "cbc:CompanyID/@schemeName", kind)
    if kind != codes.NIT_TYPE or not digit or nit.is_valid(number, digit):
        return OK
    return fails(node, "cbc:CompanyID/@schemeID", digit)


def _digit(node: Node, case: Case) -> Sequence[Failure]:
    digit = node.value("cbc:ID/@schemeID")
    return (
        OK if nit.is_valid(node.value("cbc:ID"), digit) else fails(node, "cbc:ID/@schemeID", digit)
    )


def _shares(node: Node, case: Case) -> Sequence[Failure]:
    """FAK60: every share is given and together they are 100 (annex 6.1)."""
    members = node.every("cac:PartyLegalEntity/cac:ShareholderParty")
    total = Decimal(0)
    for member in members:
        share = member.number("cbc:PartecipationPercent")
        if share is None:
            return fails(
                member, "cbc:PartecipationPercent", member.value("cbc:PartecipationPercent")
            )
        total += share
    if not members or abs(total - 100) <= Decimal("0.1"):
        return OK
    return fails(members[0], "cbc:PartecipationPercent", f"{total}")


_GROUPS: tuple[Rule, ...] = (
    Group("/Invoice", CUSTOMER).required(
        "FAK01", R, "cac:AccountingCustomerParty", "customer", "cliente"),
    _customer.matches("FAK02", R, "cbc:AdditionalAccountID", "[12]",
                      "organisation type of the customer (1 company, 2 person)",
                      "tipo de organización del cliente (1 jurídica, 2 natural)"),
    _customer.required("FAK03", R, "cac:Party", "data of the customer", "datos del cliente"),
    _party.required("FAK61", R, "cac:PartyIdentification", "identification of the customer",
                    "identificación del cliente", fix=CUSTOMER_ID, when=_is_natural),
    _party.required("FAK62", R, "cac:PartyIdentification/cbc:ID",
                    "identification number of the customer",
                    "número de identificación del cliente", fix=CUSTOMER_ID, when=_is_natural),
    *identification(_identity, "- - - - FAK63R", "cbc:ID", _OWNER),
    _identity.rule("FAK64", R, "cbc:ID/@schemeID", Text(
        "The check digit of the customer's NIT is {found}, which is wrong.",
        "El dígito de verificación del NIT del cliente es {found} y no corresponde."), _digit,
        when=has("cbc:ID/@schemeName", codes.NIT_TYPE)),
    _party.filled("FAK05", N, "cac:PartyName", "trade name of the customer",
                  "nombre comercial del cliente", fix=CUSTOMER_NAME),
    Group(f"{_PARTY}/cac:PartyName", CUSTOMER_NAME).required(
        "FAK06", N, "cbc:Name", "trade name of the customer", "nombre comercial del cliente"),
    _party.filled("FAK07", N, "cac:PhysicalLocation", "address of the customer",
                  "dirección del cliente", fix=CUSTOMER_ADDRESS),
    complete(_location, "FAK08", N, "cac:Address", _ADDRESS),
    *address(_address, "FAK09N FAK10N FAK57N FAK11N FAK12N FAK13N FAK14N FAK15N FAK16N FAK17N "
             "FAK18N", _ADDRESS),
    _party.required("FAK19", R, "cac:PartyTaxScheme", "tax data of the customer",
                    "datos tributarios del cliente"),
)  # fmt: skip

_TAX_RULES: tuple[Rule, ...] = (
    _tax.required("FAK20", R, "cbc:RegistrationName", "name of the customer",
                  "nombre del cliente", fix=CUSTOMER_NAME),
    _tax_id.rule("FAK21", R, "cbc:CompanyID", Text(
        "The {label} is {found}; it takes digits without leading zeros, or letters if foreign.",
        "{Label}: {found} debe llevar dígitos sin ceros a la izquierda, o letras si es "
        "extranjero."), _company_id, Text(
            "identification number of the customer", "número de identificación del cliente")),
    *identification(_tax_id, "FAK22N FAK23N FAK24R - -", "cbc:CompanyID", _OWNER),
    _tax_id.rule("FAK25", R, "cbc:CompanyID/@schemeName", Text(
        "The customer's identification type or check digit is wrong: {found}.",
        "El tipo de identificación o el dígito de verificación del cliente no corresponde: "
        "{found}."), _type_and_digit),
    tax_level(Group(_TAX, CUSTOMER_LEVEL), "FAK26", N, Text(
        "fiscal responsibility of the customer", "responsabilidad fiscal del cliente"), True),
    complete(_fiscal, "FAK28", N, "", _FISCAL),
    *address(_fiscal, "FAK29R FAK30N FAK58N FAK31N FAK32R FAK33N FAK34N FAK35N FAK36R FAK37N "
             "FAK38N", _FISCAL),
    *tax_scheme(_tax, "FAK39N FAK40N FAK41N", _OWNER),
)  # fmt: skip

_LEGAL_RULES: tuple[Rule, ...] = (
    _party.required("FAK42", R, "cac:PartyLegalEntity", "legal data of the customer",
                    "datos legales del cliente", when=_is_known),
    _legal.required("FAK43", R, "cbc:RegistrationName", "name in the customer's legal data",
                    "nombre en los datos legales del cliente", fix=CUSTOMER_NAME),
    _legal_id.required("FAK44", R, "cbc:CompanyID", "identification in the customer's legal data",
                       "identificación en los datos legales del cliente"),
    *identification(_legal_id, "FAK45N FAK46N FAK47R - FAK48R", "cbc:CompanyID", _OWNER),
    _legal.filled("FAK59", N, "cac:ShareholderParty", "share of a joint buyer",
                  "participación de un comprador conjunto"),
    _party.rule("FAK60", N, "cac:PartyLegalEntity/cac:ShareholderParty/cbc:PartecipationPercent",
                Text("The shares of the joint buyers must be given and add up to 100 %; "
                     "found: {found}.",
                     "Las participaciones de los compradores deben informarse y sumar 100 %; "
                     "se encontró: {found}."), _shares),
    _legal.filled("FAK49", N, "cac:CorporateRegistrationScheme", "trade register of the customer",
                  "registro mercantil del cliente"),
    Group(f"{_LEGAL}/cac:CorporateRegistrationScheme", CUSTOMER).required(
        "FAK50", N, "cbc:Name", "trade register number of the customer",
        "matrícula mercantil del cliente"),
    # R in the annex, 0..1 in its chapter 6; accepted documents lack both: judged as notifications.
    _party.required("FAK51", N, "cac:Contact", "contact of the customer", "contacto del cliente",
                    fix=CUSTOMER_CONTACT, when=_is_known),
    *contact(_contact, "FAK52N FAK53N FAK54N - FAK56N", _OWNER),
    _contact.required("FAK55", N, "cbc:ElectronicMail", "mail address of the customer",
                      "correo electrónico del cliente", when=_is_known),
)  # fmt: skip

_DOWNLOAD: tuple[Rule, ...] = (
    Group("/Invoice", CUSTOMER_CONTACT).filled(
        "FAL01", N, "cac:TaxRepresentativeParty", "person who may download the invoice",
        "persona autorizada a descargar la factura"),
    _downloader.required("FAL02", N, "cac:PartyIdentification",
                         "identification of the person who may download",
                         "identificación de la persona autorizada a descargar"),
    Group(f"{_DOWNLOADER}/cac:PartyIdentification", CUSTOMER_CONTACT).required(
        "FAL03", N, "cbc:ID", "identification number of the person who may download",
        "número de identificación de la persona autorizada a descargar"),
    *identification(_downloader, "FAL04N FAL05N FAL07N - FAL06N", "cac:PartyIdentification/cbc:ID",
                    _PERSON),
)  # fmt: skip

RULES = _GROUPS + _TAX_RULES + _LEGAL_RULES + _DOWNLOAD
