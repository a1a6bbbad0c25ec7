from odoo import api, fields, models
from odoo.exceptions import ValidationError


class OpenpceForecastAbsorption(models.Model):
    """What one bill line takes of one forecast: partial, of several bills, or final (A32)."""

    _name = "openpce.forecast.absorption"
    _description = "Forecast absorption"
    _order = "forecast_id, id"
    _check_company_auto = True

    forecast_id = fields.Many2one(
        "openpce.cost.forecast", required=True, index=True, ondelete="cascade", check_company=True
    )
    # cascade: the forecast is open again when its bill line goes
    line_id = fields.Many2one(
        "account.move.line",
        "Bill line",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    move_id = fields.Many2one(related="line_id.move_id", string="Bill")
    company_id = fields.Many2one(related="forecast_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="forecast_id.currency_id")
    amount = fields.Monetary(
        required=True,
        help="In the currency of the forecast, without taxes; negative on a credit note.",
    )
    final = fields.Boolean(help="Nothing more is expected: what is left of the forecast is closed.")
    reason = fields.Char(help="Mandatory when more than the forecast is absorbed.")

    _pair_unique = models.UniqueIndex(
        "(forecast_id, line_id)",
        "The line already absorbs this forecast. Change the amount of that link instead.",
    )

    @api.constrains("amount", "forecast_id", "reason", "line_id")
    def _check_over_absorption(self):
        for forecast in self.forecast_id:
            counted = forecast.absorption_ids._get_counted()
            over = sum(counted.mapped("amount")) - forecast.amount
            tolerance = forecast.company_id.openpce_tolerance
            if forecast.currency_id.compare_amounts(over, tolerance) <= 0:
                continue
            if not all(link.reason for link in counted & self):
                raise ValidationError(
                    self.env._(
                        "Forecast “%(forecast)s” expects %(amount)s and %(absorbed)s would be "
                        "absorbed. Lower the amount, or give the reason on the link.",
                        forecast=forecast.display_name,
                        amount=forecast.currency_id.format(forecast.amount),
                        absorbed=forecast.currency_id.format(over + forecast.amount),
                    )
                )

    @api.constrains("line_id")
    def _check_line_of_a_bill(self):
        for link in self:
            if not link.move_id.is_purchase_document(include_receipts=True):
                raise ValidationError(
                    self.env._(
                        "%(move)s is no supplier bill, so its lines absorb no forecast. Choose a "
                        "line of a bill, credit note or receipt of a supplier.",
                        move=link.move_id.display_name,
                    )
                )

    def _get_counted(self):
        """The links of bills that are not cancelled."""
        return self.filtered(lambda link: link.line_id.parent_state != "cancel")
