from odoo import api, fields, models

from .openpce_transport_reference import DIRECTIONS


class OpenpceTransportFile(models.Model):
    """File, shipment or customs dossier that costs belong to (R111, requirements 5.1)."""

    _name = "openpce.transport.file"
    _inherit = ["mail.thread", "openpce.template.mixin"]
    _description = "Transport file"
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "document_ids.name"]

    name = fields.Char("Number", required=True, copy=False, tracking=True)
    kind = fields.Selection(
        [("file", "File"), ("shipment", "Shipment"), ("customs", "Customs dossier")],
        required=True,
        default="file",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", check_company=True, index="btree_not_null"
    )
    division_id = fields.Many2one(
        "openpce.division",
        check_company=True,
        index="btree_not_null",
        default=lambda self: self.env["openpce.division"]._get_default(self.env.company),
    )
    traffic_id = fields.Many2one("openpce.traffic", check_company=True, index="btree_not_null")
    traffic_type_id = fields.Many2one(related="traffic_id.type_id", string="Traffic type")
    direction = fields.Selection(DIRECTIONS)
    analytic_account_id = fields.Many2one(
        "account.analytic.account",
        check_company=True,
        index="btree_not_null",
        copy=False,
        help="The costs of this file are booked on this account; its balance is the margin.",
    )
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")],
        required=True,
        default="open",
        copy=False,
        tracking=True,
    )
    document_ids = fields.One2many("openpce.transport.reference", "file_id", "Transport documents")
    document_names = fields.Char("Documents", compute="_compute_document_names")
    forecast_ids = fields.One2many("openpce.cost.forecast", "file_id", "Cost forecasts")
    forecast_count = fields.Integer(compute="_compute_forecast_count")
    note = fields.Text()
    active = fields.Boolean(default=True)

    _name_unique = models.UniqueIndex(
        "(company_id, kind, name)",
        "The company already has a file of this kind with this number (it may be archived). Use "
        "another number, or go on with that file.",
    )

    @api.depends("document_ids.name")
    def _compute_document_names(self):
        for file in self:
            file.document_names = ", ".join(file.document_ids.mapped("name"))

    @api.depends("forecast_ids")
    def _compute_forecast_count(self):
        counts = dict(
            self.env["openpce.cost.forecast"]._read_group(
                [("file_id", "in", self.ids)], ["file_id"], ["__count"]
            )
        )
        for file in self:
            file.forecast_count = counts.get(file, 0)

    def action_close(self):
        """Close the file: no more costs are expected."""
        self.write({"state": "closed"})

    def action_reopen(self):
        """Open the file again for a late cost."""
        self.write({"state": "open"})

    def action_open_forecasts(self):
        """Show the forecasts of the file in the list where they are typed."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "openpce_vendor_bill_workflow.cost_forecast_action"
        )
        return {
            **action,
            "domain": [("file_id", "=", self.id)],
            "context": {"default_file_id": self.id},
        }
