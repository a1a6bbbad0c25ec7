"""All rules over one document, in order; each family lives in its own module."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from . import (
    archive,
    rules_amounts,
    rules_header,
    rules_identity,
    rules_notes,
    rules_schema,
    rules_signature,
)
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
        """Everything wrong with a document; empty when nothing is.

        :param now: the service's clock, aware.
        """
        if len(document.data) > archive.MAX_XML:
            return [reject("ZA01", "El archivo XML supera 500 KB.")]
        if not document.known:
            return [reject("ZB01", f"El tipo de documento «{document.kind}» no se valida aquí.")]
        issuer = self.store.issuer(document.issuer)
        return _once(
            [
                *rules_schema.check(document, self.reference),
                *rules_signature.check(document, self.store, now),
                *rules_header.check(document, self.environment, now),
                *rules_identity.check(document, issuer),
                *rules_amounts.check(document),
                *rules_notes.check(document, self.store),
            ]
        )


def _once(findings: list[Finding]) -> list[Finding]:
    """Each finding once, in order."""
    return list(dict.fromkeys(findings))
