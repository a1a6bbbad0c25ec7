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
        return self._match_each([(criteria, amount, on)])[0]

    @api.model
    def _match_each(self, asked):
        """The same for many bills without a query each.

        :param asked: (criteria, amount, day) of each bill.
        """
        index = self._index(criteria for criteria, _amount, _on in asked)
        # sudo: settings of the bill's company, whoever asks
        companies = self.env["res.company"].sudo()
        found = []
        for criteria, amount, on in asked:
            company = companies.browse(criteria.companies[0])
            match = match_approval(
                criteria,
                amount,
                index.candidates(criteria, self._search_table),
                on=on,
                accumulate=company.openpce_accumulate_levels,
            )
            found.append((self._get_winner(match), match))
        return found
