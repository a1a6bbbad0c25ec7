"""R108, A34: this bill, other bills, forecasts, difference and percentage of each document."""

from decimal import Decimal

from bill_flow.differences import Charge, DocumentDifference, Expected, document_differences

D = Decimal


def _charge(document, amount, own=True):
    return Charge(document, D(amount), own)


def _expected(number, document, amount):
    return Expected(number, document, D(amount))


def test_columns_of_one_document():
    rows = document_differences(
        [_charge("MEDU1", "1050"), _charge("MEDU1", "200", own=False)],
        [_expected(1, "MEDU1", "1000"), _expected(2, "MEDU1", "200")],
    )
    assert rows == (DocumentDifference("MEDU1", D(1050), D(200), D(1200), D(50), D("4.17")),)


def test_two_bills_on_one_forecast_count_it_once():
    (row,) = document_differences(
        [_charge("A", "600"), _charge("A", "500", own=False)],
        [_expected(1, "A", "1000"), _expected(1, "A", "1000")],
    )
    assert (row.forecast, row.difference, row.percent) == (D(1000), D(100), D("10.00"))


def test_a_credit_note_lowers_what_the_bills_charge():
    (row,) = document_differences(
        [_charge("A", "-40"), _charge("A", "100", own=False)], [_expected(1, "A", "100")]
    )
    assert (row.this, row.difference, row.percent) == (D(-40), D(-40), D("-40.00"))


def test_no_forecast_has_no_percentage():
    (row,) = document_differences([_charge("A", "10")], [])
    assert (row.difference, row.percent) == (D(10), None)


def test_documents_of_other_bills_alone_are_no_row_and_lines_without_document_come_last():
    rows = document_differences(
        [_charge("", "1"), _charge("B", "2"), _charge("C", "3", own=False), _charge("A", "4")], []
    )
    assert [row.document for row in rows] == ["A", "B", ""]
