"""`setup/run --check`: issue the demo's invoices as the accountant does, and see them accepted.

Talks to Odoo as a browser does (log in, call methods), so the whole path is the real one: confirm,
the queue's scheduled job, the stand-in's answer.
"""

from __future__ import annotations

import http.cookiejar
import json
import time
import urllib.request
from typing import Any

from .console import SetupError, say

_LOGIN = "contador"
_FINAL = ("accepted", "rejected", "invalid")
_PATIENCE = 180
_FIELDS = [
    "number",
    "cufe",
    "state",
    "status_code",
    "message",
    "milliseconds",
    "move_id",
    "delivery_state",
]


class Odoo:
    """A logged-in session."""

    def __init__(self, url: str, database: str, login: str, password: str) -> None:
        """Log in.

        :raises SetupError: Odoo refuses.
        """
        self.url = url
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar)
        )
        self._post(
            "/web/session/authenticate", {"db": database, "login": login, "password": password}
        )

    def call(self, model: str, method: str, *arguments: Any, **named: Any) -> Any:
        """Call a model's method; raises SetupError with Odoo's own message."""
        params = {"model": model, "method": method, "args": arguments, "kwargs": named}
        return self._post(f"/web/dataset/call_kw/{model}/{method}", params)

    def _post(self, path: str, params: dict[str, Any]) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        request = urllib.request.Request(
            self.url + path, body, {"Content-Type": "application/json"}
        )
        try:
            with self.opener.open(request, timeout=120) as answer:
                reply = json.load(answer)
        except OSError as error:
            raise SetupError(f"Odoo does not answer at {self.url}: {error}") from error
        if "error" in reply:
            data = reply["error"].get("data", {})
            raise SetupError(data.get("message") or reply["error"].get("message", "Odoo refused"))
        return reply.get("result")


def check(url: str, database: str) -> int:
    """Issue, wait, report; returns the exit code."""
    odoo = Odoo(url, database, _LOGIN, _LOGIN)
    moves = _drafts(odoo)
    begin = time.monotonic()
    failures = {}
    for move in moves:
        try:
            odoo.call("account.move", "action_post", [move])
        except SetupError as error:
            failures[move] = str(error)
    posted = [move for move in moves if move not in failures]
    documents = _wait(odoo, posted)
    return _report(odoo, moves, failures, documents, time.monotonic() - begin)


def _drafts(odoo: Odoo) -> list[int]:
    """The demo's drafts; once they are issued, copies of them."""
    domain = [["move_type", "=", "out_invoice"]]
    drafts = odoo.call("account.move", "search", [*domain, ["state", "=", "draft"]], order="id")
    if drafts:
        return list(drafts)
    issued = odoo.call(
        "account.move", "search", [*domain, ["state", "=", "posted"]], order="id", limit=10
    )
    if not issued:
        raise SetupError("the demo has no invoices; make a new one with --reset")
    return [odoo.call("account.move", "copy", [move])[0] for move in issued]


def _wait(odoo: Odoo, moves: list[int]) -> list[dict[str, Any]]:
    until = time.monotonic() + _PATIENCE
    while True:
        found = odoo.call(
            "l10n_co_openpce.document",
            "search_read",
            [["move_id", "in", moves]],
            _FIELDS,
            order="id",
        )
        waiting = len(moves) - sum(1 for document in found if document["state"] in _FINAL)
        if waiting <= 0 or time.monotonic() > until:
            return list(found)
        time.sleep(0.5)


def _report(
    odoo: Odoo,
    moves: list[int],
    failures: dict[int, str],
    documents: list[dict[str, Any]],
    seconds: float,
) -> int:
    by_move = {document["move_id"][0]: document for document in documents}
    accepted = 0
    for move in moves:
        document = by_move.get(move)
        if move in failures:
            say(f"{f'draft {move}':<16} not confirmed: {failures[move]}")
        elif document is None:
            say(f"{f'move {move}':<16} nothing was queued for DIAN")
        else:
            accepted += document["state"] == "accepted"
            answer = f"{document['state']} {document['status_code'] or ''}".strip()
            remark = "" if document["state"] == "accepted" else f" {document['message'] or ''}"
            say(f"{document['number']:<16} {document['cufe'] or '-':<96} {answer:<12} "
                f"{document['milliseconds']:>5} ms{remark}")  # fmt: skip
    say(f"{accepted} of {len(moves)} invoices accepted in {seconds:.1f} s")
    return 0 if moves and accepted == len(moves) else 1
