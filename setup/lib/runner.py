"""`setup/run`: OpenPCE on this machine, from nothing to an accepted invoice."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import check, places, stack
from .console import SetupError, readable_failures, say
from .demo_users import KINDS, USERS

# Held by whoever starts, runs or resets the demo of this work folder.
_CLAIM = "run"

_DESCRIPTION = """\
Starts Odoo 19 with a Colombian demo company that issues electronic invoices to a stand-in of
DIAN's service, all on this machine. What is missing is fetched on the first start (some minutes);
everything it makes is in the folder .openpce of this project. Ctrl-C stops it."""
_EPILOG = """\
environment: OPENPCE_HOME (another folder instead of .openpce), OPENPCE_CACHE (downloads shared by
several clones), ODOO_PATH (an Odoo 19.0 tree of yours), OPENPCE_ODOO_ANY=1 (take whatever odoo-19
Debian has now), PGHOST/PGPORT/PGUSER (a PostgreSQL server of yours), OPENPCE_PYTHON."""


def main(arguments: Sequence[str]) -> int:
    """Entry of `setup/run`; returns the exit code."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with readable_failures():
        places.prepare()
        if options.stop:
            return _stop()
        if options.reset:
            _stop(quiet=True)
            if not places.claim(_CLAIM):
                raise SetupError("another start is under way; try again when it has ended")
            stack.reset()
            return 0
        return _join(options) if options.check else _start(options)


def _start(options: argparse.Namespace) -> int:
    if not places.claim(_CLAIM):
        state = _state()
        where = f" at http://127.0.0.1:{state['port']}" if state else ""
        verb = "it runs already" if state.get("serves") else "it is being started already"
        raise SetupError(f"{verb}{where}; setup/run --stop stops it")
    return _run(options)


def _join(options: argparse.Namespace) -> int:
    """`--check` beside a demo that runs uses that one; another check is waited for."""
    told = False
    while not places.claim(_CLAIM):
        state = _state()
        if state.get("serves"):
            return check.check(f"http://127.0.0.1:{state['port']}", state["serves"])
        if not told:
            say("          waiting for another start of this folder")
            told = True
        time.sleep(1)
    return _run(options)


def _run(options: argparse.Namespace) -> int:
    system = stack.Stack(options.port)
    _tell(options.port)
    try:
        system.start()
        if options.check:
            return check.check(system.url, system.database)
        _tell(options.port, system.database)
        _welcome(system)
        with contextlib.suppress(KeyboardInterrupt):
            system.supervise()
        return 0
    finally:
        # a second Ctrl-C must not leave half of it running
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if system.children:
            say("\nStopping …")
        system.stop()
        _state_file().unlink(missing_ok=True)


def _welcome(system: stack.Stack) -> None:
    say(f"""
OpenPCE is ready.
  Odoo            {system.url}/odoo
  DIAN stand-in   http://127.0.0.1:{system.stand_in_port}/   what DIAN received, with its verdicts
  Mails           http://127.0.0.1:{system.mail_port}/   what the demo sent

  user            password        who""")
    for login, name, kind, _address in USERS:
        say(f"  {login:<15} {login:<15} {name}: {KINDS[kind]}")
    say("""
Confirm one of the draft invoices (Invoicing / Customers) and watch it being accepted;
`setup/run --check` in another terminal does it for all of them. Ctrl-C stops everything.""")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="setup/run",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--check",
        action="store_true",
        help="issue the demo's invoices, print one line each, and exit",
    )
    add("--reset", action="store_true", help="forget the demo's data; downloads are kept")
    add("--stop", action="store_true", help="stop a demo that runs in another terminal")
    add("--port", type=_port, default=8069, help="of Odoo; the next three are used too (8069)")
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or not 1024 <= int(text) <= 65000:
        raise argparse.ArgumentTypeError("a number from 1024 to 65000")
    return int(text)


def _state_file() -> Path:
    return places.home() / "run.json"


def _tell(port: int, serves: str = "") -> None:
    """For other terminals: our process and port, and the database once it can be used."""
    part = _state_file().with_suffix(".part")
    part.write_text(json.dumps({"pid": os.getpid(), "port": port, "serves": serves}))
    part.replace(_state_file())


def _state() -> dict[str, Any]:
    """What the holder of the claim tells; nothing when it has not come to that yet."""
    try:
        return dict(json.loads(_state_file().read_text()))
    except (OSError, ValueError):
        return {}


def _running() -> bool:
    """Whether somebody holds the claim; the file of a start that was killed does not count."""
    if not places.claim(_CLAIM):
        return True
    places.release(_CLAIM)
    return False


def _stop(*, quiet: bool = False) -> int:
    if not _running():
        if not quiet:
            say("Nothing is running.")
        return 0
    state = _state()
    if not state:
        raise SetupError("another start has just begun; try again in a moment")
    try:
        os.kill(state["pid"], signal.SIGTERM)
    except ProcessLookupError:
        pass
    except PermissionError as error:
        raise SetupError("the demo was started by another user, who has to stop it") from error
    until = time.monotonic() + 60
    while _running() and time.monotonic() < until:
        time.sleep(0.2)
    if _running():
        raise SetupError(f"the process {state['pid']} does not end; end it with kill -9")
    say("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
