"""Packages from Debian's pool without root and without touching the system's apt.

A private apt folder (sources, state, cache) is used for one suite at a time; the mirror is the
one that this machine's own apt sources name. Signatures are checked by apt with Debian's archive
key; what must not move is pinned by its SHA-256 on top.
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


def available() -> bool:
    """Whether this machine has apt and dpkg at all."""
    return all(shutil.which(name) for name in ("apt-get", "dpkg-deb", "apt-config"))


def mirror() -> str:
    """Address of the Debian mirror in this machine's own apt sources.

    :raises SetupError: the sources name none (an Ubuntu machine, for one).
    """
    given = os.environ.get("OPENPCE_DEBIAN_MIRROR")
    if given:
        return given
    for options in ([], ["--no-release-info"]):
        command = ["apt-get", "indextargets", *options, "--format", "$(SITE)"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        for site in done.stdout.split():
            if re.search(r"/debian/?$", site):
                return site
    raise SetupError(
        "this machine's apt sources name no Debian mirror; name one with OPENPCE_DEBIAN_MIRROR"
    )


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
        env = {**os.environ, "APT_CONFIG": str(_configure(folder, suite)), "LC_ALL": "C.UTF-8"}
        options = ["-qq", "-o", "Debug::NoLocking=1"]
        run(
            ["apt-get", *options, "-o", "APT::Update::Error-Mode=any", "update"],
            log=log,
            env=env,
            failure=f"Debian's package list ({suite}) could not be fetched",
        )
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
    run(["dpkg-deb", "-x", file, into], failure=f"{file.name} could not be unpacked")


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
    """Debian's archive key: the installed one, else (Ubuntu) the package that carries it."""
    for name in _KEYRINGS:
        if os.access(name, os.R_OK):
            return name
    root = folder / "keyring"
    for name in _KEYRINGS:
        if (root / name.lstrip("/")).exists():
            return str(root / name.lstrip("/"))
    root.mkdir(parents=True, exist_ok=True)
    run(
        ["apt-get", "-qq", "download", "debian-archive-keyring"],
        cwd=root,
        failure="Debian's archive key is missing: install debian-archive-keyring",
    )
    for file in root.glob("*.deb"):
        unpack(file, root)
    for name in _KEYRINGS:
        if (root / name.lstrip("/")).exists():
            return str(root / name.lstrip("/"))
    raise SetupError("Debian's archive key is missing: install debian-archive-keyring")
