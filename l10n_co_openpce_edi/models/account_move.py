from odoo import api, fields, models

from ..dian import mail
from .l10n_co_openpce_document import LOCKING_STATES, PENDING_STATES, STATES


class AccountMove(models.Model):
    _inherit = "account.move"

    l10n_co_openpce_required = fields.Boolean(
        "Goes to DIAN", compute="_compute_l10n_co_openpce_required"
    )
    l10n_co_openpce_document_ids = fields.One2many(
        "l10n_co_openpce.document", "move_id", "DIAN Submissions", copy=False
    )
    l10n_co_openpce_document_id = fields.Many2one(
        "l10n_co_openpce.document",
        "DIAN Submission",
        compute="_compute_l10n_co_openpce_state",
        store=True,
        copy=False,
    )
    l10n_co_openpce_state = fields.Selection(
        STATES,
        "DIAN State",
        compute="_compute_l10n_co_openpce_state",
        store=True,
        copy=False,
        index="btree_not_null",
    )
    l10n_co_openpce_cufe = fields.Char(related="l10n_co_openpce_document_id.cufe", string="CUFE")
    l10n_co_openpce_message = fields.Text(
        related="l10n_co_openpce_document_id.message",
        string="DIAN Situation",
        groups="base.group_user",
    )
    l10n_co_openpce_findings_html = fields.Html(
        related="l10n_co_openpce_document_id.findings_html",
        string="DIAN Findings",
        sanitize=False,
        groups="base.group_user",
    )
    l10n_co_openpce_delivery_state = fields.Selection(
        related="l10n_co_openpce_document_id.delivery_state", string="DIAN Delivery"
    )
    # sudo: whoever may read an invoice may open it, also without the right to submissions
    l10n_co_openpce_can_send = fields.Boolean(
        compute="_compute_l10n_co_openpce_buttons", compute_sudo=True
    )
    l10n_co_openpce_can_ask = fields.Boolean(
        compute="_compute_l10n_co_openpce_buttons", compute_sudo=True
    )
    l10n_co_openpce_payment_form = fields.Selection(
        [("1", "Cash"), ("2", "Credit")],
        "Payment Form",
        compute="_compute_l10n_co_openpce_payment_form",
        store=True,
        readonly=False,
        help="DIAN: paid at once, or on credit with a due date.",
    )
    l10n_co_openpce_payment_means_id = fields.Many2one(
        "l10n_co_openpce.payment.means",
        "Payment Means",
        compute="_compute_l10n_co_openpce_payment_means_id",
        store=True,
        readonly=False,
    )
    l10n_co_openpce_operation_type = fields.Selection(
        [("10", "Standard")], "Operation Type", default="10", help="DIAN table 13.1.5"
    )

    # -------------------------------------------------------------------------
    # Computes
    # -------------------------------------------------------------------------

    @api.depends(
        "move_type",
        "journal_id.l10n_co_openpce_enabled",
        "company_id.account_fiscal_country_id",
        "debit_origin_id",
        "state",
        "name",
        "l10n_co_openpce_state",
    )
    def _compute_l10n_co_openpce_required(self):
        for move in self:
            # What was begun stays DIAN's, whatever becomes of the journal's settings.
            begun = move.l10n_co_openpce_state in (*PENDING_STATES, "accepted")
            move.l10n_co_openpce_required = begun or (
                move._l10n_co_openpce_takes_number() and not move._l10n_co_openpce_is_older()
            )

    @api.depends("l10n_co_openpce_document_ids.state")
    def _compute_l10n_co_openpce_state(self):
        for move in self:
            documents = move.l10n_co_openpce_document_ids.sorted("id", reverse=True)
            # An invoice is at DIAN as soon as one of its files is, whatever was tried later.
            accepted = documents.filtered(lambda document: document.state == "accepted")
            move.l10n_co_openpce_document_id = (accepted or documents)[:1]
            move.l10n_co_openpce_state = move.l10n_co_openpce_document_id.state

    @api.depends("state", "l10n_co_openpce_state", "l10n_co_openpce_required")
    def _compute_l10n_co_openpce_buttons(self):
        for move in self:
            document = move.l10n_co_openpce_document_id
            events = document._get_allowed_events() if document else set()
            move.l10n_co_openpce_can_ask = bool(events & {"doubt", "not_found"})
            move.l10n_co_openpce_can_send = (
                move.state == "posted"
                and move.l10n_co_openpce_required
                and (
                    not document
                    or bool(events & {"prepare", "send"})
                    or document.state in ("invalid", "rejected")
                )
            )

    @api.depends("invoice_date", "invoice_date_due", "invoice_payment_term_id", "move_type")
    def _compute_l10n_co_openpce_payment_form(self):
        today = fields.Date.context_today(self)
        locked = self._l10n_co_openpce_get_locked()
        for move in locked:
            # A new due date is free, what DIAN was told is not.
            move.l10n_co_openpce_payment_form = move.l10n_co_openpce_payment_form
        for move in self - locked:
            on_credit = move.invoice_date_due and move.invoice_date_due > (
                move.invoice_date or today
            )
            move.l10n_co_openpce_payment_form = (
                ("2" if on_credit else "1") if move.is_sale_document() else False
            )

    @api.depends("l10n_co_openpce_payment_form")
    def _compute_l10n_co_openpce_payment_means_id(self):
        means = {}
        if self.filtered("l10n_co_openpce_payment_form"):
            found = self.env["l10n_co_openpce.payment.means"].search([("code", "in", ("1", "10"))])
            # Cash for what is paid at once; not defined while nobody knows how it will be paid.
            means = {
                "1": found.filtered(lambda m: m.code == "10"),
                "2": found.filtered(lambda m: m.code == "1"),
            }
        for move in self:
            default = means.get(move.l10n_co_openpce_payment_form)
            move.l10n_co_openpce_payment_means_id = move.l10n_co_openpce_payment_means_id or default

    @api.depends("l10n_co_openpce_state")
    def _compute_show_reset_to_draft_button(self):
        # EXTENDS 'account'
        super()._compute_show_reset_to_draft_button()
        for move in self:
            if move.l10n_co_openpce_state in LOCKING_STATES:
                move.show_reset_to_draft_button = False

    # -------------------------------------------------------------------------
    # Business
    # -------------------------------------------------------------------------

    def _post(self, soft=True):
        # EXTENDS 'account': queue for DIAN; never a call to DIAN in the posting transaction
        to_issue = self.filtered("l10n_co_openpce_required")
        posted = super()._post(soft)
        to_issue &= posted
        if to_issue:
            to_issue._l10n_co_openpce_check_numbers()
            self.env["l10n_co_openpce.document"]._create_for(to_issue)
        return posted

    def _get_mail_template(self):
        # EXTENDS 'account'
        if self and all(move.l10n_co_openpce_required for move in self):
            return self.env.ref("l10n_co_openpce_edi.mail_template_invoice")
        return super()._get_mail_template()

    # -------------------------------------------------------------------------
    # Actions
    # -------------------------------------------------------------------------

    def _l10n_co_openpce_check_sender(self):
        """Who sends may change these invoices and see what becomes of them at DIAN."""
        self.check_access("write")
        self.env["l10n_co_openpce.document"].check_access("read")

    def action_l10n_co_openpce_send(self):
        """Send at once, or again after mending; one by one, the rest goes on if one fails."""
        self._l10n_co_openpce_check_sender()
        Document = self.env["l10n_co_openpce.document"]
        for move in self.filtered("l10n_co_openpce_can_send"):
            Document._create_for(move)
            move.l10n_co_openpce_document_id._process()
        return True

    def action_l10n_co_openpce_queue(self):
        """Queue the selected invoices; the cron sends them and the list shows how far it is."""
        self._l10n_co_openpce_check_sender()
        to_send = self.filtered("l10n_co_openpce_can_send")
        self.env["l10n_co_openpce.document"]._create_for(to_send)
        to_send.sudo().l10n_co_openpce_document_id._hurry()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if to_send else "warning",
                "message": self.env._("1 invoice was queued for DIAN.")
                if len(to_send) == 1
                else self.env._("%s invoices were queued for DIAN.", len(to_send)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_l10n_co_openpce_ask(self):
        """Ask DIAN what became of the document."""
        self._l10n_co_openpce_check_sender()
        for move in self.filtered("l10n_co_openpce_can_ask"):
            move.l10n_co_openpce_document_id._process()
        return True

    def action_l10n_co_openpce_download(self):
        """Download the file of the DIAN tab that the button's context names."""
        self.ensure_one()
        return self.l10n_co_openpce_document_id.action_download()

    def _l10n_co_openpce_get_mail_subject(self):
        """Subject that annex chapter 9 prescribes for the mail with the zip."""
        self.ensure_one()
        company = self.company_id._l10n_co_openpce_get_issuer()
        return mail.mail_subject(
            company.partner_id.l10n_co_openpce_nit or "",
            company.name,
            self.name,
            "01",
            company.partner_id.l10n_co_openpce_trade_name or company.name,
            company.l10n_co_openpce_business_line or "",
        )
