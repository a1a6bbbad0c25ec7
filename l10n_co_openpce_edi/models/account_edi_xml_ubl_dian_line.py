"""Lines, taxes, discounts and totals of a DIAN document as nodes (annex 1.9 section 6.1)."""

from odoo import api, models

from ..dian import codes
from .account_edi_xml_ubl_dian_values import money, number

#: Line ``Note`` and header ``Note``: longest text (annex 6.1).
LINE_NOTE_SIZE = 5000


class AccountEdiXmlUblDian(models.AbstractModel):
    _inherit = "account.edi.xml.ubl_dian"

    @api.model
    def _l10n_co_openpce_line_node(self, position, line, vals):
        currency = vals["currency"]
        quantity = {"_text": number(line.quantity), "unitCode": line.unit_code}
        return {
            "cbc:ID": str(position),
            "cbc:Note": [note[:LINE_NOTE_SIZE] for note in line.notes],
            "cbc:InvoicedQuantity": quantity,
            "cbc:LineExtensionAmount": _amount(line.extension, currency),
            "cbc:FreeOfChargeIndicator": "true" if line.reference_price else None,
            "cac:PricingReference": self._l10n_co_openpce_reference_price_node(line, currency),
            "cac:AllowanceCharge": self._l10n_co_openpce_adjustment_nodes(
                line.adjustments, currency
            ),
            "cac:TaxTotal": self._l10n_co_openpce_tax_nodes(line.taxes, currency),
            "cac:WithholdingTaxTotal": vals["self_withholding"]
            and self._l10n_co_openpce_tax_nodes(line.withholdings, currency),
            "cac:Item": self._l10n_co_openpce_item_node(position, line),
            "cac:Price": {
                "cbc:PriceAmount": {"_text": number(line.price), "currencyID": currency},
                # FAV06 multiplies by this element, so it holds the quantity sold.
                "cbc:BaseQuantity": quantity,
            },
        }

    def _l10n_co_openpce_reference_price_node(self, line, currency):
        """What a thing given away is worth: 01, commercial value (table 13.3.10, FAW03)."""
        if not line.reference_price:
            return None
        return {
            "cac:AlternativeConditionPrice": {
                "cbc:PriceAmount": {
                    "_text": number(line.reference_price),
                    "currencyID": currency,
                },
                "cbc:PriceTypeCode": "01",
            },
        }

    def _l10n_co_openpce_item_node(self, position, line):
        record, product = line.record, line.record.product_id
        own_code = product.default_code or product.barcode
        standard = product.l10n_co_openpce_standard or "999"
        code = product.l10n_co_openpce_standard_code
        if not code and standard == "010":
            code = product.barcode
        if not code:
            # Nothing of a public catalogue is known: the issuer's own code (FAZ09 asks for one).
            standard, code = "999", own_code or (str(product.id) if product else str(position))
        name, agency = codes.PRODUCT_STANDARDS[standard]
        return {
            "cbc:Description": record.name or product.display_name,
            "cac:SellersItemIdentification": {"cbc:ID": own_code},
            "cac:StandardItemIdentification": {
                "cbc:ID": {
                    # Table 13.3.5: a GTIN is written with fourteen digits.
                    "_text": code.zfill(14) if standard == "010" else code,
                    "schemeID": standard,
                    "schemeName": name,
                    "schemeAgencyID": agency,
                },
            },
        }

    # -- taxes ----------------------------------------------------------------------------------

    @api.model
    def _l10n_co_openpce_tax_nodes(self, taxes, currency, is_header=False):
        """One total per tax code, one subtotal per rate (FAS01a, FAX01), in the order given."""
        by_code = {}
        for tax in taxes:
            by_code.setdefault(tax.code, {}).setdefault(tax.group, []).append(tax)
        return [
            {
                "cbc:TaxAmount": _amount(
                    sum(tax.amount for group in groups.values() for tax in group), currency
                ),
                "cac:TaxSubtotal": [
                    self._l10n_co_openpce_subtotal_node(code, group, currency, is_header)
                    for group in groups.values()
                ],
            }
            for code, groups in by_code.items()
        ]

    def _l10n_co_openpce_subtotal_node(self, code, taxes, currency, is_header):
        first = taxes[0]
        nominal = {}
        base = money(sum(tax.base for tax in taxes))
        if first.per_unit is not None:
            units = number(sum(tax.units for tax in taxes))
            nominal = {
                "cbc:BaseUnitMeasure": {"_text": units, "unitCode": first.unit_code},
                "cbc:PerUnitAmount": {"_text": number(first.per_unit), "currencyID": currency},
            }
            # FAS05: the header states the units taxed. On the line the base stays zero, so that
            # units are never added to the money of TaxExclusiveAmount (FAU04).
            base = units if is_header else base
        name = first.tax.name if code == "ZZ" else codes.TAXES[code]
        return {
            "cbc:TaxableAmount": {"_text": base, "currencyID": currency},
            "cbc:TaxAmount": _amount(sum(tax.amount for tax in taxes), currency),
            **nominal,
            "cac:TaxCategory": {
                "cbc:Percent": first.percent,
                "cac:TaxScheme": {"cbc:ID": code, "cbc:Name": name},
            },
        }

    # -- discounts, charges, totals -------------------------------------------------------------

    @api.model
    def _l10n_co_openpce_adjustment_nodes(self, adjustments, currency):
        return [
            {
                "cbc:ID": str(position),
                "cbc:ChargeIndicator": "true" if adjustment.is_charge else "false",
                "cbc:AllowanceChargeReasonCode": adjustment.code,
                "cbc:AllowanceChargeReason": adjustment.reason,
                "cbc:MultiplierFactorNumeric": number(adjustment.factor),
                "cbc:Amount": _amount(adjustment.amount, currency),
                "cbc:BaseAmount": _amount(adjustment.base, currency),
            }
            for position, adjustment in enumerate(adjustments, 1)
        ]

    @api.model
    def _l10n_co_openpce_totals_node(self, amounts, currency):
        """LegalMonetaryTotal: FAU02, FAU04, FAU06, FAU08, FAU10, FAU14."""
        return {
            "cbc:LineExtensionAmount": _amount(amounts.extension, currency),
            "cbc:TaxExclusiveAmount": _amount(amounts.tax_exclusive, currency),
            "cbc:TaxInclusiveAmount": _amount(amounts.tax_inclusive, currency),
            "cbc:AllowanceTotalAmount": _amount_if(amounts.allowance, currency),
            "cbc:ChargeTotalAmount": _amount_if(amounts.charge, currency),
            "cbc:PayableRoundingAmount": _amount_if(amounts.rounding, currency),
            "cbc:PayableAmount": _amount(amounts.payable, currency),
        }


def _amount(amount, currency):
    """Node of an amount in cents; the currency is the document's everywhere (FAD15b)."""
    return {"_text": money(amount), "currencyID": currency}


def _amount_if(amount, currency):
    return _amount(amount, currency) if amount else None
