from odoo import api, fields, models

from .openpce_transport_reference import DIRECTIONS


class OpenpceBillTreatmentShare(models.Model):
    """One share of a bill that is split over divisions (R54-R60, A12, A13)."""

    _name = "openpce.bill.treatment.share"
    _description = "Share of an automatic treatment"
    _order = "rule_id, sequence, id"
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of

    rule_id = fields.Many2one(
        "openpce.bill.treatment.rule", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="rule_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    division_id = fields.Many2one(
        "openpce.division",
        "Charged to",
        required=True,
        check_company=True,
        index="btree_not_null",
        help="Division that pays this share.",
    )
    percentage = fields.Float(
        "Share %", digits=(5, 2), required=True, default=100.0, help="All shares make 100."
    )
    cost_center_id = fields.Many2one(
        "account.analytic.account", "Cost centre", check_company=True, index="btree_not_null"
    )
    direction = fields.Selection(DIRECTIONS)
    traffic_id = fields.Many2one("openpce.traffic", check_company=True, index="btree_not_null")
    project_id = fields.Many2one(
        "account.analytic.account",
        check_company=True,
        index="btree_not_null",
        help="Analytic account of the project, if there is one.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        index="btree_not_null",
        domain="[('openpce_bill_user_ids.company_id', 'parent_of', company_id)]",
        help="Owns the line of this share and confirms it. With automatic management the line is "
        "confirmed already and the person is only told.",
    )

    _percentage_positive = models.Constraint(
        "CHECK(percentage > 0 AND percentage <= 100)",
        "A share is above 0 and at most 100 percent. Change the percentage, or delete the row.",
    )

    @api.constrains("user_id", "rule_id")
    def _check_user(self):
        for share in self:
            self.env["openpce.bill.user"]._check_registered(share.user_id, share.company_id)
