"""Paths and fixtures of the tests that need no database."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# The pure packages are imported without Odoo: `dian` from the EDI addon, `bill_flow` from the
# workflow addon, `lib` and `dian_sandbox` from setup.
for folder in ("l10n_co_openpce_edi", "openpce_vendor_bill_workflow", "setup"):
    sys.path.insert(0, str(ROOT / folder))


@pytest.fixture(scope="session")
def reference() -> Path:
    """Folder with DIAN's published material; tests that need it skip clearly without it."""
    folder = os.environ.get("OPENPCE_DIAN_REFERENCE", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip(
            "DIAN's reference material is not here: set OPENPCE_DIAN_REFERENCE to its folder"
        )
    return Path(folder)


@pytest.fixture(scope="session")
def chain():
    """A test certificate chain of the issuer 900508908 (made once a run; keys never stored)."""
    from lib.pki import make_chain

    return make_chain(nit="900508908", holder="EMPRESA DE PRUEBA SAS")
