"""The cache and the claims: what is in use stays, what nobody used goes, a kill leaves nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lib import console, places, runner, stack, venv

SETUP = Path(__file__).resolve().parents[2] / "setup"
MONTH = 31 * 86400


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A work folder of the test's own; what this process holds of it is given up afterwards."""
    monkeypatch.setenv("OPENPCE_HOME", str(tmp_path))
    monkeypatch.delenv("OPENPCE_CACHE", raising=False)
    monkeypatch.setattr(places, "_kept", {})
    (tmp_path / "cache").mkdir()
    yield tmp_path
    for stream in places._kept.values():
        stream.close()


def made(cache, name, age=0.0):
    """A folder of the cache that was last used ``age`` seconds ago."""
    folder = cache / name
    folder.mkdir()
    stamp = places._stamp(folder)
    stamp.touch()
    os.utime(stamp, (time.time() - age,) * 2)
    return folder


def elsewhere(code, home):
    """Another process that runs ``code`` and holds what it took until it is killed."""
    script = (
        f"import time\nfrom lib import places\n{code}\nprint('ready', flush=True)\ntime.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(SETUP), "OPENPCE_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    return process


def test_what_nobody_used_for_a_month_goes(home):
    cache = home / "cache"
    old, young, other = made(cache, "venv-1", MONTH), made(cache, "venv-2", 5), cache / "odoo-1"
    other.mkdir()
    present = made(cache, "venv-3", MONTH)
    places.keep(present, "venv-*")
    assert not old.exists()
    assert not places._stamp(old).exists(), "its stamp goes with it"
    assert young.exists()
    assert other.exists(), "other kinds of things are not looked at"
    assert present.exists(), "what is used now is never old"
    assert time.time() - places._stamp(present).stat().st_mtime < 60


def test_what_has_no_stamp_is_given_its_time(home):
    unknown = home / "cache" / "venv-1"
    unknown.mkdir()
    os.utime(unknown, (0, 0))
    places.keep(made(home / "cache", "venv-2"), "venv-*")
    assert unknown.exists(), "nobody knows when it was last used: the month begins now"
    assert places._stamp(unknown).exists()


def test_what_another_process_uses_stays_however_old(home):
    cache = home / "cache"
    used = made(cache, "venv-1")
    process = elsewhere("places.keep(places.cache() / 'venv-1', 'venv-*')", home)
    try:
        os.utime(places._stamp(used), (0, 0))
        places.keep(made(cache, "venv-2"), "venv-*")
        assert used.exists(), "a demo that runs for two months keeps its packages"
    finally:
        process.kill()
        process.wait()
    places.keep(cache / "venv-2", "venv-*")
    assert not used.exists()


def test_a_claim_ends_with_its_holder(home):
    process = elsewhere("assert places.claim('run')", home)
    assert not places.claim("run")
    assert runner._running()
    process.kill()
    process.wait()
    assert not runner._running(), "a killed start is not taken for a running one"
    assert places.claim("run")
    assert places.claim("run"), "claiming twice is no harm"


def test_a_second_start_says_so_in_one_sentence(home, monkeypatch):
    process = elsewhere("assert places.claim('run')", home)
    try:
        options = runner._parser().parse_args([])
        with pytest.raises(console.SetupError, match="is being started already"):
            runner._start(options)
        runner._tell(8069, "openpce")
        with pytest.raises(console.SetupError, match=r"runs already at http://127.0.0.1:8069"):
            runner._start(options)
    finally:
        process.kill()
        process.wait()


def test_a_cut_off_seal_is_no_seal(tmp_path):
    seal = tmp_path / "installed.json"
    assert stack._read_seal(seal) == {}
    seal.write_text('{"sources": "ab')
    assert stack._read_seal(seal) == {}
    seal.write_text(json.dumps({"sources": "abc"}))
    assert stack._read_seal(seal) == {"sources": "abc"}


def test_packages_after_a_killed_installation_are_laid_down_again(tmp_path, monkeypatch):
    commands = []
    monkeypatch.setenv("OPENPCE_HOME", str(tmp_path))
    monkeypatch.setattr(venv, "folder", lambda: tmp_path)

    def fail(command, **_named):
        commands.append([str(word) for word in command])
        raise console.SetupError("killed")

    monkeypatch.setattr(venv, "run", fail)
    for _try in range(2):
        with pytest.raises(console.SetupError):
            venv._install(["project"])
    monkeypatch.setattr(venv, "run", lambda command, **_named: commands.append(command))
    venv._install(["project"])
    venv._install(["project"])
    assert ["--ignore-installed" in command for command in commands] == [False, True, True, False]
