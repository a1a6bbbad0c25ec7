"""What hostile files cost ``inspect``: measured in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree
from ubl_samples import PIN, TECHNICAL_KEY, billing, container, flat, response, to_bytes

from dian import inspection
from dian.archive import pack

PACKAGE = Path(inspection.__file__).resolve().parents[1]
SECRETS = ["--technical-key", TECHNICAL_KEY, "--pin", PIN]
MEMORY_LIMIT_MB = 100

_MEASURE = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "dian", "inspect", "--json", *sys.argv[1:]],
                      capture_output=True, timeout=60)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(done.returncode, usage.ru_maxrss // 1024, usage.ru_utime + usage.ru_stime)
sys.stderr.buffer.write(done.stderr)
"""


def _measure(file):
    """Exit status, megabytes and processor seconds of the command in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(file), *SECRETS],
        capture_output=True,
        text=True,
        cwd=PACKAGE,
        timeout=90,
        check=True,
    )
    status, megabytes, seconds = done.stdout.split()
    assert done.stderr == "", "no traceback, no warning"
    return int(status), int(megabytes), float(seconds)


def _long_invoice(lines):
    root = billing()
    line = root[-1]
    for _ in range(lines - 1):
        root.append(etree.fromstring(etree.tostring(line)))
    return to_bytes(root)


def _overlapping():
    single = pack({"a.xml": bytes(5_000_000)})
    start, end = single.index(b"PK\x01\x02"), single.index(b"PK\x05\x06")
    tail = bytearray(single[end:])
    tail[8:12] = (100).to_bytes(2, "little") * 2
    tail[12:16] = ((end - start) * 100).to_bytes(4, "little")
    return single[:start] + single[start:end] * 100 + bytes(tail)


def _many_answers(number):
    bad = flat("Invoice", b"<cac:InvoiceLine/>" * 100)
    root = etree.fromstring(container(bad, to_bytes(response("02"))))
    answer = root[-1]
    answer.find(".//{*}Description").text = bad.decode()
    for _ in range(number - 1):
        if len(root) * len(bad) < 2_000_000:
            root.append(etree.fromstring(etree.tostring(answer)))
    return to_bytes(root)


COSTLY = {
    "invoice of 1500 lines": lambda: _long_invoice(1500),
    "container of a long invoice": lambda: container(_long_invoice(500)),
    "zip in zip with noise": lambda: pack(
        {
            "b.zip": pack({"a.xml": container(_long_invoice(450)), "n": os.urandom(3_000_000)}),
            "noise": os.urandom(3_000_000),
        }
    ),
    "bomb": lambda: pack({"a.xml": bytes(120_000_000)}),
    "bombs": lambda: pack({f"{i}.xml": bytes(250_000) for i in range(190)}),
    "bomb in bomb": lambda: pack({"b.zip": pack({"a.xml": bytes(120_000_000)})}),
    "overlapping": _overlapping,
    "empty elements": lambda: flat("Invoice", b"<b/>" * 90_000),
    "empty lines": lambda: flat("Invoice", b"<cac:InvoiceLine/>" * 60_000),
    "empty charges": lambda: flat("Invoice", b"<cac:AllowanceCharge/>" * 90_000),
    "many nodes": lambda: flat("Invoice", b"<b/>" * 700_000),
    "one long text": lambda: flat("Invoice", b"<cbc:Note>" + b"x" * 2_900_000 + b"</cbc:Note>"),
    "many bad lines": lambda: flat("Invoice", b"<cac:InvoiceLine/>" * 1100),
    "many bad invoices": lambda: pack(
        {f"{i}.xml": flat("Invoice", b"<cac:InvoiceLine/>" * 400) for i in range(25)}
    ),
    "container of many answers": lambda: _many_answers(400),
    "deep": lambda: b"<a>" * 90_000 + b"</a>" * 90_000,
    "entities": lambda: b"<!DOCTYPE a [" + b'<!ENTITY a "aa">' * 1000 + b"]><a>&a;</a>",
    "flood of rules": lambda: flat(
        "ApplicationResponse",
        b"<cac:DocumentResponse>"
        + (
            b"<cac:LineResponse><cac:Response><cbc:ResponseCode>FAD06</cbc:ResponseCode>"
            b"</cac:Response></cac:LineResponse>"
        )
        * 16_000
        + b"</cac:DocumentResponse>",
    ),
    "signatures": lambda: flat("Invoice", b"<ds:Signature/>" * 90_000),
    "30 MB of zeros": lambda: bytes(30_000_000),
    "50 MB zip": lambda: b"PK\x03\x04" + bytes(30_000_000),
}


@pytest.mark.parametrize("name", COSTLY)
def test_hostile_files_cost_little(tmp_path, name):
    file = tmp_path / "x"
    file.write_bytes(COSTLY[name]())
    status, megabytes, seconds = _measure(file)
    assert status in {1, 2}
    assert megabytes <= MEMORY_LIMIT_MB, f"{name}: {megabytes} MB"
    assert seconds < 30, f"{name}: {seconds} s"
