"""Public holidays of Colombia for any year, by rule (Ley 51 of 1983, "Ley Emiliani").

Eighteen a year, from 2026 on nineteen (Ley 2578 of 2026). Six keep their date; seven, later eight,
move to the Monday that follows, unless they fall on one; five hang on Easter, three of them on a
Monday. Two can meet on one Monday, so a year may have fewer days than holidays: in 2025 the Sacred
Heart meets Saint Peter and Saint Paul on 30 June.
"""

from __future__ import annotations

from datetime import date, timedelta

from .errors import RuleError

FIXED = {
    "new_year": (1, 1),
    "labour_day": (5, 1),
    "independence_day": (7, 20),
    "battle_of_boyaca": (8, 7),
    "immaculate_conception": (12, 8),
    "christmas": (12, 25),
}
"""Code → month and day of the holidays that keep their date."""

MOVED = {
    "epiphany": (1, 6),
    "saint_joseph": (3, 19),
    "saint_peter_and_paul": (6, 29),
    "our_lady_of_chiquinquira": (7, 9),
    "assumption": (8, 15),
    "columbus_day": (10, 12),
    "all_saints": (11, 1),
    "independence_of_cartagena": (11, 11),
}
"""Code → month and day of the holidays that move to the following Monday."""

AFTER_EASTER = {
    "maundy_thursday": -3,
    "good_friday": -2,
    "ascension": 43,
    "corpus_christi": 64,
    "sacred_heart": 71,
}
"""Code → days from Easter Sunday, after the move to Monday."""

FIRST_YEAR = 1984
SINCE = {"our_lady_of_chiquinquira": 2026}
"""Code → first year of a holiday that came later: Ley 2578 of 2026."""


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (computus of Meeus, Jones and Butcher)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    moon = (
        19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15
    ) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def holidays(year: int) -> dict[date, tuple[str, ...]]:
    """Day → codes of the holidays that fall on it, by date (A18, optional working hours).

    :raises RuleError: ``year_before_law`` for years that the law does not cover.
    """
    if year < FIRST_YEAR:
        raise RuleError("year_before_law", year=year)
    named = [(date(year, *day), code) for code, day in FIXED.items()]
    named += [
        (_monday(date(year, *day)), code)
        for code, day in MOVED.items()
        if year >= SINCE.get(code, FIRST_YEAR)
    ]
    sunday = easter(year)
    named += [(sunday + timedelta(days=days), code) for code, days in AFTER_EASTER.items()]
    found: dict[date, tuple[str, ...]] = {}
    for day, code in sorted(named):
        found[day] = (*found.get(day, ()), code)
    return found


def _monday(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)
