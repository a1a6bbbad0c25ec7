"""Reading of lines, taxes, discounts and totals."""

from __future__ import annotations

from lxml import etree

from ..document_parts import AllowanceCharge, Line, Tax, Totals
from .namespaces import local_name, path
from .values import flag, number
from .xml import attribute, children, text, texts

LINES = ("InvoiceLine", "CreditNoteLine", "DebitNoteLine")
_QUANTITIES = {
    "InvoiceLine": "cbc:InvoicedQuantity",
    "CreditNoteLine": "cbc:CreditedQuantity",
    "DebitNoteLine": "cbc:DebitedQuantity",
}


def read_taxes(parent: etree._Element, group: str = "cac:TaxTotal") -> tuple[Tax, ...]:
    """Every subtotal of every ``TaxTotal`` (or ``WithholdingTaxTotal``) directly in ``parent``."""
    return tuple(
        _tax(subtotal)
        for total in children(parent, group)
        for subtotal in children(total, "cac:TaxSubtotal")
    )


def _tax(node: etree._Element) -> Tax:
    category = "cac:TaxCategory/"
    return Tax(
        code=text(node, category + "cac:TaxScheme/cbc:ID"),
        name=text(node, category + "cac:TaxScheme/cbc:Name"),
        amount=number(node, "cbc:TaxAmount"),
        base=number(node, "cbc:TaxableAmount"),
        percent=number(node, category + "cbc:Percent"),
        per_unit=number(node, "cbc:PerUnitAmount"),
        quantity=number(node, "cbc:BaseUnitMeasure"),
        unit=attribute(node, "cbc:BaseUnitMeasure", "unitCode"),
    )


def read_allowances(parent: etree._Element) -> tuple[AllowanceCharge, ...]:
    """Discounts and charges directly in ``parent``."""
    return tuple(
        AllowanceCharge(
            is_charge=flag(node, "cbc:ChargeIndicator"),
            code=text(node, "cbc:AllowanceChargeReasonCode"),
            reason=text(node, "cbc:AllowanceChargeReason"),
            percent=number(node, "cbc:MultiplierFactorNumeric"),
            amount=number(node, "cbc:Amount"),
            base=number(node, "cbc:BaseAmount"),
        )
        for node in children(parent, "cac:AllowanceCharge")
    )


def read_totals(root: etree._Element) -> Totals:
    """Totals of the document; a debit note calls them ``RequestedMonetaryTotal``."""
    node = root.find(path("cac:LegalMonetaryTotal"))
    if node is None:
        node = root.find(path("cac:RequestedMonetaryTotal"))
    return Totals(
        line_extension=number(node, "cbc:LineExtensionAmount"),
        tax_exclusive=number(node, "cbc:TaxExclusiveAmount"),
        tax_inclusive=number(node, "cbc:TaxInclusiveAmount"),
        allowance=number(node, "cbc:AllowanceTotalAmount"),
        charge=number(node, "cbc:ChargeTotalAmount"),
        prepaid=number(node, "cbc:PrepaidAmount"),
        rounding=number(node, "cbc:PayableRoundingAmount"),
        payable=number(node, "cbc:PayableAmount"),
    )


def read_lines(root: etree._Element) -> tuple[Line, ...]:
    """All lines, in order."""
    return tuple(_line(node) for kind in LINES for node in children(root, f"cac:{kind}"))


def _line(node: etree._Element) -> Line:
    quantity = _QUANTITIES[local_name(node.tag)]
    price, item = "cac:Price/cbc:", "cac:Item/"
    standard = item + "cac:StandardItemIdentification/cbc:ID"
    return Line(
        number=text(node, "cbc:ID"),
        description="\n".join(texts(node, item + "cbc:Description")),
        quantity=number(node, quantity),
        unit=attribute(node, quantity, "unitCode"),
        price=number(node, price + "PriceAmount"),
        base_quantity=number(node, price + "BaseQuantity"),
        amount=number(node, "cbc:LineExtensionAmount"),
        taxes=read_taxes(node),
        withholdings=read_taxes(node, "cac:WithholdingTaxTotal"),
        allowances=read_allowances(node),
        notes=texts(node, "cbc:Note"),
        # In practice the code of the standard may sit in schemeName alone.
        standard=attribute(node, standard, "schemeID") or attribute(node, standard, "schemeName"),
        standard_code=text(node, standard),
        seller_code=text(node, item + "cac:SellersItemIdentification/cbc:ID"),
        reference_price=number(
            node, "cac:PricingReference/cac:AlternativeConditionPrice/cbc:PriceAmount"
        ),
        is_free=flag(node, "cbc:FreeOfChargeIndicator"),
    )
