"""Hostile documents: whatever is in the tree, check() answers with findings and never raises."""

from __future__ import annotations

import copy
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from mutate import CONTEXT, base_invoice

from dian.findings import Finding
from dian.rules import RuleContext, check
from dian.rules.base import MOST_TOLD
from dian.ubl.namespaces import tag

GARBAGE = st.one_of(
    st.sampled_from([
        "", " ", "NaN", "-Infinity", "1E999999", "1_000", "٣", "0x10", "-0", "9" * 40, "1,5", "{0}",
        "{found}", "%s", "2025-02-30", "9999-99-99", "0000-00-00", "24:61:61", "½", "⁵", "𝟗",
        "10000-01-01", "SETP", "SETP٣", "--", "CO", "31", "1", "0", "true", "01", "ZZ", "\u202e",
    ]),
    st.text(
        st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
        max_size=12,
    ),
)  # fmt: skip
CHANGE = st.tuples(
    st.sampled_from(["drop", "empty", "copy", "text", "attributes", "comment", "nest"]),
    st.integers(min_value=0, max_value=10_000),
    GARBAGE,
)


def change(root: etree._Element, kind: str, position: int, text: str) -> None:
    elements = [element for element in root.iter() if isinstance(element.tag, str)][1:]
    if not elements:
        return
    element = elements[position % len(elements)]
    parent = element.getparent()
    if kind == "drop":
        parent.remove(element)
    elif kind == "empty":
        element.clear()
    elif kind == "copy":
        parent.append(etree.fromstring(etree.tostring(element)))
    elif kind == "text":
        element.text = text
    elif kind == "attributes":
        for name in element.attrib:
            element.set(name, text)
    elif kind == "comment":
        element.insert(0, etree.Comment("x"))
    else:
        element.append(etree.fromstring(etree.tostring(elements[(position * 7) % len(elements)])))


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(st.lists(CHANGE, min_size=1, max_size=12))
def test_check_never_raises(changes):
    root = base_invoice()
    for kind, position, text in changes:
        change(root, kind, position, text)
    for context in (CONTEXT, RuleContext()):
        assert all(isinstance(finding, Finding) for finding in check(root, context))


def test_every_text_replaced():
    """The same garbage everywhere at once."""
    for text in ("", "-1", "NaN", "9" * 500, "é" * 3, "{0}{found}"):
        root = base_invoice()
        for element in root.iter():
            if isinstance(element.tag, str) and not len(element):
                element.text = text
            for name in element.attrib:
                element.set(name, text)
        assert check(root, CONTEXT), "a document of garbage has findings"


def test_empty_invoice():
    root = base_invoice()
    root.clear()
    codes = {finding.code for finding in check(root, CONTEXT)}
    assert {"FAD01", "FAD06", "FAJ01", "FAK01", "FAN01", "FAU01", "FAV01"} <= codes


def test_depth_is_no_matter():
    root = base_invoice()
    element = root.find("{*}AccountingSupplierParty/{*}Party/{*}PhysicalLocation/{*}Address")
    element.clear()
    for _ in range(20_000):
        element = etree.SubElement(element, tag("cac:AddressLine"))
    paths = [finding.path for finding in check(root, CONTEXT) if finding.code == "FAJ13"]
    assert len(paths) == 1, "an address line 20,000 levels deep and empty is found"


def with_wrong_lines(count: int) -> etree._Element:
    root = base_invoice()
    line = root.find("{*}InvoiceLine")
    line.find("{*}Item").clear()
    for _ in range(count):
        root.append(copy.deepcopy(line))
    return root


def test_many_failures_are_cut_and_stay_linear():
    """A hundred findings of each rule, and ten times the lines take about ten times as long."""
    seconds = {}
    for count in (200, 2_000):
        root = with_wrong_lines(count)
        started = time.process_time()
        findings = check(root, CONTEXT)
        seconds[count] = time.process_time() - started
    missing = [finding.path for finding in findings if finding.code == "FAZ02"]
    assert len(missing) == MOST_TOLD
    assert missing[0] == "/Invoice/cac:InvoiceLine[1]/cac:Item/cbc:Description"
    assert seconds[2_000] < 40 * seconds[200], "no rule looks at every line for every line"
