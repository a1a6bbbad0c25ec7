"""Hours of supervision: plain hours, and those of a working week in its own time zone."""

from datetime import date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bill_flow.clocks import CalendarHours, WorkingHours
from bill_flow.errors import RuleError

WEEK = {
    day: ((time(8), time(12)), (time(13), time(17)))
    for day in range(5)
}  # fmt: skip
# Bogotá is UTC-5 the whole year: 8:00 there is 13:00 UTC
OFFICE = WorkingHours(WEEK, frozenset({date(2026, 3, 23)}), "America/Bogota")


def utc(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute)


def test_calendar_hours_count_nights_and_sundays():
    assert CalendarHours().add_hours(utc(13, 22), 24) == utc(14, 22)
    assert CalendarHours().hours_between(utc(13, 22), utc(14, 10)) == 12
    assert CalendarHours().hours_between(utc(14, 10), utc(13, 22)) == 0


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (utc(16, 13), 4, utc(16, 17)),  # Monday 8:00 to noon
        (utc(16, 13), 5, utc(16, 19)),  # over lunch
        (utc(16, 17, 30), 1, utc(16, 19)),  # from lunch
        (utc(16, 3), 1, utc(16, 14)),  # Sunday night there
        (utc(19, 21), 2, utc(20, 14)),  # Thursday 16:00, an hour left
        (utc(20, 21), 2, utc(24, 14)),  # Friday 16:00; Monday 23 is a holiday
        (utc(16, 13), 0, utc(16, 13)),
    ],
)
def test_working_hours_skip_nights_weekends_and_holidays(start, hours, end):
    assert OFFICE.add_hours(start, hours) == end
    assert OFFICE.hours_between(start, end) == hours


def test_moments_come_back_as_they_were_given():
    zone = timezone(timedelta(hours=-5))
    assert OFFICE.add_hours(utc(16, 13), 1).tzinfo is None
    found = OFFICE.add_hours(datetime(2026, 3, 16, 8, tzinfo=zone), 1)
    assert (found, found.utcoffset()) == (
        datetime(2026, 3, 16, 9, tzinfo=zone),
        timedelta(hours=-5),
    )


def test_a_night_without_an_hour_is_an_hour_shorter():
    always = {day: ((time(0), time(0)),) for day in range(7)}
    madrid = WorkingHours(always, zone="Europe/Madrid")
    assert madrid.add_hours(datetime(2026, 3, 28, 12), 24) == datetime(2026, 3, 29, 12)
    assert madrid.hours_between(datetime(2026, 3, 28, 23), datetime(2026, 3, 29, 22)) == 23


@pytest.mark.parametrize(
    ("week", "code"),
    [
        ({}, "no_working_hours"),
        ({0: ()}, "no_working_hours"),
        ({7: ((time(8), time(9)),)}, "bad_interval"),
        ({0: ((time(9), time(8)),)}, "bad_interval"),
        ({0: ((time(8), time(12)), (time(11), time(13)))}, "bad_interval"),
        ({0: ((time(8), time(0)), (time(9), time(10)))}, "bad_interval"),
    ],
)
def test_a_week_that_cannot_be_counted_is_refused(week, code):
    with pytest.raises(RuleError, match=code):
        WorkingHours(week)


def test_bad_arguments():
    with pytest.raises(RuleError, match="bad_zone"):
        WorkingHours(WEEK, zone="Nowhere/Land")
    for clock in (CalendarHours(), OFFICE):
        with pytest.raises(RuleError, match="negative_hours"):
            clock.add_hours(utc(16, 13), -1)
    closed = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(4000))
    with pytest.raises(RuleError, match="no_working_hours"):
        WorkingHours(WEEK, closed).add_hours(utc(16, 13), 1)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31))


@settings(max_examples=80, deadline=None)
@given(moments, st.integers(0, 400), st.integers(0, 400))
def test_hours_add_up(start, first, second):
    for clock in (CalendarHours(), OFFICE):
        between = clock.add_hours(start, first / 4)
        end = clock.add_hours(between, second / 4)
        assert clock.hours_between(start, end) == pytest.approx((first + second) / 4)
        assert end >= between >= start
