"""Who made the software that issues: the law wants it on the printed invoice (Res. 165 of 2023)."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

SOFTWARE_NAME = "OpenPCE para Odoo"


class ResCompany(models.Model):
    _inherit = "res.company"

    l10n_co_openpce_software_name = fields.Char(
        "Software Name",
        default=SOFTWARE_NAME,
        help="Printed on the invoices, as registered in DIAN's catalogue.",
    )
    l10n_co_openpce_software_maker_id = fields.Many2one(
        "res.partner",
        "Software Maker",
        ondelete="restrict",
        help="Who makes the software; name and NIT are printed on the invoices, as article 11 of"
        " Resolution 165 of 2023 asks. Left empty, the company itself is named: who issues with"
        " software registered as its own answers for it as its maker.",
    )

    @api.constrains("l10n_co_openpce_software_maker_id")
    def _check_l10n_co_openpce_software_maker(self):
        for company in self:
            maker = company.l10n_co_openpce_software_maker_id
            if maker and not maker.l10n_co_openpce_nit:
                raise ValidationError(
                    self.env._(
                        "%s has no NIT, which the invoices print of the software maker. Fill in"
                        " the identification number of the contact first.",
                        maker.display_name,
                    )
                )

    def _l10n_co_openpce_describe_software(self):
        """The line of the printed invoice, in Spanish like the document: it is a legal text."""
        self.ensure_one()
        # sudo: whoever may print an invoice gets this line, also without the right to the contact
        company = self.sudo()
        name = company.l10n_co_openpce_software_name or SOFTWARE_NAME
        maker = company.l10n_co_openpce_software_maker_id
        made_by = _describe(maker or company.partner_id)
        own = "" if maker else " (software propio)"
        return f"Software: {name}. Fabricante del software: {made_by}{own}"


def _describe(partner):
    """Name and identification of a contact as printed."""
    number, digit = partner.l10n_co_openpce_nit, partner.l10n_co_openpce_check_digit
    if not number:
        return partner.name
    return f"{partner.name}, NIT {number}{f'-{digit}' if digit else ''}"
