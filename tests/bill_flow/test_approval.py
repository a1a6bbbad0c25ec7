"""Which approval criteria apply: most specific, inclusive ranges, credit notes."""

import json
from decimal import Decimal

import cases
import oracle
import pytest
from cases import TODAY
from hypothesis import given, settings
from hypothesis import strategies as st

from bill_flow.approval import ApprovalRule, match_approval
from bill_flow.errors import RuleError
from bill_flow.keys import Criteria
from bill_flow.plan import Level

ANA, BETO, CARLA, DANI = 1, 2, 3, 4
BILL = Criteria(companies=(1,), division=2, traffic_type=5, traffic=3, supplier=4)
LEVEL = (Level(1, frozenset({ANA})),)


def rule(number, low="0", high=None, levels=LEVEL, company=1, **fields):
    return ApprovalRule(
        id=number, company=company, amount_from=Decimal(low),
        amount_to=None if high is None else Decimal(high), levels=levels, **fields,
    )  # fmt: skip


def match(*rules, amount="100", bill=BILL, **options):
    return match_approval(bill, Decimal(amount), rules, on=TODAY, **options)


SMALL = rule(1, "0", "1000")
LARGE = rule(2, "1000.01", "5000", (Level(1, frozenset({ANA, BETO})), Level(2, frozenset({CARLA}))))


def test_example_3_ranges_choose_the_levels():
    assert match(SMALL, LARGE, amount="1000.00").levels == LEVEL
    assert match(SMALL, LARGE, amount="1000.01").winner == LARGE
    assert match(SMALL, LARGE, amount="3000").levels == LARGE.levels
    assert match(SMALL, LARGE, amount="5000").winner == LARGE, "both ends are included"
    none = match(SMALL, LARGE, amount="5000.01")
    assert (none.winner, none.levels, none.out_of_range) == (None, (), (1, 2))


def test_credit_notes_follow_the_same_ranges():
    assert match(SMALL, LARGE, amount="-3000").winner == LARGE


@settings(max_examples=200, deadline=None)
@given(cases.bills, cases.approval_sets(), st.integers(-5, 5))
def test_approval_equals_a_naive_search(bill, rules, halves):
    amount = Decimal(halves) / 2
    found = match_approval(bill, amount, rules, on=TODAY)
    assert found.winner == oracle.approval(bill, amount, rules, TODAY)
    assert len({level.number for level in found.levels}) == len(found.levels)
    json.dumps(found.to_json())


def test_supplier_goes_before_traffic_type_division():
    rules = [
        rule(1), rule(2, division=2), rule(3, traffic_type=5), rule(4, traffic=3),
        rule(5, supplier=4), rule(6, division=2, traffic_type=5), rule(7, division=2, supplier=4),
    ]  # fmt: skip
    for count in range(1, len(rules) + 1):
        assert match(*rules[:count]).winner == rules[count - 1]


def test_rules_are_not_joined_unless_asked():
    general = rule(1, levels=(Level(1, frozenset({DANI})), Level(3, frozenset({CARLA}))))
    special = rule(2, supplier=4)
    assert match(general, special).levels == LEVEL
    assert match(general, special, accumulate=True).levels == (
        Level(1, frozenset({ANA, DANI})),
        Level(3, frozenset({CARLA})),
    )


def test_equal_rank_is_told():
    assert match(rule(1), rule(2)).conflict == (2,)
    assert match(rule(1), rule(2, sequence=20)).conflict == ()
    assert match(rule(1), rule(2, supplier=4)).conflict == ()
    assert match(rule(1, "0", "10"), rule(2)).conflict == (), "only ranges that hold the amount"


def test_own_company_goes_before_its_parent():
    bill = Criteria(companies=(2, 1), supplier=4)
    found = match(rule(1, supplier=4), rule(2, company=2, supplier=4, sequence=99), bill=bill)
    assert (found.winner.id, found.conflict) == (2, ())


def test_an_amount_has_to_be_a_number():
    with pytest.raises(RuleError, match="bad_amount"):
        match(SMALL, amount="NaN")
