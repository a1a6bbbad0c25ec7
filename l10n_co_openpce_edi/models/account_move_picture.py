"""Adapter: an invoice → the plain values that are printed → PDF. Read from the XML, the invoice."""

import base64

from odoo import api, models
from odoo.tools import format_datetime

from ..dian.errors import DianError
from ..dian.ubl.xml import parse_xml
from ..report import invoice_pdf, invoice_picture
from ..tools.notes import note


class AccountMove(models.Model):
    _inherit = "account.move"

    def _l10n_co_openpce_get_picture(self):
        """What the PDF shows; None while the XML cannot be made (settings or data are missing)."""
        self.ensure_one()
        document = self.sudo().l10n_co_openpce_document_id
        signed = document._get_file("signed_xml") if document else b""
        root = parse_xml(signed) if signed else self._l10n_co_openpce_build_unsigned()
        if root is None:
            return None
        return invoice_picture.read(
            root,
            software=self._l10n_co_openpce_get_software_text(),
            validated=self._l10n_co_openpce_format_time(document.accepted_at),
            warning=self._l10n_co_openpce_get_warning(),
            logo=base64.b64decode(self.company_id.logo_web or b""),
        )

    def _l10n_co_openpce_build_unsigned(self):
        """The tree of an invoice that was not sent yet, without CUFE; None if it cannot be made."""
        document = self.sudo().l10n_co_openpce_document_id
        if not document:
            return None
        try:
            header = document._get_header(document._get_bogota_now())
        except DianError:
            return None
        return document._build(header)

    def _l10n_co_openpce_get_warning(self):
        """Large notice of the PDF, in Spanish like the document: it is a legal text."""
        document = self.l10n_co_openpce_document_id
        if document.state != "accepted":
            return "AÚN NO VALIDADA POR LA DIAN"
        return "" if document.environment == "production" else "DOCUMENTO DE PRUEBA, SIN VALIDEZ"

    def _l10n_co_openpce_get_software_text(self):
        """Software, its maker and the maker's NIT, which the law wants on the paper."""
        return self.company_id._l10n_co_openpce_get_issuer()._l10n_co_openpce_describe_software()

    @api.model
    def _l10n_co_openpce_format_time(self, moment):
        if not moment:
            return ""
        return format_datetime(
            self.env, moment, tz="America/Bogota", dt_format="yyyy-MM-dd HH:mm:ss"
        )

    def _l10n_co_openpce_render_pdf(self):
        """The PDF of an invoice that goes to DIAN, or None (see `_l10n_co_openpce_get_picture`)."""
        picture = self._l10n_co_openpce_get_picture()
        return invoice_pdf.render(picture) if picture else None

    @api.readonly
    def l10n_co_openpce_is_drawn(self):
        """Whether the PDF of all these invoices is drawn here, so that no browser engine is needed.

        Asked by the web client before it prints (``static/src/js/invoice_report.js``).
        """
        self.check_access("read")
        return all(move.l10n_co_openpce_required and move.state == "posted" for move in self)

    def _get_invoice_proforma_pdf_report_filename(self):
        # EXTENDS 'account': accepted by DIAN, it is the invoice, whether it was mailed or not
        if self.l10n_co_openpce_state == "accepted":
            return self._get_invoice_report_filename()
        return super()._get_invoice_proforma_pdf_report_filename()

    def action_print_pdf(self):
        # EXTENDS 'account': the legal representation has its own layout, nothing to configure first
        if not self.l10n_co_openpce_required:
            return super().action_print_pdf()
        report = self.env["account.move.send"]._get_default_pdf_report_id(self)
        return report.report_action(self.id, config=False)

    def _message_receive_bounce(self, email, partner):
        # EXTENDS 'mail': a customer whose address does not work did not get the invoice
        super()._message_receive_bounce(email, partner)
        document = self.sudo().l10n_co_openpce_document_id
        if document.delivery_state == "delivered":
            document.write(
                {"delivery_state": "bounced", "notes": [note("bounced", address=email or "")]}
            )
