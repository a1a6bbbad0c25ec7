"""What people are told about an invoice outside its DIAN tab: banner, portal page."""

from odoo import api, fields, models

from ..dian import identifiers


class AccountMove(models.Model):
    _inherit = "account.move"

    l10n_co_openpce_not_sent = fields.Boolean(
        "Not Sent to DIAN Yet", compute="_compute_l10n_co_openpce_not_sent"
    )
    l10n_co_openpce_catalogue_url = fields.Char(
        "DIAN Catalogue", compute="_compute_l10n_co_openpce_catalogue_url"
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
            move.l10n_co_openpce_not_sent = bool(
                note
                and move.journal_id.l10n_co_openpce_enabled
                and move.company_id.account_fiscal_country_id.code == "CO"
            )

    @api.depends("l10n_co_openpce_cufe", "l10n_co_openpce_state")
    def _compute_l10n_co_openpce_catalogue_url(self):
        """DIAN's public page of the document (annex 11.7.1); only what it accepted is there."""
        for move in self:
            document = move.l10n_co_openpce_document_id.sudo()
            move.l10n_co_openpce_catalogue_url = (
                identifiers.qr_url(document.cufe, document._get_dian_environment())
                if document.state == "accepted" and document.cufe
                else False
            )
