"""The rule doctor: what it calls unreachable never wins, what it calls a gap is one."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import cases
import pytest
from cases import TODAY
from hypothesis import given, settings
from hypothesis import strategies as st

from bill_flow.approval import ApprovalRule
from bill_flow.doctor import (
    Participant,
    examine_approval,
    examine_people,
    examine_rules,
    examine_supervision,
)
from bill_flow.escalation import SupervisionRule
from bill_flow.keys import Rule
from bill_flow.matching import (
    DISTRIBUTION,
    TREATMENT,
    TieBreak,
    match_distribution,
    match_treatment,
)
from bill_flow.plan import Level


def codes(findings):
    return [(finding.code, finding.rules) for finding in findings]


def test_listed_order_makes_a_special_rule_unreachable():
    wide = Rule(id=1, company=1, supplier=4)
    narrow = Rule(id=2, company=1, division=3, supplier=4)
    found = examine_rules([wide, narrow], DISTRIBUTION, TieBreak.LISTED_ORDER)
    assert codes(found) == [("unreachable", (2, 1))]
    assert found[0].facts == {"search": 3, "own_search": 7}
    assert examine_rules([wide, narrow], DISTRIBUTION, TieBreak.MOST_SPECIFIC) == ()
    assert examine_rules([wide, replace(narrow, order=5)], DISTRIBUTION) == ()
    late = replace(wide, date_from=TODAY)
    assert examine_rules([late, narrow], DISTRIBUTION) == (), "before that day it wins"


def test_a_parents_rule_can_hide_a_branchs():
    rules = [Rule(id=1, company=1, supplier=4, order=5), Rule(id=2, company=2, supplier=4)]
    assert examine_rules(rules, DISTRIBUTION) == ()
    found = examine_rules(rules, DISTRIBUTION, parents={2: (1,)})
    assert codes(found) == [("unreachable", (2, 1))]


def test_rules_of_one_key_and_order_are_told():
    rule = Rule(id=1, company=1, traffic=3)
    same = Rule(id=2, company=1, traffic=3, traffic_type=5)
    assert codes(examine_rules([rule, same], DISTRIBUTION)) == [("identical_key", (2, 1))]
    turns = [replace(rule, date_to=TODAY), replace(same, date_from=date(2026, 3, 17))]
    assert examine_rules(turns, DISTRIBUTION) == ()
    assert examine_rules([rule, replace(same, active=False)], DISTRIBUTION) == ()


def test_texts_of_treatment_rules():
    rule = Rule(id=1, company=1, supplier=4, document="MEDU")
    same = Rule(id=2, company=1, supplier=4, document="me-du")
    assert codes(examine_rules([rule, same], TREATMENT)) == [("identical_key", (2, 1))]
    exact = replace(same, exact=True, sequence=20)
    assert codes(examine_rules([rule, exact], TREATMENT)) == [("unreachable", (2, 1))]
    assert examine_rules([rule, replace(same, document="MEDU1")], TREATMENT) == ()
    empty = replace(same, document=" - ")
    assert codes(examine_rules([empty], TREATMENT)) == [("empty_document", (2,))]


def test_combinations_the_source_does_not_list_get_a_badge():
    found = examine_rules([Rule(id=1, company=1, traffic_type=5, supplier=4)], DISTRIBUTION)
    assert codes(found) == [("unlisted", (1,))]
    assert found[0].facts == {"fields": ["supplier", "traffic_type"]}


def test_dates_that_never_come():
    rule = Rule(id=1, company=1, supplier=4, date_from=TODAY, date_to=date(2026, 3, 1))
    assert codes(examine_rules([rule], DISTRIBUTION)) == [("never_in_force", (1,))]


PARENTS = {2: (1,), 3: (2, 1)}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(cases.bills, min_size=1, max_size=8), cases.rule_sets(False), st.sampled_from(TieBreak)
)
def test_what_is_unreachable_in_distribution_never_wins(bills, rules, tie_break):
    found = examine_rules(rules, DISTRIBUTION, tie_break, PARENTS)
    hidden = {finding.rules[0] for finding in found if finding.code == "unreachable"}
    for bill in bills:
        winner = match_distribution(bill, rules, tie_break, on=TODAY).winner
        assert winner is None or winner.id not in hidden


@settings(max_examples=60, deadline=None)
@given(st.lists(cases.bills, min_size=1, max_size=8), cases.rule_sets(True))
def test_what_is_unreachable_in_treatment_never_wins(bills, rules):
    found = examine_rules(rules, TREATMENT, parents=PARENTS)
    hidden = {finding.rules[0] for finding in found if finding.code == "unreachable"}
    for bill in bills:
        winner = match_treatment(bill, rules, on=TODAY).winner
        assert winner is None or winner.id not in hidden


LEVELS = (Level(1, frozenset({1})),)
STEP = D("0.01")


def ranged(number, low, high, **values):
    high = None if high is None else D(high)
    return ApprovalRule(
        id=number, company=1, amount_from=D(low), amount_to=high, levels=LEVELS, **values
    )


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([("0", "1000"), ("1000.01", None)], []),
        ([("0", "1000"), ("1000.02", None)], [("range_gap", "1000.01", "1000.01")]),
        ([("0", "1000"), ("1000", None)], [("range_overlap", "1000", None)]),
        ([("10", None)], [("range_gap", "0.00", "9.99")]),
        ([("0", "5000")], [("range_gap", "5000.01", None)]),
        ([("0", None), ("10", "20")], [("range_overlap", "10", None)]),
        ([("0", "100"), ("10", "20"), ("100.01", None)], [("range_overlap", "10", None)]),
    ],
)
def test_gaps_and_overlaps_of_ranges(ranges, expected):
    rules = [ranged(number, *limits) for number, limits in enumerate(ranges, 1)]
    found = examine_approval(rules, STEP)
    assert [(row.code, row.facts["from"], row.facts.get("to")) for row in found] == expected


def test_ranges_of_other_keys_and_days_do_not_overlap():
    rules = [ranged(1, "0", None), ranged(2, "0", None, supplier=4)]
    assert examine_approval(rules, STEP) == ()
    turns = [ranged(1, "0", None, date_to=TODAY), ranged(2, "0", None, date_from=date(2026, 3, 17))]
    assert examine_approval(turns, STEP) == ()
    both = [ranged(1, "0", None, date_to=TODAY), ranged(2, "0", None)]
    assert codes(examine_approval(both, STEP)) == [("range_overlap", (2, 1))]


def test_criteria_that_ask_nobody():
    empty = replace(ranged(1, "0", None), levels=())
    assert codes(examine_approval([empty], STEP)) == [("no_levels", (1,))]
    assert codes(examine_approval([ranged(2, "5", "1")], STEP)) == [("range_reversed", (2,))]


def test_people_who_cannot_do_what_is_asked():
    people = [
        Participant(1, True), Participant(2, False), Participant(3, False, fallback=1),
        Participant(4, False, fallback=2), Participant(5, True, active=False),
    ]  # fmt: skip
    found = examine_people(people, None, {10: [1, 5], 11: [99]})
    assert [(row.code, row.rules, row.facts["user"]) for row in found] == [
        ("no_fallback", (), 2),
        ("fallback_unfit", (), 4),
        ("person_inactive", (10,), 5),
        ("person_inactive", (11,), 99),
    ]
    assert [row.code for row in examine_people(people[:3], 5, {})] == ["fallback_unfit"]
    assert examine_people(people[:3], 1, {}) == ()


def test_circles_of_supervision():
    found = examine_supervision([SupervisionRule(1, 1, 2), SupervisionRule(2, 1, 1)])
    assert [(row.code, row.facts) for row in found] == [("loop", {"users": (1, 2)})]
    assert examine_supervision([SupervisionRule(1, 1, 2)]) == ()
