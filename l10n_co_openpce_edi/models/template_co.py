from odoo import models
from odoo.addons.account.models.chart_template import template

from .account_tax import FILLED_FIELDS

_IVA = ("01", "taxed")
_INC = ("04", "taxed")
_RETE_IVA = ("05", "withholding")
_RETE_RENTA = ("06", "withholding")
_RETE_ICA = ("07", "withholding")


def _numbered(values, *numbers):
    return {f"l10n_co_tax_{number}": values for number in numbers}


#: Taxes of l10n_co by xmlid → (DIAN tax code, treatment). The rate alone would not do: 0 % is
#: exempt, excluded or import. The reverse-charge pairs of the purchase side (14, 15, 49-52) keep
#: their meaning although 14 and 15 have their amounts swapped in l10n_co. Covered goods are
#: exempt goods of the days without IVA.
TAX_CODES = {
    **_numbered(_IVA, 0, 1, 2, 4, 8, 9, 49, 50, 51, 52),
    **_numbered(("01", "import"), 5),
    **_numbered(("01", "excluded"), 6, 11),
    **_numbered(("01", "exempt"), 7, 10, "covered_goods"),
    **_numbered(_INC, 59, 60, 61, 62, 63, 64),
    **_numbered(_RETE_IVA, 12, 13, 14, 15, 55, 56),
    **_numbered(_RETE_RENTA, *range(16, 43), 53, 54),
    **_numbered(_RETE_ICA, *range(43, 49), 57, 58),
}


class AccountChartTemplate(models.AbstractModel):
    _inherit = "account.chart.template"

    @template("co", "account.tax")
    def _get_co_openpce_account_tax(self):
        return {
            xmlid: dict(zip(FILLED_FIELDS, values, strict=True))
            for xmlid, values in TAX_CODES.items()
        }
