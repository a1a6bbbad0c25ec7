from odoo import models

from .l10n_co_openpce_document import UNDELIVERED

# Counter of the dashboard → the states it counts.
_COUNTERS = {
    "l10n_co_openpce_to_send": ("draft", "prepared"),
    "l10n_co_openpce_sending": ("sending",),
    "l10n_co_openpce_in_doubt": ("in_doubt",),
    "l10n_co_openpce_rejected": ("rejected", "invalid"),
}


class AccountJournal(models.Model):
    _inherit = "account.journal"

    def _fill_sale_purchase_dashboard_data(self, dashboard_data):
        # EXTENDS 'account': how many invoices wait for DIAN, are on their way, in doubt, to be
        # mended, wait for somebody, or did not reach their customer
        super()._fill_sale_purchase_dashboard_data(dashboard_data)
        journals = self.filtered("l10n_co_openpce_enabled")
        if not journals:
            return
        states = [state for states in _COUNTERS.values() for state in states]
        counts = self._l10n_co_openpce_count(
            journals, [("l10n_co_openpce_state", "in", states)], ["l10n_co_openpce_state"]
        )
        undelivered = self._l10n_co_openpce_count(
            journals,
            [
                ("l10n_co_openpce_state", "=", "accepted"),
                ("l10n_co_openpce_document_id.delivery_state", "in", UNDELIVERED),
            ],
        )
        held = self._l10n_co_openpce_count(
            journals, [("l10n_co_openpce_document_id.hold", "in", ("settings", "person"))]
        )
        for journal in journals:
            dashboard_data[journal.id].update(
                {
                    name: sum(counts.get((journal, state), 0) for state in states)
                    for name, states in _COUNTERS.items()
                },
                l10n_co_openpce_held=held.get((journal,), 0),
                l10n_co_openpce_undelivered=undelivered.get((journal,), 0),
                l10n_co_openpce_paused=journal._l10n_co_openpce_is_paused(),
            )

    def _l10n_co_openpce_is_paused(self):
        """Whether what is confirmed here now waits: the journal's company, or the branch in it."""
        self.ensure_one()
        company = self.env.company
        # sudo: whether it is paused is all that is told of a parent the user may not see
        branch = company if self.company_id in company.sudo().parent_ids else company.browse()
        return any(
            company._l10n_co_openpce_get_paused() for company in self.company_id.sudo() | branch
        )

    def _l10n_co_openpce_count(self, journals, domain, groups=()):
        """Posted invoices of ``journals`` in ``domain``: (journal, *groups) → count."""
        rows = self.env["account.move"]._read_group(
            [("journal_id", "in", journals.ids), ("state", "=", "posted"), *domain],
            ["journal_id", *groups],
            ["__count"],
        )
        return {tuple(keys): count for *keys, count in rows}
