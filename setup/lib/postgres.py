"""A PostgreSQL server: the one that is named, or a private one in the work folder.

A private cluster listens on a Unix socket alone, in a folder that only its owner may enter, so it
needs no port and no password. It ends with the process that started it, however that one ends.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import disk, owners, places
from . import postgres_programs as programs
from .console import SetupError, explain, identity_of, run, say, step

_USER = "odoo"
_EXTENSIONS = ("pg_trgm", "unaccent")
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
    _guard: subprocess.Popen[bytes] | None = None
    _read: int = 0

    def options(self) -> list[str]:
        """Connection options of PostgreSQL's own programs; they never ask for a password."""
        return ["-w", "-h", self.host, "-p", self.port, "-U", self.user]

    def name(self, database: str) -> str:
        """Name of a database of ours: on a server that others use too, one that is ours alone."""
        return database if self.data else f"{database}_{owners.mark()}"

    def run(self, program: str, *arguments: str | Path, failure: str = "") -> str:
        """Run one of PostgreSQL's programs against this server."""
        command = [self.binaries / program, *self.options(), *arguments]
        failure = failure or f"PostgreSQL: {program} failed"
        try:
            return run(command, failure=failure)
        except SetupError as error:
            raise self.cause(failure) or error from error

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
        for name in _EXTENSIONS:
            with contextlib.suppress(SetupError):
                self.sql(f"CREATE EXTENSION IF NOT EXISTS {name}", database)

    def lacking(self) -> list[str]:
        """Those of the extensions that this server does not have (the embedded one, for one)."""
        found = set(self.sql("SELECT name FROM pg_available_extensions").split())
        return [name for name in _EXTENSIONS if name not in found]

    def databases(self) -> set[str]:
        """Names of its databases."""
        return set(self.sql("SELECT datname FROM pg_database").split())

    def drop(self, database: str) -> None:
        """Drop a database, there or not, with sessions on it or not."""
        self.sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def log(self) -> Path:
        """What a private server writes of itself."""
        assert self.data is not None
        return self.data.parent / "server.log"

    def listen(self) -> None:
        """From here on the log is about us; what stands there is of earlier starts."""
        if self.data and self.log().exists():
            self._read = self.log().stat().st_size

    def cause(self, failure: str) -> SetupError | None:
        """Why a program that talked to a private server failed, if that was a full disk.

        The server stops then, and its clients know no more than that it is gone.
        """
        if not self.data or not self.log().exists():
            return None
        with self.log().open("rb") as stream:
            stream.seek(self._read)
            said = stream.read().decode("utf-8", "replace")
        return SetupError(explain(failure, said, self.log())) if disk.is_full(said) else None

    def stop(self, mode: str = "fast") -> None:
        """Stop a private server; one that was given is left alone."""
        if not self.data:
            return
        if self._guard:
            self._guard.kill()
            self._guard.communicate()
            self._guard = None
        if _is_running(self):
            _control(self, "-m", mode, "-w", "stop")

    def undo(self, database: str) -> None:
        """Drop a database that could not be finished, whatever state that left the server in.

        One that ran out of space stops and may not come up again. What a private one holds while
        a database is being made can be made again, so its files go, and with them what fills the
        disk; none of this hides the reason that the caller is about to give.
        """
        try:
            if not self.data or _answers(self):
                self.drop(database)
                return
        except SetupError:
            if not self.data:
                return
        with contextlib.suppress(SetupError):
            self.stop("immediate")
        places.discard(self.data)

    def guard(self) -> None:
        """See to it that a private server ends when we do, by kill -9 too.

        A shell reads from a pipe whose other end only we hold: the end of file is our end.
        """
        assert self.data is not None
        words = [self.binaries / "pg_ctl", "-D", self.data, "-m", "fast", "stop"]
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", 'read -r _; exec "$@"', "sh", *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            **identity_of(self.owner),
        )


def ensure(name: str, *, durable: bool) -> Server:
    """The server, started when it is ours.

    :param name: of the private cluster; the demo's and the tests' are two.
    :param durable: whether it survives a power cut; tests go without, for speed.
    """
    if any(os.environ.get(key) for key in ("PGHOST", "PGPORT", "PGUSER")):
        return _given()
    with places.locked(places.home(), name):
        server = _private(name)
        server.listen()
        if not _answers(server):
            _set_aside_other_version(server, keep=durable)
            if not (server.data / "PG_VERSION").exists():
                with step("PostgreSQL: new private cluster"):
                    _create(server)
            _start(server, {} if durable else _FAST_AND_LOSSY)
        server.guard()
    return server


def _answers(server: Server) -> bool:
    """Whether it runs already; one that is just going down (its start was killed) is awaited."""
    until = time.monotonic() + 60
    while _is_running(server):
        try:
            server.sql("SELECT 1")
            return True
        except SetupError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)
    return False


def _set_aside_other_version(server: Server, *, keep: bool) -> None:
    """PostgreSQL cannot read the files of another major version of itself."""
    assert server.data is not None
    file = server.data / "PG_VERSION"
    present = str(programs.version(server.binaries))
    made = file.read_text().strip() if file.exists() else present
    if made == present:
        return
    if not keep:
        places.discard(server.data)
        return
    aside = server.data.with_name(f"data-{made}")
    places.discard(aside)
    server.data.rename(aside)
    say(
        f"          PostgreSQL was {made} and is now {present}: the demo is made anew, "
        f"the old one's files are in {aside}"
    )


def _given() -> Server:
    binaries = programs.installed()
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
    _check_given(server)
    return server


def _check_given(server: Server) -> None:
    """What would otherwise end in a riddle some minutes later."""
    where = f"the PostgreSQL server that PGHOST names ({server.host}, user {server.user})"
    answer = server.run(
        *("psql", "-X", "-q", "-At", "-d", "postgres", "-c"),
        "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user",
        failure=f"{where} does not let us in; check PGHOST, PGPORT, PGUSER and PGPASSWORD",
    )
    if server.user == "postgres":
        raise SetupError("Odoo refuses the database user postgres; name another with PGUSER")
    if answer.strip() != "t":
        raise SetupError(f"{where} lets us make no databases: ALTER ROLE … CREATEDB")
    major, tools = int(server.major()), programs.version(server.binaries)
    if major < programs.OLDEST:
        raise SetupError(f"{where} is version {major}; Odoo needs {programs.OLDEST} or newer")
    if major > tools:
        raise SetupError(
            f"{where} is version {major}, pg_dump here is {tools} and cannot read it: "
            f"install postgresql-client-{major}"
        )


def _private(name: str) -> Server:
    owner = owners.name()
    folder = owners.reachable_folder(owner) / name
    binaries = programs.server_programs(owner)
    socket = str(_socket_folder(folder))
    if places.home() not in folder.parents:
        disk.plan(folder, 0 if (folder / "data").exists() else disk.FOR_DATABASES)
    return Server(socket, "5432", _USER, binaries, folder / "data", owner)


def _socket_folder(folder: Path) -> Path:
    socket = folder / "socket"
    if len(str(socket)) > _LONGEST_FOLDER:
        socket = Path("/tmp") / f"openpce-{owners.mark()}-{folder.name}"
    return socket


def _create(server: Server) -> None:
    data = server.data
    assert data is not None
    if disk.lacking():
        raise SetupError(f"the disk is too full: {disk.lacking()}")
    owners.own_folder(data.parent, server.owner, 0o700)
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
    owners.own_folder(server.data.parent, server.owner, 0o700)
    owners.own_folder(Path(server.host), server.owner, 0o700)
    _forget_stranger(server)
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": server.host,
        "port": server.port,
        "max_connections": "100",
        "shared_buffers": "256MB",
        **settings,
    }
    words = " ".join(f"-c {key}='{value}'" for key, value in settings.items())
    _control(server, "-l", str(server.log()), "-w", "-t", "60", "-o", words, "start")


def _control(server: Server, *words: str) -> None:
    """pg_ctl in a session of its own: Ctrl-C at the terminal must not stop it before Odoo."""
    assert server.data is not None
    command = ["setsid", "-w"] if shutil.which("setsid") else []
    # pg_ctl hands its output on to the server, so that a pipe here would never end
    log = places.logs() / "pg_ctl.log"
    with log.open("ab") as stream:
        done = subprocess.run(
            [*command, str(server.binaries / "pg_ctl"), "-D", str(server.data), *words],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            cwd="/",
            check=False,
            **identity_of(server.owner),
        )
    if done.returncode:
        failure = f"PostgreSQL did not {words[-1]}"
        tail = " | ".join(log.read_text(errors="replace").strip().splitlines()[-3:])
        raise server.cause(failure) or SetupError(f"{failure}: {tail} (details: {server.log()})")


def _is_running(server: Server) -> bool:
    """Whether the process that its pid file names is it: after a crash the number may be another's.

    The command line tells, which root may read in a container too; ``pg_ctl status`` asks no more
    than whether the number is in use.
    """
    pid = _pid(server)
    if not pid:
        return False
    try:
        return os.fsencode(str(server.data)) in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _pid(server: Server) -> str:
    assert server.data is not None
    try:
        return (server.data / "postmaster.pid").read_text().partition("\n")[0].strip()
    except OSError:
        return ""


def _forget_stranger(server: Server) -> None:
    """A pid file whose number is another program's now: PostgreSQL would not start beside it.

    Of one whose number is free PostgreSQL makes sure itself that nothing of the old server lives.
    """
    pid = _pid(server)
    if pid and Path(f"/proc/{pid}").exists():
        assert server.data is not None
        (server.data / "postmaster.pid").unlink(missing_ok=True)
        Path(server.host, f".s.PGSQL.{server.port}.lock").unlink(missing_ok=True)
