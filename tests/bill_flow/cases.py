"""Random bills and rules with few values, so that rules meet and compete.

Rules come from a seed and a number: drawing every field would take most of the time of the tests.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

from hypothesis import strategies as st

from bill_flow.approval import ApprovalRule
from bill_flow.keys import Criteria, Rule
from bill_flow.plan import Level

TODAY = date(2026, 3, 16)
TYPES = {1: 1, 2: 1, 3: 2}  # traffic → type


def _fields(random: Random, number: int) -> dict[str, object]:
    dates = (None, None, None, date(2026, 3, 15), TODAY, date(2026, 3, 17))
    return {
        "id": number,
        "company": random.randint(1, 3),
        "division": random.choice((None, 1, 2)),
        "traffic_type": random.choice((None, 1, 2)),
        "traffic": random.choice((None, None, 1, 2, 3)),
        "supplier": random.choice((None, 1, 2)),
        "sequence": random.randint(1, 2),
        "date_from": random.choice(dates),
        "date_to": random.choice(dates),
        "active": random.random() < 0.8,
    }


def _rules(seed: int, size: int, document: bool) -> list[Rule]:
    random = Random(seed)
    rules = []
    for number in range(1, size + 1):
        fields = _fields(random, number) | {"order": random.choice((5, 10, 10))}
        if document and random.random() < 0.6:
            text = random.choices("AB*- ", k=random.randint(1, 4))
            fields |= {"document": "".join(text), "exact": random.random() < 0.4}
        rules.append(Rule(**fields))
    return rules


def _approval_rules(seed: int, size: int) -> list[ApprovalRule]:
    random = Random(seed)
    rules = []
    for number in range(1, size + 1):
        low, high = (Decimal(random.randint(0, 4)) / 2 for _ in range(2))
        levels = [
            Level(random.randint(1, 3), frozenset(random.sample(range(1, 7), 2)))
            for _ in range(random.randint(1, 3))
        ]
        rules.append(
            ApprovalRule(
                **_fields(random, number),
                amount_from=low,
                amount_to=random.choice((None, high)),
                levels=tuple(levels),
            )
        )
    return rules


_seeds = st.integers(0, 2**32)


def rule_sets(document: bool, most: int = 120) -> st.SearchStrategy[list[Rule]]:
    return st.builds(_rules, _seeds, st.integers(0, most), st.just(document))


def approval_sets(most: int = 120) -> st.SearchStrategy[list[ApprovalRule]]:
    return st.builds(_approval_rules, _seeds, st.integers(0, most))


_value = st.none() | st.integers(1, 2)
bills = st.builds(
    Criteria,
    companies=st.sampled_from([(1,), (2, 1), (3, 2, 1)]),
    division=_value,
    traffic_type=_value,
    traffic=st.none() | st.integers(1, 3),
    supplier=_value,
    documents=st.lists(st.text(alphabet="AB", min_size=1, max_size=5), max_size=3).map(tuple),
).map(lambda bill: bill.normalised(TYPES))
