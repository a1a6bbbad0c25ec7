"""Colombian tax number (NIT) and its check digit.

The check digit (DV) weighs the digits from the right with 3, 7, 13, 17, 19, 23, 29, 37, 41, 43,
47, 53, 59, 67 and 71; with r the sum modulo 11 it is r when r < 2 and 11 - r otherwise.

>>> check_digit("800197268")
'4'
>>> split("900.508.908-9")
('900508908', '9')
"""

from __future__ import annotations

import re

_WEIGHTS = (3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71)
_SEPARATORS = re.compile(r"[^0-9A-Za-z]")
_ASCII_DIGITS = re.compile(r"[0-9]+")


def compact(number: str) -> str:
    """``number`` with its digits and letters only; a hyphenated check digit stays at the end."""
    return _SEPARATORS.sub("", number)


def check_digit(number: str) -> str:
    """Check digit of a NIT given without it.

    :param number: 1 to 15 digits; dots and blanks are allowed.
    :raises ValueError: letters, nothing, or more than 15 digits.
    """
    digits = compact(number)
    if not _ASCII_DIGITS.fullmatch(digits) or len(digits) > len(_WEIGHTS):
        raise ValueError(f"a NIT has 1 to {len(_WEIGHTS)} digits, this has not: {number[:40]!r}")
    weighted = zip(reversed(digits), _WEIGHTS, strict=False)
    rest = sum(int(digit) * weight for digit, weight in weighted) % 11
    return str(rest if rest < 2 else 11 - rest)


def split(number: str) -> tuple[str, str]:
    """Number and check digit of a NIT as people write it.

    Only a hyphen announces a check digit (``900508908-9``): the tenth digit of a number without
    one may be part of it (NITs of natural persons have ten). Without a hyphen the digit is
    computed; for identifications with letters it is empty.
    """
    base, hyphen, digit = number.strip().rpartition("-")
    digit = compact(digit)
    if hyphen and len(digit) == 1 and digit.isdigit():
        return compact(base), digit
    whole = compact(number)
    try:
        return whole, check_digit(whole)
    except ValueError:
        return whole, ""


def is_valid(number: str, digit: str) -> bool:
    """Whether ``digit`` is the check digit of ``number``; false for what is no NIT."""
    try:
        return check_digit(number) == digit.strip()
    except ValueError:
        return False


def normalise(number: str) -> str:
    """The form used in hashes and queries: no separators, no leading zeros, no check digit.

    A hyphenated digit at the end is dropped (annex 1.9 section 11.2: without dots, hyphens or
    check digit; CompanyID without leading zeros).
    """
    return split(number)[0].lstrip("0")
