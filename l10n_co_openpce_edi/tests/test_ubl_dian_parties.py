"""Golden files of what is not arithmetic: buyers, addresses, references, notes, currency."""

from odoo import Command

from .test_ubl_dian_common import UblDianCommon


class TestUblDianParties(UblDianCommon):
    def test_natural_person(self):
        root = self.assert_golden(self.invoice(partner=self.customer_person, number=101))
        party = "cac:AccountingCustomerParty/cac:Party"
        self.assertEqual(
            self.text(root, f"{party}/cac:PartyIdentification/cbc:ID"),
            self.text(root, f"{party}/cac:PartyTaxScheme/cbc:CompanyID"),
            "FAK61: a natural person is identified in PartyIdentification too",
        )

    def test_final_consumer(self):
        root = self.assert_golden(self.invoice(partner=self.customer_final, number=102))
        self.assertEqual(
            self.text(
                root, "cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID"
            ),
            "222222222222",
        )

    def test_foreign_buyer(self):
        self.assert_golden(self.invoice(partner=self.customer_foreign, number=103))

    def test_foreign_person_with_passport(self):
        passport = self.env["l10n_latam.identification.type"].search(
            [("l10n_co_openpce_code", "=", "41")], limit=1
        )
        person = self.env["res.partner"].create(
            {
                "name": "Invented Traveller",
                "country_id": self.env.ref("base.fr").id,
                "l10n_latam_identification_type_id": passport.id,
                "vat": "XX0000001",
                "street": "1 rue Imaginaire",
                "city": "Paris",
                "email": "traveller@imaginary.example",
                "invoice_edi_format": False,
            }
        )
        self.assert_golden(self.invoice(partner=person, number=104))

    def test_notes_and_order(self):
        lines = [
            self.line(self.product_19, 2, 250000.0),
            {"display_type": "line_section", "name": "Servicios"},
            self.line(self.product_excluded, 1, 90000.0),
            {"display_type": "line_note", "name": "Incluye instalación en el piso tres."},
        ]
        for sequence, line in enumerate(lines):
            line["sequence"] = sequence
        move = self.invoice(
            lines, number=105, ref="OC-2025-0042", narration="<p>Entregar en la mañana.</p>"
        )
        self.assert_golden(move)

    def test_delivery_address(self):
        shop = self.env["res.partner"].create(
            {
                "parent_id": self.customer_company.id,
                "type": "delivery",
                "name": "Sede Cali",
                "street": "Avenida Sexta # 1 - 2",
                "country_id": self.env.ref("base.co").id,
                **self.city_values("76001", "760001"),
            }
        )
        move = self.invoice(number=106, partner_shipping_id=shop.id, delivery_date="2025-03-17")
        self.assert_golden(move)

    def test_foreign_currency(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create(
            {
                "name": "2025-03-14",
                "currency_id": usd.id,
                "company_id": self.company.id,
                "inverse_company_rate": 4123.456789,
            }
        )
        lines = [
            self.line(self.product_19, 3, 19.99),
            self.line(self.product_19, 7, 1.25, name="Botón", discount=10.0),
            self.line(self.product_exempt, 1, 333.33),
        ]
        root = self.assert_golden(
            self.invoice(lines, self.customer_foreign, number=107, currency_id=usd.id)
        )
        self.assertEqual(
            self.text(root, "cbc:DocumentCurrencyCode"), "COP", "FAD15: documents are in pesos"
        )

    def test_product_standards(self):
        unspsc = self.make_product(
            "Silla UNSPSC",
            "SILLA-02",
            l10n_co_openpce_standard="001",
            l10n_co_openpce_standard_code="56101504",
        )
        gtin = self.make_product(
            "Silla GTIN", "SILLA-03", l10n_co_openpce_standard="010", barcode="7701234567897"
        )
        lines = [
            self.line(unspsc, 1, 1000.0),
            self.line(gtin, 1, 2000.0),
            {
                "name": "Sin producto",
                "quantity": 1,
                "price_unit": 3000.0,
                "tax_ids": [Command.set(self.tax_iva_19.ids)],
            },
        ]
        self.assert_golden(self.invoice(lines, number=108))

    def test_text_xml_cannot_carry(self):
        lines = [self.line(self.product_19, 1, 1000.0, name="Silla \x0b<roja> & «azul» ñ €")]
        root = self.assert_golden(self.invoice(lines, number=109))
        self.assertEqual(
            self.text(root, "cac:InvoiceLine/cac:Item/cbc:Description"),
            "Silla <roja> & «azul» ñ €",
            "a control character pasted into a name must not stop an invoice",
        )

    def test_simple_issuer(self):
        """An issuer of the simple regime, a natural person, who collects no IVA."""
        partner = self.company.partner_id
        partner.write(
            {
                "l10n_co_openpce_organization_type": "2",
                "l10n_co_openpce_tax_scheme": "ZZ",
                "l10n_co_openpce_responsibility_ids": [
                    Command.set(self.responsibilities("O-47").ids)
                ],
                "l10n_co_openpce_registration_number": False,
                "l10n_co_openpce_trade_name": False,
            }
        )
        lines = [self.line(self.product_excluded, 2, 90000.0, tax_ids=[Command.clear()])]
        self.assert_golden(self.invoice(lines, number=110))
