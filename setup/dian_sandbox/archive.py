"""Opening the zip of a call: strict, bounded, nothing touches the disk (annex §6.5.8, §7.8)."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass

MAX_ZIP = 50 * 1024 * 1024
MAX_FILE_NAME = 100
MAX_XML = 500 * 1024
MAX_ASYNC = 50
_READ_LIMIT = 5 * 1024 * 1024  # larger than any admitted XML; a bomb stops here


class BadArchive(Exception):
    """The zip is refused as a whole; the text is what the service answers."""


@dataclass(frozen=True)
class ZippedXml:
    """One file of the zip."""

    name: str
    content: bytes


def unpack(data: bytes, *, at_most: int) -> list[ZippedXml]:
    """Read the documents of a zip.

    :param at_most: 1 for the synchronous operations, 50 for the others.
    :raises BadArchive: empty, damaged, encrypted, too many or too large.
    """
    if not data:
        raise BadArchive("El archivo ZIP está vacío.")
    if len(data) > MAX_ZIP:
        raise BadArchive("El archivo ZIP supera 50 MB.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check_members(members, at_most)
            return [_read(archive, member) for member in members]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise BadArchive(f"Error descomprimiendo el archivo ZIP: {error}") from error


def _check_members(members: list[zipfile.ZipInfo], at_most: int) -> None:
    if not members:
        raise BadArchive("El archivo ZIP no contiene documentos.")
    if len(members) > at_most:
        raise BadArchive(
            "El archivo ZIP debe contener exactamente un documento."
            if at_most == 1
            else f"El archivo ZIP contiene más de {at_most} documentos."
        )
    if any(member.flag_bits & 0x1 for member in members):
        raise BadArchive("El archivo ZIP está cifrado.")


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> ZippedXml:
    with archive.open(member) as file:
        content = file.read(_READ_LIMIT + 1)
    if len(content) > _READ_LIMIT:
        raise BadArchive(f"El documento {member.filename[:80]} es demasiado grande.")
    return ZippedXml(member.filename, content)
