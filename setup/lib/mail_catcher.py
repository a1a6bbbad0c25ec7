"""A mail server on loopback that keeps every mail as a file and shows them on a plain page.

The page speaks Spanish, as the demo does.

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
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from aiosmtpd.controller import Controller

_STYLE = """
body{font-family:system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1.5rem 1rem;
color:#1f2937}h1{font-size:1.3rem;overflow-wrap:anywhere}a{color:#1e3a5f}
table{border-collapse:collapse;width:100%}th{text-align:left;font-weight:600;color:#6b7280}
td,th{padding:.45rem 1rem .45rem 0;vertical-align:top;border-bottom:1px solid #e2e8f0;
overflow-wrap:anywhere}.when{white-space:nowrap;width:9rem}.files{display:flex;flex-wrap:wrap;
gap:.5rem;padding:0;list-style:none}.files a{display:block;padding:.4rem .8rem;
border:1px solid #cbd5e1;border-radius:.4rem;text-decoration:none}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-family:inherit;background:#f1f5f9;padding:1rem;
border-radius:.4rem}.soft{color:#6b7280}
@media(max-width:40rem){.list tr{display:block;padding:.6rem 0;border-bottom:1px solid #e2e8f0}
.list th{display:none}.list td{display:block;border:0;padding:.1rem 0;width:auto}}
"""
_HEADS = {"From": "De", "To": "Para", "Subject": "Asunto", "Date": "Fecha"}
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
        name = re.sub(r"[^\w.-]", "_", part.get_filename() or "adjunto")
        self._answer(part.get_content(), part.get_content_type(), name)

    def _answer(
        self, body: str | bytes, kind: str = "text/html; charset=utf-8", name: str = ""
    ) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        # mails are other people's text: nothing in them may run
        self.send_header(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        )
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
        subject = html.escape(str(mail["Subject"] or "(sin asunto)"))
        files = sum(1 for _part in mail.iter_attachments())
        clip = f' <span class="soft" title="adjuntos">&#128206; {files}</span>' if files else ""
        rows.append(
            f'<tr><td class="when">{html.escape(_when(mail))}</td>'
            f"<td>{html.escape(str(mail['To'] or ''))}</td>"
            f'<td><a href="/{path.name}">{subject}</a>{clip}</td></tr>'
        )
    note = (
        '<p class="soft">Ninguno salió de este equipo: aquí llega lo que la demostración envía por'
        " correo.</p>"
    )
    heads = "<tr><th>Fecha</th><th>Para</th><th>Asunto</th></tr>"
    table = f'<table class="list">{heads}{"".join(rows)}</table>'
    empty = (
        "<p>Todavía no hay correos. Confirme una factura: cuando la DIAN la acepta, el cliente"
        " recibe la suya.</p>"
    )
    return _page("Correos de la demostración", note + (table if rows else empty))


def _when(mail: EmailMessage) -> str:
    """Date and time of the mail as this machine's clock shows it; as written if unreadable."""
    try:
        return f"{parsedate_to_datetime(str(mail['Date'])).astimezone():%d/%m/%Y %H:%M}"
    except ValueError:
        return str(mail["Date"] or "")


def _show(name: str, mail: EmailMessage) -> str:
    values = {key: str(mail[key] or "") for key in _HEADS} | {"Date": _when(mail)}
    heads = "".join(
        f"<tr><th>{label}</th><td>{html.escape(values[key])}</td></tr>"
        for key, label in _HEADS.items()
    )
    names = [html.escape(p.get_filename() or "adjunto") for p in mail.iter_attachments()]
    links = "".join(f'<li><a href="/{name}/{i}">{file}</a></li>' for i, file in enumerate(names))
    body = mail.get_body(("plain", "html"))
    text = str(body.get_content()) if body else ""
    if body and body.get_content_type() == "text/html":
        text = html.unescape(re.sub(r"<[^>]+>", "", text))
    text = re.sub(r"\n\s*\n+", "\n\n", text).strip()
    return _page(
        str(mail["Subject"] or name),
        f'<p><a href="/">← Todos los correos</a></p><table>{heads}</table>'
        f'<ul class="files">{links}</ul><pre>{html.escape(text)}</pre>',
    )


def _page(title: str, body: str) -> str:
    title = html.escape(title)
    return (
        '<!doctype html><html lang="es"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}</title><link rel="icon" href="data:,"><style>{_STYLE}</style>'
        f"<h1>{title}</h1>{body}</html>"
    )


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
