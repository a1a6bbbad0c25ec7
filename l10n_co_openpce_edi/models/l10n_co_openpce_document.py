"""One submission of one document to DIAN: what was sent, what came back, where it stands.

The record is append-only: people read it, only the system writes it. Its steps live in
``l10n_co_openpce_document_steps`` (make), ``…_send``, ``…_apply`` (DIAN), ``…_deliver`` (customer)
and ``…_messages`` (what people read about it).
"""

import base64
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..dian.codes import Environment
from ..tools.notes import note, tell

_logger = logging.getLogger(__name__)

# The states of a submission. `sending` and the signed XML are committed BEFORE DIAN is called, so
# whoever finds a `sending` record whose lease ran out knows that DIAN has to be asked first.
#
#              prepare            send                accept
#    draft ──────────▶ prepared ────────▶ sending ─────────────▶ accepted
#      │                │  ▲  ▲             │ │ │ reject
#      │ invalidate     │  │  └──postpone───┘ │ └─────────────▶ rejected
#      ▼                │  │    (DIAN         │ doubt              ▲
#    invalid ◀──────────┘  │     has it not)  ▼                    │ reject
#      │                   └──not_found── in_doubt ────────────────┤
#      ├──────────recover (DIAN had it after all)──▶ accepted ◀────┘ accept
#      └──mend──▶ draft (nothing had left; the data it lacked are there now)
#
# Beside the state, `hold` tells what a document waits for when time alone does not help.
#
STATES = [
    ("draft", "To Send"),
    ("prepared", "Prepared"),
    ("invalid", "To Mend"),
    ("sending", "Being Sent"),
    ("in_doubt", "In Doubt"),
    ("accepted", "Accepted"),
    ("rejected", "Rejected"),
]
_TRANSITIONS = {
    ("draft", "prepare"): "prepared",
    ("draft", "invalidate"): "invalid",
    ("prepared", "invalidate"): "invalid",
    ("prepared", "send"): "sending",
    ("sending", "postpone"): "prepared",
    ("sending", "doubt"): "in_doubt",
    ("sending", "accept"): "accepted",
    ("sending", "reject"): "rejected",
    ("in_doubt", "not_found"): "prepared",
    ("in_doubt", "accept"): "accepted",
    ("in_doubt", "reject"): "rejected",
    ("invalid", "mend"): "draft",
    ("invalid", "recover"): "accepted",
}
# DIAN has or may have the document: its invoice must not change.
LOCKING_STATES = ("sending", "in_doubt", "accepted")
# Something is still to happen without anybody's help.
PENDING_STATES = ("draft", "prepared", "sending", "in_doubt")
# Accepted, and its customer will not get it unless somebody helps.
UNDELIVERED = ("bounced", "no_address", "too_large", "failed")
# What a document waits for. Settings and data: it goes on by itself when they are mended (`_wake`).
# Person: every try was made; nothing happens until somebody presses a button.
HOLDS = [
    ("settings", "Missing Setting"),
    ("data", "Data to Mend"),
    ("person", "Needs a Person"),
]


class L10nCoOpenpceDocument(models.Model):
    _name = "l10n_co_openpce.document"
    _description = "DIAN Submission"
    _order = "id desc"
    _rec_name = "number"

    move_id = fields.Many2one(
        "account.move", "Invoice", required=True, index=True, readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(related="move_id.partner_id", string="Customer")
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    kind = fields.Selection([("01", "Sales Invoice")], required=True, readonly=True, default="01")
    environment = fields.Selection(
        [("sandbox", "Stand-in"), ("test", "Enablement"), ("production", "Production")],
        required=True,
        readonly=True,
    )
    number = fields.Char(required=True, index=True, readonly=True)
    range_id = fields.Many2one(
        "l10n_co_openpce.numbering.range", "Numbering Range", readonly=True, ondelete="restrict"
    )
    state = fields.Selection(STATES, required=True, default="draft", readonly=True, index=True)
    hold = fields.Selection(HOLDS, "Waits For", readonly=True)
    cufe = fields.Char("CUFE", readonly=True, help="Unique code of the electronic invoice")
    issued_at = fields.Datetime(
        "Issued On", readonly=True, help="Time of generation and signature (FAD09e)"
    )
    accepted_at = fields.Datetime("Accepted On", readonly=True)

    attempts = fields.Integer(readonly=True, help="How often the invoice was sent to DIAN")
    failures = fields.Integer(
        readonly=True, help="Tries since the last progress that ended in nothing"
    )
    asks = fields.Integer(
        "Questions", readonly=True, help="How often DIAN was asked what became of it"
    )
    next_try = fields.Datetime(readonly=True, help="Nothing happens by itself before this time")
    lease_until = fields.Datetime(
        readonly=True, help="Until then a process is talking to DIAN about it"
    )
    already_processed = fields.Boolean(
        readonly=True, help="DIAN said that it has this number (rule 90)"
    )
    track_id = fields.Char("Batch Key", readonly=True, help="Key of an asynchronous shipment")
    status_code = fields.Char("DIAN Status", readonly=True)
    milliseconds = fields.Integer("Answer Time (ms)", readonly=True)
    notes = fields.Json("Situation (data)", readonly=True)
    message = fields.Text("Situation", compute="_compute_message")
    trace = fields.Text("Technical Detail", readonly=True)
    findings = fields.Json("Findings (data)", readonly=True)
    findings_html = fields.Html("Findings", compute="_compute_findings_html", sanitize=False)

    file_name = fields.Char(readonly=True)
    zip_name = fields.Char("Shipment Name", readonly=True)
    signed_xml = fields.Binary("Signed XML", attachment=True, readonly=True)
    application_response = fields.Binary("DIAN Answer", attachment=True, readonly=True)
    response_name = fields.Char(compute="_compute_response_name")
    container = fields.Binary("Customer Zip", attachment=True, readonly=True)
    container_name = fields.Char(readonly=True)

    delivery_state = fields.Selection(
        [
            ("waiting", "Not Yet"),
            ("to_deliver", "To Deliver"),
            ("delivered", "Sent to Customer"),
            ("not_needed", "No Mail Needed"),
            ("no_address", "No Address"),
            ("too_large", "Too Large"),
            ("bounced", "Bounced"),
            ("failed", "Failed"),
        ],
        required=True,
        default="waiting",
        readonly=True,
        index=True,
    )
    deliver_after = fields.Datetime(readonly=True)
    delivered_at = fields.Datetime("Delivered On", readonly=True)
    delivered_to = fields.Char(readonly=True)

    # A rejected or mended document never got into DIAN's books; its code may come back.
    _unique_cufe = models.UniqueIndex(
        "(environment, cufe) WHERE cufe IS NOT NULL AND state NOT IN ('rejected', 'invalid')",
        "This CUFE was already issued.",
    )
    # Two invoices with one number would be one document for DIAN, in whichever journal they are.
    _unique_number = models.UniqueIndex(
        "(range_id, number) WHERE range_id IS NOT NULL AND state NOT IN ('rejected', 'invalid')",
        "Another invoice was issued with this number of the range.",
    )
    _one_live_per_move = models.UniqueIndex(
        "(move_id) WHERE state NOT IN ('rejected', 'invalid')",
        "This invoice already has a submission that is under way or accepted.",
    )
    _pending = models.Index(
        "(next_try, id) WHERE state IN ('draft', 'prepared', 'sending', 'in_doubt')"
    )
    _held = models.Index("(company_id) WHERE hold IS NOT NULL")
    _to_deliver = models.Index("(deliver_after, id) WHERE delivery_state = 'to_deliver'")

    # -------------------------------------------------------------------------
    # Computes
    # -------------------------------------------------------------------------

    @api.depends("number", "application_response")
    def _compute_response_name(self):
        for document in self:
            document.response_name = f"ar-{document.number}.xml"

    @api.depends("notes")
    @api.depends_context("lang")
    def _compute_message(self):
        for document in self:
            document.message = tell(self.env, document.notes)

    @api.depends("findings")
    @api.depends_context("lang")
    def _compute_findings_html(self):
        for document in self:
            document.findings_html = document._render_findings()

    # -------------------------------------------------------------------------
    # CRUD
    # -------------------------------------------------------------------------

    def write(self, vals):
        if "state" in vals:
            raise UserError(
                self.env._("The state of a submission changes through its events only.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Submissions to DIAN are evidence and cannot be deleted."))

    def copy(self, default=None):  # pylint: disable=method-required-super
        raise UserError(self.env._("A submission to DIAN cannot be copied."))

    # -------------------------------------------------------------------------
    # State machine
    # -------------------------------------------------------------------------

    def _get_allowed_events(self):
        """Events that may happen now: the one gate of buttons, crons and guards (a set)."""
        self.ensure_one()
        return {event for state, event in _TRANSITIONS if state == self.state}

    def _set_state(self, event, **values):
        """The one door: let ``event`` happen and write ``values`` with it.

        :raises UserError: the event is not in the table for the present state.
        """
        self.ensure_one()
        state = _TRANSITIONS.get((self.state, event))
        if state is None:
            raise UserError(
                self.env._(
                    "%(number)s: “%(event)s” cannot happen in state “%(state)s”.",
                    number=self.number,
                    event=event,
                    state=self.state,
                )
            )
        _logger.info(
            "DIAN document %s (%s): %s, %s → %s", self.id, self.number, event, self.state, state
        )
        # past write(), which keeps everybody else from the state
        progress = {"state": state, "hold": False, "failures": 0}
        super().write({**progress, **values})  # pylint: disable=super-method-mismatch

    # -------------------------------------------------------------------------
    # Helpers
    # -------------------------------------------------------------------------

    def _get_issuer(self):
        """The company DIAN knows as the issuer: a branch issues as its parent."""
        return self.company_id._l10n_co_openpce_get_issuer()

    def _get_dian_environment(self):
        """The environment digit of the document: only production is production."""
        return Environment.PRODUCTION if self.environment == "production" else Environment.TEST

    def _get_file(self, name):
        """Content of the file field ``name`` as bytes, empty when there is none."""
        self.ensure_one()
        value = self.with_context(bin_size=False)[name]
        return base64.b64decode(value) if value else b""

    def _commit(self):
        """Make what happened so far safe: the next step talks to somebody outside.

        Tests run in one transaction and keep it, as everywhere in Odoo's own sending.
        """
        self.env.flush_all()
        if self.env["account.move.send"]._can_commit():
            # A crash from here on finds this state in the database and asks DIAN first.
            self.env.cr.commit()  # pylint: disable=invalid-commit

    @api.model
    def _create_for(self, moves):
        """Queue a submission for every invoice of ``moves`` that has none alive.

        One that only lacked data is taken up again: nothing of it had left.

        :returns: the queued records, to be sent by the cron that is woken up here.
        """
        # sudo: who confirms an invoice queues it; submissions are written by the system alone
        held = self.sudo().search([("move_id", "in", moves.ids), ("hold", "=", "data")])
        for document in held:
            document._set_state("mend", **self._prepare_document_vals(document.move_id))
        moves -= held.move_id
        busy = (
            self.sudo()
            .search([("move_id", "in", moves.ids), ("state", "not in", ("rejected", "invalid"))])
            .move_id
        )
        vals_list = [self._prepare_document_vals(move) for move in moves - busy]
        documents = held + self.sudo().create(vals_list)
        if documents:
            self._trigger_queue(min(documents.mapped("next_try")))
        return documents

    @api.model
    def _search_twins(self, moves):
        """Live submissions of other invoices under the numbers of ``moves``, by issuer.

        Branches that issue with one NIT are one issuer for DIAN.
        """
        twins = self.sudo().browse()  # sudo: a number is taken, whoever may see the invoice
        issuers = moves.grouped(lambda move: move.company_id._l10n_co_openpce_get_issuer())
        for issuer, group in issuers.items():
            twins += twins.search(
                [
                    ("number", "in", group.mapped("name")),
                    ("company_id", "child_of", issuer.ids),
                    ("environment", "=", issuer.l10n_co_openpce_environment),
                    ("move_id", "not in", moves.ids),
                    ("state", "not in", ("rejected", "invalid")),
                ]
            ).filtered(lambda document, issuer=issuer: document._get_issuer() == issuer)
        return twins

    @api.model
    def _prepare_document_vals(self, move):
        next_try, notes = fields.Datetime.now(), False
        issuer = move.company_id._l10n_co_openpce_get_issuer()
        # A later invoice waits for its day. What counts is today as its author sees it: at seven in
        # the evening of Bogotá a user without time zone already writes tomorrow's date.
        if move.invoice_date and move.invoice_date > fields.Date.context_today(move):
            next_try = self._get_first_moment(move.invoice_date)
            notes = [note("on_its_day", day=fields.Date.to_string(move.invoice_date))]
        return {
            "move_id": move.id,
            "company_id": move.company_id.id,
            "kind": "01",
            "environment": issuer.l10n_co_openpce_environment or "sandbox",
            "number": move.name,
            "range_id": move._l10n_co_openpce_get_range().id,
            "next_try": next_try,
            "notes": notes,
        }

    @api.model
    def _trigger_queue(self, at=None):
        """Wake the cron of the queue, at once or at a naive UTC time."""
        cron = self.env.ref("l10n_co_openpce_edi.ir_cron_document_queue", raise_if_not_found=False)
        if cron:
            cron._trigger(at=at if at and at > fields.Datetime.now() else None)

    # -------------------------------------------------------------------------
    # Actions
    # -------------------------------------------------------------------------

    def action_open_move(self):
        """Open the invoice of this submission."""
        self.ensure_one()
        return self.move_id.get_formview_action()

    def action_download(self):
        """Download the file named in the button's context (``file``), if the user may read it."""
        self.ensure_one()
        name = self.env.context.get("file", "signed_xml")
        if name == "container" and self.state == "accepted":
            self.check_access("read")
            self.sudo()._get_container()
        names = {
            "signed_xml": self.file_name,
            "application_response": self.response_name,
            "container": self.container_name,
        }
        if name not in names or not self[name]:
            raise UserError(self.env._("There is no such file yet."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/{name}"
            f"?download=true&filename={names[name]}",
            "target": "self",
        }
