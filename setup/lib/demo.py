"""Makes the demo company in a database that has the addons; needs Odoo on the path.

``python -m lib.demo --config odoo.conf --database NAME --folder .openpce/demo``

What is plain data comes from the addons' own demo files, in the order of their manifests; here is
what cannot stand in a file: the certificate, made on this machine, the passwords, and what the
stand-in has to know of the company.
"""

from __future__ import annotations

import argparse
import base64
import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import places
from .demo_bills import make_bills
from .demo_users import OF_THE_WORKFLOW, USERS
from .pki import make_chain

MODULE = "l10n_co_openpce_edi"
LANGUAGES = ("es_CO", "es_419")
_GROUPS = {
    "accountant": (
        "base.group_user",
        "account.group_account_user",
        "account.group_account_invoice",
        "base.group_partner_manager",  # who sends mends what the contacts lack
    ),
    "portal": ("base.group_portal",),
}
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
    with Registry(options.database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        # Data files are read without a language: "DIAN numbering range creado" is not to be read.
        silent = {"mail_create_nolog": True}
        env = env(context={"lang": activate_spanish(env), "tz": "America/Bogota", **silent})
        load_demo_files(env, MODULE)
        company = env.ref(f"{MODULE}.demo_company")
        # the other addons' files name no company: they fill the one that is active
        active = env(context={**env.context, "allowed_company_ids": company.ids})
        for addon in places.addons():
            if addon != MODULE:
                load_demo_files(active, addon)
        trust = make_certificate(env, company)
        make_users(env, company)
        refresh_drafts(env, company)
        make_bills(active, company)
        # Odoo tells users of changed logins by mail; here nobody changed anything
        env["mail.mail"].search([]).unlink()
        write_seed(company, trust, options.folder / "seed.json")
        cursor.commit()


def activate_spanish(env: Environment) -> str:
    """Colombian Spanish where Odoo has it, else Latin American; for everybody."""
    found = next(code for code in LANGUAGES if env["res.lang"]._activate_lang(code))
    env["res.partner"].with_context(active_test=False).search([]).write({"lang": found})
    env["ir.default"].set("res.partner", "lang", found)
    return found


def load_demo_files(env: Environment, addon: str) -> None:
    """An addon's own demo records, without Odoo's."""
    from odoo.modules.module import Manifest
    from odoo.tools import convert_file

    for name in Manifest.for_addon(addon).get("demo", []):
        convert_file(env, addon, name, {}, mode="init", noupdate=True)


def make_certificate(env: Environment, company: Any) -> str:
    """Give the company a certificate of a chain made now; returns its authorities in PEM."""
    chain = make_chain(nit=company.partner_id.l10n_co_openpce_nit, holder=company.name)
    password = secrets.token_urlsafe(12)
    env["l10n_co_openpce.certificate"].create(
        {
            "name": "Certificado de prueba",
            "company_id": company.id,
            "content": base64.b64encode(chain.pkcs12(password)),
            "password": password,
        }
    )
    return chain.ca_pem().decode()


def make_users(env: Environment, company: Any) -> None:
    """Who can log in, all of the demo company; those of the workflow are there already."""
    common = {"lang": env.context["lang"], "tz": "America/Bogota"}
    common |= {"company_id": company.id, "company_ids": [(6, 0, company.ids)]}
    for login, name, kind, address in USERS:
        values = {"name": name, "login": login, "password": login, "email": address, **common}
        if kind == "system":
            env.ref("base.user_admin").write(values)
            continue
        if kind in OF_THE_WORKFLOW:
            env["res.users"].search([("login", "=", login)]).ensure_one().write(values)
            continue
        values["group_ids"] = [(6, 0, [env.ref(xmlid).id for xmlid in _GROUPS[kind]])]
        user = env["res.users"].with_context(no_reset_password=True).create(values)
        if kind == "portal":
            user.partner_id.parent_id = env.ref(f"{MODULE}.demo_customer_company")


def refresh_drafts(env: Environment, company: Any) -> None:
    """Without a date a draft takes the day on which it is confirmed, tomorrow's too.

    The accountant is who the customers' mails come from, not the robot that loaded the files.
    """
    domain = [("company_id", "=", company.id), ("move_type", "=", "out_invoice")]
    accountant = env["res.users"].search([("login", "=", "contador")])
    env["account.move"].search([*domain, ("state", "=", "draft")]).write(
        {"invoice_date": False, "invoice_user_id": accountant.id}
    )


def write_seed(company: Any, trust: str, file: Path) -> None:
    """What DIAN would know: the company, its software and its numbering ranges."""
    issuer = {
        "name": company.name,
        "software_id": company.l10n_co_openpce_software_id,
        "pin": company._l10n_co_openpce_software_pin(),
        "test_set_id": company.l10n_co_openpce_test_set_id or "",
        "ranges": [
            {
                "resolution": numbers.resolution,
                "prefix": numbers.prefix or "",
                "first": numbers.first_number,
                "last": numbers.last_number,
                "start": numbers.date_from.isoformat(),
                "end": numbers.date_to.isoformat(),
                "technical_key": numbers._get_technical_key(),
            }
            for numbers in company.env["l10n_co_openpce.numbering.range"].search(
                [("company_id", "=", company.id)]
            )
        ],
    }
    seed = {"issuers": {company.partner_id.l10n_co_openpce_nit: issuer}, "trust": [trust]}
    file.touch(0o600)
    file.write_text(json.dumps(seed, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
