"""Validation rules of annex 1.9 chapter 8, judged on the document alone before DIAN does.

>>> from dian.rules import RuleContext, check          # doctest: +SKIP
>>> check(root, RuleContext(technical_key="…"))        # doctest: +SKIP
[Finding(code='FAD06', …)]
"""

from __future__ import annotations

from lxml import etree

from ..findings import Finding
from .base import AuthorizedRange, Rule, RuleContext, RuleSet
from .invoice import INVOICE_RULES

__all__ = ["INVOICE_RULES", "AuthorizedRange", "Rule", "RuleContext", "RuleSet", "check"]


def check(root: etree._Element, context: RuleContext) -> list[Finding]:
    """Findings about an invoice of type 01 to 04, rejections first.

    :param root: ``Invoice`` element, signed or about to be; it is not changed.
    :param context: what the issuer knows; rules that need more are not judged.
    :returns: an empty list for a clean invoice. Never raises on the document's content.
    """
    return INVOICE_RULES.check(root, context)
