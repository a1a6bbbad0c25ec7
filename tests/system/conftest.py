"""Odoo, PostgreSQL and the DIAN stand-in as processes of their own, to be killed and delayed.

Runs only where ``OPENPCE_SYSTEM_CONF`` names an Odoo configuration whose database has the addon
and its demo company (``setup/test faults`` makes both). Every worker is a forked process: it can
be killed with -9 at any step without taking the test along.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CONF = os.environ.get("OPENPCE_SYSTEM_CONF", "")
DATABASE = os.environ.get("OPENPCE_SYSTEM_DB", "")
SETUP = Path(__file__).resolve().parents[2] / "setup"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say why these tests skip where there is no Odoo for them."""
    if not CONF:
        for item in items:
            if Path(item.fspath).parent == Path(__file__).parent:
                item.add_marker(pytest.mark.skip(reason="needs Odoo: run setup/test faults"))


class Killed(Exception):
    """The worker died by a signal, as planned."""


class System:
    """What the tests do with the whole: run code in workers, look at the stand-in."""

    def __init__(self, sandbox: str) -> None:
        self.sandbox = sandbox
        import odoo
        from odoo.modules.registry import Registry

        odoo.tools.config.parse_config(["-c", CONF], setup_logging=False)
        self.registry = Registry(DATABASE)
        odoo.sql_db.close_all()

    def start(self, function: Callable[..., Any], *arguments: Any) -> tuple[int, int]:
        """Start a worker that runs ``function(env, *arguments)``; returns its pid and pipe."""
        read, write = os.pipe()
        pid = os.fork()
        if pid:
            os.close(write)
            return pid, read
        os.close(read)
        code = 1
        try:
            value = self._work(function, arguments)
            with os.fdopen(write, "wb") as stream:
                pickle.dump(value, stream)
            code = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            # No clean-up of the parent's fixtures, sockets or buffers in the child.
            sys.stderr.flush()
            os._exit(code)

    def _work(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        from odoo import SUPERUSER_ID, api

        self.registry.check_signaling()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"lang": "es_419"})
            value = function(env, *arguments)
            cr.commit()
        return value

    @staticmethod
    def finish(worker: tuple[int, int], timeout: float = 120) -> Any:
        """Wait for a worker and give its value.

        :raises Killed: it died by SIGKILL.
        """
        pid, read = worker
        with os.fdopen(read, "rb") as stream:
            data = stream.read()
        deadline = time.monotonic() + timeout
        while True:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                break
            assert time.monotonic() < deadline, "a worker hangs"
            time.sleep(0.01)
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL
            raise Killed
        assert os.WEXITSTATUS(status) == 0, "a worker failed; see its trace above"
        return pickle.loads(data)

    def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run ``function(env, *arguments)`` in a worker and give its value."""
        return self.finish(self.start(function, *arguments))

    # -- the stand-in ---------------------------------------------------------

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """A call to the stand-in's administration."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.sandbox}{path}",
            data,
            {"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.loads(response.read())

    def faults(self, *faults: dict[str, Any]) -> None:
        """Replace the faults of the stand-in."""
        self.ask("PUT", "/admin/faults", list(faults))

    def accepted(self) -> dict[str, list[str]]:
        """CUFEs that the stand-in accepted, by document number."""
        found: dict[str, list[str]] = {}
        for document in self.ask("GET", "/admin/documents"):
            if document["verdict"] == "accepted":
                found.setdefault(document["number"], []).append(document["key"])
        return found


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A stand-in of its own, without the reference folder: its speed is not the matter here."""
    folder = tmp_path_factory.mktemp("sandbox")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "dian_sandbox", "--port", str(port)]
        + ["--state", str(folder / "dian.sqlite")],
        env={**os.environ, "PYTHONPATH": str(SETUP)},
        stdout=(folder / "log").open("wb"),
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/health", process)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert process.poll() is None, "the stand-in did not start"
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the stand-in does not answer")


@pytest.fixture(scope="session")
def system(sandbox: str) -> System:
    """The whole, with the demo company known to the stand-in."""
    import company

    whole = System(sandbox)
    issuer = whole.run(company.connect, f"{sandbox}/WcfDianCustomerServices.svc")
    whole.ask("PUT", f"/admin/issuers/{issuer['nit']}", issuer["registration"])
    request = urllib.request.Request(
        f"{sandbox}/admin/trust", issuer["trust"].encode(), method="PUT"
    )
    urllib.request.urlopen(request, timeout=30).close()
    return whole


@pytest.fixture
def calm(system: System) -> Iterator[System]:
    """The system without faults, before and after."""
    system.faults()
    yield system
    system.faults()
