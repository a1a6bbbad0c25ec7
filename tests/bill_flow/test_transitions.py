"""The states of a bill: nothing is lost, nothing is stuck, nothing skips the approval."""

import pytest

from bill_flow.errors import TransitionError
from bill_flow.transitions import (
    OPEN_STATES,
    TRANSITIONS,
    Event,
    State,
    allowed_events,
    next_state,
)


def reachable(start, without=()):
    seen, todo = {start}, [start]
    while todo:
        state = todo.pop()
        for (source, event), target in TRANSITIONS.items():
            if source is state and event not in without and target not in seen:
                seen.add(target)
                todo.append(target)
    return seen


def test_every_state_is_reachable_from_captured():
    assert reachable(State.CAPTURED) == set(State)


@pytest.mark.parametrize("state", State)
def test_no_state_is_a_dead_end(state):
    assert allowed_events(state), f"{state.value} has no way out"
    assert State.POSTED in reachable(state), f"a bill in {state.value} can never be posted"


@pytest.mark.parametrize("event", Event)
def test_every_event_is_used(event):
    assert any(known is event for _, known in TRANSITIONS)


def test_nothing_is_approved_or_posted_around_the_approval():
    assert State.APPROVED not in reachable(State.CAPTURED, without={Event.APPROVE})
    assert [s for (s, e), t in TRANSITIONS.items() if t is State.POSTED] == [State.APPROVED]
    assert [s for (s, e), t in TRANSITIONS.items() if t is State.APPROVED] == [State.IN_APPROVAL]


def test_every_pair_is_either_a_transition_or_refused():
    for state in State:
        for event in Event:
            if event in allowed_events(state):
                assert next_state(state, event) is TRANSITIONS[state, event]
            else:
                with pytest.raises(TransitionError) as caught:
                    next_state(state, event)
                assert caught.value.code == "not_allowed"
                assert caught.value.facts == {"state": state.value, "event": event.value}


def test_stored_values_are_understood():
    assert next_state("in_approval", "reject") is State.IN_TREATMENT
    with pytest.raises(TransitionError) as caught:
        next_state("in_approval", "whatever")
    assert caught.value.code == "unknown"
    with pytest.raises(TransitionError):
        allowed_events("lost")


def test_a_posted_bill_only_reopens_and_a_discarded_one_is_revised_again():
    assert allowed_events(State.POSTED) == {Event.REOPEN}
    assert next_state(State.POSTED, Event.REOPEN) is State.IN_TREATMENT
    assert allowed_events(State.DISCARDED) == {Event.RESTORE}


def test_open_states_are_those_before_the_approval_that_wait_for_us():
    assert {
        State.CAPTURED, State.TO_REVISE, State.IN_TREATMENT, State.IN_DISTRIBUTION,
        State.IN_APPROVAL,
    } == OPEN_STATES  # fmt: skip
    assert all(Event.DISCARD in allowed_events(state) for state in OPEN_STATES)
