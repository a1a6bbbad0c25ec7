"""Writing answers in the shape of the live service (WSDL; annex §7, data contracts)."""

from __future__ import annotations

import base64
import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from . import names, xmlio
from .request import SoapFault

PROCESSED = "Procesado Correctamente."
WITH_ERRORS = "Validación contiene errores en campos mandatorios."
DOCUMENT_WITH_ERRORS = "Documento con errores en campos mandatorios."
IN_PROCESS = "Batch en proceso de validación."


@dataclass(frozen=True)
class DianResponse:
    """The answer of SendBillSync, GetStatus and, in a list, of GetStatusZip."""

    is_valid: bool
    status_code: str
    status_description: str
    status_message: str | None
    document_key: str
    file_name: str | None
    lines: tuple[str, ...] = ()
    application_response: bytes | None = None


@dataclass(frozen=True)
class UploadError:
    """Why one file of an asynchronous call was refused."""

    file_name: str
    message: str
    document_key: str = ""


def dian_response(operation: str, answer: DianResponse) -> etree._Element:
    """Body of an operation that answers one DianResponse."""
    body, result = _result(operation, "DianResponse")
    _fill_dian_response(result, answer)
    return body


def dian_responses(operation: str, answers: Iterable[DianResponse]) -> etree._Element:
    """Body of GetStatusZip."""
    body, result = _result(operation, "DianResponse")
    for answer in answers:
        _fill_dian_response(
            xmlio.sub(result, names.CONTRACT + "DianResponse", "DianResponse"), answer
        )
    return body


def _fill_dian_response(parent: etree._Element, answer: DianResponse) -> None:
    space = names.CONTRACT + "DianResponse"
    errors = etree.SubElement(parent, xmlio.name(space, "ErrorMessage"), nsmap={"c": names.ARRAYS})
    for line in answer.lines:
        xmlio.sub(errors, names.ARRAYS, "string", line)
    xmlio.sub(parent, space, "IsValid", "true" if answer.is_valid else "false")
    _nillable(parent, space, "StatusCode", answer.status_code)
    _nillable(parent, space, "StatusDescription", answer.status_description)
    _nillable(parent, space, "StatusMessage", answer.status_message)
    encoded = answer.application_response and base64.b64encode(answer.application_response)
    _nillable(parent, space, "XmlBase64Bytes", encoded.decode() if encoded else None)
    _nillable(parent, space, "XmlBytes", None)
    _nillable(parent, space, "XmlDocumentKey", answer.document_key)
    _nillable(parent, space, "XmlFileName", answer.file_name)


def upload_response(
    operation: str, zip_key: str | None, errors: Sequence[UploadError] = ()
) -> etree._Element:
    """Body of SendTestSetAsync and SendBillAsync."""
    body, result = _result(operation, "UploadDocumentResponse")
    space = names.CONTRACT + "UploadDocumentResponse"
    inner = names.CONTRACT + "XmlParamsResponseTrackId"
    listed = etree.SubElement(result, xmlio.name(space, "ErrorMessageList"), nsmap={"c": inner})
    if not errors:
        listed.set(xmlio.name(names.XSI, "nil"), "true")
    for error in errors:
        item = xmlio.sub(listed, inner, "XmlParamsResponseTrackId")
        _nillable(item, inner, "DocumentKey", error.document_key or None)
        xmlio.sub(item, inner, "ProcessedMessage", error.message[:1000])
        _nillable(item, inner, "SenderCode", None)
        xmlio.sub(item, inner, "Success", "false")
        xmlio.sub(item, inner, "XmlFileName", error.file_name[:100])
    _nillable(result, space, "ZipKey", zip_key)
    return body


def numbering_response(code: str, text: str, ranges: Iterable[dict]) -> etree._Element:
    """Body of GetNumberingRange; ``ranges`` in the seed file's shape."""
    body, result = _result("GetNumberingRange", "NumberRangeResponseList")
    space = names.CONTRACT + "NumberRangeResponseList"
    inner = names.CONTRACT + "NumberRangeResponse"
    xmlio.sub(result, space, "OperationCode", code)
    xmlio.sub(result, space, "OperationDescription", text)
    listed = etree.SubElement(result, xmlio.name(space, "ResponseList"), nsmap={"c": inner})
    for row in ranges:
        item = xmlio.sub(listed, inner, "NumberRangeResponse")
        for tag, key in (
            ("ResolutionNumber", "resolution"),
            ("ResolutionDate", "resolution_date"),
            ("Prefix", "prefix"),
            ("FromNumber", "first"),
            ("ToNumber", "last"),
            ("ValidDateFrom", "start"),
            ("ValidDateTo", "end"),
            ("TechnicalKey", "technical_key"),
        ):
            value = row.get(key, row["start"] if key == "resolution_date" else None)
            _nillable(item, inner, tag, None if value is None else str(value))
    return body


def envelope(
    operation: str, body: etree._Element, *, relates_to: str = "", now: dt.datetime | None = None
) -> bytes:
    """The whole answer, with the header of the live service: Action and a Timestamp."""
    root = _frame(names.ACTION + operation + "Response", relates_to)
    moment = now or dt.datetime.now(dt.timezone.utc)
    header = root[0]
    security = etree.SubElement(header, xmlio.name(names.WSSE, "Security"), nsmap={"o": names.WSSE})
    security.set(xmlio.name(names.SOAP, "mustUnderstand"), "1")
    stamp = xmlio.sub(security, names.WSU, "Timestamp")
    stamp.set(xmlio.name(names.WSU, "Id"), "_0")
    xmlio.sub(stamp, names.WSU, "Created", _utc(moment))
    xmlio.sub(stamp, names.WSU, "Expires", _utc(moment + dt.timedelta(minutes=5)))
    root[1].append(body)
    return etree.tostring(root)


def fault(error: SoapFault) -> bytes:
    """A SOAP 1.2 fault as WCF writes it."""
    root = _frame(names.WSA + "/soap/fault", "")
    node = xmlio.sub(root[1], names.SOAP, "Fault")
    code = xmlio.sub(node, names.SOAP, "Code")
    xmlio.sub(code, names.SOAP, "Value", "s:Sender")
    if error.namespace != names.SOAP:
        subcode = xmlio.sub(code, names.SOAP, "Subcode")
        value = etree.SubElement(
            subcode, xmlio.name(names.SOAP, "Value"), nsmap={"a": error.namespace}
        )
        value.text = f"a:{error.subcode}"
    reason = xmlio.sub(node, names.SOAP, "Reason")
    xmlio.sub(reason, names.SOAP, "Text", str(error)).set(
        "{http://www.w3.org/XML/1998/namespace}lang", "en-US"
    )
    return etree.tostring(root)


def _frame(action: str, relates_to: str) -> etree._Element:
    root = etree.Element(
        xmlio.name(names.SOAP, "Envelope"),
        nsmap={"s": names.SOAP, "a": names.WSA, "u": names.WSU},
    )
    header = xmlio.sub(root, names.SOAP, "Header")
    xmlio.sub(header, names.WSA, "Action", action).set(
        xmlio.name(names.SOAP, "mustUnderstand"), "1"
    )
    if relates_to:
        xmlio.sub(header, names.WSA, "RelatesTo", relates_to)
    xmlio.sub(root, names.SOAP, "Body")
    return root


def _result(operation: str, contract: str) -> tuple[etree._Element, etree._Element]:
    body = etree.Element(xmlio.name(names.WCF, f"{operation}Response"), nsmap={None: names.WCF})
    result = etree.SubElement(
        body,
        xmlio.name(names.WCF, f"{operation}Result"),
        nsmap={"b": names.CONTRACT + contract, "i": names.XSI},
    )
    return body, result


def _nillable(parent: etree._Element, namespace: str, local: str, value: str | None) -> None:
    node = xmlio.sub(parent, namespace, local, value)
    if value is None:
        node.set(xmlio.name(names.XSI, "nil"), "true")


def _utc(moment: dt.datetime) -> str:
    moment = moment.astimezone(dt.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def new_track_id() -> str:
    """A key of the service's own making."""
    return str(uuid.uuid4())
