"""Steps 7 and 8: commit and send; and how a doubt is resolved by asking DIAN.

Exactly once rests on four rules.

* The signed XML, its CUFE and the state ``sending`` are committed before DIAN is called. Up to that
  commit the row lock keeps other workers away, and a crash leaves a draft.
* While somebody talks to DIAN the lease runs. Whoever finds a ``sending`` record whose lease ran
  out (the process died, or its answer could not be stored) asks DIAN before anything else.
* Only if DIAN says that it does not know the CUFE is the SAME signed file sent again. If it was
  under way all the same, DIAN refuses the second one with rule 90 and is asked again.
* A document is signed anew only if DIAN does not have it and its day is over: FAD09e wants issue
  date and signature of one day, and DIAN takes documents of the day. The old submission is closed
  and a new one is issued with today's date and the same number; should the old one turn up at
  DIAN, rule 90 leads back to it and it is the one that counts.
"""

import datetime as dt
import logging
import time

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import LockError

from ..dian import errors
from ..dian.findings import Finding, Severity
from ..dian.soap import operations
from ..dian.soap.responses import Outcome
from ..tools.notes import note

_logger = logging.getLogger(__name__)

# Connect 10 s, read 60 s and the time to store the answer, with room for a slow machine.
LEASE_SECONDS = 150
# A time-out, an answer of "not found" and a second shipment fit into one run.
MAX_HOPS = 4


class L10nCoOpenpceDocument(models.Model):
    _inherit = "l10n_co_openpce.document"

    # -------------------------------------------------------------------------
    # One submission as far as it goes now
    # -------------------------------------------------------------------------

    def _process(self, deliver_after=0):
        """Carry the submission on, with its own commits; safe to call by several workers.

        :param deliver_after: seconds that delivery by the cron waits after acceptance, so that
            Send & Print can deliver itself.
        :returns: whether this worker had the record (False: another one has it).
        """
        self.ensure_one()
        document = self.sudo().with_context(l10n_co_openpce_deliver_after=deliver_after)
        for _hop in range(MAX_HOPS):
            if not document._claim():
                return _hop > 0
            before = document.state
            cause = document.hold == "settings" and document.trace
            if before in ("draft", "prepared"):
                document._emit()
            elif before == "in_doubt":
                document._ask()
            if cause and document.hold != "settings":
                document._wake_alike(cause)
            document._commit()
            if document.state not in ("prepared", "in_doubt") or document._is_waiting():
                break
        return True

    def _claim(self):
        """Lock the record if nobody else has it and it may be touched now.

        A ``sending`` record whose lease ran out was left by a process that died: in doubt.
        """
        if not self.try_lock_for_update():
            return False
        self.invalidate_recordset()
        if self.state == "sending":
            if self.lease_until and self.lease_until > fields.Datetime.now():
                return False
            self._set_state("doubt", lease_until=False, notes=[note("interrupted")])
        return self.state in ("draft", "prepared", "in_doubt")

    def _is_waiting(self):
        """Whether nothing more is to happen to it in this run."""
        later = bool(self.next_try) and self.next_try > fields.Datetime.now()
        return later or self.hold == "person"

    def _emit(self):
        """draft or prepared → sent, as far as data and DIAN allow."""
        if paused := self.company_id._l10n_co_openpce_get_paused():
            self._apply_waiting([note("paused", company=paused.name)])
            return
        try:
            if self.state == "draft":
                self._prepare()
            if self.state == "prepared" and self.signed_xml and not self._is_issued_today():
                self._reissue()
                return
            if self.state != "prepared" or not (self.signed_xml or self._make()):
                return
            client = self._get_issuer()._l10n_co_openpce_client(self.environment)
        except (errors.DianConfigurationError, errors.SignatureError) as error:
            self._apply_not_possible(error)
            return
        operation = self._prepare_operation()
        self._set_state(
            "send",
            attempts=self.attempts + 1,
            lease_until=fields.Datetime.now() + dt.timedelta(seconds=self._get_lease_seconds()),
            notes=False,
            trace=False,
        )
        # The signed XML and its CUFE are safe before anyone is called (architecture step 7).
        self._commit()
        self._talk(client, lambda: client.call(operation))

    def _ask(self):
        """in_doubt → what DIAN says, by the batch key or by the CUFE; the row stays locked."""
        try:
            client = self._get_issuer()._l10n_co_openpce_client(self.environment)
        except (errors.DianConfigurationError, errors.SignatureError) as error:
            self._apply_not_possible(error)
            return
        self._talk(client, lambda: self._get_status(client), asked=1)

    def _talk(self, client, call, asked=0):
        """Call DIAN once and store the answer or the failure; measures the time.

        `call` does no query when the row was committed before: no transaction stays open, and the
        answer is stored in a fresh one.
        """
        started = time.monotonic()
        failure = answer = None
        with client:
            try:
                answer = call()
            except errors.DianTransportError as error:
                failure = error
        milliseconds = round((time.monotonic() - started) * 1000)
        for last in (False, False, True):
            try:
                self._store(answer, failure, milliseconds, asked)
                self._commit()
                return
            except psycopg2.errors.SerializationFailure:
                # Somebody wrote the invoice in the same moment. DIAN's answer must not be lost.
                if last or not self.env["account.move.send"]._can_commit():
                    raise
                self.env.cr.rollback()

    def _store(self, answer, failure, milliseconds, asked):
        """Apply what came of a call, unless another worker settled the record meanwhile."""
        try:
            self.lock_for_update()
        except LockError:
            # Our lease ran out and somebody else is asking DIAN: the truth arrives that way.
            _logger.info("DIAN document %s: another worker took it over", self.id)
            return
        self.invalidate_recordset()
        _logger.info(
            "DIAN document %s (%s): %s in %d ms",
            self.id,
            self.number,
            type(failure).__name__ if failure else "answered",
            milliseconds,
        )
        if self.state not in ("sending", "in_doubt"):
            return
        self.write({"milliseconds": milliseconds, "lease_until": False, "asks": self.asks + asked})
        if failure:
            self._apply_failure(failure)
        else:
            self._apply(answer)

    @api.model
    def _get_lease_seconds(self):
        value = (
            self.env["ir.config_parameter"].sudo().get_param("l10n_co_openpce_edi.lease_seconds")
        )
        return int(value) if value and value.isdigit() else LEASE_SECONDS

    # -------------------------------------------------------------------------
    # 8 Send, and ask
    # -------------------------------------------------------------------------

    def _prepare_operation(self):
        """The call that sends the zip; SendTestSetAsync while a test set is being passed (7.9)."""
        content = self._pack()
        test_set = self._get_issuer().l10n_co_openpce_test_set_id
        if test_set and self.environment == "test":
            return operations.SendTestSetAsync(self.zip_name, content, test_set)
        return operations.SendBillSync(self.zip_name, content, self.cufe)

    def _get_status(self, client):
        """DIAN's word on this document; a batch by its key, else the CUFE."""
        if self.track_id and not self.already_processed:
            answers = client.call(operations.GetStatusZip(self.track_id))
            return answers[0] if answers else None
        answer = client.call(operations.GetStatus(self.cufe))
        if answer.outcome is Outcome.NOT_FOUND and self.already_processed:
            # DIAN has the number: perhaps by an earlier file of this invoice.
            for sibling in self._get_siblings():
                found = client.call(operations.GetStatus(sibling.cufe))
                if sibling._get_outcome(found) is Outcome.ACCEPTED:
                    return sibling, found
        return answer

    def _get_siblings(self):
        """Earlier submissions of the invoice that may have reached DIAN, newest first."""
        return self.search(
            [
                ("move_id", "=", self.move_id.id),
                ("number", "=", self.number),
                ("environment", "=", self.environment),
                ("id", "<", self.id),
                ("cufe", "!=", False),
                ("state", "=", "invalid"),
            ]
        )

    # -------------------------------------------------------------------------
    # What people may ask for
    # -------------------------------------------------------------------------

    def _withdraw(self):
        """The invoice went back to draft before it left: its submission is closed."""
        finding = Finding(
            "OPCE-WITHDRAWN",
            Severity.NOTIFICATION,
            "The invoice was reset to draft before it was sent.",
            message_es="La factura volvió a borrador antes de ser enviada.",
        )
        for document in self:
            if "invalidate" in document._get_allowed_events():
                document._set_state(
                    "invalidate", findings=[finding.as_dict()], next_try=False, notes=False
                )

    def _hurry(self):
        """Let the cron take these now, whatever time they were waiting for."""
        waiting = self.filtered(
            lambda document: document.state in ("draft", "prepared", "in_doubt")
        )
        waiting.write({"next_try": fields.Datetime.now(), "hold": False, "failures": 0})
        if waiting:
            self._trigger_queue()
