"""Colombian legal time and the formats DIAN's documents use (annex 1.9 section 5.4)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

#: Bogotá: five hours behind UTC, without daylight saving since 1993.
BOGOTA = timezone(timedelta(hours=-5), "America/Bogota")


def to_bogota(moment: datetime) -> datetime:
    """``moment`` in Colombian legal time.

    :raises ValueError: ``moment`` is naive: nobody could say which hour it means.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(BOGOTA)


def format_date(moment: datetime) -> str:
    """``cbc:IssueDate``: ``2024-03-15``, in Bogotá."""
    return to_bogota(moment).strftime("%Y-%m-%d")


def format_time(moment: datetime) -> str:
    """``cbc:IssueTime``: ``09:15:23-05:00``; fractions of a second are cut off."""
    return to_bogota(moment).strftime("%H:%M:%S-05:00")


def format_datetime(moment: datetime) -> str:
    """``xsd:dateTime`` with offset, as ``xades:SigningTime`` takes it."""
    return f"{format_date(moment)}T{format_time(moment)}"
