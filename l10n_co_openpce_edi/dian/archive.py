"""ZIP archives: deterministic packing, and unpacking of what strangers send.

Nothing is written to disk. Sizes in headers are never trusted: what is inflated is bounded by the
limits, then compared with what the headers claimed. Overlapping entries (quines, bombs that share
one compressed kernel), encryption and names that point outside are refused.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .errors import ArchiveError
from .limits import ARCHIVE_LIMITS, ArchiveLimits

_LOCAL = b"PK\x03\x04"
_CENTRAL = b"PK\x01\x02"
_EMPTY = b"PK\x05\x06"
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_EPOCH = (1980, 1, 1, 0, 0, 0)
#: Control characters, backslash, drive letter, absolute path, a step upwards.
_BAD_NAME = re.compile(r"[\x00-\x1f\x7f\\]|^[A-Za-z]:|^/|(^|/)\.\.(/|$)")
#: What zipfile and struct raise on damaged directories.
_DAMAGED = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    struct.error,
    ValueError,
    NotImplementedError,
    OverflowError,
    EOFError,
)


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """One file of an archive.

    :param name: path inside the archive; a file of a nested ZIP is ``outer.zip/inner.xml``.
    :param problem: why a nested ZIP could not be opened, one sentence; then ``content`` is that
        ZIP itself. Empty for every other entry.
    """

    name: str
    content: bytes
    problem: str = ""


class _Unreadable(ArchiveError):
    """Damaged, encrypted or of an unknown compression: says nothing against the ZIP around it."""


class _Budget:
    """What is left of the limits while an archive and those nested in it are read."""

    def __init__(self, limits: ArchiveLimits) -> None:
        self.limits = limits
        self.total = limits.total
        self.count = limits.count

    def spend_entries(self, number: int) -> None:
        self.count -= number
        if self.count < 0:
            raise ArchiveError(f"The archive holds more than {self.limits.count} files.")

    def spend_bytes(self, number: int) -> None:
        self.total -= number


def is_archive(data: bytes) -> bool:
    """Whether ``data`` begins as a ZIP does."""
    return data[:4] in (_LOCAL, _EMPTY)


def pack(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of ``files`` in their order; the same input always gives the same bytes.

    :raises ArchiveError: a name is not a plain relative path.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            _check_name(name, ARCHIVE_LIMITS)
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, content)
    return stream.getvalue()


def unpack(data: bytes, limits: ArchiveLimits = ARCHIVE_LIMITS) -> list[ArchiveEntry]:
    """All files of a ZIP, those of nested ZIPs included; folders are left out.

    :raises ArchiveError: not a ZIP, damaged, encrypted, a name that points elsewhere, or beyond
        a limit; the message is one sentence for people.
    """
    return list(walk(data, limits))


def walk(data: bytes, limits: ArchiveLimits = ARCHIVE_LIMITS) -> Iterator[ArchiveEntry]:
    """As :func:`unpack`, one file at a time, so that only one is in memory."""
    if len(data) > limits.size:
        raise ArchiveError(f"The archive is larger than {limits.size} bytes.")
    yield from _walk(data, _Budget(limits), "", 1)


def _walk(data: bytes, budget: _Budget, prefix: str, depth: int) -> Iterator[ArchiveEntry]:
    if depth > budget.limits.depth:
        raise ArchiveError(f"ZIP files are nested deeper than {budget.limits.depth}.")
    for info, start in _directory(data, budget):
        if info.is_dir():
            continue
        name = prefix + info.orig_filename
        content = _inflate(data, info, start, budget)
        if name.lower().endswith(".zip") and is_archive(content):
            try:
                yield from _walk(content, budget, name + "/", depth + 1)
            except _Unreadable as error:
                yield ArchiveEntry(name, content, str(error))
        else:
            yield ArchiveEntry(name, content)


def _directory(data: bytes, budget: _Budget) -> list[tuple[zipfile.ZipInfo, int]]:
    """The checked entries with the offset of their compressed bytes."""
    if not is_archive(data):
        raise _Unreadable("The file is not a ZIP archive.")
    # Judged before zipfile builds an object for each record of a forged directory.
    if data.count(_CENTRAL) > budget.limits.count:
        raise ArchiveError(f"The archive holds more than {budget.limits.count} files.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos, end = archive.infolist(), archive.start_dir
    except _DAMAGED:
        raise _Unreadable("The ZIP archive is damaged.") from None
    budget.spend_entries(len(infos))
    for info in infos:
        _check_info(info, budget.limits)
    return _located(data, infos, end)


def _check_name(name: str, limits: ArchiveLimits) -> None:
    if not name or len(name) > limits.name or _BAD_NAME.search(name):
        raise ArchiveError(f"The archive holds a file with a forbidden name: {name[:80]!r}.")


def _check_info(info: zipfile.ZipInfo, limits: ArchiveLimits) -> None:
    _check_name(info.orig_filename, limits)
    kind = stat.S_IFMT(info.external_attr >> 16) if info.create_system == 3 else 0
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ArchiveError("The archive holds a link or a device instead of a file.")
    if info.flag_bits & _ENCRYPTED:
        raise _Unreadable("The ZIP archive is encrypted.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _Unreadable("The ZIP archive uses a compression other than deflate.")


def _located(
    data: bytes, infos: list[zipfile.ZipInfo], end: int
) -> list[tuple[zipfile.ZipInfo, int]]:
    """Where each entry's bytes begin; refuses entries that share bytes or leave the archive."""
    located, position = [], 0
    for info in sorted(infos, key=lambda entry: entry.header_offset):
        offset = info.header_offset
        if offset < position:
            raise ArchiveError("The archive holds files that overlap.")
        if offset + _LOCAL_HEADER.size > end:
            raise _Unreadable("The ZIP archive is damaged.")
        signature, name_size, extra_size = _LOCAL_HEADER.unpack_from(data, offset)
        start = offset + _LOCAL_HEADER.size + name_size + extra_size
        position = start + info.compress_size
        if signature != _LOCAL or position > end:
            raise _Unreadable("The ZIP archive is damaged.")
        located.append((info, start))
    order = {id(info): index for index, info in enumerate(infos)}
    return sorted(located, key=lambda pair: order[id(pair[0])])


def _inflate(data: bytes, info: zipfile.ZipInfo, start: int, budget: _Budget) -> bytes:
    """Content of one entry, inflated no further than the limits allow."""
    limits, packed = budget.limits, data[start : start + info.compress_size]
    by_ratio = max(limits.ratio_floor, len(packed) * limits.ratio)
    bound = min(limits.entry, budget.total, by_ratio)
    if info.compress_type == zipfile.ZIP_STORED:
        content, complete = packed[: bound + 1], True
    else:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = inflater.decompress(packed, bound + 1)
        except zlib.error:
            raise _Unreadable("The ZIP archive is damaged.") from None
        complete = inflater.eof and not inflater.unused_data
    if len(content) > bound:
        raise ArchiveError(_excess(bound, by_ratio, budget))
    if not complete or len(content) != info.file_size or zlib.crc32(content) != info.CRC:
        raise _Unreadable("The ZIP archive is damaged.")
    budget.spend_bytes(len(content))
    return content


def _excess(bound: int, by_ratio: int, budget: _Budget) -> str:
    if bound == by_ratio:
        return f"A file of the archive expands more than {budget.limits.ratio} times."
    if bound == budget.limits.entry:
        return f"A file of the archive is larger than {bound} bytes."
    return f"The archive expands to more than {budget.limits.total} bytes."
