"""Exactly once: whatever dies or fails on the way, every invoice ends accepted, and once.

The stand-in is the witness: it stores what it accepted before it answers, and the tests compare
its book with Odoo's, number by number.
"""

from __future__ import annotations

import workers
from conftest import Killed, System

FAULTS = (
    "drop_before",
    "drop_after",
    "http_500",
    "http_503",
    "soap_fault",
    "malformed_xml",
    "truncated_xml",
    "truncated_body",
    "wrong_correlation",
    "processing",
)


def settle(system: System, numbers: list[str], rounds: int = 12) -> None:
    """Let the crons run, with time passing between the rounds, until nothing is pending."""
    for _ in range(rounds):
        system.run(workers.let_time_pass)
        system.run(workers.work)
        found = system.run(workers.states, numbers)
        if all(rows and rows[-1][0] == "accepted" for rows in found.values()):
            return


def assert_accepted_once(system: System, numbers: list[str]) -> None:
    """Odoo's book and the stand-in's agree, and hold every number once."""
    assert len(numbers) == len(set(numbers)), "no number is given twice"
    found, accepted = system.run(workers.states, numbers), system.accepted()
    for number in numbers:
        live = [row for row in found[number] if row[0] == "accepted"]
        assert len(live) == 1, f"{number} must have one accepted submission: {found[number]}"
        assert accepted.get(number) == [live[0][1]], f"{number}: DIAN's book differs from Odoo's"


def assert_consecutive(numbers: list[str]) -> None:
    digits = sorted(int(number[4:]) for number in numbers)
    assert digits == list(range(digits[0], digits[0] + len(digits))), "no number is lost"


def test_killed_at_every_step(calm: System) -> None:
    """kill -9 before and after each step from preparing to delivering."""
    calm.run(workers.issue, 1)
    steps = calm.run(workers.work_and_die, 10_000)
    assert len(steps) > 2 * len(workers.STEPS), "every step was passed in the rehearsal"
    numbers = []
    for at in range(1, len(steps) + 1):
        numbers += calm.run(workers.issue, 1)
        try:
            calm.run(workers.work_and_die, at)
        except Killed:
            continue
        raise AssertionError(f"the worker survived step {at}")
    settle(calm, numbers)
    assert_accepted_once(calm, numbers)
    assert_consecutive(numbers)
    found = calm.run(workers.states, numbers)
    late = {number: rows[-1][2] for number, rows in found.items() if rows[-1][2] == "to_deliver"}
    assert not late, "what was interrupted before delivery is delivered later"


def test_time_out_after_dian_had_accepted(calm: System) -> None:
    """The answer is lost after acceptance: DIAN is asked, nothing is sent twice."""
    numbers = calm.run(workers.issue, 3)
    calm.faults({"kind": "drop_after", "operation": "SendBillSync"})
    calm.run(workers.work)
    assert set(numbers) <= set(calm.accepted()), "the stand-in had accepted them"
    sent = len(calm.ask("GET", "/admin/calls"))
    calm.faults()
    settle(calm, numbers)
    assert_accepted_once(calm, numbers)
    calls = calm.ask("GET", "/admin/calls")[: -sent or None]
    assert all(call["operation"] != "SendBillSync" for call in calls), "asking was enough"


def test_two_workers_on_one_queue(calm: System) -> None:
    numbers = calm.run(workers.issue, 12)
    calm.faults({"kind": "latency", "seconds": 0.15})
    crowd = [calm.start(workers.work) for _ in range(3)]
    for worker in crowd:
        calm.finish(worker)
    settle(calm, numbers)
    assert_accepted_once(calm, numbers)
    assert_consecutive(numbers)
    sends: dict[str, int] = {}
    for call in calm.ask("GET", "/admin/calls"):
        if call["operation"] == "SendBillSync" and call.get("number") in numbers:
            sends[call["number"]] = sends.get(call["number"], 0) + 1
    assert all(count == 1 for count in sends.values()), f"each was sent by one worker: {sends}"


def test_every_fault_at_once(calm: System) -> None:
    """A bad hour: four of ten calls fail, in ten ways, with two workers."""
    numbers = calm.run(workers.issue, 20)
    calm.faults(
        *({"kind": kind, "probability": 0.05, "seconds": 0.2} for kind in FAULTS),
    )
    for _ in range(4):
        crowd = [calm.start(workers.work) for _ in range(2)]
        for worker in crowd:
            calm.finish(worker)
        calm.run(workers.let_time_pass)
    calm.faults()
    settle(calm, numbers)
    assert_accepted_once(calm, numbers)
    assert_consecutive(numbers)
