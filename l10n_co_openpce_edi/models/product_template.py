from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Digits of a code: UNSPSC eight, GTIN up to fourteen, tariff heading ten.
_LENGTHS = {"001": (8, 8), "010": (8, 14), "020": (10, 10)}


class ProductTemplate(models.Model):
    _inherit = "product.template"

    l10n_co_openpce_standard = fields.Selection(
        [
            ("001", "UNSPSC"),
            ("010", "GTIN"),
            ("020", "Customs tariff heading (partida arancelaria)"),
            ("999", "Own code"),
        ],
        "DIAN product standard",
        default="999",
        help="Which catalogue the code sent to DIAN belongs to (annex 13.2.8.5). Own code: the "
        "internal reference, or the barcode when there is none.",
    )
    l10n_co_openpce_standard_code = fields.Char(
        "Code in the standard",
        help="Code in the chosen catalogue. Empty with GTIN: the barcode. Empty with own code: the "
        "internal reference.",
    )

    @api.constrains("l10n_co_openpce_standard", "l10n_co_openpce_standard_code")
    def _check_l10n_co_openpce_standard_code(self):
        for product in self:
            code = product.l10n_co_openpce_standard_code
            shortest, longest = _LENGTHS.get(product.l10n_co_openpce_standard, (1, 0))
            if not code or not longest:
                continue
            if not code.isdigit() or not shortest <= len(code) <= longest:
                raise ValidationError(
                    self.env._(
                        "Product %(name)s: %(code)s is no code of the chosen standard.",
                        name=product.name,
                        code=code,
                    )
                )


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _l10n_co_openpce_get_issues(self):
        """Standards without a code, and units: list of dict(record, field, message)."""
        issues = []
        for product in self:
            standard = product.l10n_co_openpce_standard
            code = product.l10n_co_openpce_standard_code
            if (
                standard in ("001", "020")
                and not code
                or (standard == "010" and not (code or product.barcode))
            ):
                issues.append(
                    {
                        "record": product,
                        "field": "l10n_co_openpce_standard_code",
                        "message": self.env._(
                            "Product %s has no code of its standard.", product.display_name
                        ),
                    }
                )
        return issues + self.uom_id._l10n_co_openpce_get_issues()
