from decimal import Decimal

from odoo import fields, models
from odoo.tools import float_repr

from ..bill_flow.allocation import split


class OpenpceBill(models.Model):
    """Lines that criteria make: the concept, or shares over divisions (R34-R60)."""

    _inherit = "openpce.bill"

    def _apply_treatment(self, rule):
        """Treat the lines as a rule says (R34, R36, A12, A13).

        :param rule: record of ``openpce.bill.treatment.rule``.
        """
        self.ensure_one()
        # sudo: the criteria act for the company, whoever runs them
        row, rule = self.sudo(), rule.sudo()
        row.treatment_rule_id = rule
        lines = row.move_id.invoice_line_ids.filtered(lambda x: x.display_type == "product")
        if not rule.product_id or not lines:
            return
        if rule.share_ids:
            row._split_lines(rule, lines)
        else:
            for line in lines:
                line.write(self._get_concept_vals(rule, line))
        row._log("treated", rule=rule.id, lines=row.move_id.invoice_line_ids.ids)

    def _get_concept_vals(self, rule, line):
        """Concept and account of a rule for a line; price, text and captured taxes stay."""
        vals = {
            "product_id": rule.product_id.id,
            "name": line.name or rule.product_id.display_name,
            "quantity": line.quantity,
            "price_unit": line.price_unit,
            "tax_ids": [fields.Command.set(line.tax_ids.ids)],
        }
        if rule.account_id:
            vals["account_id"] = rule.account_id.id
        return vals

    def _split_lines(self, rule, lines):
        """Replace lines by one for each share and set of taxes, to the last cent (R55, A12)."""
        shares = rule.share_ids
        percentages = [Decimal(float_repr(share.percentage, 2)) for share in shares]
        commands = [fields.Command.unlink(line.id) for line in lines]
        for taxes, group in lines.grouped("tax_ids").items():
            # a price that includes its taxes is shared out with them
            included = any(taxes.mapped("price_include"))
            amount = self._exact(sum(group.mapped("price_total" if included else "price_subtotal")))
            rounding = self._exact(self.move_id.currency_id.rounding)
            for share, part in zip(shares, split(amount, percentages, rounding), strict=True):
                commands.append(
                    fields.Command.create(self._get_share_vals(rule, share, group, float(part)))
                )
        self.move_id.write({"invoice_line_ids": commands})

    def _get_share_vals(self, rule, share, group, amount):
        """Values of the line of one share."""
        accounts = share.division_id.analytic_account_id | share.cost_center_id | share.project_id
        key = ",".join(str(account.id) for account in accounts)
        automatic = rule.automatic and share.user_id
        return {
            **self._get_concept_vals(rule, group[:1]),
            "name": rule.product_id.display_name,
            "quantity": 1.0,
            "price_unit": amount,
            "analytic_distribution": {key: 100.0} if key else False,
            "openpce_division_id": share.division_id.id,
            "openpce_direction": share.direction or self.direction,
            "openpce_traffic_id": (share.traffic_id or self.traffic_id).id,
            "openpce_owner_id": share.user_id.id,
            # A13: with automatic management the system confirms on the owner's behalf
            "openpce_confirmed_at": fields.Datetime.now() if automatic else False,
            "openpce_confirmed_by_id": share.user_id.id if automatic else False,
        }

    def _release_forecasts(self, released=True):
        """Open the forecasts again that a returned bill absorbed, or take them back (A32)."""
        # sudo: links go with the bill, whoever returns it
        self.sudo().move_id.invoice_line_ids.openpce_absorption_ids.released = released
