"""Colombian holidays against the calendars of known years."""

from datetime import date

import pytest

from bill_flow.errors import RuleError
from bill_flow.holidays import easter, holidays

# month-day of every holiday, from the official calendars of those years
KNOWN = {
    2023: "01-01 01-09 03-20 04-06 04-07 05-01 05-22 06-12 06-19 07-03 07-20 08-07 08-21 10-16"
    " 11-06 11-13 12-08 12-25",
    2024: "01-01 01-08 03-25 03-28 03-29 05-01 05-13 06-03 06-10 07-01 07-20 08-07 08-19 10-14"
    " 11-04 11-11 12-08 12-25",
    2025: "01-01 01-06 03-24 04-17 04-18 05-01 06-02 06-23 06-30 07-20 08-07 08-18 10-13 11-03"
    " 11-17 12-08 12-25",
    2026: "01-01 01-12 03-23 04-02 04-03 05-01 05-18 06-08 06-15 06-29 07-20 08-07 08-17 10-12"
    " 11-02 11-16 12-08 12-25",
    2027: "01-01 01-11 03-22 03-25 03-26 05-01 05-10 05-31 06-07 07-05 07-20 08-07 08-16 10-18"
    " 11-01 11-15 12-08 12-25",
}


@pytest.mark.parametrize("year", KNOWN)
def test_known_years(year):
    assert [day.strftime("%m-%d") for day in holidays(year)] == KNOWN[year].split()


def test_two_holidays_may_meet_on_one_monday():
    assert holidays(2025)[date(2025, 6, 30)] == ("sacred_heart", "saint_peter_and_paul")


@pytest.mark.parametrize("year", [1984, 2000, 2011, 2038, 2100, 2400])
def test_there_are_always_eighteen(year):
    named = [code for codes in holidays(year).values() for code in codes]
    assert len(named) == len(set(named)) == 18


@pytest.mark.parametrize(
    ("year", "day"),
    [(1954, "04-18"), (1981, "04-19"), (2008, "03-23"), (2038, "04-25"), (2285, "03-22")],
)
def test_easter_at_its_extremes(year, day):
    assert easter(year).strftime("%m-%d") == day


def test_years_before_the_law_are_refused():
    with pytest.raises(RuleError, match="year_before_law"):
        holidays(1983)
