"""What all tests of the set-up share."""

from __future__ import annotations

import pytest

from lib import disk


@pytest.fixture(autouse=True)
def no_plans(monkeypatch):
    """No test needs room for what the tests before it planned: a start is a process of its own."""
    monkeypatch.setattr(disk, "_plans", {})
