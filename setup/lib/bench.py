"""`setup/test bench`: what issuing an invoice costs, in a fresh database that is dropped again."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from . import database, odoo_tests, places, venv
from .console import die_with_parent, step

_NAME = "openpce_bench"
_SCRIPT = places.PROJECT / "tests" / "benchmarks" / "emission.py"


def emission(arguments: Sequence[str] = ()) -> int:
    """Run tests/benchmarks/emission.py; its JSON is printed and kept. Returns its exit code."""
    site, base = odoo_tests.prepare()
    name = site.server.name(_NAME)
    config = site.config(name)
    try:
        with step("Database with the addons"):
            database.restore(site, base, name)
            database.install(site, name, config, places.addons())
        kept = places.home() / "emission.json"
        words = ["--config", config, "--database", name, "--output", kept, *arguments]
        return subprocess.run(
            [venv.python(), _SCRIPT, *words],
            stdin=subprocess.DEVNULL,
            env=site.environment(),
            cwd=places.home(),
            check=False,
            preexec_fn=die_with_parent,
        ).returncode
    finally:
        site.drop(name)
