from odoo import api, fields, models
from odoo.exceptions import ValidationError


class OpenpceBillApprovalLevel(models.Model):
    """One level of approvers; each of its persons has to approve (R65, R66, A16)."""

    _name = "openpce.bill.approval.level"
    _description = "Level of approvers"
    _order = "number, id"

    rule_id = fields.Many2one(
        "openpce.bill.approval.rule", index="btree_not_null", ondelete="cascade"
    )
    random_control_id = fields.Many2one(
        "openpce.bill.random.control", index="btree_not_null", ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", compute="_compute_company_id", store=True)
    number = fields.Integer(
        "Level", required=True, default=1, help="Level 1 is asked first, then level 2 …"
    )
    user_ids = fields.Many2many(
        "res.users",
        "openpce_bill_approval_level_user_rel",
        "level_id",
        "user_id",
        "Persons",
        required=True,
        domain="[('openpce_bill_user_ids.company_id', 'parent_of', company_id), "
        "('openpce_bill_user_ids.level', '=', 'supervisor')]",
        help="Each of them has to approve.",
    )

    _one_owner = models.Constraint(
        "CHECK((rule_id IS NULL) <> (random_control_id IS NULL))",
        "A level belongs to an approval rule or to a random control. Add it there.",
    )
    _number_positive = models.Constraint(
        "CHECK(number > 0)", "Levels are counted from 1. Change the number of the level."
    )

    @api.depends("rule_id.company_id", "random_control_id.company_id")
    def _compute_company_id(self):
        for level in self:
            level.company_id = (level.rule_id or level.random_control_id).company_id

    @api.depends("number", "user_ids")
    def _compute_display_name(self):
        for level in self:
            names = ", ".join(level.user_ids.mapped("display_name"))
            level.display_name = f"{level.number}: {names}"

    @api.constrains("user_ids", "rule_id", "random_control_id")
    def _check_people(self):
        for level in self:
            if not level.user_ids:
                raise ValidationError(
                    self.env._(
                        "Level %(number)s of “%(rule)s” names nobody, so it could never be passed. "
                        "Choose its persons, or delete the level.",
                        number=level.number,
                        rule=(level.rule_id or level.random_control_id).display_name,
                    )
                )
            self.env["openpce.bill.user"]._check_supervisors(level.user_ids, level.company_id)
