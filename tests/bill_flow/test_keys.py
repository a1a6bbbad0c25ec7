"""Search keys: a rule is found exactly by the bills it is meant for, with few keys."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bill_flow.errors import RuleError
from bill_flow.keys import (
    Criteria,
    Rule,
    candidate_keys,
    normalise_document,
    rule_fields,
    rule_key,
)
from bill_flow.searches import APPROVAL, DISTRIBUTION, TREATMENT, Field

FULL = Criteria(
    companies=(1,), division=2, traffic_type=5, traffic=3, supplier=4, documents=("MEDU-123",)
)


def test_documents_are_compared_without_blanks_case_and_separators():
    assert normalise_document(" medu 123-4/5.6 ") == "MEDU123456"
    assert normalise_document("a*b") == "A*B"
    assert normalise_document("A–1 2") == "A12", "dashes and blanks of scanned documents go too"


@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing(text):
    once = normalise_document(text)
    assert normalise_document(once) == once


def test_a_key_reads_as_its_rule():
    rule = Rule(id=1, company=1, division=2, traffic=3, supplier=4, document="medu 1*")
    assert rule_key(rule) == "c1|d2|t3|s4|x"
    exact = Rule(id=1, company=1, supplier=4, document="medu-1", exact=True)
    assert rule_key(exact) == "c1|s4|x=MEDU1"
    assert rule_key(Rule(id=1, company=1)) == "c1"


def test_traffic_implies_its_type():
    with_type = Rule(id=1, company=1, traffic_type=5, traffic=3)
    assert rule_fields(with_type) == {Field.TRAFFIC}
    assert rule_key(with_type) == rule_key(Rule(id=2, company=1, traffic=3)) == "c1|t3"
    assert rule_key(Rule(id=3, company=1, traffic_type=3)) == "c1|y3", "a type is not a traffic"
    bill = Criteria(companies=(1,), traffic=3)
    assert bill.normalised({3: 5}).traffic_type == 5
    assert bill.normalised({}).traffic_type is None


def test_an_exact_rule_with_a_wildcard_is_a_pattern():
    assert rule_key(Rule(id=1, company=1, document="MEDU*", exact=True)) == "c1|x"


def test_a_rules_document_is_kept_normalised():
    assert Rule(id=1, company=1, document=" me-du * ").document == "MEDU*"
    separators = Rule(id=1, company=1, document=" - ")
    assert separators.document == "", "separators alone are no wildcard"
    assert rule_key(separators) == "c1|x"


def test_long_documents_keep_the_key_short_and_apart():
    texts = ["A" * 200 + tail for tail in ("1", "2")]
    keys = [rule_key(Rule(id=1, company=1, document=text, exact=True)) for text in texts]
    assert keys[0] != keys[1]
    assert all(len(key) < 100 for key in keys)
    bill = Criteria(companies=(1,), documents=(texts[0],))
    assert keys[0] in candidate_keys(bill, TREATMENT)
    assert keys[1] not in candidate_keys(bill, TREATMENT)


def test_documents_of_a_bill_are_normalised_once_each():
    bill = Criteria(companies=(1,), documents=("a-1", "A1", " ", "b"))
    assert bill.documents == ("A1", "B")


def test_a_bill_needs_a_company():
    with pytest.raises(RuleError, match="no_company"):
        Criteria(companies=())


def test_the_number_of_keys_is_bounded():
    assert len(candidate_keys(FULL, DISTRIBUTION)) == 12
    assert len(candidate_keys(FULL, APPROVAL)) == 12
    assert len(candidate_keys(FULL, TREATMENT)) == 12 + 12 * 2
    two = Criteria(companies=(1, 9), division=2, traffic_type=5, traffic=3, supplier=4)
    assert len(candidate_keys(two, TREATMENT)) == 24, "a bill without documents: 12 a company"
    assert candidate_keys(Criteria(companies=(1,)), DISTRIBUTION) == ("c1",)


def test_keys_are_unique_and_of_plain_shape():
    keys = candidate_keys(FULL, TREATMENT)
    assert len(set(keys)) == len(keys)
    shape = re.compile(r"c\d+(\|d\d+)?(\|[ty]\d+)?(\|s\d+)?(\|x(=.+)?)?\Z")
    assert all(shape.match(key) for key in keys)


ids = st.none() | st.integers(1, 3)
documents = st.text(alphabet=string.ascii_uppercase[:3] + "-* ", min_size=1, max_size=5)


@given(
    st.builds(
        Rule, id=st.just(1), company=st.integers(1, 2), division=ids, traffic_type=ids,
        traffic=ids, supplier=ids, document=st.none() | documents, exact=st.booleans(),
    ),
    st.builds(
        Criteria, companies=st.just((1, 2)), division=ids, traffic_type=ids, traffic=ids,
        supplier=ids, documents=st.lists(documents, max_size=2).map(tuple),
    ),
)  # fmt: skip
def test_a_rule_is_a_candidate_when_its_values_are_the_bills(rule, bill):
    kind = rule.traffic_type if rule.traffic is None else None
    agree = all(
        wanted in (None, got)
        for wanted, got in (
            (rule.division, bill.division),
            (kind, bill.traffic_type),
            (rule.traffic, bill.traffic),
            (rule.supplier, bill.supplier),
        )
    )
    if rule.document is not None:
        text = normalise_document(rule.document)
        literal = rule.exact and "*" not in text
        agree = agree and (text in bill.documents if literal else bool(bill.documents))
    assert (rule_key(rule) in candidate_keys(bill, TREATMENT)) == agree
