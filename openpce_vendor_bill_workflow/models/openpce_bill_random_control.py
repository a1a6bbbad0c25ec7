from odoo import api, fields, models

from ..bill_flow.approval import match_approval
from ..bill_flow.sampling import RandomControl


class OpenpceBillRandomControl(models.Model):
    """Which share of the bills without approval criteria is approved all the same (R124, A36)."""

    _name = "openpce.bill.random.control"
    _inherit = ["openpce.bill.range.mixin"]
    _description = "Random control rule"

    percentage = fields.Float(
        "Controlled %",
        digits=(5, 2),
        required=True,
        default=10.0,
        help="Share of the bills that are drawn. A bill is drawn once; validating again does not "
        "draw again.",
    )
    threshold = fields.Monetary(
        help="Bills below it are drawn less often, in proportion to their amount. 0: all alike."
    )
    level_ids = fields.One2many(
        "openpce.bill.approval.level", "random_control_id", "Approvers", copy=True
    )

    _percentage_in_range = models.Constraint(
        "CHECK(percentage > 0 AND percentage <= 100)",
        "The controlled share is above 0 and at most 100 percent. Change it, or switch the rule "
        "off to control nothing.",
    )
    _threshold_positive = models.Constraint(
        "CHECK(threshold >= 0)", "The threshold is zero or more. Type 0 for none."
    )

    def _as_rules(self):
        # OVERRIDE 'openpce.bill.range.mixin': with the share
        return tuple(
            RandomControl(
                **rule._get_range_vals(),
                percentage=rule._as_decimal(rule.percentage),
                threshold=rule._as_decimal(rule.threshold) if rule.threshold else None,
            )
            for rule in self
        )

    @api.model
    def _get_rule_fields(self):
        # EXTENDS 'openpce.bill.range.mixin'
        return [*super()._get_rule_fields(), "percentage", "threshold"]

    @api.model
    def _match(self, criteria, amount, on):
        """The most specific control for a bill that no approval rule took (A36).

        Parameters and result as in ``openpce.bill.approval.rule``.
        """
        return self._match_each([(criteria, amount, on)])[0]

    @api.model
    def _match_each(self, asked):
        """The same for many bills without a query each."""
        index = self._index(criteria for criteria, _amount, _on in asked)
        matches = [
            match_approval(c, amount, index.candidates(c, self._search_table), on=on)
            for c, amount, on in asked
        ]
        return [(self._get_winner(match), match) for match in matches]
