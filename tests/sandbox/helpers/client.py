"""Calls to the stand-in over plain sockets and urllib: envelope, WS-Security, answers."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass, field

import xmlsec
from cryptography.hazmat.primitives import serialization
from lxml import etree

from lib.pki import TestChain

SOAP = "http://www.w3.org/2003/05/soap-envelope"
WSA = "http://www.w3.org/2005/08/addressing"
WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = WSS + "wssecurity-secext-1.0.xsd"
WSU = WSS + "wssecurity-utility-1.0.xsd"
DS = "http://www.w3.org/2000/09/xmldsig#"
WCF = "http://wcf.dian.colombia"
ACTION = WCF + "/IWcfDianCustomerServices/"


@dataclass
class Answer:
    """HTTP status, bytes, and the values by local name."""

    status: int
    body: bytes
    values: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    @property
    def codes(self) -> set[str]:
        """Rule ids of the listed findings that reject."""
        return {line[7:].split(",")[0] for line in self.lines if ", Rechazo:" in line}

    @property
    def notes(self) -> set[str]:
        """Rule ids of the listed notifications."""
        return {line[7:].split(",")[0] for line in self.lines if ", Notificación:" in line}


@dataclass
class Client:
    """A caller with a certificate."""

    url: str
    chain: TestChain
    timeout: float = 20

    def send(self, data: bytes, operation: str = "SendBillSync", **extra: str) -> Answer:
        """Zip a document and send it."""
        return self.call(operation, fileName="z1.zip", contentFile=encode(pack(data)), **extra)

    def call(self, operation: str, **parameters: str) -> Answer:
        """One call with a good header."""
        return self.post(envelope(self.url, self.chain, operation, parameters), operation)

    def post(self, body: bytes, operation: str) -> Answer:
        """Send bytes as they are."""
        request = urllib.request.Request(
            self.url,
            body,
            {"Content-Type": f'application/soap+xml;charset=UTF-8;action="{ACTION}{operation}"'},
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as response:
                return read(response.status, response.read())
        except urllib.error.HTTPError as error:
            return read(error.code, error.read())

    def admin(self, method: str, path: str, data: object = None) -> object:
        """A JSON call to the admin."""
        base = self.url.rsplit("/", 1)[0]
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        request = urllib.request.Request(
            f"{base}{path}", body if data is not None else None, method=method
        )
        with urllib.request.urlopen(request, timeout=self.timeout) as response:
            return json.loads(response.read())

    def page(self, path: str = "/") -> str:
        """A page as text."""
        with urllib.request.urlopen(self.url.rsplit("/", 1)[0] + path, timeout=10) as response:
            return response.read().decode()


def read(status: int, body: bytes) -> Answer:
    """Pick values and error lines out of an answer, by local name."""
    answer = Answer(status, body)
    try:
        root = etree.fromstring(body)
    except etree.XMLSyntaxError:
        return answer
    for node in root.iter("*"):
        local = etree.QName(node).localname
        answer.values.setdefault(local, (node.text or "").strip())
        if local == "string":
            answer.lines.append(node.text or "")
    return answer


def pack(*documents: bytes) -> bytes:
    """A zip with these documents."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for position, data in enumerate(documents):
            archive.writestr(f"fv{position}.xml", data)
    return target.getvalue()


def encode(data: bytes) -> str:
    """Base64 text."""
    return base64.b64encode(data).decode()


def envelope(
    url: str,
    chain: TestChain,
    operation: str,
    parameters: dict[str, str],
    *,
    age: float = 0,
    action: str | None = None,
    sign_to: bool = True,
) -> bytes:
    """A signed envelope; ``age`` in seconds makes the timestamp old."""
    root = etree.Element(
        f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP, "wcf": WCF, "wsa": WSA, "wsu": WSU}
    )
    header = etree.SubElement(root, f"{{{SOAP}}}Header")
    etree.SubElement(header, f"{{{WSA}}}Action").text = action or ACTION + operation
    to = etree.SubElement(header, f"{{{WSA}}}To")
    to.text = url
    to.set(f"{{{WSU}}}Id", "id-to")
    security = etree.SubElement(header, f"{{{WSSE}}}Security", nsmap={"wsse": WSSE})
    stamp = etree.SubElement(security, f"{{{WSU}}}Timestamp")
    stamp.set(f"{{{WSU}}}Id", "ts")
    now = dt.datetime.now(dt.timezone.utc) - dt.timedelta(seconds=age)
    etree.SubElement(stamp, f"{{{WSU}}}Created").text = now.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    end = now + dt.timedelta(seconds=60)
    etree.SubElement(stamp, f"{{{WSU}}}Expires").text = end.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    _token(security, chain)
    body = etree.SubElement(etree.SubElement(root, f"{{{SOAP}}}Body"), f"{{{WCF}}}{operation}")
    for name, value in parameters.items():
        etree.SubElement(body, f"{{{WCF}}}{name}").text = value
    _sign(root, security, chain, "id-to" if sign_to else "ts")
    return etree.tostring(root)


def _token(security: etree._Element, chain: TestChain) -> None:
    token = etree.SubElement(
        security,
        f"{{{WSSE}}}BinarySecurityToken",
        ValueType=(WSS + "x509-token-profile-1.0#X509v3"),
        EncodingType=(WSS + "soap-message-security-1.0#Base64Binary"),
    )
    token.set(f"{{{WSU}}}Id", "token")
    token.text = encode(chain.certificate.public_bytes(serialization.Encoding.DER))


def _sign(root: etree._Element, security: etree._Element, chain: TestChain, uri: str) -> None:
    signature = xmlsec.template.create(
        root, xmlsec.constants.TransformExclC14N, xmlsec.constants.TransformRsaSha256, ns="ds"
    )
    security.append(signature)
    reference = xmlsec.template.add_reference(
        signature, xmlsec.constants.TransformSha256, uri=f"#{uri}"
    )
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14N)
    info = xmlsec.template.ensure_key_info(signature)
    named = etree.SubElement(info, f"{{{WSSE}}}SecurityTokenReference")
    etree.SubElement(named, f"{{{WSSE}}}Reference", URI="#token")
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    pem = chain.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context.key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem)
    context.sign(signature)
