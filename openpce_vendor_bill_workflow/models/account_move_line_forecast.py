from contextlib import contextmanager

from odoo import models


class AccountMoveLine(models.Model):
    """Forecasts that lines absorb follow what the lines charge (R112, A32)."""

    _inherit = "account.move.line"

    @contextmanager
    def _openpce_follow(self, vals):
        """Let absorbed amounts go with the amounts of their lines while these are written.

        A forecast of which a line takes a part keeps that part.
        """
        lines = self.browse()
        if {"price_unit", "quantity", "discount"} & set(vals):
            # sudo: who may change the line changes what it absorbs, by the same proportion
            lines = self.sudo().filtered(
                lambda line: (
                    line.move_id.is_purchase_document(include_receipts=True)
                    and line.openpce_absorption_ids
                )
            )
        before = {line: line.price_subtotal for line in lines}
        yield
        for line, amount in before.items():
            if line.price_subtotal != amount:
                line._openpce_follow_links(amount)

    def _openpce_follow_links(self, before):
        """Change what the line absorbs from an amount it had to the one it has."""
        self.ensure_one()
        links = self.openpce_absorption_ids
        sign = self.move_id.direction_sign
        for link in links:
            share = link.amount / before if before else sign / len(links)
            link.amount = link.currency_id.round(share * self.price_subtotal)

    def _openpce_give_taxes(self, command):
        """Give lines without taxes these ones; their untaxed amounts stay, whatever prices hold."""
        before = {line: line.price_subtotal for line in self}
        self.write({"tax_ids": command})
        for line, untaxed in before.items():
            units = line.quantity * (1 - line.discount / 100)
            if units and line.currency_id.compare_amounts(line.price_subtotal, untaxed):
                line.price_unit = line._openpce_get_price(untaxed) / units

    def _openpce_get_price(self, untaxed):
        """Unit price with which a line makes an untaxed amount, also with taxes in the price."""
        return self._openpce_price(untaxed, self.tax_ids, self.product_id)

    def _openpce_price(self, untaxed, taxes, product):
        """As above, for taxes and concept of a line that is to be made."""
        flat = taxes.flatten_taxes_hierarchy()
        if not any(flat.mapped("price_include")):
            return untaxed
        details = flat._get_tax_details(
            untaxed,
            1.0,
            rounding_method="round_globally",
            product=product,
            special_mode="total_excluded",
        )
        included = [data for data in details["taxes_data"] if data["tax"].price_include]
        return untaxed + sum(data["tax_amount"] for data in included)
