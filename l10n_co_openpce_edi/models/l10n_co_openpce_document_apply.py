"""Steps 9 and 10: what DIAN's answer, or the lack of one, makes of a submission."""

import base64
import datetime as dt
import random

from odoo import api, fields, models

from ..dian import errors
from ..dian.findings import Finding, Severity
from ..dian.soap.responses import Outcome, UploadResponse
from ..tools.notes import note

# Seconds until DIAN is tried again after a failure, and asked again while in doubt.
RETRY_DELAYS = (15, 30, 60, 120, 300, 900, 1800, 3600)
ASK_DELAYS = (5, 15, 30, 60, 120, 300, 900, 1800, 3600, 7200)
# How soon one document of those that wait for the same setting tries again, and the others.
PROBE_DELAY = dt.timedelta(minutes=10)
WAIT_DELAY = dt.timedelta(hours=1)
# The end of trying: four days of sending, two days of asking, three hours of a message that DIAN
# refuses to read (that one is about the certificate or the clock). Then a person has to look.
MAX_ATTEMPTS = 100
MAX_ASKS = 30
MAX_FAULTS = 10
# So often an unknown CUFE under rule 90 is asked for before people are told.
MAX_STRANGER_ASKS = 8


class L10nCoOpenpceDocument(models.Model):
    _inherit = "l10n_co_openpce.document"

    # -------------------------------------------------------------------------
    # 9–10 Read and apply
    # -------------------------------------------------------------------------

    def _apply(self, answer):
        """Write what DIAN said; the one place where an answer becomes a state."""
        self.ensure_one()
        if isinstance(answer, tuple):
            self._apply_sibling(*answer)
            return
        if isinstance(answer, UploadResponse):
            self._apply_receipt(answer)
            return
        outcome = self._get_outcome(answer)
        if outcome is Outcome.ACCEPTED:
            self._apply_accepted(answer, "accept")
        elif outcome is Outcome.REJECTED:
            self._apply_rejected(answer.findings, answer)
        elif outcome is Outcome.ALREADY_PROCESSED:
            self._apply_doubt(
                [note("number_known")],
                now=True,
                already_processed=True,
            )
        elif outcome is Outcome.NOT_FOUND:
            self._apply_not_found()
        else:
            self._apply_doubt(self._get_pending_notes(answer))

    @api.model
    def _prepare_answer_vals(self, answer):
        """What is kept of an answer: status, findings and DIAN's signed ApplicationResponse."""
        content = answer.application_response
        return {
            "status_code": answer.status_code,
            "findings": [self._locate(finding) for finding in answer.findings] or False,
            "application_response": base64.b64encode(content) if content else False,
        }

    def _apply_accepted(self, answer, event):
        """Validated: keep DIAN's answer and hand the document over to delivery."""
        wait = self.env.context.get("l10n_co_openpce_deliver_after", 0)
        now = fields.Datetime.now()
        self._set_state(
            event,
            **self._prepare_answer_vals(answer),
            accepted_at=now,
            next_try=False,
            notes=False,
            trace=False,
            delivery_state="to_deliver",
            deliver_after=now + dt.timedelta(seconds=wait),
        )
        self._tell_move()
        self._trigger_delivery(self.deliver_after)

    def _apply_rejected(self, findings, answer=None):
        """Rejected: the findings say what to mend; the invoice can be sent again."""
        values = self._prepare_answer_vals(answer) if answer else {}
        values["findings"] = [self._locate(finding) for finding in findings] or values.get(
            "findings"
        )
        if not values["findings"] and answer:
            values["findings"] = [self._get_unexplained_finding(answer).as_dict()]
        self._set_state(
            "reject",
            **values,
            next_try=False,
            notes=[note("rejected")],
        )
        self._tell_move()

    def _apply_sibling(self, sibling, answer):
        """Rule 90 led to an earlier file of this invoice: that one is the invoice at DIAN."""
        self._apply_rejected([self._get_superseded_finding(sibling)])
        self.flush_recordset()  # frees the place of the one live submission of the invoice
        sibling._apply_accepted(answer, "recover")

    def _apply_receipt(self, receipt):
        """The batch was taken: its verdict is asked for; or refused with findings."""
        if receipt.zip_key:
            self._apply_doubt(
                [note("taken")],
                track_id=receipt.zip_key,
            )
        else:
            self._apply_rejected(receipt.findings)

    def _apply_not_found(self):
        """DIAN does not know the CUFE: the same file may go again, unless rule 90 contradicts."""
        if self.already_processed:
            if self.asks >= MAX_STRANGER_ASKS:
                self._apply_rejected([self._get_stranger_finding()])
                return
            self._apply_doubt([note("code_unknown")])
            return
        if self.state == "sending":
            self._apply_doubt([note("not_known_yet")])
            return
        self._set_state(
            "not_found",
            next_try=fields.Datetime.now(),
            notes=[note("sent_again")],
        )

    def _apply_doubt(self, notes, *, causes=None, now=False, **values):
        """Outcome unknown: DIAN is asked at ``next_try``, at once with ``now``.

        :param causes: the notes without what happens next, for when nothing does.
        """
        delay = 0 if now else ASK_DELAYS[min(self.asks, len(ASK_DELAYS) - 1)]
        next_try = fields.Datetime.now() + dt.timedelta(seconds=delay)
        values.update(notes=notes, next_try=next_try, hold=False, failures=0)
        if self.asks >= MAX_ASKS:
            told = [*(causes or notes), self._get_stalled_note()]
            values.update(notes=told, next_try=False, hold="person")
        if self.state == "in_doubt":
            self.write(values)
        else:
            self._set_state("doubt", **values)
        if not self.hold:
            self._trigger_queue(next_try)

    def _apply_failure(self, error):
        """A call that came to no answer: unknown outcome → doubt, certainly not taken → later."""
        notes, causes = self._get_error_notes(error), self._get_error_causes(error)
        unknown = isinstance(error, (errors.DianTimeout, errors.DianProtocolError))
        if self.state == "in_doubt" or unknown:
            self._apply_doubt(notes, causes=causes, trace=str(error))
            return
        delay = RETRY_DELAYS[min(self.attempts - 1, len(RETRY_DELAYS) - 1)]
        # Up to a tenth more, so that a thousand documents do not come back in one second.
        delay += random.uniform(0, delay / 10)
        next_try = fields.Datetime.now() + dt.timedelta(seconds=delay)
        limit = MAX_FAULTS if isinstance(error, errors.DianFault) else MAX_ATTEMPTS
        if self.attempts >= limit:
            notes = [*causes, self._get_stalled_note()]
            self._set_state(
                "postpone", notes=notes, trace=str(error), next_try=False, hold="person"
            )
            return
        self._set_state("postpone", notes=notes, trace=str(error), next_try=next_try)
        self._trigger_queue(next_try)

    def _apply_not_possible(self, error):
        """A setting is missing: nothing left. It goes on when the setting is made (`_wake`)."""
        self._apply_waiting(self._get_error_notes(error), str(error))

    def _apply_waiting(self, notes, trace=False):
        """Wait for a setting, saved (`_wake`) or mended where the database does not see it.

        Such are the key of the secrets and the start of a certificate's validity. One document
        per cause and company tries every ten minutes, for all that wait with it (`_wake_alike`).
        """
        now = fields.Datetime.now()
        probed = self.search_count(
            [*self._get_alike_domain(trace), ("next_try", "<=", now + PROBE_DELAY)], limit=1
        )
        self.write(
            {
                "hold": "settings",
                "failures": 0,
                "notes": notes,
                "trace": trace,
                "next_try": now + (WAIT_DELAY if probed else PROBE_DELAY),
            }
        )

    def _reissue(self):
        """The day of the signed file is over and DIAN does not have it: issue anew, today."""
        finding = Finding(
            "OPCE-DATE",
            Severity.REJECTION,
            "The signed file was not accepted on its day;"
            " the invoice is issued again with today's date.",
            path="/Invoice/cbc:IssueDate",
            message_es="El archivo firmado no fue aceptado en su día; la factura se emite de nuevo"
            " con la fecha de hoy.",
        )
        self._apply_invalid([self._locate(finding)], hold=False)
        self.flush_recordset()  # frees the place of the one live submission of the invoice
        # The count goes on, so that days without DIAN end at somebody's desk.
        self._create_for(self.move_id).attempts = self.attempts
