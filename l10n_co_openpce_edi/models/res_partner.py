import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..dian import codes, nit

#: Identification types whose number may have letters: those of other countries.
_FOREIGN_TYPES = frozenset({"21", "41", "42", "50"})
_ACTIVITY_CODES = re.compile(r"[0-9]{4}(;[0-9]{4}){0,3}")


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

    @api.constrains("vat", "l10n_latam_identification_type_id", "country_id")
    def _check_l10n_co_openpce_check_digit(self):
        """A check digit that is written has to be right; without one it is computed."""
        for partner in self:
            if partner._l10n_co_openpce_identification_code() != codes.NIT_TYPE:
                continue
            number, digit = partner.l10n_co_openpce_nit, partner.l10n_co_openpce_check_digit
            if number and digit and not nit.is_valid(number, digit):
                raise ValidationError(
                    self.env._(
                        "The check digit of NIT %(number)s is %(right)s, not %(wrong)s.",
                        number=number,
                        right=nit.check_digit(number) if number.isdigit() else "?",
                        wrong=digit,
                    )
                )

    @api.constrains("l10n_co_openpce_activity_codes")
    def _check_l10n_co_openpce_activity_codes(self):
        for partner in self:
            activities = partner.l10n_co_openpce_activity_codes
            if activities and not _ACTIVITY_CODES.fullmatch(activities):
                raise ValidationError(
                    self.env._(
                        "Write CIIU codes of four digits, joined with ; when several: 6201;6202."
                    )
                )

    # EXTENDS 'base_address_extended'
    @api.onchange("city_id")
    def _onchange_city_id(self):
        """Keeps a postal code of the chosen municipality; Odoo would empty it."""
        postal_code = self.zip
        result = super()._onchange_city_id()
        if self.city_id.l10n_co_openpce_code and postal_code and not self.zip:
            known = self.env["l10n_co_openpce.postal.code"].search_count(
                [("code", "=", postal_code), ("city_id", "=", self.city_id._origin.id)], limit=1
            )
            self.zip = postal_code if known else False
        return result

    @api.onchange("country_id")
    def _onchange_l10n_co_openpce_country_id(self):
        """In Colombia the generic tax number of Odoo is the NIT; persons have a cédula."""
        generic = self.env.ref("l10n_latam_base.it_vat", raise_if_not_found=False)
        if self.country_id.code == "CO" and self.l10n_latam_identification_type_id == generic:
            xmlid = "l10n_co.rut" if self.is_company else "l10n_co.national_citizen_id"
            self.l10n_latam_identification_type_id = self.env.ref(xmlid, raise_if_not_found=False)

    # EXTENDS 'base'
    def _commercial_fields(self):
        """Contacts of a company share its fiscal data."""
        return super()._commercial_fields() + [
            "l10n_co_openpce_organization_type",
            "l10n_co_openpce_tax_scheme",
            "l10n_co_openpce_responsibility_ids",
            "l10n_co_openpce_trade_name",
            "l10n_co_openpce_registration_number",
            "l10n_co_openpce_activity_codes",
        ]

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
        whole = (len(digits) == 9 and digits[0] in "89") or (len(digits) == 10 and digits[0] == "1")
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
        """What is missing before a document of these parties can be sent.

        Only what DIAN would reject; the rest is a notification of the rules.

        :param role: ``supplier`` for the issuer, ``customer`` for the buyer.
        :returns: list of dict(record, field, message), the record and field to mend.
        """
        issues = []
        for partner in self:
            checks = partner._l10n_co_openpce_check_identity()
            if not partner.l10n_co_openpce_is_final_consumer:
                checks += partner._l10n_co_openpce_check_address(role)
            if role == "supplier":
                checks += partner._l10n_co_openpce_check_supplier()
            issues += [
                {"record": partner, "field": field, "message": message}
                for failed, field, message in checks
                if failed
            ]
        return issues

    def _l10n_co_openpce_check_identity(self):
        """List of (failed, field, message) about who the party is (FAK20, FAK21, FAK25)."""
        name = self.display_name
        kind = self._l10n_co_openpce_identification_code()
        number = self.l10n_co_openpce_nit or ""
        return [
            (not self.name, "name", self.env._("The contact %s has no name.", self.id)),
            (
                not kind,
                "l10n_latam_identification_type_id",
                self.env._("%s: the identification type has no DIAN code.", name),
            ),
            (not number, "vat", self.env._("%s: the identification number is missing.", name)),
            (
                bool(number) and kind not in _FOREIGN_TYPES and not number.isdigit(),
                "vat",
                self.env._("%s: this kind of identification may have digits only.", name),
            ),
            (not self.country_id, "country_id", self.env._("%s: the country is missing.", name)),
        ]

    def _l10n_co_openpce_check_address(self, role):
        """Addresses in Colombia need DIAN's municipality (FAJ28, FAJ29, FAK29, FAK32)."""
        name = self.display_name
        is_local = self.country_id.code == "CO"
        return [
            (
                is_local and not self.city_id.l10n_co_openpce_code,
                "city_id",
                self.env._("%s: choose the municipality from the list.", name),
            ),
            (
                role == "supplier" and not self.street,
                "street",
                self.env._("%s: the street of the address is missing.", name),
            ),
        ]

    def _l10n_co_openpce_check_supplier(self):
        """What DIAN asks of the issuer alone (FAJ16, FAJ25, FAJ39, FAJ71)."""
        name = self.display_name
        return [
            (
                self._l10n_co_openpce_identification_code() != codes.NIT_TYPE,
                "l10n_latam_identification_type_id",
                self.env._("%s: an issuer is identified by its NIT.", name),
            ),
            (
                bool(self.country_id) and self.country_id.code != "CO",
                "country_id",
                self.env._("%s: an issuer has its address in Colombia.", name),
            ),
            (
                not self.l10n_co_openpce_organization_type,
                "l10n_co_openpce_organization_type",
                self.env._("%s: the organisation type is missing.", name),
            ),
            (
                not (self.l10n_co_openpce_edi_email or self.email),
                "l10n_co_openpce_edi_email",
                self.env._("%s: the reception address registered at DIAN is missing.", name),
            ),
        ]
