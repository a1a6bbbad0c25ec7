from odoo import fields, models


class OpenpceDivision(models.Model):
    """Part of a company that bills are routed and charged to (requirements 5.1)."""

    _name = "openpce.division"
    _inherit = ["openpce.code.mixin"]
    _description = "Division"
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    analytic_account_id = fields.Many2one(
        "account.analytic.account",
        check_company=True,
        index="btree_not_null",
        help="What is charged to the division is booked on this account.",
    )
    branch_company_id = fields.Many2one(
        "res.company",
        "Branch",
        index="btree_not_null",
        domain="[('id', 'child_of', company_id)]",
        help="Who works in this branch has this division by default.",
    )
    user_ids = fields.One2many("openpce.bill.user", "division_id", "Users of this division")

    _code_unique = models.UniqueIndex(
        "(code, company_id)",
        "The company already has a division with this code. Use another code, or change the "
        "division that has it (it may be archived).",
    )
    _branch_unique = models.UniqueIndex(
        "(branch_company_id) WHERE active AND branch_company_id IS NOT NULL",
        "Another division is already the default of this branch. Take the branch away there first.",
    )

    def _get_default(self, company):
        """The division of the connected user in a company, else that of the branch (R8, A11)."""
        row = self.env["openpce.bill.user"]._get_registration(self.env.user, company)
        return row.division_id or self.search([("branch_company_id", "=", company.id)], limit=1)
