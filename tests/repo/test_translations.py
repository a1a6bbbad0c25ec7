"""Guard: the Spanish of every addon is complete, and placeholders and tags survive translation.

Whether the template follows the sources is tested inside Odoo (tests/test_translations.py of the
addon): only Odoo knows every text.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(ROOT.glob("*/i18n/es.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|%[sd](?!\w)|\{\{[^}]*\}\}|</?[a-z]+\b|t-out=\"[^\"]*\"")


def test_there_is_a_spanish_file() -> None:
    """Every addon speaks Spanish."""
    addons = {path.parent.name for path in ROOT.glob("*/__manifest__.py")}
    assert addons == {path.parts[-3] for path in FILES}, "an addon without i18n/es.po"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parts[-3])
def test_complete(path: Path) -> None:
    """No empty and no fuzzy entry; template and translation have the same texts."""
    spanish = polib.pofile(str(path))
    assert not [entry.msgid for entry in spanish.untranslated_entries()]
    assert not [entry.msgid for entry in spanish.fuzzy_entries()]
    template = polib.pofile(str(path.with_name(f"{path.parts[-3]}.pot")))
    assert {entry.msgid for entry in spanish} == {entry.msgid for entry in template}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parts[-3])
def test_placeholders_survive(path: Path) -> None:
    """A lost placeholder is an error at the worst moment: while a message is being shown."""
    for entry in polib.pofile(str(path)):
        source, translation = (
            Counter(PLACEHOLDER.findall(text)) for text in (entry.msgid, entry.msgstr)
        )
        assert source == translation, f"{entry.msgid!r} → {entry.msgstr!r}"
