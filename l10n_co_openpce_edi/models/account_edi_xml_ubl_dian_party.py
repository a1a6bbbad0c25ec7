"""Parties and addresses of a DIAN document (annex 1.9 section 6.1, facts of the RUT)."""

from odoo import api, models

from ..dian import codes, nit
from .account_edi_xml_ubl_dian_values import identification


class AccountEdiXmlUblDian(models.AbstractModel):
    _inherit = "account.edi.xml.ubl_dian"

    @api.model
    def _l10n_co_openpce_supplier_node(self, move, header):
        """The issuer: its RUT data and, as registration scheme, the authorised prefix (FAB10a)."""
        company = move.company_id._l10n_co_openpce_get_issuer()
        partner = company.partner_id
        number = partner.l10n_co_openpce_nit or nit.compact(company.vat or "")
        identity = identification(number, codes.NIT_TYPE, partner.l10n_co_openpce_check_digit)
        address = self._l10n_co_openpce_address_node(partner)
        name = partner.name
        return {
            "cbc:AdditionalAccountID": partner.l10n_co_openpce_organization_type,
            "cac:Party": {
                "cbc:IndustryClassificationCode": partner.l10n_co_openpce_activity_codes,
                "cac:PartyName": {"cbc:Name": partner.l10n_co_openpce_trade_name or name},
                "cac:PhysicalLocation": {"cac:Address": address},
                "cac:PartyTaxScheme": self._l10n_co_openpce_tax_scheme_node(
                    partner, identity, address
                ),
                "cac:PartyLegalEntity": {
                    "cbc:RegistrationName": name,
                    "cbc:CompanyID": identity,
                    "cac:CorporateRegistrationScheme": {
                        "cbc:ID": header.prefix,
                        "cbc:Name": partner.l10n_co_openpce_registration_number,
                    },
                },
                "cac:Contact": self._l10n_co_openpce_contact_node(partner),
            },
        }

    @api.model
    def _l10n_co_openpce_customer_node(self, move):
        """The buyer: the commercial entity of the invoice's customer, or the final consumer."""
        partner = move.commercial_partner_id
        if partner.l10n_co_openpce_is_final_consumer:
            return self._l10n_co_openpce_final_consumer_node()
        kind = partner._l10n_co_openpce_identification_code()
        number = partner.l10n_co_openpce_nit or nit.compact(partner.vat or "")
        identity = identification(number, kind, partner.l10n_co_openpce_check_digit)
        is_natural = (
            partner.l10n_co_openpce_organization_type == codes.OrganizationType.NATURAL.value
        )
        address = self._l10n_co_openpce_address_node(partner)
        return {
            "cbc:AdditionalAccountID": partner.l10n_co_openpce_organization_type,
            "cac:Party": {
                # FAK61: asked for natural persons only.
                "cac:PartyIdentification": {"cbc:ID": is_natural and identity},
                "cac:PartyName": {"cbc:Name": partner.l10n_co_openpce_trade_name or partner.name},
                "cac:PhysicalLocation": {"cac:Address": address},
                "cac:PartyTaxScheme": self._l10n_co_openpce_tax_scheme_node(
                    partner, identity, address
                ),
                "cac:PartyLegalEntity": {
                    "cbc:RegistrationName": partner.name,
                    "cbc:CompanyID": identity,
                    "cac:CorporateRegistrationScheme": {
                        "cbc:Name": partner.l10n_co_openpce_registration_number,
                    },
                },
                "cac:Contact": self._l10n_co_openpce_contact_node(move.partner_id, partner),
            },
        }

    def _l10n_co_openpce_final_consumer_node(self):
        """Who buys without giving a name: fixed identification and literals (FAK02, 6.1)."""
        identity = identification(codes.FINAL_CONSUMER_ID, "13")
        name = codes.FINAL_CONSUMER_NAME
        return {
            "cbc:AdditionalAccountID": codes.OrganizationType.NATURAL.value,
            "cac:Party": {
                "cac:PartyIdentification": {"cbc:ID": identity},
                "cac:PartyName": {"cbc:Name": name},
                "cac:PartyTaxScheme": {
                    "cbc:RegistrationName": name,
                    "cbc:CompanyID": identity,
                    "cbc:TaxLevelCode": codes.TAX_LEVEL_NONE,
                    "cac:TaxScheme": self._l10n_co_openpce_scheme_of_party("ZZ"),
                },
                "cac:PartyLegalEntity": {
                    "cbc:RegistrationName": name,
                    "cbc:CompanyID": identity,
                },
            },
        }

    def _l10n_co_openpce_tax_scheme_node(self, partner, identity, address):
        levels = ";".join(partner.l10n_co_openpce_responsibility_ids.mapped("code"))
        return {
            "cbc:RegistrationName": partner.name,
            "cbc:CompanyID": identity,
            "cbc:TaxLevelCode": levels or codes.TAX_LEVEL_NONE,
            "cac:RegistrationAddress": address,
            "cac:TaxScheme": self._l10n_co_openpce_scheme_of_party(
                partner.l10n_co_openpce_tax_scheme or "ZZ"
            ),
        }

    def _l10n_co_openpce_scheme_of_party(self, code):
        return {"cbc:ID": code, "cbc:Name": codes.PARTY_TAX_SCHEMES.get(code)}

    def _l10n_co_openpce_contact_node(self, contact, company_of_contact=None):
        """Person to reach; the mail is where documents are received (FAJ71 for the issuer)."""
        legal = company_of_contact or contact
        mail = legal.l10n_co_openpce_edi_email or contact.email or legal.email
        return {
            "cbc:Name": contact.name or legal.name,
            "cbc:Telephone": contact.phone or legal.phone,
            "cbc:ElectronicMail": mail,
        }

    @api.model
    def _l10n_co_openpce_address_node(self, partner):
        """Address with DIVIPOLA codes in Colombia; names by DIAN's lists (FAJ08–FAJ16)."""
        country = partner.country_id
        is_local = country.code == "CO"
        city_code = is_local and partner.city_id.l10n_co_openpce_code
        state_code = is_local and (
            partner.state_id.l10n_co_openpce_code or (city_code and city_code[:2])
        )
        return {
            "cbc:ID": city_code,
            "cbc:CityName": _listed("municipalities", city_code) or partner.city,
            "cbc:PostalZone": partner.zip,
            "cbc:CountrySubentity": _listed("departments", state_code) or partner.state_id.name,
            "cbc:CountrySubentityCode": state_code,
            "cac:AddressLine": {
                "cbc:Line": ", ".join(part for part in (partner.street, partner.street2) if part)
            },
            "cac:Country": {
                "cbc:IdentificationCode": country.code,
                "cbc:Name": country.code
                and {
                    "_text": _listed("countries", country.code) or country.name,
                    "languageID": "es",
                },
            },
        }


def _listed(name, code):
    """Name DIAN's list gives to ``code``; ``None`` without one."""
    return codes.load(name).get(code) if code else None
