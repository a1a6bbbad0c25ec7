"""Crons: the queue that sends, the doubts that are asked for, the deliveries that are due."""

import datetime as dt
import logging

import psycopg2
from odoo import api, fields, models

from ..tools.notes import note
from .l10n_co_openpce_document import PENDING_STATES

_logger = logging.getLogger(__name__)

BATCH = 100
SERIALIZATION_TRIES = 3
# A document whose try ends in nothing (an unforeseen error, a worker that was killed) comes back
# after 10, 20, 40 … minutes, so that it holds nobody else up, and stops after so many tries.
FAILURE_DELAY = dt.timedelta(minutes=10)
MAX_FAILURES = 6


class L10nCoOpenpceDocument(models.Model):
    _inherit = "l10n_co_openpce.document"

    @api.model
    def _cron_send_queue(self):
        """Send what waits to be sent, one document after the other, each with its own commits."""
        paused = self.env["res.company"]._l10n_co_openpce_search_paused()
        self._run_queue(
            [
                ("state", "in", ("draft", "prepared")),
                ("hold", "!=", "person"),
                ("company_id", "not in", paused.ids),
                "|",
                ("next_try", "=", False),
                ("next_try", "<=", self._now()),
            ]
        )

    @api.model
    def _cron_resolve_doubts(self):
        """Ask DIAN about documents in doubt and about those a dead process left behind."""
        now = self._now()
        self._run_queue(
            [
                ("hold", "!=", "person"),
                "|",
                "&",
                ("state", "=", "in_doubt"),
                "|",
                ("next_try", "=", False),
                ("next_try", "<=", now),
                "&",
                ("state", "=", "sending"),
                "|",
                ("lease_until", "=", False),
                ("lease_until", "<=", now),
            ]
        )

    @api.model
    def _cron_deliver(self):
        """Mail the accepted documents that nobody has delivered yet."""
        domain = [("delivery_state", "=", "to_deliver"), ("deliver_after", "<=", self._now())]
        self._run_batch(domain, "deliver_after, id", lambda document: document._deliver())

    @api.model
    def _now(self):
        return fields.Datetime.now()

    @api.model
    def _run_queue(self, domain):
        self._run_batch(
            domain, "next_try, id", lambda document: document._begin() and document._process()
        )

    @api.model
    def _run_batch(self, domain, order, step):
        """Run ``step`` on every record of ``domain``; a failure of one does not stop the others."""
        cron = self.env["ir.cron"]
        documents = self.search(domain, order=order, limit=BATCH)
        remaining = len(documents) if len(documents) < BATCH else self.search_count(domain)
        # Each document starts in a fresh transaction: nothing of another one can be lost with it.
        if not cron._commit_progress(remaining=remaining):
            return
        for document in documents:
            # a scheduled action has no language of its own, and the invoice's history has one
            lang = self.env.context.get("lang") or document._get_reader_lang()
            self._run_isolated(document.with_context(lang=lang), step)
            # Free the row and make the progress visible before the next document.
            if not cron._commit_progress(1):
                break

    def _get_reader_lang(self):
        """Language of who reads what becomes of the document: its seller, else the company."""
        self.ensure_one()
        return self.move_id.invoice_user_id.lang or self.company_id.partner_id.lang

    @api.model
    def _run_isolated(self, document, step):
        """One step whose failure is logged, kept on the record and tried again later."""
        if not self.env["account.move.send"]._can_commit():
            step(document)
            return
        for _attempt in range(SERIALIZATION_TRIES):
            try:
                step(document)
                # Here, so that a conflict with another worker shows up while it can be handled.
                document._commit()
                return
            except psycopg2.errors.SerializationFailure:
                # Another worker wrote the same row in the same moment. What was committed stays,
                # and the state tells how to go on; nothing is told to DIAN twice.
                self.env.cr.rollback()
                _logger.info("DIAN document %s: another worker was faster, once more", document.id)
            except Exception as error:
                # What this document left half done must not be written with the next one.
                self.env.cr.rollback()
                _logger.exception("DIAN document %s failed; it is tried again later", document.id)
                document._keep_failure(error)
                return

    def _begin(self):
        """Note, and commit, that a try begins: should it kill the worker, others come first.

        :returns: whether this worker may go on with the record.
        """
        self.ensure_one()
        if not self.try_lock_for_update():
            return False
        self.invalidate_recordset()
        if self.state not in PENDING_STATES or self.hold == "person":
            return False
        if self.failures >= MAX_FAILURES:
            self._apply_exhausted()
            return False
        self.write({"next_try": self._get_later(), "failures": self.failures + 1})
        self._commit()
        return True

    def _get_later(self):
        return fields.Datetime.now() + FAILURE_DELAY * 2**self.failures

    def _apply_exhausted(self):
        """Every try ended in nothing: a person has to look; the trace says what went wrong."""
        notes = [note("exhausted", times=self.failures)]
        self.write({"hold": "person", "next_try": False, "failures": 0, "notes": notes})

    def _keep_failure(self, error):
        """Note an unforeseen failure; it comes back later, and the state tells how to go on."""
        if not self.try_lock_for_update():
            return
        values = {"trace": f"{type(error).__name__}: {error}"}
        if self.state in PENDING_STATES:
            values["notes"] = self._get_error_notes(error)
        self.write(values)
