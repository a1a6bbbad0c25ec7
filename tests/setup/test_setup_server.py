"""PostgreSQL: the private one ends with its start, the given one is judged before it is used."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lib import console, database, places, postgres
from lib import postgres_programs as programs

SETUP = Path(__file__).resolve().parents[2] / "setup"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A work folder of the test's own."""
    monkeypatch.setenv("OPENPCE_HOME", str(tmp_path))
    for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD"):
        monkeypatch.delenv(name, raising=False)
    places.logs()
    return tmp_path


class Given(postgres.Server):
    """A server that answers what the test says."""

    def __init__(self, answers, user="odoo"):
        super().__init__("db.example", "5432", user, Path("/nowhere"))
        self.answers = list(answers)

    def run(self, *_words, failure=""):
        answer = self.answers.pop(0)
        if answer is None:
            raise console.SetupError(failure)
        return answer


@pytest.mark.parametrize(
    ("answers", "user", "words"),
    [
        ([None], "odoo", "does not let us in"),
        (["f\n"], "odoo", "CREATEDB"),
        (["t\n"], "postgres", "refuses the database user postgres"),
        (["t\n", "120010\n"], "odoo", "Odoo needs 13"),
        (["t\n", "990001\n"], "odoo", "postgresql-client-99"),
    ],
)
def test_a_given_server_that_cannot_serve_is_one_sentence(monkeypatch, answers, user, words):
    monkeypatch.setattr(programs, "version", lambda _folder: 15)
    with pytest.raises(console.SetupError, match=words) as caught:
        postgres._check_given(Given(answers, user))
    assert "\n" not in str(caught.value)


def test_a_base_is_restored_only_where_its_extensions_are(home, monkeypatch):
    monkeypatch.setenv("OPENPCE_CACHE", str(home / "cache"))
    monkeypatch.setattr(places, "_kept", {})
    tree = type("Tree", (), {"path": home, "key": "x"})()
    monkeypatch.setattr(database, "_build_base", lambda _site, folder: folder.mkdir())
    made = [
        database.ensure_base(database.Site(tree, Given(["170001", answer]), home))
        for answer in ("pg_trgm\nunaccent\nplpgsql\n", "plpgsql\n", "unaccent\npg_trgm\n")
    ]
    assert made[0] == made[2] != made[1], "the embedded PostgreSQL has no pg_trgm"


def test_databases_on_a_given_server_are_named_after_the_folder(home, monkeypatch):
    given, private = Given([]), postgres.Server("s", "5432", "odoo", home, data=home / "data")
    assert private.name("openpce") == "openpce"
    mine = given.name("openpce")
    monkeypatch.setenv("OPENPCE_HOME", str(home / "other"))
    assert given.name("openpce") != mine, "two clones on one server do not drop each other's demo"


def test_odoo_is_let_in_by_the_same_means(home, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "secret")
    monkeypatch.setenv("PGSSLMODE", "require")
    monkeypatch.setenv("PGDATABASE", "production")
    monkeypatch.setenv("PGOPTIONS", "-c x=y")
    tree = type("Tree", (), {"path": home})()
    passed = database.Site(tree, Given([]), home).environment()
    kept = {key for key in passed if key.startswith("PG")}
    assert {"PGPASSWORD", "PGSSLMODE"} <= kept
    assert not kept & {"PGDATABASE", "PGOPTIONS", "PGHOST"}


def test_files_of_another_version_are_set_aside(home, monkeypatch):
    monkeypatch.setattr(programs, "version", lambda _folder: 17)
    data = home / "pg" / "data"
    server = postgres.Server("s", "5432", "odoo", home, data=data)
    for keep in (True, False):
        data.mkdir(parents=True)
        (data / "PG_VERSION").write_text("15\n")
        postgres._set_aside_other_version(server, keep=keep)
        assert not data.exists()
        assert (data.with_name("data-15")).exists() is True
    data.mkdir()
    (data / "PG_VERSION").write_text("17\n")
    postgres._set_aside_other_version(server, keep=True)
    assert data.exists()


needs_programs = pytest.mark.skipif(
    not programs.installed(server=True), reason="no PostgreSQL installed here"
)


@needs_programs
def test_a_number_that_is_another_programs_now_hinders_no_start(home):
    server = postgres.ensure("pg", durable=False)
    try:
        assert postgres._is_running(server)
        pid = postgres._pid(server)
        server._guard.kill()
        subprocess.run(["kill", "-KILL", pid], check=True)
        until = time.monotonic() + 30
        while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
            time.sleep(0.1)
        # as after a container was killed and its small numbers are given out anew
        for file in (server.data / "postmaster.pid", Path(server.host, ".s.PGSQL.5432.lock")):
            file.write_text(file.read_text().replace(pid, str(os.getpid()), 1))
        assert not postgres._is_running(server), "we are no PostgreSQL"
        server = postgres.ensure("pg", durable=False)
        assert server.sql("SELECT 1").strip() == "1"
    finally:
        server.stop()
    assert not postgres._is_running(server)


@needs_programs
def test_a_killed_start_leaves_no_server_behind(home):
    script = (
        "import time\nfrom lib import postgres\n"
        "s = postgres.ensure('pg', durable=False)\nprint('data', s.data, flush=True)\n"
        "time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(SETUP)},
        stdout=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if line.startswith("data "):
            break
    data = Path(line.split()[1])
    process.kill()
    process.wait()
    until = time.monotonic() + 30
    while (data / "postmaster.pid").exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert not (data / "postmaster.pid").exists(), "kill -9 of the start ends its server"
