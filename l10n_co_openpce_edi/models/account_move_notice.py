"""What people are shown of an invoice: banner, QR, DIAN's page, files; see the portal."""

import io
import zipfile

from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    l10n_co_openpce_not_sent = fields.Boolean(
        "Not Sent to DIAN Yet", compute="_compute_l10n_co_openpce_not_sent"
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
