"""AttachedDocument: built as the annex asks, read as real ones are; and DIAN's answers."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from ubl_samples import ISSUED, billing, response, to_bytes

from dian.documents import AttachedDocument
from dian.errors import DocumentError
from dian.findings import Severity
from dian.signature.keys import KeySigner
from dian.signature.signer import sign
from dian.signature.verifier import verify
from dian.ubl import application_response, attached_document, reader
from dian.ubl.namespaces import NS, path

INVOICE = to_bytes(billing())
UUID = reader.read(INVOICE).header.uuid
ANSWER = to_bytes(response("02", UUID))


def _container(document=INVOICE, answer=ANSWER):
    root = attached_document.build(document, answer, number="AD1", issued_at=ISSUED)
    return to_bytes(root)


def test_round_trip():
    found = attached_document.parse(_container())
    assert found.document.content == INVOICE, "the signed bytes come back as they went in"
    assert found.document.was_repaired is False
    (answer,) = found.answers
    assert answer.content.content == ANSWER
    assert (answer.uuid, answer.result_code) == (UUID, "02")
    assert answer.validated_at == dt.datetime(2026, 2, 3, 13, 10, tzinfo=dt.timezone.utc)
    assert found.parent_number == "SETP990000001"
    assert (found.sender.identification, found.receiver.identification) == (
        "900508908",
        "900108281",
    )
    assert found.header.issue_time == "08:09:10-05:00", "times are Bogotá's"


def test_literals_and_order_of_the_annex():
    root = etree.fromstring(_container())
    names = [etree.QName(child).localname for child in root]
    assert names == [
        "UBLExtensions",
        "UBLVersionID",
        "CustomizationID",
        "ProfileID",
        "ProfileExecutionID",
        "ID",
        "IssueDate",
        "IssueTime",
        "DocumentType",
        "ParentDocumentID",
        "SenderParty",
        "ReceiverParty",
        "Attachment",
        "ParentDocumentLineReference",
    ]
    assert root.findtext(path("cbc:CustomizationID")) == "Documentos adjuntos"
    assert root.findtext(path("cbc:DocumentType")) == "Contenedor de Factura Electrónica"
    place = root.findall(path("ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent"))
    assert len(place) == 1
    assert len(place[0]) == 0, "one empty place waits for the signature"


def _signed(chain, root):
    return sign(root, KeySigner(chain.key, chain.certificates), signing_time=ISSUED)


@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"])
def test_a_signed_container_stays_valid_whatever_ends_the_lines_inside(chain, ends):
    invoice = _signed(chain, billing())
    answer = _signed(chain, response("02", UUID)).replace(b"><", b">" + ends + b"<")
    root = attached_document.build(invoice, answer, number="AD1", issued_at=ISSUED)
    data = _signed(chain, root)
    assert [report.valid for report in verify(data)] == [True]
    found = attached_document.parse(data)
    assert [report.valid for report in verify(found.document.content)] == [True], (
        "the signature of what is inside survives the container"
    )


def test_a_signed_container_is_valid_ubl(chain, reference):
    root = attached_document.build(INVOICE, ANSWER, number="AD1", issued_at=ISSUED)
    schema = etree.XMLSchema(
        file=str(reference / "xsd" / "maindoc" / "UBL-AttachedDocument-2.1.xsd")
    )
    schema.assertValid(etree.fromstring(_signed(chain, root)))


def test_without_an_answer_for_type_04():
    found = attached_document.parse(_container(answer=None))
    assert found.answers == ()


def test_an_event_travels_with_the_answer_to_it():
    event = to_bytes(response("030", UUID))
    found = attached_document.parse(_container(event, ANSWER))
    assert found.parent_number == "SETP990000001", "the number of the invoice, not of the event"
    assert found.sender.name == "DIAN"


def test_documents_are_in_cdata():
    assert _container().count(b"<![CDATA[") == 2


@pytest.mark.parametrize("note", ["a]]>b", "]]>", "]]>]]>", "x]]]]>>", "<![CDATA[y]]>"])
def test_the_end_of_a_cdata_section_is_split(note):
    inner = to_bytes(billing(note="@NOTE@")).replace(
        b"@NOTE@", f"<![CDATA[{note}".encode().replace(b"]]>", b"]]]]><![CDATA[>") + b"]]>"
    )
    assert reader.read(inner).header.notes == (note,)
    data = _container(inner)
    assert attached_document.parse(data).document.content == inner
    assert b"&lt;" not in data, "CDATA throughout, never a mixture with escapes"


@given(st.text(st.sampled_from("]>[<!&;aé "), max_size=30))
@settings(max_examples=150, deadline=None)
def test_any_text_survives_the_container(note):
    inner = to_bytes(billing(note=note))
    assert attached_document.parse(_container(inner)).document.content == inner


def test_building_refuses_what_is_no_document():
    with pytest.raises(DocumentError):
        _container(b"<a/>")
    with pytest.raises(DocumentError, match="not another container"):
        _container(_container())
    latin = b'<?xml version="1.0" encoding="ISO-8859-1"?>' + INVOICE.split(b"?>", 1)[1]
    with pytest.raises(DocumentError, match="UTF-8"):
        _container(latin.decode("utf-8").encode("latin-1"))


def _raw(description, tail=""):
    """A container as vendors write them: no extensions, DocumentTypeCode, only the essentials."""
    return (
        f'<AttachedDocument xmlns="urn:oasis:names:specification:ubl:schema:xsd:AttachedDocument-2"'
        f' xmlns:cac="{NS["cac"]}" xmlns:cbc="{NS["cbc"]}"><cbc:DocumentTypeCode>x'
        f"</cbc:DocumentTypeCode><cac:Attachment><cac:ExternalReference><cbc:Description>"
        f"{description}</cbc:Description></cac:ExternalReference></cac:Attachment>{tail}"
        f"</AttachedDocument>"
    ).encode()


def _embedded(description):
    return attached_document.parse(_raw(description)).document


@pytest.mark.parametrize("blank", ["", "  ", "<![CDATA[]]>", "<![CDATA[ \n ]]>"])
def test_an_empty_container_is_survived(blank):
    assert _embedded(blank) is None


@pytest.mark.parametrize("before", ["", "\n ", "\ufeff", " \ufeff\n"])
def test_blanks_before_the_embedded_declaration(before):
    found = _embedded(f"<![CDATA[{before}{INVOICE.decode()}]]>")
    assert reader.read(found.content) == reader.read(INVOICE)


@pytest.mark.parametrize("name", ["utf-16", "UTF-16", "ISO-8859-1"])
def test_an_embedded_declaration_cannot_contradict_the_container(name):
    text = INVOICE.decode().replace("encoding='UTF-8'", f"encoding='{name}'")
    assert name in text
    assert reader.read(_embedded(f"<![CDATA[{text}]]>").content) == reader.read(INVOICE)


def test_escaped_instead_of_cdata_is_the_same():
    escaped = INVOICE.decode().replace("&", "&amp;").replace("<", "&lt;")
    found = _embedded(escaped)
    assert (found.content, found.was_repaired) == (INVOICE, False)


def test_doubled_ampersands_are_offered_repaired_not_imposed():
    doubled = INVOICE.decode().replace("&amp;", "&amp;amp;")
    found = _embedded(f"<![CDATA[{doubled}]]>")
    assert found.content == doubled.encode(), "what was received comes first"
    assert found.repaired == INVOICE, "undoing one level is only a second attempt"
    assert _embedded(f"<![CDATA[{INVOICE.decode()}]]>").repaired == b""


def test_markup_escaped_twice_is_undone_once_and_flagged():
    escaped = INVOICE.decode().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    found = _embedded(f"<![CDATA[{escaped}]]>")
    assert (found.content, found.was_repaired) == (INVOICE, True)


def test_a_truncated_embedded_document_is_found_when_it_is_read():
    found = _embedded(f"<![CDATA[{INVOICE.decode()[:-40]}]]>")
    with pytest.raises(DocumentError, match="not well formed"):
        reader.read(found.content)


def test_a_truncated_container_is_refused():
    with pytest.raises(DocumentError, match="not well formed"):
        reader.read(_container()[:-100])


def test_the_reader_knows_containers():
    assert isinstance(reader.read(_container()), AttachedDocument)


# --- DIAN's answers --------------------------------------------------------------------------


def _answer(code, *lines):
    return application_response.parse(to_bytes(response(code, UUID, lines)))


def test_a_clean_answer():
    sentence = "La Factura electrónica SETP-1, ha sido autorizada."
    found = _answer("02", ("0000", "0"), ("0", sentence))
    assert found.is_accepted
    assert found.document_key == UUID
    assert found.findings == ()
    assert found.messages == (sentence,)


def test_notifications_of_an_accepted_document():
    found = _answer(
        "02",
        ("0000", "0"),
        ("FAJ43b", "Nombre no corresponde"),
        ("FAT07", "(R) texto que empieza así"),
    )
    assert [(f.code, f.severity) for f in found.findings] == [
        ("FAJ43b", Severity.NOTIFICATION),
        ("FAT07", Severity.NOTIFICATION),
    ], "what DIAN validated it did not reject"
    assert found.findings[0].message_es == "Nombre no corresponde"


def test_rejections():
    found = _answer(
        "04",
        ("0003", "123456"),
        ("FAD06", "Valor del CUFE"),
        ("FAJ40", "(N) nombre"),
        ("99", "Regla: 90, Rechazo: Documento procesado anteriormente."),
    )
    assert not found.is_accepted
    assert [(f.code, f.severity.value) for f in found.findings] == [
        ("FAD06", "R"),
        ("FAJ40", "N"),
        ("90", "R"),
    ]
    assert found.messages == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Regla: FAJ43b, Notificación: Nombre", [("FAJ43b", "N", "Nombre")]),
        ("Regla: FAD06, Rechazo: Valor\n   del\n CUFE", [("FAD06", "R", "Valor del CUFE")]),
        ("Regla: FAD06,\n Rechazo:\n x", [("FAD06", "R", "x")]),
        ("Regla: 90, Rechazo: procesado", [("90", "R", "procesado")]),
        ("Regla: ZB01, Rechazo: Fallo: a, b", [("ZB01", "R", "Fallo: a, b")]),
        ("Regla: AA09 Valor del CUFE", [("AA09", "N", "Valor del CUFE")]),
        (
            "Regla: FAA02, notificacion: x Regla: DC24a, Rechazo: y",
            [("FAA02", "N", "x"), ("DC24a", "R", "y")],
        ),
        ("Regla: FAD06, Rechazo:", [("FAD06", "R", "FAD06")]),
        ("La factura ha sido autorizada.", []),
        ("Regla: el consecutivo se inicia", []),
        ("", []),
    ],
)
def test_lines_that_name_rules(text, expected):
    found = application_response.findings_from([text])
    assert [(f.code, f.severity.value, f.message) for f in found] == expected


def test_a_flood_of_rules_is_bounded():
    found = application_response.findings_from(["Regla: FAD06, Rechazo: x " * 100_000])
    assert len(found) == application_response.MAX_FINDINGS


def test_only_an_answer_is_an_answer():
    with pytest.raises(DocumentError, match="no ApplicationResponse"):
        application_response.parse(INVOICE)
    with pytest.raises(DocumentError, match="no AttachedDocument"):
        attached_document.parse(INVOICE)


def test_claim_concept():
    data = re.sub(
        rb"<cbc:ResponseCode>031",
        b'<cbc:ResponseCode listID="02">031',
        to_bytes(response("031", UUID)),
        count=1,
    )
    assert application_response.parse(data).claim_code == "02"
