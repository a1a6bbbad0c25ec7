"""What the UBL builder refuses: findings with what to mend, in English and Spanish."""

from dataclasses import replace

from ..dian.findings import Finding, Severity


def _finding(code, message, message_es, path, hint, hint_es):
    return Finding(code, Severity.REJECTION, message, path, hint, message_es, hint_es)


def at_line(finding, position):
    """The finding with the number of its InvoiceLine in the path; ``None`` leaves it as it is."""
    if not position:
        return finding
    place = f"/Invoice/cac:InvoiceLine[{position}]"
    return replace(finding, path=finding.path.replace("cac:InvoiceLine", place, 1))


def unsupported_line(name):
    """A line that only Odoo's tax computation knows, such as an early payment discount."""
    return _finding(
        "OPCE-LINE",
        f"“{name}” changes the tax base without a line of its own.",
        f"«{name}» cambia la base gravable sin una línea propia.",
        "cac:InvoiceLine",
        "Compute the early payment discount on the tax only when it is taken.",
        "Calcule el impuesto del descuento por pronto pago solo cuando se tome.",
    )


def unit_without_code(name):
    """A unit of measure that is not mapped to table 13.3.6."""
    return _finding(
        "FAV05",
        f"The unit “{name}” has no DIAN code.",
        f"La unidad «{name}» no tiene código de la DIAN.",
        "cac:InvoiceLine/cbc:InvoicedQuantity/@unitCode",
        "Fill in the DIAN unit code of the unit of measure.",
        "Complete el código de unidad DIAN de la unidad de medida.",
    )


def no_reference_price(name):
    """Something given away whose commercial value nobody stated."""
    return _finding(
        "FAW03",
        f"“{name}” is given away without a reference price.",
        f"«{name}» se entrega gratis sin precio de referencia.",
        "cac:InvoiceLine/cac:PricingReference",
        "Enter its commercial price with a 100 % discount, or a sales price on the product.",
        "Indique su valor comercial con 100 % de descuento o el precio de venta del producto.",
    )


def tax_without_code(name):
    """A tax that is not mapped to table 13.2.2."""
    return _finding(
        "FAX16",
        f"The tax “{name}” is not assigned to a tax of DIAN's table.",
        f"El impuesto «{name}» no está asignado a un tributo de la DIAN.",
        "cac:InvoiceLine/cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cac:TaxScheme",
        "Choose the DIAN tax and its treatment on the tax.",
        "Elija el tributo DIAN y su tratamiento en el impuesto.",
    )


def drink_without_content(name):
    """IBUA (34) is stated by millilitres, and the product has none."""
    return _finding(
        "FAX09",
        f"“{name}” has no content in millilitres.",
        f"«{name}» no tiene contenido en mililitros.",
        "cac:InvoiceLine/cac:TaxTotal/cac:TaxSubtotal/cbc:BaseUnitMeasure",
        "Fill in the content of the product: the tax on sugared drinks needs it.",
        "Complete el contenido del producto: el impuesto a las bebidas lo necesita.",
    )


def discount_too_large(name):
    """A negative line that no other lines can take."""
    return _finding(
        "VLR01",
        f"“{name}” takes off more than the lines with the same taxes hold.",
        f"«{name}» descuenta más de lo que valen las líneas con los mismos impuestos.",
        "cac:InvoiceLine/cbc:LineExtensionAmount",
        "Give the negative line the taxes of the lines it discounts, or use a credit note.",
        "Dé a la línea negativa los impuestos de las que descuenta o use una nota crédito.",
    )


def discount_of_units(name):
    """A negative line with a tax per unit: less money is not fewer units."""
    return _finding(
        "FAX07",
        f"“{name}” takes off a tax per unit.",
        f"«{name}» descuenta un impuesto por unidad.",
        "cac:InvoiceLine/cac:TaxTotal",
        "Remove the tax per unit from the negative line, or lower the quantity sold.",
        "Quite el impuesto por unidad de la línea negativa o reduzca la cantidad vendida.",
    )


def total_differs(said, held):
    """Document and books disagree, for instance because a tax amount was typed over."""
    return _finding(
        "OPCE-TOTAL",
        f"The document would say {said} and the invoice is booked with {held}.",
        f"El documento diría {said} y la factura está contabilizada por {held}.",
        "cac:LegalMonetaryTotal/cbc:PayableAmount",
        "Remove what was typed over the computed taxes or totals.",
        "Quite lo que se haya escrito sobre los impuestos o totales calculados.",
    )
