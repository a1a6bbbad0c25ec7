"""SOAP 1.2 frame with WS-Addressing headers, and the reading of what comes back."""

from __future__ import annotations

from typing import Any

from lxml import etree

from ..errors import DianFault, DianProtocolError

SOAP = "http://www.w3.org/2003/05/soap-envelope"
WSA = "http://www.w3.org/2005/08/addressing"
WCF = "http://wcf.dian.colombia"
ACTION = "http://wcf.dian.colombia/IWcfDianCustomerServices/"


def build(operation: str, url: str) -> etree._Element:
    """An envelope for ``operation`` with an empty body element and no security header yet."""
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP, "wcf": WCF})
    header = etree.SubElement(envelope, f"{{{SOAP}}}Header", nsmap={"wsa": WSA})
    action = etree.SubElement(header, f"{{{WSA}}}Action")
    action.text = ACTION + operation
    action.set(f"{{{SOAP}}}mustUnderstand", "true")
    etree.SubElement(header, f"{{{WSA}}}To").text = url
    body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
    etree.SubElement(body, f"{{{WCF}}}{operation}")
    return envelope


def fill(envelope: etree._Element, operation: str, parameters: tuple[tuple[str, str], ...]) -> None:
    """Put the parameters into the body; it is not signed, so a large file costs nothing before."""
    body = envelope.find(f"{{{SOAP}}}Body/{{{WCF}}}{operation}")
    assert body is not None, "build() made the element"
    for name, text in parameters:
        etree.SubElement(body, f"{{{WCF}}}{name}").text = text


def parse(data: bytes, max_answer: int) -> etree._Element:
    """The envelope of an answer, read without DTD, entities or network.

    :raises DianProtocolError: not well formed, with a DOCTYPE, or not a SOAP 1.2 envelope.
    """
    # huge_tree lifts libxml2's 10 MB limit on one text node (a base64 file); the transport
    # has already capped the size of the whole answer.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=max_answer > 10_000_000
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DianProtocolError(f"The answer is not well-formed XML: {error}") from error
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype:
        raise DianProtocolError("The answer carries a DOCTYPE, which SOAP forbids")
    if root.tag != f"{{{SOAP}}}Envelope":
        raise DianProtocolError(f"The answer is not a SOAP 1.2 envelope but {root.tag}")
    return root


def result(envelope: etree._Element, operation: str) -> etree._Element:
    """The element ``<operation>Result`` of an answer.

    :raises DianFault: the body holds a fault.
    :raises DianProtocolError: the answer belongs to another operation or has no result.
    """
    raise_fault(envelope)
    action = envelope.findtext(f"{{{SOAP}}}Header/{{{WSA}}}Action")
    if action and action.strip() != f"{ACTION}{operation}Response":
        raise DianProtocolError(f"The answer belongs to another exchange: {action.strip()}")
    body = envelope.find(f"{{{SOAP}}}Body")
    found = None
    if body is not None:
        found = body.find(f"{{{WCF}}}{operation}Response/{{{WCF}}}{operation}Result")
    if found is None:
        raise DianProtocolError(f"The answer has no {operation}Result")
    return found


def raise_fault(envelope: etree._Element) -> None:
    """Raise DianFault with the innermost code when the body is a SOAP fault."""
    fault = envelope.find(f"{{{SOAP}}}Body/{{{SOAP}}}Fault")
    if fault is None:
        return
    codes = [(value.text or "").strip() for value in fault.iter(f"{{{SOAP}}}Value")]
    reason = fault.findtext(f"{{{SOAP}}}Reason/{{{SOAP}}}Text") or ""
    raise DianFault(codes[-1] if codes else "unknown", " ".join(reason.split()))
