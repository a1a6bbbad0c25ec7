"""Who owns PostgreSQL's processes, and the folders that this user can reach.

PostgreSQL refuses to run as root: there an ordinary user owns it.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from . import places
from .console import SetupError, identity_of


def name() -> str | None:
    """User of the server process: ourselves, or an ordinary user when we are root."""
    if os.getuid():
        return None
    for user in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(user).pw_name
        except KeyError:
            continue
    raise SetupError("PostgreSQL does not run as root and there is no user postgres or nobody here")


def reachable(path: Path, owner: str | None) -> bool:
    """Whether the server's user may enter a folder."""
    if owner is None:
        return True
    test = ["test", "-x", str(path)]
    done = subprocess.run(test, check=False, **identity_of(owner))
    return done.returncode == 0


def reachable_folder(owner: str | None) -> Path:
    """The work folder, or, where the server's user may not enter it, one beside /var/tmp."""
    if reachable(places.home(), owner):
        return places.home()
    folder = Path("/var/tmp") / f"openpce-{mark()}"
    own_folder(folder, None, 0o755)
    return folder


def mark() -> str:
    """A few digits that tell this work folder and user from others."""
    return hashlib.sha256(f"{places.home()}:{os.getuid()}".encode()).hexdigest()[:10]


def own_folder(folder: Path, owner: str | None, mode: int) -> None:
    """Make a folder that belongs to ``owner``; refuse one that somebody else put there."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pwd.getpwnam(owner).pw_uid if owner else os.getuid()
    if folder.is_symlink() or folder.stat().st_uid not in (wanted, os.getuid()):
        raise SetupError(f"{folder} belongs to somebody else; remove it or set OPENPCE_HOME")
    if folder.stat().st_uid != wanted:
        shutil.chown(folder, owner)
    folder.chmod(mode)
