"""Values of one document: amounts in whole cents with their arithmetic, and identifications.

Odoo computes prices and taxes; here its rounded results are only regrouped. Whole cents keep every
sum exact, so that header and lines agree to the cent (FAU02, FAU04, FAU06, FAU14, FAS02).
"""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

from ..dian import codes, nit

_MICRO = Decimal("0.000001")
_CENT = Decimal("0.01")
_PRECISE = Decimal("1e-12")
_HUNDRED = Decimal(100)
#: Annex 5.2.1.1: what two monetary amounts may differ by.
TOLERANCE = 200


def cents(amount):
    """Whole cents of an amount that Odoo has already rounded to the currency."""
    return round(amount * 100)


def money(amount):
    """Cents as the XML writes them, two decimals: ``123456`` → ``1234.56``."""
    sign, amount = ("-", -amount) if amount < 0 else ("", amount)
    return f"{sign}{amount // 100}.{amount % 100:02d}"


def number(value, least=2):
    """A float with ``least`` to six decimals, half to even; a Decimal as it is, no idle zeros."""
    if not isinstance(value, Decimal):
        value = micro(value)
    whole, _point, decimals = format(value, "f").partition(".")
    decimals = decimals.ljust(least, "0")
    return f"{whole}.{decimals[:least]}{decimals[least:].rstrip('0')}"


def micro(value):
    """A float as a Decimal with at most six decimals (annex 5.4: ``p (0-6)``)."""
    return Decimal(repr(value)).quantize(_MICRO, ROUND_HALF_EVEN)


def spread(total, weights):
    """Share ``total`` cents out by ``weights``; the parts add up to it exactly.

    Each part is what the running total gains, so no part is off by more than one cent.
    """
    whole = sum(weights)
    parts, seen, given = [], 0, 0
    for weight in weights:
        seen += weight
        part = total * seen // whole - given if whole else 0
        parts.append(part)
        given += part
    return parts


def agency(**attributes):
    """Attributes of an identification: DIAN's agency and what is given."""
    return {
        "schemeAgencyID": codes.DIAN_AGENCY_ID,
        "schemeAgencyName": codes.DIAN_AGENCY_NAME,
        **attributes,
    }


def identification(number, kind, check_digit=""):
    """``CompanyID`` of ``kind`` (table 13.2.1); only a NIT carries its check digit (FAJ24)."""
    is_nit = kind == codes.NIT_TYPE
    digit = (check_digit or (number and nit.check_digit(number))) if is_nit else None
    return agency(_text=number, schemeID=digit, schemeName=kind)


@dataclass(slots=True)
class TaxAmount:
    """One tax of one line: base and amount in cents, both positive for a withholding too."""

    tax: object  # account.tax
    code: str
    base: int
    amount: int
    percent: str = ""  # of a percentage tax, as it is written
    per_unit: Decimal | None = None  # of a nominal tax
    units: Decimal | None = None
    unit_code: str = ""

    def computed(self):
        """Cents that base and rate give, half to even (5.2.1)."""
        return round(self.base * Decimal(self.percent) / _HUNDRED)

    @property
    def group(self):
        """What two amounts share to stand in one TaxSubtotal."""
        return (self.percent, self.per_unit, self.unit_code, self.tax.id * (self.code == "ZZ"))


@dataclass(slots=True)
class Adjustment:
    """A discount or charge, positive, in cents, with the amount it was computed on."""

    is_charge: bool
    reason: str
    amount: int
    base: int
    percent: Decimal | None = None  # as the user typed it
    code: str = ""

    @property
    def factor(self):
        """``MultiplierFactorNumeric``: the typed percentage if it explains the amount (FBE06)."""
        if not self.base:
            return Decimal(0)
        exact = _HUNDRED * self.amount / self.base
        rounded = [exact.quantize(step, ROUND_HALF_EVEN) for step in (_CENT, _MICRO)]
        for percent in (self.percent, *rounded):
            if percent is not None and self._is_explained_by(percent):
                return percent
        return exact.quantize(_PRECISE, ROUND_HALF_EVEN)  # of thousands of millions

    def _is_explained_by(self, percent):
        return abs(self.base * percent / _HUNDRED - self.amount) < TOLERANCE // 2


@dataclass(slots=True)
class Line:
    """One InvoiceLine."""

    record: object  # account.move.line
    quantity: Decimal
    unit_code: str
    extension: int  # LineExtensionAmount
    price: Decimal
    taxes: list[TaxAmount] = field(default_factory=list)
    withholdings: list[TaxAmount] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)
    reference_price: Decimal | None = None  # of something given away
    notes: list[str] = field(default_factory=list)
    withheld: int = 0  # what Odoo takes off the total of the line

    @property
    def gross(self):
        """Price × quantity in cents."""
        return round(self.price * self.quantity * _HUNDRED)

    @property
    def tax_key(self):
        """Taxes of the line, withholdings too: a discount goes to lines with the same ones."""
        return tuple(sorted(t.tax.id for t in self.taxes + self.withholdings))


@dataclass(slots=True)
class Amounts:
    """All amounts of a document."""

    lines: list[Line] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)  # header, outside the tax base
    rounding: int = 0
    withheld: int = 0  # what Odoo subtracts from the move and DIAN does not

    @property
    def extension(self):
        """FAU02: sum of the lines."""
        return sum(line.extension for line in self.lines)

    @property
    def tax_exclusive(self):
        """FAU04: bases of the first TaxTotal of each line (6.1 and the published Schematron).

        A nominal tax has no monetary base, so a line that carries nothing else adds nothing.
        """
        return sum(
            tax.base for line in self.lines for tax in line.taxes if tax.code == line.taxes[0].code
        )

    @property
    def tax(self):
        """Sum of the header TaxTotals."""
        return sum(tax.amount for line in self.lines for tax in line.taxes)

    @property
    def tax_inclusive(self):
        """FAU06."""
        return self.extension + self.tax

    @property
    def allowance(self):
        """FAU08: header discounts."""
        return sum(a.amount for a in self.adjustments if not a.is_charge)

    @property
    def charge(self):
        """FAU10: header charges."""
        return sum(a.amount for a in self.adjustments if a.is_charge)

    @property
    def payable(self):
        """FAU14, with the rounding of 5.2.1; withholdings never enter (11.9.1)."""
        return self.tax_inclusive - self.allowance + self.charge + self.rounding
