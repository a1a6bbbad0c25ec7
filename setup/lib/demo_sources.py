"""Where the demo's bills come from: a folder of this machine that works, deliveries that do not.

The folder is visited once, so what the screens show of it is what a visit brought: a bill, one
that was here before, a page that is no bill. Another bill waits there for whoever presses "Test".
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

MODULE = "openpce_vendor_bill_workflow"
Environment = Any

# Files have to lie for a while before they are taken.
_AGE = 3600
_PAGE = b"<!DOCTYPE html><html><body>Su sesion ha terminado. Ingrese de nuevo.</body></html>"


def adopt(move: Any, file: Any, source: str) -> None:
    """The delivery of a bill, as an upload or a mail makes one, and the bill captured from it."""
    intake = move.env["openpce.bill.intake"]._adopt(move, file, source)
    intake._note_captured([])


def make_sources(env: Environment, company: Any, known: bytes, fresh: bytes) -> None:
    """A folder connection with files in it, a task that visits it, and a visit.

    :param known: a bill that is here already.
    :param fresh: one that is not; it is left waiting.
    """
    from odoo.tools import config

    env["openpce.bill.connection"].with_context(active_test=False).search(
        [("company_id", "=", company.id)]
    ).user_id = env.ref("base.user_admin")
    inbox = config.get("openpce_bill_folders")
    if not inbox:
        return  # this server opens no directory
    folder = Path(inbox) / "puerto"
    folder.mkdir(parents=True, exist_ok=True)
    env["openpce.bill.connection"].create(
        {
            "name": "Carpeta del terminal portuario",
            "company_id": company.id,
            "kind": "folder",
            "path": str(folder),
            "after": "move",
            "moved_to": "procesadas",
            "user_id": env.ref("base.user_admin").id,
        }
    )
    _put(folder / "TPB-88061.pdf", known)
    _put(folder / "TPB-88140.pdf", _PAGE)
    env.ref(f"{MODULE}.schedule_fetch")._run_apart()
    _put(folder / "TPB-88141.pdf", fresh)


def make_letters(env: Environment, company: Any) -> None:
    """A mail without a bill, and a set of files that were too heavy to be taken."""
    intakes = env["openpce.bill.intake"]
    letter = b"From: cobros@naviera-estrella.example\r\nSubject: Saldo\r\n\r\nAdjunto el saldo.\r\n"
    intakes._receive(
        [("Estado de cuenta de noviembre.eml", letter)],
        "mail",
        company,
        sender="Cartera <cobros@naviera-estrella.example>",
    )
    from odoo.addons.openpce_vendor_bill_workflow.connectors import ParcelError

    mailbox = env.ref(f"{MODULE}.connection_mailbox")
    error = ParcelError("too_big", size=61_400_000, limit=mailbox.max_size * 1_000_000)
    intakes._refuse(
        "Soportes de importación",
        mailbox._explain(error),
        "connection",
        company,
        connection=mailbox,
        key="INBOX:1:204",
    )


def _put(file: Path, data: bytes) -> None:
    """A file that nobody is writing any more."""
    file.write_bytes(data)
    then = time.time() - _AGE
    os.utime(file, (then, then))
