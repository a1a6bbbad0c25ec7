"""Subjects of the mails documents and events travel in (annex 1.9 sections 9.1 and 9.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: One run of what may not be inside a part: the separator, line breaks and other controls.
_FORBIDDEN = re.compile(r"[;\x00-\x1f\x7f\u2028\u2029]+")
_EVENT = "Evento"


@dataclass(frozen=True, slots=True)
class MailSubject:
    """Subject of a document's mail: issuer's NIT and name, number, type (``01``…), trade name."""

    nit: str
    name: str
    number: str
    document_type: str
    trade_name: str
    business_line: str = ""


@dataclass(frozen=True, slots=True)
class EventSubject:
    """Subject of an event's mail: document number, NIT and name of who made the event, its number
    and code (``030``…)."""

    document_number: str
    nit: str
    name: str
    event_number: str
    event_code: str
    business_line: str = ""


def _join(parts: list[str], business_line: str) -> str:
    if business_line:
        parts.append(business_line)
    return ";".join(_FORBIDDEN.sub(" ", part).strip() for part in parts)


def mail_subject(
    nit: str,
    name: str,
    number: str,
    document_type: str,
    trade_name: str,
    business_line: str = "",
) -> str:
    """Subject prescribed for a document; separators inside a part become blanks."""
    return _join([nit, name, number, document_type, trade_name or name], business_line)


def event_subject(
    document_number: str,
    nit: str,
    name: str,
    event_number: str,
    event_code: str,
    business_line: str = "",
) -> str:
    """Subject prescribed for an event."""
    return _join([_EVENT, document_number, nit, name, event_number, event_code], business_line)


def split_mail_subject(text: str) -> list[str]:
    """Parts of a subject; blanks around them are irregular in practice and dropped."""
    return [part.strip() for part in text.split(";")]


def parse_mail_subject(text: str) -> MailSubject | EventSubject:
    """Inverse of :func:`mail_subject` and :func:`event_subject`.

    :raises ValueError: the parts are not as many as the annex prescribes.
    """
    parts = split_mail_subject(text)
    if parts[0].lower() == _EVENT.lower() and len(parts) in (6, 7):
        return EventSubject(*parts[1:])
    if len(parts) in (5, 6):
        return MailSubject(*parts)
    raise ValueError(
        "not a subject of annex 1.9 section 9: five or six parts, or six or seven "
        "that begin with Evento"
    )
