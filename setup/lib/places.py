"""Where everything is: the project, its ignored work folder, the cache; and the lock on it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from . import disk
from .console import SetupError, say

PROJECT = Path(__file__).resolve().parents[2]
ADDONS = ("l10n_co_openpce_edi", "openpce_vendor_bill_workflow", "openpce_portal")
# What no start has used for so long is deleted from the cache.
_UNUSED_DAYS = 30
_kept: dict[Path, IO[str]] = {}


def home() -> Path:
    """The work folder: databases, logs, certificates, state. Ignored by git."""
    return Path(os.environ.get("OPENPCE_HOME") or PROJECT / ".openpce").absolute()


def cache() -> Path:
    """What can be made again and is the same for every clone: downloads, Odoo, packages."""
    return Path(os.environ.get("OPENPCE_CACHE") or home() / "cache").absolute()


def logs() -> Path:
    """Folder of the log files, made when missing."""
    folder = home() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def addons() -> list[str]:
    """Names of the project's addons that exist in this checkout, in the order of dependence."""
    return [name for name in ADDONS if (PROJECT / name / "__manifest__.py").is_file()]


def prepare() -> None:
    """Make the folders, and say it at once when the disk has no room for a first start."""
    for folder in (home(), cache(), home() / "logs"):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SetupError(
                f"the folder {folder} cannot be made ({error.strerror}); "
                "set OPENPCE_HOME to a folder of yours"
            ) from error
        if not os.access(folder, os.W_OK):
            raise SetupError(f"{folder} is not writable; set OPENPCE_HOME to a folder of yours")
    disk.plan(cache(), 0 if any(cache().glob("odoo-*")) else disk.FOR_DOWNLOADS)
    disk.plan(home(), 0 if any(home().glob("data*/filestore/*")) else disk.FOR_DATABASES)
    if disk.lacking():
        raise SetupError(f"the disk is too full: {disk.lacking()}")


@contextlib.contextmanager
def locked(folder: Path, what: str, wait: float = 1800) -> Iterator[None]:
    """Hold a lock file, so that two starts do not build the same thing at the same time.

    The operating system frees the lock when its holder dies, however it dies: when we are killed
    and a child of a child still writes (dpkg-deb's tar, venv's pip), the last of them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".{what}.lock").open("w") as stream:
        os.set_inheritable(stream.fileno(), True)
        until = time.monotonic() + wait
        told = False
        while True:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise SetupError(
                        f"another start holds {folder} for too long ({what})"
                    ) from None
                if not told:
                    say(f"          waiting for another start that prepares {what}")
                    told = True
                time.sleep(0.5)
        yield


def claim(what: str) -> bool:
    """Whether this process is from now to its end the only one of this work folder that does it."""
    file = home() / f".{what}.lock"
    if file not in _kept:
        stream = file.open("a")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.close()
            return False
        _kept[file] = stream
    return True


def release(what: str) -> None:
    """Give up a claim."""
    stream = _kept.pop(home() / f".{what}.lock", None)
    if stream:
        stream.close()


def discard(path: Path) -> None:
    """Delete a folder or file, there or not."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def keep(folder: Path, pattern: str) -> None:
    """Mark a folder of the cache as in use by this process, and delete what has long been unused.

    The caller holds the lock on things of this kind. Beside each folder lies a stamp: its time is
    that of the last use, a shared lock on it says that somebody uses the folder now.

    :param pattern: the folder and its older relatives in the cache, e.g. ``venv-*``.
    """
    if folder not in _kept:
        _kept[folder] = _stamp(folder).open("a")
        fcntl.flock(_kept[folder], fcntl.LOCK_SH)
    os.utime(_stamp(folder))
    for other in folder.parent.glob(pattern):
        if other != folder and not other.is_symlink():
            _prune(other)


def _stamp(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.used")


def _prune(folder: Path) -> None:
    """Delete a folder whose stamp is old and free; one without a stamp gets one and its time."""
    stamp = _stamp(folder)
    with stamp.open("a") as stream:
        # opening does not change the time of a file that is there already
        if time.time() - stamp.stat().st_mtime < _UNUSED_DAYS * 86400:
            return
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        discard(folder)
        stamp.unlink()
