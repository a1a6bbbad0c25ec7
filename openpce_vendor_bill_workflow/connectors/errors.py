"""What can go wrong at a source; the type tells the caller what to do."""

from __future__ import annotations


class SourceError(Exception):
    """The source cannot be used as it is set up: somebody has to mend the settings.

    :ivar code: what happened, one of a closed list that the caller turns into a sentence.
    :ivar facts: what the sentence names; never a password.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts


class SourceLost(SourceError):
    """The connection broke or did not answer: what is left waits for the next run."""


class ParcelError(SourceError):
    """This parcel cannot be taken; it stays where it is, and the others go on."""
