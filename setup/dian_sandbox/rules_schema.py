"""UBL's XSD as DIAN publishes them (rule ZB01), when their folder is given; text level ZB03."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lxml import etree

from .document import Document
from .findings import Finding, reject

_LOCK = threading.Lock()  # compiling takes a second or two: once is enough
_SHOWN = 3


def check(document: Document, reference: Path | None) -> Iterator[Finding]:
    """At most a few errors of the schema; nothing without the folder."""
    declared = re.match(rb"\s*<\?xml[^>]*encoding=[\"']([\w-]+)[\"']", document.data[:200])
    if declared and declared[1].upper() != b"UTF-8":
        yield reject("ZB03", "La codificación debe ser UTF-8.")
    if reference is None:
        return
    with _LOCK:  # an XMLSchema keeps its error log inside: one validation at a time
        schema = _schema(reference, document.kind)
        if schema.validate(document.root):
            return
        errors = [f"{e.line}: {e.message}" for e in schema.error_log][:_SHOWN]
    for error in errors:
        yield reject("ZB01", f"Fallo en el esquema XML, línea {error[:300]}")


@cache
def _schema(reference: Path, kind: str) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    path = reference / "xsd" / "maindoc" / f"UBL-{kind}-2.1.xsd"
    return etree.XMLSchema(etree.parse(str(path), parser))


def warm(reference: Path | None) -> None:
    """Compile the schema of invoices before the first one comes."""
    if reference is not None:
        with _LOCK:
            _schema(reference, "Invoice")
