"""The private Python environment, made from the requirement files.

Its folder carries a hash of every requirement file, so a changed requirement makes a new
environment and never a mixture. Groups are installed when first needed: ``setup/run`` does not
fetch what only tests use.
"""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
import sys
from pathlib import Path

from . import debian, places
from .console import SetupError, run, say, step

_LIB = Path(__file__).resolve().parent
GROUPS = {
    "odoo": _LIB / "odoo-requirements.txt",
    "project": places.PROJECT / "requirements.txt",
    "services": _LIB / "services-requirements.txt",
    "test": places.PROJECT / "requirements-test.txt",
}
_CONSTRAINTS = _LIB / "constraints.txt"
_PIP_PACKAGE = "python3-pip-whl"


@functools.cache
def folder() -> Path:
    """Folder of the environment that fits this Python and these requirement files.

    Settled once per run: a file that is edited meanwhile counts from the next run on.
    """
    digest = hashlib.sha256(sys.version.encode())
    for file in (*GROUPS.values(), _CONSTRAINTS):
        digest.update(file.read_bytes())
    return (
        places.cache()
        / f"venv-{sys.version_info[0]}.{sys.version_info[1]}-{digest.hexdigest()[:10]}"
    )


def python() -> Path:
    """The environment's interpreter."""
    return folder() / "bin" / "python"


def ensure(*groups: str) -> Path:
    """Make the environment and install the groups that are missing; returns its interpreter."""
    with places.locked(places.cache(), "venv"):
        if not (folder() / ".made").exists():
            places.discard(folder())
            with step("Python environment"):
                _make(folder())
            (folder() / ".made").touch()
        missing = [group for group in groups if not (folder() / f".{group}").exists()]
        if missing:
            with step(f"Python packages ({', '.join(missing)})"):
                _install(missing)
            for group in missing:
                (folder() / f".{group}").touch()
        places.keep(folder(), "venv-*")
    _link()
    return python()


def _make(target: Path) -> None:
    """By venv; where the system leaves out ensurepip (Debian, Ubuntu), pip comes from elsewhere."""
    log = places.logs() / "python.log"
    if not _imports("venv"):
        raise SetupError(
            "this Python has no module venv: install the package python3-venv and start again"
        )
    command: list[str | Path] = [sys.executable, "-m", "venv"]
    if _imports("ensurepip"):
        run([*command, target], log=log, failure="no Python environment", keep_locks=True)
        return
    wheel = _pip_wheel(log)
    run([*command, "--without-pip", target], log=log, failure="no Python environment")
    # a wheel is a zip file, and pip runs out of one
    words = [wheel / "pip", "install", "-q", "--no-index", wheel]
    run([target / "bin" / "python", *words], log=log, failure="pip could not be installed")


def _pip_wheel(log: Path) -> Path:
    """A wheel of pip: by the system's pip where there is one, else its distribution's."""
    bootstrap = places.home() / "bootstrap"
    places.discard(bootstrap)
    bootstrap.mkdir()
    reasons = []
    if _imports("pip"):
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", bootstrap]
        try:
            run([*command, "pip"], log=log, failure="pip")
        except SetupError as error:
            reasons.append(str(error))
    if not list(bootstrap.glob("pip-*.whl")) and debian.available():
        try:
            debian.download_own(_PIP_PACKAGE, bootstrap, _PIP_PACKAGE)
            for file in bootstrap.glob("*.deb"):
                debian.unpack(file, bootstrap)
        except SetupError as error:
            reasons.append(str(error))
    found = sorted(bootstrap.rglob("pip-*.whl"))
    if not found:
        raise SetupError(
            "this Python has no ensurepip and pip could not be fetched: install the package "
            f"python3-venv and start again ({'; '.join(reasons)})"
        )
    return found[-1]


def _imports(*names: str) -> bool:
    code = "import " + ", ".join(names)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    return done.returncode == 0


def _install(groups: list[str]) -> None:
    command: list[str | Path] = [python(), "-m", "pip", "install", "-q", "--prefer-binary"]
    # half of the files are never imported; Python compiles the others when it does
    command += ["--no-compile"]
    command += ["--disable-pip-version-check", "--no-input", "-c", _CONSTRAINTS]
    for group in groups:
        command += ["-r", GROUPS[group]]
    busy = folder() / ".busy"
    if busy.exists():
        # killed or out of space in mid-installation: pip would take half a package for a whole one
        command += ["--ignore-installed"]
    busy.touch()
    run(
        command,
        log=places.logs() / "python.log",
        failure="the Python packages could not be installed",
        env={**os.environ, "PIP_REQUIRE_VIRTUALENV": "0"},
    )
    busy.unlink()


def _link() -> None:
    """`.openpce/venv` for people; the build knows the real folder."""
    link = places.home() / "venv"
    if link.is_symlink() and Path(os.readlink(link)) == folder():
        return
    if link.exists() and not link.is_symlink():
        say(f"          {link} is a folder of its own and is left alone")
        return
    places.discard(link)
    link.symlink_to(folder())
