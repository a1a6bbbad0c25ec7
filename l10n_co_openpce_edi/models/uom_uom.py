from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..dian import codes


class UomUom(models.Model):
    _inherit = "uom.uom"

    l10n_co_openpce_code = fields.Char(
        "DIAN unit code",
        help="Code of the unit in DIAN's table 13.3.6, for instance 94 for unit, KGM for kilogram.",
    )
    l10n_co_openpce_unit_name = fields.Char(
        "DIAN unit", compute="_compute_l10n_co_openpce_unit_name", help="Name in DIAN's table."
    )

    @api.depends("l10n_co_openpce_code")
    def _compute_l10n_co_openpce_unit_name(self):
        names = codes.load("units")
        for unit in self:
            unit.l10n_co_openpce_unit_name = names.get(unit.l10n_co_openpce_code, False)

    @api.constrains("l10n_co_openpce_code")
    def _check_l10n_co_openpce_code(self):
        for unit in self:
            code = unit.l10n_co_openpce_code
            if code and code not in codes.load("units"):
                raise ValidationError(
                    self.env._(
                        "Unit %(unit)s: %(code)s is no unit of DIAN's table.",
                        unit=unit.name,
                        code=code,
                    )
                )

    def _l10n_co_openpce_get_issues(self):
        """Units without a DIAN code: list of dict(record, field, message)."""
        return [
            {
                "record": unit,
                "field": "l10n_co_openpce_code",
                "message": self.env._("Unit %s has no DIAN code.", unit.display_name),
            }
            for unit in self
            if not unit.l10n_co_openpce_code
        ]
