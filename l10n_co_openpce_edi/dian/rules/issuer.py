"""Rules of the issuer (annex 8.2, FAJ)."""

from __future__ import annotations

from collections.abc import Sequence

from .. import nit
from ..codes import NIT_TYPE
from .addresses import address, complete
from .base import Case, Failure, Rule, Text
from .blocks import contact, identification, tax_level, tax_scheme
from .common import EXPECTED, OK, Group, N, R, all_of, fails, right_digit
from .screens import (
    COMPANY,
    COMPANY_ADDRESS,
    COMPANY_LEVEL,
    COMPANY_MAIL,
    COMPANY_NAME,
    COMPANY_NIT,
    CONSORTIUM,
    NUMBER,
    RANGE,
)
from .tree import Node

_PATH = "/Invoice/cac:AccountingSupplierParty"
_PARTY = f"{_PATH}/cac:Party"
_TAX = f"{_PARTY}/cac:PartyTaxScheme"
_LEGAL = f"{_PARTY}/cac:PartyLegalEntity"
_MEMBER = f"{_LEGAL}/cac:ShareholderParty"
_MEMBER_TAX = f"{_MEMBER}/cac:Party/cac:PartyTaxScheme"

_OWNER = Text("issuer", "del emisor")
_ADDRESS = Text("issuer's address", "dirección del emisor")
_FISCAL = Text("issuer's fiscal address", "dirección fiscal del emisor")
_PARTNER = Text("consortium member", "del miembro del consorcio")

_issuer = Group(_PATH, COMPANY)
_party = Group(_PARTY, COMPANY)
_location = Group(f"{_PARTY}/cac:PhysicalLocation", COMPANY_ADDRESS)
_address = Group(f"{_PARTY}/cac:PhysicalLocation/cac:Address", COMPANY_ADDRESS)
_tax = Group(_TAX, COMPANY)
_tax_id = Group(_TAX, COMPANY_NIT)
_fiscal = Group(f"{_TAX}/cac:RegistrationAddress", COMPANY_ADDRESS)
_legal = Group(_LEGAL, COMPANY)
_legal_id = Group(_LEGAL, COMPANY_NIT)
_member = Group(_MEMBER, CONSORTIUM)
_member_tax = Group(_MEMBER_TAX, CONSORTIUM)
_contact = Group(f"{_PARTY}/cac:Contact", COMPANY_MAIL)

_DIFFERENT = Text(
    "The {label} is {found}; the issuer is registered as {expected}.",
    "{Label}: es {found} y el emisor está registrado como {expected}.",
)


def _company_id(node: Node, case: Case) -> Sequence[Failure]:
    """FAJ21 offline: a NIT in digits, and the one of the company that issues, when known."""
    found, known = node.value("cbc:CompanyID"), case.context.issuer_nit
    if not (found.isascii() and found.isdigit()) or found.startswith("0"):
        return fails(node, "cbc:CompanyID", found, known or "900123456")
    return OK if not known or found == known else fails(node, "cbc:CompanyID", found, known)


def _legal_name(node: Node, case: Case) -> Sequence[Failure]:
    """FAJ43b offline: the name of the RUT as the issuer knows it.

    Only against the context: for a natural person the legal entity's name is the trade name
    (annex 6.1), so it may differ from the one in ``PartyTaxScheme``.
    """
    found, known = node.value("cbc:RegistrationName"), case.context.issuer_name
    if not known or not found or found.casefold() == known.casefold():
        return OK
    return fails(node, "cbc:RegistrationName", found, known)


def _legal_id_matches(node: Node, case: Case) -> Sequence[Failure]:
    """FAJ44b offline: the same NIT as in the tax data of the issuer."""
    known = case.context.issuer_nit or case.root.value(
        "cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID"
    )
    found = node.value("cbc:CompanyID")
    if not found or not known or found == known:
        return OK
    return fails(node, "cbc:CompanyID", found, known)


def _legal_type(node: Node, case: Case) -> Sequence[Failure]:
    """FAJ48: type 31; chapter 6 adds that its check digit must be right."""
    found, digit = node.value("cbc:CompanyID/@schemeName"), node.value("cbc:CompanyID/@schemeID")
    number = node.value("cbc:CompanyID")
    if not number:
        return OK
    if found != NIT_TYPE:
        return fails(node, "cbc:CompanyID/@schemeName", found, NIT_TYPE)
    if not digit or nit.is_valid(number, digit):
        return OK
    return fails(node, "cbc:CompanyID/@schemeID", digit, right_digit(number))


def _branch_present(node: Node, case: Case) -> Sequence[Failure]:
    """FAJ49: the group counts, also with an empty prefix (ranges without prefix exist)."""
    there = node.at("cac:CorporateRegistrationScheme") is not None
    return OK if there else fails(node, "cac:CorporateRegistrationScheme")


def _mail(node: Node, case: Case) -> Sequence[Failure]:
    """FAJ71. Chapter 6 makes the element optional, chapter 8 rejects without it: ask for it."""
    path = "cac:Contact/cbc:ElectronicMail"
    found, known = node.value(path), case.context.reception_email
    if known and found.casefold() != known.casefold():
        return fails(node, path, found, known)
    name, at, domain = found.rpartition("@")
    return OK if at and name and "." in domain else fails(node, path, found, "correo@empresa.co")


def _has_prefix(node: Node, case: Case) -> bool:
    return bool(case.root.value(
        "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/sts:DianExtensions"
        "/sts:InvoiceControl/sts:AuthorizedInvoices/sts:Prefix"
    ))  # fmt: skip


_GROUPS: tuple[Rule, ...] = (
    Group("/Invoice", COMPANY).required(
        "FAJ01", R, "cac:AccountingSupplierParty", "issuer", "emisor"),
    _issuer.required("FAJ02a", R, "cbc:AdditionalAccountID", "organisation type of the issuer",
                     "tipo de organización del emisor"),
    _issuer.matches("FAJ02b", R, "cbc:AdditionalAccountID", "[12]",
                    "organisation type of the issuer (1 company, 2 person)",
                    "tipo de organización del emisor (1 jurídica, 2 natural)", optional=True),
    _issuer.required("FAJ03", R, "cac:Party", "data of the issuer", "datos del emisor"),
    _party.filled("FAJ05", N, "cac:PartyName", "trade name of the issuer",
                  "nombre comercial del emisor", fix=COMPANY_NAME),
    Group(f"{_PARTY}/cac:PartyName", COMPANY_NAME).required(
        "FAJ06", N, "cbc:Name", "trade name of the issuer", "nombre comercial del emisor"),
    _party.required("FAJ07", N, "cac:PhysicalLocation", "address of the issuer",
                    "dirección del emisor", fix=COMPANY_ADDRESS),
    complete(_location, "FAJ08", R, "cac:Address", _ADDRESS),
    *address(_address, "FAJ09R FAJ10N FAJ73N FAJ11N FAJ12R FAJ13N FAJ14N FAJ15R FAJ16R FAJ17N "
             "FAJ18N", _ADDRESS, domestic=True),
    _party.required("FAJ19", R, "cac:PartyTaxScheme", "tax data of the issuer",
                    "datos tributarios del emisor"),
)  # fmt: skip

_TAX_RULES: tuple[Rule, ...] = (
    _tax.required("FAJ20", R, "cbc:RegistrationName", "legal name of the issuer",
                  "nombre legal del emisor", fix=COMPANY_NAME),
    _tax_id.rule("FAJ21", R, "cbc:CompanyID", EXPECTED, _company_id,
                 Text("NIT of the issuer (digits, without check digit)",
                      "NIT del emisor (dígitos, sin el de verificación)")),
    *identification(_tax_id, "FAJ22N FAJ23N FAJ24aR FAJ24bR FAJ25R", "cbc:CompanyID", _OWNER,
                    only_nit=True),
    tax_level(Group(_TAX, COMPANY_LEVEL), "FAJ26", R, Text(
        "fiscal responsibility of the issuer", "responsabilidad fiscal del emisor"), False),
    complete(_tax, "FAJ28", R, "cac:RegistrationAddress", _FISCAL),
    *address(_fiscal, "FAJ29R FAJ30N FAJ74N FAJ31N FAJ32R FAJ33N FAJ34N FAJ35R FAJ36R FAJ37N "
             "FAJ38N", _FISCAL, domestic=True),
    *tax_scheme(_tax, "FAJ39R FAJ40N FAJ41N", _OWNER),
)  # fmt: skip

_LEGAL_RULES: tuple[Rule, ...] = (
    _party.required("FAJ42", R, "cac:PartyLegalEntity", "legal data of the issuer",
                    "datos legales del emisor"),
    _legal.required("FAJ43a", R, "cbc:RegistrationName", "name in the issuer's legal data",
                    "nombre en los datos legales del emisor", fix=COMPANY_NAME),
    # R in the annex; DIAN's answers to accepted documents list both as notifications.
    _legal.rule("FAJ43b", N, "cbc:RegistrationName", _DIFFERENT, _legal_name, Text(
        "name in the issuer's legal data", "nombre en los datos legales del emisor"),
        fix=COMPANY_NAME),
    _legal_id.required("FAJ44a", R, "cbc:CompanyID", "NIT in the issuer's legal data",
                       "NIT en los datos legales del emisor"),
    _legal_id.rule("FAJ44b", N, "cbc:CompanyID", _DIFFERENT, _legal_id_matches, Text(
        "NIT in the issuer's legal data", "NIT en los datos legales del emisor")),
    *identification(_legal_id, "FAJ45N FAJ46N FAJ47R - -", "cbc:CompanyID", _OWNER),
    _legal_id.rule("FAJ48", R, "cbc:CompanyID/@schemeName", EXPECTED, _legal_type, Text(
        "identification type in the issuer's legal data, with its check digit,",
        "tipo de identificación en los datos legales del emisor, con su dígito")),
    _legal.rule("FAJ49", R, "cac:CorporateRegistrationScheme", Text(
        "The issuer's point of sale (prefix and trade register) is missing.",
        "Falta el punto de venta del emisor (prefijo y matrícula mercantil)."),
        _branch_present, fix=NUMBER),
    _legal.required("FAJ50", N, "cac:CorporateRegistrationScheme/cbc:ID",
                    "prefix of the issuer's point of sale",
                    "prefijo del punto de venta del emisor", fix=RANGE,
                    when=all_of(_has_prefix, lambda node, case:
                                node.at("cac:CorporateRegistrationScheme") is not None)),
    _legal.filled("FAJ52", N, "cac:ShareholderParty", "consortium member",
                  "miembro del consorcio", fix=CONSORTIUM),
)  # fmt: skip

_MEMBERS: tuple[Rule, ...] = (
    _member.required("FAJ53", R, "cbc:PartecipationPercent", "share of the consortium member",
                     "porcentaje del miembro del consorcio"),
    _member.required("FAJ54", R, "cac:Party", "data of the consortium member",
                     "datos del miembro del consorcio"),
    Group(f"{_MEMBER}/cac:Party", CONSORTIUM).required(
        "FAJ55", R, "cac:PartyTaxScheme", "tax data of the consortium member",
        "datos tributarios del miembro del consorcio"),
    _member_tax.required("FAJ56", N, "cbc:RegistrationName", "name of the consortium member",
                         "nombre del miembro del consorcio"),
    _member_tax.required("FAJ57", N, "cbc:CompanyID", "NIT of the consortium member",
                         "NIT del miembro del consorcio"),
    *identification(_member_tax, "FAJ58N FAJ59N FAJ60R - FAJ61R", "cbc:CompanyID", _PARTNER,
                    only_nit=True),
    tax_level(_member_tax, "FAJ62", N, Text(
        "fiscal responsibility of the consortium member",
        "responsabilidad fiscal del miembro del consorcio"), False),
    *tax_scheme(_member_tax, "FAJ64N FAJ65N FAJ66N", _PARTNER),
)  # fmt: skip

_CONTACT: tuple[Rule, ...] = (
    _party.filled("FAJ67", N, "cac:Contact", "contact of the issuer", "contacto del emisor",
                  fix=COMPANY_MAIL),
    *contact(_contact, "FAJ68N FAJ69N FAJ70N - FAJ72N", _OWNER),
    _party.rule("FAJ71", R, "cac:Contact/cbc:ElectronicMail", EXPECTED, _mail, Text(
        "issuer's mail address, registered at DIAN to receive documents,",
        "correo del emisor registrado en la DIAN para recibir documentos"), fix=COMPANY_MAIL),
)  # fmt: skip

RULES = _GROUPS + _TAX_RULES + _LEGAL_RULES + _MEMBERS + _CONTACT
