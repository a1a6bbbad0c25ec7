"""Random control: proportional, reproducible, unpredictable, as often as intended (A36)."""

import json
from decimal import Decimal as D
from fractions import Fraction

import pytest
from cases import TODAY

from bill_flow.approval import match_approval
from bill_flow.errors import RuleError
from bill_flow.keys import Criteria
from bill_flow.sampling import RandomControl, coverage, draw, rate, sample

SECRET = b"a secret of this database"


def test_example_7_rate_below_the_threshold_and_the_same_draw():
    assert rate(D(10), D(500), D(1000)) == Fraction(5, 100)
    options = {"percentage": D(10), "amount": D(500), "threshold": D(1000)}
    first = sample(SECRET, "bill-1", "rule-1", **options)
    assert {sample(SECRET, "bill-1", "rule-1", **options) for _ in range(10)} == {first}
    json.dumps(first.to_json())


def test_rate_is_full_from_the_threshold_on():
    for amount in ("1000", "-1000", "99999"):
        assert rate(D(10), D(amount), D(1000)) == Fraction(1, 10)
    assert rate(D(10), D("0.01")) == rate(D(10), D("0.01"), D(0)) == Fraction(1, 10)
    assert rate(D("12.5"), D("-250"), D(1000)) == Fraction(1, 32)


def test_none_and_all_are_certain():
    for number in range(300):
        options = {"amount": D(1)}
        assert not sample(SECRET, str(number), "1", percentage=D(0), **options).drawn
        assert sample(SECRET, str(number), "1", percentage=D(100), **options).drawn


def test_the_value_hangs_on_secret_bill_and_rule_and_on_nothing_else():
    value = draw(SECRET, "bill-1", "1")
    # HMAC-SHA256 over both texts, each after its length; stored draws have to stay reproducible
    assert value == 0x20CC9E458668D511 // 2**11 / 2**53
    others = {
        draw(b"other", "bill-1", "1"),
        draw(SECRET, "bill-2", "1"),
        draw(SECRET, "bill-1", "2"),
    }
    assert value not in others and len(others) == 3
    assert draw(SECRET, "bill-1", "1") != draw(SECRET, "bill-", "11"), "no two meanings of one text"
    cheap = sample(SECRET, "bill-1", "1", percentage=D(10), amount=D(1), threshold=D(1000))
    dear = sample(SECRET, "bill-1", "1", percentage=D(10), amount=D(5000), threshold=D(1000))
    assert cheap.value == dear.value, "changing the amount does not roll again"


def test_the_sample_is_as_large_as_intended():
    samples = [
        sample(SECRET, f"bill-{number}", "1", percentage=D(10), amount=D(1))
        for number in range(5000)
    ]
    found = coverage(samples)
    assert (found.bills, found.expected) == (5000, 500)
    assert abs(found.drawn - 500) < 4 * (5000 * 0.1 * 0.9) ** 0.5


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((D(101), D(1)), "bad_percentage"),
        ((D(-1), D(1)), "bad_percentage"),
        ((D("NaN"), D(1)), "bad_percentage"),
        ((D(1), D("NaN")), "bad_amount"),
        ((D(1), D(1), D(-1)), "bad_threshold"),
    ],
)
def test_settings_that_make_no_sense(arguments, code):
    with pytest.raises(RuleError, match=code):
        rate(*arguments)


def test_a_draw_needs_a_secret():
    with pytest.raises(RuleError, match="no_secret"):
        draw(b"", "bill-1", "1")


def test_control_criteria_are_found_like_approval_criteria():
    wide = RandomControl(id=1, company=1, percentage=D(5))
    narrow = RandomControl(id=2, company=1, supplier=4, percentage=D(50), amount_to=D(100))
    bill = Criteria(companies=(1,), supplier=4)
    assert match_approval(bill, D(50), [wide, narrow], on=TODAY).winner == narrow
    assert match_approval(bill, D(500), [wide, narrow], on=TODAY).winner.percentage == 5
