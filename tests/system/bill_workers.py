"""What the workers of the supplier-bill fault tests do; each function takes ``env`` first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest import mock

import workers
from traps import trap

BILL, TASK = "openpce.bill", "openpce.bill.task"
MODULE = "openpce_vendor_bill_workflow"
#: From a captured bill to an approved one that nobody touched.
TREATMENT_STEPS = (
    (BILL, "_verify"),
    (BILL, "_check_capture"),
    (BILL, "_apply_treatment"),
    (BILL, "_distribute"),
    (BILL, "_validate_automatically"),
    (BILL, "_open_approval"),
    (BILL, "_finish"),
)
SUPERVISION_STEPS = (
    (TASK, "_fire"),
    (TASK, "_pass_on"),
    (TASK, "_tell_late"),
    (TASK, "_set_timer"),
)


def capture(env: Any, count: int, supplier: str = "supplier_office", division: str = "adm") -> list:
    """Captured bills of a supplier of the demo; their ids."""
    company = workers.find_company(env)
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    partner = env.ref(f"{MODULE}.{supplier}")
    number = env[BILL].search_count([])
    moves = env["account.move"].create(
        [
            {
                "move_type": "in_invoice",
                "company_id": company.id,
                "partner_id": partner.id,
                "ref": f"FAULT-{number + each}",
                "invoice_date": "2026-01-15",
                "invoice_line_ids": [
                    (0, 0, {"name": "x", "quantity": 1, "price_unit": 1000.0, "tax_ids": []})
                ],
            }
            for each in range(count)
        ]
    )
    bills = moves.openpce_bill_ids
    bills.division_id = env.ref(f"{MODULE}.division_{division}")
    company.openpce_require_file = False
    bills._capture("upload")
    return bills.ids


def sail(env: Any, ids: list[int]) -> None:
    """Let the bills be for full containers, whose person is supervised."""
    env[BILL].browse(ids).traffic_id = env.ref(f"{MODULE}.traffic_fcl")


def verify_and_die(env: Any, at: int) -> list[str]:
    """A verification with automatic treatment that ends by kill -9 at the ``at``-th step."""
    passed = trap(env, at, TREATMENT_STEPS)
    env[BILL]._cron_verify()
    return passed


def make_late(env: Any, ids: list[int]) -> None:
    """Let the time of everybody who has these bills be over since an hour."""
    from odoo import fields

    past = fields.Datetime.now() - timedelta(hours=1)
    for task in env[TASK].search([("bill_id", "in", ids), ("state", "=", "open")]):
        assert task.timer, "somebody supervises the demo's operator"
        task.write({"timer": {**task.timer, "deadline": past.isoformat()}, "deadline": past})


def supervise(env: Any) -> None:
    """One pass of the supervision."""
    env[TASK]._cron_supervise()


def supervise_and_die(env: Any, at: int) -> list[str]:
    """A pass of the supervision that ends by kill -9 at the ``at``-th step."""
    passed = trap(env, at, SUPERVISION_STEPS)
    supervise(env)
    return passed


def overtaken(env: Any, job: str) -> None:
    """A job that another worker overtakes between its search and its lock."""
    model, method = (TASK, "_cron_supervise") if job == "supervise" else (BILL, "_cron_verify")
    lock = type(env[BILL]).try_lock_for_update
    waiting = [True]

    def lock_late(bills: Any, **options: Any) -> Any:
        if waiting:
            waiting.clear()
            with env.registry.cursor() as cr:
                getattr(env(cr=cr)[model], method)()
        return lock(bills, **options)

    with mock.patch.object(type(env[BILL]), "try_lock_for_update", lock_late):
        getattr(env[model], method)()
    assert not waiting, "nothing was there to be locked"


def approve(env: Any, number: int, login: str) -> str:
    """Approve a bill as a user; what came of it."""
    from odoo.exceptions import AccessError, UserError

    user = env["res.users"].search([("login", "=", login)])
    bill = env[BILL].browse(number).with_user(user).with_company(user.company_id)
    try:
        bill.action_approve()
    except (AccessError, UserError) as error:
        return type(error).__name__
    return "approved"


def tell(env: Any, ids: list[int]) -> list[tuple[str, int, int, int, int]]:
    """(state, open tasks, times late, times approved, faults of the follow-up) of each bill."""
    found = []
    for bill in env[BILL].browse(ids):
        events = bill.log_ids.mapped("event")
        found.append(
            (
                bill.state,
                len(bill.task_ids.filtered(lambda task: task.state == "open")),
                events.count("late"),
                events.count("approved"),
                len(bill._find_log_faults()),
            )
        )
    return found
