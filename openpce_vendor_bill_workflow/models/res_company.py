import secrets

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    openpce_bill_workflow = fields.Boolean(
        "Supplier bills pass the workflow",
        help="From then on a new supplier bill is posted only after it was approved.",
    )
    openpce_tie_break = fields.Selection(
        [("listed_order", "First of the listed searches"), ("most_specific", "Most specific")],
        "Rules of the same order",
        required=True,
        default="listed_order",
        help="Which distribution rule wins when several of the same order fit (A1).",
    )
    openpce_accumulate_levels = fields.Boolean(
        "Add up the levels of all approval rules that fit",
        help="Otherwise the most specific rule alone says who approves.",
    )
    openpce_four_eyes = fields.Boolean(
        "Who treated a bill does not approve it",
        default=True,
        help="The substitute of the supervision criteria, or the dispatchers, take the place.",
    )
    openpce_merge_consecutive = fields.Boolean(
        "Ask a person once for consecutive levels",
        help="Otherwise once per level.",
    )
    openpce_dispatcher_team_id = fields.Many2one(
        "openpce.bill.team",
        "Dispatchers",
        check_company=True,
        help="Receive the bills for which no rule fits.",
    )
    openpce_fallback_user_id = fields.Many2one(
        "res.users",
        "Validates for others",
        domain="[('openpce_bill_user_ids.company_id', 'parent_of', id)]",
        help="Validates what users without the permission treated, when their row names nobody.",
    )
    openpce_tolerance = fields.Monetary(
        "Tolerated difference",
        help="Between the document and its lines, beyond the rounding of the currency.",
    )
    openpce_post_after_approval = fields.Boolean(
        "Post bills when they are approved", help="Otherwise accounting posts them."
    )
    openpce_required_field_ids = fields.Many2many(
        "ir.model.fields",
        "openpce_company_required_field_rel",
        "company_id",
        "field_id",
        "Mandatory fields",
        default=lambda self: self._openpce_get_default_required(),
        groups="base.group_system",  # ordinary users may not read ir.model.fields
        help="A captured bill where one of them is empty stops in Revision.",
    )
    openpce_require_file = fields.Boolean(
        "The document itself is mandatory",
        default=True,
        help="A captured bill without PDF or XML stops in Revision.",
    )
    openpce_calendar_id = fields.Many2one(
        "resource.calendar",
        "Hours count in",
        check_company=True,
        help="Working hours in which the hours of the supervision criteria run. Empty: day and "
        "night, every day.",
    )
    openpce_sampling_secret = fields.Char(groups="base.group_system", copy=False)

    @api.constrains("openpce_fallback_user_id")
    def _check_openpce_fallback(self):
        for company in self.filtered("openpce_fallback_user_id"):
            self.env["openpce.bill.user"]._check_may_validate(
                company.openpce_fallback_user_id, company
            )

    @api.constrains("openpce_tolerance")
    def _check_openpce_tolerance(self):
        for company in self:
            if company.openpce_tolerance < 0:
                raise ValidationError(
                    self.env._(
                        "The tolerated difference of %s is below zero. Type zero or more in the "
                        "settings of the supplier bill workflow.",
                        company.display_name,
                    )
                )

    @api.model
    def _openpce_get_default_required(self):
        """Fields without which a bill cannot be treated, unless the company says more (A23)."""
        names = ("partner_id", "ref", "invoice_date", "currency_id", "amount_total")
        model = self.env["ir.model.fields"].sudo()
        return model.search([("model", "=", "account.move"), ("name", "in", names)])

    def _openpce_get_required_fields(self):
        """Names of the bill's fields that have to be filled at capture (A23)."""
        self.ensure_one()
        return self.sudo().openpce_required_field_ids.mapped("name")

    def _openpce_get_sampling_secret(self):
        """Key of the random control's draw, made at first use; one per group of branches (A36)."""
        self.ensure_one()
        root = self.sudo().root_id
        if not root.openpce_sampling_secret:
            root.openpce_sampling_secret = secrets.token_hex(32)
        return root.openpce_sampling_secret.encode()
