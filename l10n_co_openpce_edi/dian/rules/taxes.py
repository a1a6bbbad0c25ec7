"""Rules of taxes and withholdings, whole and per line (annex 8.2: FAS, FAT, FAX, FAY)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from .. import codes
from ..ubl.namespaces import tag
from . import lists
from .base import Case, Failure, Rule, Text
from .blocks import has_scheme, made, name_of
from .common import (
    NOT_LISTED,
    OK,
    SUM,
    TOLERANCE,
    TOLERANCE_IVA,
    Group,
    N,
    R,
    amount,
    close,
    fails,
    has,
    text_judge,
    total,
)
from .screens import LINE_TAX, TAX, TOTALS, UNIT
from .tax_groups import CODE, LINE, OTHER, tax_code
from .tree import Node, to_number

_IVA = "01"
_IBUA = "34"
_PER_THOUSAND = frozenset({"03", "07"})  # ICA and ReteICA (table 13.2.2)
_UNIT_TAXES = frozenset({"21", "22", "23", "24"})  # of FAX09 and FAX11
_HUNDRED = Decimal(100)
#: Table 13.3.11; the taxes that are not here have no fixed rates.
_RATES: Mapping[str, frozenset[Decimal]] = {
    "01": frozenset(map(Decimal, ("0", "5", "16", "19"))),
    "04": frozenset(map(Decimal, ("2", "4", "8", "16"))),
    "05": frozenset(map(Decimal, ("15", "100"))),
}
_INCOME_RATES = (Decimal("0.10"), Decimal(20))  # ReteRenta, 06: a long list between these


def _tolerance(code: str) -> Decimal:
    return TOLERANCE_IVA if code == _IVA else TOLERANCE


def _sum_of_subtotals(node: Node, case: Case) -> Sequence[Failure]:
    wanted = total([sub.number("cbc:TaxAmount") for sub in node.all("cac:TaxSubtotal")])
    if close(node.number("cbc:TaxAmount"), wanted, _tolerance(tax_code(node))):
        return OK
    return fails(node, "cbc:TaxAmount", node.value("cbc:TaxAmount"), amount(wanted))


def _invoiced(sub: Node) -> Decimal | None:
    """Quantity of the line a subtotal belongs to; None for those of the document."""
    group = sub.element.getparent()
    line = None if group is None else group.getparent()
    quantity = None if line is None else line.findtext(tag("cbc:InvoicedQuantity"))
    return to_number(str(quantity or "").strip())


def expected_amounts(sub: Node) -> list[Decimal]:
    """Amounts the tax of a TaxSubtotal may have (FAS07, FAX07, FAT07, FAY07).

    Percentage: base × rate / 100; ICA and ReteICA also per thousand. Nominal: amount per unit times
    the units, which documents put in BaseUnitMeasure, in TaxableAmount or in the line's quantity;
    IBUA is per 100 ml and always of BaseUnitMeasure.
    """
    code, base = sub.value(CODE), sub.number("cbc:TaxableAmount")
    percent = sub.number("cac:TaxCategory/cbc:Percent")
    per_unit = sub.number("cbc:PerUnitAmount")
    if per_unit is not None and not percent:
        measure = sub.number("cbc:BaseUnitMeasure")
        if code == _IBUA:
            return [] if measure is None else [per_unit * measure / _HUNDRED]
        units = (measure, base, _invoiced(sub))
        return [per_unit * unit for unit in units if unit is not None]
    if percent is None or base is None:
        return []
    value = base * percent / _HUNDRED
    return [value, value / 10] if code in _PER_THOUSAND else [value]


def _right_amount(node: Node, case: Case) -> Sequence[Failure]:
    code, found = node.value(CODE), node.number("cbc:TaxAmount")
    wanted = expected_amounts(node)
    if any(close(found, value, _tolerance(code)) for value in wanted):
        return OK
    if not wanted and found is not None and code not in _NAMES:
        return OK  # a levy that is in no table (ZZ): how it is computed is unknown
    shown = amount(wanted[0] if wanted else None)
    return fails(node, "cbc:TaxAmount", node.value("cbc:TaxAmount"), shown)


def _rate(node: Node, case: Case) -> Sequence[Failure]:
    percent, code = node.value("cac:TaxCategory/cbc:Percent"), node.value(CODE)
    value = to_number(percent)
    if not percent or value is None:  # no number: VLR01
        return OK
    low, high = _INCOME_RATES
    good = low <= value <= high if code == "06" else value in _RATES.get(code, {value})
    return OK if good else fails(node, "cac:TaxCategory/cbc:Percent", percent)


_NO_RATE = Text(
    "The {label} is {found}, which is not one of the rates of that tax.",
    "{Label}: {found} no es una de las tarifas de ese tributo.",
)
_CATEGORY = "cac:TaxSubtotal/cac:TaxCategory"
_PERCENT = "cac:TaxCategory/cbc:Percent"
_NAMES = {code: name for code, name in codes.TAXES.items() if code != OTHER}


def _block(path: str, text: str, what: Text, fix: Text) -> tuple[Rule, ...]:
    """Rules of a tax total. Order of ids: sum, breakdown, base, amount, category, rate, scheme,
    code, name."""
    specs = text.split()
    return (
        *_whole(Group(path, fix), " ".join(specs[:2]), what),
        *_parts(Group(f"{path}/cac:TaxSubtotal", fix), " ".join(specs[2:6]), what),
        *_category(Group(f"{path}/{_CATEGORY}", TAX), " ".join(specs[6:]), what),
    )


def _label(what: Text, en: str, es: str) -> Text:
    return Text(f"{en} of the {what.en}", f"{es} {what.es}")


def _whole(group: Group, text: str, what: Text) -> tuple[Rule, ...]:
    label = _label(what, "amount", "valor")
    parts = _label(what, "breakdown by rate", "desglose por tarifa")
    return made(
        (
            lambda i, s: group.rule(i, s, "cbc:TaxAmount", SUM, _sum_of_subtotals, label),
            lambda i, s: group.required(i, s, "cac:TaxSubtotal", *parts),
        ),
        text,
    )


def _parts(group: Group, text: str, what: Text) -> tuple[Rule, ...]:
    base = _label(what, "base", "base")
    amount_label = _label(what, "amount at its rate", "valor según su tarifa")
    category = _label(what, "category", "categoría")
    rate = _label(what, "rate", "tarifa")
    rates = "8.2, 13.2.8.10"
    return made(
        (
            # DIAN's own examples of taxes per unit (IBUA, INPP, ICL) carry no base.
            lambda i, s: group.required(i, s, "cbc:TaxableAmount", *base, when=_is_percentage),
            lambda i, s: group.rule(i, s, "cbc:TaxAmount", SUM, _right_amount, amount_label),
            lambda i, s: group.required(i, s, "cac:TaxCategory", *category, fix=TAX),
            lambda i, s: group.rule(i, s, _PERCENT, _NO_RATE, _rate, rate, fix=TAX, annex=rates),
        ),
        text,
    )


def _category(group: Group, text: str, what: Text) -> tuple[Rule, ...]:
    scheme, code = "cac:TaxScheme", "cac:TaxScheme/cbc:ID"
    scheme_label = _label(what, "tax scheme", "tributo")
    code_label = _label(what, "code", "código")
    name_label = _label(what, "name", "nombre")
    return made(
        (
            lambda i, s: group.required(i, s, scheme, *scheme_label),
            lambda i, s: group.listed(i, s, code, lists.taxes, *code_label, when=has_scheme),
            lambda i, s: name_of(group, i, s, code, "cac:TaxScheme/cbc:Name", _NAMES, name_label),
        ),
        text,
    )


def _unit_given(node: Node, case: Case) -> Sequence[Failure]:
    measure = node.at("cbc:BaseUnitMeasure")
    if measure is None or not measure.text:
        return fails(node, "cbc:BaseUnitMeasure")
    if measure.attributes.get("unitCode", "").strip():
        return OK
    return fails(node, "cbc:BaseUnitMeasure/@unitCode")


def _per_unit_given(node: Node, case: Case) -> Sequence[Failure]:
    """FAX11. A currency that is missing or wrong is FAD15b's."""
    return OK if node.value("cbc:PerUnitAmount") else fails(node, "cbc:PerUnitAmount")


def _is_percentage(node: Node, case: Case) -> bool:
    return node.at("cbc:PerUnitAmount") is None


def _is_unit(code: str) -> bool:
    return code in lists.units()


def _is_unit_tax(node: Node, case: Case) -> bool:
    return node.value(CODE) in _UNIT_TAXES


_header_sub = Group("/Invoice/cac:TaxTotal/cac:TaxSubtotal", TAX)
_line_sub = Group(f"{LINE}/cac:TaxTotal/cac:TaxSubtotal", TAX)
_TAX = Text("tax", "del impuesto")
_WITHHOLDING = Text("withholding", "de la retención")
_LINE_TAX = Text("line's tax", "del impuesto de la línea")
_LINE_WITHHOLDING = Text("line's withholding", "de la retención de la línea")

_HEADER: tuple[Rule, ...] = (
    *_block("/Invoice/cac:TaxTotal",
            "FAS02R FAS04R FAS05R FAS07R FAS13N FAS14N FAS15R FAS16R FAS17N", _TAX, TOTALS),
    _header_sub.required("FAS09", R, "cbc:BaseUnitMeasure", "number of units of the tax per unit",
                         "número de unidades del impuesto por unidad",
                         when=has("cbc:PerUnitAmount")),
    # Only its presence rejects: DIAN's own examples have ML, CC and GRS, which are in no list.
    _header_sub.required("FAS10", R, "cbc:BaseUnitMeasure/@unitCode", "unit of the tax per unit",
                         "unidad del impuesto por unidad", fix=UNIT),
    _header_sub.rule("FAS11", R, "cbc:PerUnitAmount", Text(
        "An amount per unit needs the number of units beside it.",
        "Un valor por unidad necesita al lado el número de unidades."),
        lambda node, case: OK if node.value("cbc:BaseUnitMeasure") else
        fails(node, "cbc:PerUnitAmount"), when=has("cbc:PerUnitAmount")),
    # FAT07 is R in the annex; DIAN listed it as a notification of an accepted document.
    *_block("/Invoice/cac:WithholdingTaxTotal",
            "FAT02R FAT04R FAT05R FAT07N FAT09R FAT10N FAT11R FAT12R FAT13N", _WITHHOLDING,
            TOTALS),
)  # fmt: skip

_LINES: tuple[Rule, ...] = (
    *_block(f"{LINE}/cac:TaxTotal",
            "FAX02R - FAX05N FAX07R FAX13R FAX14N FAX15R FAX16R FAX17N", _LINE_TAX, LINE_TAX),
    _line_sub.rule("FAX09", R, "cbc:BaseUnitMeasure", Text(
        "This tax per unit lacks its number of units or their unit code.",
        "A este impuesto por unidad le falta el número de unidades o su unidad."), _unit_given,
        when=_is_unit_tax),
    _line_sub.rule("FAX10", N, "cbc:BaseUnitMeasure/@unitCode", NOT_LISTED,
                   text_judge("cbc:BaseUnitMeasure/@unitCode", _is_unit, "", False),
                   Text("unit of the tax per unit", "unidad del impuesto por unidad"), fix=UNIT),
    _line_sub.rule("FAX11", N, "cbc:PerUnitAmount", Text(
        "This tax per unit lacks its amount per unit.",
        "A este impuesto por unidad le falta el valor por unidad."), _per_unit_given,
        when=_is_unit_tax),
    *_block(f"{LINE}/cac:WithholdingTaxTotal",
            "FAY02R FAY04R FAY05R FAY07R FAY09R FAY10N FAY11R FAY12R FAY13N", _LINE_WITHHOLDING,
            LINE_TAX),
)  # fmt: skip

RULES = _HEADER + _LINES
