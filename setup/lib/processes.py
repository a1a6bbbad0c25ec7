"""Children that live as long as we do, each in a process group of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from .console import SetupError, die_with_parent, identity_of


class Child:
    """A program that runs beside us."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Path,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
    ) -> None:
        """Start it; output goes to ``log``, which starts anew."""
        self.name = name
        self.log = log
        with log.open("wb") as stream:
            self.process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=dict(env) if env is not None else None,
                start_new_session=True,
                preexec_fn=die_with_parent,
                **identity_of(user),
            )

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def stop(self, patience: float = 15) -> None:
        """Ask the whole group to end, then make it."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, sign)
            try:
                self.process.wait(patience)
                break
            except subprocess.TimeoutExpired:
                continue
        # its own children, should any have outlived it
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def tail(self, lines: int = 5) -> str:
        """Last lines of its log."""
        return " | ".join(self.log.read_text(errors="replace").strip().splitlines()[-lines:])


def port_is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(child: Child, url: str, seconds: float) -> None:
    """Wait until a child answers at ``url``.

    :raises SetupError: it ended or did not answer in time; the text quotes its log.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not child.alive():
            raise SetupError(f"{child.name} ended at once: {child.tail()} (details: {child.log})")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise SetupError(f"{child.name} does not answer after {seconds:.0f} s (details: {child.log})")
