"""Documents as plain data: synthetic ones in full, DIAN's examples for what they say."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from ubl_samples import add, billing, response, to_bytes

from dian.calendar import BOGOTA
from dian.documents import ApplicationResponse, BillingDocument, Kind
from dian.errors import DocumentError
from dian.ubl import reader, values

D = Decimal


def _read(root):
    return reader.read(to_bytes(root))


def test_an_invoice_in_full():
    invoice = _read(billing())
    header = invoice.header
    assert isinstance(invoice, BillingDocument)
    assert (header.kind, header.number, header.environment) == (Kind.INVOICE, "SETP990000001", "2")
    assert header.issued_at == dt.datetime(2026, 2, 3, 8, 9, 10, tzinfo=BOGOTA)
    assert header.uuid_scheme == "CUFE-SHA384"
    assert len(header.uuid) == 96
    assert header.notes == ("Nota & más",)
    assert header.operation_type == "10"
    assert (invoice.type_code, invoice.currency) == ("01", "COP")
    issuer = invoice.issuer
    assert (issuer.name, issuer.trade_name) == ("EMPRESA & CIA SAS", "Empresa & Cia Sas")
    assert (issuer.identification, issuer.check_digit) == ("900508908", "9")
    assert (issuer.identification_type, issuer.organization_type) == ("31", "1")
    assert issuer.responsibilities == ("O-13", "O-15")
    assert issuer.email == "facturas@example.com"
    assert invoice.customer.identification == "900108281"
    assert invoice.totals.payable == D("119.00")
    assert invoice.totals.prepaid is None, "what is absent is not zero"
    assert invoice.tax_amount("01") == D(19)
    assert invoice.payments[0].due_date == dt.date(2026, 3, 5)
    (line,) = invoice.lines
    assert (line.quantity, line.unit, line.price) == (D("2.5"), "94", D("40.00"))
    assert (line.description, line.amount, line.taxes[0].percent) == ("Café molido", D(100), D(19))


def test_extensions():
    found = _read(billing()).header.extensions
    assert found.authorization.number == "18760000001"
    assert (found.authorization.prefix, found.authorization.first) == ("SETP", "990000000")
    assert found.authorization.end == dt.date(2030, 1, 19)
    assert found.provider_id == "900508908"
    assert found.software_id.startswith("11111111")
    assert found.qr == "https://example.com/qr"
    assert _read(billing("CreditNote", "91")).header.extensions.authorization is None


@pytest.mark.parametrize(("kind", "code"), [("CreditNote", "91"), ("DebitNote", "92")])
def test_notes(kind, code):
    note = _read(billing(kind, code))
    assert note.type_code == code
    assert note.totals.payable == D(119), "a debit note calls its totals RequestedMonetaryTotal"
    assert note.lines[0].quantity == D("2.5")
    assert note.discrepancies[0].concept == "2"
    (reference,) = note.references
    assert (reference.role, reference.number) == ("InvoiceDocumentReference", "SETP990000001")
    assert reference.issue_date == dt.date(2026, 2, 1)


def _with_extension(data, before=b"", after=b""):
    """The invoice with other extensions around DIAN's, as vendors put them."""
    first, rest = data.split(b"<ext:UBLExtension>", 1)
    inside, last = rest.split(b"</ext:UBLExtension>", 1)
    wrap = b"<ext:UBLExtension><ext:ExtensionContent>%s</ext:ExtensionContent></ext:UBLExtension>"
    parts = [
        first,
        wrap % before if before else b"",
        b"<ext:UBLExtension>",
        inside,
        b"</ext:UBLExtension>",
        wrap % after if after else b"",
        last,
    ]
    return b"".join(parts)


CUSTOM = b"<CustomTagGeneral><Name>x</Name><SoftwareID>wrong</SoftwareID></CustomTagGeneral>"


@pytest.mark.parametrize("where", ["before", "after"])
def test_extensions_of_others_do_not_disturb(where):
    data = to_bytes(billing())
    found = reader.read(_with_extension(data, **{where: CUSTOM}))
    assert found.header.extensions == reader.read(data).header.extensions


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"sts:SoftwareID", b"sts:softwareID"),
        (b"https://example.com/qr", b"NumFac: SETP1\nFecFac: 2026-02-03\nhttps://example.com/qr"),
        (b"<sts:QRCode>https://example.com/qr</sts:QRCode>", b""),
        (b"<cbc:TaxLevelCode>O-13;O-15<", b'<cbc:TaxLevelCode listName="48">O-48;O-07;<'),
        (b'schemeID="9" schemeName="31"', b'schemeID="" schemeName="13"'),
        (b"<cac:InvoiceLine>", b"<cac:InvoiceLine><!-- x --><?pi y?>"),
        (b"2026-02-03</cbc:IssueDate>", b"2026-02-03-05:00</cbc:IssueDate>"),
        (b"08:09:10-05:00", b"08:09:10.1234567-05:00"),
        (b">2.5<", b">2.500000<"),
        (b"<cbc:DocumentCurrencyCode>", b'<cbc:DocumentCurrencyCode listID="ISO 4217 Alpha">'),
    ],
)
def test_variants_met_in_practice_are_read(old, new):
    data = to_bytes(billing())
    assert old in data
    found = reader.read(data.replace(old, new))
    assert found.header.issued_at is not None
    assert found.header.extensions.software_id.startswith("11111111")
    assert found.lines[0].quantity == D("2.5")
    assert found.issuer.identification == "900508908"


def test_withholdings_are_apart_from_taxes():
    root = billing()
    total = add(root, "cac:WithholdingTaxTotal")
    subtotal = add(total, "cac:TaxSubtotal")
    add(subtotal, "cbc:TaxAmount", "2.85")
    add(subtotal, "cac:TaxCategory/cac:TaxScheme/cbc:ID", "05")
    invoice = _read(root)
    assert [tax.code for tax in invoice.withholdings] == ["05"]
    assert [tax.code for tax in invoice.taxes] == ["01"]


def test_allowances_and_charges():
    root = billing()
    for indicator, amount in (("false", "5"), ("true", "7.25")):
        node = add(root, "cac:AllowanceCharge")
        add(node, "cbc:ChargeIndicator", indicator)
        add(node, "cbc:Amount", amount)
    found = _read(root).allowances
    assert [(item.is_charge, item.amount) for item in found] == [(False, D(5)), (True, D("7.25"))]


def test_a_document_with_next_to_nothing_is_read():
    for kind in Kind:
        root = b'<%s xmlns="urn:oasis:names:specification:ubl:schema:xsd:%s-2"/>'
        document = reader.read(root % (kind.value.encode(), kind.value.encode()))
        assert document.header.kind is kind
        assert document.header.number == ""
        assert document.header.issued_at is None


@pytest.mark.parametrize(
    "data",
    [
        b"<Invoice/>",
        b"<a/>",
        b'<Invoice xmlns="urn:other"/>',
        b"<html><body/></html>",
        b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>',
    ],
)
def test_another_root_is_refused(data):
    with pytest.raises(DocumentError, match="none of DIAN's electronic documents"):
        reader.read(data)


@pytest.mark.parametrize("amount", ["mil", "1.000,50", "NaN", "1e9", "--1", ".", "9" * 40])
def test_an_amount_that_is_none_is_refused_with_its_place(amount):
    data = to_bytes(billing()).replace(b">119.00<", f">{amount}<".encode())
    with pytest.raises(DocumentError, match="Amount is not a number"):
        reader.read(data)


def test_read_billing_wants_an_invoice_or_note():
    with pytest.raises(DocumentError, match="neither"):
        reader.read_billing(to_bytes(response()))


@pytest.mark.parametrize(
    ("day", "time", "expected"),
    [
        ("2026-02-03", "08:09:10-05:00", "2026-02-03T08:09:10-05:00"),
        ("2026-02-03", "08:09:10", "2026-02-03T08:09:10-05:00"),
        ("2026-02-03", "13:09:10Z", "2026-02-03T13:09:10+00:00"),
        ("03/02/2026", "08:09:10.1234567-05:00", "2026-02-03T08:09:10.123456-05:00"),
        ("2026-02-03", "08:09:10 -05:00", "2026-02-03T08:09:10-05:00"),
        ("2026-02-30", "08:09:10-05:00", None),
        ("2026-02-03", "25:09:10-05:00", None),
        ("2026-02-03", "08:09:10+99:99", None),
        ("", "08:09:10", None),
        ("ayer", "tarde", None),
    ],
)
def test_moments(day, time, expected):
    found = values.moment(day, time)
    assert (found.isoformat() if found else None) == expected


def _examples(reference):
    return sorted((reference / "examples").rglob("*.xml"))


def test_all_official_examples_are_read(reference):
    found = {file.name: reader.read(file.read_bytes()) for file in _examples(reference)}
    assert len(found) == 42
    for name, document in found.items():
        assert document.header.number, name
        assert document.header.issued_at is not None, name
        if isinstance(document, BillingDocument):
            assert document.lines, name
            assert document.totals.payable is not None, name
            assert document.issuer.identification, name
            assert document.customer.name, name


@pytest.mark.parametrize(
    ("name", "number", "issuer", "customer", "payable", "lines"),
    [
        ("Excluido de IVA.xml", "SETP990000001", "800197268", "900108281", "50000.00", 1),
        (
            "Ejemplificacion Muestras Gratis.xml",
            "SETG980000407",
            "2022516219",
            "154698949",
            "190000.00",
            1,
        ),
        ("Ejemplificacion Propina.xml", "SETP990000001", None, None, "1290000.00", 1),
        ("CreditNote.xml", "NC3", "800197268", "900108281", "14994.07", None),
        ("DebitNote.xml", "ND1", None, "900108281", "14994.07", None),
    ],
)
def test_official_examples_say_what_they_say(
    reference, name, number, issuer, customer, payable, lines
):
    document = reader.read_billing((reference / "examples" / name).read_bytes())
    assert document.header.number == number
    assert issuer in (None, document.issuer.identification)
    assert customer in (None, document.customer.identification)
    assert document.totals.payable == D(payable)
    assert lines in (None, len(document.lines))


def test_official_free_sample_keeps_its_commercial_value(reference):
    file = reference / "examples" / "Ejemplificacion Muestras Gratis.xml"
    line = reader.read_billing(file.read_bytes()).lines[0]
    assert line.amount == 0
    assert line.reference_price, "the reference price is the base of the tax on what is free"


def test_official_tip_is_a_charge(reference):
    file = reference / "examples" / "Ejemplificacion Propina.xml"
    invoice = reader.read_billing(file.read_bytes())
    assert [(a.is_charge, a.code, a.amount) for a in invoice.allowances] == [
        (True, "03", D("100000.00"))
    ]


def test_official_events(reference):
    for file in sorted((reference / "examples" / "Eventos RADIAN").glob("*.xml")):
        event = reader.read(file.read_bytes())
        assert isinstance(event, ApplicationResponse)
        assert event.response_code == file.name[:3], file.name
        assert event.document_key, file.name
