"""Reading the answers in the shapes that the live service was seen to give."""

from __future__ import annotations

import base64

import pytest
from lxml import etree

from dian.errors import DianAlreadyProcessed, DianProtocolError, DianRejected
from dian.findings import Severity
from dian.soap import Outcome, operations, responses

ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
DATA = "http://schemas.datacontract.org/2004/07/"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def element(kind: str, fields: dict[str, object]) -> etree._Element:
    """A result element; a list value becomes repeated children, None a nil element."""
    root = etree.Element("{http://wcf.dian.colombia}Result")
    return _fill(root, kind, fields)


def _fill(root: etree._Element, kind: str, fields: dict[str, object]) -> etree._Element:
    for name, value in fields.items():
        child = etree.SubElement(root, f"{{{DATA}{kind}}}{name}")
        if value is None:
            child.set(NIL, "true")
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    tag = {"ErrorMessageList": "XmlParamsResponseTrackId"}.get(
                        name, "NumberRangeResponse"
                    )
                    _fill(etree.SubElement(child, f"{{{DATA}{tag}}}{tag}"), tag, item)
                else:
                    etree.SubElement(child, f"{{{ARRAYS}}}string").text = item
        else:
            child.text = str(value)
    return root


def dian(**fields: object) -> responses.DianResponse:
    return responses.read_dian_response(element("DianResponse", fields))


def test_accepted_with_notifications() -> None:
    got = dian(
        ErrorMessage=["Regla: FAJ43b, Notificación: Nombre informado\n no corresponde"],
        IsValid="true",
        StatusCode="00",
        XmlBase64Bytes=base64.b64encode(b"<a/>").decode(),
        XmlBytes=None,
    )
    assert got.outcome is Outcome.ACCEPTED
    assert got.application_response == b"<a/>"
    assert got.findings[0].severity is Severity.NOTIFICATION
    assert got.findings[0].message == "Nombre informado no corresponde"
    got.ensure_accepted()


def test_rejected() -> None:
    got = dian(ErrorMessage=["Regla: FAD06, Rechazo: CUFE"], IsValid="false", StatusCode="99")
    assert got.outcome is Outcome.REJECTED
    with pytest.raises(DianRejected) as caught:
        got.ensure_accepted()
    assert [f.code for f in caught.value.findings] == ["FAD06"]


def test_rule_90_is_not_a_rejection() -> None:
    got = dian(
        ErrorMessage=["Regla: 90, Rechazo: Documento procesado anteriormente."],
        IsValid="false",
        StatusCode="99",
    )
    assert got.outcome is Outcome.ALREADY_PROCESSED
    with pytest.raises(DianAlreadyProcessed):
        got.ensure_accepted()


@pytest.mark.parametrize("code", ["66", "90"])
def test_an_unknown_document(code) -> None:
    assert dian(IsValid="false", StatusCode=code).outcome is Outcome.NOT_FOUND


def test_a_batch_in_process_has_no_code() -> None:
    got = dian(IsValid="false", StatusCode="", StatusDescription="Batch en proceso de validación.")
    assert got.outcome is Outcome.PROCESSING


def test_the_short_status_of_the_annex_example() -> None:
    assert dian(IsValid="true", StatusCode="0").status_code == "00"


def test_a_message_without_rule_id_is_kept_as_rejection() -> None:
    (finding,) = responses.findings_from_text("Something else went wrong")
    assert (finding.code, finding.severity) == ("DIAN", Severity.REJECTION)


def test_lower_case_initials_of_the_annex_are_read_too() -> None:
    root = element("UploadDocumentResponse", {"errorMessageList": None, "zipKey": "abc"})
    assert responses.read_upload_response(root).zip_key == "abc"


def test_a_refused_batch_says_why() -> None:
    error = {"ProcessedMessage": "Error al leer el zip", "Success": "false", "XmlFileName": "x"}
    root = element("UploadDocumentResponse", {"ErrorMessageList": [error], "ZipKey": None})
    got = responses.read_upload_response(root)
    assert (got.zip_key, got.findings[0].message) == ("", "Error al leer el zip")


def test_a_receipt_that_says_nothing_is_an_error() -> None:
    with pytest.raises(DianProtocolError):
        responses.read_upload_response(element("UploadDocumentResponse", {"ZipKey": None}))


def test_numbering_ranges() -> None:
    row = {
        "ResolutionNumber": "18760000001",
        "ResolutionDate": "2019-01-19",
        "Prefix": "SETP",
        "FromNumber": 990000000,
        "ToNumber": 995000000,
        "ValidDateFrom": "2019-01-19T00:00:00",
        "ValidDateTo": "2030-01-19",
        "TechnicalKey": "key",
    }
    root = element(
        "NumberRangeResponseList",
        {"OperationCode": "100", "OperationDescription": "ok", "ResponseList": [row]},
    )
    got = responses.read_numbering_ranges(root)
    assert got.ranges[0].first == 990000000
    assert (got.ranges[0].start, got.ranges[0].end) == ("2019-01-19", "2030-01-19")
    row["FromNumber"] = "x"
    with pytest.raises(DianProtocolError):
        responses.read_numbering_ranges(
            element("NumberRangeResponseList", {"OperationCode": "100", "ResponseList": [row]})
        )


def test_exchange_emails_have_no_header_line() -> None:
    text = (
        '"900000001","a@example.com","2020-01-01"\r\n"900000002","b@example.com","2021-01-01"\r\n'
    )
    root = element(
        "ExchangeEmailResponse",
        {
            "CsvBase64Bytes": base64.b64encode(text.encode()).decode(),
            "Message": None,
            "StatusCode": "0",
            "Success": "true",
        },
    )
    got = responses.read_exchange_emails(root)
    assert got.rows[0] == ("900000001", "a@example.com", "2020-01-01")
    assert len(got.rows) == 2


def test_xml_by_document_key() -> None:
    content = base64.b64encode(b"<Invoice/>").decode()
    root = element("EventResponse", {"Code": "Ok", "Message": "m", "XmlBytesBase64": content})
    got = responses.read_xml_by_document_key(root)
    assert (got.code, got.content) == ("100", b"<Invoice/>")


def test_acquirer() -> None:
    root = element(
        "Gosocket.Dian.Services.Utils.Common",
        {"Message": "", "ReceiverEmail": "x@example.com", "ReceiverName": "X", "StatusCode": "200"},
    )
    assert responses.read_acquirer(root).email == "x@example.com"


def test_every_operation_of_the_service_has_a_class(reference) -> None:
    schema = etree.parse(str(reference / "wsdl" / "xsd0.xsd"))
    ns = {"xs": "http://www.w3.org/2001/XMLSchema"}
    declared = {
        item.get("name"): [p.get("name") for p in item.iterfind(".//xs:element", ns)]
        for item in schema.iterfind("xs:element", ns)
    }
    wanted = {
        operations.SendBillSync("f", b""): "SendBillSync",
        operations.SendBillAsync("f", b""): "SendBillAsync",
        operations.SendTestSetAsync("f", b"", "t"): "SendTestSetAsync",
        operations.SendEventUpdateStatus(b""): "SendEventUpdateStatus",
        operations.GetStatus("t"): "GetStatus",
        operations.GetStatusZip("t"): "GetStatusZip",
        operations.GetStatusEvent("t"): "GetStatusEvent",
        operations.GetXmlByDocumentKey("t"): "GetXmlByDocumentKey",
        operations.GetNumberingRange("a", "b", "c"): "GetNumberingRange",
        operations.GetExchangeEmails(): "GetExchangeEmails",
    }
    for operation, name in wanted.items():
        assert operation.name == name
        assert [key for key, _ in operation.parameters()] == declared[name], name
