from odoo import api, fields, models
from odoo.tools import format_datetime


class OpenpceBill(models.Model):
    """Whose time is up, told where the bill is worked on (R70, R72)."""

    _inherit = "openpce.bill"

    late_text = fields.Char(compute="_compute_late_text", help="Whose time is up, in one sentence.")

    @api.depends("task_ids.state", "task_ids.deadline", "task_ids.late")
    @api.depends_context("lang", "tz")
    def _compute_late_text(self):
        now = fields.Datetime.now()
        for bill in self:
            # sudo: a reviewer knows who holds the bill, not only the own task
            tasks = bill.sudo().task_ids
            late = tasks.filtered(
                lambda t: t.state == "open" and (t.late or (t.deadline and t.deadline <= now))
            )
            bill.late_text = " ".join(bill._get_late_sentence(task, tasks) for task in late)

    def _get_late_sentence(self, task, tasks):
        """Who was late with a task, and who has it now until when."""
        before = tasks.filtered(
            lambda t: t.result == "late" and (t.stage, t.level) == (task.stage, task.level)
        )
        holder = task.user_id.display_name or task.team_id.display_name
        if not before:
            return self.env._("The time of %s is over.", holder)
        names = {
            "late": ", ".join(before.user_id.mapped("display_name")),
            "holder": holder,
        }
        if not task.deadline:
            return self.env._(
                "The time of %(late)s is over; %(holder)s was asked instead.", **names
            )
        return self.env._(
            # the hour stands inside: in Spanish it ends with a full stop ("8:00 a. m.")
            "The time of %(late)s is over; until %(deadline)s, %(holder)s is asked instead.",
            deadline=format_datetime(self.env, task.deadline, dt_format="short"),
            **names,
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    openpce_late_text = fields.Char(compute="_compute_openpce_late_text")

    @api.depends("openpce_bill_ids.task_ids")
    @api.depends_context("uid", "lang", "tz")
    def _compute_openpce_late_text(self):
        for move, bill in self._openpce_get_bills():
            move.openpce_late_text = bill.late_text
