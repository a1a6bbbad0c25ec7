from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


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
    released = fields.Boolean(
        readonly=True, help="The bill was returned to the supplier, so the forecast is open again."
    )

    _pair_unique = models.UniqueIndex(
        "(forecast_id, line_id)",
        "The line already absorbs this forecast. Change the amount of that link instead.",
    )

    @api.constrains("amount", "forecast_id", "reason", "line_id", "released")
    def _check_over_absorption(self):
        issues = self._get_over_issues()
        if issues:
            raise ValidationError("\n".join(issues))

    def _get_over_issues(self):
        """Forecasts that these links exceed without saying why, one sentence each (A32)."""
        issues = []
        for forecast in self.forecast_id:
            counted = forecast.absorption_ids._get_counted()
            over = sum(counted.mapped("amount")) - forecast.amount
            tolerance = forecast.company_id.openpce_tolerance
            if forecast.currency_id.compare_amounts(over, tolerance) <= 0:
                continue
            if not all(link.reason for link in counted & self):
                issues.append(
                    self.env._(
                        "Forecast “%(forecast)s” expects %(amount)s and %(absorbed)s would be "
                        "absorbed. Lower the amount, or give the reason on the link (button "
                        "“Absorbed” of the bill).",
                        forecast=forecast.display_name,
                        amount=forecast.currency_id.format(forecast.amount),
                        absorbed=forecast.currency_id.format(over + forecast.amount),
                    )
                )
        return issues

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

    def write(self, vals):
        # EXTENDS 'base': links are made with their lines; who has the bill ends or explains them
        if not self.env.su and set(vals) - {"final", "reason"}:
            raise AccessError(
                self.env._(
                    "Of a link to a forecast only “final” and the reason are typed. The amount "
                    "follows the bill line: change that one."
                )
            )
        if not self.env.su:
            # sudo: whose the bill is decides, not whether the user may read it
            self.line_id.move_id.sudo().openpce_bill_ids.sudo(False)._check_editable()
        return super().write(vals)

    def _get_rate(self):
        """Rate from the bill to the forecast on the bill's day."""
        self.ensure_one()
        move = self.move_id
        day = move.invoice_date or move.date
        return move.currency_id._get_conversion_rate(
            move.currency_id, self.currency_id, move.company_id, day
        )

    def _get_counted(self):
        """The links of bills that are neither cancelled nor returned to the supplier."""
        return self.filtered(
            lambda link: not link.released and link.line_id.parent_state != "cancel"
        )
