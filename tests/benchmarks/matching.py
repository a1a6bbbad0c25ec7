"""Microseconds that finding a bill's rule takes, by number of rules; prints JSON.

Run: ``python tests/benchmarks/matching.py [--bills N] [--rules N …]``. ``indexed_us`` looks the
bill's candidate keys up in an index of all rules and explains the decision; ``naive_us`` tries one
rule after the other, with the search the tests judge by. ``keys`` is how many keys a bill asks for
and ``candidates`` how many rules it gets, at most; ``pattern_heavy`` is the worst case, where all
rules are texts without a supplier and share one key. CPU time is measured, best of the rounds; the
milliseconds of a fixed loop of plain Python (``loop_ms``) tell how fast the machine was.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for _folder in ("openpce_vendor_bill_workflow", "tests/bill_flow"):
    sys.path.insert(0, str(ROOT / _folder))

# after the folders above are on the path
import oracle  # noqa: E402

from bill_flow.keys import Criteria, Rule, candidate_keys, rule_key  # noqa: E402
from bill_flow.matching import (  # noqa: E402
    DISTRIBUTION,
    TREATMENT,
    Match,
    RuleIndex,
    SearchTable,
    match_distribution,
    match_treatment,
)

TODAY = date(2026, 3, 16)
TYPES = {traffic: traffic % 6 for traffic in range(40)}


def rules(count: int, document: bool) -> list[Rule]:
    """Rules as a company keeps them, none twice.

    Up to 200 name no supplier, the others one of as many as a tenth of the rules.
    """
    pick = random.Random(count)
    suppliers = max(20, count // 10)
    made: list[Rule] = []
    seen = set()
    while len(made) < count:
        text = f"{pick.choice(('MEDU', 'BL', 'AWB'))}{pick.randrange(10**4)}"
        fields = {
            "division": pick.choice((None, None, pick.randrange(25))),
            "traffic_type": pick.choice((None, pick.randrange(6))),
            "traffic": pick.choice((None, None, pick.randrange(40))),
            "supplier": None if len(made) < min(200, count // 5) else pick.randrange(suppliers),
            "document": pick.choice((None, text, f"{text}*")) if document else None,
        }
        exact, order = pick.random() < 0.5, pick.choice((5, 10))
        rule = Rule(id=len(made) + 1, company=1, exact=exact, order=order, **fields)
        mark = (rule_key(rule), rule.document, rule.order)
        if mark not in seen:
            seen.add(mark)
            made.append(rule)
    return made


def texts(count: int) -> list[Rule]:
    """Rules that only name a text, all under one key."""
    return [
        Rule(id=number, company=1, document=f"MEDU{number}*", exact=True)
        for number in range(1, count + 1)
    ]


def bills(count: int, suppliers: int) -> list[Criteria]:
    """Bills with everything filled and two transport documents, of a branch with one parent."""
    pick = random.Random(7)
    return [
        Criteria(
            companies=(2, 1),
            division=pick.randrange(25),
            traffic=pick.randrange(40),
            supplier=pick.randrange(suppliers),
            documents=(f"MEDU{pick.randrange(10**4)}-1", f"BL {pick.randrange(10**4)}"),
        ).normalised(TYPES)
        for _ in range(count)
    ]


def microseconds(call: Callable[[Criteria], object], over: Sequence[Criteria]) -> float:
    """CPU time of one call, best of three rounds."""
    best = float("inf")
    for _ in range(3):
        begin = time.process_time()
        for bill in over:
            call(bill)
        best = min(best, time.process_time() - begin)
    return round(best / len(over) * 1e6, 1)


def measure(count: int, number_of_bills: int) -> dict[str, object]:
    """One row of the answer."""
    some = bills(number_of_bills, max(20, count // 10))
    few = some[: max(2, min(len(some), 20_000 // count))]
    plain, with_texts = rules(count, document=False), rules(count, document=True)
    heavy = RuleIndex(texts(count))
    return {
        "distribution": beside(
            DISTRIBUTION,
            RuleIndex(plain),
            lambda bill, index: match_distribution(bill, index, on=TODAY),
            lambda bill: oracle.distribution(bill, plain, "listed_order", TODAY),
            (some, few),
        ),
        "treatment": beside(
            TREATMENT,
            RuleIndex(with_texts),
            lambda bill, index: match_treatment(bill, index, on=TODAY),
            lambda bill: oracle.treatment(bill, with_texts, TODAY),
            (some, few),
        ),
        "pattern_heavy_us": microseconds(lambda bill: match_treatment(bill, heavy, on=TODAY), few),
    }


def beside(
    table: SearchTable,
    index: RuleIndex,
    match: Callable[[Criteria, RuleIndex], Match],
    naive: Callable[[Criteria], Rule | None],
    over: tuple[Sequence[Criteria], Sequence[Criteria]],
) -> dict[str, object]:
    """One kind of criteria by keys and one by one; stops when the two disagree.

    :param over: bills for the keys, and the fewer ones that the slow way is given.
    """
    some, few = over
    if any(match(bill, index).winner != naive(bill) for bill in few):
        raise SystemExit(f"{table.name}: the two searches disagree")
    return {
        "keys": max(len(candidate_keys(bill, table)) for bill in some),
        "candidates": max(len(index.candidates(bill, table)) for bill in some),
        "indexed_us": microseconds(lambda bill: match(bill, index), some),
        "naive_us": microseconds(naive, few),
    }


def loop_ms() -> float:
    """A fixed amount of plain Python."""
    begin = time.process_time()
    total = 0
    for number in range(1_000_000):
        total += number % 7
    return round((time.process_time() - begin) * 1000, 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bills", type=int, default=500)
    parser.add_argument("--rules", type=int, nargs="+", default=[10, 1_000, 10_000, 100_000])
    options = parser.parse_args()
    rows = {str(count): measure(count, options.bills) for count in options.rules}
    machine = {"python": platform.python_version(), "loop_ms": loop_ms()}
    print(json.dumps({"machine": machine, "bills": options.bills, "rules": rows}, indent=2))


if __name__ == "__main__":
    main()
