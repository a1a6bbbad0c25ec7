"""What an invoice at DIAN was numbered by stays what it was: the authorisation, and its journal."""

from odoo import api, models
from odoo.exceptions import UserError

from .account_move_lock import unchanged

#: What makes the range this one, beside its journal and prefix, which the numbers given hold.
IDENTITY_FIELDS = (
    "company_id",
    "environment",
    "document_type",
    "resolution",
    "first_number",
)


class L10nCoOpenpceNumberingRange(models.Model):
    _inherit = "l10n_co_openpce.numbering.range"

    def _l10n_co_openpce_get_used(self):
        """The ranges among these that number a submission under way or accepted."""
        groups = (
            self.env["l10n_co_openpce.document"]
            .sudo()
            ._read_group(
                [("range_id", "in", self.ids), ("state", "not in", ("invalid", "rejected"))],
                ["range_id"],
            )
        )
        return self.browse(numbering.id for (numbering,) in groups)

    def write(self, vals):
        # EXTENDS: also for what is fetched from DIAN, which repeats the same values
        names = [name for name in IDENTITY_FIELDS if name in vals]
        used = self._l10n_co_openpce_get_used() if names else self.browse()
        shown = {numbering: numbering.display_name for numbering in used}
        shortened = self if "last_number" in vals else self.browse()
        given = {
            numbering: (numbering._get_last_number(), numbering.display_name)
            for numbering in shortened
        }
        with unchanged(
            used, names, lambda numbering, label: self._get_used_message(shown[numbering], label)
        ):
            result = super().write(vals)
        for numbering, (last, name) in given.items():
            if last > numbering.last_number:
                raise UserError(
                    self.env._(
                        "Range %(range)s has numbered invoices up to %(number)s: it cannot end"
                        " before. Type that number or a later one as its last.",
                        range=name,
                        number=numbering._format_number(last),
                    )
                )
        return result

    @api.model
    def _get_used_message(self, name, label):
        return self.env._(
            "Range %(range)s numbers invoices that are at DIAN, or on their way: “%(field)s” cannot"
            " be changed any more. Another authorisation is another range.",
            range=name,
            field=label,
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        document = (
            self.env["l10n_co_openpce.document"]
            .sudo()
            .search([("range_id", "in", self.ids)], limit=1)
        )
        if document:
            raise UserError(
                self.env._(
                    "Range %(range)s numbers invoice %(invoice)s, whose submission to DIAN is"
                    " evidence. Archive the range instead of deleting it.",
                    range=document.range_id.display_name,
                    invoice=document.number,
                )
            )
