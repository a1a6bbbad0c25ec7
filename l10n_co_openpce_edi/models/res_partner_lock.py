"""Whom DIAN was told of is told by number: it does not change behind a signed invoice."""

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: Where the number of `l10n_co_openpce_nit` comes from; a new parent hands down its own.
NUMBER_FIELDS = frozenset(
    {"vat", "l10n_latam_identification_type_id", "country_id", "parent_id", "is_company"}
)
# A signed file names the number, whether it still waits or DIAN may have it. What the stand-in or
# the enablement service accepted has no legal effect: a number tried there may be mended.
_TOLD = (
    Domain("state", "in", ("sending", "in_doubt"))
    | (Domain("state", "=", "prepared") & Domain("cufe", "!=", False))
    | (Domain("state", "=", "accepted") & Domain("environment", "=", "production"))
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        # EXTENDS 'base'
        before = {}
        if NUMBER_FIELDS & set(vals):
            before = {partner: partner.sudo().l10n_co_openpce_nit for partner in self}
        result = super().write(vals)
        for partner, number in before.items():
            if number and partner.sudo().l10n_co_openpce_nit != number:
                partner._l10n_co_openpce_check_number_untold(number)
        return result

    def _l10n_co_openpce_check_number_untold(self, number):
        """Refuse to change ``number``, with which these parties are named to DIAN.

        :raises UserError: with one of the invoices that name it.
        """
        # sudo: an invoice of whatever company is a reason, and of it only the number is told
        document = self.sudo()._l10n_co_openpce_get_told(self)
        if document:
            raise UserError(
                self.env._(
                    "%(partner)s keeps the identification number %(number)s: invoice %(invoice)s"
                    " was signed with it for DIAN. If it still waits, reset it to draft first. If"
                    " DIAN has it and the number is wrong, correct the invoice with a credit note"
                    " and make another contact with the right number.",
                    partner=self[:1].display_name,
                    number=number,
                    invoice=document.number,
                )
            )

    def _l10n_co_openpce_get_told(self, partners):
        """One submission that names any of ``partners`` as buyer or issuer, or none."""
        companies = self.env["res.company"].search([("partner_id", "in", partners.ids)])
        named = (
            Domain("move_id.commercial_partner_id", "in", partners.ids)
            | Domain("move_id.partner_id", "in", partners.ids)
            | Domain("company_id", "child_of", companies.ids)
        )
        return self.env["l10n_co_openpce.document"].search(named & _TOLD, limit=1)


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        # EXTENDS 'base': another contact of the company is another issuer
        if "partner_id" in vals:
            number = self.env["res.partner"].sudo().browse(vals["partner_id"]).l10n_co_openpce_nit
            for partner in self.sudo().partner_id:
                told = partner.l10n_co_openpce_nit
                if told and told != number:
                    partner._l10n_co_openpce_check_number_untold(told)
        return super().write(vals)
