"""Check digit and spelling of Colombian tax numbers."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dian import nit

# DIAN's own NIT and public companies whose full NIT is on every receipt they print.
KNOWN = [
    ("800197268", "4"),
    ("900508908", "9"),
    ("900108281", "3"),
    ("899999068", "1"),
    ("890900608", "9"),
    ("860002964", "4"),
    ("222222222222", "7"),
    ("0", "0"),
    ("1", "8"),
]


@pytest.mark.parametrize(("number", "digit"), KNOWN)
def test_check_digit(number, digit):
    assert nit.check_digit(number) == digit, "the weights from the right are 3, 7, 13, 17 …"


@pytest.mark.parametrize("number", ["", "A123", "9" * 16, "-", "٣٤٥"])
def test_check_digit_refuses_what_is_no_nit(number):
    with pytest.raises(ValueError, match="NIT"):
        nit.check_digit(number)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("900508908-9", ("900508908", "9")),
        ("900.508.908-9", ("900508908", "9")),
        (" 900 508 908 - 9 ", ("900508908", "9")),
        ("900508908", ("900508908", "9")),
        ("9005089089", ("9005089089", nit.check_digit("9005089089"))),
        ("AB-12345", ("AB12345", "")),
        ("PA123456", ("PA123456", "")),
    ],
)
def test_split(text, parts):
    assert nit.split(text) == parts, "only a hyphen announces a check digit"


def test_normalise_drops_separators_zeros_and_digit():
    assert nit.normalise("0900.508.908-9") == "900508908", (
        "hashes and queries take neither check digit nor leading zeros (section 11.2)"
    )


@given(st.integers(min_value=1, max_value=10**15 - 1))
def test_the_digit_found_is_the_digit_confirmed(number):
    digit = nit.check_digit(str(number))
    assert nit.is_valid(str(number), digit)
    assert nit.split(f"{number:,}".replace(",", ".") + "-" + digit) == (str(number), digit)


def _remainder(number):
    """Remainder modulo 11 before it becomes a digit, written apart from the product's."""
    primes = (3, 7, 13, 17, 19, 23, 29, 37, 41)
    pairs = zip(reversed(number), primes, strict=True)
    return sum(int(figure) * prime for figure, prime in pairs) % 11


@given(st.integers(1, 10**9 - 2), st.integers(0, 8))
@example(255, 6)  # remainders 1 and 10: both have the digit 1
def test_one_wrong_figure_is_noticed_but_for_remainders_1_and_10(number, place):
    text = f"{number:09d}"
    wrong = text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]
    digits = {nit.check_digit(text), nit.check_digit(wrong)}
    # No weight is a multiple of 11, so the remainder always changes. The digit is 0, 1 or
    # 11 - r, and so r = 1 and r = 10 are the one pair that a digit does not tell apart.
    remainders = {_remainder(text), _remainder(wrong)}
    assert len(remainders) == 2
    assert len(digits) == (1 if remainders == {1, 10} else 2), (
        "a single wrong figure changes the check digit, but between remainders 1 and 10"
    )


@given(st.text(max_size=40))
def test_any_text_is_survived(text):
    number, digit = nit.split(text)
    assert digit == "" or (len(digit) == 1 and digit.isdigit())
    assert nit.is_valid(text, digit) in (True, False)
    assert number == nit.compact(number)
