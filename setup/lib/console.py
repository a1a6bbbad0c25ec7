"""What the person at the terminal sees: steps with their time, and one sentence per failure."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from . import disk

_STARTED = time.monotonic()
_PR_SET_PDEATHSIG = 1
# pip names every version there is; more than this of one line is for the log.
_LONGEST_LINE = 200


class SetupError(Exception):
    """Something the person can mend; the text is the one sentence that says how."""


def say(text: str) -> None:
    """Print one line at once, also when the output is a pipe."""
    print(text, flush=True)


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step and, when it ends, how long it took."""
    say(f"[{_clock()}] {title} …")
    begin = time.monotonic()
    yield
    took = time.monotonic() - begin
    if took >= 1:
        say(f"[{_clock()}] {title}: done in {took:.0f} s")


def _clock() -> str:
    elapsed = int(time.monotonic() - _STARTED)
    return f"{elapsed // 60:02d}:{elapsed % 60:02d}"


def run(
    command: Sequence[str | Path],
    *,
    log: Path | None = None,
    failure: str = "",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
    keep_locks: bool = False,
) -> str:
    """Run a command to its end and return what it printed (both streams, or see ``log``).

    :param log: append the output to this file instead of returning it.
    :param failure: sentence for the person when the command fails.
    :param user: run it as this user (only root can).
    :param keep_locks: what we hold by :func:`places.locked` stays locked while a child of the
        command runs; not for one that starts a service.
    :raises SetupError: the command is missing or failed; the text quotes its last lines.
    """
    words = [str(word) for word in command]
    identity = identity_of(user)
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            check=False,
            preexec_fn=die_with_parent,
            # Python's own files are not inherited all the same
            close_fds=not keep_locks,
            **identity,
        )
    except FileNotFoundError as error:
        raise SetupError(f"{failure or 'A needed program is missing'}: {error.filename}") from error
    output = done.stdout.decode("utf-8", "replace")
    if log is not None:
        with log.open("a", encoding="utf-8") as stream:
            stream.write(f"$ {' '.join(words)}\n{output}\n")
    if done.returncode:
        raise SetupError(explain(failure or f"`{words[0]}` failed", output, log))
    return output


def explain(failure: str, output: str, log: Path | None = None) -> str:
    """One sentence for a failed command: the well-known causes by name, else its last lines."""
    lowered = output.lower()
    where = f" (details: {log})" if log else ""
    if disk.is_full(output):
        return f"{failure}: the disk is full, {disk.where()}{where}"
    for mark in (
        "temporary failure resolving",
        "could not resolve",
        "name or service not known",
        "network is unreachable",
        "failed to establish a new connection",
        "connection timed out",
    ):
        if mark in lowered:
            return f"{failure}: no network, the package servers do not answer{where}"
    lines = [line.strip() for line in output.strip().splitlines()[-3:]]
    tail = " | ".join(textwrap.shorten(line, _LONGEST_LINE, placeholder=" …") for line in lines)
    return f"{failure}: {tail}{where}" if tail else f"{failure}{where}"


def die_with_parent() -> None:
    """For ``preexec_fn``: on Linux a child ends when we do, even by kill -9."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def identity_of(user: str | None) -> dict[str, object]:
    """Arguments for ``subprocess`` that make a child run as ``user`` (none: as we are)."""
    if user is None:
        return {}
    import pwd

    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def readable_failures() -> Iterator[None]:
    """Turn failures into one sentence and an exit code; leave bugs their traceback."""
    try:
        yield
    except SetupError as error:
        print(f"\nCannot go on: {error}", file=sys.stderr, flush=True)
        raise SystemExit(1) from error
    except OSError as error:
        if error.errno in (errno.EROFS, errno.EACCES):
            where = f" ({error.filename})" if error.filename else ""
            sentence = f"{os.strerror(error.errno).lower()}{where}"
        elif disk.is_full(error):  # by its text: of a copied tree it has many and no number
            sentence = f"the disk is full: {disk.where()}"
        else:
            raise
        print(f"\nCannot go on: {sentence}", file=sys.stderr, flush=True)
        raise SystemExit(1) from error
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr, flush=True)
        raise SystemExit(130) from None
