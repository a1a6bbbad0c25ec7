"""From Odoo's tax details to the amounts of a DIAN document.

Everything is in company currency: DIAN takes ``DocumentCurrencyCode`` COP only (annex 6.1, FAD15).

Decisions, with the place in annex 1.9 that asks for them:

* A negative line that carries taxes (Odoo's global discount, a down payment taken off) changes the
  tax bases, so it becomes a discount of the lines with the same taxes (6.1, AllowanceCharge of the
  line). One without taxes becomes a header discount, which never changes bases (FAQ01).
* A withholding is a negative tax in Odoo and lowers the move's total. DIAN's totals ignore it
  (11.9.1), and only a self-withholding issuer (responsibility O-15) reports it, in
  WithholdingTaxTotal (FAT01, FAY01); what the buyer will withhold is not the issuer's to report.
* Something given away states its commercial value as reference price (FAW03) and the tax that Odoo
  computes on it, which is none: whoever owes IVA on the gift books it apart.
* Cash rounding up to the tolerance of 5.2.1.1 is PayableRoundingAmount. A larger one (to the next
  fifty pesos) would break FAU14, whose formula leaves that element out, and is therefore a header
  discount or charge.
"""

from decimal import Decimal

from odoo import api, models

from ..dian.codes import NOMINAL_TAXES, TAXES
from ..dian.errors import DianValidationError
from . import account_edi_xml_ubl_dian_findings as problems
from .account_edi_xml_ubl_dian_values import (
    TOLERANCE,
    Adjustment,
    Amounts,
    Line,
    TaxAmount,
    cents,
    micro,
    money,
    number,
    spread,
)

#: Cents by which the global rounding of taxes may set a base apart from its line.
_ROUNDING_SHIFT = 2
#: Unit of a line without unit of measure: table 13.3.6, ``94`` unidad.
DEFAULT_UNIT = "94"


class AccountEdiXmlUblDian(models.AbstractModel):
    _inherit = "account.edi.xml.ubl_dian"

    @api.model
    def _l10n_co_openpce_get_amounts(self, move):
        """Amounts of ``move``, checked against its own total.

        :raises DianValidationError: something on the invoice cannot be said in DIAN's terms.
        """
        base_lines, _tax_lines = move._get_rounded_base_and_tax_lines()
        positions = {
            record.id: position
            for position, record in enumerate(self._l10n_co_openpce_line_records(move), 1)
        }
        amounts, discounts, findings = Amounts(), [], []
        for base_line in base_lines:
            if base_line["special_type"] == "cash_rounding":
                amounts.rounding += self._l10n_co_openpce_extension(base_line)
            elif base_line["special_type"]:
                name = base_line["record"].name or base_line["special_type"]
                findings.append(problems.unsupported_line(name))
            elif base_line["quantity"]:
                found = []
                line = self._l10n_co_openpce_prepare_line(move, base_line, found)
                findings += [problems.at_line(f, positions.get(line.record.id)) for f in found]
                if line.extension < 0:
                    discounts.append(line)
                elif self._l10n_co_openpce_is_header_charge(line.record):
                    self._l10n_co_openpce_add_header(amounts, line, is_charge=True)
                else:
                    amounts.lines.append(line)
        if findings:
            raise DianValidationError(findings)
        amounts.lines.sort(key=lambda line: (line.record.sequence, line.record.id))
        for line in discounts:
            self._l10n_co_openpce_apply_discount(amounts, line)
        amounts.withheld = sum(line.withheld for line in amounts.lines + discounts)
        self._l10n_co_openpce_align(move, amounts)
        self._l10n_co_openpce_place_rounding(amounts)
        self._l10n_co_openpce_check_amounts(move, amounts)
        return amounts

    @api.model
    def _l10n_co_openpce_line_records(self, move):
        """Journal items that become the InvoiceLines, in their order; the others change these."""
        return move.invoice_line_ids.filtered(
            lambda line: (
                line.display_type == "product"
                and line.quantity
                and line.price_subtotal >= 0
                and not self._l10n_co_openpce_is_header_charge(line)
            )
        ).sorted(lambda line: (line.sequence, line.id))

    def _l10n_co_openpce_extension(self, base_line):
        """Line amount before taxes, in cents, with Odoo's global rounding in it."""
        details = base_line["tax_details"]
        return cents(details["total_excluded"] + details["delta_total_excluded"])

    # -- lines ----------------------------------------------------------------------------------

    def _l10n_co_openpce_prepare_line(self, move, base_line, findings):
        record, unit = base_line["record"], base_line["product_uom_id"]
        unit_code = unit.l10n_co_openpce_code if unit else DEFAULT_UNIT
        if not unit_code:
            findings.append(problems.unit_without_code(unit.name))
        line = Line(
            record=record,
            quantity=micro(abs(base_line["quantity"])),
            unit_code=unit_code or DEFAULT_UNIT,
            extension=self._l10n_co_openpce_extension(base_line),
            price=Decimal(0),
        )
        for tax_data in base_line["tax_details"]["taxes_data"]:
            self._l10n_co_openpce_add_tax(line, tax_data, findings)
        line.taxes.sort(key=_tax_order)
        line.withholdings.sort(key=_tax_order)
        self._l10n_co_openpce_rebase_reteiva(line)
        if line.extension >= 0:
            self._l10n_co_openpce_set_price(move, base_line, line, findings)
        return line

    def _l10n_co_openpce_set_price(self, move, base_line, line, findings):
        """Price without taxes and the discount that lead to the line amount (FAV06)."""
        price = self._l10n_co_openpce_unit_price(move, base_line)
        discount = base_line["discount"]
        if not line.extension:
            line.reference_price = price or micro(base_line["product_id"].lst_price or 0.0)
            # A bag sold for nothing but its tax is no gift; it has no commercial value to state.
            is_sold = any(tax.amount for tax in line.taxes)
            if not line.reference_price and not is_sold:
                findings.append(problems.no_reference_price(line.record.name))
            return
        line.price = price
        difference = line.gross - line.extension
        if discount and difference:
            line.adjustments.append(
                Adjustment(
                    is_charge=difference < 0,
                    reason="Descuento" if difference > 0 else "Recargo",
                    amount=abs(difference),
                    base=line.gross,
                    percent=abs(micro(discount)),
                )
            )
        elif difference:
            # The global rounding of taxes moved a cent to this line; six decimals hold it.
            line.price = (Decimal(line.extension) / 100 / line.quantity).quantize(Decimal("1e-6"))

    def _l10n_co_openpce_unit_price(self, move, base_line):
        """Price of one unit before discount, without taxes, in company currency."""
        price = abs(base_line["price_unit"])
        details = base_line["tax_details"]
        discount = base_line["discount"]
        if any(tax_data["price_include"] for tax_data in details["taxes_data"]):
            if discount == 100:
                price = base_line["tax_ids"]._get_tax_details(
                    price, 1.0, rounding_method="round_globally", product=base_line["product_id"]
                )["total_excluded"]
            else:
                gross = details["raw_total_excluded_currency"] / (1 - discount / 100)
                price = abs(gross / base_line["quantity"])
        if move.currency_id != move.company_currency_id and base_line["rate"]:
            price /= base_line["rate"]
        return micro(price)

    # -- taxes ----------------------------------------------------------------------------------

    def _l10n_co_openpce_add_tax(self, line, tax_data, findings):
        tax = tax_data["tax"]
        code = tax.l10n_co_openpce_tax_code
        is_withholding = tax._l10n_co_openpce_is_withholding()
        if is_withholding:
            # A self-withholding with its counterpart lowers nothing: the two cancel out here.
            line.withheld -= cents(tax_data["tax_amount"])
        if tax_data["is_reverse_charge"] or tax.l10n_co_openpce_treatment == "excluded":
            return
        if code not in TAXES:
            findings.append(problems.tax_without_code(tax.name))
            return
        base, amount = cents(tax_data["base_amount"]), cents(tax_data["tax_amount"])
        if is_withholding:
            sign = -1 if tax.amount < 0 else 1
            percent = number(abs(tax.amount))
            line.withholdings.append(TaxAmount(tax, code, base, sign * amount, percent))
        elif tax.amount_type == "fixed" or code in NOMINAL_TAXES:
            # Odoo's fixed amounts are in the currency of the invoice.
            is_foreign = line.record.currency_id != line.record.company_currency_id
            nominal = self._l10n_co_openpce_nominal_tax(line, tax, code, amount, findings)
            if code != "34" and (is_foreign or tax.amount_type != "fixed"):
                nominal.per_unit = micro(amount / 100 / float(line.quantity))
            line.taxes.append(nominal)
        else:
            percent = self._l10n_co_openpce_percent(tax, base, amount)
            line.taxes.append(TaxAmount(tax, code, base, amount, percent))

    def _l10n_co_openpce_percent(self, tax, base, amount):
        if tax.amount_type == "percent":
            return number(tax.amount)
        return number(round(100 * amount / base, 2) if base else 0.0)

    def _l10n_co_openpce_nominal_tax(self, line, tax, code, amount, findings):
        """A tax per unit. Its base is a measure: the units sold, or their volume for IBUA (34)."""
        units, unit_code = line.quantity, line.unit_code
        if code == "34":
            product = line.record.product_id
            units = micro(float(line.quantity) * product.l10n_co_openpce_millilitres)
            unit_code = "MLT"
            if not units:
                name = product.display_name or line.record.name
                findings.append(problems.drink_without_content(name))
                units = line.quantity
            per_unit = micro(amount / float(units)) if units else Decimal(0)
        else:
            per_unit = micro(tax.amount)
        return TaxAmount(tax, code, 0, amount, per_unit=per_unit, units=units, unit_code=unit_code)

    def _l10n_co_openpce_rebase_reteiva(self, line):
        """FAY05: the base of ReteIVA is the IVA of the line, its rate a share of that."""
        iva = [tax for tax in line.taxes if tax.code == "01"]
        amount = sum(tax.amount for tax in iva)
        rate = sum(float(tax.percent) for tax in iva)
        for withheld in line.withholdings:
            if withheld.code == "05" and amount and rate:
                withheld.base = amount
                withheld.percent = number(round(100 * abs(withheld.tax.amount) / rate, 2))

    # -- discounts, charges and rounding of the document ----------------------------------------

    def _l10n_co_openpce_is_header_charge(self, record):
        """A tip or another charge outside the tax base, told apart by its product."""
        return bool(record.product_id.l10n_co_openpce_header_charge) and all(
            tax.l10n_co_openpce_treatment == "excluded" for tax in record.tax_ids
        )

    def _l10n_co_openpce_add_header(self, amounts, line, is_charge):
        """Header charge 03 (recargo condicionado) or discount 01 (table 13.3.8)."""
        amounts.adjustments.append(
            Adjustment(
                is_charge=is_charge,
                reason=line.record.name or ("Recargo" if is_charge else "Descuento"),
                amount=abs(line.extension),
                base=0,
                code="03" if is_charge else "01",
            )
        )

    def _l10n_co_openpce_apply_discount(self, amounts, discount):
        if not discount.taxes and not discount.withholdings:
            self._l10n_co_openpce_add_header(amounts, discount, is_charge=False)
            return
        key = discount.tax_key
        targets = [line for line in amounts.lines if line.extension and line.tax_key == key]
        if sum(line.extension for line in targets) < -discount.extension:
            raise DianValidationError([problems.discount_too_large(discount.record.name)])
        if any(tax.per_unit is not None and tax.amount for tax in discount.taxes):
            raise DianValidationError([problems.discount_of_units(discount.record.name)])
        weights = [line.extension for line in targets]
        parts = spread(-discount.extension, weights)
        for line, part in zip(targets, parts, strict=True):
            if part:
                reason = discount.record.name or "Descuento"
                line.adjustments.append(Adjustment(False, reason, part, line.extension))
                line.extension -= part
        for attribute in ("taxes", "withholdings"):
            for position, tax in enumerate(getattr(discount, attribute)):
                mine = [getattr(line, attribute)[position] for line in targets]
                for target, base, amount in zip(
                    mine, spread(-tax.base, weights), spread(-tax.amount, weights), strict=True
                ):
                    target.base -= base
                    target.amount -= amount

    def _l10n_co_openpce_align(self, move, amounts):
        """Make base, rate and tax of each line agree as FAX07 and FAS07 compare them.

        Line amount and tax base are one amount that Odoo rounds separately over the document. On
        an invoice in another currency Odoo rounds taxes in that currency, where a cent is worth
        tens of pesos; the tax in pesos is computed again and the residue is rounding (5.2.1).
        """
        is_foreign = move.currency_id != move.company_currency_id
        for line in amounts.lines:
            for tax in line.taxes + line.withholdings:
                if tax.per_unit is None and abs(tax.base - line.extension) <= _ROUNDING_SHIFT:
                    tax.base = line.extension
            if is_foreign:
                for tax in line.taxes:
                    if tax.per_unit is None:
                        amounts.rounding += tax.amount - tax.computed()
                        tax.amount = tax.computed()
                self._l10n_co_openpce_rebase_reteiva(line)
                for tax in line.withholdings:
                    tax.amount = tax.computed()

    def _l10n_co_openpce_place_rounding(self, amounts):
        if abs(amounts.rounding) > TOLERANCE:
            is_charge = amounts.rounding > 0
            amounts.adjustments.append(
                Adjustment(
                    is_charge=is_charge,
                    reason="Redondeo",
                    amount=abs(amounts.rounding),
                    base=0,
                    code="02" if is_charge else "01",
                )
            )
            amounts.rounding = 0
        for adjustment in amounts.adjustments:
            # FAQ06, FAQ07: never more than the whole of what it is computed on.
            adjustment.base = max(amounts.extension, adjustment.amount)

    def _l10n_co_openpce_check_amounts(self, move, amounts):
        """The document says what the books say: the same payable amount."""
        booked = cents(abs(move.amount_total_signed)) + amounts.withheld
        if amounts.payable != booked:
            problem = problems.total_differs(money(amounts.payable), money(booked))
            raise DianValidationError([problem])


def _tax_order(tax):
    """IVA, INC, other percentages by code, then the nominal ones, which have no base (FAU04)."""
    return (tax.per_unit is not None, tax.code != "01", tax.code != "04", tax.code, tax.tax.id)
