"""Where things come from: Odoo by git or as given, Debian's key and mirror, pip."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lib import console, debian, odoo, places, venv

RELEASE = "version_info = (19, 0, 0, 'final', 0, '')\n"


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    """Work folder and cache of the test's own."""
    monkeypatch.setenv("OPENPCE_HOME", str(tmp_path / "home"))
    for name in ("OPENPCE_CACHE", "ODOO_PATH", "OPENPCE_DEBIAN_MIRROR", "OPENPCE_ODOO_ANY"):
        monkeypatch.delenv(name, raising=False)
    places.prepare()
    monkeypatch.setattr(places, "_kept", {})


def tree(folder, *, git_layout):
    """The skeleton of an Odoo tree, as git or as Debian's package arranges it."""
    own = folder / "addons" if git_layout else folder / "odoo" / "addons"
    for path in (folder / "odoo" / "addons" / "base", own / "account"):
        path.mkdir(parents=True)
        (path / "__manifest__.py").write_text("{}\n")
    (folder / "odoo" / "release.py").write_text(RELEASE)
    return folder


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A bare repository with branch 19.0, in the place of Odoo's."""
    work = tree(tmp_path / "work", git_layout=True)
    git = ["git", "-C", work, "-c", "user.name=x", "-c", "user.email=x@y.example"]
    subprocess.run([*git, "init", "-q", "-b", "19.0"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "x"], check=True)
    bare = tmp_path / "odoo.git"
    subprocess.run(["git", "clone", "-q", "--bare", work, bare], check=True)
    monkeypatch.setattr(odoo, "_GIT", f"file://{bare}")
    return bare


def test_without_apt_odoo_comes_by_git(repository, monkeypatch):
    monkeypatch.setattr(debian, "available", lambda: False)
    found = odoo.ensure()
    head = subprocess.run(
        ["git", "-C", repository, "rev-parse", "HEAD"], capture_output=True, text=True
    ).stdout
    assert found.path == places.cache() / "odoo-git"
    assert head.startswith(found.key.removeprefix("git-"))
    assert [p.relative_to(found.path).as_posix() for p in found.addons_path] == [
        "odoo/addons",
        "addons",
    ]
    monkeypatch.setattr(odoo, "_fetch", lambda: pytest.fail("fetched twice"))
    assert odoo.ensure() == found
    assert places._stamp(found.path).exists(), "it counts as used"


def test_half_a_clone_is_never_taken_for_one(repository, monkeypatch):
    part = places.cache() / "odoo-git.part"
    (part / "odoo").mkdir(parents=True)
    assert odoo.find() is None
    monkeypatch.setattr(debian, "available", lambda: False)
    assert odoo.ensure()
    assert not part.exists()


def test_no_way_to_odoo_names_every_cause(tmp_path, monkeypatch):
    monkeypatch.setattr(debian, "available", lambda: False)
    monkeypatch.setattr(odoo, "_GIT", f"file://{tmp_path}/nowhere.git")
    with pytest.raises(console.SetupError, match=r"ODOO_PATH.*no apt.*does not answer") as caught:
        odoo.ensure()
    assert "\n" not in str(caught.value)


def test_a_full_disk_is_no_reason_to_try_the_other_way(monkeypatch):
    monkeypatch.setattr(debian, "available", lambda: True)
    monkeypatch.setattr(odoo, "_fetch_odoo", lambda _debs: Path("odoo.deb"))
    monkeypatch.setattr(debian, "download", lambda *_words: [])
    monkeypatch.setattr(odoo, "_from_git", lambda: pytest.fail("tried on a full disk"))

    def unpack(_file, into):
        (into / "half").write_text("x")
        raise console.SetupError(console.explain("it failed", "tar: No space left on device"))

    monkeypatch.setattr(debian, "unpack", unpack)
    with pytest.raises(console.SetupError, match="the disk is full, .* are free in"):
        odoo.ensure()
    assert not list(places.cache().glob("odoo-*")), "the half of it makes room again"


@pytest.mark.parametrize("git_layout", [True, False])
def test_given_trees_of_both_layouts(tmp_path, monkeypatch, git_layout):
    path = tree(tmp_path / "given", git_layout=git_layout)
    for given in (path, path / "odoo"):
        monkeypatch.setenv("ODOO_PATH", str(given))
        found = odoo.find()
        assert found.path == path
        assert any((folder / "account").is_dir() for folder in found.addons_path)
        assert (found.addons_path[0] / "base").is_dir()


@pytest.mark.parametrize("text", ["/nonexistent", "relative/nothing"])
def test_a_nonsense_path_is_one_sentence(monkeypatch, text):
    monkeypatch.setenv("ODOO_PATH", text)
    with pytest.raises(console.SetupError, match="holds no Odoo"):
        odoo.ensure()


def test_a_machine_without_debian_sources_uses_the_mirror_it_knows(tmp_path, monkeypatch):
    said = subprocess.CompletedProcess([], 0, "http://archive.example/ubuntu/\n", "")
    monkeypatch.setattr(debian.subprocess, "run", lambda *_words, **_named: said)
    known = tmp_path / "Debian.info"
    monkeypatch.setattr(debian, "_KNOWN_SOURCES", known)
    monkeypatch.setattr(debian, "download_own", refuse)
    with pytest.raises(console.SetupError, match="OPENPCE_DEBIAN_MIRROR"):
        debian.mirror()
    known.write_text("Suite: sid\nBaseURI: https://security.example/\n"
                     "BaseURI: https://mirror.example/debian/\n")  # fmt: skip
    assert debian.mirror() == "https://mirror.example/debian/"
    said.stdout += "https://near.example/debian\n"
    assert debian.mirror() == "https://near.example/debian"
    monkeypatch.setenv("OPENPCE_DEBIAN_MIRROR", "https://mine.example/x")
    assert debian.mirror() == "https://mine.example/x"


def refuse(_package, _into, failure):
    """A distribution that does not have a package."""
    raise console.SetupError(f"{failure}: no such package")


def test_the_smallest_machines_fetch_what_their_distribution_knows_of_mirrors(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(debian, "_KNOWN_SOURCES", Path("/nowhere/Debian.info"))
    monkeypatch.setattr(debian, "download_own", lambda _p, into, _f: _touch(into / "k.deb"))
    line = "BaseURI: https://mirror.example/debian/\n"
    monkeypatch.setattr(
        debian, "unpack", lambda _f, into: _touch(into / "nowhere" / "Debian.info", line)
    )
    assert debian._known("") == line
    monkeypatch.setattr(debian, "download_own", lambda *_words: pytest.fail("fetched twice"))
    assert debian._known("") == line


def _touch(file, text=""):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.mark.skipif(not debian.available(), reason="no apt on this machine")
@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("http://archive.ubuntu.com/ubuntu/", "https://known.example/debian/"),
        ("http://mirror.example/debian", "http://mirror.example/debian"),
    ],
)
def test_sources_in_the_new_format_are_read(tmp_path, monkeypatch, site, expected):
    parts = tmp_path / "etc" / "sources.list.d"
    _touch(
        parts / "distribution.sources",
        f"Types: deb\nURIs: {site}\nSuites: x x-updates\nComponents: main universe\n",
    )
    _touch(tmp_path / "apt.conf", f'Dir::Etc "{tmp_path}/etc/";\n#clear APT::Architectures;\n')
    _touch(tmp_path / "Debian.info", "BaseURI: https://known.example/debian/\n")
    monkeypatch.setenv("APT_CONFIG", str(tmp_path / "apt.conf"))
    monkeypatch.setattr(debian, "_KNOWN_SOURCES", tmp_path / "Debian.info")
    assert debian.mirror() == expected


def test_keys_of_2021_lead_to_the_present_ones(monkeypatch):
    """Ubuntu 22.04: its copy of Debian's keys knows none that sid is signed with."""
    renewed, asked = [], []

    def update(_folder, suite):
        asked.append(suite)
        if suite == "sid" and not renewed:
            raise console.SetupError("E: The repository 'x sid InRelease' is not signed.")
        return {}

    def fetch(command, cwd, **_named):
        for package in command[command.index("download") + 1 :]:
            _touch(cwd / f"{package}_1_all.deb")

    monkeypatch.setattr(debian, "_update", update)
    monkeypatch.setattr(debian, "run", fetch)
    monkeypatch.setattr(debian, "unpack", lambda file, _into: renewed.append(file.name))
    assert debian.download("sid", ["fonts-x"], places.cache() / "debs")
    assert asked == ["sid", "bullseye", "sid"]
    assert renewed == ["debian-archive-keyring_1_all.deb"]


def test_without_debians_key_nothing_is_trusted(tmp_path, monkeypatch):
    monkeypatch.setattr(debian, "_KEYRINGS", (str(tmp_path / "usr/share/none.gpg"),))
    monkeypatch.setattr(debian, "download_own", refuse)
    with pytest.raises(console.SetupError, match="install the package debian-archive-keyring"):
        debian._keyring(tmp_path / "apt")
    assert not (tmp_path / "apt" / "keyring").exists()


def test_debians_key_comes_with_the_distributions_own_package(tmp_path, monkeypatch):
    name = "/usr/share/keyrings/none-such.gpg"
    monkeypatch.setattr(debian, "_KEYRINGS", (name,))
    monkeypatch.setattr(debian, "download_own", lambda _p, into, _f: (into / "k.deb").touch())

    def unpack(_file, into):
        (into / name[1:]).parent.mkdir(parents=True)
        (into / name[1:]).write_text("key")

    monkeypatch.setattr(debian, "unpack", unpack)
    found = debian._keyring(tmp_path / "apt")
    assert found == str(tmp_path / "apt" / "keyring" / name[1:])
    monkeypatch.setattr(debian, "download_own", lambda *_words: pytest.fail("fetched twice"))
    assert debian._keyring(tmp_path / "apt") == found


def test_without_ensurepip_pip_comes_from_the_distribution(tmp_path, monkeypatch):
    wheel = next((str(p) for p in venv.Path("/usr/share/python-wheels").glob("pip-*.whl")), None)
    if not wheel:
        pytest.skip("no wheel of pip on this machine (package python3-pip-whl)")
    monkeypatch.setattr(venv, "_imports", lambda *names: names == ("venv",))
    monkeypatch.setattr(debian, "available", lambda: True)
    monkeypatch.setattr(debian, "download_own", lambda _p, into, _f: (into / "w.deb").touch())
    monkeypatch.setattr(debian, "unpack", lambda _file, into: shutil.copy(wheel, into))
    venv._make(tmp_path / "made")
    said = subprocess.run(
        [tmp_path / "made" / "bin" / "python", "-m", "pip", "--version"], capture_output=True
    )
    assert said.returncode == 0, said.stderr


def test_without_pip_and_apt_the_sentence_names_the_package(tmp_path, monkeypatch):
    monkeypatch.setattr(venv, "_imports", lambda *names: names == ("venv",))
    monkeypatch.setattr(debian, "available", lambda: False)
    with pytest.raises(console.SetupError, match="python3-venv"):
        venv._make(tmp_path / "made")
    assert not os.path.exists(tmp_path / "made"), "nothing half made"


@pytest.mark.parametrize("present", ["Python 3.9.18", "Python 3.14.0", None])
def test_a_python_that_is_named_is_meant(tmp_path, present):
    named = tmp_path / "python"
    if present:
        named.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "{present}" || exit 1\n')
        named.chmod(0o755)
    done = subprocess.run(
        [places.PROJECT / "setup" / "run", "--stop"],
        env={**os.environ, "OPENPCE_PYTHON": str(named)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, "another Python is never taken in its place quietly"
    assert (present or "none") in done.stderr
    assert done.stderr.count("\n") == 1, "one sentence"
    assert "OPENPCE_PYTHON=" in done.stderr


def test_the_python_that_is_named_runs_it(tmp_path):
    named = tmp_path / "python"
    named.write_text(f'#!/bin/sh\ntouch {tmp_path}/used\nexec {sys.executable} "$@"\n')
    named.chmod(0o755)
    command = [places.PROJECT / "setup" / "run", "--stop"]
    environment = {**os.environ, "OPENPCE_PYTHON": str(named)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "Nothing is running.\n"), done.stderr
    assert (tmp_path / "used").exists()
