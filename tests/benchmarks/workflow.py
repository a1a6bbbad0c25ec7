"""What the supplier-bill workflow costs, beside OCA's tier validation; prints one JSON object.

Run ``setup/test bench workflow``. This script measures one side on one database::

    python tests/benchmarks/workflow.py --side ours --config odoo.conf --database NAME
    python tests/benchmarks/workflow.py --side peer …  (one with account_move_tier_validation)

README.md beside it explains the figures. Nothing is committed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import measure
import odoo_company

MODULE = "openpce_vendor_bill_workflow"
#: What a row of the desk's mailbox shows, as in bill_desk_model.js.
DESK_ROW = (
    "ref", "partner_id", "amount_total", "currency_id", "invoice_date", "state", "hold_reason",
    "holder", "deadline", "overdue", "age", "old", "desk_note",
)  # fmt: skip
#: Bills that are measured under so many rules: the peer needs seconds for each under many.
_PEER_BILLS = {10: 20, 1000: 3, 10000: 1}


class Books:
    """A company with a supplier for every rule, one reviewer and two approvers."""

    def __init__(self, env: Any, groups: str = "") -> None:
        from odoo import Command

        self.company = env["res.company"].create({"name": "Bench Company"})
        env.user.write({"company_ids": [Command.link(self.company.id)]})
        self.env = env(context={**env.context, "allowed_company_ids": self.company.ids})
        self.account = self._account("511000", "expense")
        payable = self._account("220500", "liability_payable", reconcile=True)
        self.env["ir.default"].set(
            "res.partner", "property_account_payable_id", payable.id, company_id=self.company.id
        )
        self.journal = self.env["account.journal"].create(
            {"name": "Bills", "code": "BLBCH", "type": "purchase"}
        )
        self.people = self.env["res.users"].create(
            [
                {
                    "name": name,
                    "login": f"bench_{name}",
                    "company_id": self.company.id,
                    "company_ids": [Command.set(self.company.ids)],
                    "group_ids": [Command.link(self.env.ref(group).id) for group in groups.split()],
                }
                for name in ("reviewer", "first", "second")
            ]
        )
        self.suppliers = self.env["res.partner"]

    def _account(self, code: str, kind: str, **values: Any) -> Any:
        from odoo import Command

        return self.env["account.account"].create(
            {
                "code": code,
                "name": code,
                "account_type": kind,
                "company_ids": [Command.set(self.company.ids)],
                **values,
            }
        )

    def grow(self, count: int) -> Any:
        """Suppliers up to ``count``; returns the new ones."""
        new = self.env["res.partner"].create(
            [
                {"name": f"Supplier {number}", "is_company": True}
                for number in range(len(self.suppliers), count)
            ]
        )
        self.suppliers |= new
        return new

    def bills(self, count: int) -> Any:
        """Draft bills of three lines, of suppliers spread over all of them."""
        from odoo import Command, fields

        line = {"name": "Freight", "account_id": self.account.id, "tax_ids": []}
        step = max(1, len(self.suppliers) // count)
        return self.env["account.move"].create(
            [
                {
                    "move_type": "in_invoice",
                    "journal_id": self.journal.id,
                    "partner_id": self.suppliers[number * step % len(self.suppliers)].id,
                    "ref": f"B{time.monotonic_ns()}-{number}",
                    "invoice_date": fields.Date.today(),
                    "invoice_line_ids": [
                        Command.create({**line, "price_unit": price}) for price in (100, 200, 300)
                    ],
                }
                for number in range(count)
            ]
        )

    def cool(self) -> None:
        """Write what waits and empty the cache of records, as for a new request."""
        self.env.flush_all()
        self.env.invalidate_all()


class Ours(Books):
    """The workflow with one distribution and one approval rule a supplier."""

    def __init__(self, env: Any) -> None:
        super().__init__(env, f"{MODULE}.group_openpce_supervisor")
        self.env["openpce.bill.user"].create(
            [{"user_id": user.id, "level": "supervisor"} for user in self.people]
        )
        self.company.write({"openpce_bill_workflow": True, "openpce_require_file": False})

    def add_rules(self, count: int) -> None:
        """Rules up to ``count`` of each table."""
        from odoo import Command

        suppliers = self.grow(count)
        common = {"company_id": self.company.id, "division_id": False}
        self.env["openpce.bill.distribution.rule"].create(
            [{**common, "partner_id": s.id, "user_id": self.people[0].id} for s in suppliers]
        )
        self.env["openpce.bill.approval.rule"].create(
            [
                {
                    **common,
                    "partner_id": supplier.id,
                    "amount_from": 1,
                    "level_ids": [
                        Command.create({"number": n, "user_ids": [Command.set(user.ids)]})
                        for n, user in enumerate(self.people[1:], 1)
                    ],
                }
                for supplier in suppliers
            ]
        )

    def measure(self, count: int) -> dict[str, Any]:
        """Per bill: give it to somebody, and open its approval; one by one and all at once."""
        moves = self.bills(count)
        bills = moves.openpce_bill_ids
        bills._capture("upload")
        for bill in bills:
            bill._check_capture()
        bills._set_state("verify_ok")
        half = len(bills) // 2
        single = measure.Series(self.env.cr)
        for bill in bills[:half]:
            # browsed anew: one of many is read together with the others, and not alone
            bill = bill.browse(bill.id)
            self.cool()
            with single.take("distribute"):
                bill._distribute()
                self.env.flush_all()
            self.cool()
            with single.take("open_approval"):
                bill._validate(self.env["res.users"])
                self.env.flush_all()
            single.sum_last("both", ("distribute", "open_approval"))
        self.cool()
        batch = measure.Series(self.env.cr)
        rest = bills[half:]
        with batch.take("distribute"):
            rest._distribute()
            self.env.flush_all()
        with batch.take("open_approval"):
            rest._validate(self.env["res.users"])
            self.env.flush_all()
        batch.sum_last("both", ("distribute", "open_approval"))
        shared = {
            name: {unit: round(value / len(rest), 2) for unit, value in sample.items()}
            for name, sample in batch.table().items()
        }
        return {"bills": count, "one_by_one": single.table(), "batch_per_bill": shared}

    def crowd(self, tasks: int, mine: int, due: int) -> None:
        """So many open tasks, ``mine`` of the reviewer, ``due`` of them late since an hour."""
        from odoo import fields
        from odoo.tools import SQL

        reviewer, other = self.people[0], self.people[1]
        self.env["openpce.bill.supervision.rule"].create(
            {
                "stage": "treat",
                "user_id": other.id,
                "notify_hours": 24,
                "assignee_id": self.people[2].id,
                "company_id": self.company.id,
            }
        )
        now = fields.Datetime.now()
        timer = {
            "stage": "waiting_person",
            "deadline": None,
            "assigned_at": None,
            "paused_at": None,
            "left": None,
        }
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH made AS (
                    INSERT INTO openpce_bill (company_id, state, source, entry_date, ref,
                        partner_id, commercial_partner_id, amount_total, currency_id, user_id,
                        deadline, log_number, create_date, write_date)
                    SELECT %(company)s, 'in_treatment', 'upload',
                        %(now)s::timestamp - n * interval '5 minutes', 'CROWD-' || n, p.id, p.id, n,
                        %(currency)s, CASE WHEN n <= %(mine)s THEN %(me)s ELSE %(other)s END,
                        %(late)s, 0, now(), now()
                    FROM generate_series(1, %(tasks)s) n
                    JOIN LATERAL (SELECT (%(partners)s::int[])[1 + n %% 10] AS id) p ON true
                    RETURNING id, user_id, company_id
                )
                INSERT INTO openpce_bill_task (bill_id, company_id, stage, user_id, rule_user_id,
                    state, assigned_at, deadline, timer, level, create_date, write_date)
                SELECT id, company_id, 'treat', user_id, user_id, 'open', %(now)s,
                    %(late)s, %(timer)s::jsonb, 0, now(), now()
                FROM made
                """,
                company=self.company.id,
                now=now,
                currency=self.company.currency_id.id,
                me=reviewer.id,
                other=other.id,
                mine=mine,
                tasks=tasks,
                late=now + timedelta(days=2),
                partners=self.suppliers[:10].ids,
                timer=json.dumps(timer),
            )
        )
        late = now - timedelta(hours=1)
        self.env.cr.execute(
            SQL(
                """
                UPDATE openpce_bill_task SET deadline = %(late)s,
                    timer = jsonb_set(timer, '{deadline}', to_jsonb(%(text)s::text))
                WHERE id IN (SELECT id FROM openpce_bill_task WHERE user_id = %(other)s
                    AND state = 'open' ORDER BY id DESC LIMIT %(due)s)
                """,
                late=late,
                text=late.isoformat(),
                other=other.id,
                due=due,
            )
        )
        self.env.cr.execute("ANALYZE openpce_bill; ANALYZE openpce_bill_task")
        self.env.invalidate_all()

    def inbox(self, rounds: int) -> dict[str, Any]:
        """What opening the mailbox costs: the list with its counters, and the desk."""
        view = self.env["openpce.bill"].with_user(self.people[0]).get_view(view_type="list")
        names = self._field_names(view["arch"])
        series = measure.Series(self.env.cr)
        for _round in range(rounds):
            self.cool()
            bills = self.env["openpce.bill"].with_user(self.people[0])
            domain = [("holder_ids", "in", self.people[0].ids)]
            with series.take("inbox"):
                bills.web_search_read(domain, {name: {} for name in names}, limit=80)
                for box in ("current_week", "last_week", "earlier", "held"):
                    bills.search_count([*domain, ("mailbox", "=", box)], limit=10000)
            self.cool()
            bills = self.env["openpce.bill"].with_user(self.people[0])
            with series.take("desk"):
                found = bills.get_desk_mailbox(domain, "treatment")
                ids = [row[0] for group in found["groups"] for row in group["bills"]]
                bills.browse(ids[:30]).web_read({name: {} for name in DESK_ROW})
        table = series.table()
        desk = {**table["desk"], "bills": len(ids)}
        return {**table["inbox"], "columns": len(names), "desk": desk}

    @staticmethod
    def _field_names(arch: str) -> list[str]:
        from lxml import etree

        return list(dict.fromkeys(etree.fromstring(arch).xpath("//field/@name")))

    def escalate(self) -> dict[str, Any]:
        """One pass of the supervision over all open tasks."""
        cron = type(self.env["ir.cron"])
        plain = cron._commit_progress
        cron._commit_progress = lambda *_args, **_more: 60.0  # nothing of this is kept
        try:
            self.cool()
            series = measure.Series(self.env.cr)
            with series.take("escalation"):
                self.env["openpce.bill.task"]._cron_supervise()
                self.env.flush_all()
        finally:
            cron._commit_progress = plain
        return series.table()["escalation"]


class Peer(Books):
    """OCA's tier validation with one definition a supplier and approver."""

    def __init__(self, env: Any) -> None:
        super().__init__(env, "account.group_account_invoice")
        self.model = self.env["ir.model"]._get_id("account.move")

    def add_rules(self, count: int) -> None:
        """Definitions up to ``count``."""
        self.env["tier.definition"].create(
            [
                {
                    "name": f"Rule {supplier.id}",
                    "model_id": self.model,
                    "company_id": self.company.id,
                    "review_type": "individual",
                    "reviewer_id": self.people[1].id,
                    "definition_type": "domain",
                    "definition_domain": repr(
                        [
                            ("move_type", "=", "in_invoice"),
                            ("partner_id", "=", supplier.id),
                            ("amount_total", ">=", 1),
                        ]
                    ),
                }
                for supplier in self.grow(count)
            ]
        )

    def measure(self, count: int) -> dict[str, Any]:
        """Per bill: request its validation."""
        series = measure.Series(self.env.cr)
        for move in self.bills(count):
            self.cool()
            with series.take("request_validation"):
                move.request_validation()
                self.env.flush_all()
        return {"bills": count, **series.table()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure one side and print its JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", choices=("ours", "peer"), required=True)
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--rules", type=int, nargs="+", default=[10, 1000, 10000])
    parser.add_argument("--bills", type=int, default=1000)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args(arguments)
    with odoo_company.environment(options.config, options.database) as env:
        side = (Ours if options.side == "ours" else Peer)(env)
        found: dict[str, Any] = {"machine": measure.machine(), "rules": {}}
        for count in sorted(options.rules):
            for step in [*range(len(side.suppliers) + 1000, count, 1000), count]:
                side.add_rules(step)
                # the server gathers no statistics by itself while this transaction is open
                env.flush_all()
                env.cr.execute("ANALYZE")
            bills = options.bills if options.side == "ours" else _PEER_BILLS.get(count, 3)
            found["rules"][count] = side.measure(bills)
        if isinstance(side, Ours):
            side.crowd(options.tasks, mine=500, due=100)
            found["inbox"] = side.inbox(rounds=5)
            found["escalation"] = side.escalate()
    text = json.dumps(found, indent=1)
    if options.output:
        options.output.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
