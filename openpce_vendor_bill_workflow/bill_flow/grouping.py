"""Joining lines of a bill (R115-R117, A33)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .errors import AllocationError

Key = tuple[object, ...]

_COMPARED = (
    "withholdings", "taxes", "concept", "account", "analytic", "currency", "owner", "order",
    "document",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What grouping needs to know of a line.

    :param amount: untaxed.
    :param taxes: ids of the taxes without withholdings; mandatory (R117).
    :param withholdings: ids of the withholding taxes (IRPF, RteFte, ReteIVA, ReteICA; R116).
    :param analytic: (account key, percentage) pairs in any order.
    :param owner: who has to confirm the line; joining two owners' lines would lose one (R121).
    :param order: what the line bills of an order; joined lines would bill one of two orders.
    :param document: normalised transport document.
    :param forecasts: ids of the forecast links, which move to the joined line.
    """

    id: int
    amount: Decimal
    taxes: frozenset[int] = frozenset()
    withholdings: frozenset[int] = frozenset()
    concept: int | None = None
    account: int | None = None
    analytic: frozenset[tuple[str, Decimal]] = frozenset()
    currency: int | None = None
    owner: int | None = None
    order: tuple[tuple[str, int], ...] = ()
    document: str = ""
    forecasts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Grouped:
    """The line that several lines become.

    :param lines: ids of the lines joined, in their order; the addon keeps them to undo it.
    :param documents: their transport documents, each once.
    """

    lines: tuple[int, ...]
    amount: Decimal
    documents: tuple[str, ...]
    forecasts: tuple[int, ...]


def group_key(line: LineFacts, *, mix_documents: bool = False) -> Key:
    """What lines have to share to be joined (A33).

    :param mix_documents: the user says that different transport documents may be joined.
    """
    return tuple(getattr(line, name) for name in _compared(mix_documents))


def _compared(mix_documents: bool) -> tuple[str, ...]:
    return _COMPARED[:-1] if mix_documents else _COMPARED


def group(lines: Iterable[LineFacts], *, mix_documents: bool = False) -> Grouped:
    """Join the chosen lines into one.

    :raises AllocationError: ``too_few`` below two lines, ``tax_missing`` (R117), or
        ``withholdings_differ`` (R116), ``taxes_differ``, ``concept_differ``, ``account_differ``,
        ``analytic_differ``, ``currency_differ``, ``owner_differ``, ``order_differ``,
        ``document_differ`` with the ids of the lines at fault in the fact ``lines``.
    """
    chosen = tuple(lines)
    if len(chosen) < 2:
        raise AllocationError("too_few", count=len(chosen))
    untaxed = tuple(line.id for line in chosen if not line.taxes)
    if untaxed:
        raise AllocationError("tax_missing", lines=untaxed)
    for name in _compared(mix_documents):
        wanted = getattr(chosen[0], name)
        others = tuple(line.id for line in chosen if getattr(line, name) != wanted)
        if others:
            raise AllocationError(f"{name}_differ", lines=others)
    return _joined(chosen)


def groups(lines: Iterable[LineFacts], *, mix_documents: bool = False) -> tuple[Grouped, ...]:
    """Every group of two or more lines that can be joined, in the order of their first lines."""
    found: dict[Key, list[LineFacts]] = {}
    for line in lines:
        if line.taxes:
            found.setdefault(group_key(line, mix_documents=mix_documents), []).append(line)
    return tuple(_joined(tuple(chosen)) for chosen in found.values() if len(chosen) > 1)


def _joined(lines: tuple[LineFacts, ...]) -> Grouped:
    return Grouped(
        lines=tuple(line.id for line in lines),
        amount=sum((line.amount for line in lines), Decimal(0)),
        documents=tuple(dict.fromkeys(line.document for line in lines if line.document)),
        forecasts=tuple(link for line in lines for link in line.forecasts),
    )
