"""Supervision: who is late, who gets the bill then, who is told (R67-R79, A18).

::

    waiting_person ──due──▶ reassign to the assignee, message to the person ──▶ waiting_assignee
          │ no assignee: message only                                                 │ due
          ▼                                                                           ▼
        done ◀──────────────────────────────────────────── message to the assignee ───┘

One hop: the assignee's own rule does not apply. Each stage fires once however often it is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

from .clocks import Clock


class Stage(str, Enum):
    """Whom a timer waits for."""

    WAITING_PERSON = "waiting_person"
    WAITING_ASSIGNEE = "waiting_assignee"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class SupervisionRule:
    """Supervision criteria of one person and stage of the flow (R67-R72, R73-R78).

    :param person: who must approve or manage (R67).
    :param notify_hours: most hours he has (R68); 0 for no limit.
    :param assignee: who gets the bill then (R69); None for a message only.
    :param assign_hours: most hours the assignee has (R71); 0 for no limit.
    """

    person: int
    notify_hours: float
    assignee: int | None = None
    assign_hours: float = 0.0


class ActionKind(str, Enum):
    """What a timer asks for."""

    REASSIGN = "reassign"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do because time is up.

    :param to: who gets the bill (``reassign``) or is told that he is late (``message``).
    """

    kind: ActionKind
    to: int


@dataclass(frozen=True, slots=True)
class Timer:
    """Supervision of one assignment.

    :param deadline: when it fires; None without a limit, when paused and when done.
    :param assigned_at: since when the person of this stage has the bill.
    :param paused_at: since when it stands still; None while it runs.
    :param left: hours of its clock that were left when it was paused; None without a limit.
    """

    stage: Stage
    deadline: datetime | None = None
    assigned_at: datetime | None = None
    paused_at: datetime | None = None
    left: float | None = None

    def to_json(self) -> dict[str, object]:
        """Plain data to store, moments in ISO format; :meth:`from_json` reads it."""
        return {
            "stage": self.stage.value,
            "deadline": _text(self.deadline),
            "assigned_at": _text(self.assigned_at),
            "paused_at": _text(self.paused_at),
            "left": self.left,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Timer:
        """Inverse of :meth:`to_json`."""
        return cls(
            Stage(values["stage"]),
            _moment(values["deadline"]),
            _moment(values["assigned_at"]),
            _moment(values["paused_at"]),
            values["left"],
        )


def start(
    rule: SupervisionRule | None, at: datetime, clock: Clock, *, absent: bool = False
) -> Timer:
    """The timer of a new assignment; also after a forward or a claim, which start anew (A18).

    :param rule: None when nobody supervises the person; then there is no deadline.
    :param absent: the person is away: time is up at once, so the next :func:`fire` passes it on.
    :raises RuleError: ``negative_hours``.
    """
    if rule is None:
        return Timer(Stage.DONE, assigned_at=at)
    deadline = clock.add_hours(at, rule.notify_hours) if rule.notify_hours else None
    return Timer(Stage.WAITING_PERSON, at if absent else deadline, at)


def pause(timer: Timer, now: datetime, clock: Clock) -> Timer:
    """Stop the clock while the bill is outside, with the supplier (A18); twice changes nothing."""
    if timer.paused_at is not None or timer.stage is Stage.DONE:
        return timer
    left = None if timer.deadline is None else clock.hours_between(now, timer.deadline)
    return replace(timer, deadline=None, paused_at=now, left=left)


def resume(timer: Timer, now: datetime, clock: Clock) -> Timer:
    """Let the clock go on with the hours that were left; a running timer stays as it is."""
    if timer.paused_at is None:
        return timer
    deadline = None if timer.left is None else clock.add_hours(now, timer.left)
    return replace(timer, deadline=deadline, paused_at=None, left=None)


def due(timer: Timer, now: datetime) -> bool:
    """Whether the time of this stage is up; never for a paused or finished timer."""
    return timer.deadline is not None and timer.deadline <= now


def fire(
    timer: Timer, rule: SupervisionRule, now: datetime, clock: Clock
) -> tuple[Timer, tuple[Action, ...]]:
    """What has to happen now and the timer afterwards (R69, R70, R72).

    Nothing when the timer is not due, so it may be asked any number of times. The assignee's hours
    count from ``now``, when he gets the bill, not from the deadline that was missed.
    """
    if not due(timer, now):
        return timer, ()
    if timer.stage is Stage.WAITING_ASSIGNEE:
        told = () if rule.assignee is None else (Action(ActionKind.MESSAGE, rule.assignee),)
        return Timer(Stage.DONE, assigned_at=timer.assigned_at), told
    told = (Action(ActionKind.MESSAGE, rule.person),)
    if rule.assignee is None or rule.assignee == rule.person:
        return Timer(Stage.DONE, assigned_at=timer.assigned_at), told
    deadline = clock.add_hours(now, rule.assign_hours) if rule.assign_hours else None
    stage = Stage.WAITING_ASSIGNEE if deadline else Stage.DONE
    return Timer(stage, deadline, now), (Action(ActionKind.REASSIGN, rule.assignee), *told)


def has_loop(rules: Iterable[SupervisionRule]) -> tuple[int, ...] | None:
    """A circle of persons who pass bills on to each other (A18); None when there is none.

    :param rules: those of one company and stage of the flow, one a person.
    :return: the persons in the order of passing on, beginning with the lowest id.
    """
    to = {rule.person: rule.assignee for rule in rules if rule.assignee is not None}
    settled: set[int] = set()
    for first in sorted(to):
        path: list[int] = []
        person: int | None = first
        while person is not None and person not in settled:
            settled.add(person)
            path.append(person)
            person = to.get(person)
        if person is not None and person in path:
            circle = path[path.index(person) :]
            lowest = circle.index(min(circle))
            return tuple(circle[lowest:] + circle[:lowest])
    return None


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
