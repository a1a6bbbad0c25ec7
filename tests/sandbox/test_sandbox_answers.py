"""Shape of the answers, compared with what the live service is known to say."""

from __future__ import annotations

import base64
import datetime as dt
import time

import pytest
import xmlsec
from lxml import etree

from lib.pki import make_chain

from .helpers import documents, signing
from .helpers.client import Client, encode, envelope, pack
from .helpers.documents import NS, TEST_SET

WSU = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}"


def test_good_invoice_is_accepted(client, signed):
    answer = client.send(signed())
    values = answer.values
    key = values["XmlDocumentKey"]
    assert (answer.status, answer.lines, values["IsValid"]) == (200, [], "true"), answer.body
    assert (values["StatusCode"], values["StatusDescription"]) == ("00", "Procesado Correctamente.")
    assert values["StatusMessage"] == "La Factura electrónica SETP-990000001, ha sido autorizada."
    assert (len(key), values["XmlFileName"]) == (96, key)


def test_elements_live_in_the_data_contract_namespaces(client, signed):
    root = etree.fromstring(client.send(signed(number="SETP1")).body)
    space = "{http://schemas.datacontract.org/2004/07/DianResponse}"
    result = root.find(".//{http://wcf.dian.colombia}SendBillSyncResult")
    assert [child.tag for child in result] == [
        space + name
        for name in (
            "ErrorMessage",
            "IsValid",
            "StatusCode",
            "StatusDescription",
            "StatusMessage",
            "XmlBase64Bytes",
            "XmlBytes",
            "XmlDocumentKey",
            "XmlFileName",
        )
    ]
    assert result.find(f"{space}XmlBytes").get("{http://www.w3.org/2001/XMLSchema-instance}nil")
    line = result.find(".//{http://schemas.microsoft.com/2003/10/Serialization/Arrays}string")
    assert line.text.startswith("Regla: FAD05b, Rechazo: ")


def test_answer_carries_action_and_timestamp(client):
    root = etree.fromstring(client.call("GetStatus", trackId="x").body)
    wsa = "{http://www.w3.org/2005/08/addressing}"
    assert root.findtext(f".//{wsa}Action").endswith("/IWcfDianCustomerServices/GetStatusResponse")
    created, expires = (
        dt.datetime.strptime(root.findtext(f".//{WSU}{name}"), "%Y-%m-%dT%H:%M:%S.%fZ")
        for name in ("Created", "Expires")
    )
    assert expires - created == dt.timedelta(minutes=5)


def application_response(answer):
    return etree.fromstring(base64.b64decode(answer.values["XmlBase64Bytes"]))


def test_application_response_is_signed_and_says_accepted(client, signed, server, reference):
    answer = client.send(signed())
    root = application_response(answer)
    schema = etree.XMLSchema(
        etree.parse(str(reference / "xsd/maindoc/UBL-ApplicationResponse-2.1.xsd"))
    )
    assert schema.validate(root), schema.error_log
    codes = root.xpath("//cac:Response/cbc:ResponseCode/text()", namespaces=NS)
    assert codes == ["02", "0000", "0"]
    document = root.find(".//{*}DocumentReference/{*}UUID").text
    assert document == answer.values["XmlDocumentKey"]
    identity = server.application.service.operations.identity
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    pem = identity.certificates[0].public_bytes(signing.serialization.Encoding.PEM)
    context.key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatCertPem)
    context.verify(root.xpath("//ds:Signature", namespaces=NS)[0])


def test_application_response_of_a_rejection_lists_the_rules(client, signed):
    root = application_response(client.send(signed(number="SETP1")))
    codes = root.xpath("//cac:Response/cbc:ResponseCode/text()", namespaces=NS)
    assert codes == ["04", "0000", "FAD05b"]


def test_status_by_cufe_repeats_the_answer(client, signed):
    first = client.send(signed())
    again = client.call("GetStatus", trackId=first.values["XmlDocumentKey"])
    for name in ("IsValid", "StatusCode", "XmlBase64Bytes", "XmlDocumentKey"):
        assert again.values[name] == first.values[name]


@pytest.mark.parametrize(("track", "code"), [("a" * 96, "66"), ("nothing", "90"), ("", "90")])
def test_status_of_the_unknown(client, track, code):
    assert client.call("GetStatus", trackId=track).values["StatusCode"] == code
    assert client.call("GetStatusZip", trackId="nothing").values["StatusCode"] == "90"


def test_same_number_again_is_rule_90(client, signed):
    first = client.send(signed())
    again = client.send(signed())
    assert again.lines == ["Regla: 90, Rechazo: Documento procesado anteriormente."]
    assert again.values["IsValid"] == "false"
    known = client.call("GetStatus", trackId=first.values["XmlDocumentKey"])
    assert known.values["StatusCode"] == "00", "a duplicate must not hide the accepted one"


def test_rejected_number_may_be_sent_again(client, signed):
    bad = signed(change=lambda root: documents.set_text(root, "cbc:UBLVersionID", "9"))
    assert client.send(bad).values["IsValid"] == "false"
    assert client.send(signed()).values["IsValid"] == "true"


def test_test_set_is_validated_after_a_while(client, signed):
    answer = client.send(signed(), "SendTestSetAsync", testSetId=TEST_SET)
    zip_key = answer.values["ZipKey"]
    waiting = client.call("GetStatusZip", trackId=zip_key)
    assert waiting.values["StatusCode"] == ""
    assert waiting.values["StatusDescription"] == "Batch en proceso de validación."
    assert client.send(signed()).codes == {"90"}, "a number being validated is taken"
    time.sleep(0.5)
    done = client.call("GetStatusZip", trackId=zip_key)
    assert (done.values["IsValid"], done.values["StatusCode"]) == ("true", "00")
    by_key = client.call("GetStatus", trackId=done.values["XmlDocumentKey"])
    assert by_key.values["IsValid"] == "true"


def test_batch_answers_each_document(client, signed):
    content = encode(pack(signed(), signed(number="SETP990000002"), signed(number="SETP3")))
    answer = client.call("SendBillAsync", fileName="z.zip", contentFile=content)
    time.sleep(0.5)
    done = client.call("GetStatusZip", trackId=answer.values["ZipKey"])
    root = etree.fromstring(done.body)
    assert [node.text for node in root.iter("{*}IsValid")] == ["true", "true", "false"]


def test_wrong_test_set_is_refused(client, signed):
    answer = client.send(signed(), "SendTestSetAsync", testSetId="0" * 36)
    assert answer.values["Success"] == "false"
    assert answer.values["ZipKey"] == ""


@pytest.mark.parametrize(
    ("account", "owner", "software", "code"),
    [
        (documents.NIT, documents.NIT, documents.SOFTWARE, "100"),
        ("900108281", documents.NIT, documents.SOFTWARE, "301"),
        (documents.NIT, documents.NIT, "00000000-0000-0000-0000-000000000000", "303"),
        ("900108281", "900108281", documents.SOFTWARE, "401"),
    ],
)
def test_numbering_ranges(client, account, owner, software, code):
    answer = client.call(
        "GetNumberingRange", accountCode=account, accountCodeT=owner, softwareCode=software
    )
    assert answer.values["OperationCode"] == code
    if code == "100":
        assert answer.values["TechnicalKey"] == documents.TECHNICAL_KEY
        assert (answer.values["Prefix"], answer.values["FromNumber"]) == ("SETP", "990000000")


def test_range_of_a_software_without_prefixes(client, server):
    other = {**documents.SEED_ISSUER, "software_id": "another"}
    server.application.service.store.put_issuer("900108281", other)
    answer = client.call(
        "GetNumberingRange",
        accountCode="900108281",
        accountCodeT=documents.NIT,
        softwareCode=documents.SOFTWARE,
    )
    assert answer.values["OperationCode"] == "302"


# security


def fault(answer):
    return answer.status, etree.fromstring(answer.body).xpath(
        "string(//*[local-name()='Subcode']/*[local-name()='Value'])"
    )


@pytest.mark.parametrize("options", [{"age": 3600}, {"age": -3600}, {"sign_to": False}], ids=str)
def test_bad_security_is_a_fault(client, options):
    body = envelope(client.url, client.chain, "GetStatus", {"trackId": "x"}, **options)
    assert fault(client.post(body, "GetStatus")) == (500, "a:InvalidSecurity")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Timestamp", b"Timestomp"),
        (b"BinarySecurityToken", b"BinaryToken"),
        (b"#id-to", b"#id-no"),
        (b"rsa-sha256", b"hmac-sha256"),
        (b"<soap:Body>", b'<soap:Body wsu:Id="id-to">'),
    ],
)
def test_spoiled_security_is_a_fault(client, old, new):
    body = envelope(client.url, client.chain, "GetStatus", {"trackId": "x"})
    assert old in body
    assert fault(client.post(body.replace(old, new), "GetStatus")) == (500, "a:InvalidSecurity")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "soon", ""])
@pytest.mark.parametrize("name", ["Created", "Expires"])
def test_impossible_timestamp_is_a_fault(client, name, moment):
    root = etree.fromstring(envelope(client.url, client.chain, "GetStatus", {"trackId": "x"}))
    root.find(f".//{WSU}{name}").text = moment
    answer = client.post(etree.tostring(root), "GetStatus")
    if name == "Expires" and moment.startswith("9999"):
        assert answer.status == 200, "only its start bounds a timestamp that claims a long life"
    else:
        assert fault(answer) == (500, "a:InvalidSecurity")


def test_token_of_an_unknown_authority_is_a_fault(client):
    stranger = Client(client.url, make_chain(nit=documents.NIT, holder="X"))
    assert fault(stranger.call("GetStatus", trackId="x")) == (500, "a:InvalidSecurity")


def test_unknown_operation_and_wrong_addressee(client):
    assert fault(client.call("GetEverything")) == (500, "a:ActionNotSupported")
    body = envelope("http://example.org/x.svc", client.chain, "GetStatus", {"trackId": "x"})
    assert fault(client.post(body, "GetStatus")) == (500, "a:DestinationUnreachable")
    body = envelope(
        client.url,
        client.chain,
        "GetStatus",
        {"trackId": "x"},
        action="http://wcf.dian.colombia/IWcfDianCustomerServices/SendBillSync",
    )
    assert fault(client.post(body, "GetStatus")) == (500, "a:ActionNotSupported")
