"""kill -9 at a chosen step: how the workers of the fault tests die."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from typing import Any


def die(*_arguments: Any) -> None:
    """End this process as a power cut does."""
    os.kill(os.getpid(), signal.SIGKILL)


def trap(env: Any, at: int, steps: Iterable[tuple[str | type, str]]) -> list[str]:
    """Let this process die at the ``at``-th step, counted from 1.

    A step is the moment before and the moment after each call of one of these methods.

    :param steps: (model or class, method).
    :return: the names of the steps that were passed, growing as they are.
    """
    passed: list[str] = []

    def reach(name: str) -> None:
        passed.append(name)
        if len(passed) == at:
            die()

    def wrap(owner: type, name: str) -> None:
        inner = getattr(owner, name)

        def outer(self: Any, *arguments: Any, **named: Any) -> Any:
            reach(f"before {name}")
            value = inner(self, *arguments, **named)
            reach(f"after {name}")
            return value

        setattr(owner, name, outer)

    for owner, name in steps:
        wrap(env.registry[owner] if isinstance(owner, str) else owner, name)
    return passed
