from odoo import models


class AccountMove(models.Model):
    """What may be told of like bills of other companies (A22)."""

    _inherit = "account.move"

    def _openpce_is_known(self):
        """Whether the user may enter the company of the bill."""
        self.ensure_one()
        # sudo: the company decides what is told of the bill
        return self.sudo().company_id in self.env.user.company_ids

    def _openpce_get_shown_names(self):
        """Names of like bills; of companies that the user cannot enter only that they are there."""
        # sudo: the situation of the other bill is what the reviewer has to know (R86)
        moves = self.sudo().exists()
        known = moves.filtered(lambda move: move._openpce_is_known())
        names = known.mapped("display_name")
        if moves - known:
            names.append(self.env._("a bill of another company"))
        return ", ".join(names)
