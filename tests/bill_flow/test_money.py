"""Rounding to a currency."""

from decimal import Decimal as D

import pytest

from bill_flow.errors import AllocationError
from bill_flow.money import from_float, quantise, rounded


@pytest.mark.parametrize(
    ("amount", "rounding", "result"),
    [
        ("1.005", "0.01", "1.01"), ("-1.005", "0.01", "-1.01"), ("1.02", "0.05", "1.00"),
        ("1.025", "0.05", "1.05"), ("1.5", "1", "2"), ("-2.5", "1", "-3"),
    ],
)  # fmt: skip
def test_half_goes_away_from_zero(amount, rounding, result):
    assert str(quantise(D(amount), D(rounding))) == result


def test_floats_mean_what_they_show():
    assert from_float(1.005, D("0.01")) == D("1.01")
    assert from_float(0.1 + 0.2, D("0.01")) == D("0.30")


def test_what_is_refused():
    assert rounded(D("1.10"), D("0.05")) == D("1.10")
    for amount, rounding, code in (
        ("1.005", "0.01", "not_rounded"),
        ("NaN", "0.01", "bad_amount"),
        ("1", "0", "bad_rounding"),
        ("1", "-1", "bad_rounding"),
    ):
        with pytest.raises(AllocationError, match=code):
            rounded(D(amount), D(rounding))
