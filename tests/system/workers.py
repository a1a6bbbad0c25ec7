"""What the workers of the fault tests do inside Odoo; each function takes ``env`` first."""

from __future__ import annotations

from typing import Any

from traps import trap

DOCUMENT = "l10n_co_openpce.document"
# Everything between a posted invoice and a delivered one: methods of the submission.
STEPS = (
    "_claim",
    "_prepare",
    "_build",
    "_identify",
    "_check",
    "_sign",
    "_pack",
    "_commit",
    "_store",
    "_apply",
    "_deliver",
)


def issue(env: Any, count: int) -> list[str]:
    """Post ``count`` invoices of the demo company; they are queued, nobody is called.

    As a user's request: Odoo repeats it when another one changed the same rows meanwhile.
    """
    from odoo.service.model import retrying

    return retrying(lambda: _issue(env, count), env)


def _issue(env: Any, count: int) -> list[str]:
    company = find_company(env)
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    template = env["account.move"].search(
        [
            ("company_id", "=", company.id),
            ("move_type", "=", "out_invoice"),
            ("journal_id.l10n_co_openpce_enabled", "=", True),
            ("invoice_line_ids", "!=", False),
        ],
        order="id",
        limit=1,
    )
    moves = env["account.move"]
    for _ in range(count):
        moves |= template.copy({"invoice_date": False})
    moves.action_post()
    return moves.mapped("name")


def find_company(env: Any) -> Any:
    """The demo company."""
    return env["res.company"].search(
        [("partner_id.l10n_co_openpce_nit", "=", "900508908")], limit=1
    )


def work(env: Any) -> None:
    """One round of all crons, as the scheduler runs them."""
    model = env[DOCUMENT]
    model._cron_resolve_doubts()
    model._cron_send_queue()
    model._cron_deliver()


def work_and_die(env: Any, at: int) -> list[str]:
    """Like ``work``, but kill this process with -9 at the ``at``-th step, counted from 1.

    A step is one of STEPS or a call to DIAN. Returns the names of the steps that were passed when
    there were fewer.
    """
    from odoo.addons.l10n_co_openpce_edi.dian.soap.client import DianClient

    steps = [(DOCUMENT, name) for name in STEPS]
    passed = trap(env, at, [*steps, (DianClient, "call")])
    work(env)
    return passed


def let_time_pass(env: Any) -> None:
    """Everything that waits for a later time is due now; leases of dead workers have run out."""
    env.cr.execute(
        """
        UPDATE l10n_co_openpce_document
           SET next_try = next_try - interval '1 day',
               lease_until = lease_until - interval '1 day',
               deliver_after = deliver_after - interval '1 day'
        """
    )


def states(env: Any, numbers: list[str]) -> dict[str, list[tuple[str, str, str]]]:
    """By number, the submissions in order: state, CUFE, delivery."""
    found: dict[str, list[tuple[str, str, str]]] = {number: [] for number in numbers}
    for document in env[DOCUMENT].search([("number", "in", numbers)], order="id"):
        found[document.number].append((document.state, document.cufe, document.delivery_state))
    return found
