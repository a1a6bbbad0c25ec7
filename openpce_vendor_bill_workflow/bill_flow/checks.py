"""Checks before a bill goes on: totals, confirmations, mandatory fields, mailbox (A23-A35)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum

from .errors import RuleError


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals of a document or of its lines, in the document's currency (A31).

    :param untaxed: None when the document does not say it.
    :param tax: taxes without withholdings; None when not said.
    :param withholding: withheld amount, with the sign it has in the total; None when not said.
    :param total: with taxes, after withholding.
    """

    untaxed: Decimal | None
    tax: Decimal | None
    withholding: Decimal | None
    total: Decimal


@dataclass(frozen=True, slots=True)
class Difference:
    """A total that does not agree.

    :param field: ``untaxed``, ``tax``, ``withholding`` or ``total``.
    :param difference: document less computed.
    """

    field: str
    document: Decimal
    computed: Decimal
    difference: Decimal


def compare_totals(
    document: Totals, computed: Totals, tolerance: Decimal
) -> tuple[Difference, ...]:
    """Totals of the document that the lines do not meet (R110, R111, R122, A31).

    What either side does not say is not compared; ``total`` always is.

    :param tolerance: largest difference that passes: the currency's rounding or a setting.
    :raises RuleError: ``negative_tolerance``.
    """
    if not tolerance >= 0:
        raise RuleError("negative_tolerance", tolerance=str(tolerance))
    found = []
    for name in ("untaxed", "tax", "withholding", "total"):
        said, got = getattr(document, name), getattr(computed, name)
        if said is not None and got is not None and abs(said - got) > tolerance:
            found.append(Difference(name, said, got, said - got))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class LineOwner:
    """Who has to confirm a line (A35)."""

    id: int
    owner: int | None
    confirmed: bool


def unconfirmed(lines: Iterable[LineOwner], header_owner: int | None) -> tuple[int, ...]:
    """Ids of lines that wait for somebody else than the bill's owner (R121, A35).

    A line without an owner, or of the bill's owner, is confirmed when he validates.
    """
    return tuple(
        line.id
        for line in lines
        if line.owner is not None and line.owner != header_owner and not line.confirmed
    )


def progress(lines: Iterable[LineOwner], header_owner: int | None) -> dict[int, tuple[int, int]]:
    """Other owner → (lines confirmed, lines he has), for the bill's owner to see (A27)."""
    found: dict[int, tuple[int, int]] = {}
    for line in lines:
        if line.owner is not None and line.owner != header_owner:
            done, total = found.get(line.owner, (0, 0))
            found[line.owner] = (done + line.confirmed, total + 1)
    return found


def missing_fields(values: Mapping[str, object], required: Sequence[str]) -> tuple[str, ...]:
    """Required fields that came empty, in the order of ``required`` (R82, R86, A23).

    Empty are None, False, blank texts and empty collections; a number, also 0, is a value.
    """
    return tuple(name for name in required if _is_empty(values.get(name)))


def _is_empty(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return False
    return not value


class MailboxGroup(str, Enum):
    """The four views of a mailbox (R97-R100, A26)."""

    CURRENT_WEEK = "current_week"
    LAST_WEEK = "last_week"
    EARLIER = "earlier"
    HELD = "held"


OLD_AFTER_DAYS = 15


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where a bill shows.

    :param old: entered more than 15 days ago; a badge in every view (A26).
    """

    group: MailboxGroup
    old: bool


def mailbox_group(entry: date, today: date, *, week_start: int = 0, held: bool = False) -> Mailbox:
    """View of the mailbox in which a bill shows; every bill is in exactly one (R96-R101, A26).

    :param entry: day on which the workflow record was made, in the user's time zone.
    :param week_start: first day of the user's week, 0 Monday … 6 Sunday.
    :param held: state "in distribution": held whatever the date (R101).
    :raises RuleError: ``bad_week_start``.
    """
    old = (today - entry).days > OLD_AFTER_DAYS
    if held:
        return Mailbox(MailboxGroup.HELD, old)
    this_week, last_week = week_limits(today, week_start)
    if entry >= this_week:
        return Mailbox(MailboxGroup.CURRENT_WEEK, old)
    group = MailboxGroup.LAST_WEEK if entry >= last_week else MailboxGroup.EARLIER
    return Mailbox(group, old)


def week_limits(today: date, week_start: int = 0) -> tuple[date, date]:
    """First day of the current and of the last week, to search by (A26).

    :raises RuleError: ``bad_week_start``.
    """
    if week_start not in range(7):
        raise RuleError("bad_week_start", week_start=week_start)
    this_week = today - timedelta(days=(today.weekday() - week_start) % 7)
    return this_week, this_week - timedelta(days=7)
