"""Packages from Debian's pool without root and without touching the system's apt.

A private apt folder (sources, state, cache) is used for one suite at a time; the mirror is the
one that this machine's own apt sources name, else (Ubuntu) the one that python-apt knows.
Signatures are checked by apt with Debian's archive key; what must not move is pinned by its SHA-256
on top.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from . import places
from .console import SetupError, run

_KEYRINGS = (
    "/usr/share/keyrings/debian-archive-keyring.gpg",
    "/usr/share/keyrings/debian-archive-keyring.pgp",
)
# Installed where python3-apt is, as on every Ubuntu but the smallest.
_KNOWN_SOURCES = Path("/usr/share/python-apt/templates/Debian.info")
_KNOWN_PACKAGE = "python-apt-common"
# Signed with Debian's keys of 2021 and of 2023, and carries the later ones.
_BRIDGE = "bullseye"


def available() -> bool:
    """Whether this machine has apt and dpkg at all."""
    return all(shutil.which(name) for name in ("apt-get", "dpkg-deb", "apt-config"))


def mirror() -> str:
    """Address of the Debian mirror in this machine's own apt sources, else the one it knows of.

    Whichever it is, it is not trusted: apt checks the signature of what it says.

    :raises SetupError: neither names one.
    """
    given = os.environ.get("OPENPCE_DEBIAN_MIRROR")
    if given:
        return given
    for options in ([], ["--no-release-info"]):
        command = ["apt-get", "indextargets", *options, "--format", "$(SITE)"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        for site in done.stdout.split():
            if re.fullmatch(r"https?://\S+/debian/?", site):
                return site
    failure = (
        "this machine's apt sources name no Debian mirror; name one with OPENPCE_DEBIAN_MIRROR"
    )
    found = re.search(r"^BaseURI: (https?://\S+/debian/?)$", _known(failure), re.MULTILINE)
    if found:
        return found[1]
    raise SetupError(failure)


def _known(failure: str) -> str:
    """What the distribution knows of Debian's mirrors: installed, else out of its package."""
    folder = places.cache() / "apt" / "known"
    for file in (_KNOWN_SOURCES, folder / str(_KNOWN_SOURCES).lstrip("/")):
        if not file.is_file() and file != _KNOWN_SOURCES:
            download_own(_KNOWN_PACKAGE, folder, failure)
            for package in folder.glob("*.deb"):
                unpack(package, folder)
        if file.is_file():
            return file.read_text(errors="replace")
    return ""


def download(suite: str, packages: Sequence[str], into: Path) -> list[Path]:
    """Fetch packages (``name`` or ``name=version``) of a suite unless they are there already.

    :returns: the files, in the order asked for.
    :raises SetupError: the network, the mirror or a package is not there.
    """
    into.mkdir(parents=True, exist_ok=True)
    missing = [package for package in packages if not _find(into, package)]
    if missing:
        log = places.logs() / "odoo.log"
        folder = places.cache() / "apt" / suite
        try:
            env = _update(folder, suite)
        except SetupError as error:
            if "is not signed" not in str(error) or suite == _BRIDGE:
                raise
            _renew_key(folder)
            env = _update(folder, suite)
        options = ["-qq", "-o", "Debug::NoLocking=1"]
        part = into / ".part"
        places.discard(part)
        part.mkdir()
        run(
            ["apt-get", *options, "download", *missing],
            log=log,
            env=env,
            cwd=part,
            failure=f"Debian packages could not be fetched ({', '.join(missing)})",
        )
        for file in part.glob("*.deb"):
            file.replace(into / file.name)
        part.rmdir()
    found = [_find(into, package) for package in packages]
    return [file for file in found if file]


def _update(folder: Path, suite: str) -> dict[str, str]:
    """Fetch the package list of a suite; returns the environment in which apt uses it."""
    env = {**os.environ, "APT_CONFIG": str(_configure(folder, suite)), "LC_ALL": "C.UTF-8"}
    options = ["-qq", "-o", "Debug::NoLocking=1", "-o", "APT::Update::Error-Mode=any"]
    run(
        ["apt-get", *options, "update"],
        log=places.logs() / "odoo.log",
        env=env,
        failure=f"Debian's package list ({suite}) could not be fetched",
    )
    return env


def _renew_key(folder: Path) -> None:
    """Debian's later keys, where the distribution's copy of them is of 2021 (Ubuntu 22.04).

    The suite of that year is verified with the keys that such a copy has, and its own package
    brings the next ones, so that no link of the chain is taken on trust.
    """
    part, root = folder / "renewed", folder / "keyring"
    places.discard(part)
    (file,) = download(_BRIDGE, ["debian-archive-keyring"], part)
    places.discard(root)
    unpack(file, root)


def download_own(package: str, into: Path, failure: str) -> None:
    """Fetch a package of the system's own distribution; its lists may be old or not here at all.

    :raises SetupError: it is not to be had; begins with ``failure``.
    """
    command: list[str | Path] = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root"]
    for key, name in (("State", "state/lists/partial"), ("Cache", "cache/archives/partial")):
        (into / name).mkdir(parents=True, exist_ok=True)
        command += ["-o", f"Dir::{key}={into / name.split('/')[0]}"]
    log = places.logs() / "odoo.log"
    run([*command, "update"], log=log, failure=failure)
    run([*command, "download", package], log=log, cwd=into, failure=failure)


def candidate(suite: str, package: str) -> str:
    """Version that the suite offers now ("" when it offers none); after :func:`download`."""
    config = places.cache() / "apt" / suite / "apt.conf"
    command = ["apt-cache", "policy", package]
    env = {**os.environ, "APT_CONFIG": str(config), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    found = re.search(r"Candidate: (\S+)", done.stdout)
    return "" if not found or found[1] == "(none)" else found[1]


def unpack(file: Path, into: Path) -> None:
    """Unpack one package."""
    failure = f"{file.name} could not be unpacked"
    run(["dpkg-deb", "-x", file, into], failure=failure, keep_locks=True)


def sha256(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _find(folder: Path, package: str) -> Path | None:
    """The file of a package in a folder; apt writes `:` in versions as %3a."""
    name, _, version = package.partition("=")
    wanted = f"{name}_{version.replace(':', '%3a')}_" if version else f"{name}_"
    files = [file for file in folder.glob("*.deb") if file.name.startswith(wanted)]
    return max(files, key=lambda file: file.stat().st_mtime, default=None)


def _configure(folder: Path, suite: str) -> Path:
    for name in ("etc", "etc/apt.conf.d", "state/lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "state" / "status").touch()
    source = f"deb [signed-by={_keyring(folder)}] {mirror()} {suite} main\n"
    (folder / "etc" / "sources.list").write_text(source)
    config = folder / "apt.conf"
    config.write_text(
        f'Dir::Etc "{folder}/etc/";\n'
        f'Dir::Etc::SourceList "{folder}/etc/sources.list";\n'
        'Dir::Etc::SourceParts "/dev/null";\n'
        f'Dir::Etc::Parts "{folder}/etc/apt.conf.d";\n'
        'Dir::Etc::netrc "/etc/apt/auth.conf";\n'
        'Dir::Etc::netrcparts "/etc/apt/auth.conf.d/";\n'
        f'Dir::State "{folder}/state/";\n'
        f'Dir::State::status "{folder}/state/status";\n'
        f'Dir::Cache "{folder}/cache/";\n'
        'APT::Sandbox::User "root";\n'
        'Acquire::Languages "none";\n'
        'Acquire::Retries "2";\n'
        # A mirror that lags behind is no danger here: what counts is pinned by its checksum.
        'Acquire::Check-Valid-Until "false";\n' + _network_settings()
    )
    return config


def _network_settings() -> str:
    """Proxies and certificates of the system's own apt configuration."""
    done = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False)
    wanted = re.compile(r'^Acquire::https?::.*"[^"]+";$|^Acquire::https?::.*::.*"[^"]+";$')
    return "".join(f"{line}\n" for line in done.stdout.splitlines() if wanted.match(line))


def _keyring(folder: Path) -> str:
    """Debian's archive key: the installed one, else (Ubuntu) out of the package that carries it.

    That package comes by the system's own apt, and so under the signature of a distribution that
    this machine trusts already; a key off the network alone would prove nothing.
    """
    root = folder / "keyring"
    # what was fetched, if any, is newer than what is installed
    for file in (*(root / name.lstrip("/") for name in _KEYRINGS), *map(Path, _KEYRINGS)):
        if os.access(file, os.R_OK):
            return str(file)
    failure = (
        "Debian's archive key is missing, without which nothing from Debian can be verified: "
        "install the package debian-archive-keyring and start again"
    )
    part = root.with_name("keyring.part")
    for old in (root, part):
        places.discard(old)
    part.mkdir(parents=True)
    download_own("debian-archive-keyring", part, failure)
    for file in part.glob("*.deb"):
        unpack(file, part)
    part.rename(root)
    for name in _KEYRINGS:
        if (root / name.lstrip("/")).exists():
            return str(root / name.lstrip("/"))
    raise SetupError(failure)
