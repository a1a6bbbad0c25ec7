"""A running stand-in for each test module, and a client that knows it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dian_sandbox import admin
from dian_sandbox.app import Application
from dian_sandbox.cli import build_service, parser
from dian_sandbox.request import SERVICE_PATH
from dian_sandbox.server import SandboxServer

from .helpers import documents, signing
from .helpers.client import Client


def serve(folder: Path, *options: str) -> SandboxServer:
    """Start a stand-in in this process on a free port."""
    arguments = parser().parse_args(["--state", str(folder / "dian.sqlite"), *options])
    server = SandboxServer("127.0.0.1", 0, Application(build_service(arguments)))
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    ).start()
    return server


@pytest.fixture(scope="session")
def server(tmp_path_factory, chain) -> Iterator[SandboxServer]:
    """The stand-in, with the XSD when the reference folder is there."""
    reference = os.environ.get("OPENPCE_DIAN_REFERENCE", "")
    running = serve(tmp_path_factory.mktemp("dian"), "--reference", reference, "--delay", "0.4")
    store = running.application.service.store
    admin.put_issuer(store, documents.NIT, documents.SEED_ISSUER)
    admin.put_trust(store, chain.ca_pem())
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def client(server, chain) -> Iterator[Client]:
    """A client of a stand-in that has received nothing and behaves."""
    server.application.service.store.reset()
    server.application.service.faults.replace([])
    yield Client(f"http://127.0.0.1:{server.server_port}{SERVICE_PATH}", chain)
    server.application.service.faults.replace([])


@pytest.fixture
def signed(chain) -> Callable[..., bytes]:
    """Make a signed document: ``signed(number=…, style=Style(…))``."""

    def make(style: signing.Style | None = None, **values: object) -> bytes:
        return signing.sign(documents.build(documents.Draft(**values)), chain, style)

    return make
