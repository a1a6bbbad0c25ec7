"""When a scheduled task runs next: days of the week and hours of a time zone (R128)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import RuleError

_UTC = timezone.utc
_LEAST_MINUTES = 5
_DAY = 24 * 60


@dataclass(frozen=True)
class Timetable:
    """Days and times of a task.

    :param days: weekdays, 0 Monday … 6 Sunday.
    :param start: minute of the day of the first run, 0 … 1439.
    :param every: minutes from run to run until ``until``; 0: once a day.
    :param until: last minute of the day at which a run may begin.
    :param zone: IANA name of the time zone in which days and minutes are meant.
    :raises RuleError: ``no_days``, ``bad_time`` (fact ``minutes``), ``too_often`` (fact
        ``least``), ``bad_zone`` (fact ``zone``).
    """

    days: frozenset[int]
    start: int
    every: int = 0
    until: int = _DAY - 1
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if not self.days or not self.days <= set(range(7)):
            raise RuleError("no_days")
        for minutes in (self.start, self.until):
            if not 0 <= minutes < _DAY:
                raise RuleError("bad_time", minutes=minutes)
        if self.every and self.every < _LEAST_MINUTES:
            raise RuleError("too_often", least=_LEAST_MINUTES)
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise RuleError("bad_zone", zone=self.zone) from error

    def next_after(self, moment: datetime) -> datetime:
        """The first run after ``moment``.

        :param moment: aware, or naive in UTC; the answer is of its kind.
        """
        now = moment.replace(tzinfo=_UTC) if moment.tzinfo is None else moment.astimezone(_UTC)
        found = next(run for run in self._runs(now) if run > now)
        return found.replace(tzinfo=None) if moment.tzinfo is None else found

    def _runs(self, now: datetime) -> Iterator[datetime]:
        """Runs from the day before ``now`` on, in UTC."""
        zone = ZoneInfo(self.zone)
        day = now.astimezone(zone).date() - timedelta(days=1)
        while True:
            if day.weekday() in self.days:
                for minutes in self._minutes():
                    local = datetime.combine(day, time(*divmod(minutes, 60)), zone)
                    yield local.astimezone(_UTC)
            day += timedelta(days=1)

    def _minutes(self) -> range:
        if not self.every:
            return range(self.start, self.start + 1)
        return range(self.start, max(self.start, self.until) + 1, self.every)
