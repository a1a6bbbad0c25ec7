"""Joining lines: taxes are mandatory, withholdings never mixed, nothing else lost (A33)."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from bill_flow.errors import AllocationError
from bill_flow.grouping import LineFacts, group, group_key, groups

LINE = LineFacts(
    id=1, amount=D("10.00"), taxes=frozenset({19}), withholdings=frozenset({4}), concept=7,
    account=51, analytic=frozenset({("12,34", D(100))}), currency=8, document="MEDU1",
    forecasts=(100,),
)  # fmt: skip


def other(**values):
    return replace(LINE, id=2, amount=D("5.50"), forecasts=(101,), **values)


def test_equal_lines_become_one():
    found = group([LINE, other()])
    assert (found.lines, found.amount) == ((1, 2), D("15.50"))
    assert (found.documents, found.forecasts) == (("MEDU1",), (100, 101))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"withholdings": frozenset()}, "withholdings_differ"),
        ({"taxes": frozenset({5})}, "taxes_differ"),
        ({"taxes": frozenset()}, "tax_missing"),
        ({"concept": 8}, "concept_differ"),
        ({"account": 52}, "account_differ"),
        ({"analytic": frozenset()}, "analytic_differ"),
        ({"currency": 9}, "currency_differ"),
        ({"owner": 3}, "owner_differ"),
        ({"order": (("purchase_line_id", 5),)}, "order_differ"),
        ({"document": "MEDU2"}, "document_differ"),
    ],
)
def test_what_keeps_lines_apart(values, code):
    with pytest.raises(AllocationError) as caught:
        group([LINE, other(**values)])
    assert (caught.value.code, caught.value.facts["lines"]) == (code, (2,))
    assert groups([LINE, other(**values)]) == ()


def test_documents_are_mixed_only_when_the_user_says_so():
    lines = [LINE, other(document="MEDU2")]
    assert group(lines, mix_documents=True).documents == ("MEDU1", "MEDU2")
    assert group_key(lines[0]) != group_key(lines[1])
    assert group_key(lines[0], mix_documents=True) == group_key(lines[1], mix_documents=True)


def test_one_line_is_no_group():
    with pytest.raises(AllocationError, match="too_few"):
        group([LINE])


def test_all_groups_of_a_bill():
    lines = [LINE, other(concept=9), replace(LINE, id=3), replace(other(concept=9), id=4)]
    assert [found.lines for found in groups(lines)] == [(1, 3), (2, 4)]
