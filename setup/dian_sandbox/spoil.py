"""Making a true answer wrong, for the faults that ask for it."""

from __future__ import annotations

import hashlib
import uuid

from lxml import etree

from . import answers, names, xmlio
from .answers import DianResponse
from .findings import DUPLICATE

_RESPONSE = names.CONTRACT + "DianResponse"


def nothing_received(operation: str) -> etree._Element:
    """Body of a plausible answer to a call that was not carried out, to be spoiled."""
    track_id = answers.new_track_id()
    if operation in ("SendBillAsync", "SendTestSetAsync"):
        return answers.upload_response(operation, track_id)
    if operation == "GetNumberingRange":
        return answers.numbering_response("100", "Acción completada OK.", [])
    answer = DianResponse(True, "00", answers.PROCESSED, None, track_id, None)
    if operation == "GetStatusZip":
        return answers.dian_responses(operation, [answer])
    return answers.dian_response(operation, answer)


def as_duplicate(body: etree._Element) -> None:
    """Answer rule 90 whatever the truth is."""
    _set(body, "IsValid", "false")
    _set(body, "StatusCode", "99")
    _set(body, "StatusDescription", answers.WITH_ERRORS)
    _set(body, "StatusMessage", answers.DOCUMENT_WITH_ERRORS)
    _set(body, "XmlBase64Bytes", None)
    for errors in body.iter(xmlio.name(_RESPONSE, "ErrorMessage")):
        for child in list(errors):
            errors.remove(child)
        xmlio.sub(errors, names.ARRAYS, "string", DUPLICATE.line())


def as_somebody_elses(body: etree._Element) -> None:
    """Answer about a document the caller never sent."""
    other = hashlib.sha384(uuid.uuid4().bytes).hexdigest()
    _set(body, "XmlDocumentKey", other)
    _set(body, "XmlFileName", other)
    _set(body, "StatusMessage", "La Factura electrónica ZZZ-999999999, ha sido autorizada.")
    _set(body, "XmlBase64Bytes", None)
    for node in body.iter(xmlio.name(names.CONTRACT + "UploadDocumentResponse", "ZipKey")):
        node.text = str(uuid.uuid4())


def _set(body: etree._Element, local: str, value: str | None) -> None:
    nil = xmlio.name(names.XSI, "nil")
    for node in body.iter(xmlio.name(_RESPONSE, local)):
        node.text = value
        node.attrib.pop(nil, None)
        if value is None:
            node.set(nil, "true")
