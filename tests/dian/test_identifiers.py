"""Unique codes against the annex's and the toolbox's vectors, and against vectors of our own.

Known errata of the published material: the CUDE printed in annex 11.4.5 (vector CUDE-5) is the
hash without the PIN; the toolbox files behind CUFE-3 to CUFE-6, CUDE-3, CUDE-4 and EVT-2 were
edited after their hash was made, so the vectors hash the text they print in ``cbc:Note``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from dian import identifiers, nit
from dian.codes import Environment
from dian.errors import DocumentError
from dian.mail import (
    EventSubject,
    MailSubject,
    event_subject,
    mail_subject,
    parse_mail_subject,
    split_mail_subject,
)

EXPECTED_VECTORS = 49
#: Digests of the signature policy, as they must be in every signature (annex section 8).
POLICY = {
    "sha1": "sbcECQ7v+y/m3OcBCJyvmkBhtFs=",
    "sha256": "dMoMvtcG5aIzgYo0tIsSQeVJBDnUnfSOfBpxXrmor0Y=",
    "sha384": "EQC0kiWPaAME6IsEZ7WuaTWJ97Zmf6hIO69rMCVURmQxBB9ebgLrjhL5BArQ0a0l",
    "sha512": "Zcjw1Z9nGQn2j6NyGx8kAaLbOfJGd/fJxRTCeirlqAg7zRG27piJkJOpflGu7XACpMj9hC6d"
    "VMcCyzqHxxPZeQ==",
}


def _hash_inputs(values, **renamed):
    names = {
        "number": "NumFac",
        "issue_date": "FecFac",
        "issue_time": "HorFac",
        "line_extension": "ValFac",
        "tax_01": "ValImp1",
        "tax_04": "ValImp2",
        "tax_03": "ValImp3",
        "payable": "ValTot",
        "issuer": "NitOFE",
        "customer": "NumAdq",
        "environment": "TipoAmbiente",
        **renamed,
    }
    return identifiers.HashInputs(**{ours: values.get(his, "0") for ours, his in names.items()})


def _cuds(values):
    renamed = {
        "number": "NumDS",
        "issue_date": "FecDS",
        "issue_time": "HorDS",
        "line_extension": "ValDS",
        "tax_01": "ValImp",
        "issuer": "NumSNO",
        "customer": "NITABS",
    }
    return identifiers.cuds(_hash_inputs(values, **renamed), values["SoftwarePIN"])


def _event(values):
    order = [
        "Num_DE",
        "Fec_Emi",
        "Hor_Emi",
        "NitFE",
        "DocAdq",
        "ResponseCode",
        "ID",
        "DocumentTypeCode",
    ]
    inputs = identifiers.EventInputs(*(values[name] for name in order))
    return identifiers.cude_event(inputs, values["SoftwarePIN"])


def _qr_text(values):
    inputs = _hash_inputs(
        {**values, "TipoAmbiente": values["environment"]},
        tax_01="ValIva",
        payable="ValTolFac",
        issuer="NitFac",
        customer="DocAdq",
    )
    return identifiers.qr_text(inputs, values["CUFE"], other_taxes=values["ValOtroIm"])


KINDS = {
    "cufe": lambda v: identifiers.cufe(_hash_inputs(v), v["ClTec"]),
    "cude": lambda v: identifiers.cude(_hash_inputs(v), v["SoftwarePIN"]),
    "cuds": _cuds,
    "cude_event": _event,
    "software_security_code": lambda v: identifiers.software_security_code(
        v["SoftwareID"], v["SoftwarePIN"], v["ID"]
    ),
    "nit_check_digit": lambda v: nit.check_digit(v["nit"]),
    "policy_digest": lambda v: POLICY[v["algorithm"]],
    "hash_amount": lambda v: identifiers.hash_amount(v["value"]),
    "round_half_even_2": lambda v: str(identifiers.round_amount(v["value"])),
    "qr_url": lambda v: identifiers.qr_url(v["key"], Environment(v["environment"])),
    "qr_text": _qr_text,
    "xml_file_name": lambda v: identifiers.xml_file_name(
        v["prefix"], v["nit"], v["year"], v["consecutive"], v["ppp"]
    ),
    "zip_file_name": lambda v: identifiers.zip_file_name(
        v["nit"], v["year"], v["consecutive"], v["ppp"]
    ),
    "mail_subject_parse": lambda v: split_mail_subject(v["subject"]),
}


@pytest.fixture(scope="module")
def vectors(reference):
    facts = (reference / "facts.md").read_text("utf-8")
    block = re.search(r"```json dian-test-vectors\n(.*?)```", facts, re.DOTALL)
    return json.loads(block[1])


def test_all_published_vectors(vectors):
    assert len(vectors) == EXPECTED_VECTORS
    wrong = {v["id"] for v in vectors if KINDS[v["kind"]](v["inputs"]) != v["expected"]}
    assert not wrong, f"these published values do not come out: {sorted(wrong)}"


def test_erratum_of_11_4_5(vectors):
    vector = next(v for v in vectors if v["id"] == "CUDE-5")
    assert KINDS["cude"](vector["inputs"]) != vector["printed_in_annex"]
    without_pin = {**vector["inputs"], "SoftwarePIN": ""}
    assert KINDS["cude"](without_pin) == vector["printed_in_annex"], (
        "the CUDE printed in 11.4.5 lacks the PIN; it must never come out of ours"
    )


@pytest.mark.parametrize("algorithm", POLICY)
def test_policy_digests_have_the_length_of_their_algorithm(algorithm):
    size = hashlib.new(algorithm).digest_size
    assert len(base64.b64decode(POLICY[algorithm])) == size


# Vectors of our own: the text to hash is written out, so that order and literals are visible.
OURS = identifiers.HashInputs(
    number="OP1",
    issue_date="2026-02-03",
    issue_time="08:09:10-05:00",
    line_extension=Decimal("100.999"),
    tax_01=Decimal(19),
    tax_04="8.5",
    tax_03="",
    payable="128.49",
    issuer="900508908",
    customer="222222222222",
    environment="2",
)
OUR_TEXT = (
    "OP12026-02-0308:09:10-05:00100.990119.00048.50030.00128.49900508908222222222222{secret}2"
)


def _sha(text):
    return hashlib.sha384(text.encode()).hexdigest()


def test_cufe_and_cude_of_our_own():
    assert identifiers.cufe(OURS, "llave") == _sha(OUR_TEXT.format(secret="llave"))
    assert identifiers.cude(OURS, "12345") == _sha(OUR_TEXT.format(secret="12345"))


def test_cuds_of_our_own():
    text = "OP12026-02-0308:09:10-05:00100.990119.00128.499005089082222222222227772"
    assert identifiers.cuds(OURS, "777") == _sha(text)


def test_event_cude_of_our_own():
    inputs = identifiers.EventInputs(
        "A1", "2026-02-03", "08:09:10-05:00", "1", "2", "033", "OP1", "01"
    )
    assert identifiers.cude_event(inputs, "9") == _sha("A12026-02-0308:09:10-05:0012033OP1019"), (
        "an event hashes no amounts and no environment (section 11.5)"
    )


def test_security_code_of_our_own():
    assert identifiers.software_security_code("id", "pin", "OP1") == _sha("idpinOP1")


def test_accents_are_hashed_as_utf_8():
    expected = hashlib.sha384(b"\xc3\xb1").hexdigest()
    assert identifiers.software_security_code("ñ", "", "") == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0.00"),
        ("", "0.00"),
        ("1e3", "1000.00"),
        ("-0.019", "-0.01"),
        (Decimal("12345678901234.999999"), "12345678901234.99"),
        (" 5.1 ", "5.10"),
    ],
)
def test_hash_amount(value, text):
    assert identifiers.hash_amount(value) == text


@pytest.mark.parametrize("value", ["abc", "1,5", "NaN", "Infinity", "1E999999999"])
def test_hash_amount_refuses_what_is_no_amount(value):
    with pytest.raises(ValueError, match="not an amount"):
        identifiers.hash_amount(value)


@given(st.decimals(min_value=0, max_value=10**15, places=6))
def test_hash_amount_never_rounds_up(value):
    shown = Decimal(identifiers.hash_amount(value))
    assert shown <= value < shown + Decimal("0.01")


@pytest.mark.parametrize(
    ("kind", "taxes", "expected"),
    [
        ("Invoice", [("01", "19"), ("04", "8"), ("03", "2")], ("19", "8", "2")),
        ("Invoice", [], ("0", "0", "0")),
        ("DebitNote", [("22", "5"), ("04", "1")], ("0", "1", "0")),
    ],
)
def test_inputs_from_a_tree(kind, taxes, expected):
    inputs = identifiers.inputs_from(_tree(kind, taxes))
    assert (inputs.tax_01, inputs.tax_04, inputs.tax_03) == tuple(map(Decimal, expected))
    assert (inputs.line_extension, inputs.payable) == (Decimal(100), Decimal(119))
    assert (inputs.issuer, inputs.customer, inputs.environment) == ("9001", "8001", "2")


def test_other_taxes_are_those_that_are_not_iva():
    tree = _tree("Invoice", [("01", "19"), ("04", "8"), ("22", "2")])
    assert identifiers.other_taxes_from(tree) == Decimal(10)


def test_inputs_from_refuse_an_amount_that_is_none():
    with pytest.raises(DocumentError, match="TaxAmount"):
        identifiers.inputs_from(_tree("Invoice", [("01", "mucho")]))


def _tree(kind, taxes):
    from dian.ubl.namespaces import NS, document_tag

    cbc, cac = f"{{{NS['cbc']}}}", f"{{{NS['cac']}}}"
    root = etree.Element(document_tag(kind))
    etree.SubElement(root, cbc + "ID").text = "X1"
    etree.SubElement(root, cbc + "ProfileExecutionID").text = "2"
    for role, number in (("Supplier", "9001"), ("Customer", "8001")):
        node = root
        for name in (f"Accounting{role}Party", "Party", "PartyTaxScheme"):
            node = etree.SubElement(node, cac + name)
        etree.SubElement(node, cbc + "CompanyID").text = number
    for code, amount in taxes:
        node = etree.SubElement(root, cac + "TaxTotal")
        etree.SubElement(node, cbc + "TaxAmount").text = amount
        for name in ("TaxSubtotal", "TaxCategory", "TaxScheme"):
            node = etree.SubElement(node, cac + name)
        etree.SubElement(node, cbc + "ID").text = code
    name = "RequestedMonetaryTotal" if kind == "DebitNote" else "LegalMonetaryTotal"
    totals = etree.SubElement(root, cac + name)
    etree.SubElement(totals, cbc + "LineExtensionAmount").text = "100"
    etree.SubElement(totals, cbc + "PayableAmount").text = "119.00"
    return root


def test_printed_qr_of_a_note_says_cude():
    lines = identifiers.qr_text(OURS, "f" * 96, other_taxes="8.5", label="CUDE").split("\n")
    assert lines[7:10] == ["ValOtroIm: 8.50", "ValTolFac: 128.49", "CUDE: " + "f" * 96]
    assert lines[-1].startswith("https://catalogo-vpfe-hab.dian.gov.co/")


@pytest.mark.parametrize(
    ("nit_", "consecutive", "provider"),
    [
        ("12345678901", 1, "000"),
        ("900-1", 1, "000"),
        ("9", 0, "000"),
        ("9", 2**32, "000"),
        ("9", 1, "../"),
        ("9", 1, "0000"),
        ("", 1, "000"),
    ],
)
def test_file_names_refuse_what_the_rule_does(nit_, consecutive, provider):
    with pytest.raises(ValueError, match="file name"):
        identifiers.zip_file_name(nit_, 2026, consecutive, provider)


def test_file_name_refuses_an_unknown_kind():
    with pytest.raises(ValueError, match="xx"):
        identifiers.xml_file_name("xx", "9", 2026, 1)


def test_mail_subject_round_trip():
    subject = mail_subject("9001", "A; B\r\nBcc: x", "FE1", "01", "", "Norte")
    assert "\n" not in subject, "no line break may reach a mail header"
    assert parse_mail_subject(subject) == MailSubject(
        "9001", "A  B Bcc: x", "FE1", "01", "A  B Bcc: x", "Norte"
    )
    event = event_subject("FE1", "9001", "A", "E7", "030")
    assert parse_mail_subject(event) == EventSubject("FE1", "9001", "A", "E7", "030")


@pytest.mark.parametrize("subject", ["", "hola", "Evento;1;2", "a;b;c;d;e;f;g;h"])
def test_other_subjects_are_refused(subject):
    with pytest.raises(ValueError, match="section 9"):
        parse_mail_subject(subject)
