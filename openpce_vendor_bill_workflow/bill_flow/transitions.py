"""States of a supplier bill in the workflow and the events that move it (R131).

::

    captured ─verify_ok──────────────────────────▶ in_treatment ◀─────────────┐
       │                                            │  ▲  │  ▲                │
       └─verify_stop─▶ to_revise ─revise────────────┘  │  │  └─reject         │ reopen
                          ▲                       hold │  │ validate │        │
                          │                            ▼  ▼          │        │
                          │             in_distribution  in_approval ┤        │
                          │             (resume: back)    │  ▲       │        │
                          │                      approve  ▼  │ void           │
                          │                            approved ──────────────┤
                          │                               │ post              │
                          │                               ▼                   │
                          │                             posted ───────────────┘
                          └─restore── discarded ◀─discard── any state before approved
    to_revise, in_treatment, in_distribution, in_approval ─return_to_supplier─▶ returned
    returned ─take_back─▶ in_treatment
    in_treatment, in_distribution ─send_back─▶ to_revise
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from .errors import TransitionError


class State(str, Enum):
    """Where a bill is (R131). The value is what the database stores."""

    CAPTURED = "captured"
    TO_REVISE = "to_revise"
    IN_TREATMENT = "in_treatment"
    IN_DISTRIBUTION = "in_distribution"
    IN_APPROVAL = "in_approval"
    APPROVED = "approved"
    POSTED = "posted"
    RETURNED = "returned"
    DISCARDED = "discarded"


class HoldReason(str, Enum):
    """Why a bill is held, that is in distribution (R101, A27)."""

    LINES_PENDING = "lines_pending"
    UNCLAIMED_GROUP = "unclaimed_group"
    NO_RULE = "no_rule"
    MANUAL_HOLD = "manual_hold"


class ReviseReason(str, Enum):
    """Why a bill is to be revised (R86)."""

    INCOMPLETE = "incomplete"
    REPEATED = "repeated"
    SENT_BACK = "sent_back"


class Event(str, Enum):
    """What happens to a bill."""

    VERIFY_OK = "verify_ok"
    VERIFY_STOP = "verify_stop"
    REVISE = "revise"
    SEND_BACK = "send_back"
    HOLD = "hold"
    RESUME = "resume"
    VALIDATE = "validate"
    APPROVE = "approve"
    REJECT = "reject"
    VOID = "void"
    POST = "post"
    REOPEN = "reopen"
    RETURN_TO_SUPPLIER = "return_to_supplier"
    TAKE_BACK = "take_back"
    DISCARD = "discard"
    RESTORE = "restore"


_S = State
_E = Event

_ROWS: tuple[tuple[Event, State, tuple[State, ...]], ...] = (
    # event, target, sources
    (_E.VERIFY_OK, _S.IN_TREATMENT, (_S.CAPTURED,)),
    (_E.VERIFY_STOP, _S.TO_REVISE, (_S.CAPTURED,)),
    (_E.REVISE, _S.IN_TREATMENT, (_S.TO_REVISE,)),
    # A31: what was read wrongly of the document is mended in the revision alone
    (_E.SEND_BACK, _S.TO_REVISE, (_S.IN_TREATMENT, _S.IN_DISTRIBUTION)),
    (_E.HOLD, _S.IN_DISTRIBUTION, (_S.IN_TREATMENT,)),
    (_E.RESUME, _S.IN_TREATMENT, (_S.IN_DISTRIBUTION,)),
    (_E.VALIDATE, _S.IN_APPROVAL, (_S.IN_TREATMENT,)),
    # the last approval, or nothing to approve
    (_E.APPROVE, _S.APPROVED, (_S.IN_APPROVAL,)),
    # R134
    (_E.REJECT, _S.IN_TREATMENT, (_S.IN_APPROVAL,)),
    # A38: an edit after the approval; the checks run again
    (_E.VOID, _S.IN_APPROVAL, (_S.APPROVED,)),
    (_E.POST, _S.POSTED, (_S.APPROVED,)),
    # reset to draft: the flow starts again at the treatment
    (_E.REOPEN, _S.IN_TREATMENT, (_S.APPROVED, _S.POSTED)),
    # R103, A28
    (
        _E.RETURN_TO_SUPPLIER,
        _S.RETURNED,
        (_S.TO_REVISE, _S.IN_TREATMENT, _S.IN_DISTRIBUTION, _S.IN_APPROVAL),
    ),
    # the supplier answered without a new document
    (_E.TAKE_BACK, _S.IN_TREATMENT, (_S.RETURNED,)),
    # R93, A25
    (
        _E.DISCARD,
        _S.DISCARDED,
        (
            _S.CAPTURED, _S.TO_REVISE, _S.IN_TREATMENT, _S.IN_DISTRIBUTION, _S.IN_APPROVAL,
            _S.RETURNED,
        ),
    ),
    (_E.RESTORE, _S.TO_REVISE, (_S.DISCARDED,)),
)  # fmt: skip

TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {(source, event): target for event, target, sources in _ROWS for source in sources}
)
"""(state, event) → next state; what is not in it is not allowed (R131)."""

OPEN_STATES: frozenset[State] = frozenset(
    {_S.CAPTURED, _S.TO_REVISE, _S.IN_TREATMENT, _S.IN_DISTRIBUTION, _S.IN_APPROVAL}
)
"""States in which somebody of the company still has work to do before the bill is approved."""


def next_state(state: State | str, event: Event | str) -> State:
    """The state that ``event`` leads to (R131).

    :raises TransitionError: ``not_allowed`` (facts ``state``, ``event``) when this state does not
        know the event, ``unknown`` when a text names no state or event.
    """
    try:
        pair = State(state), Event(event)
    except ValueError as error:
        raise TransitionError("unknown", state=str(state), event=str(event)) from error
    target = TRANSITIONS.get(pair)
    if target is None:
        raise TransitionError("not_allowed", state=pair[0].value, event=pair[1].value)
    return target


def allowed_events(state: State | str) -> frozenset[Event]:
    """The events that ``state`` knows; buttons, scheduled jobs and guards all ask here (R131).

    :raises TransitionError: ``unknown`` when the text names no state.
    """
    try:
        source = State(state)
    except ValueError as error:
        raise TransitionError("unknown", state=str(state)) from error
    return frozenset(event for known, event in TRANSITIONS if known is source)
