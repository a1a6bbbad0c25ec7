"""What people are shown of an invoice: banner, QR, DIAN's page, files; see the portal."""

import io
import zipfile

from odoo import api, fields, models

from .l10n_co_openpce_document import UNDELIVERED

# Columns of an invoice's lines. Odoo's have room for a million (pesos have many digits, and an
# amount that is cut off is read wrongly); quantity and discount, which DIAN is told, are hidden.
LINE_COLUMNS = {
    "quantity": {"optional": "show"},
    "discount": {"optional": "show"},
    "price_unit": {"width": "105px"},
    "price_subtotal": {"width": "130px"},
    "price_total": {"width": "130px"},
}


class AccountMove(models.Model):
    _inherit = "account.move"

    l10n_co_openpce_not_sent = fields.Boolean(
        "Not Sent to DIAN Yet", compute="_compute_l10n_co_openpce_not_sent"
    )
    l10n_co_openpce_hold = fields.Selection(
        related="l10n_co_openpce_document_id.hold",
        string="DIAN Waits For",
        groups="base.group_user",
    )
    l10n_co_openpce_alert = fields.Selection(
        [("danger", "Refused"), ("warning", "Needs Somebody")],
        "DIAN Alert",
        compute="_compute_l10n_co_openpce_alert",
        compute_sudo=True,
    )
    # sudo: whoever may read an invoice is shown these, also without the right to submissions
    l10n_co_openpce_qr = fields.Binary(
        "DIAN QR", compute="_compute_l10n_co_openpce_qr", compute_sudo=True
    )
    l10n_co_openpce_catalogue_url = fields.Char(
        "DIAN Catalogue", compute="_compute_l10n_co_openpce_catalogue_url", compute_sudo=True
    )

    @api.depends(
        "move_type",
        "debit_origin_id",
        "journal_id.l10n_co_openpce_enabled",
        "company_id.account_fiscal_country_id",
    )
    def _compute_l10n_co_openpce_not_sent(self):
        """Credit and debit notes of an electronic journal: DIAN wants them, we cannot send them."""
        for move in self:
            note = move.move_type == "out_refund" or (
                move.move_type == "out_invoice" and move.debit_origin_id
            )
            move.l10n_co_openpce_not_sent = bool(note and move._l10n_co_openpce_is_electronic())

    @api.depends(
        "state",
        "l10n_co_openpce_state",
        "l10n_co_openpce_message",
        "l10n_co_openpce_hold",
        "l10n_co_openpce_delivery_state",
    )
    def _compute_l10n_co_openpce_alert(self):
        """How loudly the situation is told: refused, waiting for somebody, or just going on."""
        for move in self:
            undelivered = move.l10n_co_openpce_delivery_state in UNDELIVERED
            if not move.l10n_co_openpce_message or move.state == "cancel":
                move.l10n_co_openpce_alert = False
            elif move.l10n_co_openpce_state in ("rejected", "invalid"):
                move.l10n_co_openpce_alert = "danger"
            elif move.l10n_co_openpce_hold in ("settings", "person") or undelivered:
                move.l10n_co_openpce_alert = "warning"
            else:
                move.l10n_co_openpce_alert = False

    @api.depends("l10n_co_openpce_state")
    def _compute_l10n_co_openpce_qr(self):
        for move in self:
            move.l10n_co_openpce_qr = move.l10n_co_openpce_document_id._get_qr_image()

    @api.depends("l10n_co_openpce_state")
    def _compute_l10n_co_openpce_catalogue_url(self):
        """DIAN's public page of the document (annex 11.7.1); only what it accepted is there."""
        for move in self:
            document = move.l10n_co_openpce_document_id
            accepted = document.state == "accepted"
            move.l10n_co_openpce_catalogue_url = accepted and document._get_catalogue_url()

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        # EXTENDS 'base': the form of a Colombian company has other columns
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self.env.company.account_fiscal_country_id.code == "CO")

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        # EXTENDS 'base'
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and self.env.company.account_fiscal_country_id.code == "CO":
            # Odoo's form alone: others choose their columns themselves
            form = "//form[starts-with(@js_class, 'account_move')]"
            for name, attributes in LINE_COLUMNS.items():
                path = f"{form}//field[@name='invoice_line_ids']/list/field[@name='{name}']"
                for column in arch.xpath(path):
                    column.attrib.update(attributes)
        return arch, view

    def _l10n_co_openpce_is_electronic(self):
        """Whether the journal's documents go to DIAN, by us or, as notes still do, otherwise."""
        self.ensure_one()
        return (
            self.journal_id.l10n_co_openpce_enabled
            and self.company_id.account_fiscal_country_id.code == "CO"
        )

    def _l10n_co_openpce_get_kept_name(self):
        """Name of the zip that was made for the customer; empty before there is one."""
        self.ensure_one()
        # sudo: whoever may see an invoice may have its files, also without the right to submissions
        document = self.sudo().l10n_co_openpce_document_id
        return (document.state == "accepted" and document.container_name) or ""

    def _l10n_co_openpce_get_kept_file(self, kind):
        """Name and content of what the customer was mailed, both empty before.

        :param kind: ``zip``, or ``xml`` for the AttachedDocument inside it.
        """
        name = self._l10n_co_openpce_get_kept_name()
        if not name:
            return "", b""
        content = self.sudo().l10n_co_openpce_document_id._get_file("container")
        if kind == "zip":
            return name, content
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            name = next(name for name in archive.namelist() if name.endswith(".xml"))
            return name, archive.read(name)
