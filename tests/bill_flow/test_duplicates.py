"""Repeated bills: certain, possible, awaited (A22, A28)."""

import datetime
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bill_flow.duplicates import (
    Fingerprint,
    Kind,
    Reason,
    compare,
    lookup_keys,
    normalise_number,
)

DAY = datetime.date(2026, 3, 16)
BILL = Fingerprint(partner=1, number="FV-00123", total=D("100.00"), date=DAY)


@pytest.mark.parametrize(
    ("number", "plain"),
    [
        ("FV-00123", "FV123"), ("fv 123", "FV123"), ("000123", "123"), ("2024-001", "2024001"),
        ("0", "0"), ("000", "0"), ("SETP-990000001", "SETP990000001"), ("", ""), ("--", ""),
        ("100", "100"), ("Á-1", "A1"),
    ],
)  # fmt: skip
def test_numbers_are_compared_without_dress(number, plain):
    assert normalise_number(number) == plain
    assert normalise_number(plain) == plain


def test_same_supplier_and_number_in_any_year_is_certain():
    other = Fingerprint(partner=1, number="FV123", date=DAY.replace(year=2019))
    assert compare(BILL, other).kind is Kind.CERTAIN
    assert compare(BILL, Fingerprint(partner=2, number="FV123")).kind is Kind.NONE


@pytest.mark.parametrize(
    ("left", "right", "reason"),
    [
        ({"total": D("100"), "date": DAY}, {"total": D("100.00"), "date": DAY}, "total_and_date"),
        ({"uuid": "AB12 "}, {"uuid": "ab12"}, "uuid"),
        ({"file_hash": "ff"}, {"file_hash": "FF"}, "file"),
    ],
)
def test_other_likenesses_are_possible(left, right, reason):
    found = compare(
        Fingerprint(partner=1, number="A1", **left), Fingerprint(partner=1, number="B2", **right)
    )
    assert (found.kind, found.reasons) == (Kind.POSSIBLE, (Reason(reason),))


def test_every_reason_is_told():
    found = compare(BILL, BILL)
    assert (found.kind, found.reasons) == (Kind.CERTAIN, (Reason.NUMBER, Reason.TOTAL_AND_DATE))


def test_the_correction_of_a_returned_bill_is_awaited():
    returned = Fingerprint(partner=1, number="FV123", returned=True)
    found = compare(BILL, returned)
    assert found.kind is Kind.POSSIBLE and Reason.PREVIOUSLY_RETURNED in found.reasons


def test_what_is_not_known_is_not_alike():
    assert compare(Fingerprint(), Fingerprint()).kind is Kind.NONE
    assert compare(Fingerprint(partner=1), Fingerprint(partner=1)).kind is Kind.NONE
    assert lookup_keys(Fingerprint(number="1", total=D(1), date=DAY)) == ()
    zero = Fingerprint(partner=1, total=D("0.00"), date=DAY)
    assert lookup_keys(zero) == lookup_keys(Fingerprint(partner=1, total=D("-0"), date=DAY))


def test_a_credit_note_does_not_repeat_its_bill():
    bill = Fingerprint(partner=1, number="A1", total=D(5), date=DAY)
    credit = Fingerprint(partner=1, number="N1", total=D(-5), date=DAY)
    assert compare(bill, credit).kind is Kind.NONE


prints = st.builds(
    Fingerprint,
    st.none() | st.integers(1, 2),
    st.sampled_from(["", "A1", "A-01", "B2"]),
    st.none() | st.sampled_from([D("1"), D("1.00"), D("2")]),
    st.none() | st.just(DAY),
    st.sampled_from(["", "u1", "U1"]),
    st.sampled_from(["", "f1"]),
)


@given(prints, prints)
def test_likeness_goes_both_ways_and_is_found_by_keys(left, right):
    found = compare(left, right)
    assert found.kind is compare(right, left).kind
    shared = set(lookup_keys(left)) & set(lookup_keys(right))
    assert bool(shared) == (found.kind is not Kind.NONE)
