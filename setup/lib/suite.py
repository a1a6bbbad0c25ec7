"""`setup/test`: lint, guard tests, pure tests, Odoo tests and browser tours, with one total."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence

from . import odoo, places, venv
from .console import SetupError, readable_failures, say
from .tally import Tally, run_pytest

_DESCRIPTION = """\
Runs the tests of OpenPCE and ends with one line: N passed, N failed, N skipped.

parts (default: all of them):
  guard    rules of the house: who imports whom, sizes, access rights     (seconds)
  lint     ruff, pylint-odoo, XML and translation files, mypy --strict    (no database)
  pure     pytest on tests/: DIAN's documents, the stand-in               (no database)
  odoo     the addons' tests inside Odoo, then those with its module purchase
  tours    the addons' browser tests in headless Chromium
  faults   workers killed, answers lost, two at once, against the stand-in
  bench    what issuing an invoice costs, as JSON; only when named; bench workflow: the
           supplier bills beside OCA's tier validation; bench bill_desk: the desk beside
           Odoo's own list, form and preview, in Chromium  (tests/benchmarks/README.md)

A part takes selectors:  setup/test pure tests/dian/test_nit.py -k check_digit
                         setup/test odoo :TestDocument.test_sent_once
Environment: OPENPCE_DIAN_REFERENCE (DIAN's published material), OPENPCE_CACHE, OPENPCE_HOME,
ODOO_PATH, PGHOST/PGPORT/PGUSER."""
PARTS = ("guard", "lint", "pure", "odoo", "tours", "faults")
# Measures, passes no judgement, and so runs only when it is named.
BENCH = "bench"


def main(arguments: Sequence[str]) -> int:
    """Entry of `setup/test`; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="setup/test",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("part", nargs="?", choices=(*PARTS, BENCH), help="run this part only")
    options, selectors = parser.parse_known_args(arguments)
    if selectors and not options.part:
        parser.error("name the part that the selectors are for")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    begin = time.monotonic()
    parts = (options.part,) if options.part else PARTS
    with readable_failures():
        places.prepare()
        if options.part == BENCH:
            return _bench(selectors)
        total = _run_parts(parts, selectors)
    say(f"{total.seconds_by_part()}, {time.monotonic() - begin:.0f} s in all")
    if not total.passed and not total.failed:
        say("no test ran")
    print(total.closing_line(), flush=True)
    return 1 if total.failed or not total.passed else 0


def _bench(arguments: list[str]) -> int:
    from . import bench

    odoo.ensure()
    venv.ensure("odoo", "project", "services", "test")
    return bench.run(arguments)


def _run_parts(parts: Sequence[str], selectors: list[str]) -> Tally:
    """Two lanes, one per core: Odoo's tests beside everything else, tours at the end."""
    groups = ["project", "services", "test"]
    if any(part in ("odoo", "tours", "faults") for part in parts):
        groups.insert(0, "odoo")
        odoo.ensure()
    venv.ensure(*groups)
    total = Tally()
    jobs = {part: _job(part, selectors) for part in parts}
    first = [jobs[part] for part in ("guard", "lint", "pure", "tours") if part in jobs]
    second = [jobs[part] for part in ("odoo", "faults") if part in jobs]
    _in_lanes([first, second], total)
    return total


def _job(part: str, selectors: list[str]) -> Callable[[], Tally]:
    if part == "guard":
        return lambda: run_pytest("guard", ["tests/repo", *selectors])
    if part == "pure":
        return lambda: run_pytest(
            "pure",
            selectors
            if _names_a_test(selectors)
            else ["tests", "--ignore=tests/repo", "--ignore=tests/system", *selectors],
        )
    if part == "lint":
        from . import lint

        return lambda: lint.check(selectors)
    if part == "faults":
        from . import fault_tests

        return lambda: fault_tests.check(selectors)
    from . import odoo_tests

    return lambda: odoo_tests.check(part, selectors)


def _names_a_test(selectors: list[str]) -> bool:
    return any((places.PROJECT / word.split("::")[0]).exists() for word in selectors)


def _in_lanes(lanes: list[list[Callable[[], Tally]]], total: Tally) -> None:
    errors: list[BaseException] = []

    def follow(lane: list[Callable[[], Tally]]) -> None:
        try:
            for job in lane:
                total.add(job())
        except BaseException as error:  # handed to the caller below, nothing is swallowed
            errors.append(error)

    threads = [threading.Thread(target=follow, args=(lane,), daemon=True) for lane in lanes if lane]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in errors:
        if isinstance(error, SetupError):
            say(f"\nCannot go on: {error}")
            total.add(Tally.of("setup", failed=1))
        else:
            raise error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
