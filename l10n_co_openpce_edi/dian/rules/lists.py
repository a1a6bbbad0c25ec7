"""Membership in DIAN's long lists, and names compared as people write them."""

from __future__ import annotations

import unicodedata
from collections.abc import Container
from functools import lru_cache

from .. import codes


def municipalities() -> Container[str]:
    """Five-digit codes (table 13.4.3)."""
    return codes.load("municipalities")


def departments() -> Container[str]:
    """Two-digit codes (table 13.4.2)."""
    return codes.load("departments")


def postal_codes() -> Container[str]:
    """Six-digit codes (table 13.4.4)."""
    return codes.load("postal_codes")


def countries() -> Container[str]:
    """Two-letter codes (table 13.4.1)."""
    return codes.load("countries")


def currencies() -> Container[str]:
    """Three-letter codes (table 13.3.3)."""
    return codes.load("currencies")


def units() -> Container[str]:
    """Units of measure (table 13.3.6)."""
    return codes.load("units")


def payment_means() -> Container[str]:
    """Payment means (table 13.3.4.2)."""
    return codes.load("payment_means")


def identification_types() -> Container[str]:
    """Kinds of identification (table 13.2.1)."""
    return codes.IDENTIFICATION_TYPES


def taxes() -> Container[str]:
    """Taxes (table 13.2.2); the annex also accepts an empty element."""
    return _TAXES


def party_tax_schemes() -> Container[str]:
    """Taxes of a party (table 13.2.6.2)."""
    return codes.PARTY_TAX_SCHEMES


#: Delivery terms (table 13.3.7).
INCOTERMS = frozenset({"CFR", "CIF", "CIP", "CPT", "DAP", "DDP", "DPU", "EXW", "FAS", "FCA", "FOB"})
_CAPITAL = frozenset({"bogota", "bogotadc"})
_TAXES = frozenset(codes.TAXES) | {""}


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name without accents, capitals, blanks and marks: ``Bogotá, D.C.`` → ``bogotadc``."""
    letters = unicodedata.normalize("NFD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


@lru_cache(maxsize=8)
def plain_names(name: str) -> frozenset[str]:
    """Names of the list ``name``, each made :func:`plain`."""
    names = frozenset(plain(value) for value in codes.load(name).values())
    # The capital is "Bogotá" in one table and "Bogotá, D.C." in the other; people write both.
    return names | _CAPITAL if names & _CAPITAL else names


def is_tax_level(text: str) -> bool:
    """Whether every responsibility joined with ``;`` is in table 13.2.6.1."""
    return all(code.strip() in codes.TAX_LEVEL_CODES for code in text.split(";"))
