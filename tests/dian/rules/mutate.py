"""Breaking the base invoice on purpose: one operation per row of mutations.csv."""

from __future__ import annotations

import copy
import csv
import datetime as dt
from pathlib import Path

from lxml import etree

from dian.rules import AuthorizedRange, RuleContext
from dian.ubl.namespaces import NS, tag

HERE = Path(__file__).resolve().parent
FIXTURE = HERE.parent / "fixtures" / "invoice_full.xml"

TECHNICAL_KEY = "fc8eac422eba16e22ffd8c6f94b3f40a6e38162c"  # DIAN's public test key
NIT = "900508908"
CONTEXT = RuleContext(
    environment="2",
    software_id="11111111-2222-4333-8444-555555555555",
    software_pin="20191",
    technical_key=TECHNICAL_KEY,
    range=AuthorizedRange(
        "18760000001", "SETP", 990000000, 995000000, dt.date(2019, 1, 19), dt.date(2030, 1, 19)
    ),
    provider_nit=NIT,
    issuer_nit=NIT,
    issuer_name="Compañía Ñandú de Bogotá S.A.S.",
    reception_email="recepcion@nandu.example.com",
    signing_time=dt.datetime(2025, 3, 5, 19, 31, tzinfo=dt.timezone.utc),
)


def base_invoice() -> etree._Element:
    """A fresh copy of the rich invoice that breaks no rule."""
    return etree.parse(FIXTURE, etree.XMLParser(remove_blank_text=True)).getroot()


def find(root: etree._Element, path: str) -> list[etree._Element]:
    """Elements at an XPath relative to the invoice; there must be some."""
    found = root.xpath(path, namespaces=NS)
    assert found, f"the base invoice has nothing at {path}"
    return found


def apply(root: etree._Element, operation: str, path: str, value: str) -> None:
    """Change ``root``: drop, empty, text, attr (``name=value`` or ``name``), copy, add, rename."""
    for element in find(root, path):
        parent = element.getparent()
        if operation == "drop":
            parent.remove(element)
        elif operation == "empty":
            element.text = None
            for child in list(element):
                element.remove(child)
        elif operation == "text":
            element.text = value
        elif operation == "attr":
            name, given, content = value.partition("=")
            if given:
                element.set(name, content)
            else:
                element.attrib.pop(name, None)
        elif operation == "copy":
            element.addnext(copy.deepcopy(element))
        elif operation == "add":  # value: an element's prefixed name, perhaps with =text
            name, _given, content = value.partition("=")
            etree.SubElement(element, tag(name)).text = content or None
        elif operation == "rename":
            element.tag = tag(value)
        else:
            raise AssertionError(f"no operation called {operation}")


def mutations() -> dict[str, list[tuple[str, str, str]]]:
    """Rule id → operations that make it fail, in order."""
    table: dict[str, list[tuple[str, str, str]]] = {}
    with (HERE / "mutations.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            table.setdefault(row["rule"], []).append((row["operation"], row["path"], row["value"]))
    return table
