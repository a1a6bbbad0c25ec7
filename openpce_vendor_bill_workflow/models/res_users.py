from odoo import Command, fields, models

_REVIEWER = "openpce_vendor_bill_workflow.group_openpce_reviewer"
_SUPERVISOR = "openpce_vendor_bill_workflow.group_openpce_supervisor"


class ResUsers(models.Model):
    _inherit = "res.users"

    openpce_bill_user_ids = fields.One2many("openpce.bill.user", "user_id", "Bill workflow")

    def _openpce_sync_groups(self):
        """Give each user the group of the highest level registered in any company (R30, A21).

        Only these two groups are touched. Done as the system: whoever maintains the workflow
        users needs no right on other users.
        """
        reviewer, supervisor = self.env.ref(_REVIEWER), self.env.ref(_SUPERVISOR)
        users = self.sudo()
        levels = {}
        for row in self.env["openpce.bill.user"].sudo().search([("user_id", "in", users.ids)]):
            levels.setdefault(row.user_id, set()).add(row.level)
        for user in users:
            mine = levels.get(user, set())
            wanted = supervisor if "supervisor" in mine else reviewer if mine else reviewer[:0]
            held = (reviewer | supervisor) & user.group_ids
            change = [Command.unlink(group.id) for group in held - wanted]
            change += [Command.link(group.id) for group in wanted - held]
            if change:
                user.write({"group_ids": change})
