"""Checks before a bill goes on, and the mailbox in which nothing may be invisible."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bill_flow.checks import (
    LineOwner,
    MailboxGroup,
    Totals,
    compare_totals,
    mailbox_group,
    missing_fields,
    progress,
    unconfirmed,
    week_limits,
)
from bill_flow.errors import RuleError

CENT = D("0.01")
DOCUMENT = Totals(D("100.00"), D("19.00"), D("-2.50"), D("116.50"))


def test_totals_that_agree():
    assert compare_totals(DOCUMENT, DOCUMENT, D(0)) == ()
    near = Totals(D("100.01"), D("18.99"), D("-2.50"), D("116.50"))
    assert compare_totals(DOCUMENT, near, CENT) == ()


def test_each_total_that_differs_is_told():
    lines = Totals(D("100.00"), D("19.02"), D("-2.50"), D("116.52"))
    found = compare_totals(DOCUMENT, lines, CENT)
    assert [(row.field, row.difference) for row in found] == [
        ("tax", D("-0.02")),
        ("total", D("-0.02")),
    ]


def test_right_total_of_wrong_parts_is_no_agreement():
    swapped = Totals(D("119.00"), D("0.00"), D("-2.50"), D("116.50"))
    assert [row.field for row in compare_totals(DOCUMENT, swapped, CENT)] == ["untaxed", "tax"]


def test_what_the_document_does_not_say_is_not_compared():
    silent = Totals(None, None, None, D("116.50"))
    assert compare_totals(silent, DOCUMENT, D(0)) == ()
    with pytest.raises(RuleError, match="negative_tolerance"):
        compare_totals(silent, DOCUMENT, D(-1))


def test_lines_of_others_have_to_be_confirmed():
    lines = [
        LineOwner(1, None, False), LineOwner(2, 10, False), LineOwner(3, 20, False),
        LineOwner(4, 20, True), LineOwner(5, 30, True),
    ]  # fmt: skip
    assert unconfirmed(lines, header_owner=10) == (3,)
    assert progress(lines, header_owner=10) == {20: (1, 2), 30: (1, 1)}
    assert unconfirmed(lines, header_owner=None) == (2, 3)


def test_missing_fields_come_in_the_order_asked():
    values = {"partner": False, "number": "  ", "date": None, "total": D(0), "lines": [], "x": 1}
    required = ("total", "date", "number", "partner", "lines", "x", "unknown")
    assert missing_fields(values, required) == ("date", "number", "partner", "lines", "unknown")


@pytest.mark.parametrize(
    ("today", "hole"),
    [
        (date(2025, 1, 20), [date(2025, 1, day) for day in range(5, 13)]),
        (date(2025, 1, 26), [date(2025, 1, day) for day in (11, 12)]),
    ],
)
def test_example_4_no_bill_falls_between_the_views(today, hole):
    for entry in hole:
        assert mailbox_group(entry, today).group is MailboxGroup.EARLIER
        assert not mailbox_group(entry, today).old, "not yet older than 15 days"
    assert mailbox_group(hole[0] - timedelta(days=1), today).old
    assert mailbox_group(hole[-1] + timedelta(days=1), today).group is MailboxGroup.LAST_WEEK


def test_weeks_begin_where_the_user_begins_them():
    sunday, saturday = date(2025, 1, 26), date(2025, 1, 25)
    assert mailbox_group(saturday, sunday).group is MailboxGroup.CURRENT_WEEK
    assert mailbox_group(saturday, sunday, week_start=6).group is MailboxGroup.LAST_WEEK
    with pytest.raises(RuleError, match="bad_week_start"):
        week_limits(sunday, 7)


def test_held_bills_are_held_whatever_the_date():
    found = mailbox_group(date(2024, 1, 1), date(2025, 1, 20), held=True)
    assert (found.group, found.old) == (MailboxGroup.HELD, True)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-3, 60), st.integers(0, 6))
def test_views_follow_each_other_without_a_hole(today, age, week_start):
    order = [MailboxGroup.CURRENT_WEEK, MailboxGroup.LAST_WEEK, MailboxGroup.EARLIER]
    found = mailbox_group(today - timedelta(days=age), today, week_start=week_start)
    older = mailbox_group(today - timedelta(days=age + 7), today, week_start=week_start)
    step = order.index(older.group) - order.index(found.group)
    assert step in (0, 1) and (step == 1 or found.group in (order[0], order[2]))
    assert found.old <= older.old
