from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize_all

TEMPLATE = "openpce_vendor_bill_workflow.mail_template_return"


class OpenpceBillReturn(models.TransientModel):
    """Return of a bill to its supplier, by a mail with the files of the bill (R103, A28)."""

    _name = "openpce.bill.return"
    _inherit = "openpce.bill.dialog"
    _description = "Return of a supplier bill"

    bill_id = fields.Many2one("openpce.bill", required=True, readonly=True)
    company_id = fields.Many2one(related="bill_id.company_id")
    partner_id = fields.Many2one(related="bill_id.partner_id")
    lang = fields.Char(compute="_compute_lang")
    reason_id = fields.Many2one(
        "openpce.bill.reason",
        domain="[('kind', '=', 'return'), '|', ('company_id', '=', False),"
        " ('company_id', 'parent_of', company_id)]",
    )
    reason_text = fields.Text(
        "Text of the reason",
        compute="_compute_reason_text",
        store=True,
        readonly=False,
        help="What the supplier reads, in the supplier's language.",
    )
    email = fields.Char(
        "Supplier e-mail",
        compute="_compute_email",
        store=True,
        readonly=False,
        help="Separate several addresses by commas.",
    )
    remarks = fields.Text(help="Added to the mail below the reason.")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        compute="_compute_attachment_ids",
        store=True,
        readonly=False,
        string="Attachments",
        help="PDF and XML of the bill.",
    )
    subject = fields.Char(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize_attributes=False)

    @api.depends("partner_id")
    def _compute_lang(self):
        for wizard in self:
            partner = wizard.bill_id.partner_id
            wizard.lang = partner.lang or partner.commercial_partner_id.lang or self.env.lang

    @api.depends("reason_id")
    def _compute_reason_text(self):
        for wizard in self:
            wizard.reason_text = wizard.reason_id.with_context(lang=wizard.lang).text

    @api.depends("bill_id")
    def _compute_email(self):
        for wizard in self:
            move = wizard.bill_id.move_id
            wizard.email = move.invoice_source_email or wizard.bill_id.partner_id.email

    @api.depends("bill_id")
    def _compute_attachment_ids(self):
        for wizard in self:
            files = wizard.bill_id.move_id._openpce_get_files()
            wizard.attachment_ids = files.filtered(
                lambda file: (
                    file.mimetype in ("application/pdf", "application/xml", "text/xml")
                    or (file.name or "").lower().endswith((".pdf", ".xml"))
                )
            )

    @api.depends("reason_text", "remarks", "lang")
    def _compute_preview(self):
        for wizard in self:
            move = wizard.bill_id.move_id
            if not move:
                wizard.subject = wizard.preview = False
                continue
            template = wizard._get_template()
            wizard.subject = template._render_field("subject", move.ids)[move.id]
            wizard.preview = template._render_field("body_html", move.ids)[move.id]

    def _get_template(self):
        """The template in the supplier's language, with what was typed for it to tell."""
        return self.env.ref(TEMPLATE).with_context(
            lang=self.lang,
            openpce_reason_text=self.reason_text or "",
            openpce_remarks=self.remarks or "",
        )

    def action_send(self):
        """Send the mail and take the bill off everybody's desk."""
        self.ensure_one()
        bill = self.bill_id
        bill.check_access("read")
        self._check_filled()
        bill._return_to_supplier(self.reason_id, self.remarks or "", self.email)
        self._get_template().send_mail(
            bill.move_id.id,
            email_values={
                "email_to": ",".join(email_normalize_all(self.email)),
                "recipient_ids": [],
                "attachment_ids": [Command.set(self.attachment_ids.ids)],
            },
        )
        return bill._tell_outcome(bill, [])

    def _check_filled(self):
        """Refuse a return that the supplier would not get or not understand."""
        if not self.reason_id or self.reason_id.kind != "return":
            raise UserError(
                self.env._("Choose why the bill goes back; the supplier has to be told the reason.")
            )
        if not email_normalize_all(self.email or ""):
            raise UserError(
                self.env._(
                    "Type the e-mail address that the bill goes back to. The supplier has none in "
                    "Contacts, or it is not an address: “%s”.",
                    self.email or "",
                )
            )
        if self.attachment_ids - self.bill_id.move_id._openpce_get_files():
            raise UserError(self.env._("Only files of this bill can be sent with it."))
