"""Fiscal data of contacts: NIT and check digit, kinds of identification, what is missing."""

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import OpenPCECommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPartnerFiscal(OpenPCECommon):
    def _partner(self, vat, xmlid="l10n_co.rut", country="base.co", **values):
        return self.env["res.partner"].create(
            {
                "name": "Prueba",
                "is_company": True,
                "country_id": self.env.ref(country).id,
                "l10n_latam_identification_type_id": self.env.ref(xmlid).id,
                "vat": vat,
                **values,
            }
        )

    def _assert_number(self, written, number, digit, stored=None):
        partner = self._partner(written)
        self.assertEqual(
            (partner.l10n_co_openpce_nit, partner.l10n_co_openpce_check_digit), (number, digit)
        )
        if stored:
            self.assertEqual(partner.vat, stored)

    # NIT

    def test_nit_of_a_company_however_it_is_written(self):
        for written in ("900508908", "900508908-9", "900.508.908-9", "9005089089"):
            self._assert_number(written, "900508908", "9", "900508908-9")

    def test_nit_of_a_natural_person(self):
        self._assert_number("9999000002-8", "9999000002", "8")
        self._assert_number("1000000001", "1000000001", self._digit("1000000001"))

    def test_eight_digits_whose_last_is_a_check_digit_are_read_as_odoo_does(self):
        self._assert_number("75101643", "7510164", "3", "7510164-3")

    @staticmethod
    def _digit(number):
        weights = (3, 7, 13, 17, 19, 23, 29, 37, 41, 43)
        rest = sum(int(d) * w for d, w in zip(reversed(number), weights, strict=False)) % 11
        return str(rest if rest < 2 else 11 - rest)

    def test_wrong_check_digit_is_refused(self):
        with self.assertRaises(ValidationError):
            self._partner("900508908-8")

    def test_wrong_check_digit_is_refused_without_odoos_check_too(self):
        with self.assertRaisesRegex(ValidationError, "check digit of NIT 900508908 is 9, not 8"):
            self.env["res.partner"].with_context(no_vat_validation=True).create(
                {
                    "name": "Prueba",
                    "country_id": self.env.ref("base.co").id,
                    "l10n_latam_identification_type_id": self.env.ref("l10n_co.rut").id,
                    "vat": "900508908-8",
                }
            )

    # Other identifications

    def test_cedula_has_no_dots_and_no_check_digit(self):
        partner = self._partner("9.999.000.001", "l10n_co.national_citizen_id")
        self.assertEqual(partner.l10n_co_openpce_nit, "9999000001")
        self.assertFalse(partner.l10n_co_openpce_check_digit)

    def test_foreign_identification_keeps_its_letters(self):
        self.assertEqual(self.customer_foreign.l10n_co_openpce_nit, "US990000001")
        self.assertFalse(self.customer_foreign.l10n_co_openpce_check_digit)

    def test_generic_tax_number_is_a_nit_in_colombia_and_foreign_elsewhere(self):
        local = self._partner("900508908", "l10n_latam_base.it_vat")
        self.assertEqual(local._l10n_co_openpce_identification_code(), "31")
        foreign = self._partner("990000001", "l10n_latam_base.it_vat", "base.us")
        self.assertEqual(foreign._l10n_co_openpce_identification_code(), "50")

    def test_found_by_the_number_sent_to_dian(self):
        found = self.env["res.partner"].search([("l10n_co_openpce_nit", "=", "900123456")])
        self.assertEqual(found, self.customer_company)

    # Defaults

    def test_sensible_defaults(self):
        self.assertEqual(self.customer_company.l10n_co_openpce_organization_type, "1")
        self.assertEqual(self.customer_person.l10n_co_openpce_organization_type, "2")
        self.assertEqual(self.customer_person.l10n_co_openpce_tax_scheme, "ZZ")
        self.assertTrue(self.customer_final.l10n_co_openpce_is_final_consumer)
        self.assertFalse(self.customer_person.l10n_co_openpce_is_final_consumer)

    def test_kind_of_identification_follows_country_and_kind_of_contact(self):
        form = Form(self.env["res.partner"])
        form.name = "Persona"
        form.country_id = self.env.ref("base.co")
        self.assertEqual(
            form.l10n_latam_identification_type_id, self.env.ref("l10n_co.national_citizen_id")
        )

    def test_contacts_share_the_fiscal_data_of_their_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Contacto", "parent_id": self.customer_company.id}
        )
        self.assertEqual(contact.l10n_co_openpce_tax_scheme, "01")
        self.assertEqual(contact.l10n_co_openpce_nit, "900123456")

    def test_postal_code_stays_when_it_belongs_to_the_municipality(self):
        medellin = self.env["res.city"].search([("l10n_co_openpce_code", "=", "05001")])
        cali = self.env["res.city"].search([("l10n_co_openpce_code", "=", "76001")])
        partner = self.customer_company.new(origin=self.customer_company)
        partner.zip, partner.city_id = "050021", medellin
        partner._onchange_city_id()
        self.assertEqual(partner.zip, "050021")
        partner.city_id = cali
        partner._onchange_city_id()
        self.assertFalse(partner.zip, "a postal code of another municipality goes")

    def test_activity_codes(self):
        self.company.partner_id.l10n_co_openpce_activity_codes = "6201;4754"
        with self.assertRaises(ValidationError):
            self.company.partner_id.l10n_co_openpce_activity_codes = "6201, 4754"

    # What is missing

    def _missing(self, partner, role="customer"):
        issues = partner._l10n_co_openpce_get_issues(role=role)
        for issue in issues:
            self.assertEqual(issue["record"], partner, "each issue links to what to mend")
            self.assertIn(issue["field"], partner._fields)
            self.assertTrue(issue["message"])
        return {issue["field"] for issue in issues}

    def test_complete_parties_miss_nothing(self):
        for partner in (
            self.customer_company,
            self.customer_person,
            self.customer_final,
            self.customer_foreign,
        ):
            self.assertEqual(self._missing(partner), set(), partner.name)
        self.assertEqual(self._missing(self.company.partner_id, "supplier"), set())
        self.assertFalse(self.company._l10n_co_openpce_get_issues())

    def test_customer_without_number_or_municipality(self):
        partner = self._partner(False, "l10n_co.national_citizen_id")
        self.assertEqual(self._missing(partner), {"vat", "city_id"})
        partner.country_id = False
        self.assertEqual(self._missing(partner), {"vat", "country_id"})

    def test_letters_in_a_colombian_identification(self):
        partner = self._partner("AB123", "l10n_co.national_citizen_id")
        self.assertIn("vat", self._missing(partner))
        passport = self._partner("AB123", "l10n_latam_base.it_pass", "base.us")
        self.assertEqual(self._missing(passport), set())

    def test_kind_of_identification_without_dian_code(self):
        kind = self.env["l10n_latam.identification.type"].sudo().create({"name": "Carné"})
        self.customer_person.l10n_latam_identification_type_id = kind
        self.assertEqual(self._missing(self.customer_person), {"l10n_latam_identification_type_id"})

    def test_issuer_needs_more(self):
        partner = self.company.partner_id
        partner.write({"street": False, "email": False, "l10n_co_openpce_edi_email": False})
        self.assertEqual(
            self._missing(partner, "supplier"), {"street", "l10n_co_openpce_edi_email"}
        )

    def test_issues_of_the_company(self):
        self.company.write(
            {
                "l10n_co_openpce_software_id": False,
                "l10n_co_openpce_software_pin": False,
                "l10n_co_openpce_sandbox_url": False,
            }
        )
        self.certificate.active = False
        self.range.active = False
        found = {issue["field"] for issue in self.company._l10n_co_openpce_get_issues()}
        self.assertEqual(
            found,
            {
                "l10n_co_openpce_software_id",
                "l10n_co_openpce_software_pin",
                "l10n_co_openpce_sandbox_url",
                "l10n_co_openpce_certificate_ids",
                "l10n_co_openpce_range_ids",
            },
        )
