"""The plain page: what was received and what was thought of it, readable on a phone.

Built as an element tree, so that whatever a document says is escaped by construction.
"""

from __future__ import annotations

import datetime as dt

from lxml import etree
from lxml.html.builder import E
from werkzeug.wrappers import Request, Response

from .findings import Finding
from .request import SERVICE_PATH
from .service import Service
from .store import StoredDocument

_BOGOTA = dt.timezone(dt.timedelta(hours=-5))
_SHOWN = 200
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; }
h1 { font-size: 1.4rem; }
article { border: 1px solid #8888; border-left-width: .4rem; border-radius: .4rem;
  margin: 0 0 1rem; padding: .6rem .9rem; }
article.accepted { border-left-color: #1a7f37; }
article.rejected { border-left-color: #b3261e; }
article.pending { border-left-color: #946200; }
h2 { font-size: 1.05rem; margin: 0; display: flex; flex-wrap: wrap; gap: .2rem .8rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: .4rem 0; }
dt { opacity: .75; }
dd { margin: 0; overflow-wrap: anywhere; }
ul { margin: .3rem 0; padding-left: 1.2rem; overflow-wrap: anywhere; }
nav a { display: inline-block; padding: .5rem 1rem .5rem 0; }
.empty { opacity: .8; }
"""


def handle(service: Service, request: Request) -> Response | None:
    """Answer a GET outside /admin and the service; None when there is nothing there."""
    match request.path.strip("/").split("/"):
        case [""]:
            return _html(_index(service))
        case ["documents", row, "xml" | "answer" as what] if row.isascii() and row.isdigit():
            return _file(service, int(row), what)
    return None


def _file(service: Service, row: int, what: str) -> Response | None:
    stored = service.store.document(row) if row < 2**62 else None
    if stored is None or (what == "answer" and not stored.ready):
        return None
    # Plain text: an XML of a stranger must not run as a page of ours.
    response = Response(stored.xml if what == "xml" else stored.answer)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _index(service: Service) -> etree._Element:
    documents = service.store.documents(_SHOWN)
    accepted = sum(stored.ready and stored.accepted for stored in documents)
    listed = [_article(stored) for stored in documents] or [
        E.P({"class": "empty"}, "Nada todavía / Nothing yet.")
    ]
    return E.HTML(
        {"lang": "es"},
        E.HEAD(
            E.META(charset="utf-8"),
            E.META(name="viewport", content="width=device-width, initial-scale=1"),
            E.TITLE("Sustituto de la DIAN / DIAN stand-in"),
            E.STYLE(_STYLE),
        ),
        E.BODY(
            E.H1("Sustituto de la DIAN / DIAN stand-in"),
            E.P(
                "Para desarrollo y pruebas: nada de lo que responde tiene efecto fiscal. / ",
                E.SPAN({"lang": "en"}, "For development and tests: no fiscal effect."),
            ),
            E.P(f"SOAP: {SERVICE_PATH}"),
            E.P(
                f"Recibidos / received: {len(documents)} · aceptados / accepted: {accepted}",
            ),
            _faults(service),
            E.MAIN(*listed),
        ),
    )


def _faults(service: Service) -> etree._Element:
    active = service.faults.as_json()
    if not active:
        return E.P("Fallos pedidos / faults on request: ninguno / none")
    shown = [
        ", ".join(f"{key}={value}" for key, value in fault.items() if value not in ("", None))
        for fault in active
    ]
    return E.DIV(E.P("Fallos pedidos / faults on request:"), E.UL(*[E.LI(text) for text in shown]))


def _article(stored: StoredDocument) -> etree._Element:
    state, label = _state(stored)
    lines = stored.findings if stored.ready else ()
    return E.ARTICLE(
        {"class": state},
        E.H2(E.SPAN(_text(stored.number) or "sin número / no number"), E.SPAN(label)),
        E.DL(
            *_pair("Hora / time", _when(stored.received_at)),
            *_pair("Operación / operation", stored.operation),
            *_pair("Tipo / kind", _text(stored.kind)),
            *_pair("CUFE / CUDE", _text(stored.document_key)),
            *_pair("Emisor / issuer", _text(stored.issuer)),
        ),
        E.UL(*[E.LI(_text(line)) for line in lines]),
        E.NAV(
            E.A("XML recibido / received", href=f"/documents/{stored.id}/xml"),
            E.A("Respuesta / answer", href=f"/documents/{stored.id}/answer"),
        ),
    )


def _state(stored: StoredDocument) -> tuple[str, str]:
    if not stored.ready:
        return "pending", "… en proceso / in process"
    if stored.accepted:
        return "accepted", "✔ aceptado / accepted"
    codes = [Finding.from_line(line).code for line in stored.findings]
    word = "✖ duplicado / duplicate" if codes == ["90"] else "✖ rechazado / rejected"
    return "rejected", word


def _pair(label: str, value: str) -> tuple[etree._Element, etree._Element]:
    return E.DT(label), E.DD(value)


def _text(value: str) -> str:
    return value[:300]


def _when(moment: float) -> str:
    return dt.datetime.fromtimestamp(moment, _BOGOTA).strftime("%Y-%m-%d %H:%M:%S")


def _html(root: etree._Element) -> Response:
    body = etree.tostring(root, method="html", encoding="utf-8", doctype="<!DOCTYPE html>")
    response = Response(body, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response
