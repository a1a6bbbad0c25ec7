"""Files of a delivery: what they are by their content, archives opened within limits."""

from __future__ import annotations

import hashlib
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from .errors import ParcelError

#: An archive of supplier bills has few files that shrink well; more is an attack or a mistake.
MOST_FILES = 100
MOST_TIMES = 200
_SMALL = 1_000_000
_CHUNK = 1 << 16
_STARTS = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\x89PNG": "image",
    b"\xff\xd8\xff": "image",
    b"II*\0": "image",
    b"MM\0*": "image",
}
_MIMETYPES = {"pdf": "application/pdf", "xml": "text/plain", "zip": "application/zip"}
# not application/octet-stream: programs take that for a question and look for an answer
_UNKNOWN = "application/x-unknown"
_IMAGES = {b"\x89PN": "image/png", b"\xff\xd8\xff": "image/jpeg"}
# What a spreadsheet or a text document is inside is no matter of ours.
_OFFICE = (".xlsx", ".docx", ".pptx", ".ods", ".odt", ".odp")
_PDF_WITHIN = 1024


@dataclass(frozen=True)
class File:
    """One file of a delivery.

    :ivar origin: who sent it, as far as the source knows.
    """

    name: str
    data: bytes
    origin: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


def judge(file: File) -> str:
    """What a file is: ``pdf``, ``xml``, ``zip``, ``image``, ``empty``, or ``other``.

    Only the content counts: a web page named ``.pdf`` is ``other``.
    """
    data = file.data
    if not data:
        return "empty"
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return "pdf"
    for start, kind in _STARTS.items():
        if data.startswith(start):
            return "other" if file.name.lower().endswith(_OFFICE) else kind
    if _looks_like_xml(data):
        return "xml"
    return "other"


def _looks_like_xml(data: bytes) -> bool:
    head = data[:_PDF_WITHIN]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode()
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    lower = head.lower()
    return head.startswith(b"<") and not lower.startswith((b"<!doctype html", b"<html"))


def mimetype(file: File) -> str:
    """How a browser is told to treat a file that a stranger sent: never as a page or a script."""
    kind = judge(file)
    if kind == "image":
        return _IMAGES.get(file.data[:3], "image/tiff")
    return _MIMETYPES.get(kind, _UNKNOWN)


def set_hash(files: Iterable[File]) -> str:
    """SHA-256 of a set: that of the file, or of the sorted ones of several; names do not count."""
    digests = sorted({file.digest for file in files})
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def unpack(files: Iterable[File], max_bytes: int) -> tuple[list[File], list[ParcelError]]:
    """The files with those inside ZIP archives in the place of the archives.

    Archives inside archives stay closed. What is wrong with an archive comes back as a list: the
    other files of the delivery are good all the same.

    :param max_bytes: the most that an archive may hold, unpacked.
    """
    found: list[File] = []
    wrong: list[ParcelError] = []
    for file in files:
        if judge(file) != "zip":
            found.append(file)
            continue
        try:
            found += _open(file, max_bytes)
        except ParcelError as error:
            wrong.append(error)
    return found, wrong


def _open(file: File, max_bytes: int) -> list[File]:
    """The files of one archive.

    :raises ParcelError: ``zip_damaged``, ``zip_encrypted``, ``zip_many``, ``zip_big``,
        ``zip_empty``, with the facts ``name``, ``limit``.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            members = [entry for entry in archive.infolist() if not entry.is_dir()]
            if not members:
                raise ParcelError("zip_empty", name=file.name)
            if len(members) > MOST_FILES:
                raise ParcelError("zip_many", name=file.name, limit=MOST_FILES)
            left = min(max_bytes, max(_SMALL, MOST_TIMES * len(file.data)))
            unpacked = []
            for entry in members:
                if entry.flag_bits & 1:
                    raise ParcelError("zip_encrypted", name=file.name)
                data = _read(archive, entry, left, file.name)
                left -= len(data)
                unpacked.append(File(clean_name(entry.filename), data))
            return unpacked
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        struct.error,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        raise ParcelError("zip_damaged", name=file.name) from error


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, name: str) -> bytes:
    """Unpack one entry without believing what the archive says about its size."""
    parts: list[bytes] = []
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise ParcelError("zip_big", name=name)
            parts.append(chunk)
    return b"".join(parts)


def clean_name(name: str, most: int = 120) -> str:
    """A file name without folders and control characters, not too long, never empty."""
    plain = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(character for character in plain if character.isprintable()).strip(" .")
    if len(plain) > most:
        suffix = PurePosixPath(plain).suffix[:10]
        plain = plain[: most - len(suffix)] + suffix
    return plain or "file"
