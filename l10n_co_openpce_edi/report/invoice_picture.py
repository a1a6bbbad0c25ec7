"""What a printed invoice shows, as plain values; read from the XML, which alone is the invoice.

The graphic representation may show only what the XML holds (annex 1.9 section 5.8); so the picture
of an issued invoice is read from its signed XML, and one of a received invoice can be, too. No ORM.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from lxml import etree
from num2words import num2words

from ..dian import codes, identifiers
from ..dian.ubl.namespaces import path

_MEANS_DEFAULT = "Instrumento no definido"
_RESPONSIBILITIES = {
    "O-13": "Gran contribuyente",
    "O-15": "Autorretenedor",
    "O-23": "Agente de retención IVA",
    "O-47": "Régimen simple de tributación",
    "R-99-PN": "No aplica - Otros",
}
_TAX_SCHEMES = {
    "01": "Responsable de IVA",
    "04": "Responsable de INC",
    "ZA": "Responsable de IVA e INC",
}


@dataclass(frozen=True)
class PartyPicture:
    """One party as printed; ``identification`` with type and check digit."""

    name: str
    trade_name: str
    identification: str
    address: str
    phone: str
    email: str
    qualities: str


@dataclass(frozen=True)
class LinePicture:
    """One line as printed; amounts before tax, ``taxes`` as text such as ``IVA 19 %``."""

    number: str
    code: str
    description: str
    unit: str
    quantity: Decimal
    price: Decimal
    discount: Decimal
    taxes: str
    total: Decimal


@dataclass(frozen=True)
class AmountRow:
    """A labelled amount with its base, as in the list of taxes."""

    label: str
    amount: Decimal
    base: Decimal | None = None


@dataclass(frozen=True)
class InvoicePicture:
    """Everything on the paper. ``warning`` is printed large: not validated yet, or a test."""

    number: str
    issued: str
    due: str
    currency: str
    cufe: str
    qr_text: str
    authorization: str
    software: str
    issuer: PartyPicture
    customer: PartyPicture
    payment_form: str
    payment_means: str
    lines: tuple[LinePicture, ...]
    taxes: tuple[AmountRow, ...]
    withholdings: tuple[AmountRow, ...]
    totals: tuple[AmountRow, ...]
    payable: Decimal
    words: str
    notes: tuple[str, ...] = ()
    order: str = ""
    exchange: str = ""
    delivery: str = ""
    validated: str = ""
    warning: str = ""
    logo: bytes = field(default=b"", repr=False)


def read(
    root: etree._Element,
    *,
    software: str,
    validated: str = "",
    warning: str = "",
    logo: bytes = b"",
) -> InvoicePicture:
    """The picture of an Invoice tree.

    :param software: name of the software and of who makes it, with NIT, as the law asks.
    :param validated: date and time of DIAN's validation, empty before it.
    :param warning: large notice across the page top, empty for a validated invoice.
    :param logo: PNG or JPEG of the issuer, empty without.
    """
    cufe = _text(root, "cbc:UUID")
    due = _text(root, "cac:PaymentMeans/cbc:PaymentDueDate") or _text(root, "cbc:DueDate")
    payable = _amount(root, "cac:LegalMonetaryTotal/cbc:PayableAmount")
    currency = _text(root, "cbc:DocumentCurrencyCode")
    means = _text(root, "cac:PaymentMeans/cbc:PaymentMeansCode")
    return InvoicePicture(
        number=_text(root, "cbc:ID"),
        issued=f"{_text(root, 'cbc:IssueDate')} {_text(root, 'cbc:IssueTime')[:8]}",
        due=due,
        currency=currency,
        cufe=cufe,
        qr_text=_qr_text(root, cufe),
        authorization=_authorization(root),
        software=software,
        issuer=_party(root.find(path("cac:AccountingSupplierParty"))),
        customer=_party(root.find(path("cac:AccountingCustomerParty"))),
        payment_form="Crédito" if _text(root, "cac:PaymentMeans/cbc:ID") == "2" else "Contado",
        payment_means=codes.load("payment_means").get(means, _MEANS_DEFAULT),
        lines=tuple(_line(node) for node in root.iterfind(path("cac:InvoiceLine"))),
        taxes=_tax_rows(root, "cac:TaxTotal"),
        withholdings=_tax_rows(root, "cac:WithholdingTaxTotal"),
        totals=_totals(root),
        payable=payable,
        words=amount_in_words(payable, currency),
        notes=tuple(node.text for node in root.iterfind(path("cbc:Note")) if node.text),
        order=_text(root, "cac:OrderReference/cbc:ID"),
        exchange=_exchange(root.find(path("cac:PaymentExchangeRate"))),
        delivery=_delivery(root.find(path("cac:Delivery"))),
        validated=validated,
        warning=warning,
        logo=logo,
    )


def amount_in_words(amount: Decimal, currency: str) -> str:
    """``1725500.00`` COP → ``Un millón setecientos veinticinco mil quinientos pesos M/CTE``."""
    whole = int(amount)
    cents = int((amount - whole) * 100)
    words = num2words(whole, lang="es")
    if words.endswith("uno"):
        words = words[:-3] + ("ún" if words.endswith("veintiuno") else "un")
    if whole >= 1_000_000 and whole % 1_000_000 == 0:
        words += " de"
    name = {"COP": "peso" if whole == 1 else "pesos"}.get(currency, currency)
    tail = f" con {num2words(cents, lang='es')} centavos" if cents else ""
    tail = tail.replace("uno centavos", "un centavos").replace("con un centavos", "con un centavo")
    return f"{words} {name}{tail}{' M/CTE' if currency == 'COP' else ''}".capitalize().replace(
        "m/cte", "M/CTE"
    )


def _text(node: etree._Element | None, names: str) -> str:
    if node is None:
        return ""
    return (node.findtext(path(names)) or "").strip()


def _amount(node: etree._Element | None, names: str) -> Decimal:
    return Decimal(_text(node, names) or "0")


def _qr_text(root: etree._Element, cufe: str) -> str:
    if not cufe:
        return ""
    return identifiers.qr_text(
        identifiers.inputs_from(root), cufe, other_taxes=identifiers.other_taxes_from(root)
    )


def _exchange(node: etree._Element | None) -> str:
    """``1 USD = 4.123,456789 COP (2025-03-14)``; empty when all is in one currency."""
    if node is None:
        return ""
    rate = format_number(_amount(node, "cbc:CalculationRate"), 2, 6)
    return (
        f"1 {_text(node, 'cbc:TargetCurrencyCode')} = {rate}"
        f" {_text(node, 'cbc:SourceCurrencyCode')} ({_text(node, 'cbc:Date')})"
    )


def _delivery(node: etree._Element | None) -> str:
    """Day and place of the delivery, as far as they are stated."""
    if node is None:
        return ""
    place = _address(node.find(path("cac:DeliveryAddress")))
    return ", ".join(text for text in (_text(node, "cbc:ActualDeliveryDate"), place) if text)


def _address(node: etree._Element | None) -> str:
    names = (
        "cac:AddressLine/cbc:Line",
        "cbc:CityName",
        "cbc:CountrySubentity",
        "cac:Country/cbc:Name",
    )
    return ", ".join(text for text in (_text(node, name) for name in names) if text)


def _authorization(root: etree._Element) -> str:
    control = next(root.iter(path("sts:InvoiceControl")), None)
    if control is None:
        return ""
    prefix = _text(control, "sts:AuthorizedInvoices/sts:Prefix")
    return (
        f"Autorización de numeración DIAN No. {_text(control, 'sts:InvoiceAuthorization')}"
        f" del {_text(control, 'sts:AuthorizationPeriod/cbc:StartDate')}"
        f", prefijo {prefix or 'sin prefijo'}"
        f", del No. {_text(control, 'sts:AuthorizedInvoices/sts:From')}"
        f" al No. {_text(control, 'sts:AuthorizedInvoices/sts:To')}"
        f", vigente hasta {_text(control, 'sts:AuthorizationPeriod/cbc:EndDate')}"
    )


def _party(node: etree._Element | None) -> PartyPicture:
    party = node.find(path("cac:Party")) if node is not None else None
    scheme = party.find(path("cac:PartyTaxScheme")) if party is not None else None
    company = scheme.find(path("cbc:CompanyID")) if scheme is not None else None
    kind = (
        codes.IDENTIFICATION_TYPES.get(company.get("schemeName", ""), "")
        if company is not None
        else ""
    )
    digit = company.get("schemeID", "") if company is not None else ""
    number = (company.text or "") if company is not None else ""
    address = party.find(path("cac:PhysicalLocation/cac:Address")) if party is not None else None
    if address is None and scheme is not None:
        address = scheme.find(path("cac:RegistrationAddress"))
    levels = _text(scheme, "cbc:TaxLevelCode").split(";")
    qualities = [_TAX_SCHEMES.get(_text(scheme, "cac:TaxScheme/cbc:ID"), "")]
    qualities += [
        _RESPONSIBILITIES.get(level, level) for level in levels if level and level != "R-99-PN"
    ]
    name = _text(scheme, "cbc:RegistrationName")
    trade = _text(party, "cac:PartyName/cbc:Name")
    return PartyPicture(
        name=name or trade,
        trade_name=trade if trade != name else "",
        identification=f"{kind or 'ID'} {number}"
        + (f"-{digit}" if digit and kind == "NIT" else ""),
        address=_address(address),
        phone=_text(party, "cac:Contact/cbc:Telephone"),
        email=_text(party, "cac:Contact/cbc:ElectronicMail"),
        qualities=" · ".join(quality for quality in qualities if quality),
    )


def _line(node: etree._Element) -> LinePicture:
    quantity = node.find(path("cbc:InvoicedQuantity"))
    unit = quantity.get("unitCode", "") if quantity is not None else ""
    item = "cac:Item/"
    discount = sum(
        (
            _amount(row, "cbc:Amount") * (-1 if _text(row, "cbc:ChargeIndicator") == "true" else 1)
            for row in node.iterfind(path("cac:AllowanceCharge"))
        ),
        Decimal(0),
    )
    # Withholdings are informative and printed apart.
    taxes = [_tax_label(row) for row in node.iterfind(path("cac:TaxTotal/cac:TaxSubtotal"))]
    return LinePicture(
        number=_text(node, "cbc:ID"),
        code=_text(node, item + "cac:SellersItemIdentification/cbc:ID")
        or _text(node, item + "cac:StandardItemIdentification/cbc:ID"),
        description=_description(node),
        unit=codes.load("units").get(unit, unit),
        quantity=Decimal(quantity.text or "0") if quantity is not None else Decimal(0),
        price=_amount(node, "cac:Price/cbc:PriceAmount"),
        discount=discount,
        taxes=", ".join(taxes) or "Excluido",
        total=_amount(node, "cbc:LineExtensionAmount"),
    )


def _description(node: etree._Element) -> str:
    """What is sold, the notes of the line, and what a gift is worth."""
    texts = [n.text for n in node.iterfind(path("cac:Item/cbc:Description")) if n.text]
    texts += [n.text for n in node.iterfind(path("cbc:Note")) if n.text]
    gift = node.find(path("cac:PricingReference/cac:AlternativeConditionPrice"))
    if gift is not None:
        worth = format_number(_amount(gift, "cbc:PriceAmount"), 2, 6)
        texts.append(f"Sin costo. Valor comercial por unidad: {worth}")
    return "\n".join(texts)


def _tax_label(subtotal: etree._Element) -> str:
    name = _text(subtotal, "cac:TaxCategory/cac:TaxScheme/cbc:Name")
    percent = _text(subtotal, "cac:TaxCategory/cbc:Percent")
    if percent:
        return f"{name} {format_number(Decimal(percent), 0, 3)} %"
    return f"{name} {format_number(_amount(subtotal, 'cbc:PerUnitAmount'))} por unidad"


def _tax_rows(root: etree._Element, name: str) -> tuple[AmountRow, ...]:
    return tuple(
        AmountRow(_tax_label(row), _amount(row, "cbc:TaxAmount"), _amount(row, "cbc:TaxableAmount"))
        for row in root.iterfind(path(f"{name}/cac:TaxSubtotal"))
    )


def _totals(root: etree._Element) -> tuple[AmountRow, ...]:
    def total(name: str) -> Decimal:
        return _amount(root, f"cac:LegalMonetaryTotal/cbc:{name}")

    rows = [AmountRow("Subtotal", total("LineExtensionAmount"))]
    # What says nothing new is left out.
    if total("TaxExclusiveAmount") != rows[0].amount:
        rows.append(AmountRow("Base gravable", total("TaxExclusiveAmount")))
    if total("TaxInclusiveAmount") != total("PayableAmount"):
        rows.append(AmountRow("Total con impuestos", total("TaxInclusiveAmount")))
    rows += [_allowance(row) for row in root.iterfind(path("cac:AllowanceCharge"))]
    rows.append(AmountRow("Anticipos", -total("PrepaidAmount")))
    rows.append(AmountRow("Redondeo", total("PayableRoundingAmount")))
    return tuple(row for row in rows if row.amount or row.label == "Subtotal")


def _allowance(node: etree._Element) -> AmountRow:
    """A discount or charge of the whole invoice with its reason; a discount is negative."""
    is_charge = _text(node, "cbc:ChargeIndicator") == "true"
    label = _text(node, "cbc:AllowanceChargeReason") or ("Cargo" if is_charge else "Descuento")
    amount = _amount(node, "cbc:Amount")
    return AmountRow(label, amount if is_charge else -amount)


def format_number(value: Decimal, decimals: int = 2, most: int | None = None) -> str:
    """``1234567.5`` → ``1.234.567,50`` as Colombia writes; ``most`` drops final zeros."""
    text = f"{value:,.{most if most is not None else decimals}f}"
    if most is not None and "." in text:
        whole, fraction = text.split(".")
        fraction = fraction.rstrip("0").ljust(decimals, "0")
        text = f"{whole}.{fraction}" if fraction else whole
    return text.translate(str.maketrans(",.", ".,"))
