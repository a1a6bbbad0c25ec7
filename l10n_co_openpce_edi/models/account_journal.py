from odoo import fields, models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    l10n_co_openpce_enabled = fields.Boolean(
        "Electronic invoices (DIAN)",
        help="Invoices confirmed in this journal are sent to DIAN.",
    )
    l10n_co_openpce_range_ids = fields.One2many(
        "l10n_co_openpce.numbering.range", "journal_id", "Numbering ranges"
    )

    def _l10n_co_openpce_get_range(self, date, document_type="01"):
        """The range a document of ``date`` is numbered from, empty if there is none.

        :param date: issue date in Bogotá.
        :param document_type: DIAN's document type; contingency (03) has ranges of its own.
        """
        self.ensure_one()
        company = self.company_id
        return self.env["l10n_co_openpce.numbering.range"].search(
            [
                ("journal_id", "=", self.id),
                ("environment", "=", company.l10n_co_openpce_environment),
                ("document_type", "=", document_type),
                ("date_from", "<=", date),
                ("date_to", ">=", date),
            ],
            order="sequence, date_from, first_number",
            limit=1,
        )
