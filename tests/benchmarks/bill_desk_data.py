"""Ten thousand bills in one reviewer's mailbox, and draft bills of Odoo's own beside them."""

from __future__ import annotations

import argparse
import base64
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import odoo_company
import workflow

REVIEWER, ACCOUNTANT = "bench_reviewer", "bench_second"
_SUPPLIERS = 20


def draw(number: str) -> bytes:
    """A PDF of one page with a text layer: the number and some amounts."""
    words = [f"Invoice {number}", "Freight 100.00", "Handling 200.00", "Storage 300.00"]
    drawn = b"".join(
        b"BT /F1 14 Tf 60 %d Td (%s) Tj ET\n" % (780 - 24 * line, word.encode())
        for line, word in enumerate(words)
    )
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%sendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    text, places = b"%PDF-1.4\n", []
    for place, part in enumerate(parts, 1):
        places.append(len(text))
        text += b"%d 0 obj%s endobj\n" % (place, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        text
        + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\n" % table
        + (b"startxref\n%d\n%%%%EOF" % len(text))
    )


class Desk(workflow.Books):
    """The company; bills made before the workflow is on are Odoo's own."""

    def __init__(self, env: Any) -> None:
        super().__init__(env, "base.group_user")
        from odoo import Command

        for user in self.people:
            user.password = user.login
        self.people[2].group_ids = [
            Command.link(self.env.ref(f"account.group_account_{kind}").id)
            for kind in ("invoice", "manager")
        ]
        self.grow(_SUPPLIERS)

    def peer(self, count: int) -> None:
        """Draft bills with their PDF beside them, for Odoo's own screens."""
        moves = self.bills(count)
        self._finish(moves, "P")

    def crowd(self, whole: int, real: int) -> None:
        """Bills in the reviewer's treatment: ``real`` ones with document and lines, then copies of
        the last one's rows, which is enough for the mailbox to be as long as it is asked for."""
        from odoo import Command

        for user, level in zip(self.people[:2], ("reviewer", "supervisor"), strict=True):
            self.env["openpce.bill.user"].create(
                {"user_id": user.id, "level": level, "company_id": self.company.id}
            )
        self.company.write({"openpce_bill_workflow": True, "openpce_require_file": False})
        common = {"company_id": self.company.id, "division_id": False}
        self.env["openpce.bill.distribution.rule"].create({**common, "user_id": self.people[0].id})
        level = Command.create({"number": 1, "user_ids": [Command.set(self.people[1].ids)]})
        self.env["openpce.bill.approval.rule"].create(
            {**common, "amount_from": 1, "level_ids": [level]}
        )
        for first in range(0, real, 100):
            moves = self.bills(min(100, real - first))
            self._finish(moves, "D", first)
            moves.openpce_bill_ids.action_submit()
            self.env.flush_all()
        last = moves[-1].openpce_bill_ids
        states = set(self.env["openpce.bill"].search([]).mapped("state"))
        if states != {"in_treatment"}:
            raise RuntimeError(f"the bills are not in treatment: {states}")
        self._copy(last, whole - real)
        self.env.cr.commit()
        self.env.cr.execute("ANALYZE")
        self.env.cr.commit()

    def _finish(self, moves: Any, letter: str, first: int = 0) -> None:
        """Numbers in the order of the list, and a document that says the number."""
        from odoo import fields

        day = fields.Date.today() - timedelta(days=0 if letter == "P" else 20)
        for number, move in enumerate(moves, first + 1):
            move.write({"ref": f"{letter}{number:05}", "invoice_date": day})
        files = self.env["ir.attachment"].create(
            [
                {
                    "name": f"{move.ref}.pdf",
                    "datas": base64.b64encode(draw(move.ref)),
                    "res_model": "account.move",
                    "res_id": move.id,
                    "mimetype": "application/pdf",
                }
                for move in moves
            ]
        )
        for move, file in zip(moves, files, strict=True):
            move.message_main_attachment_id = file

    def _copy(self, bill: Any, count: int) -> None:
        """So many more rows of entry, bill and task, as the given bill has them."""
        if count <= 0:
            return
        cr = self.env.cr
        tables = ("account_move", "openpce_bill", "openpce_bill_task")
        task = bill.task_ids.filtered(lambda task: task.state == "open")
        ids = (bill.move_id.id, bill.id, task.id)
        first = {}
        for table in tables:
            cr.execute(f"SELECT max(id) + 1 FROM {table}")
            first[table] = cr.fetchone()[0]
        changed = {
            "account_move": {"ref": "'C' || n", "access_token": "NULL"},
            "openpce_bill": {
                "move_id": f"{first['account_move']} + n",
                "ref": "'C' || n",
                "entry_date": "entry_date + n * interval '1 millisecond'",
                "deadline": "deadline + interval '1 hour'",
            },
            "openpce_bill_task": {"bill_id": f"{first['openpce_bill']} + n"},
        }
        for table, source in zip(tables, ids, strict=True):
            cr.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
                " AND column_name != 'id'",
                [table],
            )
            names = [name for (name,) in cr.fetchall()]
            values = ", ".join(changed[table].get(name, f'"{name}"') for name in names)
            columns = ", ".join(f'"{name}"' for name in names)
            cr.execute(
                f"INSERT INTO {table} (id, {columns}) SELECT {first[table]} + n, {values}"
                f" FROM {table}, generate_series(0, {count - 1}) AS n WHERE id = {source}"
            )
            cr.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")


def main() -> None:
    """Fill a database and commit, once."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("config", "database"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("bills", "real", "peer"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args()
    with odoo_company.environment(options.config, options.database) as env:
        if env["res.users"].search_count([("login", "=", REVIEWER)]):
            return
        desk = Desk(env)
        desk.peer(options.peer)
        desk.crowd(options.bills, options.real)


if __name__ == "__main__":
    main()
