"""A folder of this machine, below a directory that the server's configuration allows."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from .errors import ParcelError, SourceError
from .file_source import FileSource
from .parcels import Found, Rules, is_plain


class FolderSource(FileSource):
    """Reads regular files only: a link inside the folder leads nowhere.

    :param path: the folder.
    :param allowed: directories below which it must lie, links resolved.
    """

    def __init__(self, path: str, allowed: Sequence[str], rules: Rules) -> None:
        super().__init__(rules)
        self._path = Path(path)
        self._allowed = [Path(each) for each in allowed if each]

    def open(self) -> None:
        """Check that the folder is allowed and there.

        :raises SourceError: ``no_allowed``, ``not_allowed``, ``no_folder`` (fact ``path``).
        """
        if not self._allowed:
            raise SourceError("no_allowed")
        real = self._path.resolve()
        if not any(real.is_relative_to(each.resolve()) for each in self._allowed):
            raise SourceError(
                "not_allowed", path=str(self._path), allowed=", ".join(map(str, self._allowed))
            )
        if not real.is_dir():
            raise SourceError("no_folder", path=str(self._path), reason="")
        self._path = real

    def close(self) -> None:
        """Nothing is held open."""

    def _list(self) -> list[Found]:
        with self._refusals(str(self._path)):
            names = os.listdir(self._path)
        return [found for name in names if (found := self._stat(name))]

    def _stat(self, name: str) -> Found | None:
        try:
            status = os.lstat(self._path / name)
        except OSError:
            return None
        if not stat.S_ISREG(status.st_mode):
            return None
        return Found(name, status.st_size, int(status.st_mtime))

    def _read(self, found: Found) -> bytes:
        self.rules.check_time()
        try:
            descriptor = os.open(self._path / found.name, os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(descriptor, "rb") as stream:
                return stream.read(found.size + 1)
        except OSError as error:
            raise ParcelError(
                "unreadable", name=found.name, reason=error.strerror or str(error)
            ) from error

    def _delete(self, name: str) -> None:
        with self._refusals(name):
            (self._path / name).unlink()

    def _taken(self, name: str) -> bool:
        with self._refusals(self.rules.moved_to):
            self._target().mkdir(exist_ok=True)
        return (self._target() / name).exists()

    def _target(self) -> Path:
        if not is_plain(self.rules.moved_to):
            raise SourceError("bad_target", path=self.rules.moved_to)
        target = self._path / self.rules.moved_to
        if target.is_symlink():
            raise SourceError("bad_target", path=self.rules.moved_to)
        return target

    def _move(self, name: str, target: str) -> None:
        with self._refusals(name):
            os.rename(self._path / name, self._target() / target)

    @staticmethod
    @contextlib.contextmanager
    def _refusals(path: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise SourceError("refused", path=path, reason=error.strerror or str(error)) from error
