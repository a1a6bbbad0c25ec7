"""Deliveries whatever dies on the way: nothing is lost, and no file becomes two bills."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import intake_workers as workers
import pytest
from conftest import Killed, System


@pytest.fixture
def connect(system: System, tmp_path: Path) -> Callable[[str], tuple[int, Path]]:
    """Make a connection with a folder of its own."""

    def make(name: str = "inbox") -> tuple[int, Path]:
        folder = tmp_path / name
        folder.mkdir()
        return system.run(workers.prepare, str(folder)), folder

    return make


def test_killed_at_every_step_of_the_intake(system: System, connect: Callable) -> None:
    """kill -9 before and after each step; the next visit and the scheduler mend it."""
    number, folder = connect()
    workers.put(folder, "rehearsal.pdf")
    steps = system.run(workers.visit_and_die, number, 10_000)
    assert len(steps) == 2 * len(workers.STEPS), "every step was passed in the rehearsal"
    for at in range(1, len(steps) + 1):
        workers.put(folder, f"{at}.pdf")
        with pytest.raises(Killed):
            system.run(workers.visit_and_die, number, at)
        # before the next one: a delivery that kills again and again would be set apart
        system.run(workers.visit, number)
    system.run(workers.resume)
    found = system.run(workers.deliveries, number)
    names = ["rehearsal.pdf", *(f"{at}.pdf" for at in range(1, len(steps) + 1))]
    assert sorted(row[0] for row in found) == sorted(names), "each file is one delivery"
    assert {row[1:] for row in found} == {("captured", 1, 1)}, f"one bill, one file: {found}"
    assert not list(folder.glob("*.pdf")), "and the folder is empty"


def test_a_delivery_that_kills_every_worker_is_set_apart(system: System, connect: Callable) -> None:
    number, folder = connect()
    workers.put(folder, "rehearsal.pdf")
    at = system.run(workers.visit_and_die, number, 10_000).index("before _create_bills") + 1
    workers.put(folder, "deadly.pdf")
    for _ in range(3):
        with pytest.raises(Killed):
            system.run(workers.visit_and_die, number, at)
    workers.put(folder, "harmless.pdf")
    system.run(workers.visit, number)
    states = {row[0]: row[1] for row in system.run(workers.deliveries, number)}
    assert (states["deadly.pdf"], states["harmless.pdf"]) == ("unreadable", "captured")


def test_killed_between_our_commit_and_the_source(system: System, connect: Callable) -> None:
    number, folder = connect()
    workers.put(folder, "a.pdf")
    with pytest.raises(Killed):
        system.run(workers.settle_and_die, number)
    assert (folder / "a.pdf").exists()
    assert system.run(workers.visit, number) == (0, 1, ()), "it is known again"
    assert [row[1:3] for row in system.run(workers.deliveries, number)] == [("captured", 1)]
    assert not (folder / "a.pdf").exists()


def test_two_workers_visit_one_connection(system: System, connect: Callable) -> None:
    number, folder = connect()
    for each in range(12):
        workers.put(folder, f"{each}.pdf")
    crowd = [system.start(workers.visit, number) for _ in range(2)]
    results = [system.finish(worker) for worker in crowd]
    system.run(workers.visit, number)
    found = system.run(workers.deliveries, number)
    assert len(found) == 12, f"each file came once: {results}"
    assert {row[1:] for row in found} == {("captured", 1, 1)}


def test_two_workers_bring_the_same_files(system: System, connect: Callable) -> None:
    pairs = [connect(name) for name in ("one", "two")]
    for each in range(6):
        for _number, folder in pairs:
            workers.put(folder, f"{each}.pdf", "the same")
        # same content: copied, since a PDF carries the moment it was made
        (pairs[1][1] / f"{each}.pdf").write_bytes((pairs[0][1] / f"{each}.pdf").read_bytes())
    for number, _folder in pairs:
        assert number
    crowd = [system.start(workers.visit, number) for number, _folder in pairs]
    for worker in crowd:
        system.finish(worker)
    for number, _folder in pairs:
        system.run(workers.visit, number)
    # two that met waited for the next run
    system.run(workers.resume)
    found = [row for number, _folder in pairs for row in system.run(workers.deliveries, number)]
    states = sorted(row[1] for row in found)
    assert states == ["captured"] * 6 + ["duplicate"] * 6, states
    assert sum(row[2] for row in found) == 6, "one bill for each file"


def test_killed_in_the_middle_of_the_verification(system: System, connect: Callable) -> None:
    number, folder = connect()
    workers.put(folder, "rehearsal.pdf")
    system.run(workers.visit, number)
    system.run(workers.verify)
    workers.put(folder, "rehearsal again.pdf")
    system.run(workers.visit, number)
    steps = system.run(workers.verify_and_die, 10_000)
    assert len(steps) >= 2 * len(workers.VERIFY_STEPS)
    for at in range(1, len(steps) + 1):
        workers.put(folder, f"{at}.pdf")
        system.run(workers.visit, number)
        with pytest.raises(Killed):
            system.run(workers.verify_and_die, at)
    system.run(workers.verify)
    found = system.run(workers.bills, number)
    assert len(found) == len(steps) + 2
    assert {row[0] for row in found} == {"to_revise"}, "incomplete ones stop"
    assert {row[1] for row in found} == {1}, "each was verified once"
    assert {row[2] for row in found} == {1}, "and somebody has it, once"


def test_two_workers_verify_at_once(system: System, connect: Callable) -> None:
    number, folder = connect()
    for each in range(20):
        workers.put(folder, f"{each}.pdf")
    system.run(workers.visit, number)
    crowd = [system.start(workers.verify) for _ in range(2)]
    for worker in crowd:
        system.finish(worker)
    system.run(workers.verify)
    found = system.run(workers.bills, number)
    assert [row[1:] for row in found] == [(1, 1)] * 20, found
