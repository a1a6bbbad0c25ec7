"""A second, naive opinion: every rule is looked at, ranks are written out by hand."""

from __future__ import annotations

import fnmatch
from datetime import date

# d division, y traffic type, t traffic, s supplier, x transport document
DISTRIBUTION = ["y", "t", "s", "ys", "ts", "d", "dy", "dt", "ds", "dys", "dts", "-"]
TREATMENT = [
    "-", "d", "y", "x", "dy", "yx", "t", "dt", "tx", "s", "ts", "ys", "ds", "dys", "dts", "sx",
    "dx", "dyx", "dtx", "tsx", "ysx", "dsx", "dysx", "dtsx",
]  # fmt: skip


def clean(text: str) -> str:
    return "".join(char for char in text.upper() if char not in " -/.")


def letters(rule) -> str:
    filled = {
        "d": rule.division,
        "y": None if rule.traffic is not None else rule.traffic_type,
        "t": rule.traffic,
        "s": rule.supplier,
        "x": rule.document,
    }
    return "".join(letter for letter, value in filled.items() if value is not None) or "-"


def fits(rule, bill, on: date) -> bool:
    if not rule.active or rule.company not in bill.companies:
        return False
    if (rule.date_from and on < rule.date_from) or (rule.date_to and on > rule.date_to):
        return False
    for name in ("division", "traffic", "supplier"):
        if getattr(rule, name) is not None and getattr(rule, name) != getattr(bill, name):
            return False
    if rule.traffic is None and rule.traffic_type is not None:
        if rule.traffic_type != bill.traffic_type:
            return False
    if rule.document is None:
        return True
    pattern = clean(rule.document)
    if not pattern:
        return False
    pattern = pattern if rule.exact else f"*{pattern}*"
    return any(fnmatch.fnmatchcase(clean(text), pattern) for text in bill.documents)


def distribution(bill, rules, tie_break: str, on: date):
    fitting = [r for r in rules if fits(r, bill, on) and letters(r) in DISTRIBUTION]
    if not fitting:
        return None
    lowest = min(rule.order for rule in fitting)
    fitting = [rule for rule in fitting if rule.order == lowest]
    places = [DISTRIBUTION.index(letters(rule)) for rule in fitting]
    if tie_break == "listed_order":
        best = min(places)
    else:
        size = max(len(letters(rule).strip("-")) for rule in fitting)
        best = max(p for p in places if len(DISTRIBUTION[p].strip("-")) == size)
    fitting = [rule for rule in fitting if DISTRIBUTION.index(letters(rule)) == best]
    return nearest(fitting, bill)


def treatment(bill, rules, on: date):
    fitting = [rule for rule in rules if fits(rule, bill, on)]
    if not fitting:
        return None
    best = max(TREATMENT.index(letters(rule)) for rule in fitting)
    return nearest([r for r in fitting if TREATMENT.index(letters(r)) == best], bill)


def approval(bill, amount, rules, on: date):
    fitting = [
        rule
        for rule in rules
        if fits(rule, bill, on)
        and rule.document is None
        and rule.amount_from <= abs(amount)
        and (rule.amount_to is None or abs(amount) <= rule.amount_to)
    ]
    for letter in ("size", *"styd"):
        marks = {
            rule.id: len(letters(rule).strip("-")) if letter == "size" else letter in letters(rule)
            for rule in fitting
        }
        fitting = [r for r in fitting if marks[r.id] == max(marks.values())]
    return nearest(fitting, bill) if fitting else None


def nearest(rules, bill):
    near = min(bill.companies.index(rule.company) for rule in rules)
    rules = [rule for rule in rules if bill.companies.index(rule.company) == near]
    longest = max(len(clean(rule.document or "").replace("*", "")) for rule in rules)
    rules = [r for r in rules if len(clean(r.document or "").replace("*", "")) == longest]
    return sorted(rules, key=lambda rule: (rule.sequence, rule.id))[0]
