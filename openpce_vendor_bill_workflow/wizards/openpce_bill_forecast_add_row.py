from collections import Counter
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_repr

from ..bill_flow.allocation import absorb


class OpenpceBillForecastAddRow(models.TransientModel):
    """One forecast that a bill may absorb, with what its line would be."""

    _name = "openpce.bill.forecast.add.row"
    _description = "Forecast that a bill may absorb"
    _order = "id"

    wizard_id = fields.Many2one("openpce.bill.forecast.add", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    # the columns are read as the user: nobody sees forecasts here that he does not see elsewhere
    forecast_id = fields.Many2one("openpce.cost.forecast", required=True, ondelete="cascade")
    file_id = fields.Many2one(related="forecast_id.file_id", related_sudo=False)
    partner_id = fields.Many2one(related="forecast_id.partner_id", related_sudo=False)
    product_id = fields.Many2one(related="forecast_id.product_id", related_sudo=False)
    document_id = fields.Many2one(related="forecast_id.document_id", related_sudo=False)
    reference = fields.Char(related="forecast_id.reference", related_sudo=False)
    division_id = fields.Many2one(related="forecast_id.division_id", related_sudo=False)
    remaining = fields.Monetary(
        related="forecast_id.remaining", related_sudo=False, currency_field="forecast_currency_id"
    )
    forecast_currency_id = fields.Many2one(
        related="forecast_id.currency_id", related_sudo=False, string="Forecast currency"
    )
    chosen = fields.Boolean()
    amount = fields.Monetary(
        "Absorb",
        currency_field="forecast_currency_id",
        help="Of the forecast, in its currency. Less than what is open absorbs a part.",
    )
    final = fields.Boolean(
        default=True, help="No more bills are expected: what is left of the forecast is closed."
    )
    rate = fields.Float(compute="_compute_price", help="From forecast to bill, on its day.")
    price = fields.Monetary("Forecast in bill currency", compute="_compute_price")
    part = fields.Monetary("Of the difference", compute="_compute_result")
    result = fields.Monetary("Line", compute="_compute_result")
    over = fields.Boolean("Exceeds its forecast", compute="_compute_result")
    alike = fields.Boolean(
        compute="_compute_alike",
        help="Other open forecasts have the same file, supplier and concept: compare the "
        "references.",
    )

    @api.depends("amount", "forecast_id", "wizard_id.move_id")
    def _compute_price(self):
        rates = {}
        for row in self:
            row.rate = row._get_rate(rates)
            row.price = row.currency_id.round(row.amount * row.rate)

    def _get_rate(self, known):
        """Rate from the forecast's currency to the bill's on the bill's day (A32).

        :param known: rates found before, filled here: a currency is looked up once.
        """
        move, currency = self.wizard_id.move_id, self.forecast_currency_id
        key = (move, currency)
        if key not in known:
            known[key] = currency._get_conversion_rate(
                currency,
                self.currency_id,
                move.company_id,
                move.invoice_date or move.date,
            )
        return known[key]

    @api.depends(
        "price", "chosen", "wizard_id.mode", "wizard_id.replace", "wizard_id.row_ids.price"
    )
    def _compute_result(self):
        parts = {}
        for wizard in self.wizard_id:
            found, _refusal = wizard._preview()
            parts.update(zip(wizard._get_chosen(), map(float, found), strict=False))
        for row in self:
            row.part = parts.get(row, 0.0)
            row.result = row.price + row.part if row.chosen else 0.0
            row.over = row.chosen and row._get_absorption(row.part).needs_reason

    @api.depends("forecast_id")
    def _compute_alike(self):
        groups = self._count_alike()
        for row in self:
            row.alike = groups[row._get_likeness()] > 1

    def _get_likeness(self):
        forecast = self.forecast_id
        return forecast.file_id.id, forecast.commercial_partner_id.id, forecast.product_id.id

    def _count_alike(self, *more):
        """How many open forecasts have the same file, supplier and concept, and what else."""
        names = ("file_id", "commercial_partner_id", "product_id", *more)
        groups = self.env["openpce.cost.forecast"]._read_group(
            [("file_id", "in", self.forecast_id.file_id.ids), ("state", "!=", "closed")],
            names,
            ["__count"],
        )
        return Counter(
            {
                tuple(part.id if isinstance(part, models.BaseModel) else part for part in key): n
                for *key, n in groups
            }
        )

    # ------------------------------------------------------------------ apply

    def _get_absorbed(self, part):
        """What the line takes of the forecast with its part of the difference."""
        self.ensure_one()
        amount = self.amount
        if part:
            amount = self.forecast_currency_id.round((self.price + part) / self.rate)
        return amount * self.wizard_id.move_id.direction_sign

    def _get_absorption(self, part):
        """The engine's view of that."""
        forecast = self.forecast_id
        digits = forecast.currency_id.decimal_places
        amounts = (forecast.amount, forecast.absorbed, self._get_absorbed(part))
        exact = [Decimal(float_repr(amount, digits)) for amount in amounts]
        if not exact[2]:
            exact[2] = Decimal(1).scaleb(-digits)
        tolerance = Decimal(float_repr(forecast.company_id.openpce_tolerance, digits))
        return absorb(*exact, final=self.final, tolerance=tolerance)

    def _check_choice(self):
        """Refuse a choice that cannot be told apart, says nothing, or needs a reason (A32)."""
        for row in self:
            if row.amount <= 0:
                raise UserError(
                    self.env._(
                        "“%s”: the amount to absorb is not above zero. Type an amount, or do not "
                        "choose the forecast.",
                        row.forecast_id.display_name,
                    )
                )
        self._check_told_apart()
        over = self.filtered("over")
        if over and not self.wizard_id.reason:
            raise UserError(
                self.env._(
                    "More would be absorbed than was expected of: %s. Give the reason, or absorb "
                    "less.",
                    ", ".join(over.forecast_id.mapped("display_name")),
                )
            )

    def _check_told_apart(self):
        """Ask for the reference when a forecast was chosen among others that look the same."""
        alike = self._count_alike("document_id", "reference")
        chosen = Counter(row._get_likeness_with_reference() for row in self)
        for row in self:
            key = row._get_likeness_with_reference()
            # all of them together need not be told apart
            if alike[key] > 1 and chosen[key] < alike[key]:
                raise UserError(
                    self.env._(
                        "%(count)s open forecasts are “%(forecast)s” and no reference tells them "
                        "apart, so the wrong one might be closed. Write the reference (container, "
                        "B/L …) on the forecasts of the file, or choose all of them.",
                        count=alike[key],
                        forecast=row.forecast_id.display_name,
                    )
                )

    def _get_likeness_with_reference(self):
        forecast = self.forecast_id
        return (*self._get_likeness(), forecast.document_id.id, forecast.reference or False)

    def _prepare_line_vals(self, part):
        """Values of the bill line of this forecast."""
        self.ensure_one()
        move, forecast = self.wizard_id.move_id, self.forecast_id
        product = forecast.product_id.with_company(move.company_id)
        taxes = product.supplier_taxes_id._filter_taxes_by_company(move.company_id)
        taxes = move.fiscal_position_id.map_tax(taxes)
        price = move.invoice_line_ids._openpce_price(self.price + part, taxes, product)
        vals = {
            "name": " · ".join(filter(None, [product.display_name, forecast.reference])),
            "product_id": product.id,
            "quantity": 1.0,
            "price_unit": price,
            "tax_ids": [fields.Command.set(taxes.ids)] if taxes else None,
            "openpce_file_id": forecast.file_id.id,
            "openpce_division_id": forecast.division_id.id,
            "openpce_traffic_id": forecast.traffic_id.id,
            "openpce_direction": forecast.direction,
            "openpce_document": forecast.document_id.name,
        }
        # what the forecast leaves open is filled from file, concept and account
        filled = {name: value for name, value in vals.items() if value}
        return {**filled, "analytic_distribution": False}

    def _prepare_link_vals(self, part):
        """Values of the link from the line to this forecast."""
        self.ensure_one()
        over = self._get_absorption(part).needs_reason
        return {
            "forecast_id": self.forecast_id.id,
            "amount": self._get_absorbed(part),
            "final": self.final,
            "reason": self.wizard_id.reason if over else False,
        }
