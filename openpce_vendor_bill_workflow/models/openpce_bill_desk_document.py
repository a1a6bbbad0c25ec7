from odoo import models

from ..tools import ubl_picture

#: Fields of the entry in which Odoo keeps files, beside those that people attach.
_FILE_FIELDS = ("invoice_pdf_report_file", "ubl_cii_xml_file")
_XML_TYPES = ("application/xml", "text/xml", "text/plain")
_PDF = "application/pdf"


class OpenpceBill(models.Model):
    """The files of a bill as the desk shows them."""

    _inherit = "openpce.bill"

    def get_desk_documents(self):
        """Files of each bill in the order of the desk's tabs, as the user may see them.

        :return: {bill id: [{id, name, mimetype, url, kind, size}]}; kind is "pdf" (the supplier's
            document), "picture" (drawn from the electronic invoice), "annex" or "other".
        :raises AccessError: a bill is not the user's to see.
        """
        self.check_access("read")
        moves = self.move_id
        attachments = self.env["ir.attachment"].search_fetch(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "in", moves.ids),
                ("res_field", "in", [False, *_FILE_FIELDS]),
            ],
            ["name", "mimetype", "file_size", "checksum", "res_id", "store_fname", "type"],
            order="id",
        )
        by_move = attachments.filtered(lambda file: file.type == "binary").grouped("res_id")
        return {
            bill.id: bill._get_desk_documents(by_move.get(bill.move_id.id, attachments.browse()))
            for bill in self
        }

    def _get_desk_documents(self, attachments):
        main = self.move_id.message_main_attachment_id
        pdfs = attachments.filtered(lambda file: file.mimetype == _PDF)
        # the main file is what Odoo shows beside the form; an XML may be that too
        document = (main & pdfs) or pdfs[:1]
        pictures = attachments.filtered(lambda file: file._is_openpce_ubl())
        rest = attachments - document
        return [
            *(file._get_desk_file("pdf") for file in document),
            *(file._get_desk_picture() for file in pictures[:1]),
            *(file._get_desk_file("annex") for file in rest),
        ]


class IrAttachment(models.Model):
    """What the desk needs to know of a file."""

    _inherit = "ir.attachment"

    def _is_openpce_ubl(self):
        """Whether the file is an electronic invoice that can be drawn; told by its content, as
        Odoo stores XML of some users as plain text."""
        is_xml = self.mimetype in _XML_TYPES and self.name.lower().endswith((".xml", ".txt"))
        if not is_xml or self.file_size > ubl_picture.MAX_BYTES:
            return False
        return ubl_picture.is_ubl((self.raw or b"")[:4096])

    def _get_desk_file(self, kind):
        return {
            "id": self.id,
            "name": self.name,
            "mimetype": self.mimetype or "application/octet-stream",
            "url": f"/web/content/{self.id}?unique={(self.checksum or '')[:8]}",
            "kind": kind,
            "size": self.file_size,
        }

    def _get_desk_picture(self):
        return {
            "id": f"picture-{self.id}",
            "name": self.env._("Electronic invoice"),
            "mimetype": "text/html",
            "url": f"/openpce/bill/picture/{self.id}?unique={(self.checksum or '')[:8]}",
            "kind": "picture",
        }
