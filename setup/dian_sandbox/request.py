"""Reading a call: SOAP 1.2 envelope, WS-Addressing header, operation and parameters."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lxml import etree

from . import names, xmlio

# Parameters of each operation we answer, in the order of the WSDL.
OPERATIONS = {
    "SendBillSync": ("fileName", "contentFile"),
    "SendBillAsync": ("fileName", "contentFile"),
    "SendTestSetAsync": ("fileName", "contentFile", "testSetId"),
    "GetStatus": ("trackId",),
    "GetStatusZip": ("trackId",),
    "GetNumberingRange": ("accountCode", "accountCodeT", "softwareCode"),
}
SENDING = {"SendBillSync", "SendBillAsync", "SendTestSetAsync"}
SERVICE_PATH = "/WcfDianCustomerServices.svc"


class SoapFault(Exception):
    """To be answered as a SOAP fault: subcode in its namespace, HTTP status, text."""

    def __init__(self, subcode: str, namespace: str, text: str, status: int = 500) -> None:
        """Keep the parts."""
        super().__init__(text)
        self.subcode = subcode
        self.namespace = namespace
        self.status = status


def invalid_security(reason: str) -> SoapFault:
    """The one fault the service gives for anything wrong in WS-Security.

    The live service never says why; the reason in brackets is the stand-in's help to developers.
    """
    return SoapFault(
        "InvalidSecurity",
        names.WSSE,
        f"An error occurred when verifying security for the message. [{reason}]",
    )


@dataclass
class Call:
    """One call. ``parameters`` are texts; ``content`` is the decoded zip, None when not base64."""

    root: etree._Element
    header: etree._Element
    operation: str
    message_id: str
    to: str
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes | None:
        """The decoded zip, empty when not given, None when it is not base64."""
        try:
            return base64.b64decode(
                "".join(self.parameters.get("contentFile", "").split()), validate=True
            )
        except binascii.Error:
            return None


def read_call(data: bytes, *, action: str, own_url: str) -> Call:
    """Parse an envelope and check what addresses it.

    :param action: action of the Content-Type, may be empty.
    :param own_url: address at which this call arrived.
    :raises SoapFault: no envelope, an unknown operation, action or addressee wrong.
    """
    root, header, body = _envelope(data)
    named = _one_text(header, "Action")
    to = _one_text(header, "To")
    operation = body[0] if len(body) == 1 else None
    if operation is None:
        raise SoapFault("Sender", names.SOAP, "El cuerpo debe contener una operación.", 400)
    local = etree.QName(operation).localname
    expected = names.ACTION + local
    if (
        local not in OPERATIONS
        or etree.QName(operation).namespace != names.WCF
        or named != expected
        or action not in ("", expected)
    ):
        raise SoapFault(
            "ActionNotSupported",
            names.WSA,
            f"The message with Action '{named or action}' cannot be processed at the receiver.",
        )
    if not _same_address(to, own_url):
        raise SoapFault(
            "DestinationUnreachable",
            names.WSA,
            f"The message with To '{to}' cannot be processed at the receiver: this is {own_url}.",
        )
    return Call(root, header, local, _one_text(header, "MessageID"), to, _parameters(operation))


def _envelope(data: bytes) -> tuple[etree._Element, etree._Element, list[etree._Element]]:
    try:
        root = xmlio.parse(data, huge=True)
    except xmlio.UnreadableXml as error:
        raise SoapFault("Sender", names.SOAP, str(error), 400) from error
    headers = root.findall(xmlio.name(names.SOAP, "Header"))
    bodies = root.findall(xmlio.name(names.SOAP, "Body"))
    if root.tag != xmlio.name(names.SOAP, "Envelope") or len(headers) != 1 or len(bodies) != 1:
        raise SoapFault("Sender", names.SOAP, "Se espera un sobre SOAP 1.2.", 400)
    return root, headers[0], [child for child in bodies[0] if isinstance(child.tag, str)]


def _one_text(header: etree._Element, local: str) -> str:
    found = header.findall(xmlio.name(names.WSA, local))
    return (found[0].text or "").strip() if len(found) == 1 else ""


def _same_address(to: str, own_url: str) -> bool:
    theirs, ours = urlsplit(to), urlsplit(own_url)
    return (theirs.netloc.lower(), theirs.path) == (ours.netloc.lower(), ours.path)


def _parameters(operation: etree._Element) -> dict[str, str]:
    return {
        etree.QName(child).localname: child.text or ""
        for child in operation
        if isinstance(child.tag, str) and etree.QName(child).namespace == names.WCF
    }
