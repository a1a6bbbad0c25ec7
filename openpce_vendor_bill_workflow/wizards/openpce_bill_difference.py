from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import float_repr

from ..bill_flow.differences import Charge, Expected, document_differences


class OpenpceBillDifference(models.TransientModel):
    """Bills against forecasts on one transport document of a bill (R108, A34)."""

    _name = "openpce.bill.difference"
    _description = "Difference of a bill with its forecasts"
    _order = "id"

    bill_id = fields.Many2one("openpce.bill", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="bill_id.company_currency_id")
    document = fields.Char("Transport document")
    this = fields.Monetary("This bill")
    others = fields.Monetary("Other bills", help="That are in the workflow or posted already.")
    forecast = fields.Monetary(
        "Forecasts assigned", help="Of these bills, in full: each forecast counts once."
    )
    difference = fields.Monetary(help="Bills less forecasts.")
    percent = fields.Float("%", digits=(12, 2), aggregator=None)
    compared = fields.Boolean(help="There are forecasts to compare with.")

    @api.model
    def _open(self, bill):
        """Work the table of a bill out and show it."""
        bill.ensure_one()
        bill.check_access("read")
        rows = self.create(self._prepare_vals_list(bill))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "openpce_vendor_bill_workflow.bill_difference_action"
        )
        return {**action, "domain": [("id", "in", rows.ids)]}

    @api.model
    def _prepare_vals_list(self, bill):
        """The table, in company currency; three queries whatever the number of lines."""
        currency = bill.company_currency_id
        digits = currency.decimal_places

        def exact(amount):
            return Decimal(float_repr(amount, digits))

        # sudo: of bills of others their sum alone is told
        charged, written = self._read_charges(bill.sudo())
        charges = [Charge(document, exact(amount), own) for document, amount, own in charged]
        expected = [
            Expected(forecast, document, exact(amount))
            for forecast, document, amount in self._read_forecasts(bill.sudo(), list(written))
        ]
        return [
            {
                "bill_id": bill.id,
                "document": written.get(row.document) or self.env._("None"),
                "this": float(row.this),
                "others": float(row.others),
                "forecast": float(row.forecast),
                "difference": float(row.difference),
                "percent": float(row.percent or 0),
                "compared": row.percent is not None,
            }
            for row in document_differences(charges, expected)
        ]

    def _get_line_domain(self):
        """Lines that charge something, of bills that are not off the table."""
        return fields.Domain("display_type", "=", "product") & fields.Domain(
            "parent_state", "!=", "cancel"
        )

    def _read_charges(self, bill):
        """Untaxed amounts by document: (document, amount, own).

        And the documents of the bill, each as somebody wrote it.
        """
        lines = self.env["account.move.line"].sudo()
        own = lines._read_group(
            self._get_line_domain() & fields.Domain("move_id", "=", bill.move_id.id),
            ["openpce_document_key"],
            ["balance:sum", "openpce_document:max"],
        )
        written = {document: text or document for document, _amount, text in own if document}
        others = lines._read_group(
            self._get_others_domain(bill, list(written)),
            ["openpce_document_key"],
            ["balance:sum"],
        )
        return [
            *((document or "", amount, True) for document, amount, _text in own),
            *((document, amount, False) for document, amount in others),
        ], written

    def _get_others_domain(self, bill, documents):
        """Lines of other bills of the company on these documents."""
        return (
            self._get_line_domain()
            & fields.Domain("openpce_document_key", "in", documents)
            & fields.Domain("company_id", "=", bill.company_id.id)
            & fields.Domain("move_id", "!=", bill.move_id.id)
            & fields.Domain(
                "move_id.openpce_bill_ids.state", "not in", ("returned", "discarded", False)
            )
        )

    def _read_forecasts(self, bill, documents):
        """Forecasts that these bills absorb: (id, document, amount in company currency)."""
        domain = fields.Domain("line_id.move_id", "=", bill.move_id.id)
        if documents:
            domain |= fields.Domain("line_id", "any", self._get_others_domain(bill, documents))
        links = self.env["openpce.forecast.absorption"].sudo().search(domain)
        day, company = bill.move_id.invoice_date or bill.move_id.date, bill.company_id
        rates = {
            currency: currency._get_conversion_rate(currency, company.currency_id, company, day)
            for currency in links.currency_id
        }
        return [
            (
                link.forecast_id.id,
                link.line_id.openpce_document_key or "",
                link.forecast_id.amount * rates[link.currency_id],
            )
            for link in links
        ]
