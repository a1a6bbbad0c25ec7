"""`setup/test lint`: OCA's checks from installed packages, and strict types."""

from __future__ import annotations

import ast
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from . import places, venv
from .console import die_with_parent
from .tally import Tally, report

_PURE = (
    "l10n_co_openpce_edi/dian",
    "openpce_vendor_bill_workflow/bill_flow",
    "openpce_vendor_bill_workflow/connectors",
)
_WHITE = (".py", ".xml", ".csv", ".js", ".scss", ".sh", ".toml", ".yaml", ".sql", ".txt")


def check(only: Sequence[str] = ()) -> Tally:
    """Run the checks (or those whose name is given) and count each as one test."""
    begin = time.monotonic()
    tally = Tally()
    output: list[str] = []
    for name, command in _commands().items():
        if only and name not in only:
            continue
        problems = _run(command) if command else ""
        _count(tally, output, name, problems)
    if not only or "white space" in only:
        _count(tally, output, "white space", "\n".join(_white_space()))
    return report("lint", begin, tally, "\n".join(output))


def _count(tally: Tally, output: list[str], name: str, problems: str) -> None:
    if problems:
        tally.failed += 1
        output.append(f"--- {name}\n{problems.rstrip()}")
    else:
        tally.passed += 1


def _commands() -> dict[str, list[str]]:
    addons = places.addons()
    pure = [folder for folder in _PURE if (places.PROJECT / folder).is_dir()]
    po = [str(path) for name in addons for path in (places.PROJECT / name).glob("i18n/*.po*")]
    commands = {
        "ruff": ["ruff", "check", "--output-format=concise", "."],
        "ruff-format": ["ruff", "format", "--check", "."],
        "pylint-odoo": ["pylint", "--rcfile=.pylintrc", *addons],
        "odoo-module": ["oca-checks-odoo-module", *addons],
        "po": ["oca-checks-po", "--disable=po-pretty-format", *po] if po else [],
        "javascript": _javascript(addons),
    }
    for folder in pure:
        commands[f"mypy {Path(folder).name}"] = ["mypy", "--strict", folder]
    return commands


def _javascript(addons: Sequence[str]) -> list[str]:
    """Syntax of our scripts, judged by node where it is installed."""
    import shutil

    node = shutil.which("node")
    files = [p for name in addons for p in sorted((places.PROJECT / name).glob("static/**/*.js"))]
    if not node or not files:
        return []
    script = 'for f in "$@"; do node --input-type=module --check < "$f" || exit 1; done'
    return ["/bin/sh", "-c", script, "node", *map(str, files)]


def _run(command: list[str]) -> str:
    """What a check found ("" when it is content)."""
    program = command[0] if command[0].startswith("/") else str(venv.folder() / "bin" / command[0])
    done = subprocess.run(
        [program, *command[1:]],
        cwd=places.PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        preexec_fn=die_with_parent,
    )
    return (done.stdout or f"exit code {done.returncode}") if done.returncode else ""


def _white_space() -> list[str]:
    """Trailing blanks, missing last line end, files that do not parse or are left-overs."""
    found = []
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=places.PROJECT, capture_output=True, text=True, check=False
    )
    for name in filter(None, listed.stdout.split("\0")):
        path = places.PROJECT / name
        if path.suffix == ".rej" or name.endswith("i18n/en.po"):
            found.append(f"{name}: this file should not be here")
        if path.suffix not in _WHITE or not path.is_file() or "golden" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        found += [
            f"{name}:{number}: blanks at the end of the line"
            for number, line in enumerate(text.split("\n"), 1)
            if line != line.rstrip() and path.suffix != ".csv"
        ]
        if text and not text.endswith("\n"):
            found.append(f"{name}: no line end at the end of the file")
        if path.suffix == ".py":
            ast.parse(text, name)
    return found
