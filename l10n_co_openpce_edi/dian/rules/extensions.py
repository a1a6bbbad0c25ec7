"""Rules of DIAN's extension: numbering authorisation, software, QR (annex 8.2, FAA, FAB, FAC)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .. import codes
from ..identifiers import software_security_code
from .base import AuthorizedRange, Case, Failure, Judge, Rule, Text
from .common import EXPECTED, OK, Group, N, R, fails, has
from .screens import COMPANY_NIT, RANGE, SOFTWARE, SYSTEM
from .tree import Node

_DIAN = "/Invoice/ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/sts:DianExtensions"
_AUTHORIZATION = "sts:InvoiceControl/sts:InvoiceAuthorization"
_START = "sts:InvoiceControl/sts:AuthorizationPeriod/cbc:StartDate"
_END = "sts:InvoiceControl/sts:AuthorizationPeriod/cbc:EndDate"
_PREFIX = "sts:InvoiceControl/sts:AuthorizedInvoices/sts:Prefix"
_FROM = "sts:InvoiceControl/sts:AuthorizedInvoices/sts:From"
_TO = "sts:InvoiceControl/sts:AuthorizedInvoices/sts:To"
_SOURCE = "sts:InvoiceSource/cbc:IdentificationCode"
_PROVIDER = "sts:SoftwareProvider/sts:ProviderID"
_SOFTWARE_ID = "sts:SoftwareProvider/sts:SoftwareID"
_CODE = "sts:SoftwareSecurityCode"
_DIAN_ID = "sts:AuthorizationProvider/sts:AuthorizationProviderID"
_CONTENT = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent"
_BRANCH = (
    "cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity"
    "/cac:CorporateRegistrationScheme/cbc:ID"
)

_document = Group("/Invoice", SYSTEM)
_dian = Group(_DIAN, SYSTEM)
_range = Group(_DIAN, RANGE)
_software = Group(_DIAN, SOFTWARE)

_AGENCY = ("agency code of DIAN", "código de la DIAN como agencia")
_AGENCY_NAME = ("agency name of DIAN", "nombre de la DIAN como agencia")


def _one_group(name: str, at_least: int) -> Judge:
    """Exactly one extension holds ``name``; ``at_least`` 0 when it may still be added later."""

    def judge(node: Node, case: Case) -> Sequence[Failure]:
        count = len(node.every(f"{_CONTENT}/{name}"))
        return OK if at_least <= count <= 1 else fails(node, f"{_CONTENT}/{name}", str(count), "1")

    return judge


def _extension_present(node: Node, case: Case) -> Sequence[Failure]:
    # The signature, the other extension FAA02 asks for, comes after this check and is the
    # verifier's to judge.
    return OK if node.every(f"{_CONTENT}/sts:DianExtensions") else fails(node, "ext:UBLExtensions")


def _in_range(element: str, expected: Callable[[AuthorizedRange], str]) -> Judge:
    """``element`` is as the range of the context says; number fields compare as numbers."""

    def judge(node: Node, case: Case) -> Sequence[Failure]:
        known = case.context.range
        found, wanted = node.value(element), expected(known) if known else ""
        if known is None or (found.lstrip("0") or "0") == (wanted.lstrip("0") or "0"):
            return OK
        return fails(node, element, found, wanted)

    return judge


def _prefix_authorized(node: Node, case: Case) -> Sequence[Failure]:
    known, found = case.context.range, node.value(_PREFIX)
    if known is None or found == known.prefix:
        return OK
    return fails(node, _PREFIX, found, known.prefix)


def _prefix_is_branch(node: Node, case: Case) -> Sequence[Failure]:
    prefix, branch = node.value(_PREFIX), case.root.value(_BRANCH)
    return OK if prefix == branch else fails(node, _PREFIX, prefix, branch)


def _period(element: str, starts: bool) -> Judge:
    def judge(node: Node, case: Case) -> Sequence[Failure]:
        bound, issued = node.date(element), case.root.date("cbc:IssueDate")
        if issued is None and bound is not None:
            return OK  # FAD09a and FAD09b say that the issue date is no date
        if bound is not None and issued is not None and (bound <= issued) == starts:
            return OK
        if bound == issued and bound is not None:
            return OK
        return fails(node, element, node.value(element), case.root.value("cbc:IssueDate"))

    return judge


def _software_is_ours(node: Node, case: Case) -> Sequence[Failure]:
    found, known = node.value(_SOFTWARE_ID), case.context.software_id
    return OK if not known or found == known else fails(node, _SOFTWARE_ID, found, known)


def _provider_is_ours(node: Node, case: Case) -> Sequence[Failure]:
    found, known = node.value(_PROVIDER), case.context.provider_nit
    return OK if not known or found == known else fails(node, _PROVIDER, found, known)


def _security_code(node: Node, case: Case) -> Sequence[Failure]:
    pin, found = case.context.software_pin, node.value(_CODE)
    if not pin or not found:
        return OK
    software = case.context.software_id or node.value(_SOFTWARE_ID)
    wanted = software_security_code(software, pin, case.root.value("cbc:ID"))
    return OK if found == wanted else fails(node, _CODE, found, wanted)


_RANGE_MESSAGE = Text(
    "The {label} is {found}; the authorised range says {expected}.",
    "{Label}: es {found} y el rango autorizado dice {expected}.",
)
_is_nit = has(f"{_PROVIDER}/@schemeName", codes.NIT_TYPE)
_dian_is_nit = has(f"{_DIAN_ID}/@schemeName", codes.NIT_TYPE)

_GROUPS: tuple[Rule, ...] = (
    _document.rule("FAA02", N, "ext:UBLExtensions", Text(
        "DIAN's extension is missing.", "Falta la extensión de la DIAN."), _extension_present),
    _document.rule("FAB03", R, f"{_CONTENT}/sts:DianExtensions", Text(
        "DIAN's extension must appear once; it appears {found} times.",
        "La extensión de la DIAN debe aparecer una vez; aparece {found} veces."),
        _one_group("sts:DianExtensions", 1)),
    _document.rule("FAC03", R, f"{_CONTENT}/ds:Signature", Text(
        "Only one signature may be in the extensions; there are {found}.",
        "Solo puede haber una firma en las extensiones; hay {found}."),
        _one_group("ds:Signature", 0)),
)  # fmt: skip

_RANGE_RULES: tuple[Rule, ...] = (
    _range.required("FAB05a", R, _AUTHORIZATION, "number of the numbering authorisation",
                    "número de la autorización de numeración"),
    _range.rule("FAB05b", R, _AUTHORIZATION, _RANGE_MESSAGE,
                _in_range(_AUTHORIZATION, lambda r: r.resolution),
                Text("numbering authorisation", "autorización de numeración")),
    _range.rule("FAB07a", R, _START, Text(
        "The authorisation starts on {found}, after the invoice's date {expected}.",
        "La autorización inicia el {found}, después de la fecha de la factura {expected}."),
        _period(_START, starts=True)),
    _range.rule("FAB07b", R, _START, _RANGE_MESSAGE,
                _in_range(_START, lambda r: r.start.isoformat()),
                Text("first day of the authorisation", "primer día de la autorización")),
    _range.rule("FAB08a", R, _END, Text(
        "The authorisation ends on {found}, before the invoice's date {expected}.",
        "La autorización termina el {found}, antes de la fecha de la factura {expected}."),
        _period(_END, starts=False)),
    _range.rule("FAB08b", R, _END, _RANGE_MESSAGE, _in_range(_END, lambda r: r.end.isoformat()),
                Text("last day of the authorisation", "último día de la autorización")),
    _range.rule("FAB10a", R, _PREFIX, Text(
        "The prefix of the range is {found}; the issuer's point of sale says {expected}.",
        "El prefijo del rango es {found} y el punto de venta del emisor dice {expected}."),
        _prefix_is_branch, when=has(_PREFIX)),
    _range.rule("FAB10b", R, _PREFIX, _RANGE_MESSAGE, _prefix_authorized,
                Text("prefix", "prefijo")),
    _range.matches("FAB11a", R, _FROM, "[0-9]{1,9}", "first number of the range",
                   "primer número del rango"),
    _range.rule("FAB11b", R, _FROM, _RANGE_MESSAGE, _in_range(_FROM, lambda r: str(r.first)),
                Text("first number of the range", "primer número del rango")),
    _range.matches("FAB12a", R, _TO, "[0-9]{1,9}", "last number of the range",
                   "último número del rango"),
    _range.rule("FAB12b", R, _TO, _RANGE_MESSAGE, _in_range(_TO, lambda r: str(r.last)),
                Text("last number of the range", "último número del rango")),
)  # fmt: skip

_SOURCE_RULES: tuple[Rule, ...] = (
    _dian.equals("FAB14", N, _SOURCE, "CO", "country of the invoice", "país de la factura"),
    _dian.equals("FAB15", N, f"{_SOURCE}/@listAgencyID", "6", "agency of the country list",
                 "agencia de la lista de países"),
    _dian.equals("FAB16", N, f"{_SOURCE}/@listAgencyName",
                 "United Nations Economic Commission for Europe",
                 "name of the agency of the country list",
                 "nombre de la agencia de la lista de países"),
    _dian.equals("FAB17", N, f"{_SOURCE}/@listSchemeURI",
                 "urn:oasis:names:specification:ubl:codelist:gc:CountryIdentificationCode-2.1",
                 "address of the country list", "dirección de la lista de países"),
)  # fmt: skip

_SOFTWARE_RULES: tuple[Rule, ...] = (
    _software.required("FAB19a", R, _PROVIDER, "NIT of the software's provider",
                       "NIT del proveedor del software", fix=COMPANY_NIT),
    _software.rule("FAB19b", R, _PROVIDER, EXPECTED, _provider_is_ours,
                   Text("NIT of the software's provider", "NIT del proveedor del software")),
    _software.required("FAB22a", R, f"{_PROVIDER}/@schemeID", "check digit of the provider's NIT",
                       "dígito de verificación del NIT del proveedor", when=_is_nit),
    _software.check_digit("FAB22b", R, _PROVIDER, "provider's NIT", "NIT del proveedor",
                          when=_is_nit),
    _dian.equals("FAB23", R, f"{_PROVIDER}/@schemeName", codes.NIT_TYPE,
                 "identification type of the provider", "tipo de identificación del proveedor"),
    _software.required("FAB24a", R, _SOFTWARE_ID, "software id", "id. del software"),
    _software.rule("FAB24b", R, _SOFTWARE_ID, EXPECTED, _software_is_ours,
                   Text("software id", "id. del software")),
    _dian.equals("FAB25", N, f"{_SOFTWARE_ID}/@schemeAgencyID", codes.DIAN_AGENCY_ID, *_AGENCY),
    _dian.equals("FAB26", N, f"{_SOFTWARE_ID}/@schemeAgencyName", codes.DIAN_AGENCY_NAME,
                 *_AGENCY_NAME),
    _software.required("FAB27a", R, _CODE, "software security code",
                       "código de seguridad del software"),
    _software.rule("FAB27b", R, _CODE, Text(
        "The software security code does not follow from software id, PIN and invoice number.",
        "El código de seguridad del software no corresponde a su id., su PIN y el número."),
        _security_code),
    _dian.equals("FAB28", N, f"{_CODE}/@schemeAgencyID", codes.DIAN_AGENCY_ID, *_AGENCY),
    _dian.equals("FAB29", N, f"{_CODE}/@schemeAgencyName", codes.DIAN_AGENCY_NAME, *_AGENCY_NAME),
    _dian.equals("FAB31", R, _DIAN_ID, codes.DIAN_NIT, "NIT of DIAN", "NIT de la DIAN"),
    _dian.equals("FAB32", N, f"{_DIAN_ID}/@schemeAgencyID", codes.DIAN_AGENCY_ID, *_AGENCY),
    _dian.equals("FAB33", N, f"{_DIAN_ID}/@schemeAgencyName", codes.DIAN_AGENCY_NAME,
                 *_AGENCY_NAME),
    _dian.equals("FAB34", R, f"{_DIAN_ID}/@schemeID", codes.DIAN_CHECK_DIGIT,
                 "check digit of DIAN's NIT", "dígito de verificación del NIT de la DIAN",
                 when=_dian_is_nit),
    _dian.equals("FAB35", R, f"{_DIAN_ID}/@schemeName", codes.NIT_TYPE,
                 "identification type of DIAN", "tipo de identificación de la DIAN"),
    _dian.required("FAB36", R, "sts:QRCode", "QR text", "texto del código QR"),
)  # fmt: skip

RULES = _GROUPS + _RANGE_RULES + _SOURCE_RULES + _SOFTWARE_RULES
