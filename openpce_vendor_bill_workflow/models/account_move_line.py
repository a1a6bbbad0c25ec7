from odoo import api, fields, models

from .openpce_transport_reference import DIRECTIONS

#: A change of these takes the confirmation of a line away (A35).
_CONFIRMED = {
    "price_unit", "quantity", "discount", "product_id", "account_id", "tax_ids",
    "analytic_distribution", "openpce_owner_id",
}  # fmt: skip


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    openpce_owner_id = fields.Many2one(
        "res.users",
        "Owner",
        index="btree_not_null",
        copy=False,
        domain="[('openpce_bill_user_ids.company_id', 'parent_of', company_id)]",
        help="Who has to confirm the line. Empty: the owner of the bill.",
    )
    openpce_confirmed_at = fields.Datetime("Confirmed", copy=False, readonly=True)
    openpce_confirmed_by_id = fields.Many2one(
        "res.users", "Confirmed by", copy=False, readonly=True
    )
    openpce_document = fields.Char("Transport document")
    openpce_file_id = fields.Many2one(
        "openpce.transport.file", "File", check_company=True, index="btree_not_null"
    )
    openpce_division_id = fields.Many2one("openpce.division", "Division", check_company=True)
    openpce_traffic_id = fields.Many2one("openpce.traffic", "Traffic", check_company=True)
    openpce_direction = fields.Selection(DIRECTIONS, "Import or export")
    openpce_absorption_ids = fields.One2many(
        "openpce.forecast.absorption", "line_id", "Absorbed forecasts"
    )

    def _openpce_confirm(self, user):
        """Confirm lines on behalf of a user (R121, A35)."""
        vals = {"openpce_confirmed_at": fields.Datetime.now(), "openpce_confirmed_by_id": user.id}
        # sudo: the owner of a line may not be allowed to change the bill
        self.sudo().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'account': lines are figures too, and may come past their bill
        for vals in vals_list:
            self._openpce_drop_forged(vals)
        moves = self.env["account.move"].browse({v["move_id"] for v in vals_list if "move_id" in v})
        with moves._openpce_watch():
            return super().create(vals_list)

    def write(self, vals):
        # EXTENDS 'account': as above; a changed line is not confirmed any more (A35)
        self._openpce_drop_forged(vals)
        if _CONFIRMED & set(vals) and any(self.mapped("openpce_confirmed_at")):
            vals = {**vals, "openpce_confirmed_at": False, "openpce_confirmed_by_id": False}
        with self.move_id._openpce_watch():
            return super().write(vals)

    def unlink(self):
        # EXTENDS 'account': as above
        with self.move_id._openpce_watch():
            return super().unlink()

    def _openpce_drop_forged(self, vals):
        """Confirmations are given by the button alone."""
        if not self.env.su:
            vals.pop("openpce_confirmed_at", None)
            vals.pop("openpce_confirmed_by_id", None)
