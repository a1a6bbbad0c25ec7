from odoo import models

from ..connectors import File, judge


class AccountMove(models.Model):
    """Bills that Odoo makes of uploads and mails get their delivery too (R81)."""

    _inherit = "account.move"

    def _extend_with_attachments(self, files_data, new=False):
        # EXTENDS 'account': every route by which a document becomes a bill passes here. The
        # delivery is noted before the import, which commits, and completed after it.
        intake = new and self._openpce_adopt(self._from_files_data(files_data))
        result = super()._extend_with_attachments(files_data, new)
        if new and not intake:
            # a journal entry that the import found to be a bill
            intake = self._openpce_adopt(self._from_files_data(files_data))
        if intake:
            intake._note_captured(list(filter(None, [intake.error])))
        return result

    def _openpce_adopt(self, attachments):
        """The delivery of a bill that has none yet: Odoo made it of an upload or a mail."""
        # sudo: whoever brings a document need not see the workflow's records
        bill = self.sudo().openpce_bill_ids
        if not bill or bill.intake_id:
            return None
        source = "mail" if self.env.context.get("from_alias") else "upload"
        return self.env["openpce.bill.intake"]._adopt(self, attachments, source)

    def _message_post_after_hook(self, new_message, message_values):
        # EXTENDS 'account': a mail without a file that can be used is a delivery all the same
        result = super()._message_post_after_hook(new_message, message_values)
        if self.env.context.get("from_alias"):
            intake = self._openpce_adopt(new_message.attachment_ids)
            if intake:
                intake._note_captured([])
        return result

    def _openpce_import(self):
        """Fill the draft from its own files, by whichever decoder knows them; safe to repeat."""
        self.ensure_one()
        if self.invoice_line_ids:
            return
        attachments = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id), ("res_field", "=", False)],
            order="id",
        )
        attachments |= self._openpce_get_kept(attachments)
        files_data = self._to_files_data(attachments)
        files_data.extend(self._unwrap_attachments(files_data))
        if files_data:
            self._extend_with_attachments(files_data, new=True)

    def _openpce_get_kept(self, present):
        """XML files of the bill's delivery that are not beside the bill, as files to import.

        Odoo keeps no XML beside a bill that came by mail, so the delivery alone has it when the
        import was interrupted.
        """
        # sudo: the delivery of a bill belongs to its import
        intake = self.sudo().openpce_bill_ids.intake_id
        if len(intake.bill_ids) != 1:
            return present.browse()
        known = set(present.mapped("checksum"))
        kept = intake.attachment_ids.filtered(
            # by content: the type that Odoo notes depends on who stored the file
            lambda file: file.checksum not in known and judge(File(file.name, file.raw)) == "xml"
        )
        return present.browse(
            [file.copy({"res_model": False, "res_id": False}).id for file in kept]
        )
