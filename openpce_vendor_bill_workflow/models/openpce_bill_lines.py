from collections import defaultdict
from decimal import Decimal

from odoo import fields, models
from odoo.tools import float_repr

from ..bill_flow.allocation import split

#: What another concept does not change on a line that came with the document.
_STAYS = ("name", "price_unit", "quantity", "discount", "tax_ids", "analytic_distribution")


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
        lines = row.move_id.invoice_line_ids.filtered(lambda x: x.display_type == "product")
        if rule.share_ids:
            taxes = row._get_tax_amounts()
            row.move_id.write({"invoice_line_ids": row._prepare_shares(rule, lines)})
            row._keep_tax_amounts(taxes)
        elif rule.product_id and not lines and row.document_untaxed:
            only = fields.Command.create(row._prepare_only_vals(rule))
            row.move_id.write({"invoice_line_ids": [only]})
        elif rule.product_id or rule.account_id:
            row._give_concept(rule, lines)
        else:
            return
        row._log("treated", rule=rule.id, lines=row.move_id.invoice_line_ids.ids)

    # ------------------------------------------------------------------ the concept

    def _give_concept(self, rule, lines):
        """Give lines the concept; price, text and captured taxes stay as they are (R34)."""
        kept = [lines._fields[name] for name in _STAYS]
        unit = [lines._fields["product_uom_id"]]
        for taxes, group in lines.grouped("tax_ids").items():
            vals = self._get_concept_vals(rule, group)
            new_taxes = vals.pop("tax_ids")
            # all lines at once: nothing of them is computed anew from the concept
            # price and quantity are those of the document's unit
            measured = group.filtered("product_uom_id")
            with self.env.protecting(kept, group), self.env.protecting(unit, measured):
                group.write(vals)
            if not taxes:
                group._openpce_give_taxes(new_taxes)
        lines._openpce_fill_analytic()
        unnamed = lines.filtered(lambda line: not line.name)
        if unnamed and rule.product_id:
            unnamed.write({"name": rule.product_id.display_name})

    def _get_concept_vals(self, rule, line):
        """Concept, account and taxes of a rule for lines; captured taxes stay."""
        line = line[:1]
        product, account = rule.product_id or line.product_id, rule.account_id
        taxes = line.tax_ids
        if not taxes and self._states_taxes():
            taxes = self._get_concept_taxes(product)
        vals = {"tax_ids": [fields.Command.set(taxes.ids)]}
        if rule.product_id:
            vals["product_id"] = product.id
        if account:
            position = self.move_id.fiscal_position_id
            vals["account_id"] = position.map_account(account).id
        return vals

    def _states_taxes(self):
        """Whether the document charges taxes, or does not say (A31)."""
        return bool(self.document_tax or not self.document_untaxed)

    def _get_concept_taxes(self, product):
        """Taxes of a concept in the bill's company, as its fiscal position has them."""
        move = self.move_id
        taxes = product.with_company(move.company_id).supplier_taxes_id
        return move.fiscal_position_id.map_tax(taxes._filter_taxes_by_company(move.company_id))

    def _prepare_only_vals(self, rule):
        """The one line of a document of which only its totals were captured."""
        product = rule.product_id
        none = self.env["account.move.line"]
        vals = self._get_concept_vals(rule, none)
        taxes = none.tax_ids.browse(vals["tax_ids"][0][2])
        return {
            **vals,
            "name": product.display_name,
            "quantity": 1.0,
            "price_unit": none._openpce_price(self.document_untaxed, taxes, product),
        }

    # ------------------------------------------------------------------ shares

    def _prepare_shares(self, rule, lines):
        """Commands that replace lines by one for each share and set of taxes, to the last cent.

        R55, A12: the untaxed amount of each set of taxes, withholdings among them, is shared out,
        so that a share changes neither taxes nor withholdings.
        """
        shares = rule.share_ids
        percentages = [Decimal(float_repr(share.percentage, 2)) for share in shares]
        rounding = self._exact(self.move_id.currency_id.rounding)
        commands = [fields.Command.unlink(line.id) for line in lines]
        for group, amount in self._get_share_groups(rule, lines):
            parts = split(amount, percentages, rounding)
            units = group._openpce_split_units(percentages)
            for share, part, count in zip(shares, parts, units, strict=True):
                vals = self._get_share_vals(rule, share, group, float(part))
                vals |= group._openpce_prepare_tied_vals(count, vals["price_unit"])
                commands.append(fields.Command.create(vals))
        return commands

    def _get_share_groups(self, rule, lines):
        """Lines that are shared out together, with their untaxed amount."""
        if not lines and self.document_untaxed and rule.product_id:
            return [(lines, self._exact(self.document_untaxed))]
        # without a concept of the rule each concept is shared out by itself
        keys = defaultdict(lines.browse)
        for line in lines:
            own = () if rule.product_id else (line.product_id, line.account_id)
            keys[(line.tax_ids, *own, line._openpce_get_order())] |= line
        return [
            (group, self._exact(sum(group.mapped("price_subtotal")))) for group in keys.values()
        ]

    def _get_share_vals(self, rule, share, group, amount):
        """Values of the line of one share of a group of lines."""
        line = group[:1]
        vals = self._get_concept_vals(rule, line)
        taxes = line.tax_ids.browse(vals["tax_ids"][0][2])
        product = rule.product_id or line.product_id
        accounts = share.division_id.analytic_account_id | line.openpce_file_id.analytic_account_id
        accounts |= share.cost_center_id | share.project_id
        documents = dict.fromkeys(name for name in group.mapped("openpce_document") if name)
        return {
            "product_id": product.id,
            **({} if rule.product_id else {"account_id": line.account_id.id}),
            **vals,
            "name": product.display_name or line.name,
            "quantity": 1.0,
            "price_unit": line._openpce_price(amount, taxes, product),
            "analytic_distribution": line._openpce_distribute(accounts),
            "openpce_document": ", ".join(documents),
            "openpce_file_id": group.openpce_file_id.id
            if len(group.openpce_file_id) == 1
            else False,
            "openpce_division_id": share.division_id.id,
            "openpce_direction": share.direction or self.direction,
            "openpce_traffic_id": (share.traffic_id or self.traffic_id).id,
            "openpce_owner_id": share.user_id.id,
        }

    # ------------------------------------------------------------------ taxes

    def _get_tax_amounts(self):
        """What each tax makes, whatever lines it stands on."""
        found = defaultdict(float)
        for line in self.move_id.line_ids.filtered("tax_repartition_line_id"):
            found[line.tax_repartition_line_id] += line.amount_currency
        return found

    def _keep_tax_amounts(self, before):
        """Give each tax the cents back that rounding share by share has moved (A12).

        A difference of more than a rounding for each line is no rounding and stays.
        """
        currency = self.move_id.currency_id
        lines = self.move_id.line_ids.filtered("tax_repartition_line_id")
        most = currency.rounding * len(self.move_id.invoice_line_ids)
        commands = []
        for share, group in lines.grouped("tax_repartition_line_id").items():
            moved = before.get(share, 0.0) - sum(group.mapped("amount_currency"))
            if share not in before or currency.is_zero(moved):
                continue
            if currency.compare_amounts(abs(moved), most) <= 0:
                largest = group.sorted(lambda line: abs(line.amount_currency))[-1]
                amount = currency.round(largest.amount_currency + moved)
                commands.append(fields.Command.update(largest.id, {"amount_currency": amount}))
        if commands:
            self.move_id.write({"line_ids": commands})

    # ------------------------------------------------------------------ owners

    def _confirm_for_owners(self):
        """Confirm lines on behalf of their owners, who are only told (A13)."""
        # sudo: the system confirms what criteria made
        lines = self.sudo().move_id.invoice_line_ids.filtered("openpce_owner_id")
        for user, mine in lines.grouped("openpce_owner_id").items():
            mine._openpce_confirm(user)
        now = fields.Datetime.now()
        tasks = self.env["openpce.bill.task"].sudo()
        made = tasks.create(
            [
                # done already; with it the owner may see the bill
                {
                    "bill_id": self.id,
                    "stage": "line",
                    "user_id": user.id,
                    "state": "done",
                    "done_at": now,
                    "result": "automatic",
                }
                for user in lines.openpce_owner_id
            ]
        )
        made._create_activities(self.env._("Lines confirmed in your name"))

    def _release_forecasts(self, released=True):
        """Open the forecasts again that a returned bill absorbed, or take them back (A32)."""
        # sudo: links go with the bill, whoever returns it
        self.sudo().move_id.invoice_line_ids.openpce_absorption_ids.released = released
