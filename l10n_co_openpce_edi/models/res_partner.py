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
