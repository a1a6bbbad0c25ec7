from odoo import api, fields, models

from ..bill_flow.approval import match_approval


class OpenpceBillApprovalRule(models.Model):
    """Who approves a bill, level by level, by its amount (R61-R66, A14, A15)."""

    _name = "openpce.bill.approval.rule"
    _inherit = ["openpce.bill.range.mixin"]
    _description = "Approval rule"

    level_ids = fields.One2many("openpce.bill.approval.level", "rule_id", "Approvers", copy=True)

    @api.model
    def _match(self, criteria, amount, on):
        """The rule that says who approves a bill (R61, R65, A14).

        :param amount: Decimal, total with taxes in company currency, of any sign.
        :param on: the day by which the rules' dates are judged.
        :return: the record, empty when none covers the amount, and the ``ApprovalMatch``.
        """
        company = self.env["res.company"].sudo().browse(criteria.companies[0])
        match = match_approval(
            criteria,
            amount,
            self._find(criteria)._as_rules(),
            on=on,
            accumulate=company.openpce_accumulate_levels,
        )
        return self._get_winner(match), match
