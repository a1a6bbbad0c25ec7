"""``python -m dian inspect``: verdicts, exit status, and hostile files."""

from __future__ import annotations

import json
import os
import zipfile
from datetime import datetime, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from ubl_samples import PIN, TECHNICAL_KEY, billing, container, flat, response, to_bytes

from dian import inspection
from dian.__main__ import main
from dian.archive import pack
from dian.signature.keys import KeySigner
from dian.signature.signer import sign
from dian.ubl import reader
from dian.verdict_text import printable, render

KEYS = {
    "source",
    "kind",
    "id",
    "uuid",
    "uuid_ok",
    "issuer",
    "receiver",
    "totals",
    "signatures",
    "embedded",
    "findings",
}
SECRETS = ["--technical-key", TECHNICAL_KEY, "--pin", PIN]


@pytest.fixture(scope="module")
def signed(chain):
    signer = KeySigner(chain.key, chain.certificates)
    return lambda root: sign(root, signer, signing_time=datetime.now(timezone.utc))


@pytest.fixture
def run(tmp_path, capsys):
    """Inspect contents as files; gives the exit status and the JSON."""

    def inspect(*contents, options=()):
        files = []
        for index, content in enumerate(contents):
            file = tmp_path / f"{index}.bin"
            file.write_bytes(content)
            files.append(str(file))
        status = main(["inspect", "--json", *options, *files])
        return status, json.loads(capsys.readouterr().out)

    return inspect


def _codes(verdict):
    return {finding["code"] for finding in verdict["findings"]}


def test_the_shape_of_the_json(run, signed):
    status, (verdict,) = run(signed(billing("CreditNote", "91")), options=SECRETS)
    assert status == 0, verdict["findings"]
    assert set(verdict) == KEYS
    assert (verdict["kind"], verdict["id"], verdict["uuid_ok"]) == ("CreditNote", "NC7", True)
    assert verdict["issuer"] == {
        "name": "EMPRESA & CIA SAS",
        "identification": "900508908",
        "identification_type": "31",
        "check_digit": "9",
    }
    assert verdict["receiver"]["identification"] == "900108281"
    assert verdict["totals"]["payable"] == "119.00"
    assert verdict["totals"]["prepaid"] is None
    assert verdict["totals"]["currency"] == "COP"
    (signature,) = verdict["signatures"]
    assert set(signature) == {"valid", "signer", "signed_at", "reasons"}
    assert (signature["valid"], signature["reasons"]) == (True, [])
    assert signature["signer"] == "EMPRESA DE PRUEBA SAS"
    assert datetime.fromisoformat(signature["signed_at"]).tzinfo is not None
    for finding in verdict["findings"]:
        assert set(finding) == {"code", "severity", "message", "path"}


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        (billing(), [None, None, True]),
        (billing(type_code="03"), [None, True, None]),
        (billing("CreditNote", "91"), [None, True, None]),
        (billing("DebitNote"), [None, True, None]),
        (response("030"), [None, True, None]),
        (response("02"), [None, None, None]),
    ],
    ids=["invoice", "contingency", "credit", "debit", "event", "answer"],
)
def test_a_code_is_judged_only_with_the_secret_it_needs(run, root, expected):
    given = [[], SECRETS[2:], SECRETS[:2]]
    found = [run(to_bytes(root), options=options)[1][0]["uuid_ok"] for options in given]
    assert found == expected, "without the key or PIN it needs, nobody can say: null"


@pytest.mark.parametrize(
    ("root", "code"),
    [
        (billing(uuid="c" * 96), "FAD06"),
        (billing("CreditNote", "91", uuid="c" * 96), "CAD06"),
        (billing("DebitNote", uuid="c" * 96), "DAD06"),
    ],
)
def test_a_wrong_code_is_a_rejection(run, root, code):
    status, (verdict,) = run(to_bytes(root), options=SECRETS)
    assert (status, verdict["uuid_ok"]) == (1, False)
    assert [f["code"] for f in verdict["findings"]].count(code) == 1, "said once, by DIAN's id"


def test_an_unsigned_or_changed_document_is_a_rejection(run, signed):
    status, (verdict,) = run(to_bytes(billing("CreditNote", "91")))
    assert (status, "CAC03" in _codes(verdict)) == (1, True)
    changed = signed(billing("CreditNote", "91")).replace(b"Caf\xc3\xa9", b"Te  ")
    status, (verdict,) = run(changed)
    assert (status, verdict["signatures"][0]["valid"]) == (1, False)
    assert verdict["signatures"][0]["reasons"]


def test_a_container_shows_what_is_in_it(run, signed):
    note = signed(billing("CreditNote", "91"))
    uuid = reader.read(note).header.uuid
    answer = signed(response("02", uuid, [("0000", "0"), ("FAJ43b", "nombre")]))
    status, (verdict,) = run(container(note, answer), options=SECRETS)
    assert status == 0, "a container need not be signed, and a notification is no rejection"
    assert (verdict["kind"], verdict["signatures"]) == ("AttachedDocument", [])
    first, second = verdict["embedded"]
    assert (first["kind"], first["uuid_ok"], first["signatures"][0]["valid"]) == (
        "CreditNote",
        True,
        True,
    )
    assert (second["kind"], second["uuid_ok"]) == ("ApplicationResponse", None)
    assert "FAJ43b" in _codes(second)
    assert set(first) == set(second) == KEYS
    assert first["source"].endswith("#document")


def test_an_answer_about_another_document_is_a_rejection(run, signed):
    note = signed(billing("CreditNote", "91"))
    status, (verdict,) = run(container(note, signed(response("02", "d" * 96))))
    assert status == 1
    assert "OPCE-ANSWER" in _codes(verdict), "DIAN's answer has to belong to the document"


def test_a_rejection_by_dian_is_one(run, signed):
    status, (verdict,) = run(signed(response("04", lines=[("FAD06", "CUFE")])))
    assert (status, "FAD06" in _codes(verdict)) == (1, True)
    status, (verdict,) = run(signed(response("04")))
    assert (status, "OPCE-REJECTED" in _codes(verdict)) == (1, True)


def test_doubled_escaping_is_undone_only_when_the_signature_asks_for_it(run, signed):
    note = signed(billing("CreditNote", "91"))
    assert b"&amp;" in note
    doubled = container(note).replace(b"EMPRESA &amp; CIA", b"EMPRESA &amp;amp; CIA")
    status, (verdict,) = run(doubled)
    (inner,) = verdict["embedded"]
    assert (status, inner["signatures"][0]["valid"]) == (0, True)
    assert "OPCE-ESCAPED" in _codes(inner)
    assert inner["issuer"]["name"] == "EMPRESA & CIA SAS"
    literal = signed(billing("CreditNote", "91", note="uno &amp; dos"))
    (inner,) = run(container(literal))[1][0]["embedded"]
    assert "OPCE-ESCAPED" not in _codes(inner), "what is valid as it came is left as it is"


def test_archives_in_archives(run, signed):
    note = signed(billing("CreditNote", "91"))
    inner = pack({"ad.xml": container(note), "fv.pdf": b"%PDF-1.4"})
    status, verdicts = run(pack({"a/b.zip": inner, "nd.xml": signed(billing("DebitNote"))}))
    assert status == 0
    assert [v["source"].partition("!")[2] for v in verdicts] == ["a/b.zip/ad.xml", "nd.xml"]
    assert verdicts[0]["embedded"][0]["id"] == "NC7"


def test_of_several_files_the_worst_counts(run, signed):
    good = signed(response("02"))
    assert run(good, good)[0] == 0
    assert run(good, to_bytes(response("02")))[0] == 1
    assert run(good, b"nothing", to_bytes(response("02")))[0] == 2


UNREADABLE = {
    "empty": b"",
    "text": b"hola",
    "truncated": to_bytes(billing())[:-30],
    "doctype": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "latin": to_bytes(billing()).decode().encode("latin-1"),
    "other": b"<html/>",
    "amount": to_bytes(billing()).replace(b">119.00<", b">mucho<"),
    "zip without xml": pack({"a.pdf": b"%PDF"}),
    "zip damaged": pack({"a.xml": b"<a/>"})[:-10],
    "zip of nothing": pack({}),
    "zip with a bad xml": pack({"good.txt": b"", "a.xml": b"<a"}),
    "empty container": to_bytes(
        etree.Element(
            "{urn:oasis:names:specification:ubl:schema:xsd:AttachedDocument-2}AttachedDocument"
        )
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_the_unreadable_is_said_so(run, name):
    status, verdicts = run(UNREADABLE[name])
    assert status == 2
    (verdict,) = verdicts
    findings = verdict["findings"] or verdict["embedded"][0]["findings"]
    assert findings[0]["code"].startswith("OPCE-")
    assert findings[0]["message"].endswith(".")


def test_containers_in_containers_end_somewhere(run):
    data = to_bytes(billing("CreditNote", "91"))
    for _ in range(8):
        data = _wrapped(data)
    status, (verdict,) = run(data)
    depth = 0
    while verdict["embedded"]:
        (verdict,) = verdict["embedded"]
        depth += 1
    assert (status, depth) == (2, 5)
    assert _codes(verdict) == {"OPCE-DEPTH"}


def _wrapped(data):
    name = "AttachedDocument"
    outer = etree.fromstring(container(to_bytes(billing())))
    description = outer.find(".//{*}Attachment/{*}ExternalReference/{*}Description")
    description.text = data.decode()
    assert etree.QName(outer).localname == name
    return to_bytes(outer)


@pytest.mark.parametrize("kind", ["missing", "directory", "pipe"])
def test_what_is_no_file_neither_hangs_nor_crashes(tmp_path, capsys, kind):
    path = tmp_path / kind
    if kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    assert main(["inspect", "--json", str(path)]) == 2
    (verdict,) = json.loads(capsys.readouterr().out)
    assert _codes(verdict) == {"OPCE-FILE"}


def test_text_for_people(tmp_path, capsys, signed):
    file = tmp_path / "nc.xml"
    file.write_bytes(container(signed(billing("CreditNote", "91"))))
    assert main(["inspect", str(file), *SECRETS]) == 0
    out = capsys.readouterr().out
    for expected in (
        "CreditNote NC7",
        "EMPRESA & CIA SAS (900508908-9)",
        "payable 119.00 COP",
        "recomputes",
        "signature  valid: EMPRESA DE PRUEBA SAS",
    ):
        assert expected in out


def test_documents_cannot_command_the_terminal(tmp_path, capsys):
    evil = "x\u009b2J\u202eevil\x7f"
    assert printable(evil).isprintable()
    assert printable("\x1b[2J") == "\\x1b[2J"
    file = tmp_path / "e.xml"
    file.write_bytes(to_bytes(billing(number=evil)))
    main(["inspect", str(file)])
    out = capsys.readouterr().out
    assert all(character.isprintable() or character == "\n" for character in out)


def test_wrong_arguments_are_explained(capsys):
    with pytest.raises(SystemExit) as error:
        main(["inspect"])
    assert error.value.code == 2
    assert "FILE" in capsys.readouterr().err


def test_official_examples_never_are_unreadable(reference, capsys):
    files = sorted(map(str, (reference / "examples").rglob("*.xml")))
    assert main(["inspect", "--json", *files]) == 1
    verdicts = json.loads(capsys.readouterr().out)
    assert len(verdicts) == len(files)
    assert all(verdict["kind"] for verdict in verdicts)


def test_the_published_key_recomputes_an_official_example(reference, capsys):
    key = "fc8eac422eba16e22ffd8c6f94b3f40a6e38162c"
    names = ["Excluido de IVA", "Ejemplificacion Muestras Gratis", "Factura otra Moneda"]
    files = [str(reference / "examples" / f"{name}.xml") for name in names]
    main(["inspect", "--json", "--technical-key", key, *files])
    verdicts = json.loads(capsys.readouterr().out)
    assert [verdict["uuid_ok"] for verdict in verdicts] == [True, True, True]


def test_findings_beyond_what_anybody_reads_are_counted(run):
    status, (verdict,) = run(flat("Invoice", b"<cac:InvoiceLine/>" * 300))
    assert status == 1
    assert len(verdict["findings"]) == 201
    assert verdict["findings"][-1]["code"] == "OPCE-MORE"
    assert verdict["findings"][0]["severity"] == "R", "rejections come first"


def test_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile("x.zip", "w") as archive:
        archive.writestr("../evil.xml", "<a/>")
        archive.writestr("ok.xml", "<a/>")
    before = sorted(tmp_path.parent.rglob("*"))
    assert main(["inspect", "x.zip"]) == 2
    assert sorted(tmp_path.parent.rglob("*")) == before


@given(st.data())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_mutated_files_never_crash_the_inspection(signed_files, data):
    mutant = bytearray(data.draw(st.sampled_from(signed_files)))
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(mutant) - 1))
        if data.draw(st.booleans()):
            mutant[place] = data.draw(st.integers(0, 255))
        else:
            end = place + data.draw(st.integers(1, 60))
            mutant[place:end] = data.draw(st.sampled_from([b"", b"<", b"&", b"\xff", b"0", b"-1"]))
    for verdict in inspection.inspect("x", bytes(mutant), inspection.Secrets("a", "b")):
        json.dumps(verdict.as_dict())
        assert render(verdict)


@pytest.fixture(scope="module")
def signed_files(signed):
    invoice = signed(billing())
    answer = signed(response("02", reader.read(invoice).header.uuid))
    return [
        invoice,
        signed(response("030")),
        container(invoice, answer),
        pack({"a.zip": pack({"a.xml": invoice})}),
    ]
