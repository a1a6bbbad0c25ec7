"""Whether a transport document answers to a rule's text (R51, A9).

No regular expressions: a text is compared piece by piece from left to right, so the work grows
with the length of the document and nobody's rule can make it explode.
"""

from __future__ import annotations

from collections.abc import Iterable


def document_matches(pattern: str, document: str, *, exact: bool = False) -> bool:
    """Whether a normalised ``document`` contains the normalised ``pattern`` (A9).

    ``*`` stands for any text, also none. With ``exact`` the pattern is the whole document, so
    that ``MEDU*`` means "begins with MEDU". A pattern without any character matches nothing.
    """
    if not pattern:
        return False
    if "*" not in pattern:
        return document == pattern if exact else pattern in document
    first, *middle, last = pattern.split("*")
    start, end = 0, len(document)
    if exact:
        if len(first) + len(last) > end or not document.startswith(first):
            return False
        if not document.endswith(last):
            return False
        start, end = len(first), end - len(last)
    else:
        middle = [first, *middle, last]
    for piece in middle:
        found = document.find(piece, start, end)
        if found < 0:
            return False
        start = found + len(piece)
    return True


def any_matches(pattern: str, documents: Iterable[str], *, exact: bool = False) -> bool:
    """Whether one of the ``documents`` answers to the ``pattern``, all normalised."""
    return any(document_matches(pattern, document, exact=exact) for document in documents)


def weight(pattern: str) -> int:
    """Length of a normalised pattern without ``*``: of two the longer one wins (A8)."""
    return len(pattern) - pattern.count("*")
