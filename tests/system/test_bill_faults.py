"""Supplier bills whatever dies on the way: treated once, passed on once, followed up whole."""

from __future__ import annotations

import bill_workers as workers
import pytest
from conftest import Killed, System

#: Approved without anybody: no open task, never late, one approval, follow-up whole.
TREATED = ("approved", 0, 0, 1, 0)


def test_killed_at_every_step_of_the_automatic_treatment(system: System) -> None:
    _settle(system)
    ids = system.run(workers.capture, 1)
    steps = system.run(workers.verify_and_die, 10_000)
    assert len(steps) >= 2 * len(workers.TREATMENT_STEPS), steps
    for at in range(1, len(steps) + 1):
        ids += system.run(workers.capture, 1)
        with pytest.raises(Killed):
            system.run(workers.verify_and_die, at)
        # the killed worker left the bill as it was: the next one treats it, once
        system.run(workers.verify_and_die, 10_000)
    assert set(system.run(workers.tell, ids)) == {TREATED}


def test_two_workers_treat_at_once(system: System) -> None:
    ids = system.run(workers.capture, 120)
    crowd = [system.start(workers.verify_and_die, 10_000) for _ in range(2)]
    for worker in crowd:
        system.finish(worker)
    system.run(workers.verify_and_die, 10_000)
    assert set(system.run(workers.tell, ids)) == {TREATED}


def test_killed_at_every_step_of_the_supervision(system: System) -> None:
    """Each late bill is passed on once and its person told once, whatever died in between."""
    _settle(system)
    rehearsal = _late_bills(system, 1)
    steps = system.run(workers.supervise_and_die, 10_000)
    assert len(steps) >= 2 * len(workers.SUPERVISION_STEPS), steps
    ids = list(rehearsal)
    for at in range(1, len(steps) + 1):
        ids += _late_bills(system, 1)
        with pytest.raises(Killed):
            system.run(workers.supervise_and_die, at)
        system.run(workers.supervise)
    assert set(system.run(workers.tell, ids)) == {("in_treatment", 1, 1, 0, 0)}


def test_two_workers_supervise_at_once(system: System) -> None:
    ids = _late_bills(system, 40)
    crowd = [system.start(workers.supervise) for _ in range(2)]
    for worker in crowd:
        system.finish(worker)
    system.run(workers.supervise)
    assert set(system.run(workers.tell, ids)) == {("in_treatment", 1, 1, 0, 0)}


def test_a_worker_overtaken_before_its_lock(system: System) -> None:
    """Rows that changed after its transaction began are left alone, and its run goes on."""
    ids = system.run(workers.capture, 3)
    system.run(workers.overtaken, "verify")
    assert set(system.run(workers.tell, ids)) == {TREATED}
    ids = _late_bills(system, 3)
    system.run(workers.overtaken, "supervise")
    assert set(system.run(workers.tell, ids)) == {("in_treatment", 1, 1, 0, 0)}


def _settle(system: System) -> None:
    """Do what waits in the demo, so that the rehearsal counts one bill's steps alone."""
    system.run(workers.verify_and_die, 10_000)
    system.run(workers.supervise)


def _late_bills(system: System, count: int) -> list[int]:
    """Bills of the demo's operator whose time is over."""
    ids = system.run(workers.capture, count, "supplier_line", "ops")
    system.run(workers.sail, ids)
    system.run(workers.verify_and_die, 10_000)
    system.run(workers.make_late, ids)
    return ids
