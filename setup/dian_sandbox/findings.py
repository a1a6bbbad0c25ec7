"""What the judge finds, in the shape the live service prints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One failed rule: DIAN's id, whether it rejects, our own Spanish text."""

    code: str
    rejects: bool
    text: str

    def line(self) -> str:
        """``Regla: FAD06, Rechazo: …``, as the service lists it."""
        kind = "Rechazo" if self.rejects else "Notificación"
        return f"Regla: {self.code}, {kind}: {self.text}"

    @classmethod
    def from_line(cls, line: str) -> Finding:
        """Read back what :meth:`line` wrote."""
        found = re.match(r"Regla: (\S+), (Rechazo|Notificación): (.*)", line, re.DOTALL)
        if not found:
            return cls("", True, line)
        return cls(found[1], found[2] == "Rechazo", found[3])


def reject(code: str, text: str) -> Finding:
    """A finding that rejects the document."""
    return Finding(code, True, text)


def notify(code: str, text: str) -> Finding:
    """A finding that is only told."""
    return Finding(code, False, text)


def rejected(findings: Sequence[Finding]) -> bool:
    """True when any finding rejects (annex §5.6)."""
    return any(finding.rejects for finding in findings)


DUPLICATE = reject("90", "Documento procesado anteriormente.")
