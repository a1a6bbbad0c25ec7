from odoo import api, fields, models

from ..dian import codes, nit


class ResPartner(models.Model):
    _inherit = "res.partner"

    l10n_co_openpce_nit = fields.Char(
        "Identification (normalised)",
        compute="_compute_l10n_co_openpce_nit",
        store=True,
        index="btree_not_null",
        help="Number as it goes to DIAN: without dots, check digit or leading zeros.",
    )
    l10n_co_openpce_check_digit = fields.Char(
        "Check digit", compute="_compute_l10n_co_openpce_nit", store=True
    )
    l10n_co_openpce_organization_type = fields.Selection(
        [("1", "Legal person"), ("2", "Natural person")],
        "DIAN organisation type",
        compute="_compute_l10n_co_openpce_organization_type",
        store=True,
        readonly=False,
    )
    l10n_co_openpce_tax_scheme = fields.Selection(
        [("01", "IVA"), ("04", "INC"), ("ZA", "IVA and INC"), ("ZZ", "Does not apply")],
        "DIAN tax scheme",
        default="ZZ",
        help="Tax the party is responsible for, as its RUT says (annex 13.2.7.6).",
    )
    l10n_co_openpce_responsibility_ids = fields.Many2many(
        "l10n_co_openpce.responsibility",
        string="Fiscal responsibilities",
        help="As the RUT says. None: R-99-PN is sent.",
    )
    l10n_co_openpce_trade_name = fields.Char("Trade name")
    l10n_co_openpce_registration_number = fields.Char("Commercial registration (matrícula)")
    l10n_co_openpce_activity_codes = fields.Char(
        "Economic activities (CIIU)", help="Four digits each, joined with ; when several."
    )
    l10n_co_openpce_edi_email = fields.Char(
        "Electronic invoice address",
        help="Where electronic documents are received. Of the own company: the address registered "
        "at DIAN. Empty: the contact's mail address.",
    )
    l10n_co_openpce_is_final_consumer = fields.Boolean(
        "Final consumer", compute="_compute_l10n_co_openpce_is_final_consumer"
    )

    @api.depends("vat", "country_id", "l10n_latam_identification_type_id.l10n_co_openpce_code")
    def _compute_l10n_co_openpce_nit(self):
        for partner in self:
            code = partner._l10n_co_openpce_identification_code()
            number, digit = nit.compact(partner.vat or "").upper(), ""
            if code == codes.NIT_TYPE and number:
                number, digit = nit.split(partner.vat)
            partner.l10n_co_openpce_nit = number.lstrip("0") or False
            partner.l10n_co_openpce_check_digit = digit or False

    @api.depends("is_company")
    def _compute_l10n_co_openpce_organization_type(self):
        for partner in self:
            partner.l10n_co_openpce_organization_type = "1" if partner.is_company else "2"

    @api.depends("l10n_co_openpce_nit")
    def _compute_l10n_co_openpce_is_final_consumer(self):
        for partner in self:
            partner.l10n_co_openpce_is_final_consumer = (
                partner.l10n_co_openpce_nit == codes.FINAL_CONSUMER_ID
            )

    # EXTENDS 'base_vat'
    def format_vat_co(self, vat):
        """Adds the check digit to a NIT typed without it; Odoo takes the last digit for it.

        Only a hyphen settles it. Without one, the length of the numbers DIAN gives decides:
        companies have nine digits that begin with 8 or 9, newer natural persons ten that begin
        with 1. For anything else a right check digit at the end is taken as one.
        """
        digits = nit.compact(vat)
        if "-" in vat or not digits.isdigit():
            return super().format_vat_co(vat)
        whole = (len(digits) == 9 and digits[0] in "89") or (
            len(digits) == 10 and digits[0] == "1"
        )
        ends_with_check_digit = len(digits) > 1 and nit.is_valid(digits[:-1], digits[-1])
        is_company_with_digit = len(digits) == 10 and digits[0] in "89"
        if is_company_with_digit or (ends_with_check_digit and not whole):
            return f"{digits[:-1]}-{digits[-1]}"
        if len(digits) > 15:
            return super().format_vat_co(vat)
        return f"{digits}-{nit.check_digit(digits)}"

    def _l10n_co_openpce_identification_code(self):
        """DIAN's number of the identification type (annex 13.2.7.1), empty when it has none.

        Odoo's generic tax number is a NIT for Colombians and "NIT of another country" (50) else.
        """
        self.ensure_one()
        kind = self.l10n_latam_identification_type_id
        if kind.l10n_co_openpce_code:
            return kind.l10n_co_openpce_code
        if kind.is_vat and not kind.country_id:
            return codes.NIT_TYPE if self.country_id.code == "CO" else "50"
        return ""

    def _l10n_co_openpce_get_issues(self, role="customer"):
        """What is missing before a document can be sent: list of dict(record, field, message)."""
        return []
