"""Counting what passed, failed and was skipped, whoever ran it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree

from . import odoo, places, venv
from .console import die_with_parent, say


@dataclass
class Tally:
    """Counts of one part, or of all of them added up."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, part: str, passed: int = 0, failed: int = 0, skipped: int = 0) -> Tally:
        """Counts of one part whose time does not matter."""
        return cls(passed, failed, skipped, {part: 0.0})

    def add(self, other: Tally) -> None:
        """Add another part's counts to these."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.seconds.update(other.seconds)

    def closing_line(self) -> str:
        """The one line that ends a run."""
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"

    def seconds_by_part(self) -> str:
        """Time of each part, in seconds."""
        return ", ".join(f"{part} {seconds:.0f} s" for part, seconds in self.seconds.items())


def report(part: str, begin: float, tally: Tally, output: str = "") -> Tally:
    """Show a part's result, with its output when something failed; keeps its time."""
    tally.seconds = {part: time.monotonic() - begin}
    if output:
        (places.logs() / f"test-{part}.log").write_text(output, encoding="utf-8")
    if tally.failed and output:
        lines = output.rstrip().splitlines()
        say("\n".join([f"----- {part} -----", *lines[-200:], f"----- end of {part} -----"]))
    say(f"{part}: {tally.closing_line()} in {tally.seconds[part]:.0f} s".replace(", 0 skipped", ""))
    return tally


def run_pytest(
    part: str, arguments: Sequence[str], variables: Mapping[str, str] | None = None
) -> Tally:
    """Run pytest in the private environment and count from its own report.

    :param variables: what the tests find in their environment besides.
    """
    begin = time.monotonic()
    # of this process alone until it is whole: the same part may run twice at once
    result = places.home() / f"junit-{part}.{os.getpid()}.xml"
    command = [
        venv.python(),
        "-m",
        "pytest",
        "-q",
        "-rs",
        "--tb=short",
        f"--junit-xml={result}",
        *arguments,
    ]
    done = subprocess.run(
        command,
        cwd=places.PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**_environment(), **(variables or {})},
        check=False,
        preexec_fn=die_with_parent,
    )
    tally = Tally()
    if result.exists():
        tally = read_junit(result)
        result.replace(places.home() / f"junit-{part}.xml")
    # exit code 5: nothing was collected, which is no failure of this part
    if done.returncode not in (0, 5) and not tally.failed:
        tally.failed = 1
    return report(part, begin, tally, done.stdout)


def _environment() -> dict[str, str]:
    """For pytest: the guard on dead overrides reads Odoo's source where it is here already."""
    found = odoo.find()
    tree = {"OPENPCE_ODOO_TREE": str(found.path)} if found else {}
    return {**os.environ, **tree, "PYTHONDONTWRITEBYTECODE": "1"}


def read_junit(path: os.PathLike[str]) -> Tally:
    """Counts of a JUnit file as pytest writes it."""
    tally = Tally()
    for suite in ElementTree.parse(path).getroot().iter("testsuite"):
        count = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
        failed = count["failures"] + count["errors"]
        tally.failed += failed
        tally.skipped += count["skipped"]
        tally.passed += max(0, count["tests"] - failed - count["skipped"])
    return tally
