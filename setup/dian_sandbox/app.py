"""The WSGI application: the service, the JSON admin and the page, behind one address."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterable, Iterator

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Request, Response

from . import admin, page
from .request import SERVICE_PATH
from .service import DropConnection, Service

_MAX_BODY = 80 * 1024 * 1024  # a 50 MB zip in base64, and its envelope


class SandboxRequest(Request):
    """A request with a bounded body."""

    max_content_length = _MAX_BODY


class Application:
    """WSGI callable over one :class:`Service`."""

    def __init__(self, service: Service) -> None:
        """Keep the service."""
        self.service = service

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        """Answer one request."""
        request = SandboxRequest(environ)
        try:
            response = self._dispatch(request)
        except HTTPException as error:
            response = error.get_response(environ)
        except DropConnection as error:
            _hang_up(environ)
            raise ConnectionAbortedError(str(error)) from error
        return response(environ, start_response)

    def _dispatch(self, request: Request) -> Response:
        if request.path == SERVICE_PATH:
            return self._soap(request)
        if request.path == "/health":
            return Response("ok\n", mimetype="text/plain")
        if request.path.startswith("/admin/"):
            return admin.handle(self.service, request)
        if request.method not in ("GET", "HEAD"):
            raise MethodNotAllowed(["GET"])
        shown = page.handle(self.service, request)
        if shown is None:
            raise NotFound()
        return shown

    def _soap(self, request: Request) -> Response:
        if request.method != "POST":
            return Response("Service WcfDianCustomerServices (stand-in). POST SOAP 1.2 here.\n")
        named = re.search(r'action="([^"]*)"', request.headers.get("Content-Type", ""))
        reply = self.service.handle(
            request.get_data(cache=False),
            action=named[1] if named else "",
            own_url=request.base_url,
        )
        if not reply.cut:
            return Response(reply.body, reply.status, content_type=reply.content_type)
        response = Response(
            _half(reply.body, request.environ), reply.status, content_type=reply.content_type
        )
        response.content_length = len(reply.body)
        return response


def _half(body: bytes, environ: dict) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    _hang_up(environ)
    raise ConnectionAbortedError("truncated on request")


def _hang_up(environ: dict) -> None:
    """Close the client's socket under the server, which puts it into the environment."""
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
