from odoo import api, fields, models


class L10nCoOpenpcePaymentMeans(models.Model):
    """How an invoice is paid: cash, transfer, card… (annex 13.2.8.4, PaymentMeansCode)."""

    _name = "l10n_co_openpce.payment.means"
    _description = "DIAN payment means"
    _order = "sequence, code"
    _rec_names_search = ["code", "name"]

    sequence = fields.Integer(default=100)
    code = fields.Char(required=True, help="Code DIAN gives it, for instance 10 for cash.")
    name = fields.Char(required=True)
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint("UNIQUE(code)", "This payment means exists already.")

    @api.depends("code", "name")
    def _compute_display_name(self):
        for record in self:
            record.display_name = f"{record.code} {record.name}"
