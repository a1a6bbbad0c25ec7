"""A mail server on loopback that keeps every mail as a file and shows them on a plain page.

``python -m lib.mail_catcher --smtp-port 8072 --http-port 8071 --folder .openpce/mail``
"""

from __future__ import annotations

import argparse
import email.parser
import email.policy
import html
import re
import secrets
import time
from collections.abc import Sequence
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from aiosmtpd.controller import Controller

_STYLE = (
    "body{font-family:sans-serif;margin:2em}th{text-align:left}td,th{padding:.2em 1em .2em 0}"
    "pre{white-space:pre-wrap}"
)
_NAME = re.compile(r"[0-9a-f-]+\.eml")


class Keeper:
    """aiosmtpd's handler: one file per mail, named by its time."""

    def __init__(self, folder: Path) -> None:
        """Keep the mails in ``folder``."""
        self.folder = folder

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Write the mail; the file appears whole or not at all."""
        name = f"{int(time.time() * 1000):x}-{secrets.token_hex(3)}.eml"
        part = self.folder / f"{name}.part"
        head = f"X-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n".encode()
        part.write_bytes(head + envelope.original_content)
        part.rename(self.folder / name)
        return "250 kept"


class Page(BaseHTTPRequestHandler):
    """The list of mails, a mail, an attachment."""

    folder: Path

    def do_GET(self) -> None:
        """/ lists, /NAME.eml shows, /NAME.eml/2 gives the second attachment."""
        words = [unquote(word) for word in self.path.split("?")[0].strip("/").split("/")]
        if words == [""]:
            self._answer(_list(self.folder))
        elif _NAME.fullmatch(words[0]) and (self.folder / words[0]).is_file():
            mail = _read(self.folder / words[0])
            if len(words) == 1:
                self._answer(_show(words[0], mail))
            else:
                self._attachment(mail, words[1])
        else:
            self.send_error(404)

    def _attachment(self, mail: EmailMessage, number: str) -> None:
        attachments = list(mail.iter_attachments())
        if not number.isdigit() or int(number) >= len(attachments):
            self.send_error(404)
            return
        part = attachments[int(number)]
        name = re.sub(r"[^\w.-]", "_", part.get_filename() or "attachment")
        self._answer(part.get_content(), part.get_content_type(), name)

    def _answer(
        self, body: str | bytes, kind: str = "text/html; charset=utf-8", name: str = ""
    ) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        # mails are other people's text: nothing in them may run
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        if name:
            self.send_header("Content-Disposition", f'attachment; filename="{name}"')
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Be quiet: the log is for mails."""


def _read(path: Path) -> EmailMessage:
    parser = email.parser.BytesParser(EmailMessage, policy=email.policy.default)
    with path.open("rb") as stream:
        return parser.parse(stream)


def _list(folder: Path) -> str:
    rows = []
    for path in sorted(folder.glob("*.eml"), reverse=True)[:500]:
        mail = _read(path)
        subject = html.escape(str(mail["Subject"] or "(no subject)"))
        cells = "".join(f"<td>{html.escape(str(mail[key] or ''))}</td>" for key in ("Date", "To"))
        rows.append(f'<tr>{cells}<td><a href="/{path.name}">{subject}</a></td></tr>')
    table = "<table><tr><th>Date</th><th>To</th><th>Subject</th></tr>" + "".join(rows) + "</table>"
    return _page("Mails sent by the demo", table if rows else "<p>No mail yet.</p>")


def _show(name: str, mail: EmailMessage) -> str:
    heads = "".join(
        f"<tr><th>{key}</th><td>{html.escape(str(mail[key] or ''))}</td></tr>"
        for key in ("From", "To", "Subject", "Date")
    )
    names = [html.escape(p.get_filename() or "attachment") for p in mail.iter_attachments()]
    links = "".join(f'<li><a href="/{name}/{i}">{file}</a></li>' for i, file in enumerate(names))
    body = mail.get_body(("plain", "html"))
    text = str(body.get_content()) if body else ""
    if body and body.get_content_type() == "text/html":
        text = html.unescape(re.sub(r"<[^>]+>", "", text))
    text = re.sub(r"\n\s*\n+", "\n\n", text).strip()
    return _page(
        str(mail["Subject"] or name),
        f"<table>{heads}</table><ul>{links}</ul><pre>{html.escape(text)}</pre>",
    )


def _page(title: str, body: str) -> str:
    title = html.escape(title)
    return f"<!doctype html><title>{title}</title><style>{_STYLE}</style><h1>{title}</h1>{body}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m lib.mail_catcher", description=__doc__)
    parser.add_argument("--smtp-port", type=int, default=8072)
    parser.add_argument("--http-port", type=int, default=8071)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    Page.folder = options.folder
    # DIAN's containers may be 2 MB, in base64 a third more; leave room
    controller = Controller(
        Keeper(options.folder),
        hostname="127.0.0.1",
        port=options.smtp_port,
        data_size_limit=50_000_000,
    )
    controller.start()
    ThreadingHTTPServer(("127.0.0.1", options.http_port), Page).serve_forever()


if __name__ == "__main__":
    main()
