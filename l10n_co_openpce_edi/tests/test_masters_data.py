"""DIAN's lists are in the database, complete, with their zeros; taxes and units are mapped."""

import hashlib
from pathlib import Path

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..dian import codes
from ..models.l10n_co_openpce_code_loader import IDENTIFICATION_TYPES, UNITS
from ..models.template_co import TAX_CODES
from .common import OpenPCECommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMastersData(OpenPCECommon):
    def test_lists_of_the_pure_package(self):
        sizes = {
            "municipalities": 1123,
            "departments": 33,
            "postal_codes": 3681,
            "units": 1090,
            "payment_means": 77,
            "taxes": 22,
            "identification_types": 13,
            "responsibilities": 5,
        }
        for name, size in sizes.items():
            self.assertEqual(len(codes.load(name)), size, name)
        self.assertEqual(set(codes.load("taxes")), set(codes.TAXES))
        self.assertEqual(set(codes.load("responsibilities")), set(codes.TAX_LEVEL_CODES))
        self.assertEqual(set(codes.load("identification_types")), set(codes.IDENTIFICATION_TYPES))

    def test_every_list_has_its_source_and_hash(self):
        data = Path(__file__).parents[1] / "data"
        sources = (data / "SOURCES.md").read_text(encoding="utf-8")
        for file in sorted((data / "codes").glob("*.csv")):
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            self.assertIn(f"codes/{file.name}", sources)
            self.assertIn(digest, sources, f"{file.name} was changed; say so in SOURCES.md")

    def test_municipalities(self):
        colombia = self.env.ref("base.co")
        cities = self.env["res.city"].search([("country_id", "=", colombia.id)])
        by_code = {city.l10n_co_openpce_code: city for city in cities}
        self.assertEqual(len(by_code), 1123)
        self.assertTrue(colombia.enforce_cities)
        self.assertEqual(by_code["05001"].name, "Medellín")
        self.assertEqual(by_code["08001"].state_id.l10n_co_openpce_code, "08", "zeros are kept")
        self.assertIn("27086", by_code, "in DIAN's newest table only")
        for code, city in by_code.items():
            self.assertEqual(code[:2], city.state_id.l10n_co_openpce_code, code)
        self.assertEqual(set(by_code), set(codes.load("municipalities")))

    def test_departments_keep_odoos_own_code(self):
        antioquia = self.env.ref("base.state_co_01")
        self.assertEqual((antioquia.code, antioquia.l10n_co_openpce_code), ("ANT", "05"))
        states = self.env.ref("base.co").state_ids
        self.assertEqual(set(states.mapped("l10n_co_openpce_code")), set(codes.load("departments")))

    def test_postal_codes(self):
        found = self.env["l10n_co_openpce.postal.code"].search([])
        self.assertEqual(len(found), 3681)
        medellin = found.filtered(lambda record: record.code == "050021")
        self.assertEqual(medellin.city_id.l10n_co_openpce_code, "05001")

    def test_every_identification_type_of_dian_exists(self):
        kinds = self.env["l10n_latam.identification.type"].search(
            [("l10n_co_openpce_code", "!=", False)]
        )
        self.assertEqual(
            sorted(kinds.mapped("l10n_co_openpce_code")), sorted(codes.IDENTIFICATION_TYPES)
        )
        for xmlid, code in IDENTIFICATION_TYPES.items():
            self.assertEqual(self.env.ref(xmlid).l10n_co_openpce_code, code)

    def test_every_unit_of_odoo_has_a_code_of_dian(self):
        data = self.env["ir.model.data"].search([("module", "=", "uom"), ("model", "=", "uom.uom")])
        self.assertFalse(set(data.mapped("name")) - set(UNITS), "a unit of Odoo is not mapped")
        self.assertFalse(set(UNITS.values()) - set(codes.load("units")))
        self.assertEqual(self.env.ref("uom.product_uom_km").l10n_co_openpce_code, "KTM")
        self.assertEqual(self.env.ref("uom.product_uom_unit").l10n_co_openpce_code, "94")
        self.assertEqual(self.env.ref("uom.product_uom_kgm").l10n_co_openpce_unit_name, "kilogramo")

    def test_unknown_unit_code_is_refused(self):
        with self.assertRaises(ValidationError):
            self.env.ref("uom.product_uom_km").l10n_co_openpce_code = "KMT"

    def test_loading_again_changes_nothing(self):
        models = ("res.city", "l10n_co_openpce.postal.code", "l10n_co_openpce.payment.means")
        before = {model: self.env[model].search_count([]) for model in models}
        unit = self.env.ref("uom.product_uom_unit")
        unit.l10n_co_openpce_code = "EA"
        self.tax_iva_19.l10n_co_openpce_treatment = "import"
        self.env["l10n_co_openpce.code.loader"]._load_all()
        self.assertEqual(before, {model: self.env[model].search_count([]) for model in models})
        self.assertEqual(unit.l10n_co_openpce_code, "EA", "an update undoes nobody's choice")
        self.assertEqual(self.tax_iva_19.l10n_co_openpce_treatment, "import")

    def test_city_made_by_hand_is_adopted(self):
        city = self.env["res.city"].search([("l10n_co_openpce_code", "=", "05001")])
        city.l10n_co_openpce_code = False
        self.env["l10n_co_openpce.code.loader"]._load_municipalities()
        self.assertEqual(city.l10n_co_openpce_code, "05001", "not doubled")

    # Taxes

    def test_every_tax_of_l10n_co_is_mapped(self):
        chart = self.env["account.chart.template"].with_company(self.company)
        template = chart._get_chart_template_data("co")["account.tax"]
        self.assertFalse(set(template) - set(TAX_CODES), "a tax of l10n_co has no code")
        self.assertFalse(set(TAX_CODES) - set(template), "a code for a tax l10n_co has not")
        taxes = (
            self.env["account.tax"]
            .with_context(active_test=False)
            .search([("company_id", "=", self.company.id), ("type_tax_use", "=", "sale")])
        )
        for xmlid in template:
            tax = chart.ref(xmlid)
            self.assertEqual(tax.l10n_co_openpce_tax_code, TAX_CODES[xmlid][0], xmlid)
            self.assertIn(tax.l10n_co_openpce_tax_code, codes.TAXES)
        self.assertTrue(taxes)

    def test_zero_percent_taxes_are_told_apart(self):
        treatments = {
            number: self.chart_tax(number).l10n_co_openpce_treatment
            for number in ("10", "11", "5", "6", "7")
        }
        self.assertEqual(
            treatments,
            {"10": "exempt", "11": "excluded", "5": "import", "6": "excluded", "7": "exempt"},
        )

    def test_withholdings(self):
        for tax, code in (
            (self.tax_rete_iva, "05"),
            (self.tax_rete_renta, "06"),
            (self.tax_rete_ica, "07"),
        ):
            self.assertEqual(tax.l10n_co_openpce_tax_code, code)
            self.assertTrue(tax._l10n_co_openpce_is_withholding())
        self.assertFalse(self.tax_inc_8._l10n_co_openpce_is_withholding())
        self.assertEqual(self.tax_inc_8.l10n_co_openpce_tax_code, "04")

    def test_mapping_agrees_with_the_tax_groups_of_l10n_co(self):
        """Two sources, one truth: the group's name says which tax it is."""
        prefixes = {"tax_group_iva": "01", "tax_group_inc": "04", "tax_group_r_iva": "05"}
        prefixes |= {"tax_group_r_ren": "06", "tax_group_r_ica": "07", "tax_group_covered": "01"}
        chart = self.env["account.chart.template"].with_company(self.company)
        template = chart._get_chart_template_data("co")["account.tax"]
        for xmlid, values in template.items():
            prefix = next(p for p in prefixes if values["tax_group_id"].startswith(p))
            self.assertEqual(TAX_CODES[xmlid][0], prefixes[prefix], xmlid)

    def test_chart_loaded_before_this_addon_is_filled(self):
        taxes = (
            self.env["account.tax"]
            .with_context(active_test=False)
            .search([("company_id", "=", self.company.id)])
        )
        taxes.write({"l10n_co_openpce_tax_code": False, "l10n_co_openpce_treatment": False})
        self.env["l10n_co_openpce.code.loader"]._fill_taxes()
        self.assertEqual(self.tax_exempt.l10n_co_openpce_treatment, "exempt")
        self.assertEqual(self.tax_rete_renta.l10n_co_openpce_tax_code, "06")

    def test_contradicting_tax_is_refused(self):
        with self.assertRaises(ValidationError, msg="06 is a withholding"):
            self.tax_iva_19.l10n_co_openpce_tax_code = "06"
        with self.assertRaises(ValidationError, msg="19 % is not exempt"):
            self.tax_iva_19.l10n_co_openpce_treatment = "exempt"

    # Missing data is told, all at once

    def test_issues_of_taxes_units_and_products(self):
        self.tax_iva_19.l10n_co_openpce_treatment = False
        self.tax_iva_19.l10n_co_openpce_tax_code = False
        issue = (self.tax_iva_19 + self.tax_iva_5)._l10n_co_openpce_get_issues()
        self.assertEqual([i["record"] for i in issue], [self.tax_iva_19])
        unit = self.product_19.uom_id.copy({"name": "Bulto"})
        unit.l10n_co_openpce_code = False
        product = self.env["product.product"].create(
            {"name": "Arena", "uom_id": unit.id, "l10n_co_openpce_standard": "001"}
        )
        fields_missing = [i["field"] for i in product._l10n_co_openpce_get_issues()]
        self.assertEqual(fields_missing, ["l10n_co_openpce_standard_code", "l10n_co_openpce_code"])
        self.assertFalse(self.product_5._l10n_co_openpce_get_issues())

    def test_code_of_the_chosen_standard(self):
        with self.assertRaises(ValidationError):
            self.product_19.write(
                {"l10n_co_openpce_standard": "001", "l10n_co_openpce_standard_code": "12AB"}
            )

    def test_issues_of_many_products_cost_no_query_per_line(self):
        products = self.env["product.product"].create(
            [{"name": f"P{index}"} for index in range(40)]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        products._l10n_co_openpce_get_issues()
        self.assertLess(self.cr.sql_log_count - before, 12, "queries may not grow with the lines")
