"""Transactions of work that talks to the outside: each step is safe before the next begins."""

import contextlib
import hashlib

from odoo import modules
from psycopg2.errors import SerializationFailure


def can_commit():
    """Whether the transaction is ours; in a test it belongs to the test."""
    return not modules.module.current_test


@contextlib.contextmanager
def safe_step(env):
    """Make what was done safe, run a step, make it safe; an error undoes the step alone.

    A step may commit in the middle, as Odoo's import of documents does.
    """
    if not can_commit():
        with env.cr.savepoint():
            yield
        return
    # What was done before must survive when the step fails.
    env.cr.commit()  # pylint: disable=invalid-commit
    try:
        yield
        # From here on the outside may rely on the step.
        env.cr.commit()  # pylint: disable=invalid-commit
    except BaseException:
        # The half of the step that failed.
        env.cr.rollback()
        raise


@contextlib.contextmanager
def one_at_a_time(env, *names, wait=False):
    """Let one worker of this database in; yields whether we are the one.

    The lock belongs to the database session: commits do not end it, kill -9 does.

    :param wait: stand in line instead of going away.
    """
    digest = hashlib.sha256("|".join(map(str, names)).encode()).digest()
    key = int.from_bytes(digest[:8], "big", signed=True)
    if wait:
        env.cr.execute("SELECT pg_advisory_lock(%s)", [key])
        held = True
    else:
        env.cr.execute("SELECT pg_try_advisory_lock(%s)", [key])
        held = env.cr.fetchone()[0]
    try:
        if can_commit():
            # What the one before us committed is visible only in a new transaction.
            env.cr.commit()  # pylint: disable=invalid-commit
        yield held
    except BaseException:
        if can_commit():
            # A transaction that failed answers nothing, not even the unlocking.
            env.cr.rollback()
        raise
    finally:
        if held:
            env.cr.execute("SELECT pg_advisory_unlock(%s)", [key])


def lock_free(records, **options):
    """Lock the records no other worker has; the others are left to it.

    PostgreSQL refuses the whole set when one row changed after the transaction began: then none is
    ours, and the next run sees what became of them.

    :param options: of Odoo's ``try_lock_for_update``.
    :return: the records that are locked now.
    """
    try:
        with records.env.cr.savepoint(flush=False):
            return records.try_lock_for_update(**options)
    except SerializationFailure:
        return records.browse()
