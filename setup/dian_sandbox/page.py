"""The plain page: what was received and what was thought of it."""

from __future__ import annotations

from werkzeug.wrappers import Request, Response

from .service import Service


def handle(service: Service, request: Request) -> Response | None:
    """Answer a GET outside /admin and the service; None when there is nothing there."""
    if request.path == "/":
        return Response("soon\n")
    return None
