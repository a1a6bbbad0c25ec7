"""`setup/test odoo` and `tours`: the addons' tests inside Odoo, on a copy of a cached base."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Sequence

from . import database, odoo, places, postgres, postgres_programs, processes, venv
from .console import SetupError, die_with_parent, say
from .tally import Tally, report

_RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests when loading database")
_SKIPPED = re.compile(r" INFO \S+ odoo\.addons\.\S+: skipped (.*)$", re.MULTILINE)
_ERROR = re.compile(r"^\d{4}-\d\d-\d\d \S+ \d+ (?:ERROR|CRITICAL) \S+ (\S+): (.*)$", re.MULTILINE)
_FAILED = re.compile(r": (?:FAIL|ERROR): (?:Subtest )?([\w.]+(?: \([\w.]+\))?)")
# Said by Odoo itself on every server without the extension (the embedded PostgreSQL).
_HARMLESS = re.compile(r"pg_trgm|unaccent")
_TOUR = re.compile(r"\b(start_tour|browser_js)\(")
# Tests with this tag need a module of Odoo that no addon depends on; it comes on top at the end.
_EXTRAS = {"with_purchase": "purchase"}
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

_guard = threading.Lock()
_site: list[database.Site] = []
_base: list[object] = []


def check(part: str, selectors: Sequence[str] = ()) -> Tally:
    """Run one shard: ``odoo`` (all but the tours, then those of further modules) or ``tours``."""
    begin = time.monotonic()
    tours = tour_files()
    if part == "tours":
        if not tours:
            return report(part, begin, Tally())
        if not browser():
            say("tours: no Chromium here; install chromium or google-chrome to run them")
            return report(part, begin, Tally(skipped=len(tours)))
    tags = _tags(part, tours, selectors)
    site, base = prepare()
    begin = time.monotonic()
    name = site.server.name(f"openpce_test_{part}")
    database.restore(site, base, name)
    extras = {
        tag: module for tag, module in _EXTRAS.items() if part == "odoo" and _wanted(tag, selectors)
    }
    total = Tally()
    if not extras or not selectors or set(selectors) - _classes(*extras):
        total.add(_judge(part, begin, *_run(site, name, tags)))
    else:
        database.install(site, name, site.config(name), places.addons())
    for tag, module in extras.items():
        total.add(_check_with(site, name, tag, module, selectors))
    site.drop(name)
    return total


def _judge(part: str, begin: float, text: str, code: int) -> Tally:
    """Count and report what a run of Odoo said."""
    tally, remarks = count(text, code)
    for reason in _SKIPPED.findall(text):
        say(f"{part}: skipped {reason}")
    shown = "\n".join([*_failures(text), *remarks]) if tally.failed else ""
    tally = report(part, begin, tally, shown)
    (places.logs() / f"test-{part}.log").write_text(text, encoding="utf-8")
    return tally


def _check_with(
    site: database.Site, name: str, tag: str, module: str, selectors: Sequence[str]
) -> Tally:
    """Tests that need another module, which is installed over the addons as a company does."""
    begin = time.monotonic()
    database.install(site, name, site.config(name), [module])
    words = sorted(set(selectors) & _classes(tag)) if selectors else [""]
    tags = ",".join(f"{tag}/{addon}{word}" for addon in places.addons() for word in words)
    return _judge(module, begin, *_run(site, name, tags, installed=True))


def _wanted(tag: str, selectors: Sequence[str]) -> bool:
    return not selectors or bool(set(selectors) & _classes(tag))


def _classes(*tags: str) -> set[str]:
    """Selectors of the test classes that have one of the tags, with and without their methods."""
    found = set()
    for name in places.addons():
        for path in (places.PROJECT / name / "tests").glob("test_*.py"):
            text = path.read_text(encoding="utf-8")
            if any(f'"{tag}"' in text for tag in tags):
                for block in re.split(r"^class ", text, flags=re.MULTILINE)[1:]:
                    selector = ":" + re.split(r"\W", block, maxsplit=1)[0]
                    methods = re.findall(r"def (test_\w+)", block)
                    found |= {selector, *(f"{selector}.{method}" for method in methods)}
    return found


def browser() -> str | None:
    """A Chromium on the path, installed when we may."""
    with _guard:
        found = _present_browser()
        if not found and postgres_programs.may_install():
            try:
                postgres_programs.install("chromium")
            except SetupError as error:
                say(f"tours: {error}")
            found = _present_browser()
        return found


def _present_browser() -> str | None:
    """One that runs: Ubuntu's chromium-browser only says that it is to be had elsewhere."""
    for found in filter(None, map(shutil.which, _BROWSERS)):
        command = [found, "--version"]
        if not subprocess.run(command, capture_output=True, check=False).returncode:
            return found
    return None


def tour_files() -> list[str]:
    """Test files that drive a browser, as Odoo's test tags name files."""
    return [
        f"/{name}/tests/{path.name}"
        for name in places.addons()
        for path in sorted((places.PROJECT / name / "tests").glob("test_*.py"))
        if _TOUR.search(path.read_text(encoding="utf-8"))
    ]


def _tags(part: str, tours: Sequence[str], selectors: Sequence[str]) -> str:
    if selectors:
        # `:Class.method` means in any of our addons
        return ",".join(
            f"/{name}{word}" if word.startswith(":") else word
            for word in selectors
            for name in places.addons()
        )
    if part == "tours":
        return ",".join(tours)
    return ",".join([*(f"/{name}" for name in places.addons()), *(f"-{file}" for file in tours)])


def prepare() -> tuple[database.Site, object]:
    """Server, Odoo and base, made once for both shards."""
    with _guard:
        if not _site:
            _wait_for_turn()
            server = postgres.ensure("pg-test", durable=False)
            atexit.register(server.stop)
            site = database.Site(odoo.ensure(), server, places.home() / "data-test")
            _base.append(database.ensure_base(site))
            _site.append(site)
        return _site[0], _base[0]


def _wait_for_turn() -> None:
    """One test run at a time has the databases of this work folder."""
    told = False
    while not places.claim("test"):
        if not told:
            say("          waiting for another setup/test of this folder to end")
            told = True
        time.sleep(1)


def _run(site: database.Site, name: str, tags: str, *, installed: bool = False) -> tuple[str, int]:
    config = site.config(name, http_port=processes.free_port(), gevent_port=processes.free_port())
    log = places.logs() / f"{name}.log"
    modules = [] if installed else ["-i", ",".join(places.addons())]
    arguments = ["-d", name, *modules, "--test-tags", tags]
    with log.open("wb") as stream:
        done = subprocess.run(
            site.command(config, *arguments, "--stop-after-init"),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env={**site.environment(), "PATH": f"{venv.folder() / 'bin'}:{_path()}"},
            cwd=places.home(),
            check=False,
            preexec_fn=die_with_parent,
        )
    return log.read_text(encoding="utf-8", errors="replace"), done.returncode


def _path() -> str:
    return os.environ.get("PATH", "/usr/bin:/bin")


def count(text: str, code: int) -> tuple[Tally, list[str]]:
    """Read Odoo's log: its own totals, and whatever it logged as an error besides."""
    tally = Tally()
    remarks = []
    results = _RESULT.findall(text)
    for failures, errors, tests in results[-1:]:
        tally.skipped = len(_SKIPPED.findall(text))
        # Odoo counts each failing subtest; here a test fails once
        names = set(_FAILED.findall(text))
        tally.failed = len(names) or int(failures) + int(errors)
        within = len([name for name in names if not name.startswith("setUp")])
        tally.passed = max(0, int(tests) - within - tally.skipped)
    errors = [
        f"{logger}: {message}"
        for logger, message in _ERROR.findall(text)
        if not message.startswith(("FAIL: ", "ERROR: "))
        and logger != "odoo.tests.result"
        and not _HARMLESS.search(message)
    ]
    if errors and not tally.failed:
        tally.failed = 1
        remarks += ["errors in Odoo's log:", *errors[:20]]
    if (code or not results) and not tally.failed:
        tally.failed = 1
        remarks.append(f"Odoo ended with code {code} and without a result; its last lines:")
        remarks += text.rstrip().splitlines()[-25:]
    return tally, remarks


def _failures(text: str) -> list[str]:
    """Error records of the log with the trace that follows each."""
    shown, inside = [], False
    for line in text.splitlines():
        if re.match(r"\d{4}-\d\d-\d\d ", line):
            inside = bool(re.match(r"\S+ \S+ \d+ (ERROR|CRITICAL) ", line))
        if inside:
            shown.append(line)
    return shown
