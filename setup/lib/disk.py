"""Room on the disks that a start writes to, and the words for it when there is none."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

# Odoo 1.3 GB, Python packages 0.5 GB, and the downloads until they are unpacked.
FOR_DOWNLOADS = 2_500_000_000
# Two databases with their attachments, and PostgreSQL's journal of making them.
FOR_DATABASES = 500_000_000
# Below this PostgreSQL cannot make the next file of its journal (16 MB) and stops.
_LEAST = 32_000_000
# PostgreSQL gives the third as a hint when a file could be written in part; the last is our own.
_SAID = re.compile(
    r"no space left on device|disk quota exceeded|check free disk space|the disk is full",
    re.IGNORECASE,
)
_plans: dict[Path, int] = {}


def plan(folder: Path, size: int) -> None:
    """Tell that so many bytes are going to be written below a folder; 0: what little it is."""
    _plans[folder] = size


def lacking() -> str:
    """Where there is too little room for what is planned, in words; "" when there is enough."""
    free, needed, folder = _tightest()
    return _words(free, needed, folder) if free < needed else ""


def is_full(said: object = "") -> bool:
    """Whether a failure is that of a full disk.

    :param said: the error, or the output of the program that failed. A disk without any room left
        tells by itself: on it even the message may have found no place.
    """
    return bool(_SAID.search(str(said))) or _tightest()[0] < _LEAST


def where() -> str:
    """For a sentence on a full disk: how much is free in which folder, and how much is needed."""
    return _words(*_tightest())


def _tightest() -> tuple[int, int, Path]:
    """Free and needed bytes of the disk on which the least will be left, and a folder on it."""
    disks: dict[int, tuple[int, int, Path]] = {}
    for folder, size in _plans.items():
        present = next((path for path in (folder, *folder.parents) if path.exists()), None)
        if present:
            device = present.stat().st_dev
            free, needed, first = disks.get(device, (shutil.disk_usage(present).free, 0, folder))
            disks[device] = free, needed + size, first
    nothing_known = (_LEAST, 0, Path("/"))
    return min(disks.values(), key=lambda disk: disk[0] - disk[1], default=nothing_known)


def _words(free: int, needed: int, folder: Path) -> str:
    text = f"{_size(free)} are free in {folder}"
    return f"{text}, a start needs {_size(needed)} there" if needed else text


def _size(number: int) -> str:
    return f"{number / 1e9:.1f} GB" if number >= 1e9 else f"{number / 1e6:.0f} MB"
