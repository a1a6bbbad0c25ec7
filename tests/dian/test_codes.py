"""Closed lists, and reading of the long ones."""

from __future__ import annotations

import csv

import pytest

from dian import codes


def test_enums_carry_the_official_code():
    assert codes.Environment("1") is codes.Environment.PRODUCTION
    assert codes.DocumentType("91") is codes.DocumentType.CREDIT_NOTE
    assert codes.EventCode("034") is codes.EventCode.TACIT_ACCEPTANCE


def test_load_reads_the_addons_own_list(tmp_path, monkeypatch):
    (tmp_path / "fruits.csv").write_text("code,name,more\n01,Ñame,x\n02,Café,y\n", "utf-8")
    monkeypatch.setattr(codes, "_DATA", tmp_path)
    assert codes.load("fruits") == {"01": "Ñame", "02": "Café"}


@pytest.mark.parametrize("name", ["nothing", "../secret", "a/b", "", "."])
def test_load_reads_nothing_else(name):
    with pytest.raises(KeyError):
        codes.load(name)


PAIRS = [
    ("taxes", "code", codes.TAXES),
    ("identification_types", "dian_code", codes.IDENTIFICATION_TYPES),
    ("fiscal_responsibilities_dian", "code", codes.TAX_LEVEL_CODES),
    ("party_tax_schemes", "code", codes.PARTY_TAX_SCHEMES),
    ("operation_types_invoice", "code", codes.OPERATION_TYPES_INVOICE),
    # The toolbox is older than Resolución 948 of 2026, which adds SS-SinAporte.
    ("operation_types_health", "code", codes.OPERATION_TYPES_HEALTH - {"SS-SinAporte"}),
    ("operation_types_creditnote", "code", codes.OPERATION_TYPES_CREDIT_NOTE),
    ("operation_types_debitnote", "code", codes.OPERATION_TYPES_DEBIT_NOTE),
    ("creditnote_concepts", "code", codes.CREDIT_NOTE_CONCEPTS),
    ("debitnote_concepts", "code", codes.DEBIT_NOTE_CONCEPTS),
    ("claim_concepts", "code", codes.CLAIM_CONCEPTS),
    ("discount_codes", "code", codes.ALLOWANCE_CODES),
    ("product_standards", "scheme_id", codes.PRODUCT_STANDARDS),
]


@pytest.mark.parametrize(("name", "column", "ours"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_closed_lists_are_dians(reference, name, column, ours):
    with (reference / "codes" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        official = {row[column] for row in csv.DictReader(stream)}
    assert set(ours) == official, f"{name}: our closed list is DIAN's table"
