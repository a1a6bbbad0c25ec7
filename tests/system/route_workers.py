"""What the workers of the upload and mail fault tests do; each function takes ``env`` first."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import workers
from traps import trap

INTAKE, BILL, MOVE = "openpce.bill.intake", "openpce.bill", "account.move"
ALIAS, DOMAIN = "bills-fault", "in.faults.example"
UPLOAD_STEPS = (
    ("account.journal", "_create_document_from_attachment"),
    (MOVE, "_extend_with_attachments"),
    (INTAKE, "_adopt"),
    (INTAKE, "_keep"),
    # the import between these two commits
    (MOVE, "_openpce_adopt"),
    (INTAKE, "_note_captured"),
    (BILL, "_capture"),
)
MAIL_STEPS = (
    ("mail.thread", "message_process"),
    (MOVE, "message_new"),
    (MOVE, "_message_post_after_hook"),
    *UPLOAD_STEPS[1:],
)
_UBL = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:UBLVersionID>2.1</cbc:UBLVersionID><cbc:ID>{number}</cbc:ID>
<cbc:IssueDate>2026-01-15</cbc:IssueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
<cbc:DocumentCurrencyCode>COP</cbc:DocumentCurrencyCode>
<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="COP">100.00</cbc:PayableAmount>
</cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID>
<cbc:InvoicedQuantity unitCode="C62">1</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount currencyID="COP">100.00</cbc:LineExtensionAmount>
<cac:Item><cbc:Name>Freight</cbc:Name></cac:Item>
<cac:Price><cbc:PriceAmount currencyID="COP">100.00</cbc:PriceAmount></cac:Price>
</cac:InvoiceLine></Invoice>"""


def _journal(env: Any) -> Any:
    company = workers.find_company(env)
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    return env["account.journal"].search(
        [("company_id", "=", company.id), ("type", "=", "purchase")], order="id", limit=1
    )


def prepare(env: Any) -> None:
    """Give the purchase journal of the demo company an address for bills."""
    journal = _journal(env)
    domains = env["mail.alias.domain"]
    domain = domains.search([("name", "=", DOMAIN)]) or domains.create({"name": DOMAIN})
    journal.company_id.alias_domain_id = domain
    journal.alias_id.alias_domain_id = domain
    journal.alias_name = ALIAS


def send(env: Any, name: str) -> int:
    """The first half of an upload: the browser has sent the file."""
    return int(env["ir.attachment"].create({"name": name, "raw": _UBL.format(number=name)}).id)


def upload_and_die(env: Any, attachment: int, at: int) -> list[str]:
    """The second half, a request of its own, that ends by kill -9 at the ``at``-th step."""
    passed = trap(env, at, UPLOAD_STEPS)
    journal = _journal(env).with_context(default_move_type="in_invoice")
    journal.create_document_from_attachment([attachment])
    return passed


def mail_and_die(env: Any, name: str, at: int) -> list[str]:
    """The mail gateway takes a mail and dies at the ``at``-th step."""
    passed = trap(env, at, MAIL_STEPS)
    message = EmailMessage()
    message["From"] = "Shipping <bills@shipping.example>"
    message["To"] = f"{ALIAS}@{DOMAIN}"
    message["Subject"] = name
    message["Message-Id"] = f"<{name}@shipping.example>"
    message.set_content("our bill")
    message.add_attachment(
        _UBL.format(number=name).encode(), maintype="application", subtype="xml", filename=name
    )
    journal = _journal(env)
    threads = env["mail.thread"].with_company(journal.company_id)
    threads.message_process(False, message.as_bytes())
    return passed


def tell(env: Any, name: str) -> list[tuple[str, int, list[str], int]]:
    """(state, files, sources of its bills, lines) of each delivery that became of a file.

    A bill without a delivery is told as one, too.
    """
    found = [
        (
            intake.state,
            len(intake.attachment_ids),
            intake.bill_ids.mapped("source"),
            len(intake.bill_ids.move_id.invoice_line_ids),
        )
        for intake in env[INTAKE].search([("name", "=", name)])
    ]
    lost = env[BILL].search([("ref", "=", name), ("intake_id", "=", False)])
    return found + [("lost", 0, [bill.source], 0) for bill in lost]
