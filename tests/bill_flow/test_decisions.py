"""Decisions: all of a level, levels in order, nothing complete with someone missing (R66)."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bill_flow.decisions import (
    Decision,
    Kind,
    approvals,
    approvers,
    decide,
    is_complete,
    is_rejected,
    pending,
    replace,
)
from bill_flow.errors import ApprovalError
from bill_flow.plan import Level, Plan

ANA, BETO, CARLA, DANI = 1, 2, 3, 4
PLAN = Plan((Level(1, frozenset({ANA, BETO})), Level(2, frozenset({CARLA}))))


def approve(plan, decisions, *steps):
    for level, person in steps:
        decisions = decide(plan, decisions, Decision(level, person, Kind.APPROVE))
    return decisions


def refused(plan, decisions, decision):
    with pytest.raises(ApprovalError) as caught:
        decide(plan, decisions, decision)
    return caught.value.code


@pytest.mark.parametrize("order", [(ANA, BETO), (BETO, ANA)])
def test_example_3_all_of_a_level_in_any_order_then_the_next(order):
    assert pending(PLAN, ()) == {(1, ANA), (1, BETO)}
    assert refused(PLAN, (), Decision(2, CARLA, Kind.APPROVE)) == "not_yet"
    done = approve(PLAN, (), (1, order[0]))
    assert pending(PLAN, done) == {(1, order[1])}
    done = approve(PLAN, done, (1, order[1]))
    assert pending(PLAN, done) == {(2, CARLA)}
    assert not is_complete(PLAN, done)
    done = approve(PLAN, done, (2, CARLA))
    assert is_complete(PLAN, done) and pending(PLAN, done) == frozenset()


def test_example_3_the_late_one_is_replaced_the_other_approval_stays():
    done = approve(PLAN, (), (1, BETO))
    done = replace(PLAN, done, 1, ANA, DANI)
    assert pending(PLAN, done) == {(1, DANI)}
    assert approvers(PLAN, done) == {1: {BETO, DANI}, 2: {CARLA}}
    assert refused(PLAN, done, Decision(1, ANA, Kind.APPROVE)) == "not_on_level"
    assert pending(PLAN, approve(PLAN, done, (1, DANI))) == {(2, CARLA)}
    assert approvals(PLAN, done) == {1: {BETO}, 2: set()}


def test_a_rejection_ends_the_plan():
    done = decide(PLAN, (), Decision(1, ANA, Kind.REJECT))
    assert is_rejected(PLAN, done) and not is_complete(PLAN, done)
    assert pending(PLAN, done) == frozenset()
    assert refused(PLAN, done, Decision(1, BETO, Kind.APPROVE)) == "level_closed"


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        (Decision(3, ANA, Kind.APPROVE), "unknown_level"),
        (Decision(1, DANI, Kind.APPROVE), "not_on_level"),
        (Decision(1, BETO, Kind.APPROVE), "already_approved"),
        (Decision(1, BETO, Kind.REPLACED, DANI), "already_approved"),
        (Decision(2, CARLA, Kind.REJECT), "not_yet"),
        (Decision(1, ANA, Kind.FORWARDED), "no_target"),
        (Decision(1, ANA, Kind.FORWARDED, 9), "treated_bill"),
        (Decision(1, ANA, Kind.REPLACED, BETO), "already_on_level"),
        (Decision(1, ANA, Kind.REPLACED, ANA), "already_on_level"),
    ],
)
def test_what_the_plan_does_not_admit(decision, code):
    plan = Plan(PLAN.levels, barred=frozenset({9}))
    assert refused(plan, approve(plan, (), (1, BETO)), decision) == code


def test_a_later_level_can_be_forwarded_before_its_turn():
    done = replace(PLAN, (), 2, CARLA, DANI, Kind.FORWARDED)
    assert approvers(PLAN, done)[2] == {DANI}
    assert pending(PLAN, done) == {(1, ANA), (1, BETO)}


def chain(*levels, merge):
    rows = (Level(number, frozenset(persons)) for number, persons in enumerate(levels, 1))
    return Plan(tuple(rows), merge=merge)


def test_consecutive_levels_of_one_person():
    once = chain({ANA}, {ANA, BETO}, {BETO}, {ANA}, merge=True)
    done = approve(once, (), (1, ANA))
    assert pending(once, done) == {(2, BETO)}
    done = approve(once, done, (2, BETO))
    assert pending(once, done) == {(4, ANA)}, "a level between them asks again"
    assert approvals(once, done) == {1: {ANA}, 2: {ANA, BETO}, 3: {BETO}, 4: set()}
    each = chain({ANA}, {ANA}, merge=False)
    assert pending(each, approve(each, (), (1, ANA))) == {(2, ANA)}


def test_merging_never_counts_for_somebody_who_came_by_replacement():
    plan = chain({ANA}, {BETO}, merge=True)
    done = replace(plan, (), 2, BETO, ANA)
    assert pending(plan, approve(plan, done, (1, ANA))) == {(2, ANA)}


def test_one_dispatcher_is_enough():
    plan = Plan((Level(1, frozenset({ANA, BETO}), any_of=True),))
    assert pending(plan, ()) == {(1, ANA), (1, BETO)}
    assert is_complete(plan, approve(plan, (), (1, BETO)))


def test_a_plan_without_levels_is_complete():
    assert is_complete(Plan(()), ())


def test_decisions_are_stored_as_plain_data():
    for row in (Decision(1, ANA, Kind.APPROVE), Decision(1, ANA, Kind.REPLACED, DANI)):
        assert Decision.from_json(json.loads(json.dumps(row.to_json()))) == row


persons = st.integers(1, 4)
plans = st.builds(
    Plan,
    st.lists(st.frozensets(persons, min_size=1), max_size=3).map(
        lambda rows: tuple(Level(number, row) for number, row in enumerate(rows, 1))
    ),
    barred=st.frozensets(st.integers(5, 6)),
    merge=st.booleans(),
)
anything = st.builds(
    Decision,
    st.integers(1, 4),
    st.integers(1, 6),
    st.sampled_from([Kind.APPROVE, Kind.APPROVE, Kind.APPROVE, *Kind]),
    st.none() | st.integers(1, 6),
)


@settings(max_examples=250, deadline=None)
@given(plans, st.lists(anything, max_size=25))
def test_never_complete_with_someone_missing(plan, attempts):
    """Whatever is tried, whether through the door or straight into the stored list."""
    taken = ()
    for attempt in attempts:
        try:
            taken = decide(plan, taken, attempt)
        except ApprovalError:
            continue
    for decisions in (taken, tuple(attempts)):
        complete, asked = is_complete(plan, decisions), pending(plan, decisions)
        assert not (complete and asked)
        if complete:
            said = {(d.level, d.person) for d in decisions if d.kind is Kind.APPROVE}
            for level, on_level in approvers(plan, decisions).items():
                assert len(on_level) == len(plan.levels[level - 1].persons)
                assert not on_level & plan.barred
                earlier = range(1 if plan.merge else level, level + 1)
                for person in on_level:
                    assert any((number, person) in said for number in earlier)
    assert is_complete(plan, taken) == is_complete(plan, list(taken))


@settings(max_examples=60, deadline=None)
@given(plans)
def test_everybody_who_is_asked_can_answer_and_that_ends(plan):
    decisions = ()
    for _ in range(20):
        asked = sorted(pending(plan, decisions))
        if not asked:
            break
        assert len({level for level, _ in asked}) == 1
        decisions = approve(plan, decisions, asked[0])
    assert is_complete(plan, decisions)
