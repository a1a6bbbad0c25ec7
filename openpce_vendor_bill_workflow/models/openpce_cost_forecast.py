from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .openpce_transport_reference import DIRECTIONS


class OpenpceCostForecast(models.Model):
    """A cost expected on a file; bill lines absorb it (R112, A32).

    State: open → partial → closed, computed from what is absorbed. It opens again when a bill line
    is deleted, its bill cancelled, or the cost credited.
    """

    _name = "openpce.cost.forecast"
    _inherit = ["openpce.template.mixin"]
    _description = "Cost forecast"
    _order = "file_id desc, id"
    _check_company_auto = True

    file_id = fields.Many2one(
        "openpce.transport.file", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="file_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", "Supplier", check_company=True, index="btree_not_null"
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Supplier company",
        store=True,
        index="btree_not_null",
    )
    product_id = fields.Many2one(
        "product.product",
        "Concept",
        required=True,
        check_company=True,
        domain="[('purchase_ok', '=', True)]",
    )
    division_id = fields.Many2one(
        "openpce.division",
        compute="_compute_from_file",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        index="btree_not_null",
    )
    traffic_id = fields.Many2one(
        "openpce.traffic",
        compute="_compute_from_file",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        index="btree_not_null",
    )
    direction = fields.Selection(
        DIRECTIONS, compute="_compute_from_file", store=True, readonly=False, precompute=True
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    amount = fields.Monetary(required=True, help="Expected cost without taxes.")
    document_id = fields.Many2one(
        "openpce.transport.reference",
        "Transport document",
        domain="[('file_id', '=', file_id)]",
        index="btree_not_null",
    )
    document = fields.Char(
        "Normalised document",
        related="document_id.normalised",
        store=True,
        index="btree_not_null",
    )
    reference = fields.Char(
        help="What tells this forecast from others of the same file, supplier and concept, such as "
        "the container."
    )
    absorption_ids = fields.One2many("openpce.forecast.absorption", "forecast_id", "Absorbed by")
    absorbed = fields.Monetary(compute="_compute_absorbed", store=True)
    remaining = fields.Monetary(compute="_compute_absorbed", store=True)
    state = fields.Selection(
        [("open", "Open"), ("partial", "Partly absorbed"), ("closed", "Closed")],
        compute="_compute_absorbed",
        store=True,
        index=True,
    )
    active = fields.Boolean(default=True)

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "A forecast has an amount above zero. Type the cost you expect."
    )

    @api.depends("file_id")
    def _compute_from_file(self):
        for forecast in self:
            for name in ("division_id", "traffic_id", "direction"):
                forecast[name] = forecast[name] or forecast.file_id[name]

    @api.depends(
        "amount",
        "currency_id",
        "absorption_ids.amount",
        "absorption_ids.final",
        "absorption_ids.released",
        "absorption_ids.line_id.parent_state",
    )
    def _compute_absorbed(self):
        for forecast in self:
            counted = forecast.absorption_ids._get_counted()
            forecast.absorbed = sum(counted.mapped("amount"))
            left = max(forecast.amount - forecast.absorbed, 0.0)
            currency = forecast.currency_id
            # a credit note after the final bill opens the forecast again
            ends = counted.filtered(lambda link: link.final or link.amount < 0)
            ends = ends.sorted(lambda link: link._origin.id)
            closed = ends[-1:].final or (counted and currency and currency.is_zero(left))
            forecast.remaining = 0.0 if closed else left
            forecast.state = "closed" if closed else "partial" if forecast.absorbed else "open"

    @api.depends("product_id", "partner_id", "reference", "document_id.name", "file_id.name")
    def _compute_display_name(self):
        for forecast in self:
            parts = (
                forecast.file_id.name,
                forecast.product_id.display_name,
                forecast.partner_id.display_name,
                forecast.reference or forecast.document_id.name,
            )
            forecast.display_name = " · ".join(filter(None, parts))

    @api.constrains("document_id", "file_id")
    def _check_document_of_file(self):
        for forecast in self:
            if forecast.document_id and forecast.document_id.file_id != forecast.file_id:
                raise ValidationError(
                    self.env._(
                        "Transport document %(document)s belongs to file %(other)s, not to "
                        "%(file)s. Choose a document of the file, or add it there first.",
                        document=forecast.document_id.name,
                        other=forecast.document_id.file_id.name,
                        file=forecast.file_id.name,
                    )
                )
