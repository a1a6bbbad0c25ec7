"""What the workers of the intake fault tests do inside Odoo; each function takes ``env`` first."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from typing import Any

import workers
from traps import die, trap

INTAKE, BILL = "openpce.bill.intake", "openpce.bill"
# Everything between a file in a folder and a captured bill; then the verification.
STEPS = (
    (INTAKE, "_store"),
    (INTAKE, "_keep"),
    (INTAKE, "_capture"),
    (INTAKE, "_create_bills"),
    ("account.move", "_openpce_import"),
    (INTAKE, "_note_captured"),
)
VERIFY_STEPS = (
    (BILL, "_verify"),
    (BILL, "_check_capture"),
    (BILL, "_set_state"),
    (BILL, "_log"),
    ("openpce.bill.task", "_open"),
)
DONE = "done"


def prepare(env: Any, folder: str) -> int:
    """Switch the workflow on for the demo company and connect it with a folder; its id."""
    company = workers.find_company(env)
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    admin = env.ref("base.user_admin")
    rows = env["openpce.bill.user"]
    if not rows.search([("user_id", "=", admin.id), ("company_id", "=", company.id)]):
        rows.create({"user_id": admin.id, "company_id": company.id, "level": "supervisor"})
    team = env["openpce.bill.team"].create(
        {
            "name": f"Dispatchers of {folder}",
            "company_id": company.id,
            "member_ids": [(6, 0, admin.ids)],
        }
    )
    company.write({"openpce_bill_workflow": True, "openpce_dispatcher_team_id": team.id})
    connection = env["openpce.bill.connection"].create(
        {
            "name": folder,
            "kind": "folder",
            "path": folder,
            "company_id": company.id,
            "rest": 0,
            "moved_to": DONE,
        }
    )
    return int(connection.id)


def put(folder: Path, name: str, text: str | None = None) -> None:
    """Lay a PDF into the folder, as a supplier's program does."""
    from reportlab.pdfgen import canvas

    stream = io.BytesIO()
    page = canvas.Canvas(stream)
    page.drawString(72, 720, text or name)
    page.save()
    file = folder / name
    file.write_bytes(stream.getvalue())
    os.utime(file, (time.time() - 100,) * 2)


def _connection(env: Any, number: int) -> Any:
    from odoo.tools import config

    connection = env["openpce.bill.connection"].browse(number)
    config.options["openpce_bill_folders"] = str(Path(connection.path).parent)
    company = connection.company_id
    return connection.with_context(allowed_company_ids=company.ids)


def visit(env: Any, number: int) -> tuple[int, int, tuple[str, ...]]:
    """One visit: came, repeated, failures."""
    found = _connection(env, number)._visit()
    return found.came, found.repeated, found.failures


def visit_and_die(env: Any, number: int, at: int) -> list[str]:
    """A visit that ends by kill -9 at the ``at``-th step; the steps when there are fewer."""
    passed = trap(env, at, STEPS)
    visit(env, number)
    return passed


def settle_and_die(env: Any, number: int) -> None:
    """A visit that dies after our commit and before the file leaves the folder."""
    from odoo.addons.openpce_vendor_bill_workflow.connectors import FolderSource

    FolderSource.settle = die
    visit(env, number)


def resume(env: Any) -> None:
    """What the scheduler does later: deliveries that were interrupted are taken up."""
    env.cr.execute(
        "UPDATE openpce_bill_intake SET received_at = received_at - interval '1 hour'"
        " WHERE state = 'received'"
    )
    env.cr.commit()
    env[INTAKE]._cron_resume()


def verify(env: Any) -> None:
    """One round of the verification."""
    env[BILL]._cron_verify()


def verify_and_die(env: Any, at: int) -> list[str]:
    """A verification that ends by kill -9 at the ``at``-th step."""
    passed = trap(env, at, VERIFY_STEPS)
    verify(env)
    return passed


def deliveries(env: Any, number: int) -> list[tuple[str, str, int, int]]:
    """(name, state, bills, files of the bills) of the deliveries of a connection."""
    found = env[INTAKE].search([("connection_id", "=", number)], order="id")
    attachments = env["ir.attachment"]
    return [
        (
            intake.name,
            intake.state,
            len(intake.bill_ids),
            attachments.search_count(
                [
                    ("res_model", "=", "account.move"),
                    ("res_id", "in", intake.bill_ids.move_id.ids),
                    ("res_field", "=", False),
                ]
            ),
        )
        for intake in found
    ]


def bills(env: Any, number: int) -> list[tuple[str, int, int]]:
    """(state, times it was stopped or passed, open tasks) of the bills of a connection."""
    found = env[BILL].search([("intake_id.connection_id", "=", number)], order="id")
    return [
        (
            bill.state,
            len(bill.log_ids.filtered(lambda log: log.event in ("verified", "stopped"))),
            len(bill.task_ids.filtered(lambda task: task.state == "open")),
        )
        for bill in found
    ]
