"""One shape for what is wrong with a document: local rules, DIAN's answers, checks on arrival."""

from __future__ import annotations

import enum
from dataclasses import asdict, dataclass


class Severity(enum.Enum):
    """Weight of a finding, with the letters of annex 1.9 section 5.6."""

    REJECTION = "R"
    NOTIFICATION = "N"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know about a document.

    :param code: DIAN's rule id (``FAD06``), or an own code with a hyphen (``OPCE-ZIP``).
    :param message: one plain English sentence: what is wrong.
    :param path: XPath-like place in the document, with DIAN's usual prefixes.
    :param fix_hint: where and how it is mended, in English; may be empty.
    :param message_es: the message in Spanish; empty when the source gave one language only.
    :param fix_hint_es: the hint in Spanish.
    """

    code: str
    severity: Severity
    message: str
    path: str = ""
    fix_hint: str = ""
    message_es: str = ""
    fix_hint_es: str = ""

    @property
    def is_rejection(self) -> bool:
        """Whether the document cannot pass with this finding."""
        return self.severity is Severity.REJECTION

    @property
    def is_own(self) -> bool:
        """Whether the code is one of ours, which tells an accountant nothing."""
        return "-" in self.code

    def as_dict(self) -> dict[str, str]:
        """JSON shape; keys as the fields, severity as its letter. Empty fields are left out."""
        values = asdict(self)
        values["severity"] = self.severity.value
        return {key: value for key, value in values.items() if value}

    @classmethod
    def from_dict(cls, values: dict[str, str]) -> Finding:
        """Inverse of :meth:`as_dict`."""
        return cls(**{**values, "severity": Severity(values["severity"])})  # type: ignore[arg-type]

    def text(self, language: str = "en") -> str:
        """The message in ``language`` (``es`` in any variant, else English)."""
        return (language[:2] == "es" and self.message_es) or self.message

    def hint(self, language: str = "en") -> str:
        """The hint in ``language``, like :meth:`text`."""
        return (language[:2] == "es" and self.fix_hint_es) or self.fix_hint


def has_rejection(findings: list[Finding] | tuple[Finding, ...]) -> bool:
    """Whether any of ``findings`` blocks the document."""
    return any(finding.is_rejection for finding in findings)
