"""Boundaries of the arithmetic: what DIAN lets pass must pass here, one cent more must not."""

from __future__ import annotations

import pytest
from lxml import etree
from mutate import CONTEXT, apply, base_invoice

from dian.rules import check

TOTAL = "cac:LegalMonetaryTotal/cbc:"
LINE_IVA = "cac:InvoiceLine[1]/cac:TaxTotal"
BAG = "cac:TaxTotal[3]/cac:TaxSubtotal"


def codes(*operations: tuple[str, str, str]) -> set[str]:
    root = base_invoice()
    for operation in operations:
        apply(root, *operation)
    # Every change of an amount also changes the CUFE.
    return {finding.code for finding in check(root, CONTEXT)} - {"FAD06"}


@pytest.mark.parametrize(
    ("rule", "path", "right", "within", "beyond"),
    [
        ("FAU02", f"{TOTAL}LineExtensionAmount", "120200.00", "120202.00", "120202.01"),
        ("FAU04", f"{TOTAL}TaxExclusiveAmount", "137200.00", "137198.00", "137197.99"),
        ("FAU06", f"{TOTAL}TaxInclusiveAmount", "143312.00", "143310.00", "143309.99"),
        ("FAU14", f"{TOTAL}PayableAmount", "143610.00", "143612.00", "143612.01"),
        ("FAU12", f"{TOTAL}PrepaidAmount", "20000.00", "20002.00", "20002.01"),
        ("FAV06", "cac:InvoiceLine[1]/cbc:LineExtensionAmount", "92000", "92002", "92002.01"),
        ("FAX07", f"{LINE_IVA}/cac:TaxSubtotal/cbc:TaxAmount", "17480", "17485", "17485.01"),
        ("FAS07", "cac:TaxTotal[2]/cac:TaxSubtotal/cbc:TaxAmount", "1200", "1202", "1202.01"),
        ("FBE06", "cac:InvoiceLine[1]/cac:AllowanceCharge[1]/cbc:Amount", "10000", "9998", "9997"),
    ],
)
def test_tolerance(rule, path, right, within, beyond):
    """Annex 5.2.1.1: 2.00 on amounts; 5.2.1.2: 5.00 on amounts of IVA."""
    assert rule not in codes(("text", path, right))
    assert rule not in codes(("text", path, within)), "the edge of the tolerance passes"
    assert rule in codes(("text", path, beyond)), "one cent more does not"


def test_rounding_may_be_negative_and_counts():
    rounded = [
        ("text", f"{TOTAL}PayableRoundingAmount", "-10.00"),
        ("text", f"{TOTAL}PayableAmount", "143600.00"),
    ]
    assert codes(*rounded) == set(), "only PayableRoundingAmount may be below zero (5.2.3)"
    assert "VLR01" in codes(("text", f"{TOTAL}ChargeTotalAmount", "-1500.00"))


def test_advances_reduce_the_total_in_health_only():
    """Annex 11.9.2 and the health sector's own operation types."""
    less = ("text", f"{TOTAL}PayableAmount", "123610.00")
    assert codes(less) == {"FAU14"}
    assert codes(less, ("text", "cbc:CustomizationID", "SS-CUFE")) == set()


def test_withholdings_never_reduce_the_total():
    assert "FAU14" in codes(("text", f"{TOTAL}PayableAmount", "138688.00")), "annex 11.9.1"


def test_free_sample_is_invoiced_at_zero_or_at_its_value():
    path = "cac:InvoiceLine[3]/cac:Price/cbc:PriceAmount"
    assert codes(("text", path, "20000.00")) == set(), "a sample may name its price and cost zero"


def test_exempt_line_needs_its_header():
    exempt = [
        ("text", f"cac:InvoiceLine[2]/cac:TaxTotal/{part}", value)
        for part, value in (
            ("cbc:TaxAmount", "0.00"),
            ("cac:TaxSubtotal/cbc:TaxAmount", "0.00"),
            ("cac:TaxSubtotal/cac:TaxCategory/cbc:Percent", "0.00"),
        )
    ]
    assert codes(*exempt) == {"FAS01a", "FAS01b"}, "rate 0.00 is a rate of its own"


def test_line_with_two_taxes_counts_its_base_once_or_twice():
    """FAU04: chapter 8 adds every TaxTotal of a line, chapter 6 the first only."""
    twice = [
        ("copy", "cac:InvoiceLine[4]/cac:TaxTotal", ""),
        ("text", "cac:InvoiceLine[4]/cac:TaxTotal[2]//cbc:Percent", "19.00"),
        ("text", "cac:InvoiceLine[4]/cac:TaxTotal[2]//cac:TaxScheme/cbc:ID", "01"),
        ("text", "cac:InvoiceLine[4]/cac:TaxTotal[2]//cac:TaxScheme/cbc:Name", "IVA"),
        ("text", "cac:InvoiceLine[4]/cac:TaxTotal[2]//cbc:TaxAmount", "2850.00"),
    ]
    assert "FAU04" not in codes(*twice), "the first tax only"
    both = ("text", f"{TOTAL}TaxExclusiveAmount", "152200.00")
    assert "FAU04" not in codes(*twice, both), "all taxes"
    between = ("text", f"{TOTAL}TaxExclusiveAmount", "145000.00")
    assert "FAU04" in codes(*twice, between)


@pytest.mark.parametrize(
    ("code", "amount", "good"),
    [("22", "132.00", True), ("22", "134.01", False), ("34", "1.32", True), ("34", "3.33", False)],
)
def test_tax_per_unit(code, amount, good):
    """Per unit; IBUA (34) per hundred millilitres: divided by 100."""
    result = codes(
        ("text", f"{BAG}/cac:TaxCategory/cac:TaxScheme/cbc:ID", code),
        ("text", f"{BAG}/cbc:TaxAmount", amount),
    )
    assert ("FAS07" not in result) is good


def test_final_consumer_needs_neither_legal_entity_nor_contact():
    party = "cac:AccountingCustomerParty/cac:Party"
    consumer = [
        ("text", f"{party}/cac:PartyTaxScheme/cbc:CompanyID", "222222222222"),
        ("attr", f"{party}/cac:PartyTaxScheme/cbc:CompanyID", "schemeName=13"),
        ("text", f"{party}/cac:PartyIdentification/cbc:ID", "222222222222"),
        ("attr", f"{party}/cac:PartyIdentification/cbc:ID", "schemeName=13"),
        ("text", f"{party}/cac:PartyTaxScheme/cbc:RegistrationName", "consumidor final"),
        ("drop", f"{party}/cac:PartyTaxScheme/cac:RegistrationAddress", ""),
        ("drop", f"{party}/cac:PhysicalLocation", ""),
        ("drop", f"{party}/cac:PartyLegalEntity", ""),
        ("drop", f"{party}/cac:Contact", ""),
    ]
    assert codes(*consumer) == set()


def test_foreign_customer_is_not_held_to_colombian_lists():
    party = "cac:AccountingCustomerParty/cac:Party"
    operations = []
    for address in (
        f"{party}/cac:PhysicalLocation/cac:Address",
        f"{party}/cac:PartyTaxScheme/cac:RegistrationAddress",
    ):
        operations += [
            ("text", f"{address}/cac:Country/cbc:IdentificationCode", "US"),
            ("text", f"{address}/cac:Country/cbc:Name", "Estados Unidos"),
            ("text", f"{address}/cbc:ID", "33101"),
            ("text", f"{address}/cbc:CityName", "Miami"),
            ("text", f"{address}/cbc:CountrySubentity", "Florida"),
            ("text", f"{address}/cbc:CountrySubentityCode", "FL"),
            ("text", f"{address}/cbc:PostalZone", "33101"),
        ]
    for element in ("cac:PartyTaxScheme", "cac:PartyLegalEntity"):
        operations += [
            ("text", f"{party}/{element}/cbc:CompanyID", "P1234567"),
            ("attr", f"{party}/{element}/cbc:CompanyID", "schemeName=41"),
            ("attr", f"{party}/{element}/cbc:CompanyID", "schemeID"),
        ]
    assert codes(*operations) == set()
    for address in (
        f"{party}/cac:PhysicalLocation/cac:Address",
        f"{party}/cac:PartyTaxScheme/cac:RegistrationAddress",
    ):
        for part in ("cbc:ID", "cbc:CountrySubentityCode", "cbc:PostalZone"):
            operations.append(("drop", f"{address}/{part}", ""))
    assert codes(*operations) == set(), "codes of Colombian tables do not exist abroad"


def test_optional_groups_may_be_absent():
    optional = (
        "cac:InvoicePeriod", "cac:OrderReference", "cac:BillingReference",
        "cac:DespatchDocumentReference", "cac:ReceiptDocumentReference",
        "cac:AdditionalDocumentReference", "cac:TaxRepresentativeParty", "cac:Delivery",
        "cac:DeliveryTerms", "cac:PaymentExchangeRate", "cac:PaymentAlternativeExchangeRate",
        "cac:WithholdingTaxTotal", "cac:InvoiceLine/cac:WithholdingTaxTotal",
        "cac:AccountingSupplierParty/cac:Party/cac:PartyName",
        "cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cac:ShareholderParty",
        "cac:AccountingCustomerParty/cac:Party/cac:PartyName",
        "cac:AccountingCustomerParty/cac:Party/cac:PhysicalLocation",
        "cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity/cac:ShareholderParty",
        "cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity"
        "/cac:CorporateRegistrationScheme",
        "cac:InvoiceLine/cac:Item/cac:SellersItemIdentification",
        "cac:InvoiceLine/cac:Item/cac:AdditionalItemProperty",
        "cac:InvoiceLine/cac:Item/cac:InformationContentProviderParty",
        "cac:PaymentMeans/cbc:PaymentID", "cac:LegalMonetaryTotal/cbc:PrepaidAmount",
    )  # fmt: skip
    assert codes(*(("drop", path, "") for path in optional)) == set()


def test_comments_and_blanks_do_not_matter():
    root = base_invoice()
    number = root.find("{*}ID")
    number.text = " SETP99"
    comment = etree.Comment("x")
    comment.tail = "0000123 "
    number.append(comment)
    assert check(root, CONTEXT) == []
