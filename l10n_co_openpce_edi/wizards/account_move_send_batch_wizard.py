from odoo import api, models


class AccountMoveSendBatchWizard(models.TransientModel):
    _inherit = "account.move.send.batch.wizard"

    @api.depends("move_ids")
    def _compute_summary_data(self):
        # EXTENDS 'account': which names the sending methods in English, whatever the language is
        super()._compute_summary_data()
        field = self.env["res.partner"]._fields["invoice_sending_method"]
        names = {**dict(field._description_selection(self.env)), "manual": None}
        for wizard in self:
            wizard.summary_data = {
                key: {**line, "label": names.get(key) or line["label"]}
                for key, line in wizard.summary_data.items()
            }

    def action_send_and_print(self, force_synchronous=False, allow_fallback_pdf=False):
        # EXTENDS 'account'
        self._l10n_co_openpce_check_unsent(self.move_ids)
        return super().action_send_and_print(
            force_synchronous=force_synchronous, allow_fallback_pdf=allow_fallback_pdf
        )
