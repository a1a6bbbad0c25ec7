"""A full disk: said in one sentence, with where and how much, and nothing half-made stays."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from lib import console, database, disk, places, postgres
from lib import postgres_programs as programs

# What PostgreSQL writes when the next file of its journal finds no room, before it stops.
PANIC = 'PANIC:  could not write to file "pg_wal/xlogtemp.1": No space left on device\n'
# What its clients are told of that.
RIDDLE = 'psql: error: connection to server on socket "/x" failed: No such file or directory'


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A work folder of the test's own, on a disk whose room the test sets."""
    for name in ("OPENPCE_CACHE", "PGHOST", "PGPORT", "PGUSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENPCE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(disk, "_plans", {})
    return tmp_path / "home"


def leave(monkeypatch, size):
    """Let the disk have so much room."""
    usage = shutil.disk_usage("/")._replace(free=size)
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _path: usage)


def test_a_first_start_says_before_it_begins_what_it_needs(home, monkeypatch):
    leave(monkeypatch, 1_234_000_000)
    with pytest.raises(console.SetupError) as caught:
        places.prepare()
    assert str(caught.value) == (
        f"the disk is too full: 1.2 GB are free in {home}/cache, a start needs 3.0 GB there"
    )
    (home / "cache" / "odoo-19").mkdir()
    places.prepare()
    leave(monkeypatch, 100_000_000)
    with pytest.raises(console.SetupError, match="100 MB are free .* needs 500 MB"):
        places.prepare()
    (home / "data" / "filestore" / "openpce").mkdir(parents=True)
    places.prepare()


def test_two_disks_are_judged_apart(tmp_path, monkeypatch):
    disk.plan(tmp_path, 10**9)
    disk.plan(Path("/proc"), 0)
    leave(monkeypatch, 10**9)
    assert not disk.lacking(), "the one is for the other's needs no room"
    disk.plan(Path("/proc/self"), 1)
    assert not disk.lacking()
    disk.plan(tmp_path / "not" / "made" / "yet", 1)
    assert disk.lacking(), "what goes to one disk adds up"


@pytest.mark.parametrize(
    "said",
    [
        PANIC,
        'DiskFull: could not extend file "base/1/2": wrote only 4096 of 8192 bytes at block 20\n'
        "HINT:  Check free disk space.",
        shutil.Error([("a", "b", str(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))))]),
    ],
)
def test_every_tools_word_for_it_is_understood(said, monkeypatch):
    leave(monkeypatch, 10**12)
    assert disk.is_full(said)
    assert not disk.is_full(RIDDLE)


def test_a_disk_without_any_room_tells_by_itself(home, monkeypatch):
    disk.plan(home, 0)
    leave(monkeypatch, 4096)
    sentence = console.explain("it failed", RIDDLE)
    assert sentence == f"it failed: the disk is full, 0 MB are free in {home}"


def test_a_copy_that_finds_no_room_is_one_sentence(capsys):
    with pytest.raises(SystemExit), console.readable_failures():
        raise shutil.Error([("a", "b", "[Errno 28] No space left on device: 'b'")])
    error = capsys.readouterr().err
    assert error.startswith("\nCannot go on: the disk is full: ")
    assert error.count("\n") == 2


def test_the_server_says_why_its_clients_lost_it(home):
    server = postgres.Server("s", "5432", "odoo", Path("/nowhere"), data=home / "pg" / "data")
    server.data.parent.mkdir(parents=True)
    server.log().write_text(PANIC)
    server.listen()
    assert server.cause("it failed") is None, "a disk that was full last week is no cause"
    with server.log().open("a") as stream:
        stream.write(PANIC)
    assert "it failed: the disk is full" in str(server.cause("it failed"))


class Site(database.Site):
    """One in which the server dies of a full disk while Odoo installs its modules."""

    def call(self, *_words, failure):
        data = self.server.data
        with self.server.log().open("a") as stream:
            stream.write(PANIC)
        self.server.stop("immediate")
        assert data.exists()
        raise self.server.cause(failure) or console.SetupError(RIDDLE)


@pytest.mark.skipif(not programs.installed(server=True), reason="no PostgreSQL installed here")
def test_what_filled_the_disk_is_gone_and_the_next_try_begins_anew(home, monkeypatch):
    places.prepare()
    server = postgres.ensure("pg", durable=True)
    try:
        site = Site(type("Tree", (), {"path": home, "addons_path": []})(), server, home / "data")
        folder = places.cache() / "base-1"
        with pytest.raises(console.SetupError, match="could not be installed: the disk is full"):
            database._build_base(site, folder)
        assert not server.data.exists(), "what fills the disk is given back"
        assert not list(places.cache().glob("base-*"))
        again = postgres.ensure("pg", durable=True)
        assert again.sql("SELECT 1").strip() == "1"
        again.create("half")
        again.undo("half")
        assert "half" not in again.databases()
        assert again.data.exists(), "a server that lives keeps its files"
    finally:
        server.stop()
