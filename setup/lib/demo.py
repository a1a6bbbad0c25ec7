"""Makes the demo company in a database that has the addon; needs Odoo on the path.

``python -m lib.demo --config odoo.conf --database NAME --folder .openpce/demo``
"""

from __future__ import annotations

import argparse
import base64
import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import demo_data as data
from .pki import make_chain

MODULE = "l10n_co_openpce_edi"
LANGUAGES = ("es_CO", "es_419")
Environment = Any


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill the database and write seed.json, which tells the stand-in about the company."""
    parser = argparse.ArgumentParser(prog="python -m lib.demo", description=__doc__)
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    options.folder.chmod(0o700)

    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.service import server
    from odoo.tools import config

    words = ["-c", options.config, "-d", options.database, "--no-http", "--log-level", "warn"]
    config.parse_config(words, setup_logging=True)
    server.start(preload=[], stop=True)
    registry = Registry(options.database)
    with registry.cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        language = activate_spanish(env)
        env = env(context={"lang": language, "tz": "America/Bogota"})
        company = make_company(env)
        env = env(context={**env.context, "allowed_company_ids": company.ids})
        load_demo_files(env)
        make_settings(env, company, options.folder)
        customers = make_customers(env)
        make_users(env, company, customers, language)
        make_invoices(env, company, customers, make_products(env, company))
        cursor.commit()


def activate_spanish(env: Environment) -> str:
    """Colombian Spanish where Odoo has it, else Latin American; for everybody."""
    found = [code for code in LANGUAGES if env["res.lang"]._activate_lang(code)]
    env["res.partner"].with_context(active_test=False).search([]).write({"lang": found[0]})
    env["ir.default"].set("res.partner", "lang", found[0])
    return found[0]


def make_company(env: Environment) -> Any:
    """Turn Odoo's first company into the demo company, with Colombia's chart of accounts."""
    from odoo.addons.l10n_co_openpce_edi.dian import nit

    company = env.ref("base.main_company")
    number = data.COMPANY["nit"]
    company.write({"name": data.COMPANY["name"], "country_id": env.ref("base.co").id})
    # active_test: an inactive currency would be refused by the chart
    env.ref("base.COP").active = True
    if company.chart_template != "co":
        env["account.chart.template"].try_loading("co", company, install_demo=False)
    company.partner_id.write(
        {
            "is_company": True,
            "l10n_latam_identification_type_id": env.ref("l10n_co.rut").id,
            "vat": f"{number}-{nit.check_digit(number)}",
            "l10n_co_openpce_registration_number": data.COMPANY["registration"],
            "l10n_co_openpce_activity_codes": data.COMPANY["activities"],
            "l10n_co_openpce_edi_email": data.COMPANY["email"],
            "website": data.COMPANY["website"],
            **_contact(env, data.COMPANY),
        }
    )
    company.write({"email": data.COMPANY["email"], "phone": data.COMPANY["phone"]})
    return company


def _contact(env: Environment, values: dict[str, Any]) -> dict[str, Any]:
    """Address and fiscal data, for the company and its customers alike."""
    city = env["res.city"].search(
        [("l10n_co_openpce_code", "=", values.get("city") or "-")], limit=1
    )
    country = env.ref(f"base.{values['country']}") if "country" in values else env.ref("base.co")
    state = city.state_id
    if "state" in values:
        domain = [("country_id", "=", country.id), ("code", "=", values["state"])]
        state = env["res.country.state"].search(domain, limit=1)
    codes = values["responsibilities"]
    return {
        "street": values["street"],
        "city_id": city.id,
        "city": city.name or values.get("city_name"),
        "state_id": state.id,
        "zip": values.get("zip"),
        "country_id": country.id,
        "phone": values.get("phone"),
        "email": values.get("email"),
        "l10n_co_openpce_tax_scheme": values["tax_scheme"],
        "l10n_co_openpce_responsibility_ids": [
            (6, 0, env["l10n_co_openpce.responsibility"].search([("code", "in", codes)]).ids)
        ],
    }


def load_demo_files(env: Environment) -> None:
    """The addon's own demo records, without Odoo's."""
    from odoo.modules.module import Manifest
    from odoo.tools import convert_file

    for name in Manifest.for_addon(MODULE).get("demo", []):
        convert_file(env, MODULE, name, None, mode="init", noupdate=True)


def make_settings(env: Environment, company: Any, folder: Path) -> None:
    """Certificate, software and numbering range; the same facts for the stand-in."""
    chain = make_chain(nit=data.COMPANY["nit"], holder=data.COMPANY["name"])
    password = secrets.token_urlsafe(12)
    env["l10n_co_openpce.certificate"].create(
        {
            "name": "Certificado de prueba",
            "company_id": company.id,
            "content": base64.b64encode(chain.pkcs12(password)),
            "password": password,
        }
    )
    software = {
        "software_id": secrets.token_hex(16),
        "pin": str(secrets.randbelow(90000) + 10000),
        "test_set_id": secrets.token_hex(16),
    }
    key = secrets.token_hex(20)
    company.write(
        {
            "l10n_co_openpce_environment": "sandbox",
            "l10n_co_openpce_sandbox_url": "http://127.0.0.1:8070/WcfDianCustomerServices.svc",
            "l10n_co_openpce_software_id": software["software_id"],
            "l10n_co_openpce_software_pin": software["pin"],
            "l10n_co_openpce_test_set_id": software["test_set_id"],
        }
    )
    journal = env["account.journal"].search(
        [("type", "=", "sale"), ("company_id", "=", company.id)], limit=1
    )
    journal.write({"name": "Facturas electrónicas de venta", "l10n_co_openpce_enabled": True})
    env["l10n_co_openpce.numbering.range"].create(
        {
            "company_id": company.id,
            "journal_id": journal.id,
            "environment": "sandbox",
            "resolution": data.RANGE["resolution"],
            "resolution_date": data.RANGE["start"],
            "prefix": data.RANGE["prefix"],
            "first_number": data.RANGE["first"],
            "last_number": data.RANGE["last"],
            "date_from": data.RANGE["start"],
            "date_to": data.RANGE["end"],
            "technical_key": key,
        }
    )
    issuer = {
        "name": data.COMPANY["name"],
        **software,
        "ranges": [{**data.RANGE, "technical_key": key}],
    }
    seed = {"issuers": {data.COMPANY["nit"]: issuer}, "trust": [chain.ca_pem().decode()]}
    file = folder / "seed.json"
    file.touch(0o600)
    file.write_text(json.dumps(seed, indent=1), encoding="utf-8")


def make_customers(env: Environment) -> dict[str, Any]:
    """Customers of every kind: companies, a natural person, the final consumer, a foreigner."""
    from odoo.addons.l10n_co_openpce_edi.dian import nit

    customers = {data.FINAL_CONSUMER: env.ref(f"{MODULE}.partner_final_consumer")}
    for key, name, kind, number, city, values in data.CUSTOMERS:
        vat = f"{number}-{nit.check_digit(number)}" if kind == "l10n_co.rut" else number
        customers[key] = env["res.partner"].create(
            {
                "name": name,
                "is_company": values["is_company"],
                "l10n_latam_identification_type_id": env.ref(kind).id,
                "vat": vat,
                "customer_rank": 1,
                "lang": env.context["lang"],
                **_contact(env, {**values, "city": city}),
            }
        )
    return customers


def make_products(env: Environment, company: Any) -> dict[str, Any]:
    """Products whose taxes differ: general and reduced IVA, exempt, excluded, INC."""
    products = {}
    for key, name, price, unit, taxes, reference in data.PRODUCTS:
        products[key] = env["product.product"].create(
            {
                "name": name,
                "default_code": reference,
                "list_price": price,
                "uom_id": env.ref(unit).id,
                "type": "service" if reference.startswith("SRV") else "consu",
                "taxes_id": [(6, 0, _taxes(env, company, taxes).ids)],
            }
        )
    return products


def _taxes(env: Environment, company: Any, names: Sequence[str]) -> Any:
    chart = env["account.chart.template"].with_company(company)
    taxes = env["account.tax"].union(*(chart.ref(f"l10n_co_tax_{name}") for name in names))
    taxes.active = True  # Odoo ships the less usual ones archived
    return taxes


def make_users(env: Environment, company: Any, customers: dict[str, Any], language: str) -> None:
    """Administrator, accountant and a customer of the portal; each password is the login."""
    groups = {
        "accountant": (
            "base.group_user",
            "account.group_account_user",
            "account.group_account_invoice",
        ),
        "portal": ("base.group_portal",),
    }
    common = {"lang": language, "tz": "America/Bogota"}
    for login, name, kind, address in data.USERS:
        values = {"name": name, "login": login, "password": login, "email": address, **common}
        if kind == "system":
            env.ref("base.user_admin").write(values)
            continue
        values["group_ids"] = [(6, 0, [env.ref(xmlid).id for xmlid in groups[kind]])]
        values["company_ids"] = [(6, 0, company.ids)]
        values["company_id"] = company.id
        user = env["res.users"].with_context(no_reset_password=True).create(values)
        if kind == "portal":
            user.partner_id.parent_id = customers["andina"]


def make_invoices(
    env: Environment, company: Any, customers: dict[str, Any], products: dict[str, Any]
) -> None:
    """Draft invoices ready to confirm: cash and credit, discounts, withholdings, fractions."""
    terms = {
        True: env.ref("account.account_payment_term_30days"),
        False: env.ref("account.account_payment_term_immediate"),
    }
    for customer, credit, lines, reference in data.INVOICES:
        env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": customers[customer].id,
                "invoice_payment_term_id": terms[credit].id,
                "ref": reference,
                "company_id": company.id,
                "invoice_line_ids": [
                    (0, 0, _line(env, company, products[product], quantity, discount, withheld))
                    for product, quantity, discount, withheld in lines
                ],
            }
        )


def _line(
    env: Environment,
    company: Any,
    product: Any,
    quantity: float,
    discount: float,
    withheld: Sequence[str],
) -> dict[str, Any]:
    taxes = product.taxes_id | _taxes(env, company, withheld) if withheld else product.taxes_id
    return {
        "product_id": product.id,
        "quantity": quantity,
        "discount": discount,
        "tax_ids": [(6, 0, taxes.ids)],
    }


if __name__ == "__main__":
    main()
