"""Random invoices: whatever people type, the document's sums hold and agree with the books."""

import random

from odoo import Command
from odoo.tests import tagged

from ..dian import rules
from .common import TECHNICAL_KEY
from .test_ubl_dian_common import UblDianCommon

SEED = 19
INVOICES = 25
LINES = 12


@tagged("post_install_l10n", "post_install", "-at_install")
class TestUblDianProperty(UblDianCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["decimal.precision"].search([("name", "=", "Product Price")]).digits = 6
        cls.env["decimal.precision"].search([("name", "=", "Product Unit")]).digits = 4
        included = cls.tax_iva_19.copy({"name": "IVA 19 % incluido"})
        included.price_include_override = "tax_included"
        included_5 = cls.tax_iva_5.copy({"name": "IVA 5 % incluido"})
        included_5.price_include_override = "tax_included"
        ica = cls.make_tax("ICA 0.966 %", 0.966, "03")
        bags = cls.make_tax("INC Bolsas", 66.0, "22", "fixed")
        withheld = (cls.tax_rete_renta, cls.tax_rete_iva, cls.tax_rete_ica)
        cls.mixes = [
            (cls.tax_iva_19,),
            (cls.tax_iva_5,),
            (cls.tax_exempt,),
            (cls.tax_excluded,),
            (cls.tax_inc_8,),
            (cls.tax_iva_19, ica),
            (cls.tax_iva_19, bags),
            (cls.tax_iva_19, *withheld),
            (included,),
            (included_5,),
            (included, cls.tax_rete_renta),
            (),
        ]

    def test_random_invoices_per_document(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        self.check_many(random.Random(SEED))

    def test_random_invoices_per_line(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        self.check_many(random.Random(SEED + 1))

    def check_many(self, source):
        for number in range(1, INVOICES + 1):
            lines = [self.random_line(source) for _count in range(source.randint(1, LINES))]
            if source.random() < 0.4:
                lines += self.random_discount(source, lines)
            with self.subTest(number=number):
                move = self.invoice(lines, number=number, **self.random_header(source))
                root = self.build(move)
                self.assert_arithmetic(root, move)
                self.assert_rules(root)

    def assert_rules(self, root):
        """Our rules, which know nothing of the builder, find nothing that DIAN would reject."""
        context = rules.RuleContext(technical_key=TECHNICAL_KEY, now=self.header.issued_at)
        found = [finding for finding in rules.check(root, context) if finding.is_rejection]
        self.assertFalse(found, "an invoice of Odoo's arithmetic passes DIAN's")

    def random_line(self, source):
        price = (
            round(
                source.choice([1, 100, 10000, 1000000]) * source.random() + 0.01,
                source.choice([0, 2, 2, 4, 6]),
            )
            or 1.0
        )
        return {
            "product_id": self.product_19.id,
            "name": "Línea",
            "quantity": round(source.choice([1, 3, 24, 500]) * source.random(), 4) or 1.0,
            "price_unit": price,
            "discount": source.choice([0, 0, 0, 5, 12.5, 33.33, 99.99, 100, -7]),
            "tax_ids": [Command.set([tax.id for tax in source.choice(self.mixes)])],
        }

    def random_discount(self, source, lines):
        """A negative line with the taxes of one of the others, at most a fifth of it."""
        target = source.choice(lines)
        amount = target["quantity"] * target["price_unit"] * (1 - target["discount"] / 100) / 5
        if amount < 0.01:
            return []
        return [
            {
                "name": "Descuento",
                "quantity": 1,
                "price_unit": -round(amount, 2),
                "tax_ids": target["tax_ids"],
            }
        ]

    def random_header(self, source):
        if source.random() < 0.25:
            usd = self.env.ref("base.USD")
            usd.active = True
            return {
                "currency_id": usd.id,
                "invoice_currency_rate": 1 / round(source.uniform(3500, 4800), 6),
            }
        return {}
