from odoo import models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    def _fill_sale_purchase_dashboard_data(self, dashboard_data):
        # EXTENDS 'account': how many invoices wait for DIAN, are in doubt, or are to be mended
        super()._fill_sale_purchase_dashboard_data(dashboard_data)
        journals = self.filtered("l10n_co_openpce_enabled")
        if not journals:
            return
        counters = {
            "l10n_co_openpce_to_send": ("draft", "prepared", "sending"),
            "l10n_co_openpce_in_doubt": ("in_doubt",),
            "l10n_co_openpce_rejected": ("rejected", "invalid"),
        }
        counts = dict.fromkeys(
            ((j.id, state) for j in journals for states in counters.values() for state in states), 0
        )
        groups = self.env["account.move"]._read_group(
            [
                ("journal_id", "in", journals.ids),
                ("state", "=", "posted"),
                (
                    "l10n_co_openpce_state",
                    "in",
                    [s for states in counters.values() for s in states],
                ),
            ],
            ["journal_id", "l10n_co_openpce_state"],
            ["__count"],
        )
        counts.update({(journal.id, state): count for journal, state, count in groups})
        for journal in journals:
            dashboard_data[journal.id].update(
                {
                    name: sum(counts[journal.id, state] for state in states)
                    for name, states in counters.items()
                }
            )
