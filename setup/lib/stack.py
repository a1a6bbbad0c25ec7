"""The running demo: database, DIAN stand-in, mail catcher and Odoo."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from . import database, odoo, places, postgres, processes, venv
from .console import SetupError, run, say, step
from .processes import Child

_DATABASE = "openpce"
_SOURCES = (".py", ".xml", ".csv", ".po", ".sql", ".js", ".scss")
_MOST_RESTARTS = 3


class Stack:
    """Everything that `setup/run` starts, and stops again."""

    def __init__(self, port: int) -> None:
        """Odoo answers at ``port``, the others at the three ports after it."""
        self.port = port
        self.stand_in_port, self.mail_port, self.smtp_port = port + 1, port + 2, port + 3
        self.children: list[Child] = []
        self.site: database.Site | None = None
        self._makers: dict[str, Callable[[], Child]] = {}
        self._restarts = 0

    @property
    def url(self) -> str:
        """Address of Odoo."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> str:
        """Name of the demo's database; known once it has started."""
        assert self.site is not None
        return self.site.server.name(_DATABASE)

    def start(self) -> None:
        """Bring everything up; what is missing is fetched and made."""
        self._check_ports()
        found = _fetch()
        server = postgres.ensure("pg", durable=True)
        self.site = database.Site(found, server, places.home() / "data")
        _ensure_database(self.site)
        self._set_addresses()
        with step("DIAN stand-in, mail catcher and Odoo"):
            self._launch("DIAN stand-in", self._stand_in)
            self._launch("mail catcher", self._mail_catcher)
            self._launch("Odoo", self._odoo)
            self._wait()

    def stop(self) -> None:
        """Stop all of it, the last started first."""
        for child in reversed(self.children):
            child.stop()
        self.children.clear()
        if self.site:
            self.site.server.stop()

    def supervise(self) -> None:
        """Until interrupted: start helpers again that ended, give up when Odoo does."""
        while True:
            time.sleep(0.5)
            for child in list(self.children):
                if child.alive():
                    continue
                self._restarts += 1
                if child.name == "Odoo" or self._restarts > _MOST_RESTARTS:
                    raise SetupError(f"{child.name} ended: {child.tail()} (details: {child.log})")
                say(f"{child.name} ended and is started again (details: {child.log})")
                self.children.remove(child)
                self._launch(child.name, self._makers[child.name])

    def _launch(self, name: str, make: Callable[[], Child]) -> None:
        self._makers[name] = make
        self.children.append(make())

    def _check_ports(self) -> None:
        taken = [
            port for port in range(self.port, self.port + 4) if not processes.port_is_free(port)
        ]
        if taken:
            raise SetupError(
                f"port {', '.join(map(str, taken))} is in use by another program; "
                f"choose another with --port (four ports from there on are needed)"
            )

    def _set_addresses(self) -> None:
        """The ports may differ from last time."""
        assert self.site is not None
        service = f"http://127.0.0.1:{self.stand_in_port}/WcfDianCustomerServices.svc"
        self.site.server.sql(
            f"UPDATE res_company SET l10n_co_openpce_sandbox_url = '{service}';"
            f"UPDATE ir_config_parameter SET value = '{self.url}' WHERE key = 'web.base.url'",
            self.database,
        )

    def _stand_in(self) -> Child:
        folder = places.home() / "dian"
        folder.mkdir(exist_ok=True)
        command: list[str | Path] = [
            venv.python(),
            "-m",
            "dian_sandbox",
            "--port",
            str(self.stand_in_port),
        ]
        command += [
            "--state",
            folder / "state.sqlite",
            "--seed",
            places.home() / "demo" / "seed.json",
        ]
        return Child("DIAN stand-in", command, places.logs() / "stand-in.log", _setup_environment())

    def _mail_catcher(self) -> Child:
        command: list[str | Path] = [venv.python(), "-m", "lib.mail_catcher"]
        command += ["--smtp-port", str(self.smtp_port), "--http-port", str(self.mail_port)]
        command += ["--folder", places.home() / "mail"]
        return Child("mail catcher", command, places.logs() / "mail.log", _setup_environment())

    def _odoo(self) -> Child:
        assert self.site is not None
        config = self.site.config(
            self.database,
            db_name=self.database,
            http_port=self.port,
            max_cron_threads=1,
            **_inbox(self.site),
            smtp_server="127.0.0.1",
            smtp_port=self.smtp_port,
        )
        command = self.site.command(config)
        return Child("Odoo", command, places.logs() / "odoo-server.log", self.site.environment())

    def _wait(self) -> None:
        stand_in, mail, server = self.children
        processes.wait_for(stand_in, f"http://127.0.0.1:{self.stand_in_port}/health", 30)
        processes.wait_for(mail, f"http://127.0.0.1:{self.mail_port}/", 30)
        processes.wait_for(server, f"{self.url}/web/health", 90)
        with urllib.request.urlopen(f"{self.url}/web/login", timeout=120) as page:
            if page.status != 200:
                raise SetupError(f"Odoo answers with {page.status} (details: {server.log})")


def _setup_environment() -> dict[str, str]:
    """For programs of ours outside Odoo: `lib`, `dian_sandbox`, and the two modules of `dian`."""
    paths = (places.PROJECT / "setup", places.PROJECT / "l10n_co_openpce_edi")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONUNBUFFERED": "1"}


def _fetch() -> odoo.Odoo:
    """Python packages and Odoo, side by side: one waits for the network, one unpacks."""
    errors: list[BaseException] = []

    def packages() -> None:
        try:
            venv.ensure("odoo", "project", "services")
        except BaseException as error:  # handed to the caller below, nothing is swallowed
            errors.append(error)

    thread = threading.Thread(target=packages, daemon=True)
    thread.start()
    found = odoo.ensure()
    thread.join()
    for error in errors:
        raise error
    return found


def _ensure_database(site: database.Site) -> None:
    """The demo database; built under another name, so that half of one is never taken for it."""
    seal = places.home() / "demo" / "installed.json"
    sources, demo = _sources_digest(), _sources_digest("demo")
    made = _read_seal(seal)
    name = site.server.name(_DATABASE)
    present = name in site.server.databases()
    if present and made.get("sources") == sources:
        return
    if present and made:
        with step("Demo database: the addons changed, updating"):
            names = ",".join(places.addons())
            site.call(
                places.logs() / "update.log",
                site.config(name),
                *(
                    "-d",
                    name,
                    "-u",
                    names,
                    "--stop-after-init",
                    "--no-http",
                    "--log-level",
                    "warn",
                ),
                failure="the addons could not be updated; --reset makes a new demo",
            )
        if made.get("demo") != demo:
            say("          the demo data changed too: setup/run --reset makes a new demo with it")
    else:
        seal.unlink(missing_ok=True)
        _build_database(site)
    seal.write_text(json.dumps({"sources": sources, "demo": demo}))


def _read_seal(seal: Path) -> dict[str, str]:
    """What the seal says; one that a kill or a full disk cut short says nothing."""
    try:
        return dict(json.loads(seal.read_text()))
    except (OSError, ValueError):
        return {}


def _build_database(site: database.Site) -> None:
    final = site.server.name(_DATABASE)
    name = site.server.name(f"{_DATABASE}_new")
    base = database.ensure_base(site)
    config = site.config(name, **_inbox(site))
    try:
        with step("Demo database: OpenPCE's addons"):
            database.restore(site, base, name)
            database.install(site, name, config, places.addons())
        with step("Demo database: company, customers, invoices"):
            places.discard(places.home() / "dian")
            places.discard(site.data / "inbox")
            make_demo(site, name, config, places.home() / "demo")
        site.drop(final)
        site.server.sql(f'ALTER DATABASE "{name}" RENAME TO "{final}"')
        site.filestore(name).rename(site.filestore(final))
    finally:
        places.discard(config)
        site.undo(name)


def _inbox(site: database.Site) -> dict[str, Path]:
    """Option of odoo.conf: the directory that connections to folders may read."""
    return {"openpce_bill_folders": site.data / "inbox"}


def make_demo(site: database.Site, name: str, config: Path, folder: Path) -> None:
    """The demo company in a database that has the addons; its seed.json goes to ``folder``."""
    environment = site.environment()
    environment["PYTHONPATH"] += f"{os.pathsep}{places.PROJECT / 'setup'}"
    failure = "the demo company could not be made"
    try:
        run(
            [venv.python(), "-m", "lib.demo", "--config", config, "--database", name]
            + ["--folder", folder],
            env=environment,
            log=places.logs() / f"demo-{name}.log",
            failure=failure,
        )
    except SetupError as error:
        raise site.server.cause(failure) or error from error


def _sources_digest(folder: str = "") -> str:
    """What the addons' files are, or those in folders of this name."""
    digest = hashlib.sha256()
    for name in places.addons():
        for path in sorted((places.PROJECT / name).rglob("*")):
            inside = path.relative_to(places.PROJECT)
            wanted = path.suffix in _SOURCES and "tests" not in inside.parts
            if wanted and (not folder or folder in inside.parts) and path.is_file():
                digest.update(f"{inside}".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def reset() -> None:
    """Forget the demo: database, stand-in's memory, mails, certificates. Downloads are kept."""
    if (places.home() / "demo").exists() or (places.home() / "pg").exists():
        server = postgres.ensure("pg", durable=True)
        server.drop(server.name(_DATABASE))
        server.stop()
    for name in ("demo", "dian", "mail", "data"):
        places.discard(places.home() / name)
    say("The demo is gone; the next start makes a new one.")
