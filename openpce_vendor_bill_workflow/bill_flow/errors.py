"""Exceptions of the workflow engine: a machine code and facts, never a text for users.

==================== =========================================================================
``TransitionError``   the event is not allowed in this state
``RuleError``         a rule, setting or argument cannot be used; an administrator mends it
``ApprovalError``     the decision is not this person's to take, or not now
``AllocationError``   amounts or lines cannot be shared out, absorbed or grouped as asked
==================== =========================================================================
"""

from __future__ import annotations


class BillFlowError(ValueError):
    """Base of every error this package raises on purpose.

    :param code: stable machine code in snake case; the caller turns it into a sentence.
    :param facts: plain values (ids, amounts, codes) that the sentence needs.
    """

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code, facts)

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code} ({told})" if told else self.code


class TransitionError(BillFlowError):
    """An event that this state does not know (R131)."""


class RuleError(BillFlowError):
    """A rule, a setting or an argument that cannot be used."""


class ApprovalError(BillFlowError):
    """A decision or replacement that the approval plan does not admit (R65, R66, A17)."""


class AllocationError(BillFlowError):
    """A split, spread, absorption or grouping that is refused (A12, A32, A33)."""
