"""What waits at a source, and the rules by which it is taken."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import PurePosixPath

from .errors import SourceLost


@dataclass(frozen=True)
class Found:
    """A file as the source lists it: name in its folder, bytes, seconds of its last change."""

    name: str
    size: int
    changed: int


@dataclass(frozen=True)
class Parcel:
    """Files that belong together: one message, or the files of one folder with the same stem.

    :ivar key: the same at every visit; another one as soon as the content is another.
    """

    key: str
    name: str
    size: int
    files: tuple[Found, ...] = ()


@dataclass(frozen=True)
class Rules:
    """How a source is treated.

    :ivar patterns: names that count, e.g. ``*.pdf``; capitals make no difference.
    :ivar after: ``move``, ``delete`` or (mailbox) ``seen``: what happens to a parcel taken.
    :ivar moved_to: folder for ``move``, inside the one that is read.
    :ivar max_bytes: the most that one parcel may weigh.
    :ivar timeout: seconds that the other side may keep us waiting.
    :ivar budget: seconds that the whole visit may last.
    :ivar rest: seconds that a file must have been left alone: somebody may be writing it.
    """

    patterns: tuple[str, ...] = ("*.pdf", "*.xml", "*.zip")
    after: str = "move"
    moved_to: str = "done"
    max_bytes: int = 25_000_000
    timeout: float = 30
    budget: float = 600
    rest: float = 30
    # looked up late, so that a test may stop the clock
    started: float = field(default_factory=lambda: time.monotonic())

    def wants(self, name: str) -> bool:
        """Whether a file of this name counts."""
        return any(fnmatch(name.lower(), pattern.lower()) for pattern in self.patterns)

    def check_time(self) -> None:
        """Stop a visit that lasts too long, e.g. because bytes come in drops.

        :raises SourceLost: ``too_slow`` (fact ``seconds``).
        """
        if time.monotonic() - self.started > self.budget:
            raise SourceLost("too_slow", seconds=round(self.budget))


def group(files: Iterable[Found], rules: Rules, now: float | None = None) -> Iterator[Parcel]:
    """Parcels of a folder, oldest first; what changed a moment ago is left for the next visit."""
    now = time.time() if now is None else now
    by_stem: dict[str, list[Found]] = {}
    for found in files:
        if is_plain(found.name) and rules.wants(found.name):
            by_stem.setdefault(PurePosixPath(found.name).stem.lower(), []).append(found)
    for members in sorted(by_stem.values(), key=lambda files: max(f.changed for f in files)):
        if max(found.changed for found in members) > now - rules.rest:
            continue
        members.sort(key=lambda found: found.name)
        yield Parcel(
            key="|".join(f"{f.name}:{f.size}:{f.changed}" for f in members),
            name=", ".join(found.name for found in members),
            size=sum(found.size for found in members),
            files=tuple(members),
        )


def is_plain(name: str) -> bool:
    """Whether a listed name is one of this very folder; a hostile server may say otherwise."""
    return bool(name) and name not in (".", "..") and not set(name) & {"/", "\\", "\0"}
