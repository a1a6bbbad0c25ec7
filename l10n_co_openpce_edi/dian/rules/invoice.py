"""All rules of annex 8.2 that can be judged on an invoice without DIAN's own data."""

from __future__ import annotations

from . import acquirer, extensions, header, issuer
from .base import RuleSet

INVOICE_RULES = RuleSet("Invoice", (*extensions.RULES, *header.RULES, *issuer.RULES, *acquirer.RULES))
