"""Scheduled tasks: days and hour in the time zone of the company (R128)."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bill_flow.errors import RuleError
from bill_flow.timetable import Timetable

WEEKDAYS = frozenset(range(5))
BOGOTA = "America/Bogota"


def test_r128_days_and_hour_of_the_company():
    # Friday 13 March 2026, 6:30 in Bogotá is 11:30 UTC
    table = Timetable(WEEKDAYS, 6 * 60 + 30, zone=BOGOTA)
    friday = datetime(2026, 3, 13, 11, 30)
    assert table.next_after(friday - timedelta(seconds=1)) == friday
    assert table.next_after(friday) == friday + timedelta(days=3), "the weekend is left out"


def test_the_day_is_that_of_the_company():
    # 20:00 on Sunday in Bogotá is Monday 1:00 UTC
    table = Timetable(frozenset({6}), 20 * 60, zone=BOGOTA)
    assert table.next_after(datetime(2026, 3, 16, 0, 30)) == datetime(2026, 3, 16, 1)


def test_every_so_many_minutes_until_the_evening():
    table = Timetable(WEEKDAYS, 8 * 60, every=240, until=18 * 60)
    runs, moment = [], datetime(2026, 3, 13)
    for _ in range(4):
        moment = table.next_after(moment)
        runs.append((moment.day, moment.hour))
    assert runs == [(13, 8), (13, 12), (13, 16), (16, 8)]


def test_an_hour_that_the_clock_change_leaves_out_still_runs():
    # Madrid, 29 March 2026: 2:00 becomes 3:00
    table = Timetable(frozenset(range(7)), 2 * 60 + 30, zone="Europe/Madrid")
    first = table.next_after(datetime(2026, 3, 28, 12))
    assert first.date() == datetime(2026, 3, 29).date()
    assert table.next_after(first) == datetime(2026, 3, 30, 0, 30)


def test_the_answer_is_of_the_kind_of_the_question():
    table = Timetable(WEEKDAYS, 0)
    aware = table.next_after(datetime(2026, 3, 13, 5, tzinfo=timezone.utc))
    assert aware == datetime(2026, 3, 16, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"days": frozenset()}, "no_days"),
        ({"days": frozenset({7})}, "no_days"),
        ({"start": 1440}, "bad_time"),
        ({"start": -1}, "bad_time"),
        ({"until": 1440}, "bad_time"),
        ({"every": 1}, "too_often"),
        ({"zone": "Moon/Crater"}, "bad_zone"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, code):
    with pytest.raises(RuleError) as caught:
        Timetable(**{"days": WEEKDAYS, "start": 0, **arguments})
    assert caught.value.code == code


@given(
    st.frozensets(st.integers(0, 6), min_size=1),
    st.integers(0, 1439),
    st.one_of(st.just(0), st.integers(5, 1440)),
    st.integers(0, 1439),
    st.sampled_from([BOGOTA, "UTC", "Europe/Madrid", "Pacific/Kiritimati"]),
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),
)
def test_the_next_run_is_later_and_within_eight_days(days, start, every, until, zone, moment):
    found = Timetable(days, start, every, until, zone).next_after(moment)
    assert moment < found <= moment + timedelta(days=8)
