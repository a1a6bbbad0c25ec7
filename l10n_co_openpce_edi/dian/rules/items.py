"""Rules of what a line sells: description, codes, principal (annex 8.2: FAZ, FBF, FBA)."""

from __future__ import annotations

from collections.abc import Sequence

from .. import codes
from ..ubl.namespaces import tag
from . import lists
from .base import Case, Failure, Rule, Text
from .blocks import identification
from .common import EXPECTED, OK, Group, N, R, all_of, fails, has, is_operation, is_type
from .screens import LINE_PRODUCT, MANDATE, UNIT
from .tree import Node

_LINE = "/Invoice/cac:InvoiceLine"
_ITEM = f"{_LINE}/cac:Item"
_STANDARD = f"{_ITEM}/cac:StandardItemIdentification"
_PROPERTY = f"{_ITEM}/cac:AdditionalItemProperty"
_PROVIDER = f"{_ITEM}/cac:InformationContentProviderParty"
_AGENT = f"{_PROVIDER}/cac:PowerOfAttorney/cac:AgentParty"
_UNSPSC, _GTIN, _TARIFF, _OWN = codes.PRODUCT_STANDARDS
_MANDATE, _FREIGHT, _EXPORT = "11", "12", "02"


def _line_type(node: Node) -> str:
    line = node.element.getparent()
    number = line.find(tag("cbc:ID")) if line is not None else None
    return "" if number is None else str(number.get("schemeID", "")).strip()


def _is_marked(node: Node, case: Case) -> bool:
    """Lines marked ``1``: received for a third party (mandates), or a consignment (freight)."""
    return _line_type(node) == "1"


def _standard_name(node: Node, case: Case) -> Sequence[Failure]:
    """FAZ12; many accepted documents leave the name out, so only a wrong one is told."""
    found = node.value("cbc:ID/@schemeName")
    name, _agency = codes.PRODUCT_STANDARDS[node.value("cbc:ID/@schemeID")]
    return OK if not found or found == name else fails(node, "cbc:ID/@schemeName", found, name)


def _quantity_of_consignment(node: Node, case: Case) -> Sequence[Failure]:
    """FBF04: one of the consignment's properties says how much was delivered."""
    properties = node.all("cac:AdditionalItemProperty")
    if not properties or any(item.value("cbc:ValueQuantity") for item in properties):
        return OK
    return fails(properties[0], "cbc:ValueQuantity")


_item = Group(_ITEM, LINE_PRODUCT)
_standard = Group(_STANDARD, LINE_PRODUCT)
_seller = Group(f"{_ITEM}/cac:SellersItemIdentification", LINE_PRODUCT)
_property = Group(_PROPERTY, LINE_PRODUCT)
_provider = Group(_PROVIDER, MANDATE)
_agent = Group(_AGENT, MANDATE)
_is_mandate = is_operation(_MANDATE)
_is_freight = is_operation(_FREIGHT)
_PRINCIPAL = Text("principal", "del mandante")

_PRODUCT: tuple[Rule, ...] = (
    Group(_LINE, LINE_PRODUCT).required("FAZ01", R, "cac:Item", "product of the line",
                                        "producto de la línea"),
    _item.required("FAZ02", R, "cbc:Description", "description", "descripción"),
    _item.required("FAZ04", N, "cbc:BrandName", "brand, which exports have to tell,",
                   "marca, exigida en exportaciones", when=is_type(_EXPORT)),
    _item.required("FAZ05", N, "cbc:ModelName", "model, which exports have to tell,",
                   "modelo, exigido en exportaciones", when=is_type(_EXPORT)),
    _item.filled("FAZ06", N, "cac:SellersItemIdentification", "seller's product code",
                 "código de producto del vendedor"),
    _seller.required("FAZ07", N, "cbc:ID", "seller's product code",
                     "código de producto del vendedor"),
    _seller.filled("FAZ08", N, "cbc:ExtendedID", "seller's sub-code", "subcódigo del vendedor"),
    _item.required("FAZ09", R, "cac:StandardItemIdentification", "product code",
                   "código del producto"),
    # Whether the code exists in its standard is a mere notification by the text of FAZ12.
    _standard.required("FAZ10", R, "cbc:ID", "product code", "código del producto"),
    # Accepted documents leave the attribute out; a value outside the table is told.
    _standard.listed("FAZ11", R, "cbc:ID/@schemeID", lambda: codes.PRODUCT_STANDARDS,
                     "standard of the product code", "estándar del código de producto",
                     optional=True, annex="8.2, 13.2.8.5"),
    _standard.rule("FAZ12", R, "cbc:ID/@schemeName", EXPECTED, _standard_name, Text(
        "name of the product code's standard", "nombre del estándar del código de producto"),
        when=has("cbc:ID/@schemeID", _UNSPSC, _GTIN, _TARIFF)),
    _standard.equals("FAZ14", R, "cbc:ID/@schemeAgencyID", codes.PRODUCT_STANDARDS[_GTIN][1],
                     "agency of a GTIN", "agencia de un GTIN",
                     when=has("cbc:ID/@schemeID", _GTIN)),
)  # fmt: skip

_PROPERTIES: tuple[Rule, ...] = (
    _item.required("FBF01", N, "cac:AdditionalItemProperty", "data of the consignment",
                   "datos de la remesa", when=all_of(_is_freight, _is_marked)),
    _property.required("FBF02", N, "cbc:Name", "name of the product's property",
                       "nombre de la propiedad del producto"),
    _property.required("FBF03", N, "cbc:Value", "value of the product's property",
                       "valor de la propiedad del producto"),
    _item.rule("FBF04", N, "cac:AdditionalItemProperty/cbc:ValueQuantity", Text(
        "The quantity that was delivered of the consignment is missing.",
        "Falta la cantidad realmente entregada de la remesa."), _quantity_of_consignment,
        when=all_of(_is_freight, _is_marked)),
    _property.listed("FBF05", N, "cbc:ValueQuantity/@unitCode", lists.units,
                     "unit of the consignment", "unidad de la remesa", fix=UNIT,
                     when=_is_freight),
)  # fmt: skip

_MANDATES: tuple[Rule, ...] = (
    _item.required("FBA01", R, "cac:InformationContentProviderParty", "principal of the line",
                   "mandante de la línea", fix=MANDATE,
                   when=all_of(_is_mandate, _is_marked)),
    _provider.required("FBA02", R, "cac:PowerOfAttorney", "power of attorney",
                       "poder del mandante"),
    Group(f"{_PROVIDER}/cac:PowerOfAttorney", MANDATE).required(
        "FBA03", R, "cac:AgentParty", "data of the principal", "datos del mandante"),
    _agent.required("FBA04", N, "cac:PartyIdentification", "identification of the principal",
                    "identificación del mandante", when=_is_mandate),
    _agent.required("FBA05", R, "cac:PartyIdentification/cbc:ID",
                    "identification number of the principal",
                    "número de identificación del mandante", when=_is_mandate),
    *identification(_agent, "FBA06N - FBA07R - FBA08R", "cac:PartyIdentification/cbc:ID",
                    _PRINCIPAL),
)  # fmt: skip

RULES = _PRODUCT + _PROPERTIES + _MANDATES
