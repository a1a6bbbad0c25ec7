from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..dian import codes

#: Fields that tell DIAN what a tax is, in the order of the values in template_co.TAX_CODES.
FILLED_FIELDS = ("l10n_co_openpce_tax_code", "l10n_co_openpce_treatment")


class AccountTax(models.Model):
    _inherit = "account.tax"

    l10n_co_openpce_tax_code = fields.Selection(
        [
            ("01", "01 IVA"),
            ("02", "02 IC"),
            ("03", "03 ICA"),
            ("04", "04 INC"),
            ("05", "05 ReteIVA"),
            ("06", "06 ReteRenta"),
            ("07", "07 ReteICA"),
            ("08", "08 IC Porcentual"),
            ("20", "20 FtoHorticultura"),
            ("21", "21 Timbre"),
            ("22", "22 INC Bolsas"),
            ("23", "23 INCarbono"),
            ("24", "24 INCombustibles"),
            ("25", "25 Sobretasa Combustibles"),
            ("26", "26 Sordicom"),
            ("30", "30 IC Datos"),
            ("32", "32 ICL"),
            ("33", "33 INPP"),
            ("34", "34 IBUA"),
            ("35", "35 ICUI"),
            ("36", "36 ADV"),
            ("ZZ", "ZZ Other"),
        ],
        "DIAN tax",
        help="Tax of DIAN's table 13.2.2 this tax is reported as in electronic invoices.",
    )
    l10n_co_openpce_treatment = fields.Selection(
        [
            ("taxed", "Taxed"),
            ("exempt", "Exempt (0 %)"),
            ("excluded", "Excluded (not reported)"),
            ("import", "Import (0 %)"),
            ("withholding", "Withholding"),
        ],
        "DIAN treatment",
        help="Exempt goods are reported with 0 %; excluded ones carry no tax element at all; "
        "withholdings are reported apart and never enter the total.",
    )

    @api.constrains("l10n_co_openpce_tax_code", "l10n_co_openpce_treatment", "amount")
    def _check_l10n_co_openpce_treatment(self):
        for tax in self:
            code, treatment = tax.l10n_co_openpce_tax_code, tax.l10n_co_openpce_treatment
            if code and (treatment == "withholding") != (code in codes.WITHHOLDING_TAXES):
                raise ValidationError(
                    self.env._(
                        "Tax %s: codes 05, 06 and 07 are withholdings, the others are not.",
                        tax.name,
                    )
                )
            if treatment in ("exempt", "excluded") and tax.amount:
                raise ValidationError(
                    self.env._("Tax %s: only taxes of 0 %% can be exempt or excluded.", tax.name)
                )

    def _l10n_co_openpce_get_issues(self):
        """Taxes that say nothing to DIAN yet: list of dict(record, field, message)."""
        return [
            {
                "record": tax,
                "field": "l10n_co_openpce_tax_code",
                "message": self.env._("Tax %s has no DIAN tax code.", tax.display_name),
            }
            for tax in self.flatten_taxes_hierarchy()
            if not tax.l10n_co_openpce_tax_code
        ]

    def _l10n_co_openpce_is_withholding(self):
        """Whether DIAN treats this tax as a withholding (codes 05, 06 and 07)."""
        self.ensure_one()
        is_withholding_code = self.l10n_co_openpce_tax_code in codes.WITHHOLDING_TAXES
        return self.l10n_co_openpce_treatment == "withholding" or is_withholding_code
