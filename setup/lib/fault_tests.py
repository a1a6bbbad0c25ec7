"""`setup/test faults`: exactly once, with real processes on a copy of the demo database."""

from __future__ import annotations

from collections.abc import Sequence

from . import database, odoo_tests, places, stack
from .tally import Tally, run_pytest

_NAME = "openpce_test_faults"


def check(selectors: Sequence[str] = ()) -> Tally:
    """Make the database, run tests/system on it, drop it."""
    site, base = odoo_tests.prepare()
    name = site.server.name(_NAME)
    config = site.config(name)
    folder = places.home() / "demo-test"
    try:
        database.restore(site, base, name)
        database.install(site, name, config, places.addons())
        stack.make_demo(site, name, config, folder)
        environment = {
            "OPENPCE_SYSTEM_CONF": str(config),
            "OPENPCE_SYSTEM_DB": name,
            "PYTHONPATH": str(site.odoo.path),
        }
        return run_pytest("faults", ["tests/system", *selectors], environment)
    finally:
        site.undo(name)
        places.discard(folder)
        places.discard(config)
