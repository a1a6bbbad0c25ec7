"""DIAN's own example invoices: every rejection our rules find was looked at and is the example's.

The annex (5.8) says that examples never prevail over it. Most are of 2019 and follow older lists;
later ones were edited by hand after signing. Where an example of 2022 or later showed that a rule
was read too strictly, the rule was mended instead (taxes per unit without base, advances of 0.00,
unlisted units, codes of other catalogues as UNSPSC).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree
from mutate import TECHNICAL_KEY

from dian.rules import RuleContext, check
from dian.ubl.namespaces import document_tag

EXPECTED: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "official_examples.json").read_text(encoding="utf-8")
)
WHY = {
    "CDG01": "carrier in 11001 with department 91",
    "FAD02": "operation types 01, 02, 05 and 06 are of older lists",
    "FAD03": "the literal was 'DIAN 2.1' before annex 1.8",
    "FAD06": "parties or totals were edited after the CUFE was made",
    "FAD09e": "the date was edited, or differs as it might before annex 1.9",
    "FAD15a": "in dollars, which annex 1.9 chapter 6 rejects",
    "FAD15b": "a price extension in dollars in a document in pesos",
    "FAI01": "type 03 without its paper invoice",
    "FAJ25": "issued by a natural person under type 13",
    "FAJ26": "responsibilities O-06 and O-99 are of older lists",
    "FAJ48": "type 13, or the NIT was edited and its check digit was not",
    "FAK42": "final consumer written with another number than 222222222222",
    "FAK61": "natural person without PartyIdentification, new in 1.8",
    "FAK62": "natural person without PartyIdentification, new in 1.8",
    "FAM37": "responsibility O-99 is of an older list",
    "FAN03": "payment means 54 is not in the list",
    "FAS01b": "a header total of INC that no line has",
    "FAS07": "twice the amount that its units give",
    "FAU02": "a line was added and the total was not",
    "FAU04": "a line was added and the total was not",
    "FAU14": "subtracts the advance, as before annex 1.8",
    "FAV06": "price × quantity is 18,900.00, the line says 12,600.06",
    "FAX02": "the total of the tax is not its breakdown",
    "FAY07": "a withholding at rate 0.00 of 25.00",
    "FAZ09": "lines without product code",
    "FBE01": "a discount without base",
    "FBE06": "a discount of 50,000.00 that its percentage puts at 75,000.00",
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_example(reference, name):
    root = etree.parse(reference / "examples" / name).getroot()
    findings = check(root, RuleContext(technical_key=TECHNICAL_KEY))
    rejections = {finding.code for finding in findings if finding.is_rejection}
    assert sorted(rejections) == EXPECTED[name], "only what is wrong with the example is told"


def test_every_example_invoice_is_recorded(reference):
    invoices = {
        file.name
        for file in (reference / "examples").glob("*.xml")
        if etree.parse(file).getroot().tag == document_tag("Invoice")
    }
    assert invoices == set(EXPECTED)


def test_every_rejection_has_its_reason():
    found = {rule_id for rules in EXPECTED.values() for rule_id in rules}
    assert found <= set(WHY), "an expected rejection says why the example is wrong"
