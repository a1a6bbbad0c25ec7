"""Odoo's databases: configuration, installing modules, and a cached base to start from."""

from __future__ import annotations

import ast
import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import places, venv
from .console import SetupError, die_with_parent, explain, step
from .odoo import Odoo
from .postgres import Server

LANGUAGES = ("es_419", "es_CO")
# Part of the key of every cached base: raise it when the way a base is made changes.
_RECIPE = 1
# How to be let in by a server that is given; host, port and user stand in Odoo's configuration.
_PG_KEPT = ("PGPASS", "PGSSL", "PGREQUIRESSL", "PGCHANNELBINDING", "PGGSS", "PGKRB")


@dataclass(frozen=True)
class Site:
    """One Odoo on one server: what is needed to run it."""

    odoo: Odoo
    server: Server
    data: Path

    def config(self, name: str, **settings: object) -> Path:
        """Write a configuration file and return its path."""
        values: dict[str, object] = {
            "addons_path": ",".join(str(p) for p in (*self.odoo.addons_path, places.PROJECT)),
            "data_dir": self.data,
            "db_host": self.server.host,
            "db_port": self.server.port,
            "db_user": self.server.user,
            "db_maxconn": 32,
            "http_interface": "127.0.0.1",
            "list_db": False,
            "max_cron_threads": 0,
            "workers": 0,
            "with_demo": False,
            **settings,
        }
        file = places.home() / f"odoo-{name}.conf"
        lines = "".join(f"{key} = {value}\n" for key, value in values.items())
        file.write_text("[options]\n" + lines, encoding="utf-8")
        file.chmod(0o600)
        return file

    def command(self, config: Path, *arguments: str) -> list[str]:
        """Command line that runs Odoo."""
        return [str(venv.python()), "-m", "odoo", "-c", str(config), *arguments]

    def environment(self) -> dict[str, str]:
        """Environment that runs Odoo from its tree; a named PGHOST is in the configuration."""
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith("PG") or key.startswith(_PG_KEPT)
        }
        return {
            **kept,
            "PYTHONPATH": str(self.odoo.path),
            "PYTHONUNBUFFERED": "1",
            "LC_ALL": "C.UTF-8",
        }

    def filestore(self, database: str) -> Path:
        """Folder with the attachments of a database."""
        return self.data / "filestore" / database

    def call(self, log: Path, config: Path, *arguments: str, failure: str) -> str:
        """Run Odoo to its end; its log is kept and returned."""
        with log.open("w", encoding="utf-8") as stream:
            done = subprocess.run(
                self.command(config, *arguments),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=self.environment(),
                cwd=places.home(),
                check=False,
                preexec_fn=die_with_parent,
            )
        text = log.read_text(encoding="utf-8", errors="replace")
        if done.returncode:
            raise self.server.cause(failure) or SetupError(explain(failure, text, log))
        return text

    def drop(self, database: str) -> None:
        """Drop a database with its attachments."""
        self.server.drop(database)
        places.discard(self.filestore(database))

    def undo(self, database: str) -> None:
        """Leave nothing of a database that was made for a while or could not be finished."""
        places.discard(self.filestore(database))
        self.server.undo(database)


def base_modules() -> list[str]:
    """What the project's addons depend on, the addons themselves left out."""
    own = places.addons()
    wanted: set[str] = set()
    for name in own:
        text = (places.PROJECT / name / "__manifest__.py").read_text(encoding="utf-8")
        wanted.update(ast.literal_eval(text).get("depends", []))
    return sorted(wanted - set(own))


def ensure_base(site: Site) -> Path:
    """Folder with a dump and filestore of a database that has only Odoo's own modules."""
    words = [site.odoo.key, site.server.major(), str(_RECIPE), *LANGUAGES, *base_modules()]
    # a dump that has an extension cannot be restored where there is none
    words += [f"-{name}" for name in site.server.lacking()]
    key = hashlib.sha256(" ".join(words).encode()).hexdigest()[:12]
    folder = places.cache() / f"base-{key}"
    with places.locked(places.cache(), "base"):
        if not folder.is_dir():
            with step("Odoo's own modules: base database (once)"):
                _build_base(site, folder)
        places.keep(folder, "base-*")
    return folder


def _build_base(site: Site, folder: Path) -> None:
    # one name, so that what a killed start left is replaced
    name = site.server.name("openpce_base")
    part = folder.with_name(folder.name + ".part")
    places.discard(part)
    part.mkdir()
    try:
        site.drop(name)
        site.server.create(name)
        site.server.extend(name)
        site.call(
            places.logs() / "base.log",
            site.config(name),
            *("-d", name, "-i", ",".join(base_modules()), "--load-language", ",".join(LANGUAGES)),
            *("--stop-after-init", "--no-http", "--log-level", "warn"),
            failure="Odoo's own modules could not be installed",
        )
        site.server.run("pg_dump", "-Fc", "-f", part / "dump", "-d", name)
        shutil.copytree(site.filestore(name), part / "filestore", dirs_exist_ok=True)
        part.rename(folder)
    finally:
        places.discard(part)
        places.discard(places.home() / f"odoo-{name}.conf")
        site.undo(name)


def restore(site: Site, base: Path, name: str) -> None:
    """A new database out of a cached base."""
    site.drop(name)
    site.server.create(name)
    words = ["-j2", "--no-owner", "--no-privileges", "--no-comments"]
    site.server.run("pg_restore", *words, "-d", name, base / "dump")
    shutil.copytree(base / "filestore", site.filestore(name), dirs_exist_ok=True)
    # two copies of one base are two databases to whoever sees their identifiers
    site.server.sql(
        "UPDATE ir_config_parameter SET value = gen_random_uuid()::text"
        " WHERE key = 'database.uuid'",
        name,
    )


def install(site: Site, name: str, config: Path, modules: Sequence[str]) -> float:
    """Install modules; returns the seconds it took."""
    begin = time.monotonic()
    site.call(
        places.logs() / f"install-{name}.log",
        config,
        *(
            "-d",
            name,
            "-i",
            ",".join(modules),
            "--stop-after-init",
            "--no-http",
            "--log-level",
            "warn",
        ),
        failure=f"{', '.join(modules)} could not be installed",
    )
    return time.monotonic() - begin
