"""Colombian holidays by rule, judged by the library ``holidays``, which is kept by others."""

from datetime import date

import pytest

from bill_flow.errors import RuleError
from bill_flow.holidays import easter, holidays


@pytest.mark.parametrize("year", range(1984, 2101))
def test_days_are_those_of_an_independent_calendar(year):
    # its first release that knows Ley 2578 is none for Python 3.10
    judge = pytest.importorskip("holidays")
    assert set(holidays(year)) == set(judge.Colombia(years=year))


def test_a_holiday_counts_from_its_law_on():
    assert holidays(2026)[date(2026, 7, 13)] == ("our_lady_of_chiquinquira",)
    assert date(2025, 7, 14) not in holidays(2025), "Ley 2578 is of 2026"


def test_two_holidays_may_meet_on_one_monday():
    assert holidays(2025)[date(2025, 6, 30)] == ("sacred_heart", "saint_peter_and_paul")


@pytest.mark.parametrize(
    ("year", "number"), [(1984, 18), (2011, 18), (2025, 18), (2026, 19), (2038, 19), (2400, 19)]
)
def test_each_is_named_once(year, number):
    named = [code for codes in holidays(year).values() for code in codes]
    assert len(named) == len(set(named)) == number


@pytest.mark.parametrize(
    ("year", "day"),
    [(1954, "04-18"), (1981, "04-19"), (2008, "03-23"), (2038, "04-25"), (2285, "03-22")],
)
def test_easter_at_its_extremes(year, day):
    assert easter(year).strftime("%m-%d") == day


def test_years_before_the_law_are_refused():
    with pytest.raises(RuleError, match="year_before_law"):
        holidays(1983)
