"""Credit and debit notes, and the other types of invoices."""

from __future__ import annotations

import pytest

from .test_sandbox_rules import remove, write

NOTES = [("CreditNote", "91", "20"), ("DebitNote", "92", "30")]


@pytest.fixture
def invoice(client, signed):
    answer = client.send(signed())
    assert answer.values["IsValid"] == "true", answer.lines
    return "SETP990000001", answer.values["XmlDocumentKey"]


@pytest.mark.parametrize(("kind", "type_code", "operation"), NOTES)
def test_note_of_an_accepted_invoice_is_accepted(
    client, signed, invoice, kind, type_code, operation
):
    data = signed(
        kind=kind,
        type_code=type_code,
        operation=operation,
        number="NC1",
        invoice=invoice,
        change=remove("//cac:CorporateRegistrationScheme"),
    )
    answer = client.send(data)
    assert answer.values["IsValid"] == "true", answer.lines
    assert "NC1, ha sido autorizada." in answer.values["StatusMessage"]


@pytest.mark.parametrize(("kind", "type_code", "operation"), NOTES)
def test_note_of_an_unknown_invoice_is_rejected(client, signed, kind, type_code, operation):
    data = signed(
        kind=kind,
        type_code=type_code,
        operation=operation,
        number="NC1",
        invoice=("SETP990000001", "0" * 96),
    )
    assert client.send(data).codes == {f"{kind[0]}BG04"}


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("CBF01", remove("cac:DiscrepancyResponse")),
        ("CBF03", write("cac:DiscrepancyResponse/cbc:ResponseCode", "9")),
        ("CBF04", write("cac:DiscrepancyResponse/cbc:Description", "")),
        ("CBG01", remove("cac:BillingReference")),
        ("CBG03", write("cac:BillingReference//cbc:ID", "SETP990000009")),
        ("CBG05", write("cac:BillingReference//cbc:UUID/@schemeName", "CUFE")),
        ("CAE02", write("cbc:CustomizationID", "22")),
        ("CAD06", None),
    ],
)
def test_credit_note_rule_rejects(client, signed, invoice, rule, change):
    after = write("cbc:UUID", "1" * 96) if change is None else None
    data = signed(
        kind="CreditNote",
        type_code="91",
        operation="20",
        number="NC1",
        invoice=invoice,
        change=change,
        change_after=after,
    )
    answer = client.send(data)
    assert rule in answer.codes, f"{rule} must reject this: {answer.lines}"


def test_paper_invoice_transcribed_uses_the_pin(client, signed):
    answer = client.send(signed(type_code="03"))
    assert answer.values["IsValid"] == "true", answer.lines


def test_contingency_of_the_authority_keeps_number_and_cufe(client, signed):
    assert client.send(signed(type_code="04")).values["IsValid"] == "true"
    assert client.send(signed(type_code="01")).codes == {"90"}, "one number, one document"
