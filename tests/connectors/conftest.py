"""The loopback servers are those of the addon's own tests."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(
    0, str(Path(__file__).resolve().parents[2] / "openpce_vendor_bill_workflow" / "tests")
)
