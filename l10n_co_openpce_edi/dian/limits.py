"""Bounds on what is read from outside. Real documents stay far below them (annex 1.9: an XML has
at most 500 KB by rule ZA01, a ZIP at most 50 MB by section 7.8.2, a mail 2 MB by section 9.1)."""

from __future__ import annotations

from dataclasses import dataclass

KB = 1024
MB = 1024 * KB


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """Bounds of one XML document.

    :param size: bytes; a container holds a document and an answer, so ten times ZA01.
    :param nodes: angle brackets and equals signs, which bounds elements, comments and attributes
        together before anything is parsed; an invoice of 500 lines has about 60,000.
    :param depth: nested elements; UBL needs about fifteen.
    :param attributes: attributes of one element; namespace declarations count in ``nodes``.
    :param namespaces: declarations in scope of one element; real documents have about thirty. The
        canonical form costs every element their square: with a thousand 70 KB take 16 seconds.
    :param embedded: containers inside containers.
    """

    size: int = 5 * MB
    nodes: int = 200_000
    depth: int = 60
    attributes: int = 40
    namespaces: int = 50
    embedded: int = 4


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Bounds of one ZIP with all that is nested in it.

    :param size: bytes of the ZIP itself.
    :param total: uncompressed bytes of all entries, nested ones included.
    :param entry: uncompressed bytes of one entry.
    :param ratio: uncompressed to compressed bytes of one entry; judged above ``ratio_floor``.
    :param count: entries, nested ones included.
    :param depth: ZIPs inside ZIPs; 1 means none.
    :param name: characters of a name.
    """

    size: int = 50 * MB
    total: int = 40 * MB
    entry: int = 20 * MB
    ratio: int = 200
    ratio_floor: int = MB
    count: int = 200
    depth: int = 3
    name: int = 255


XML_LIMITS = XmlLimits()
ARCHIVE_LIMITS = ArchiveLimits()
