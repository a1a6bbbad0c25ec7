"""One golden file for each case a Colombian invoice of type 01 can be: taxes and amounts.

Rewrite with OPENPCE_WRITE_GOLDEN=1. Each file is judged again, signed, without Odoo, by the XSD,
DIAN's Schematron, our rules and xmlsec: tests/dian/test_golden_documents.py.
"""

from odoo import Command

from .test_ubl_dian_common import UblDianCommon


class TestUblDianGolden(UblDianCommon):
    def test_company_cash(self):
        root = self.assert_golden(self.invoice(number=1))
        self.assert_cufe(root)

    def test_company_credit(self):
        move = self.invoice(
            number=2,
            invoice_date_due="2025-04-13",
            l10n_co_openpce_payment_means_id=self.means_transfer.id,
        )
        self.assert_golden(move)

    def test_two_rates(self):
        lines = [
            self.line(self.product_19, 2, 250000.0),
            self.line(self.product_5, 3.5, 38000.0),
            self.line(self.product_19, 1, 99999.99),
        ]
        self.assert_golden(self.invoice(lines, number=3))

    def test_exempt(self):
        root = self.assert_golden(
            self.invoice([self.line(self.product_exempt, 3, 45000.0)], number=4)
        )
        self.assertEqual(
            self.text(root, "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent"),
            "0.00",
            "an exempt item carries its tax with 0 %",
        )

    def test_excluded(self):
        root = self.assert_golden(
            self.invoice([self.line(self.product_excluded, 1, 90000.0)], number=5)
        )
        self.assertNotIn("TaxTotal", _tags(root), "FAX01: an excluded item carries no tax at all")
        self.assertEqual(self.text(root, "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount"), "0.00")

    def test_exempt_excluded_and_taxed(self):
        lines = [
            self.line(self.product_19, 1, 250000.0),
            self.line(self.product_exempt, 2, 45000.0),
            self.line(self.product_excluded, 1, 90000.0),
        ]
        self.assert_golden(self.invoice(lines, number=6))

    def test_inc(self):
        lines = [self.line(self.product_inc, 4, 30000.0)]
        self.assert_golden(self.invoice(lines, number=7))

    def test_ica(self):
        ica = self.make_tax("ICA 9.66 por mil", 0.966, "03")
        lines = [self.line(self.product_19, 1, 1000000.0, self.tax_iva_19, ica)]
        self.assert_golden(self.invoice(lines, number=8))

    def test_bag_tax(self):
        bags = self.make_tax("INC Bolsas", 66.0, "22", "fixed")
        lines = [
            self.line(self.product_19, 1, 250000.0),
            self.line(self.product_19, 3, 500.0, self.tax_iva_19, bags, name="Bolsa plástica"),
        ]
        self.assert_golden(self.invoice(lines, number=9))

    def test_healthy_taxes(self):
        ibua = self.make_tax("IBUA", 228.0, "34", "fixed")
        icui = self.make_tax("ICUI 20 %", 20.0, "35")
        drink = self.make_product("Gaseosa 600 ml", "GAS-600", l10n_co_openpce_millilitres=600.0)
        lines = [
            self.line(drink, 12, 3500.0, self.tax_iva_19, ibua),
            self.line(self.product_19, 5, 4200.0, self.tax_iva_19, icui, name="Papas fritas"),
        ]
        self.assert_golden(self.invoice(lines, number=10))

    def test_self_withholding(self):
        taxes = (self.tax_iva_19, self.tax_rete_renta, self.tax_rete_iva, self.tax_rete_ica)
        lines = [
            self.line(self.product_19, 2, 250000.0, *taxes),
            self.line(self.product_19, 1, 133333.33, *taxes),
        ]
        root = self.assert_golden(self.invoice(lines, number=11))
        self.assertEqual(
            len(_children(root, "WithholdingTaxTotal")), 3, "one header total for each withholding"
        )

    def test_self_withholding_with_counterpart(self):
        """Booked twice, with opposite signs: reported to DIAN, nothing taken off the total."""
        repartition = [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "factor_percent": 100.0}),
            Command.create({"repartition_type": "tax", "factor_percent": -100.0}),
        ]
        own = self.make_tax(
            "Autorretención 2.5 %",
            2.5,
            "06",
            l10n_co_openpce_treatment="withholding",
            invoice_repartition_line_ids=repartition,
            refund_repartition_line_ids=repartition,
        )
        move = self.invoice(
            [self.line(self.product_19, 2, 250000.0, self.tax_iva_19, own)], number=24
        )
        root = self.assert_golden(move)
        self.assertEqual(move.amount_total, 595000.0)
        self.assertEqual(self.text(root, "cac:WithholdingTaxTotal/cbc:TaxAmount"), "12500.00")

    def test_import(self):
        tax = self.make_tax("IVA 0 % importación", 0.0, "01", l10n_co_openpce_treatment="import")
        lines = [
            self.line(self.product_19, 1, 250000.0),
            self.line(self.product_19, 2, 1000.0, tax, name="Mercancía en zona franca"),
        ]
        self.assert_golden(self.invoice(lines, number=25))

    def test_buyer_withholds(self):
        self.company.partner_id.l10n_co_openpce_responsibility_ids = [Command.clear()]
        lines = [self.line(self.product_19, 2, 250000.0, self.tax_iva_19, self.tax_rete_renta)]
        move = self.invoice(lines, number=12)
        root = self.assert_golden(move)
        self.assertNotIn(
            "WithholdingTaxTotal", _tags(root), "FAT01: only a self-withholding issuer reports it"
        )
        self.assertLess(move.amount_total, 595000.0, "the books do know the withholding")

    def test_line_discount(self):
        lines = [
            self.line(self.product_19, 3, 250000.0, discount=10.0),
            self.line(self.product_5, 7.25, 38123.45, discount=33.33),
        ]
        self.assert_golden(self.invoice(lines, number=13))

    def test_line_charge(self):
        lines = [self.line(self.product_19, 3, 250000.0, discount=-5.0)]
        self.assert_golden(self.invoice(lines, number=14))

    def test_document_discount_in_the_tax_base(self):
        discount = {
            "name": "Descuento comercial",
            "quantity": 1,
            "price_unit": -50000.0,
            "tax_ids": [Command.set(self.tax_iva_19.ids)],
        }
        lines = [
            self.line(self.product_19, 2, 250000.0),
            self.line(self.product_19, 1, 99999.99, name="Silla infantil"),
            self.line(self.product_5, 1, 38000.0),
            discount,
        ]
        self.assert_golden(self.invoice(lines, number=15))

    def test_document_discount_outside_the_tax_base(self):
        discount = {
            "name": "Descuento por pronto pago",
            "quantity": 1,
            "price_unit": -20000.0,
            "tax_ids": [Command.clear()],
        }
        lines = [self.line(self.product_19, 2, 250000.0), discount]
        self.assert_golden(self.invoice(lines, number=16))

    def test_tip(self):
        tip = self.make_product("Propina", "PROPINA", l10n_co_openpce_header_charge=True)
        lines = [
            self.line(self.product_inc, 2, 50000.0),
            self.line(tip, 1, 10000.0, tax_ids=[Command.clear()]),
        ]
        self.assert_golden(self.invoice(lines, number=17))

    def test_free_item(self):
        lines = [
            self.line(self.product_19, 1, 250000.0),
            self.line(self.product_5, 2, 38000.0, discount=100.0, name="Muestra de café"),
        ]
        self.assert_golden(self.invoice(lines, number=18))

    def test_prices_with_taxes_included(self):
        iva = self.tax_iva_19.copy({"name": "IVA 19 % incluido"})
        iva.price_include_override = "tax_included"
        lines = [
            self.line(self.product_19, 3, 119990.0, iva),
            self.line(self.product_19, 1, 10.01, iva, name="Botón"),
            self.line(self.product_19, 7, 33.33, iva, name="Tornillo", discount=15.0),
        ]
        self.assert_golden(self.invoice(lines, number=19))

    def test_several_units(self):
        units = ("uom.product_uom_dozen", "uom.product_uom_hour", "uom.product_uom_litre")
        lines = [
            self.line(
                self.make_product(
                    f"Artículo {number}", f"ART-{number}", uom_id=self.env.ref(unit).id
                ),
                number + 0.5,
                1234.56,
            )
            for number, unit in enumerate(units, 1)
        ]
        self.assert_golden(self.invoice(lines, number=20))

    def test_rounding_of_many_decimals(self):
        lines = [
            self.line(self.product_19, 12.12, 12.12),
            self.line(self.product_19, 12.12, 12.12, name="Otra silla"),
            self.line(self.product_5, 0.01, 99999.99),
        ]
        self.assert_golden(self.invoice(lines, number=21))

    def test_small_cash_rounding(self):
        root = self.assert_golden(self.rounded_invoice(1.0, 12345.67, number=22))
        self.assertTrue(
            self.text(root, "cac:LegalMonetaryTotal/cbc:PayableRoundingAmount"),
            "5.2.1: the residue goes to PayableRoundingAmount",
        )

    def test_large_cash_rounding(self):
        root = self.assert_golden(self.rounded_invoice(50.0, 12345.67, number=23))
        self.assertFalse(
            self.text(root, "cac:LegalMonetaryTotal/cbc:PayableRoundingAmount"),
            "FAU14 leaves PayableRoundingAmount out: more than 2.00 would be rejected",
        )

    def rounded_invoice(self, step, price, number):
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": f"A {step} pesos",
                "rounding": step,
                "strategy": "add_invoice_line",
                "rounding_method": "HALF-UP",
                "profit_account_id": self.company_data["default_account_revenue"].id,
                "loss_account_id": self.company_data["default_account_expense"].id,
            }
        )
        lines = [self.line(self.product_19, 1, price)]
        return self.invoice(lines, number=number, invoice_cash_rounding_id=rounding.id)


def _tags(root):
    return {element.tag.rpartition("}")[2] for element in root.iter()}


def _children(root, name):
    return [element for element in root if element.tag.endswith(f"}}{name}")]
