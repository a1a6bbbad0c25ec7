"""Texts of a document as amounts, dates and moments."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation

from lxml import etree

from ..calendar import BOGOTA
from ..errors import DocumentError
from .xml import text

#: More than any amount of the annex (15 digits and 6 decimals), less than what costs memory.
_NUMBER = re.compile(r"[+-]?[0-9]{0,24}(\.[0-9]{0,24})?")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DAY_FIRST = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_TIME = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?\s*(Z|[+-][0-9]{2}:?[0-9]{2})?"
)


def number(element: etree._Element | None, names: str) -> Decimal | None:
    """Amount, quantity or rate at ``names``; ``None`` when it is absent or empty.

    :raises DocumentError: it is there and no number.
    """
    found = text(element, names)
    if not found:
        return None
    try:
        if not _NUMBER.fullmatch(found):
            raise InvalidOperation
        return Decimal(found)
    except InvalidOperation:
        raise DocumentError(f"{names} is not a number: {found[:40]!r}.") from None


def day(found: str) -> date | None:
    """``2024-03-15``, also with an offset or time behind it, or ``15/03/2024`` (seen in
    containers); ``None`` for anything else."""
    iso, other = _ISO_DATE.match(found), _DAY_FIRST.match(found)
    if iso:
        year, month, of_month = iso.groups()
    elif other:
        of_month, month, year = other.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(of_month))
    except ValueError:
        return None


def moment(date_text: str, time_text: str) -> datetime | None:
    """Date and time together, aware. Without an offset the time is Bogotá's (annex 5.4); up to
    nine decimals of a second are read, six are kept."""
    on, match = day(date_text), _TIME.fullmatch(time_text)
    if on is None or match is None:
        return None
    hour, minute, second, fraction, offset = match.groups()
    micro = int((fraction or "")[:6].ljust(6, "0"))
    try:
        return datetime(
            on.year, on.month, on.day, int(hour), int(minute), int(second), micro, _zone(offset)
        )
    except ValueError:
        return None


def _zone(offset: str | None) -> timezone:
    if not offset or offset == "-05:00":
        return BOGOTA
    if offset == "Z":
        return timezone.utc
    sign = -1 if offset[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:])))


def flag(element: etree._Element | None, names: str) -> bool:
    """``true`` or ``1``, in any case."""
    return text(element, names).lower() in {"true", "1"}


def split_list(found: str) -> tuple[str, ...]:
    """Values joined with ``;``, as responsibilities and activity codes are."""
    return tuple(part.strip() for part in found.split(";") if part.strip())
