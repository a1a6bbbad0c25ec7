from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    openpce_bill_workflow = fields.Boolean(
        related="company_id.openpce_bill_workflow", readonly=False
    )
    openpce_post_after_approval = fields.Boolean(
        related="company_id.openpce_post_after_approval", readonly=False
    )
    openpce_tie_break = fields.Selection(
        related="company_id.openpce_tie_break", readonly=False, required=True
    )
    openpce_accumulate_levels = fields.Boolean(
        related="company_id.openpce_accumulate_levels", readonly=False
    )
    openpce_four_eyes = fields.Boolean(related="company_id.openpce_four_eyes", readonly=False)
    openpce_merge_consecutive = fields.Boolean(
        related="company_id.openpce_merge_consecutive", readonly=False
    )
    openpce_dispatcher_team_id = fields.Many2one(
        related="company_id.openpce_dispatcher_team_id", readonly=False
    )
    openpce_fallback_user_id = fields.Many2one(
        related="company_id.openpce_fallback_user_id",
        readonly=False,
        domain="[('openpce_bill_user_ids.company_id', 'parent_of', company_id)]",
    )
    openpce_tolerance = fields.Monetary(related="company_id.openpce_tolerance", readonly=False)
    openpce_required_field_ids = fields.Many2many(
        related="company_id.openpce_required_field_ids",
        readonly=False,
        domain="[('model', '=', 'account.move'), ('ttype', 'not in', ('boolean', 'binary'))]",
    )
    openpce_require_file = fields.Boolean(related="company_id.openpce_require_file", readonly=False)
    openpce_calendar_id = fields.Many2one(related="company_id.openpce_calendar_id", readonly=False)
