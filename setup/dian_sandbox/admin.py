"""JSON administration under /admin: issuers, trust, faults, what was received."""

from __future__ import annotations

import ipaddress
import json
import re
from urllib.parse import urlsplit

from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Request, Response

from . import faults, trust
from .service import Service
from .store import Store, StoredDocument

_RANGE_KEYS = {"resolution", "prefix", "first", "last", "start", "end", "technical_key"}


class BadData(ValueError):
    """A seed or a request that says nothing usable."""


def handle(service: Service, request: Request) -> Response:
    """Answer a request to /admin."""
    parts = request.path.strip("/").split("/")[1:]
    if not _is_from_here(request):
        return _json({"error": "administration is for programs of this machine alone"}, 403)
    try:
        return _json(_route(service, request, parts))
    except (BadData, ValueError) as error:
        return _json({"error": str(error)}, 400)
    except HTTPException as error:
        return _json({"error": error.description}, error.code or 500)


def _is_from_here(request: Request) -> bool:
    """Whether a program of this machine asks, and not a web page by way of its browser.

    There is no password. A page of a stranger can make a browser send to loopback; the browser then
    says so (Sec-Fetch-Site), or calls us by the name that the stranger made point here (Host).
    """
    if not _is_loopback(request.remote_addr or "") or not _is_loopback(_host_name(request)):
        return False
    return request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin")


def _host_name(request: Request) -> str:
    return urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""


def _is_loopback(name: str) -> bool:
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _route(service: Service, request: Request, parts: list[str]) -> object:
    method, store = request.method, service.store
    match parts:
        case ["issuers"] if method == "GET":
            return store.issuers()
        case ["issuers", nit] if method == "PUT":
            put_issuer(store, nit, _body(request))
            return store.issuer(nit)
        case ["issuers", nit] if method == "GET":
            return store.issuer(nit) or _missing()
        case ["trust"] if method == "PUT":
            return {"added": put_trust(store, request.get_data())}
        case ["trust"] if method == "GET":
            return [pem for pem, anchor in store.certificates() if anchor]
        case ["faults"]:
            return _faults(service, request)
        case ["identity"] if method == "GET":
            certificates = service.operations.identity.certificates
            return {
                "certificate": trust.pem(certificates[0]),
                "authorities": [trust.pem(c) for c in certificates[1:]],
            }
        case ["documents"] if method == "GET":
            return [describe(document) for document in store.documents(5000)]
        case ["calls"] if method == "GET":
            return store.calls()
        case ["reset"] if method == "POST":
            store.reset(everything=request.args.get("everything") == "1")
            service.faults.replace([])
            return {"reset": True}
        case ["issuers" | "trust" | "identity" | "documents" | "calls" | "reset", *_]:
            raise MethodNotAllowed()
    raise NotFound()


def _faults(service: Service, request: Request) -> object:
    if request.method == "DELETE":
        service.faults.replace([])
    elif request.method == "PUT":
        data = _body(request)
        listed = data if isinstance(data, list) else [data]
        service.faults.replace([faults.from_json(item) for item in listed])
    elif request.method == "POST":
        service.faults.add(faults.from_json(_body(request)))
    elif request.method != "GET":
        raise MethodNotAllowed()
    return service.faults.as_json()


def put_issuer(store: Store, nit: str, data: object) -> None:
    """Register an issuer.

    :raises BadData: not in the seed file's shape.
    """
    if not re.fullmatch(r"\d{5,10}", nit):
        raise BadData(f"NIT {nit!r}: digits only, without check digit")
    if not isinstance(data, dict):
        raise BadData(f"issuer {nit}: an object is expected")
    for key in ("name", "software_id", "pin"):
        if not isinstance(data.get(key), str) or not data[key]:
            raise BadData(f"issuer {nit}: {key} is missing")
    ranges = data.get("ranges", [])
    if not isinstance(ranges, list):
        raise BadData(f"issuer {nit}: ranges is a list")
    kept = [_range(nit, row) for row in ranges]
    store.put_issuer(nit, {"test_set_id": "", **data, "ranges": kept})


def _range(nit: str, row: object) -> dict[str, object]:
    """A range with numbers as numbers and everything else as text."""
    missing = _RANGE_KEYS - set(row) if isinstance(row, dict) else _RANGE_KEYS
    if missing:
        raise BadData(f"issuer {nit}: a range lacks {', '.join(sorted(missing))}")
    kept: dict[str, object] = {key: str(value) for key, value in row.items()}
    for key in ("first", "last"):
        if not re.fullmatch(r"\d{1,18}", str(row[key]), re.ASCII):
            raise BadData(f"issuer {nit}: {key} of a range is no number")
        kept[key] = int(row[key])
    for key in ("start", "end"):
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", kept[key], re.ASCII):
            raise BadData(f"issuer {nit}: {key} of a range is no date YYYY-MM-DD")
    return kept


def put_trust(store: Store, data: bytes) -> int:
    """Add trust anchors from PEM; returns how many.

    :raises BadData: no certificate in it.
    """
    try:
        found = trust.load_pem(data)
    except ValueError as error:
        raise BadData(f"no PEM certificate: {error}") from error
    store.put_certificates([trust.pem(certificate) for certificate in found], anchor=True)
    return len(found)


def load_seed(store: Store, data: object) -> None:
    """Take over a seed file: ``{"issuers": {nit: {…}}, "trust": ["PEM…"]}``.

    :raises BadData: not in that shape.
    """
    if not isinstance(data, dict):
        raise BadData("the seed is not an object")
    for nit, issuer in data.get("issuers", {}).items():
        put_issuer(store, nit, issuer)
    for pem in data.get("trust", []):
        put_trust(store, str(pem).encode())


def describe(document: StoredDocument) -> dict[str, object]:
    """A stored document for JSON, without its files.

    ``verdict`` is ``accepted``, ``rejected`` or ``processing``; ``key`` is the CUFE or CUDE.
    """
    shown = {k: v for k, v in document.__dict__.items() if k not in ("xml", "answer")}
    verdict = "accepted" if document.accepted else "rejected"
    return {
        **shown,
        "key": document.document_key,
        "verdict": verdict if document.ready else "processing",
        "findings": list(document.findings),
        "xml": f"/documents/{document.id}/xml",
        "answer": f"/documents/{document.id}/answer",
    }


def _body(request: Request) -> object:
    try:
        return json.loads(request.get_data())
    except ValueError as error:
        raise BadRequest(f"no JSON: {error}") from error


def _missing() -> object:
    raise NotFound()


def _json(data: object, status: int = 200) -> Response:
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return Response(text + "\n", status, content_type="application/json; charset=utf-8")
