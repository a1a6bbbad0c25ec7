"""What a folder here and a folder on a server have in common."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import PurePosixPath
from types import TracebackType
from typing import TypeVar

from .errors import ParcelError
from .files import File
from .parcels import Found, Parcel, Rules, group

_Self = TypeVar("_Self", bound="FileSource")


class FileSource(ABC):
    """A folder whose files are read and then moved or deleted."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def __enter__(self: _Self) -> _Self:
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def parcels(self) -> Iterator[Parcel]:
        """What waits, oldest first.

        :raises SourceError: the folder cannot be listed.
        """
        return group(self._list(), self.rules)

    def fetch(self, parcel: Parcel) -> list[File]:
        """The files of a parcel, whole and unchanged since they were listed.

        :raises ParcelError: ``too_big`` (``size``, ``limit``), ``changed``, ``unreadable``.
        :raises SourceLost: the connection broke.
        """
        if parcel.size > self.rules.max_bytes:
            raise ParcelError("too_big", size=parcel.size, limit=self.rules.max_bytes)
        files = []
        for found in parcel.files:
            data = self._read(found)
            # asked in any case: a connection that breaks in mid-file may only give too little
            now = self._stat(found.name)
            if len(data) != found.size or now != found:
                raise ParcelError("changed", name=found.name)
            files.append(File(found.name, data))
        return files

    def settle(self, parcel: Parcel) -> None:
        """Move or delete what was taken; a file that was replaced meanwhile is a new parcel.

        :raises SourceError: the server or file system refuses.
        """
        for found in parcel.files:
            if self._stat(found.name) != found:
                continue
            if self.rules.after == "delete":
                self._delete(found.name)
            else:
                self._move(found.name, self._free_name(found.name))

    def _free_name(self, name: str) -> str:
        if not self._taken(name):
            return name
        path = PurePosixPath(name)
        return f"{path.stem}.{time.time_ns()}{path.suffix}"

    @abstractmethod
    def open(self) -> None:
        """Connect and go to the folder."""

    @abstractmethod
    def close(self) -> None:
        """Let go of everything; never raises."""

    @abstractmethod
    def _list(self) -> list[Found]: ...

    @abstractmethod
    def _read(self, found: Found) -> bytes: ...

    @abstractmethod
    def _stat(self, name: str) -> Found | None:
        """The file as it is now; None when it is gone."""

    @abstractmethod
    def _delete(self, name: str) -> None: ...

    @abstractmethod
    def _taken(self, name: str) -> bool:
        """Whether the folder for what was taken has this name already; makes the folder."""

    @abstractmethod
    def _move(self, name: str, target: str) -> None: ...
