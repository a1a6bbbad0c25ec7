"""Step 11: AttachedDocument and PDF in one zip, mailed with the prescribed subject (annex 9)."""

import base64
import datetime as dt
import io
import logging

import qrcode
from odoo import fields, models

from ..dian import archive, identifiers
from ..dian.signature import signer as xades
from ..dian.ubl import container as attached_document
from ..tools.notes import note

_logger = logging.getLogger(__name__)

# A mail has at most 2 MB; in a mail the zip grows by a third (base64) and the text needs room.
MAX_ZIP = (2 * 1024 * 1024 - 64 * 1024) * 3 // 4
# So long nobody else tries a delivery that was begun; a process that died is made up for then.
# The lease doubles with every try that ended in nothing: six tries take five hours.
DELIVERY_LEASE_SECONDS = 300
MAX_DELIVERIES = 6


class L10nCoOpenpceDocument(models.Model):
    _inherit = "l10n_co_openpce.document"

    # -------------------------------------------------------------------------
    # The zip
    # -------------------------------------------------------------------------

    def _get_container(self, annexes=None):
        """Zip with the signed AttachedDocument, the PDF and, in a zip of its own, the annexes.

        Made once and kept; with annexes it is made for this mail only.

        :param annexes: file name → content.
        :returns: bytes.
        """
        self.ensure_one()
        if not annexes and self.container:
            return self._get_file("container")
        issued_at = self._get_bogota_now()
        nit = self._get_issuer().partner_id.l10n_co_openpce_nit
        consecutive = self._get_next_consecutive(issued_at.date())
        name = identifiers.xml_file_name("ad", nit, issued_at.year, consecutive)
        files = {name: self._make_attached_document(issued_at, str(consecutive))}
        pdf = self._get_pdf()
        if pdf:
            files[f"{self.number}.pdf"] = pdf
        if annexes:
            files[f"{self.number}-anexos.zip"] = archive.pack(annexes)
        content = archive.pack(files)
        if not annexes:
            name = identifiers.zip_file_name(nit, issued_at.year, consecutive)
            self.write({"container": base64.b64encode(content), "container_name": name})
            # People meet the file in the portal and in downloads: it has its own name there, too.
            self._get_container_attachment().name = name
        return content

    def _make_attached_document(self, issued_at, number):
        """The signed container of the invoice and DIAN's answer, as bytes."""
        root = attached_document.build(
            self._get_file("signed_xml"),
            self._get_file("application_response") or None,
            number=number,
            issued_at=issued_at,
        )
        return xades.sign(
            root, self._get_issuer()._l10n_co_openpce_signer(), signing_time=issued_at
        )

    def _get_pdf(self):
        """The PDF kept on the invoice, else a new one; empty when there is none to be had."""
        kept = self.move_id.sudo().invoice_pdf_report_id
        return kept.raw if kept else self.move_id.sudo()._l10n_co_openpce_render_pdf() or b""

    def _get_container_attachment(self):
        """The attachment behind the kept zip, for portal and downloads."""
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("res_field", "=", "container"),
                ]
            )
        )

    def _get_mail_attachment(self, annexes):
        """Name and content of the one attachment of the mail, None when it would be too large."""
        if self.state != "accepted":
            return None
        content = self._get_container(annexes)
        if len(content) > MAX_ZIP:
            self.write(
                {
                    "delivery_state": "too_large",
                    "notes": [note("too_large", number=self.number)],
                }
            )
            return None
        return self.container_name or f"{self.number}.zip", content

    # -------------------------------------------------------------------------
    # Delivery
    # -------------------------------------------------------------------------

    def _trigger_delivery(self, at):
        """Wake the delivery cron at a naive UTC time."""
        cron = self.env.ref(
            "l10n_co_openpce_edi.ir_cron_document_deliver", raise_if_not_found=False
        )
        if cron:
            cron._trigger(at=at)

    def _deliver(self):
        """Mail an accepted document that nobody has mailed, the way Send & Print does it."""
        self.ensure_one()
        # Two workers must not mail twice: whoever has the row delivers. Sending commits on its way
        # and so frees the row, hence the lease: the others see it as not due.
        if not self.try_lock_for_update():
            return
        self.invalidate_recordset()
        now = fields.Datetime.now()
        if self.delivery_state != "to_deliver" or (self.deliver_after and self.deliver_after > now):
            return
        if self.failures >= MAX_DELIVERIES:
            self._apply_undelivered("failed", "not_mailed")
            return
        lease = dt.timedelta(seconds=DELIVERY_LEASE_SECONDS) * 2**self.failures
        self.write({"deliver_after": now + lease, "failures": self.failures + 1})
        self._commit()
        sender = self.env["account.move.send"].with_company(self.company_id)
        sender._generate_and_send_invoices(
            self.move_id, allow_raising=False, sending_methods=["email"]
        )
        # With an address something else went wrong: the next try comes when the lease is over.
        if self.delivery_state != "to_deliver" or self._has_address(sender):
            return
        if self.move_id.commercial_partner_id.l10n_co_openpce_is_final_consumer:
            # who does not identify himself has no address to add: he took the paper along
            self.write({"delivery_state": "not_needed", "failures": 0})
        else:
            self._apply_undelivered("no_address", "no_address")

    def _has_address(self, sender):
        """Whether Send & Print would mail to anybody."""
        move, template = self.move_id, self.move_id._get_mail_template()
        partners = sender._get_default_mail_partner_ids(move, template, move.partner_id.lang)
        return any(partner.email for partner in partners)

    def _apply_undelivered(self, state, code):
        """The mail did not go out and will not by itself: ``code`` tells what a person is to do."""
        notes = [note(code, number=self.number)]
        self.write({"delivery_state": state, "failures": 0, "notes": notes})

    def _apply_delivered(self, partners):
        """The mail was handed over; where it went is kept."""
        if not self:
            return
        addresses = ", ".join(partner.email for partner in partners if partner.email)
        self.write(
            {
                "delivery_state": "delivered",
                "failures": 0,
                "notes": False,
                "delivered_at": fields.Datetime.now(),
                "delivered_to": addresses,
            }
        )
        _logger.info("DIAN document %s (%s): delivered", self.id, self.number)

    # -------------------------------------------------------------------------
    # QR on screen
    # -------------------------------------------------------------------------

    def _get_catalogue_url(self):
        """DIAN's public page of the document (annex 11.7.1); False before there is a CUFE."""
        return self.cufe and identifiers.qr_url(self.cufe, self._get_dian_environment())

    def _get_qr_image(self):
        """PNG of the catalogue address, base64; False before there is a CUFE."""
        url = self._get_catalogue_url()
        if not url:
            return False
        # Not the report engine's barcode(): its bitmaps need a Cairo library beside reportlab.
        content = io.BytesIO()
        qrcode.make(url, box_size=5, border=2).save(content)
        return base64.b64encode(content.getvalue())
