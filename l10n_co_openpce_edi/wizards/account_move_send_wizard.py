from odoo import models


class AccountMoveSendWizard(models.TransientModel):
    _inherit = "account.move.send.wizard"

    def action_send_and_print(self, allow_fallback_pdf=False):
        # EXTENDS 'account'
        self._l10n_co_openpce_check_unsent(self.move_id)
        return super().action_send_and_print(allow_fallback_pdf=allow_fallback_pdf)
