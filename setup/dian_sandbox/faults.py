"""Faults on request: what to do wrong, to which calls, how often."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from .request import OPERATIONS, SENDING

# Before: nothing is judged or stored, unless the fault says "stored": true.
REFUSALS = {"http_500": 500, "http_503": 503, "http_403": 403, "http_507": 507, "http_508": 508}
BEFORE = {"refuse", "drop_before", "soap_fault", *REFUSALS}
# After: the call is carried out and its answer spoiled.
AFTER = {
    "drop_after",
    "malformed_xml",
    "truncated_xml",
    "truncated_body",
    "wrong_correlation",
    "rule_90",
    "processing",
}
KINDS = {"latency", *BEFORE, *AFTER}
# Kinds that make no sense elsewhere: other calls pass them by without counting them down.
_ONLY = {"processing": SENDING, "rule_90": {"SendBillSync"}}


@dataclass
class Fault:
    """One order to misbehave.

    :param operation: only calls of this operation; empty for all.
    :param probability: 0 to 1, drawn per call.
    :param times: how many calls it still hits; None for ever.
    :param match: only calls about this document number, key or track id.
    :param seconds: how long: latency, or the validation time of ``processing``.
    :param stored: None for what the kind does by itself; True or False to force that the call
        is carried out (or not) although the answer fails.
    """

    kind: str
    operation: str = ""
    probability: float = 1.0
    times: int | None = None
    match: str = ""
    seconds: float = 5.0
    stored: bool | None = None

    def __post_init__(self) -> None:
        """Refuse what would silently do nothing."""
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; known: {', '.join(sorted(KINDS))}")
        self.probability = float(self.probability)
        self.seconds = float(self.seconds)
        self.times = None if self.times is None else int(self.times)
        if not 0 <= self.probability <= 1:
            raise ValueError("probability goes from 0 to 1")
        if not 0 <= self.seconds <= 3600:
            raise ValueError("seconds go from 0 to 3600")
        if self.operation not in ("", *OPERATIONS):
            raise ValueError(f"unknown operation; known: {', '.join(OPERATIONS)}")
        if self.kind == "refuse" and (self.operation or self.match):
            raise ValueError("refuse acts before anything is read: no operation, no match")

    @property
    def carries_out(self) -> bool:
        """True when the call is judged and stored in spite of the fault."""
        return (self.kind in AFTER) if self.stored is None else self.stored


def from_json(data: object) -> Fault:
    """A fault from a JSON object.

    :raises ValueError: not an object, an unknown key or value.
    """
    allowed = {field.name for field in fields(Fault)}
    if not isinstance(data, dict) or not set(data) <= allowed or "kind" not in data:
        raise ValueError(f"a fault is an object with kind and some of {', '.join(sorted(allowed))}")
    try:
        return Fault(**data)
    except TypeError as error:
        raise ValueError(str(error)) from error


def from_text(text: str) -> Fault:
    """A fault from the command line: ``drop_after:operation=SendBillSync,times=2``.

    :raises ValueError: see :func:`from_json`.
    """
    kind, _, rest = text.partition(":")
    data: dict[str, object] = {"kind": kind}
    for pair in filter(None, rest.split(",")):
        key, equals, value = pair.partition("=")
        if not equals:
            raise ValueError(f"write key=value, not {pair!r}")
        data[key] = value.lower() == "true" if key == "stored" else value
    return from_json(data)


class FaultBook:
    """The faults in force. They live in memory: a restarted service behaves."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        """Start with those of the command line."""
        self._lock = threading.Lock()
        self._faults = list(faults)

    def replace(self, faults: Iterable[Fault]) -> None:
        """Forget the old ones."""
        with self._lock:
            self._faults = list(faults)

    def add(self, fault: Fault) -> None:
        """One more."""
        with self._lock:
            self._faults.append(fault)

    def as_json(self) -> list[dict[str, object]]:
        """Those that may still hit."""
        with self._lock:
            return [asdict(fault) for fault in self._faults if fault.times != 0]

    def draw(self, operation: str, subjects: Iterable[str]) -> list[Fault]:
        """The faults that hit this call; counts them down."""
        known = set(subjects)
        with self._lock:
            return [
                fault
                for fault in self._faults
                if fault.kind != "refuse"
                and fault.operation in ("", operation)
                and operation in _ONLY.get(fault.kind, {operation})
                and (not fault.match or fault.match in known)
                and self._hits(fault)
            ]

    def refuses(self) -> bool:
        """True when a connection just opened is to be closed at once."""
        with self._lock:
            return any(f.kind == "refuse" and self._hits(f) for f in self._faults)

    @staticmethod
    def _hits(fault: Fault) -> bool:
        if fault.times == 0 or random.random() >= fault.probability:
            return False
        if fault.times is not None:
            fault.times -= 1
        return True
