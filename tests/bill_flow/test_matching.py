"""Distribution and treatment: the winner of the worked examples and of any set of rules."""

import json
from dataclasses import replace

import cases
import oracle
import pytest
from cases import TODAY
from hypothesis import given, settings
from hypothesis import strategies as st

from bill_flow.keys import Criteria, Rule
from bill_flow.matching import (
    DISTRIBUTION,
    TREATMENT,
    RuleIndex,
    TieBreak,
    match_distribution,
    match_treatment,
)

SEA, MSC, LOGISTICS = 7, 40, 3


def test_example_1_tie_break_of_distribution():
    bill = Criteria(companies=(1,), traffic_type=SEA, supplier=MSC)
    by_type = Rule(id=1, company=1, traffic_type=SEA)
    by_supplier = Rule(id=2, company=1, supplier=MSC)
    rules = [by_type, by_supplier]
    listed = match_distribution(bill, rules, TieBreak.LISTED_ORDER, on=TODAY)
    assert (listed.winner, listed.search) == (by_type, 1)
    specific = match_distribution(bill, rules, TieBreak.MOST_SPECIFIC, on=TODAY)
    assert (specific.winner, specific.search) == (by_supplier, 3)
    first = replace(by_supplier, order=5)
    for tie_break in TieBreak:
        assert match_distribution(bill, [by_type, first], tie_break, on=TODAY).winner == first


def test_example_2_last_found_wins_in_treatment():
    bill = Criteria(companies=(1,), division=LOGISTICS, supplier=MSC, documents=("MEDU-778",))
    by_supplier = Rule(id=1, company=1, supplier=MSC)
    document = {"company": 1, "document": "MEDU*"}
    with_supplier = Rule(id=2, supplier=MSC, **document)
    with_division = Rule(id=3, division=LOGISTICS, **document)
    rules = [with_division, by_supplier, with_supplier]
    found = match_treatment(bill, rules, on=TODAY)
    assert (found.winner, found.search) == (with_division, 7)
    hits = {step.search: step.hits for step in found.trace if step.hits}
    assert hits == {2: (1,), 6: (2,), 7: (3,)}, "the losers stay in the trace"
    both = Rule(id=4, supplier=MSC, division=LOGISTICS, **document)
    found = match_treatment(bill, [*rules, both], on=TODAY)
    assert (found.winner, found.search) == (both, 10)


@pytest.mark.parametrize("tie_break", TieBreak)
@settings(max_examples=120, deadline=None)
@given(bill=cases.bills, rules=cases.rule_sets(document=False))
def test_distribution_equals_a_naive_search(tie_break, bill, rules):
    expected = oracle.distribution(bill, rules, tie_break.value, TODAY)
    assert match_distribution(bill, rules, tie_break, on=TODAY).winner == expected
    index = RuleIndex(rules)
    few = index.candidates(bill, DISTRIBUTION)
    assert match_distribution(bill, few, tie_break, on=TODAY).winner == expected
    assert match_distribution(bill, index, tie_break, on=TODAY).winner == expected


@settings(max_examples=200, deadline=None)
@given(bill=cases.bills, rules=cases.rule_sets(document=True))
def test_treatment_equals_a_naive_search(bill, rules):
    expected = oracle.treatment(bill, rules, TODAY)
    assert match_treatment(bill, rules, on=TODAY).winner == expected
    few = RuleIndex(rules).candidates(bill, TREATMENT)
    assert match_treatment(bill, few, on=TODAY).winner == expected


@settings(max_examples=60, deadline=None)
@given(bill=cases.bills, rules=cases.rule_sets(document=True), seed=st.randoms())
def test_the_order_of_the_rules_does_not_matter(bill, rules, seed):
    found = match_treatment(bill, rules, on=TODAY)
    seed.shuffle(rules)
    assert match_treatment(bill, rules, on=TODAY).to_json() | {"trace": 0} == found.to_json() | {
        "trace": 0
    }


@settings(max_examples=60, deadline=None)
@given(bill=cases.bills, rules=cases.rule_sets(document=True))
def test_the_trace_tells_every_rule_that_fits(bill, rules):
    found = match_treatment(bill, rules, on=TODAY)
    told = sorted(hit for step in found.trace for hit in step.hits)
    assert told == [rule.id for rule in rules if oracle.fits(rule, bill, TODAY)]
    won = [step for step in found.trace if step.why.value == "won"]
    assert [step.chosen for step in won] == ([found.winner.id] if found.winner else [])
    assert len(found.trace) == 24
    json.dumps(found.to_json())


def test_own_company_beats_the_parent_at_equal_rank_only():
    bill = Criteria(companies=(2, 1), supplier=MSC, division=LOGISTICS)
    parent = Rule(id=1, company=1, supplier=MSC)
    own = Rule(id=2, company=2, supplier=MSC, sequence=99)
    assert match_distribution(bill, [parent, own], on=TODAY).winner == own
    assert match_distribution(bill, [replace(parent, order=1), own], on=TODAY).winner.id == 1
    wide = Rule(id=3, company=2, division=LOGISTICS)
    assert match_distribution(bill, [parent, wide], on=TODAY).winner == parent


def test_own_company_beats_the_parents_longer_text():
    bill = Criteria(companies=(2, 1), supplier=MSC, documents=("MEDU778",))
    parent = Rule(id=1, company=1, supplier=MSC, document="MEDU778")
    own = Rule(id=2, company=2, supplier=MSC, document="ME", sequence=99)
    assert match_treatment(bill, [parent, own], on=TODAY).winner == own


def test_another_company_never_matches():
    bill = Criteria(companies=(2,), supplier=MSC)
    assert match_distribution(bill, [Rule(id=1, company=1, supplier=MSC)], on=TODAY).winner is None


def test_within_one_search_the_longest_text_wins_then_sequence_then_id():
    bill = Criteria(companies=(1,), supplier=MSC, documents=("MEDU778",))

    def row(number, text, sequence=10):
        return Rule(id=number, company=1, supplier=MSC, document=text, sequence=sequence)

    short, padded, long = row(1, "ME", 1), row(2, "M*****E", 1), row(3, "MEDU", 99)
    assert match_treatment(bill, [short, padded, long], on=TODAY).winner == long
    assert match_treatment(bill, [long, row(4, "DU77", 5)], on=TODAY).winner.id == 4
    assert match_treatment(bill, [row(6, "MEDU"), row(5, "U778")], on=TODAY).winner.id == 5


def test_a_catch_all_is_the_last_resort():
    bill = Criteria(companies=(1,), supplier=MSC)
    every = Rule(id=1, company=1)
    supplier = Rule(id=2, company=1, supplier=MSC)
    for tie_break in TieBreak:
        found = match_distribution(bill, [every, supplier], tie_break, on=TODAY)
        assert found.winner == supplier
        found = match_distribution(bill, [every], tie_break, on=TODAY)
        assert (found.winner, found.search, found.listed) == (every, None, False)


def test_the_trace_says_why():
    bill = Criteria(companies=(1,), traffic_type=SEA, supplier=MSC)
    rules = [
        Rule(id=1, company=1, traffic_type=SEA, order=20),
        Rule(id=2, company=1, supplier=MSC),
        Rule(id=3, company=1),
        Rule(id=4, company=1, traffic_type=SEA, supplier=MSC, date_to=TODAY.replace(year=2020)),
    ]
    found = match_distribution(bill, rules, on=TODAY)
    by_fields = {step.fields: step for step in found.trace}
    assert by_fields["traffic_type",].why.value == "later_order"
    assert by_fields["traffic_type", "supplier"].why.value == "not_met"
    assert by_fields["supplier",].why.value == "won"
    assert by_fields[()].why.value == "outranked"
    assert by_fields["division",].why.value == "no_value"
    assert by_fields["supplier",].keys == ("c1|s40",)
    nobody = match_distribution(bill, [], on=TODAY)
    assert nobody.winner is None and nobody.listed
    assert nobody.to_json()["winner"] is None
    assert {step.why.value for step in nobody.trace} == {"no_rule", "no_value"}
