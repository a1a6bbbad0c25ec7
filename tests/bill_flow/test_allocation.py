"""Splits, spreads and absorptions: no cent is lost, no line turns its sign."""

from decimal import Decimal as D

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bill_flow.allocation import (
    absorb,
    forecast_state,
    split,
    spread_equal,
    spread_proportional,
)
from bill_flow.errors import AllocationError

CENT = D("0.01")


def amounts(*texts):
    return tuple(map(D, texts))


def test_example_5_spread_in_equal_parts():
    lines = amounts("100.00", "200.00", "50.00")
    assert spread_equal(D("0.01"), lines, CENT) == amounts("0.00", "0.00", "0.01")
    assert spread_equal(D("-1.00"), lines, CENT) == amounts("-0.33", "-0.33", "-0.34")
    with pytest.raises(AllocationError) as caught:
        spread_equal(D("-250.00"), lines, CENT)
    assert (caught.value.code, caught.value.facts) == (
        "sign_change",
        {"position": 3, "amount": "50.00", "part": "-83.34"},
    )


def test_example_6_the_remainder_goes_to_the_largest_share():
    shares = amounts("33.33", "33.33", "33.34")
    assert split(D("100.01"), shares, CENT) == amounts("33.33", "33.33", "33.35")
    assert split(D("-100.01"), shares, CENT) == amounts("-33.33", "-33.33", "-33.35")


def test_of_equal_shares_the_first_takes_the_remainder():
    assert split(D("100.01"), amounts("50", "50"), CENT) == amounts("50.00", "50.01")
    assert split(D("10.00"), amounts("30", "35", "35"), D("1")) == amounts("3", "3", "4")


def test_cents_over_many_shares_never_turn_negative():
    assert split(D("0.04"), amounts(*["12.5"] * 8), CENT) == amounts("0.04", *["0.00"] * 7)


@pytest.mark.parametrize(
    ("shares", "code"),
    [
        ((), "no_shares"),
        (("50", "49.99"), "shares_not_100"),
        (("100", "0"), "share_not_positive"),
        (("150", "-50"), "share_not_positive"),
        (("NaN",), "share_not_positive"),
    ],
)
def test_shares_that_cannot_split(shares, code):
    with pytest.raises(AllocationError, match=code):
        split(D("10.00"), amounts(*shares), CENT)


def test_amounts_have_to_be_rounded():
    with pytest.raises(AllocationError, match="not_rounded"):
        split(D("1.005"), amounts("100"), CENT)
    with pytest.raises(AllocationError, match="no_lines"):
        spread_equal(D("1.00"), (), CENT)


roundings = st.sampled_from([D("0.01"), D("0.05"), D("1"), D("0.001")])
units = st.integers(-(10**9), 10**9)


@st.composite
def percentages(draw):
    cuts = draw(st.lists(st.integers(1, 9999), unique=True, max_size=8))
    edges = [0, *sorted(cuts), 10000]
    return [D(high - low) / 100 for low, high in zip(edges, edges[1:], strict=False)]


@settings(max_examples=200, deadline=None)
@given(units, percentages(), roundings)
def test_splits_always_add_up(number, shares, rounding):
    amount = number * rounding
    parts = split(amount, shares, rounding)
    assert sum(parts) == amount
    for part, share in zip(parts, shares, strict=True):
        assert part % rounding == 0
        assert part * amount >= 0, "no part turns its sign"
        assert abs(part - amount * share / 100) <= rounding * len(shares)


@settings(max_examples=150, deadline=None)
@given(units, st.lists(units, min_size=1, max_size=8), roundings, st.booleans())
def test_spreads_always_add_up_or_refuse(number, sizes, rounding, equal):
    difference = number % 10**6 * rounding
    lines = [size * rounding for size in sizes]
    spread = spread_equal if equal else spread_proportional
    try:
        parts = spread(difference, lines, rounding)
    except AllocationError as error:
        assert error.code in ("sign_change", "no_size")
        return
    assert sum(parts) == difference
    assert all((line + part) * line >= 0 for line, part in zip(lines, parts, strict=True))
    if equal:
        assert len(set(parts[:-1])) <= 1, "all but the last are equal"


def test_a_line_of_zero_takes_the_side_of_the_others():
    assert spread_equal(D("0.02"), amounts("5.00", "0.00"), CENT) == amounts("0.01", "0.01")
    with pytest.raises(AllocationError, match="sign_change"):
        spread_equal(D("-0.02"), amounts("5.00", "0.00"), CENT)


def test_proportional_parts_follow_the_size():
    lines = amounts("100.00", "300.00")
    assert spread_proportional(D("-40.00"), lines, CENT) == amounts("-10.00", "-30.00")
    with pytest.raises(AllocationError, match="no_size"):
        spread_proportional(D("1.00"), amounts("0.00"), CENT)


def test_partial_and_final_absorption():
    part = absorb(D("100"), D("0"), D("60"))
    assert (part.remaining, part.released, part.over, part.needs_reason) == (40, 0, 0, False)
    last = absorb(D("100"), D("60"), D("30"), final=True)
    assert (last.remaining, last.released) == (0, 10)
    more = absorb(D("100"), D("60"), D("50"), tolerance=D("5"))
    assert (more.remaining, more.over, more.needs_reason) == (0, 10, True)
    assert not absorb(D("100"), D("60"), D("45"), tolerance=D("5")).needs_reason
    credit = absorb(D("-100"), D("0"), D("-110"))
    assert (credit.remaining, credit.over, credit.needs_reason) == (0, 10, True)


def test_a_credit_note_opens_again_what_was_absorbed_and_no_more():
    assert absorb(D("100"), D("60"), D("-60")).remaining == 100
    for amount, code in (("-61", "opposite_sign"), ("0", "nothing_to_absorb")):
        with pytest.raises(AllocationError, match=code):
            absorb(D("100"), D("60"), D(amount))


@given(units, units, units)
def test_absorbing_keeps_the_sum(forecast, absorbed, amount):
    assume(forecast and amount and absorbed * forecast >= 0)
    try:
        found = absorb(D(forecast), D(absorbed), D(amount))
    except AllocationError:
        return
    assert found.over >= 0
    side = 1 if forecast > 0 else -1
    assert absorbed + amount + found.remaining - side * found.over == forecast


def test_states_of_a_forecast():
    assert forecast_state(D("100"), D("0"), final=False) == "open"
    assert forecast_state(D("100"), D("60"), final=False) == "partial"
    assert forecast_state(D("100"), D("100"), final=False) == "closed"
    assert forecast_state(D("-100"), D("-110"), final=False) == "closed"
    assert forecast_state(D("100"), D("60"), final=True) == "closed"
