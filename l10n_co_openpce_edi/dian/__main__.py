"""``python -m dian inspect FILE…``: what documents are, who signed them, what is wrong with them.

Exit status: 0 clean, 1 findings of rejection, 2 unreadable; of several files the worst.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import stat
import sys
from collections.abc import Iterator, Sequence

from .inspection import INSPECTION_ARCHIVE, Secrets, inspect
from .verdict_text import render
from .verdicts import Inspection, problem


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    secrets = Secrets(options.technical_key, options.pin)
    verdicts = (verdict for path in options.files for verdict in _inspect_file(path, secrets))
    return (_print_json if options.json else _print_text)(verdicts)


def _print_text(verdicts: Iterator[Inspection]) -> int:
    worst = 0
    for verdict in verdicts:
        worst = max(worst, verdict.exit_code)
        print(render(verdict))
    return worst


def _print_json(verdicts: Iterator[Inspection]) -> int:
    """One list, written as it grows: an archive may hold many documents."""
    worst, separator = 0, "["
    for verdict in verdicts:
        worst = max(worst, verdict.exit_code)
        print(separator, json.dumps(verdict.as_dict(), ensure_ascii=False, indent=2), sep="\n")
        separator = ","
    print("]" if separator == "," else "[]")
    return worst


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dian", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("inspect", help="tell what XML and ZIP files are")
    command.add_argument("files", nargs="+", metavar="FILE", help="XML or ZIP")
    command.add_argument("--json", action="store_true", help="a list with one object a document")
    command.add_argument(
        "--technical-key", default="", metavar="K", help="of the range: recomputes a CUFE"
    )
    command.add_argument(
        "--pin", default="", metavar="P", help="of the software: recomputes a CUDE or CUDS"
    )
    return parser


def _inspect_file(path: str, secrets: Secrets) -> Iterator[Inspection]:
    source = os.fsencode(path).decode("utf-8", "replace")
    try:
        data = _read(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        yield problem(
            source,
            "OPCE-FILE",
            f"The file cannot be read: {reason}.",
            "No se puede leer el archivo.",
        )
        return
    yield from inspect(source, data, secrets)


def _read(path: str) -> bytes:
    """Content of a regular file, never more than what the limits would refuse anyway.

    :raises ValueError: it is no regular file (reading a pipe could wait for ever).
    """
    # O_NONBLOCK: opening a pipe returns at once; the check then refuses it.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("it is no regular file")
        return stream.read(INSPECTION_ARCHIVE.size + 1)


def _run() -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):
        # File names and documents may hold what the terminal's encoding does not.
        sys.stdout.reconfigure(errors="backslashreplace")
    with contextlib.suppress(BrokenPipeError):
        return main()
    return 2


if __name__ == "__main__":
    sys.exit(_run())
