from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        # EXTENDS 'base': merging moves invoices past every lock, straight in the database
        partners = self.env["res.partner"].browse(partner_ids).exists()
        numbers = {partner.l10n_co_openpce_nit for partner in partners} - {False}
        if len(numbers) > 1:
            for partner in partners:
                partner._l10n_co_openpce_check_number_untold(partner.l10n_co_openpce_nit)
        return super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
