"""Rules of delivery, carrier and delivery terms (annex 8.2: FAM, FBC). All optional groups."""

from __future__ import annotations

from collections.abc import Sequence

from . import lists
from .addresses import address, complete
from .base import Case, Failure, Rule, Text
from .blocks import contact, identification, tax_level, tax_scheme
from .common import Group, N, R, has, required_judge
from .screens import CARRIER, DELIVERY, INCOTERM
from .tree import Node

_PATH = "/Invoice/cac:Delivery"
_PARTY = f"{_PATH}/cac:DeliveryParty"
_TAX = f"{_PARTY}/cac:PartyTaxScheme"
_LEGAL = f"{_PARTY}/cac:PartyLegalEntity"

_OWNER = Text("carrier", "del transportador")
_PLACE = Text("delivery address", "dirección de entrega")
_ADDRESS = Text("carrier's address", "dirección del transportador")
_FISCAL = Text("carrier's fiscal address", "dirección fiscal del transportador")

_delivery = Group(_PATH, DELIVERY)
_place = Group(f"{_PATH}/cac:DeliveryAddress", DELIVERY)
_carrier = Group(_PARTY, CARRIER)
_location = Group(f"{_PARTY}/cac:PhysicalLocation", CARRIER)
_address = Group(f"{_PARTY}/cac:PhysicalLocation/cac:Address", CARRIER)
_tax = Group(_TAX, CARRIER)
_fiscal = Group(f"{_TAX}/cac:RegistrationAddress", CARRIER)
_legal = Group(_LEGAL, CARRIER)
_terms = Group("/Invoice/cac:DeliveryTerms", INCOTERM)


def _regime(node: Node, case: Case) -> Sequence[Failure]:
    """FAM38: chapter 8 asks for the regime, chapter 6 makes it optional; told when given empty."""
    level = node.at("cbc:TaxLevelCode")
    if level is None or "listName" not in level.attributes:
        return ()
    return required_judge("cbc:TaxLevelCode/@listName")(node, case)


_PLACE_RULES: tuple[Rule, ...] = (
    _delivery.filled("FAM02", N, "cbc:ActualDeliveryDate", "delivery date", "fecha de entrega"),
    _delivery.filled("FAM03", N, "cbc:ActualDeliveryTime", "delivery time", "hora de entrega"),
    _delivery.filled("FAM04", N, "cac:DeliveryAddress", "delivery address",
                     "dirección de entrega"),
    *address(_place, "FAM05R FAM06N FAM68N FAM07N FAM08R FAM09R FAM10R FAM11R FAM12R FAM13N "
             "FAM14N", _PLACE),
)  # fmt: skip

_CARRIER_RULES: tuple[Rule, ...] = (
    _carrier.filled("FAM16", N, "cac:PartyName", "name of the carrier", "nombre del transportador"),
    Group(f"{_PARTY}/cac:PartyName", CARRIER).required(
        "FAM17", N, "cbc:Name", "trade name of the carrier", "nombre comercial del transportador"),
    _carrier.filled("FAM18", N, "cac:PhysicalLocation", "address of the carrier",
                    "dirección del transportador"),
    complete(_location, "FAM19", R, "cac:Address", _ADDRESS),
    *address(_address, "FAM20R FAM21N FAM69N FAM22N FAM23R FAM24N FAM25N FAM26R FAM27R FAM28N "
             "FAM29N", _ADDRESS),
    _carrier.required("FAM30", R, "cac:PartyTaxScheme", "tax data of the carrier",
                      "datos tributarios del transportador"),
    _tax.required("FAM31", N, "cbc:RegistrationName", "legal name of the carrier",
                  "razón social del transportador"),
    _tax.required("FAM32", R, "cbc:CompanyID", "identification of the carrier",
                  "identificación del transportador"),
    *identification(_tax, "FAM33N FAM34N FAM35R - FAM36R", "cbc:CompanyID", _OWNER),
    tax_level(_tax, "FAM37", R, Text("fiscal responsibility of the carrier",
                                     "responsabilidad fiscal del transportador"), False),
    _tax.rule("FAM38", R, "cbc:TaxLevelCode/@listName", Text(
        "The carrier's regime is given but empty.",
        "El régimen del transportador está sin contenido."), _regime),
    complete(Group(_TAX, CARRIER, has("cbc:CompanyID/@schemeName", "31")), "FAM39", N,
             "cac:RegistrationAddress", _FISCAL),
    *address(_fiscal, "FAM40R FAM41N FAM70N FAM42N FAM43R FAM44N FAM45N FAM46R FAM47R FAM48N "
             "FAM49N", _FISCAL),
    *tax_scheme(_tax, "FAM50N FAM51N FAM52N", _OWNER),
)  # fmt: skip

_LEGAL_RULES: tuple[Rule, ...] = (
    _legal.required("FAM54", R, "cbc:RegistrationName", "name in the carrier's legal data",
                    "nombre en los datos legales del transportador"),
    _legal.required("FAM55", R, "cbc:CompanyID", "identification in the carrier's legal data",
                    "identificación en los datos legales del transportador"),
    *identification(_legal, "FAM56N FAM57N FAM58R - FAM59R", "cbc:CompanyID", _OWNER),
    _legal.filled("FAM60", N, "cac:CorporateRegistrationScheme", "trade register of the carrier",
                  "registro mercantil del transportador"),
    Group(f"{_LEGAL}/cac:CorporateRegistrationScheme", CARRIER).required(
        "FAM61", N, "cbc:Name", "trade register number of the carrier",
        "matrícula mercantil del transportador"),
    _carrier.filled("FAM62", N, "cac:Contact", "contact of the carrier",
                    "contacto del transportador"),
    *contact(Group(f"{_PARTY}/cac:Contact", CARRIER), "FAM63N FAM64N FAM65N FAM66N -", _OWNER),
)  # fmt: skip

_TERMS: tuple[Rule, ...] = (
    Group("/Invoice", INCOTERM).filled("FBC01", N, "cac:DeliveryTerms", "delivery terms",
                                       "condiciones de entrega"),
    _terms.filled("FBC03", N, "cbc:SpecialTerms", "way the transport is paid",
                  "forma de pago del transporte"),
    _terms.listed("FBC04", N, "cbc:LossRiskResponsibilityCode", lambda: lists.INCOTERMS,
                  "Incoterm", "Incoterm", optional=True, annex="8.2, 13.2.8.7"),
)  # fmt: skip

RULES = _PLACE_RULES + _CARRIER_RULES + _LEGAL_RULES + _TERMS
