"""Whether two bills are the same one (R86, R90, A22, A28)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum


class Kind(str, Enum):
    """How sure it is that a bill repeats another; certain ones stop in the revision."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    NONE = "none"


class Reason(str, Enum):
    """What two bills have in common."""

    NUMBER = "number"
    TOTAL_AND_DATE = "total_and_date"
    UUID = "uuid"
    FILE = "file"
    PREVIOUSLY_RETURNED = "previously_returned"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a bill is recognised by; what is not known is None or empty.

    :param partner: the commercial partner.
    :param number: the supplier's number as captured.
    :param total: document total in its currency; with sign, so a credit note is no repetition.
    :param date: the document's date.
    :param uuid: electronic id (CUFE, CUDE, UUID).
    :param file_hash: hash of the received file.
    :param returned: it was returned to the supplier: the same number is then awaited (A28).
    """

    partner: int | None = None
    number: str = ""
    total: Decimal | None = None
    date: date | None = None
    uuid: str = ""
    file_hash: str = ""
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of a comparison, with every reason found."""

    kind: Kind
    reasons: tuple[Reason, ...] = ()


def normalise_number(number: str) -> str:
    """A supplier's number as it is compared: letters and digits in upper case, without the zeros
    that fill it up (A22).

    >>> normalise_number("fv-00 123"), normalise_number("FV123"), normalise_number("000")
    ('FV123', 'FV123', '0')
    """
    upper = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", number).upper())
    plain = "".join(char for char in upper if char.isalnum())
    return re.sub(r"(?<!\d)0+(?=\d)", "", plain)


def lookup_keys(bill: Fingerprint) -> tuple[str, ...]:
    """Texts to store and index: bills that share one have something in common (A22).

    Every pair that :func:`compare` does not call ``none`` shares a key, and the other way round.
    """
    keys = []
    number = normalise_number(bill.number)
    if bill.partner is not None and number:
        keys.append(f"n|{bill.partner}|{number}")
    if bill.partner is not None and bill.total is not None and bill.date is not None:
        keys.append(f"t|{bill.partner}|{_plain(bill.total)}|{bill.date.isoformat()}")
    if bill.uuid.strip():
        keys.append(f"u|{bill.uuid.strip().lower()}")
    if bill.file_hash.strip():
        keys.append(f"f|{bill.file_hash.strip().lower()}")
    return tuple(keys)


def compare(bill: Fingerprint, other: Fingerprint) -> Verdict:
    """Whether ``bill`` repeats the earlier ``other`` (A22).

    Same supplier and number, in any year: certain, unless ``other`` was returned to the supplier;
    then the new one is the awaited correction and only flagged (A28). Same supplier, total and
    date, same electronic id or same file: possible.
    """
    names = {
        "n": Reason.NUMBER, "t": Reason.TOTAL_AND_DATE, "u": Reason.UUID, "f": Reason.FILE,
    }  # fmt: skip
    theirs = set(lookup_keys(other))
    reasons = tuple(names[key[0]] for key in lookup_keys(bill) if key in theirs)
    if not reasons:
        return Verdict(Kind.NONE)
    if Reason.NUMBER not in reasons:
        return Verdict(Kind.POSSIBLE, reasons)
    if other.returned:
        return Verdict(Kind.POSSIBLE, (*reasons, Reason.PREVIOUSLY_RETURNED))
    return Verdict(Kind.CERTAIN, reasons)


def _plain(total: Decimal) -> str:
    """An amount written in one way only: 100, 100.0 and 1E+2 are the same."""
    text = f"{total:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
