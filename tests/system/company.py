"""Connects the demo company with a stand-in and tells what the stand-in has to know of it."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from workers import find_company


def connect(env: Any, url: str) -> dict[str, Any]:
    """Point the company at ``url``; returns its NIT, registration and authorities (PEM)."""
    company = find_company(env)
    assert company, "the demo company is missing"
    company.write({"l10n_co_openpce_environment": "sandbox", "l10n_co_openpce_sandbox_url": url})
    # A test set would send by batches; these tests are about the synchronous way.
    company.l10n_co_openpce_test_set_id = False
    ranges = env["l10n_co_openpce.numbering.range"].search([("company_id", "=", company.id)])
    authorities = company.l10n_co_openpce_certificate_id._get_signer().certificates[1:]
    return {
        "nit": company.partner_id.l10n_co_openpce_nit,
        "trust": "".join(each.public_bytes(Encoding.PEM).decode() for each in authorities),
        "registration": {
            "name": company.name,
            "software_id": company.l10n_co_openpce_software_id,
            "pin": company._l10n_co_openpce_software_pin(),
            "ranges": [
                {
                    "resolution": numbering.resolution,
                    "prefix": numbering.prefix or "",
                    "first": numbering.first_number,
                    "last": numbering.last_number,
                    "start": str(numbering.date_from),
                    "end": str(numbering.date_to),
                    "technical_key": numbering._get_technical_key(),
                }
                for numbering in ranges
            ],
        },
    }
