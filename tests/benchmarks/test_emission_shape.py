"""The object that the emission benchmark prints, from invented samples: no Odoo and no timing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import measure

NAMES = (*measure.STEPS, "emission", "whole", "pdf", "stock_export", "signxml_sign")


class FakeCursor:
    sql_log_count = 0


def sample(milliseconds: float, queries: int = 0) -> measure.Sample:
    return {"cpu_ms": milliseconds, "wall_ms": milliseconds, "queries": queries}


def cases(**changes):
    """Two sizes, cold and warm; ``changes`` go into the cold table of 500 lines."""
    table = {name: sample(1.0, 5) for name in NAMES}
    table |= {"emission": sample(20.0, 22), "stock_export": sample(27.0, 72)}
    return {
        "10": {"cold": table, "warm": table},
        "500": {"cold": {**table, **changes}, "warm": table},
    }


def test_summary_names_every_ratio_and_aim():
    result = measure.summary(cases(), {"ours_per_s": 950.0}, sample(1300.0))
    assert json.loads(json.dumps(result)) == result, "the result is plain JSON"
    assert set(result["aims"].values()) == {True}, "aims that hold are told as such"
    assert set(result["ratios"]) == {
        "10_cold", "10_warm", "500_cold", "500_warm", "pdf_to_wkhtmltopdf_wall_ms",
    }  # fmt: skip
    assert result["ratios"]["10_cold"]["emission_to_stock_wall_ms"] == pytest.approx(0.741)


def test_aims_that_fail_are_told():
    result = measure.summary(cases(build=sample(1.0, 500)), {"ours_per_s": 899.0}, sample(5.0))
    aims = result["aims"]
    assert not aims["queries_do_not_grow_with_lines"], "one query per line is growth"
    assert not aims["signs_900_per_second"]
    assert not aims["pdf_under_a_tenth_of_wkhtmltopdf"]


def test_what_was_not_measured_is_null_and_not_true():
    tables = cases()
    for heats in tables.values():
        for table in heats.values():
            table.pop("signxml_sign", None)
    result = measure.summary(tables, {"ours_per_s": 950.0}, None)
    assert result["aims"]["pdf_under_a_tenth_of_wkhtmltopdf"] is None
    assert "pdf_to_wkhtmltopdf_wall_ms" not in result["ratios"]
    assert result["ratios"]["10_cold"]["sign_to_signxml_cpu_ms"] is None


def test_series_counts_queries_and_takes_medians():
    cursor = FakeCursor()
    series = measure.Series(cursor)
    for queries in (3, 50, 3):
        with series.take("build"):
            cursor.sql_log_count += queries
        with series.take("sign"):
            pass
        series.sum_last("emission", ("build", "sign"))
    table = series.table()
    assert table["build"]["queries"] == 3, "a median does not follow one outlier"
    assert table["emission"]["queries"] == 3
    assert set(table["sign"]) == set(measure.UNITS)
    series.forget()
    assert not series.table()
