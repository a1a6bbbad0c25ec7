"""All rules of annex 8.2 that can be judged on an invoice without DIAN's own data."""

from __future__ import annotations

from . import (
    acquirer,
    delivery,
    extensions,
    header,
    issuer,
    items,
    lines,
    numbering,
    payment,
    references,
    tax_groups,
    taxes,
    totals,
)
from .base import RuleSet

INVOICE_RULES = RuleSet(
    "Invoice",
    (
        *extensions.RULES,
        *header.RULES,
        *numbering.RULES,
        *references.RULES,
        *issuer.RULES,
        *acquirer.RULES,
        *delivery.RULES,
        *payment.RULES,
        *tax_groups.RULES,
        *taxes.RULES,
        *totals.RULES,
        *lines.RULES,
        *items.RULES,
    ),
)
