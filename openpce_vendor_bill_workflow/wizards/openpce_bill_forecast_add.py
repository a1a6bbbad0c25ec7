from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_repr

from ..bill_flow.allocation import spread_equal, spread_proportional
from ..bill_flow.errors import AllocationError
from ..bill_flow.keys import normalise_document

_SPREAD = {"equal": spread_equal, "proportional": spread_proportional}
#: Forecasts offered at once; narrower criteria show the others.
_LIMIT = 200


class OpenpceBillForecastAdd(models.TransientModel):
    """Choosing forecasts that become lines of a bill, and what is done with a difference.

    R112, R113, A32: nothing is written to the bill before “Apply”; until then this is a preview.
    """

    _name = "openpce.bill.forecast.add"
    _description = "Forecasts that a bill absorbs"

    move_id = fields.Many2one("account.move", "Bill", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="move_id.company_id")
    currency_id = fields.Many2one(related="move_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Supplier")
    file_id = fields.Many2one("openpce.transport.file")
    document = fields.Char("Transport document")
    reference = fields.Char()
    product_id = fields.Many2one("product.product", "Concept")
    division_id = fields.Many2one("openpce.division")
    row_ids = fields.One2many("openpce.bill.forecast.add.row", "wizard_id", "Forecasts")
    more = fields.Boolean(help="More forecasts fit than are shown.")
    replace = fields.Boolean(
        "Instead of the present lines",
        help="The lines of the bill that absorb no forecast are taken away.",
    )
    mode = fields.Selection(
        [
            ("equal", "Spread in equal parts"),
            ("proportional", "Spread by the size of the lines"),
            ("leave", "Leave it"),
        ],
        "Difference",
        required=True,
        default="equal",
        help="What is done with the difference to the untaxed amount of the document. What is left "
        "stops the validation until the lines meet the document.",
    )
    reason = fields.Char(
        help="Why more is paid than was expected; mandatory when a forecast is exceeded."
    )
    document_untaxed = fields.Monetary("Document, untaxed", compute="_compute_totals")
    stated = fields.Boolean(compute="_compute_totals")
    present = fields.Monetary("Lines that stay", compute="_compute_totals")
    chosen_amount = fields.Monetary("Chosen forecasts", compute="_compute_totals")
    difference = fields.Monetary("Difference before", compute="_compute_totals")
    left = fields.Monetary("Difference after", compute="_compute_totals")
    refusal = fields.Char(compute="_compute_totals")
    over = fields.Boolean(compute="_compute_totals")

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'base': opened with the forecasts that fit the bill
        wizards = super().create(vals_list)
        for wizard in wizards:
            wizard.replace = wizard._is_covered()
            if not wizard.row_ids:
                wizard._refill()
        return wizards

    def _is_covered(self):
        """Whether lines without forecast make the document already, as captured ones do."""
        lines = self._get_replaceable()
        stated = self.move_id.openpce_bill_id.document_untaxed
        made = sum(lines.mapped("price_subtotal"))
        return bool(lines and stated) and self.currency_id.compare_amounts(made, stated) == 0

    def _get_replaceable(self):
        """Lines of the bill that absorb no forecast."""
        return self.move_id.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and not line.openpce_absorption_ids
        )

    # ------------------------------------------------------------------ selection

    @api.onchange("partner_id", "file_id", "document", "reference", "product_id", "division_id")
    def _onchange_query(self):
        self._refill()

    def _refill(self):
        """Offer the forecasts that fit; those chosen before stay."""
        kept = self.row_ids.filtered("chosen")
        found = self.env["openpce.cost.forecast"].search(
            self._get_query(), limit=_LIMIT + 1, order="file_id desc, product_id, reference, id"
        )
        self.more = len(found) > _LIMIT
        new = found[:_LIMIT] - kept.forecast_id
        refund = self.move_id.direction_sign < 0
        self.row_ids = [
            *(fields.Command.unlink(row.id) for row in self.row_ids - kept),
            *(
                fields.Command.create(
                    {
                        "forecast_id": forecast.id,
                        "amount": forecast.absorbed if refund else forecast.remaining,
                        "final": not refund,
                    }
                )
                for forecast in new
            ),
        ]

    def _get_query(self):
        """Domain of the forecasts to choose from; a credit note gives back what was absorbed."""
        refund = self.move_id.direction_sign < 0
        open_ones = Domain("absorbed", ">", 0) if refund else Domain("state", "!=", "closed")
        domain = open_ones & Domain("company_id", "=", self.company_id.id)
        if self.partner_id:
            partner = self.partner_id.commercial_partner_id
            domain &= Domain("commercial_partner_id", "in", (partner.id, False))
        for name in ("file_id", "product_id", "division_id"):
            if self[name]:
                domain &= Domain(name, "=", self[name].id)
        document = normalise_document(self.document or "")
        if document:
            domain &= Domain("document", "=", document) | Domain(
                "file_id.document_ids.normalised", "=", document
            )
        if self.reference:
            domain &= Domain("reference", "ilike", self.reference)
        return domain

    # ------------------------------------------------------------------ preview

    @api.depends("move_id", "mode", "replace", "reason", "row_ids.chosen", "row_ids.amount")
    def _compute_totals(self):
        for wizard in self:
            rows = wizard._get_chosen()
            stated = wizard.move_id.openpce_bill_id.document_untaxed
            stay = wizard.move_id.invoice_line_ids.filtered(lambda x: x.display_type == "product")
            if wizard.replace:
                stay -= wizard._get_replaceable()
            wizard.document_untaxed, wizard.stated = stated, bool(stated)
            wizard.present = sum(stay.mapped("price_subtotal"))
            wizard.chosen_amount = sum(rows.mapped("price"))
            wizard.difference = stated - wizard.present - wizard.chosen_amount if stated else 0.0
            parts, wizard.refusal = wizard._preview()
            wizard.left = wizard.difference - sum(float(part) for part in parts)
            wizard.over = any(rows.mapped("over"))

    def _get_chosen(self):
        """Rows that become lines, in their order."""
        return self.row_ids.filtered("chosen")

    def _preview(self):
        """What each chosen row gets of the difference, and why not when refused."""
        try:
            return self._spread(), False
        except UserError as error:
            return (), str(error)

    def _spread(self):
        """What each chosen row gets of the difference.

        :raises UserError: a line would change its sign.
        """
        rows = self._get_chosen()
        if not rows or not self.difference or self.mode == "leave":
            return (Decimal(0),) * len(rows)
        digits = self.currency_id.decimal_places
        difference = Decimal(float_repr(self.difference, digits))
        amounts = [Decimal(float_repr(row.price, digits)) for row in rows]
        rounding = Decimal(float_repr(self.currency_id.rounding, digits))
        try:
            return _SPREAD[self.mode](difference, amounts, rounding)
        except AllocationError as error:
            raise UserError(self._get_refusal(rows, error)) from error

    def _get_refusal(self, rows, error):
        """An error of the engine as a sentence."""
        show = self.currency_id.format
        if error.code == "sign_change":
            row = rows[error.facts["position"] - 1]
            return self.env._(
                "“%(forecast)s” is %(amount)s and would get %(part)s of the difference, so its "
                "line would change sign. Choose fewer forecasts, a smaller amount, another way to "
                "spread, or leave the difference.",
                forecast=row.forecast_id.display_name,
                amount=show(float(error.facts["amount"])),
                part=show(float(error.facts["part"])),
            )
        if error.code == "not_rounded":
            return self.env._(
                "%(amount)s is no multiple of the rounding of %(currency)s and cannot be spread. "
                "Correct the untaxed amount of the document in Revision, or leave the difference.",
                amount=error.facts["amount"],
                currency=self.currency_id.name,
            )
        return self.env._("Lines of 0 have no size to spread by. Spread in equal parts.")

    # ------------------------------------------------------------------ apply

    def action_apply(self):
        """Make a line of each chosen forecast, with its link, and spread the difference."""
        self.ensure_one()
        bill = self.move_id._openpce_get_workable()
        bill._lock()
        rows = self._get_chosen()
        if not rows:
            raise UserError(self.env._("No forecast is chosen. Tick those that the bill charges."))
        rows._check_choice()
        parts = [float(part) for part in self._spread()]
        links = [row._prepare_link_vals(part) for row, part in zip(rows, parts, strict=True)]
        move, old = self.move_id, self.move_id.invoice_line_ids
        commands = [
            fields.Command.create(row._prepare_line_vals(part))
            for row, part in zip(rows, parts, strict=True)
        ]
        gone = self._get_replaceable() if self.replace else old.browse()
        move.write({"invoice_line_ids": [*(fields.Command.unlink(x.id) for x in gone), *commands]})
        made = (move.invoice_line_ids - old).sorted("id")
        made._openpce_fill_analytic()
        made._openpce_link(
            [{**vals, "line_id": line.id} for line, vals in zip(made, links, strict=True)]
        )
        bill._log(
            "absorbed",
            forecasts=rows.forecast_id.ids,
            lines=made.ids,
            difference=self.difference,
            mode=self.mode,
            text=self.reason or "",
        )
        return {"type": "ir.actions.act_window_close"}
