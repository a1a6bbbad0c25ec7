"""Command line: ``python -m dian_sandbox --port 8070 --state FILE.sqlite``."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

from . import admin, faults
from .app import Application
from .faults import FaultBook
from .identity import load_or_create
from .judge import Judge
from .operations import Operations
from .request import SERVICE_PATH
from .server import SandboxServer
from .service import Service
from .store import Store


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until interrupted."""
    options = parser().parse_args(arguments)
    try:
        service = build_service(options)
        server = SandboxServer(options.host, options.port, Application(service))
    except (OSError, ValueError, sqlite3.Error) as error:
        print(f"dian_sandbox: {error}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"DIAN stand-in: http://{options.host}:{server.server_port}{SERVICE_PATH}", flush=True)
    try:
        server.serve_forever()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        server.server_close()
        service.store.close()
    return 0


def build_service(options: argparse.Namespace) -> Service:
    """Everything the command line asks for, wired.

    :raises ValueError: a seed, trust file or fault that cannot be used.
    """
    state = Path(options.state)
    store = Store(state)
    if options.seed:
        admin.load_seed(store, json.loads(Path(options.seed).read_text(encoding="utf-8")))
    for trusted in options.trust:
        admin.put_trust(store, Path(trusted).read_bytes())
    reference = Path(options.reference) if options.reference else None
    if reference is not None and not reference.is_dir():
        raise ValueError(f"no folder {reference}")
    judge = Judge(store, options.environment, reference)
    identity = load_or_create(state.with_name(state.name + ".identity.pem"))
    return Service(
        store,
        Operations(store, judge, identity, options.delay),
        FaultBook(faults.from_text(text) for text in options.fault),
        dt.timedelta(seconds=options.skew),
    )


def parser() -> argparse.ArgumentParser:
    """The options of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m dian_sandbox",
        description="A stand-in for DIAN's invoice service, for development and tests.",
        epilog=f"Faults: {', '.join(sorted(faults.KINDS))}. "
        "Example: --fault drop_after:operation=SendBillSync,times=2",
    )
    add = made.add_argument
    add("--host", default="127.0.0.1", help="address to bind (default: loopback only)")
    add("--port", type=int, default=8070, help="port, 0 for a free one (default 8070)")
    add("--state", default="dian_sandbox.sqlite", help="SQLite file; kept between starts")
    add("--seed", help="JSON file with issuers and trust, see README.md")
    add(
        "--trust",
        action="append",
        default=[],
        metavar="PEM",
        help="trusted authorities: root and subordinates; may be repeated",
    )
    add(
        "--reference",
        default=os.environ.get("OPENPCE_DIAN_REFERENCE", ""),
        metavar="DIR",
        help="folder with DIAN's published XSD (default: $OPENPCE_DIAN_REFERENCE)",
    )
    add(
        "--environment",
        choices=("1", "2", "any"),
        default="2",
        help="environment the documents must name: 1 production, 2 test (default)",
    )
    add(
        "--delay",
        type=float,
        default=2.0,
        metavar="SECONDS",
        help="how long an asynchronous batch takes (default 2)",
    )
    add(
        "--skew",
        type=float,
        default=300.0,
        metavar="SECONDS",
        help="clock difference allowed (default 300)",
    )
    add(
        "--fault",
        action="append",
        default=[],
        metavar="KIND[:KEY=VALUE,…]",
        help="misbehave from the start; may be repeated",
    )
    return made
