"""Hours as supervision counts them: plain ones, or those of a working week (R68, R71, A18)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import RuleError

UTC = timezone.utc
_HOUR = timedelta(hours=1)
_MOST_IDLE_DAYS = 3660


class Clock(Protocol):
    """Counts hours between moments; moments are aware, or naive in UTC as databases keep them."""

    def add_hours(self, start: datetime, hours: float) -> datetime:
        """The moment ``hours`` (not negative) of this clock after ``start``, of its kind."""

    def hours_between(self, start: datetime, end: datetime) -> float:
        """Hours of this clock from ``start`` to ``end``; 0 when ``end`` is not later."""


class CalendarHours:
    """Every hour counts, by day and by night: the default (A18)."""

    def add_hours(self, start: datetime, hours: float) -> datetime:
        """``start`` and so many hours.

        :raises RuleError: ``negative_hours``.
        """
        return start + _duration(hours)

    def hours_between(self, start: datetime, end: datetime) -> float:
        """Hours from ``start`` to ``end``, not less than 0."""
        return max(end - start, timedelta()) / _HOUR


class WorkingHours:
    """Only the hours of a working week count, holidays do not (A18).

    :param week: weekday (0 Monday … 6 Sunday) → intervals of local time, ascending, not
        overlapping; an end of 00:00 means midnight.
    :param holidays: days without work.
    :param zone: IANA name of the time zone that ``week`` and ``holidays`` are in.
    :raises RuleError: ``no_working_hours``, ``bad_interval`` (fact ``weekday``), ``bad_zone``.
    """

    def __init__(
        self,
        week: Mapping[int, tuple[tuple[time, time], ...]],
        holidays: frozenset[date] = frozenset(),
        zone: str = "UTC",
    ) -> None:
        try:
            self._zone = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise RuleError("bad_zone", zone=zone) from error
        if not any(week.values()):
            raise RuleError("no_working_hours")
        for weekday, intervals in week.items():
            times = [moment for interval in intervals for moment in interval]
            if times and times[-1] == time():
                times[-1] = time.max
            if weekday not in range(7) or any(b < a for a, b in pairwise(times)):
                raise RuleError("bad_interval", weekday=weekday)
        self._week = dict(week)
        self._holidays = holidays

    def add_hours(self, start: datetime, hours: float) -> datetime:
        """The working moment at which ``hours`` of work have passed since ``start``.

        :raises RuleError: ``negative_hours``, or ``no_working_hours`` when ten years hold none.
        """
        left = _duration(hours)
        now = _aware(start)
        if not left:
            return start
        for begin, end in self._intervals(now):
            available = end - max(begin, now)
            if available >= left:
                return _as_given(max(begin, now) + left, start)
            left -= max(available, timedelta())
        raise RuleError("no_working_hours")

    def hours_between(self, start: datetime, end: datetime) -> float:
        """Working hours from ``start`` to ``end``, not less than 0."""
        now, stop = _aware(start), _aware(end)
        total = timedelta()
        for opening, closing in self._intervals(now) if now < stop else ():
            if opening >= stop:
                break
            total += max(min(closing, stop) - max(opening, now), timedelta())
        return total / _HOUR

    def _intervals(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working intervals from the day of ``start`` on, in UTC so that clock changes count."""
        first = start.astimezone(self._zone).date()
        for number in range(_MOST_IDLE_DAYS):
            day = first + timedelta(days=number)
            if day not in self._holidays:
                for begin, end in self._week.get(day.weekday(), ()):
                    last = day + timedelta(days=1) if end == time() else day
                    yield self._moment(day, begin), self._moment(last, end)

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self._zone).astimezone(UTC)


def _duration(hours: float) -> timedelta:
    if not hours >= 0:
        raise RuleError("negative_hours", hours=hours)
    return timedelta(hours=hours)


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _as_given(moment: datetime, model: datetime) -> datetime:
    return moment.replace(tzinfo=None) if model.tzinfo is None else moment.astimezone(model.tzinfo)
