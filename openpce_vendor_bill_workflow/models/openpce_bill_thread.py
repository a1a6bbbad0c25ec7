from odoo import models
from odoo.addons.mail.tools.discuss import Store


class OpenpceBill(models.Model):
    """The files of the document are shown beside the bill too: they hang on ``account.move``."""

    _inherit = "openpce.bill"

    def _get_mail_thread_data_attachments(self):
        # EXTENDS 'mail'
        files = super()._get_mail_thread_data_attachments()
        return files | self.move_id._openpce_get_files()

    def _thread_to_store(self, store, fields, *, request_list=None):
        # EXTENDS 'mail': the preview beside the form asks which file is the main one
        super()._thread_to_store(store, fields, request_list=request_list)
        if request_list and "attachments" in request_list:
            for bill in self:
                main = Store.One(bill.move_id.message_main_attachment_id, [])
                store.add(bill, {"message_main_attachment_id": main}, as_thread=True)
