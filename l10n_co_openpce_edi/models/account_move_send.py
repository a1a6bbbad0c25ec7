"""Send & Print: to DIAN first, then one zip to the customer with the prescribed subject."""

from odoo import api, fields, models
from odoo.addons.account_edi_ubl_cii.models.account_move_send import (
    AccountMoveSend as UblCiiAccountMoveSend,
)
from odoo.exceptions import UserError
from odoo.tools import format_datetime

# While Send & Print is at work the delivery cron leaves the document alone.
OWN_DELIVERY_SECONDS = 900
EDI = "co_openpce"


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    # The client makes the record when Send is clicked; the default comes when the window opens.
    l10n_co_openpce_opened_at = fields.Datetime("Opened At", default=fields.Datetime.now)

    # -------------------------------------------------------------------------
    # Settings and alerts
    # -------------------------------------------------------------------------

    @api.model
    def _get_all_extra_edis(self):
        # EXTENDS 'account'
        res = super()._get_all_extra_edis()
        res[EDI] = {
            "label": self.env._("DIAN"),
            "is_applicable": lambda move: (
                move.l10n_co_openpce_required and move.l10n_co_openpce_state != "accepted"
            ),
            "help": self.env._("Send the invoice to DIAN and wait for its validation"),
        }
        return res

    def _get_alerts(self, moves, moves_data):
        # EXTENDS 'account': what is missing is told before anything is sent, with links
        alerts = super()._get_alerts(moves, moves_data)
        to_issue = moves.filtered(lambda m: EDI in (moves_data[m].get("extra_edis") or {}))
        issues, settings = [], []
        for company in to_issue.company_id:
            issuer = company._l10n_co_openpce_get_issuer()
            # sudo: that a setting is missing is told to all, what the settings are is not
            settings += issuer.sudo()._l10n_co_openpce_get_setting_issues()
            issues += issuer.partner_id._l10n_co_openpce_get_issues(role="supplier")
        for partner in to_issue.commercial_partner_id:
            issues += partner._l10n_co_openpce_get_issues()
        if issues:
            partners = self.env["res.partner"].browse({issue["record"].id for issue in issues})
            alerts["l10n_co_openpce_missing_data"] = {
                "level": "danger",
                "message": "\n".join(issue["message"] for issue in issues),
                "action_text": self.env._("View Partner(s)"),
                "action": partners._get_records_action(
                    name=self.env._("Complete the Data for DIAN")
                ),
            }
        if settings:
            alerts["l10n_co_openpce_missing_settings"] = self._prepare_settings_alert(settings)
        in_doubt = to_issue.filtered(lambda m: m.l10n_co_openpce_state == "in_doubt")
        if in_doubt:
            alerts["l10n_co_openpce_in_doubt"] = {
                "level": "info",
                "message": self.env._(
                    "DIAN is asked first what became of: %s", ", ".join(in_doubt.mapped("name"))
                ),
            }
        deliveries = self._l10n_co_openpce_get_deliveries(moves)
        delivered = deliveries.filtered(lambda d: d.delivery_state == "delivered")
        if delivered:
            alerts["l10n_co_openpce_delivered"] = {
                "level": "warning",
                "message": self.env._(
                    "Already mailed to the customer, sending mails it once more: %s",
                    ", ".join(self._l10n_co_openpce_describe_deliveries(delivered)),
                ),
            }
        return alerts

    @api.model
    def _prepare_settings_alert(self, issues):
        """What an administrator has to complete; he gets the way there."""
        alert = {"level": "danger", "message": "\n".join(issue["message"] for issue in issues)}
        if self.env.user.has_group("base.group_system"):
            action = self.env["ir.actions.actions"]._for_xml_id("account.action_account_config")
            return {**alert, "action_text": self.env._("Open the Settings"), "action": action}
        who = self.env._("An administrator has to complete the DIAN settings.")
        return {**alert, "message": f"{alert['message']}\n{who}"}

    def _l10n_co_openpce_get_deliveries(self, moves):
        """The submissions among those of ``moves`` that were mailed."""
        # sudo: whoever may send an invoice is told when it was, without the right to submissions
        return moves.l10n_co_openpce_document_id.sudo().filtered("delivered_at")

    def _l10n_co_openpce_describe_deliveries(self, documents):
        """For each submission its number, when it was mailed and where to: a list of texts."""
        return [
            self.env._(
                "%(number)s (%(when)s, %(address)s)",
                number=document.number,
                when=format_datetime(self.env, document.delivered_at),
                address=document.delivered_to or self.env._("no address kept"),
            )
            for document in documents
        ]

    def _l10n_co_openpce_check_unsent(self, moves):
        """Refuse to mail again what was mailed after the window was opened: nobody asked for it.

        :raises UserError: with the invoices that were mailed since.
        """
        opened_at = self.l10n_co_openpce_opened_at
        deliveries = self._l10n_co_openpce_get_deliveries(moves)
        since = deliveries.filtered(lambda d: d.delivered_at > opened_at)
        if since:
            raise UserError(
                self.env._(
                    "Sent by somebody else, or by the scheduled delivery, since you opened this "
                    "window: %s. Nothing was sent again. To mail it once more, close this window "
                    "and open Send again.",
                    ", ".join(self._l10n_co_openpce_describe_deliveries(since)),
                )
            )

    # -------------------------------------------------------------------------
    # DIAN
    # -------------------------------------------------------------------------

    @api.model
    def _call_web_service_before_invoice_pdf_render(self, invoices_data):
        # EXTENDS 'account'
        super()._call_web_service_before_invoice_pdf_render(invoices_data)
        for invoice, invoice_data in invoices_data.items():
            if not invoice.l10n_co_openpce_required:
                continue
            if EDI in invoice_data["extra_edis"] and invoice.l10n_co_openpce_state != "accepted":
                self._send_to_dian(invoice)
            if invoice.l10n_co_openpce_state != "accepted":
                invoice_data["error"] = self._prepare_dian_error(invoice)

    @api.model
    def _send_to_dian(self, invoice):
        """Send, or ask about, one invoice now; its submission tells what came of it."""
        Document = self.env["l10n_co_openpce.document"]
        if invoice.l10n_co_openpce_can_send:
            Document._create_for(invoice)
        # A submission whose day was over is replaced by a new one, which goes right away.
        for _turn in range(2):
            document = invoice.l10n_co_openpce_document_id
            document._process(deliver_after=OWN_DELIVERY_SECONDS)
            invoice.invalidate_recordset(["l10n_co_openpce_document_id", "l10n_co_openpce_state"])
            if invoice.l10n_co_openpce_document_id == document:
                break

    @api.model
    def _prepare_dian_error(self, invoice):
        """Why there is nothing to deliver yet, in the shape Send & Print shows."""
        document = invoice.l10n_co_openpce_document_id
        lang = self.env.lang or "en_US"
        return {
            "error_title": document.message or self.env._("%s was not sent to DIAN.", invoice.name),
            "errors": document._get_finding_texts(lang),
            # What is on its way goes on by itself; a rejection waits for a person.
            "retry": document.state in ("draft", "prepared", "sending", "in_doubt"),
        }

    def _hook_invoice_document_after_pdf_report_render(self, invoice, invoice_data):
        # OVERRIDE account_edi_ubl_cii for Colombia: it embeds a Factur-X into every PDF
        if invoice.l10n_co_openpce_required:
            return super(
                UblCiiAccountMoveSend, self
            )._hook_invoice_document_after_pdf_report_render(invoice, invoice_data)
        return super()._hook_invoice_document_after_pdf_report_render(invoice, invoice_data)

    # -------------------------------------------------------------------------
    # Files and mail
    # -------------------------------------------------------------------------

    @api.model
    def _get_invoice_extra_attachments(self, move):
        # EXTENDS 'account': portal and downloads get the zip, too
        res = super()._get_invoice_extra_attachments(move)
        if move.l10n_co_openpce_document_id.sudo().container_name:
            res += move.l10n_co_openpce_document_id._get_container_attachment()
        return res

    @api.model
    def _get_placeholder_mail_attachments_data(
        self, move, invoice_edi_format=None, extra_edis=None, pdf_report=None
    ):
        # EXTENDS 'account': the mail carries exactly one zip
        res = super()._get_placeholder_mail_attachments_data(
            move,
            invoice_edi_format=invoice_edi_format,
            extra_edis=extra_edis,
            pdf_report=pdf_report,
        )
        if not move.l10n_co_openpce_required:
            return res
        name = f"{move.name}.zip"
        return [
            {
                "id": f"placeholder_{name}",
                "name": name,
                "mimetype": "application/zip",
                "placeholder": True,
            }
        ]

    @api.model
    def _get_default_mail_attachments_widget(
        self, move, mail_template, invoice_edi_format=None, extra_edis=None, pdf_report=None
    ):
        # EXTENDS 'account': what the invoice has as files travels inside the one zip
        res = super()._get_default_mail_attachments_widget(
            move,
            mail_template,
            invoice_edi_format=invoice_edi_format,
            extra_edis=extra_edis,
            pdf_report=pdf_report,
        )
        if not move.l10n_co_openpce_required:
            return res
        inside = self._get_invoice_extra_attachments(move).ids
        return [file for file in res if file["id"] not in inside]

    @api.model
    def _get_default_mail_partner_ids(self, move, mail_template, mail_lang):
        # EXTENDS 'account': the reception address a customer declared at DIAN
        partners = super()._get_default_mail_partner_ids(move, mail_template, mail_lang)
        address = (
            move.l10n_co_openpce_required and move.commercial_partner_id.l10n_co_openpce_edi_email
        )
        if address:
            partners |= move._partner_find_from_emails_single([address], no_create=False)
        return partners

    @api.model
    def _get_mail_params(self, move, move_data):
        # EXTENDS 'account': one zip, and the subject that annex chapter 9 prescribes
        params = super()._get_mail_params(move, move_data)
        if not move.l10n_co_openpce_required:
            return params
        manual = [
            a["id"] for a in move_data.get("mail_attachments_widget") or [] if a.get("manual")
        ]
        annexes = {a.name: a.raw for a in self.env["ir.attachment"].browse(manual).exists()}
        container = move.l10n_co_openpce_document_id.sudo()._get_mail_attachment(annexes)
        if not container:
            return {}
        params.update(attachments=[container], subject=move._l10n_co_openpce_get_mail_subject())
        return params

    @api.model
    def _send_mail(self, move, mail_template, **kwargs):
        # EXTENDS 'account'
        super()._send_mail(move, mail_template, **kwargs)
        if move.l10n_co_openpce_required:
            partners = self.env["res.partner"].browse(kwargs.get("partner_ids") or [])
            move.l10n_co_openpce_document_id.sudo()._apply_delivered(partners)
