"""The server: Werkzeug's threaded one, because faults need the client's socket.

Werkzeug is kept well, comes with Odoo, and hands the raw connection to the application
(``werkzeug.socket``); waitress buffers answers in a loop of its own and does not. It is not meant
for production, and neither is this service.
"""

from __future__ import annotations

import socket
import struct

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from .app import Application
from .request import SERVICE_PATH

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER on, zero seconds: close() sends RST


class QuietHandler(WSGIRequestHandler):
    """Calls are logged in the state, not on the terminal."""

    server: SandboxServer

    timeout = 120  # an idle or silent client does not hold its thread for ever

    served = False

    def run_wsgi(self) -> None:
        """Answer; a connection kept open is refused at its next call."""
        if self.served and self.path.startswith(SERVICE_PATH) and self._refuses():
            self.close_connection = True
            return
        self.served = True
        super().run_wsgi()

    def _refuses(self) -> bool:
        return self.server.application.service.faults.refuses()

    def log_request(self, *_args: object) -> None:
        """Say nothing."""

    def log_error(self, *_args: object) -> None:
        """Say nothing about clients that hang up."""


class SandboxServer(ThreadedWSGIServer):
    """A thread per connection; with the fault ``refuse``, the connection is reset instead."""

    application: Application

    def __init__(self, host: str, port: int, application: Application) -> None:
        """Bind; the port 0 takes a free one."""
        super().__init__(host, port, application, QuietHandler)
        self.application = application

    def process_request_thread(self, request: socket.socket, client_address: object) -> None:
        """Refuse, or serve. Admin and page stay reachable: only calls to the service are refused,
        which the first bytes tell without being read."""
        if self._calls_service(request) and self.application.service.faults.refuses():
            request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            request.close()
            return
        super().process_request_thread(request, client_address)

    def _calls_service(self, request: socket.socket) -> bool:
        faults = self.application.service.faults.as_json()
        if not any(fault["kind"] == "refuse" for fault in faults):
            return False
        request.settimeout(5)
        try:
            start = request.recv(len(SERVICE_PATH) + 6, socket.MSG_PEEK | socket.MSG_WAITALL)
        except OSError:
            return False
        finally:
            request.settimeout(None)
        return start.startswith(f"POST {SERVICE_PATH}".encode())
