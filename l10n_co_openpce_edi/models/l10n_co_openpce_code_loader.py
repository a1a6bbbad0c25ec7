import csv

from odoo import api, models
from odoo.tools import file_open

from .account_tax import FILLED_FIELDS
from .template_co import TAX_CODES

MODULE = "l10n_co_openpce_edi"

#: Identification types of l10n_co and l10n_latam_base → DIAN's number (annex 13.2.7.1).
IDENTIFICATION_TYPES = {
    "l10n_co.civil_registration": "11",
    "l10n_co.id_card": "12",
    "l10n_co.national_citizen_id": "13",
    "l10n_co.foreign_colombian_card": "21",
    "l10n_co.foreign_resident_card": "22",
    "l10n_co.rut": "31",
    "l10n_latam_base.it_pass": "41",
    "l10n_latam_base.it_fid": "42",
    "l10n_co.residence_document": "47",
    "l10n_co.48": "48",
    "l10n_co.external_id": "50",
    "l10n_co.niup_id": "91",
}

#: Odoo's own units → DIAN's table 13.3.6. The kilometre is KTM there, KMT elsewhere.
UNITS = {
    "product_uom_unit": "94",
    "product_uom_pack_6": "HD",
    "product_uom_dozen": "DZN",
    "product_uom_hour": "HUR",
    "product_uom_day": "DAY",
    "product_uom_minute": "MIN",
    "product_uom_millimeter": "MMT",
    "product_uom_cm": "CMT",
    "product_uom_meter": "MTR",
    "product_uom_km": "KTM",
    "product_uom_square_meter": "MTK",
    "product_uom_milliliter": "MLT",
    "product_uom_litre": "LTR",
    "product_uom_cubic_meter": "MTQ",
    "product_uom_gram": "GRM",
    "product_uom_kgm": "KGM",
    "product_uom_ton": "TNE",
    "product_uom_oz": "ONZ",
    "product_uom_lb": "LBR",
    "product_uom_inch": "INH",
    "product_uom_foot": "FOT",
    "product_uom_yard": "YRD",
    "product_uom_mile": "SMI",
    "product_uom_square_foot": "FTK",
    "product_uom_floz": "OZA",
    "product_uom_qt": "QT",
    "product_uom_gal": "GLL",
    "product_uom_cubic_inch": "INQ",
    "product_uom_cubic_foot": "FTQ",
    "product_uom_kwh": "KWH",
}


class L10nCoOpenpceCodeLoader(models.AbstractModel):
    """Puts DIAN's lists (data/codes/*.csv) into the database at installation and at each update.

    Only what is missing is made and only empty codes are filled: an update takes a moment and
    never undoes what somebody changed.
    """

    _name = "l10n_co_openpce.code.loader"
    _description = "Loader of DIAN's code lists"

    @api.model
    def _load_all(self):
        """Called by data/codes.xml."""
        self._load_simple("l10n_co_openpce.responsibility", "responsibilities")
        self._load_simple("l10n_co_openpce.payment.means", "payment_means")
        self._load_departments()
        self._load_municipalities()
        self._load_postal_codes()
        self._fill_by_xmlid(IDENTIFICATION_TYPES)
        self._fill_by_xmlid({f"uom.{name}": code for name, code in UNITS.items()})
        self._fill_taxes()

    # Lists that become records

    def _load_simple(self, model, name):
        """Records with ``code`` and the columns of the list; missing ones are made."""
        # the whole list, which is short, to see what is missing
        everything = self.env[model].with_context(active_test=False)
        records = everything.search([])  # pylint: disable=no-search-all
        known = set(records.mapped("code"))
        rows = [row for row in _read(name) if row["code"] not in known]
        self._create(model, name, [(row["code"], row) for row in rows])

    def _load_departments(self):
        alpha = {row["alpha"]: row["code"] for row in _read("departments")}
        for state in self.env.ref("base.co").state_ids.filtered(
            lambda state: not state.l10n_co_openpce_code
        ):
            state.l10n_co_openpce_code = alpha.get(state.code, False)

    def _load_municipalities(self):
        country = self.env.ref("base.co")
        country.enforce_cities = True
        states = {state.l10n_co_openpce_code: state.id for state in country.state_ids}
        cities = self.env["res.city"].search([("country_id", "=", country.id)])
        known = set(cities.mapped("l10n_co_openpce_code"))
        # Cities somebody made before are adopted instead of doubled.
        adoptable = {
            (city.state_id.id, city.name.casefold()): city
            for city in cities
            if not city.l10n_co_openpce_code
        }
        missing = []
        for row in _read("municipalities"):
            if row["code"] in known:
                continue
            state_id = states.get(row["department"], False)
            city = adoptable.get((state_id, row["name"].casefold()))
            if city:
                city.l10n_co_openpce_code = row["code"]
                continue
            values = {
                "name": row["name"],
                "country_id": country.id,
                "state_id": state_id,
                "l10n_co_openpce_code": row["code"],
            }
            missing.append((row["code"], values))
        self._create("res.city", "municipality", missing)

    def _load_postal_codes(self):
        model = self.env["l10n_co_openpce.postal.code"]
        known = set(model.search([]).mapped("code"))  # pylint: disable=no-search-all
        cities = {
            city.l10n_co_openpce_code: city.id
            for city in self.env["res.city"].search([("l10n_co_openpce_code", "!=", False)])
        }
        # No xmlid each: nobody refers to a postal code by one.
        model.create(
            [
                {
                    "code": row["code"],
                    "city_id": cities[row["municipality"]],
                    "kind": row["kind"],
                }
                for row in _read("postal_codes")
                if row["code"] not in known and row["municipality"] in cities
            ]
        )

    def _create(self, model, prefix, named_values):
        """Make records with an xmlid each, in one batch."""
        fields = self.env[model]._fields
        self.env[model]._load_records(
            [
                {
                    "xml_id": f"{MODULE}.{prefix}_{code.replace('-', '_').lower()}",
                    "noupdate": True,
                    "values": {key: value for key, value in values.items() if key in fields},
                }
                for code, values in named_values
            ]
        )

    # Codes on records of other modules

    def _fill_by_xmlid(self, mapping):
        for xmlid, code in mapping.items():
            record = self.env.ref(xmlid, raise_if_not_found=False)
            if record and not record.l10n_co_openpce_code:
                record.l10n_co_openpce_code = code

    def _fill_taxes(self):
        """Codes for the charts of accounts that were loaded before this addon."""
        companies = self.env["res.company"].search([("chart_template", "=", "co")])
        for company in companies:
            chart = self.env["account.chart.template"].with_company(company)
            for xmlid, values in TAX_CODES.items():
                tax = chart.ref(xmlid, raise_if_not_found=False)
                if tax and not any(tax[field] for field in FILLED_FIELDS):
                    tax.write(dict(zip(FILLED_FIELDS, values, strict=True)))


def _read(name):
    with file_open(f"{MODULE}/data/codes/{name}.csv", "r") as stream:
        return list(csv.DictReader(stream))
