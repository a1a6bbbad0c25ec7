"""Each fault as a caller sees it, and what the stand-in remembers of the call."""

from __future__ import annotations

import http.client
import threading
import time
import urllib.error

import pytest

from dian_sandbox import faults

from .helpers.documents import TEST_SET

LOST = (http.client.HTTPException, ConnectionError, urllib.error.URLError)


def order(client, kind, **values):
    client.admin("PUT", "/admin/faults", {"kind": kind, "times": 1, **values})


def stored(client):
    return client.admin("GET", "/admin/documents")


def test_latency_delays_and_then_answers(client, signed):
    order(client, "latency", seconds=0.6)
    start = time.monotonic()
    assert client.send(signed()).values["IsValid"] == "true"
    assert time.monotonic() - start >= 0.6


@pytest.mark.parametrize("kind", ["refuse", "drop_before"])
def test_dropped_before_stores_nothing(client, signed, kind):
    order(client, kind)
    with pytest.raises(LOST):
        client.send(signed())
    assert stored(client) == [], "nothing may be accepted"
    assert client.send(signed()).values["IsValid"] == "true", "the fault struck once"


def test_admin_stays_reachable_while_connections_are_refused(client, signed):
    client.admin("PUT", "/admin/faults", {"kind": "refuse"})
    with pytest.raises(LOST):
        client.send(signed())
    assert client.admin("DELETE", "/admin/faults") == []
    assert client.send(signed()).values["IsValid"] == "true"


def test_connection_kept_open_is_refused_too(client):
    host = client.url.split("/")[2]
    path = "/WcfDianCustomerServices.svc"
    kept = http.client.HTTPConnection(host, timeout=5)
    kept.request("POST", path, b"<a/>")
    assert kept.getresponse().read()
    order(client, "refuse")
    with pytest.raises(LOST):
        kept.request("POST", path, b"<a/>") or kept.getresponse()


def test_dropped_after_has_stored(client, signed):
    order(client, "drop_after")
    with pytest.raises(LOST):
        client.send(signed())
    assert [document["accepted"] for document in stored(client)] == [True]
    assert client.send(signed()).codes == {"90"}, "resending on a guess is a duplicate"
    key = stored(client)[-1]["document_key"]
    assert client.call("GetStatus", trackId=key).values["IsValid"] == "true"


@pytest.mark.parametrize("status", [500, 503, 403, 507, 508])
def test_http_status(client, signed, status):
    order(client, f"http_{status}")
    answer = client.send(signed())
    assert answer.status == status
    assert stored(client) == []


def test_http_error_after_storing(client, signed):
    order(client, "http_500", stored=True)
    assert client.send(signed()).status == 500
    assert len(stored(client)) == 1


def test_soap_fault(client, signed):
    order(client, "soap_fault")
    answer = client.send(signed())
    assert (answer.status, "Fault" in answer.values, stored(client)) == (500, True, [])


@pytest.mark.parametrize("kind", ["malformed_xml", "truncated_xml"])
def test_unreadable_answer_of_a_stored_document(client, signed, kind):
    order(client, kind)
    answer = client.send(signed())
    assert (answer.status, answer.values) == (200, {}), "no XML parser may read this"
    assert len(stored(client)) == 1


def test_body_cut_in_the_middle(client, signed):
    order(client, "truncated_body")
    with pytest.raises(http.client.IncompleteRead):
        client.send(signed())
    assert len(stored(client)) == 1


def test_wrong_correlation_speaks_of_another_document(client, signed):
    order(client, "wrong_correlation")
    answer = client.send(signed())
    mine = stored(client)[0]["document_key"]
    assert answer.values["IsValid"] == "true"
    assert answer.values["XmlDocumentKey"] != mine
    assert "RelatesTo" in answer.values


def test_in_process_for_a_while(client, signed):
    order(client, "processing", seconds=0.5)
    answer = client.send(signed())
    assert (answer.values["StatusCode"], answer.values["IsValid"]) == ("", "false")
    key = answer.values["XmlDocumentKey"]
    waiting = client.call("GetStatus", trackId=key)
    assert waiting.values["StatusDescription"] == "Batch en proceso de validación."
    time.sleep(0.6)
    assert client.call("GetStatus", trackId=key).values["IsValid"] == "true"


def test_batch_in_process_for_longer(client, signed):
    order(client, "processing", seconds=0.9, operation="SendTestSetAsync")
    key = client.send(signed(), "SendTestSetAsync", testSetId=TEST_SET).values["ZipKey"]
    time.sleep(0.5)
    assert client.call("GetStatusZip", trackId=key).values["StatusCode"] == ""
    time.sleep(0.5)
    assert client.call("GetStatusZip", trackId=key).values["StatusCode"] == "00"


def test_rule_90_although_it_was_accepted(client, signed):
    order(client, "rule_90")
    answer = client.send(signed())
    assert answer.lines == ["Regla: 90, Rechazo: Documento procesado anteriormente."]
    assert stored(client)[0]["accepted"]


def test_rule_90_waits_for_a_sending_call(client, signed):
    order(client, "rule_90")
    assert client.call("GetStatus", trackId="x").values["StatusCode"] == "90"
    assert client.send(signed()).codes == {"90"}, "asking must not use the fault up"


def test_rule_90_of_a_document_nobody_has(client, signed):
    order(client, "rule_90", stored=False)
    assert client.send(signed()).codes == {"90"}
    assert stored(client) == []


def test_fault_strikes_only_what_it_is_aimed_at(client, signed):
    order(client, "http_500", match="SETP990000002", operation="SendBillSync")
    assert client.send(signed()).status == 200
    assert client.call("GetStatus", trackId="SETP990000002").status == 200
    assert client.send(signed(number="SETP990000002")).status == 500
    assert client.send(signed(number="SETP990000002")).status == 200, "times counts down"


def test_probability(client):
    book = faults.FaultBook([faults.Fault("http_500", probability=0.3)])
    hits = sum(bool(book.draw("GetStatus", [])) for _ in range(2000))
    assert 450 < hits < 750, "three in ten"


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "explode"},
        {"kind": "http_500", "probability": 2},
        {"kind": "latency", "seconds": -1},
        {"kind": "latency", "seconds": "soon"},
        {"kind": "refuse", "operation": "SendBillSync"},
        {"kind": "http_500", "colour": "red"},
        {"kind": "http_500", "operation": "SendBill"},
        {},
        "http_500",
    ],
)
def test_senseless_faults_are_refused(client, data):
    with pytest.raises(urllib.error.HTTPError) as caught:
        client.admin("PUT", "/admin/faults", data)
    assert caught.value.code == 400
    assert client.admin("GET", "/admin/faults") == []


def test_fault_from_the_command_line():
    fault = faults.from_text("drop_after:operation=SendBillSync,times=2,probability=0.5")
    assert (fault.operation, fault.times, fault.probability) == ("SendBillSync", 2, 0.5)
    with pytest.raises(ValueError, match="key=value"):
        faults.from_text("latency:5")


def test_slow_call_does_not_hold_the_others(client, signed):
    order(client, "latency", seconds=1.5, operation="SendBillSync")
    slow = threading.Thread(target=client.send, args=(signed(),))
    slow.start()
    time.sleep(0.2)
    start = time.monotonic()
    client.call("GetStatus", trackId="x")
    assert time.monotonic() - start < 1
    slow.join()
