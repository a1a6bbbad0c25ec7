"""A Colombian company ready to invoice electronically, for every test of this addon.

Certificate generated at run time, numbering range SETP (authorisation 18760000001, the one DIAN's
published examples use), stand-in environment without a service behind it: whoever wants to send
puts a client in its place or starts the stand-in. All people and numbers are invented.
"""

import base64
from datetime import date, datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from freezegun import freeze_time
from odoo import Command, fields
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.tests import tagged

from . import pki

#: Key DIAN publishes for the test ranges SETP and SETG.
TECHNICAL_KEY = "fc8eac422eba16e22ffd8c6f94b3f40a6e38162c"
SOFTWARE_ID = "56f2ae4e-9812-4fad-9255-08fcfcd5ccb0"
SOFTWARE_PIN = "12345"
COMPANY_NIT = "900508908"
#: Hour of Colombia's day from which tests of the queue live in the next one.
LATE_EVENING = 20


def one_transaction(env):
    """A patch: crons commit nothing and never run out of time, since a test has one transaction."""
    return patch.object(
        type(env["ir.cron"]), "_commit_progress", lambda *_args, **_kwargs: float("inf")
    )


@tagged("post_install_l10n", "post_install", "-at_install")
class OpenPCECommon(AccountTestInvoicingCommon):
    """`cls.company`, `cls.journal`, `cls.range`, `cls.certificate`, customers, products, taxes."""

    @classmethod
    @AccountTestInvoicingCommon.setup_country("co")
    def setUpClass(cls):
        super().setUpClass()
        # Messages are asserted in their source language, whatever the database speaks.
        cls.env.user.lang = "en_US"
        cls.company = cls.company_data["company"]
        cls.journal = cls.company_data["default_journal_sale"]
        cls.setup_openpce_company(cls.company)
        cls.range = cls.create_range(cls.company, cls.journal)
        cls.certificate = cls.create_certificate(cls.company)
        cls.setup_openpce_customers()
        cls.setup_openpce_taxes()
        cls.setup_openpce_products()
        cls.accountant = cls.env["res.users"].create(
            {
                "name": "Contadora de Prueba",
                "login": "openpce_accountant",
                "password": "openpce_accountant",
                "email": "contadora@openpce.example",
                "company_ids": [Command.set(cls.company.ids)],
                "company_id": cls.company.id,
                "group_ids": [Command.set(cls.env.ref("account.group_account_invoice").ids)],
            }
        )

    @classmethod
    def setup_openpce_company(cls, company, nit=COMPANY_NIT, name="EMPRESA DE PRUEBA SAS"):
        """Fiscal data of the issuer and its software."""
        company.write(
            {
                "name": name,
                "l10n_co_openpce_environment": "sandbox",
                "l10n_co_openpce_sandbox_url": "http://127.0.0.1:9/WcfDianCustomerServices.svc",
                "l10n_co_openpce_software_id": SOFTWARE_ID,
                "l10n_co_openpce_software_pin": SOFTWARE_PIN,
                "l10n_co_openpce_test_set_id": "0b6a9a4c-2b7d-4a9e-8f31-000000000001",
            }
        )
        company.partner_id.write(
            {
                "is_company": True,
                "country_id": cls.env.ref("base.co").id,
                "l10n_latam_identification_type_id": cls.env.ref("l10n_co.rut").id,
                "vat": nit,
                "street": "Carrera 7 # 40 - 62",
                **cls.city_values("11001", "110231"),
                "email": "facturas@openpce.example",
                "phone": "6010000000",
                "l10n_co_openpce_organization_type": "1",
                "l10n_co_openpce_tax_scheme": "01",
                "l10n_co_openpce_responsibility_ids": [
                    Command.set(cls.responsibilities("O-13", "O-15").ids)
                ],
                "l10n_co_openpce_trade_name": "Tienda de Prueba",
                "l10n_co_openpce_registration_number": "00012345",
                "l10n_co_openpce_activity_codes": "6201",
                "l10n_co_openpce_edi_email": "recepcion@openpce.example",
            }
        )

    @classmethod
    def create_range(cls, company, journal, **values):
        """Range SETP 990000000 to 995000000 on ``journal``, which becomes electronic."""
        journal.l10n_co_openpce_enabled = True
        return cls.env["l10n_co_openpce.numbering.range"].create(
            {
                "company_id": company.id,
                "journal_id": journal.id,
                "environment": "sandbox",
                "document_type": "01",
                "resolution": "18760000001",
                "resolution_date": date(2019, 1, 19),
                "prefix": "SETP",
                "first_number": 990000000,
                "last_number": 995000000,
                "date_from": date(2019, 1, 19),
                "date_to": date(2030, 1, 19),
                "technical_key": TECHNICAL_KEY,
                **values,
            }
        )

    @classmethod
    def create_certificate(cls, company, nit=COMPANY_NIT, **values):
        """A valid certificate of ``nit``, uploaded as a person would."""
        return cls.env["l10n_co_openpce.certificate"].create(
            {
                "company_id": company.id,
                "name": "Certificado de prueba",
                "content": base64.b64encode(pki.make_pkcs12(nit)),
                "password": pki.PASSWORD,
                **values,
            }
        )

    @classmethod
    def setup_openpce_customers(cls):
        common = {"country_id": cls.env.ref("base.co").id, "invoice_edi_format": False}
        kind = {
            code: cls.env["l10n_latam.identification.type"].search(
                [("l10n_co_openpce_code", "=", code)], limit=1
            )
            for code in ("13", "31", "41", "50")
        }
        create = cls.env["res.partner"].create
        cls.customer_company = create(
            {
                **common,
                "name": "CLIENTE EJEMPLAR SAS",
                "is_company": True,
                "l10n_latam_identification_type_id": kind["31"].id,
                "vat": "900123456",
                "street": "Calle 10 # 20 - 30",
                **cls.city_values("05001", "050021"),
                "email": "compras@cliente.example",
                "l10n_co_openpce_tax_scheme": "01",
                "l10n_co_openpce_responsibility_ids": [
                    Command.set(cls.responsibilities("O-23").ids)
                ],
            }
        )
        cls.customer_person = create(
            {
                **common,
                "name": "Pérez Inventada, María José",
                "l10n_latam_identification_type_id": kind["13"].id,
                "vat": "1.000.000.001",
                "street": "Avenida Siempre Viva 742",
                **cls.city_values("08001", "080001"),
                "email": "maria@persona.example",
            }
        )
        cls.customer_final = cls.env.ref("l10n_co_openpce_edi.partner_final_consumer")
        cls.customer_foreign = create(
            {
                "name": "Imaginary Imports Ltd",
                "is_company": True,
                "country_id": cls.env.ref("base.us").id,
                "state_id": cls.env.ref("base.state_us_5").id,
                "l10n_latam_identification_type_id": kind["50"].id,
                "vat": "US-99-0000001",
                "street": "1 Nowhere Street",
                "city": "Springfield",
                "zip": "90001",
                "email": "ap@imaginary.example",
                "invoice_edi_format": False,
            }
        )

    @classmethod
    def setup_openpce_taxes(cls):
        cls.tax_iva_19 = cls.chart_tax("8")
        cls.tax_iva_5 = cls.chart_tax("9")
        cls.tax_exempt = cls.chart_tax("10")
        cls.tax_excluded = cls.chart_tax("11")
        cls.tax_inc_8 = cls.chart_tax("60")
        cls.tax_rete_renta = cls.chart_tax("53")  # -2.5 %
        cls.tax_rete_iva = cls.chart_tax("56")  # 15 % of IVA 19 %, written as -2.85 %
        cls.tax_rete_ica = cls.chart_tax("57")  # -0.414 %

    @classmethod
    def setup_openpce_products(cls):
        def product(name, code, price, tax, **values):
            return cls.env["product.product"].create(
                {
                    "name": name,
                    "default_code": code,
                    "lst_price": price,
                    "uom_id": cls.env.ref("uom.product_uom_unit").id,
                    "taxes_id": [Command.set(tax.ids)],
                    **values,
                }
            )

        cls.product_19 = product("Silla de oficina", "SILLA-01", 250000.0, cls.tax_iva_19)
        cls.product_5 = product(
            "Café en grano",
            "CAFE-01",
            38000.0,
            cls.tax_iva_5,
            uom_id=cls.env.ref("uom.product_uom_kgm").id,
        )
        cls.product_exempt = product("Libro", "LIBRO-01", 45000.0, cls.tax_exempt)
        cls.product_excluded = product("Servicio médico", "MED-01", 90000.0, cls.tax_excluded)
        cls.product_inc = product("Comida", "COMIDA-01", 30000.0, cls.tax_inc_8)

    # Helpers

    @classmethod
    def chart_tax(cls, number):
        """Tax ``l10n_co_tax_<number>`` of the company's chart."""
        chart = cls.env["account.chart.template"].with_company(cls.company)
        return chart.ref(f"l10n_co_tax_{number}")

    @classmethod
    def city_values(cls, code, postal_code):
        """Address values of the municipality with DIVIPOLA ``code``."""
        city = cls.env["res.city"].search([("l10n_co_openpce_code", "=", code)], limit=1)
        return {
            "city_id": city.id,
            "city": city.name,
            "state_id": city.state_id.id,
            "zip": postal_code,
        }

    @classmethod
    def responsibilities(cls, *codes):
        return cls.env["l10n_co_openpce.responsibility"].search([("code", "in", codes)])

    @classmethod
    def create_invoice(cls, partner=None, lines=None, *, post=False, **values):
        """A customer invoice of today.

        :param lines: list of (product, quantity, price) or of dictionaries of line values;
            default: two chairs with IVA 19 %.
        """
        commands = []
        for line in lines or [(cls.product_19, 2, 250000.0)]:
            if not isinstance(line, dict):
                product, quantity, price = line
                line = {"product_id": product.id, "quantity": quantity, "price_unit": price}
            commands.append(Command.create(line))
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or cls.customer_company).id,
                "journal_id": cls.journal.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": commands,
                **values,
            }
        )
        if post:
            move.action_post()
        return move


class QueueCommon(OpenPCECommon):
    """`self.move` confirmed, `self.document` its submission, and crons that can be called."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Crons run some hours later and must not come into Colombia's next day by chance: a file
        # signed before midnight is not sent after it. So late in the evening it is noon tomorrow.
        now = datetime.now(ZoneInfo("America/Bogota"))
        if now.hour >= LATE_EVENING:
            noon = now.replace(hour=12) + timedelta(days=1)
            cls.startClassPatcher(freeze_time(noon.astimezone(ZoneInfo("UTC")), tick=True))

    def setUp(self):
        super().setUp()
        self.startPatcher(one_transaction(self.env))
        self.move = self.create_invoice(post=True)
        self.document = self.move.l10n_co_openpce_document_id.sudo()
        # Crons run as the system.
        self.Document = self.env["l10n_co_openpce.document"].sudo()
