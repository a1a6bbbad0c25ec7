"""What survives: restarts, kill -9, two callers at once, hostile input."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest

from .helpers import documents
from .helpers.client import Client, encode, pack

SETUP = Path(__file__).resolve().parents[2] / "setup"
SERVICE = "/WcfDianCustomerServices.svc"


def start(folder: Path, chain, *options: str) -> tuple[subprocess.Popen, Client]:
    """Run the service as people do: by its command line, with a seed file."""
    seed = {"issuers": {documents.NIT: documents.SEED_ISSUER}, "trust": [chain.ca_pem().decode()]}
    (folder / "seed.json").write_text(json.dumps(seed))
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "dian_sandbox",
            "--port",
            "0",
            "--state",
            str(folder / "s.sqlite"),
            "--seed",
            str(folder / "seed.json"),
            "--reference",
            "",
            *options,
        ],
        env={**os.environ, "PYTHONPATH": str(SETUP)},
        stdout=subprocess.PIPE,
        text=True,
    )
    url = process.stdout.readline().split()[-1]
    return process, Client(url, chain)


def test_nothing_answered_is_forgotten_after_kill_9(tmp_path, chain, signed):
    process, client = start(tmp_path, chain)
    answer = client.send(signed())
    client.send(signed(number="SETP1"))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process, client = start(tmp_path, chain)
    try:
        again = client.call("GetStatus", trackId=answer.values["XmlDocumentKey"])
        assert again.values["XmlBase64Bytes"] == answer.values["XmlBase64Bytes"]
        assert client.send(signed()).codes == {"90"}
        assert len(client.admin("GET", "/admin/documents")) == 3
    finally:
        process.terminate()
        assert process.wait(10) == 0, "asked to stop, it stops cleanly"


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--fault", "explode"], "unknown fault"),
        (["--seed", "/nowhere.json"], "/nowhere.json"),
        (["--trust", "/dev/null"], "no PEM certificate"),
        (["--reference", "/nowhere"], "no folder"),
        (["--state", "/nowhere/state.sqlite"], "unable to open"),
    ],
)
def test_bad_option_is_one_clear_sentence(tmp_path, options, word):
    command = [sys.executable, "-m", "dian_sandbox", "--port", "0", "--reference", ""]
    done = subprocess.run(
        [*command, "--state", str(tmp_path / "s.sqlite"), *options],
        env={**os.environ, "PYTHONPATH": str(SETUP)},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 1
    assert word in done.stderr
    assert len(done.stderr.splitlines()) == 1, "no trace, one sentence"


def test_xmlsec_that_does_not_fit_is_said(tmp_path):
    (tmp_path / "xmlsec.py").write_text("raise RuntimeError('libxml2 library version mismatch')")
    done = subprocess.run(
        [sys.executable, "-m", "dian_sandbox", "--help"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{SETUP}"},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 1
    assert "libxml2 library version mismatch" in done.stderr
    assert "Traceback" not in done.stderr


def test_fault_of_the_command_line_strikes(tmp_path, chain, signed):
    process, client = start(tmp_path, chain, "--fault", "http_503:operation=SendBillSync,times=1")
    try:
        assert [client.send(signed()).status for _ in range(2)] == [503, 200]
    finally:
        process.terminate()
        process.wait(10)


def test_own_key_is_kept_and_readable_by_the_owner_only(tmp_path, chain):
    process, client = start(tmp_path, chain)
    process.terminate()
    process.wait(10)
    key = tmp_path / "s.sqlite.identity.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    process, client = start(tmp_path, chain)
    process.terminate()
    process.wait(10)
    assert key.read_bytes() == before


def test_root_alone_is_enough_when_the_document_brings_the_chain(tmp_path, chain, signed):
    process, client = start(tmp_path, chain)
    try:
        client.admin("POST", "/admin/reset?everything=1", {})
        client.admin("PUT", f"/admin/issuers/{documents.NIT}", documents.SEED_ISSUER)
        assert client.admin("PUT", "/admin/trust", chain.root_pem()) == {"added": 1}
        assert client.call("GetStatus", trackId="x").status == 500, "the token brings no chain"
        assert client.send(signed()).values["IsValid"] == "true"
        assert client.call("GetStatus", trackId="x").status == 200, "the subordinate is known now"
    finally:
        process.terminate()
        process.wait(10)


def test_two_callers_with_one_number_one_accepted(client, signed):
    copies = [signed() for _ in range(6)]
    answers = []
    gate = threading.Barrier(len(copies))

    def send(data):
        gate.wait()
        answers.append(client.send(data))

    threads = [threading.Thread(target=send, args=(data,)) for data in copies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdicts = sorted(answer.values["IsValid"] for answer in answers)
    assert verdicts == ["false"] * 5 + ["true"], "exactly one is accepted"
    assert all(a.codes == {"90"} for a in answers if a.values["IsValid"] == "false")


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("fv.xml", b"\0" * (300 * 1024 * 1024))
    return target.getvalue()


BILLION = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b
"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><x>&c;</x>"""
FILE = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'
HOSTILE = {
    "no zip": b"hello",
    "empty zip": pack(),
    "cut zip": pack(b"<a/>")[:-9],
    "two documents": pack(b"<a/>", b"<b/>"),
    "no xml": pack(b"\xff\xfe\x00"),
    "empty xml": pack(b""),
    "entities": pack(BILLION),
    "external entity": pack(FILE),
    "utf-16 entities": pack(FILE.decode().encode("utf-16")),
    "deep": pack(b"<a>" * 9000 + b"</a>" * 9000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_zip_is_answered(client, name):
    answer = client.call("SendBillSync", fileName="z.zip", contentFile=encode(HOSTILE[name]))
    assert (answer.status, answer.values["IsValid"]) == (200, "false"), name
    assert answer.values["StatusMessage"], "it says what is wrong"
    assert "root:" not in answer.body.decode(), "no file of the machine is read"
    later = client.call("SendBillAsync", fileName="z.zip", contentFile=encode(pack()))
    assert (later.values["Success"], later.values["ZipKey"]) == ("false", "")


def test_zip_bomb_is_answered(client):
    answer = client.call("SendBillSync", fileName="z.zip", contentFile=encode(bomb()))
    assert "demasiado grande" in answer.values["StatusMessage"]


@pytest.mark.parametrize("content", ["", "%%%", "a"])
def test_content_that_is_no_base64(client, content):
    answer = client.call("SendBillSync", fileName="z.zip", contentFile=content)
    assert answer.values["IsValid"] == "false"


def test_fifty_documents_are_the_most(client):
    many = encode(pack(*[b"<a/>"] * 51))
    answer = client.call("SendBillAsync", fileName="z.zip", contentFile=many)
    assert answer.values["Success"] == "false"


@pytest.mark.parametrize(
    "root",
    [
        b"<a/>",
        b"<Invoice/>",
        b'<AttachedDocument xmlns="x"/>',
        b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>',
    ],
)
def test_documents_of_other_kinds_are_rejected(client, root):
    answer = client.send(root)
    assert (answer.status, answer.values["IsValid"]) == (200, "false")
    assert answer.codes & {"ZB01", "ZE01"}


@pytest.mark.parametrize("number", ["²²²", "٣", "9" * 4000, "'; DROP TABLE documents; --"])
def test_strange_texts_do_not_crash(client, signed, number):
    def change(root):
        for path in ("cbc:ID", "//cbc:CompanyID", "//sts:ProviderID", "cbc:IssueDate"):
            documents.set_text(root, path, number)

    answer = client.send(signed(change=change))
    assert (answer.status, answer.values["IsValid"]) == (200, "false")


@pytest.mark.parametrize(
    "body", [b"", b"<", BILLION, b"<a/>", b"\0" * 1000, FILE, b"<a>" * 5000], ids=range(7)
)
def test_hostile_envelope_is_a_fault(client, body):
    answer = client.post(body, "SendBillSync")
    assert (answer.status, "Fault" in answer.values) == (400, True)


def test_silent_and_broken_connections_do_not_stop_the_service(client):
    host, port = client.url.split("/")[2].split(":")
    for start_of_request in (
        b"",
        b"POST ",
        f"POST {SERVICE} HTTP/1.1\r\nContent-Length: 99\r\n\r\n<a".encode(),
    ):
        with socket.create_connection((host, int(port))) as raw:
            raw.sendall(start_of_request)
    assert client.call("GetStatus", trackId="x").status == 200


def odd_range(**values):
    return {**documents.SEED_ISSUER["ranges"][0], **values}


def test_admin_refuses_nonsense(client):
    for path, data in (
        ("/admin/issuers/abc", documents.SEED_ISSUER),
        ("/admin/issuers/900508908", {"name": "x"}),
        ("/admin/issuers/900508908", []),
        ("/admin/issuers/900508908", {**documents.SEED_ISSUER, "ranges": [{}]}),
        ("/admin/issuers/900508908", {**documents.SEED_ISSUER, "ranges": "x"}),
        ("/admin/issuers/900508908", {**documents.SEED_ISSUER, "ranges": [odd_range(first=None)]}),
        ("/admin/issuers/900508908", {**documents.SEED_ISSUER, "ranges": [odd_range(end="2030")]}),
        ("/admin/trust", b"no pem"),
    ):
        with pytest.raises(urllib.error.HTTPError) as caught:
            client.admin("PUT", path, data)
        assert caught.value.code == 400, path


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "stranger.example:8070"},
        {"Host": "10.0.0.7"},
        {"Sec-Fetch-Site": "cross-site", "Content-Type": "text/plain"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_web_page_cannot_administer_by_its_visitors_browser(client, signed, headers):
    client.send(signed())
    base = client.url.rsplit("/", 1)[0]
    request = urllib.request.Request(f"{base}/admin/reset", b"", headers, method="POST")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=10)
    assert caught.value.code == 403
    assert len(client.admin("GET", "/admin/documents")) == 1, "nothing was forgotten"


def test_page_lists_and_escapes(client, signed):
    client.send(signed())
    client.send(signed(number="<script>alert(1)</script>"))
    page = client.page()
    assert "SETP990000001" in page
    assert "<script>alert" not in page, "what a document says is text, never markup"
    rows = client.admin("GET", "/admin/documents")
    assert client.page(rows[0]["xml"]).startswith("<?xml")
    assert "ApplicationResponse" in client.page(rows[0]["answer"])
    assert client.page("/health") == "ok\n"
