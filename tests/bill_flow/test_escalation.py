"""Supervision: one hop, each stage once, whatever is called in whatever order (A18)."""

import json
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bill_flow.clocks import CalendarHours, WorkingHours
from bill_flow.escalation import (
    Action,
    ActionKind,
    Stage,
    SupervisionRule,
    Timer,
    due,
    fire,
    has_loop,
    pause,
    resume,
    start,
)
from bill_flow.holidays import holidays

ANA, DANI = 1, 4
T0 = datetime(2026, 3, 16, 8)
CLOCK = CalendarHours()
RULE = SupervisionRule(ANA, 24, DANI, 12)


def at(hours):
    return T0 + timedelta(hours=hours)


def test_example_3_the_late_person_is_replaced_after_his_hours():
    timer = start(RULE, T0, CLOCK)
    assert not due(timer, at(23.99)) and due(timer, at(24))
    timer, actions = fire(timer, RULE, at(25), CLOCK)
    assert actions == (Action(ActionKind.REASSIGN, DANI), Action(ActionKind.MESSAGE, ANA))
    assert timer == Timer(Stage.WAITING_ASSIGNEE, at(37), at(25)), "his hours count from the hop"
    timer, actions = fire(timer, RULE, at(37), CLOCK)
    assert actions == (Action(ActionKind.MESSAGE, DANI),), "no further hop"
    assert timer.stage is Stage.DONE and fire(timer, RULE, at(999), CLOCK) == (timer, ())


@pytest.mark.parametrize("assignee", [None, ANA])
def test_without_an_assignee_there_is_only_a_message(assignee):
    rule = SupervisionRule(ANA, 24, assignee, 12)
    timer, actions = fire(start(rule, T0, CLOCK), rule, at(24), CLOCK)
    assert (timer.stage, actions) == (Stage.DONE, (Action(ActionKind.MESSAGE, ANA),))


def test_no_hours_mean_no_limit():
    unlimited = SupervisionRule(ANA, 0, DANI, 12)
    assert not due(start(unlimited, T0, CLOCK), at(9999))
    once = SupervisionRule(ANA, 24, DANI, 0)
    timer, actions = fire(start(once, T0, CLOCK), once, at(24), CLOCK)
    assert (timer.stage, len(actions)) == (Stage.DONE, 2)
    assert start(None, T0, CLOCK).stage is Stage.DONE


def test_an_absent_person_is_passed_over_at_once():
    timer = start(RULE, T0, CLOCK, absent=True)
    assert fire(timer, RULE, T0, CLOCK)[1][0] == Action(ActionKind.REASSIGN, DANI)


def test_time_outside_does_not_count():
    timer = pause(start(RULE, T0, CLOCK), at(20), CLOCK)
    assert not due(timer, at(500)) and timer.left == 4
    assert pause(timer, at(300), CLOCK) == timer
    timer = resume(timer, at(400), CLOCK)
    assert timer.deadline == at(404)
    assert resume(timer, at(401), CLOCK) == timer
    late = resume(pause(start(RULE, T0, CLOCK), at(30), CLOCK), at(40), CLOCK)
    assert due(late, at(40)), "what was late before stays late"


def test_a_pause_keeps_working_hours():
    week = {day: ((time(8), time(16)),) for day in range(5)}
    office = WorkingHours(week, frozenset(holidays(2026)))
    rule = SupervisionRule(ANA, 10, DANI, 8)
    friday, monday = datetime(2026, 3, 20, 12), datetime(2026, 3, 23, 12)
    timer = start(rule, friday, office)
    assert timer.deadline == datetime(2026, 3, 24, 14), "Monday 23 is Saint Joseph"
    timer = resume(pause(timer, monday, office), datetime(2026, 3, 24, 8), office)
    assert timer.deadline == datetime(2026, 3, 24, 14), "nothing was lost on a free day"
    assert date(2026, 3, 23) in holidays(2026)


def test_a_timer_is_stored_as_plain_data():
    for timer in (start(RULE, T0, CLOCK), pause(start(RULE, T0, CLOCK), at(1), CLOCK)):
        assert Timer.from_json(json.loads(json.dumps(timer.to_json()))) == timer


calls = st.lists(
    st.tuples(st.sampled_from(["fire", "fire", "pause", "resume"]), st.integers(-5, 60)),
    max_size=30,
)
rules = st.builds(
    SupervisionRule,
    st.just(ANA),
    st.sampled_from([0.0, 8.0, 24.0]),
    st.sampled_from([None, DANI]),
    st.sampled_from([0.0, 12.0]),
)


@settings(max_examples=200, deadline=None)
@given(rules, calls, st.booleans())
def test_each_stage_fires_once_in_any_order_of_calls(rule, steps, absent):
    timer, now, paused, happened = start(rule, T0, CLOCK, absent=absent), T0, False, []
    for name, hours in steps:
        now += timedelta(hours=hours)  # also backwards: clocks of servers differ
        if name == "fire":
            before = timer
            timer, actions = fire(timer, rule, now, CLOCK)
            assert not (actions and paused), "nothing fires while the bill is outside"
            assert bool(actions) == (timer != before)
            if rule.assign_hours or not actions:
                assert fire(timer, rule, now, CLOCK) == (timer, ()), "asking again changes nothing"
            happened += actions
        elif name == "pause":
            timer = pause(timer, now, CLOCK)
        else:
            timer = resume(timer, now, CLOCK)
        paused = timer.paused_at is not None
    full = (
        [Action(ActionKind.REASSIGN, DANI), Action(ActionKind.MESSAGE, ANA)]
        if rule.assignee
        else [Action(ActionKind.MESSAGE, ANA)]
    )
    if rule.assignee and rule.assign_hours:
        full.append(Action(ActionKind.MESSAGE, DANI))
    assert happened == full[: len(happened)]
    assert len(happened) in {0, 2 if rule.assignee else 1, len(full)}


def supervised(**to):
    return [SupervisionRule(int(person[1:]), 1, assignee) for person, assignee in to.items()]


def test_loops_are_found():
    assert has_loop(supervised(p1=2, p2=3, p3=None, p4=2)) is None
    assert has_loop(supervised(p1=3, p3=2, p2=3)) == (2, 3)
    assert has_loop(supervised(p5=5)) == (5,)
    assert has_loop(supervised(p1=2, p2=3, p3=1)) == (1, 2, 3)
    assert has_loop([]) is None


@given(st.dictionaries(st.integers(1, 8), st.none() | st.integers(1, 8)))
def test_a_loop_is_a_loop_and_none_is_missed(to):
    found = has_loop(SupervisionRule(person, 1, assignee) for person, assignee in to.items())
    for person in to:
        steps, at_person = 0, person
        while at_person is not None and steps <= 8:
            at_person, steps = to.get(at_person), steps + 1
        assert found or at_person is None
    if found:
        assert [to[person] for person in found] == [*found[1:], found[0]]
