from odoo import api, fields, models


class OpenpceBillTeam(models.Model):
    """Group of workflow users that bills are given to (A4)."""

    _name = "openpce.bill.team"
    _inherit = ["openpce.template.mixin"]
    _description = "Workflow team"
    _order = "name, id"
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    member_ids = fields.Many2many(
        "res.users",
        "openpce_bill_team_member_rel",
        "team_id",
        "user_id",
        "Members",
        domain="[('openpce_bill_user_ids.company_id', 'parent_of', company_id)]",
    )
    claim = fields.Boolean(
        "Has to be claimed",
        default=True,
        help="A member takes the bill before working on it, and it leaves the others' inbox. "
        "Without it every member sees and treats the team's bills.",
    )
    active = fields.Boolean(default=True)

    _name_unique = models.UniqueIndex(
        "(name, company_id)",
        "The company already has a team with this name (it may be archived). Use another name.",
    )

    @api.constrains("member_ids", "company_id")
    def _check_members(self):
        for team in self:
            self.env["openpce.bill.user"]._check_registered(team.member_ids, team.company_id)

    def copy_data(self, default=None):
        # EXTENDS 'base': the name is unique
        data = super().copy_data(default)
        for team, vals in zip(self, data, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%s (copy)", team.name)
        return data
