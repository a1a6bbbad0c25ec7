"""Rules of how taxes of lines and of the whole agree (annex 8.2: FAS01, FAT01, FAX01, FAY01)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .base import Case, Failure, Judge, Rule, Text
from .common import Group, N, R
from .screens import LINE_TAX, TOTALS
from .tree import Node

LINE = "/Invoice/cac:InvoiceLine"
#: Code of the tax below a TaxSubtotal.
CODE = "cac:TaxCategory/cac:TaxScheme/cbc:ID"
#: Any levy that is in no table: two groups of it may be two levies.
OTHER = "ZZ"


def tax_code(total_node: Node) -> str:
    """Code of the tax a TaxTotal or WithholdingTaxTotal is about."""
    return total_node.value(f"cac:TaxSubtotal/{CODE}")


def _repeated(name: str) -> Judge:
    """One group per tax code below this node."""

    def judge(node: Node, case: Case) -> Sequence[Failure]:
        seen: set[str] = set()
        failures = []
        for group in node.all(name):
            code = tax_code(group)
            if code in seen and code != OTHER:
                failures.append(Failure(group.path, code))
            seen.add(code)
        return failures

    return judge


def _rates(groups: Sequence[Node]) -> dict[tuple[str, Decimal | None], Node]:
    """Tax code and rate → the first subtotal that has them."""
    found: dict[tuple[str, Decimal | None], Node] = {}
    for group in groups:
        for sub in group.all("cac:TaxSubtotal"):
            key = sub.value(CODE), sub.number("cac:TaxCategory/cbc:Percent")
            found.setdefault(key, sub)
    return found


def _shown(key: tuple[str, Decimal | None]) -> str:
    return key[0] if key[1] is None else f"{key[0]} {key[1]} %"


def _header_covers_lines(node: Node, case: Case) -> Sequence[Failure]:
    """FAS01a: one header total per tax, and every tax and rate of a line has its header."""
    failures = list(_repeated("cac:TaxTotal")(node, case))
    header = _rates(node.all("cac:TaxTotal"))
    for key, sub in _rates(case.nodes(f"{LINE}/cac:TaxTotal")).items():
        if key not in header and key[0] != OTHER:
            failures.append(Failure(sub.path, _shown(key)))
    return failures


def _lines_cover_header(node: Node, case: Case) -> Sequence[Failure]:
    """FAS01b: IVA and INC of the header are in some line, at the same rate."""
    lines = _rates(case.nodes(f"{LINE}/cac:TaxTotal"))
    return [
        Failure(sub.path, _shown(key))
        for key, sub in _rates(node.all("cac:TaxTotal")).items()
        if key[0] in ("01", "04") and key not in lines
    ]


def _withholdings(node: Node, case: Case) -> Sequence[Failure]:
    """FAT01. ReteIVA and ReteRenta need a line only where lines carry withholdings at all."""
    failures = list(_repeated("cac:WithholdingTaxTotal")(node, case))
    lines = {tax_code(n) for n in case.nodes(f"{LINE}/cac:WithholdingTaxTotal")}
    for group in node.all("cac:WithholdingTaxTotal"):
        code = tax_code(group)
        if lines and code in ("05", "06") and code not in lines:
            failures.append(Failure(group.path, code))
    return failures


_document = Group("/Invoice", TOTALS)
_line = Group(LINE, LINE_TAX)
_TWICE = Text(
    "The tax {found} appears in more than one group; it takes one, with a breakdown.",
    "El tributo {found} aparece en más de un grupo; debe ser uno, con desglose.",
)

RULES: tuple[Rule, ...] = (
    _document.rule("FAS01a", R, "cac:TaxTotal", Text(
        "The tax {found} is repeated in the totals, or a line has it and the totals do not.",
        "El tributo {found} se repite en los totales, o una línea lo tiene y los totales no."),
        _header_covers_lines),
    _document.rule("FAS01b", R, "cac:TaxTotal", Text(
        "The totals have the tax {found}, but no line has it at that rate.",
        "Los totales tienen el tributo {found}, pero ninguna línea lo tiene con esa tarifa."),
        _lines_cover_header),
    _document.rule("FAT01", R, "cac:WithholdingTaxTotal", Text(
        "The withholding {found} is repeated, or missing in the lines that carry withholdings.",
        "La retención {found} se repite, o falta en las líneas que llevan retenciones."),
        _withholdings),
    _line.rule("FAX01", R, "cac:TaxTotal", _TWICE, _repeated("cac:TaxTotal")),
    _line.rule("FAY01", N, "cac:WithholdingTaxTotal", _TWICE,
               _repeated("cac:WithholdingTaxTotal")),
)  # fmt: skip
