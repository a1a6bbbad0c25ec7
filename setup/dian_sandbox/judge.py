"""All rules over one document, in order; each family lives in its own module."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from . import archive
from .document import Document
from .findings import Finding, reject
from .store import Store


@dataclass(frozen=True)
class Judge:
    """What the verdicts depend on: known issuers and authorities, the environment, the XSD."""

    store: Store
    environment: str = "2"
    reference: Path | None = None

    def findings(self, document: Document, now: dt.datetime) -> list[Finding]:
        """Everything wrong with a document; empty when nothing is."""
        if len(document.data) > archive.MAX_XML:
            return [reject("ZA01", "El archivo XML supera 500 KB.")]
        if not document.known:
            return [reject("ZB01", f"El tipo de documento «{document.kind}» no se valida aquí.")]
        return []
