"""What is not judged on an invoice, and why; what is judged more mildly than annex 8.2 prints."""

from __future__ import annotations

from ..findings import Severity
from .base import Text
from .common import N, R

#: Why a rule has no judge of its own.
REASONS = {
    "DIAN": Text(
        "only DIAN's own records can tell", "solo los registros de la DIAN lo pueden decir"
    ),
    "FAD15b": Text(
        "told as FAD15b, as DIAN does", "se informa como FAD15b, igual que hace la DIAN"
    ),
    "FBH01": Text("the same condition as FBH01", "es la misma condición que FBH01"),
    "NONE": Text("the annex states no validation", "el anexo no enuncia validación"),
}

#: R in the annex, notifications here: DIAN accepted documents that break them (FAI03, FAJ43b,
#: FAJ44b, FAK51, FAK55, FAT07), or the annex contradicts itself (FAR03). RUT01 is seen as a
#: notification too, but only DIAN can judge it.
MILDER = frozenset({"FAI03", "FAJ43b", "FAJ44b", "FAK51", "FAK55", "FAR03", "FAT07"})

_AMOUNTS = {
    "FBD04": "cac:PrepaidPayment/cbc:PaidAmount",
    "FAQ08": "cac:AllowanceCharge/cbc:Amount",
    "FAQ10": "cac:AllowanceCharge/cbc:BaseAmount",
    "FAS03": "cac:TaxTotal/cbc:TaxAmount",
    "FAS06": "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount",
    "FAS08": "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount",
    "FAS12": "cac:TaxTotal/cac:TaxSubtotal/cbc:PerUnitAmount",
    "FAT03": "cac:WithholdingTaxTotal/cbc:TaxAmount",
    "FAT06": "cac:WithholdingTaxTotal/cac:TaxSubtotal/cbc:TaxableAmount",
    "FAT08": "cac:WithholdingTaxTotal/cac:TaxSubtotal/cbc:TaxAmount",
    "FAU03": "cac:LegalMonetaryTotal/cbc:LineExtensionAmount",
    "FAU05": "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount",
    "FAU07": "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount",
    "FAU09": "cac:LegalMonetaryTotal/cbc:AllowanceTotalAmount",
    "FAU11": "cac:LegalMonetaryTotal/cbc:ChargeTotalAmount",
    "FAU13": "cac:LegalMonetaryTotal/cbc:PrepaidAmount",
    "FAU15": "cac:LegalMonetaryTotal/cbc:PayableAmount",
    "FAV07": "cac:InvoiceLine/cbc:LineExtensionAmount",
    "FAW04": "cac:InvoiceLine/cac:PricingReference/cac:AlternativeConditionPrice/cbc:PriceAmount",
    "FBE07": "cac:InvoiceLine/cac:AllowanceCharge/cbc:Amount",
    "FBE09": "cac:InvoiceLine/cac:AllowanceCharge/cbc:BaseAmount",
    "FAX03": "cac:InvoiceLine/cac:TaxTotal/cbc:TaxAmount",
    "FAX19": "cac:InvoiceLine/cac:TaxTotal/cbc:RoundingAmount",
    "FAX06": "cac:InvoiceLine/cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount",
    "FAX08": "cac:InvoiceLine/cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount",
    "FAX12": "cac:InvoiceLine/cac:TaxTotal/cac:TaxSubtotal/cbc:PerUnitAmount",
    "FAY03": "cac:InvoiceLine/cac:WithholdingTaxTotal/cbc:TaxAmount",
    "FAY08": "cac:InvoiceLine/cac:WithholdingTaxTotal/cac:TaxSubtotal/cbc:TaxAmount",
    "FAY06": "cac:InvoiceLine/cac:WithholdingTaxTotal/cac:TaxSubtotal/cbc:TaxableAmount",
    "FBB03": "cac:InvoiceLine/cac:Price/cbc:PriceAmount",
}

#: Rule id → severity in the annex, path, reason (a key of :data:`REASONS`).
NOT_JUDGED: dict[str, tuple[Severity, str, str]] = {
    "90": (R, "/Invoice/cbc:ID", "DIAN"),
    "CTG01": (R, "//xades:SigningTime", "DIAN"),
    "RUT01": (R, "//cbc:CompanyID, //sts:ProviderID", "DIAN"),
    "FAB24c": (R, "/Invoice/ext:UBLExtensions//sts:SoftwareProvider/sts:SoftwareID", "DIAN"),
    "FBI01": (N, "/Invoice/cac:BillingReference", "FBH01"),
    "FBC02": (N, "/Invoice/cac:DeliveryTerms/cbc:ID", "NONE"),
    "FBC05": (N, "/Invoice/cac:DeliveryTerms/cbc:LossRisk", "NONE"),
    "FBE04": (N, "/Invoice/cac:InvoiceLine/cac:AllowanceCharge/cbc:AllowanceChargeReason", "NONE"),
    "FAZ13": (
        R,
        "/Invoice/cac:InvoiceLine/cac:Item/cac:StandardItemIdentification/cbc:ID/@schemeName",
        "NONE",
    ),
    "FAZ15": (
        N,
        "/Invoice/cac:InvoiceLine/cac:Item/cac:StandardItemIdentification/cbc:ID/@schemeAgencyName",
        "NONE",
    ),
    **{id: (R, f"/Invoice/{path}/@currencyID", "FAD15b") for id, path in _AMOUNTS.items()},
}
