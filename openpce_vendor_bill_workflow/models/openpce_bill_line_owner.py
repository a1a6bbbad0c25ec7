from odoo import api, fields, models

from ..bill_flow.checks import LineOwner, progress, unconfirmed
from ..bill_flow.transitions import Event


class OpenpceBill(models.Model):
    """Lines that other persons than the bill's own have to confirm (R121, A27, A35)."""

    _inherit = "openpce.bill"

    line_progress = fields.Char(
        "Lines of others",
        compute="_compute_line_progress",
        help="Confirmed lines of each person who has lines of the bill.",
    )

    @api.depends(
        "user_id",
        "move_id.invoice_line_ids.openpce_owner_id",
        "move_id.invoice_line_ids.openpce_confirmed_at",
    )
    def _compute_line_progress(self):
        users = self.env["res.users"]
        for bill in self:
            # sudo: who sees the bill sees whom it waits for
            counts = progress(bill.sudo()._get_line_owners(), bill.user_id.id)
            bill.line_progress = ", ".join(
                f"{users.sudo().browse(owner).display_name} {done}/{total}"
                for owner, (done, total) in counts.items()
            )

    def _get_line_owners(self):
        """Lines of the bill with their owners, as the engine knows them."""
        return [
            LineOwner(line.id, line.openpce_owner_id.id or None, bool(line.openpce_confirmed_at))
            for line in self.move_id.invoice_line_ids
        ]

    def _owns_lines_alone(self):
        """Whether the user has nothing of the bill but lines that he confirms."""
        self.ensure_one()
        if self.env.su:
            return False
        user = self.env.user
        # sudo: tasks are the engine's
        tasks = self.sudo().task_ids.filtered(lambda task: task.state == "open")
        if {task.stage for task in tasks if task._is_of(user)} != {"line"}:
            return False
        accountant = user.has_group("account.group_account_invoice")
        return not (accountant or self._is_supervisor())

    def _check_lines_alone(self, changed):
        """Refuse changes of amounts or header by who owns lines alone, by whatever way (A35)."""
        if set(changed) & set(self._get_figures_brief()) and self._owns_lines_alone():
            # sudo: as above
            raise self.sudo().move_id.invoice_line_ids._openpce_refuse_owner()

    def _get_unconfirmed_lines(self):
        """Lines that wait for somebody else than the bill's owner (R121, A35)."""
        self.ensure_one()
        owner = self.user_id.id or self.env.user.id
        ids = unconfirmed(self._get_line_owners(), owner)
        return self.move_id.invoice_line_ids.browse(ids)

    def _wait_for_lines(self, lines):
        """Hold the bill until the owners of its lines have confirmed them (A27)."""
        self._ask_line_owners(lines.openpce_owner_id)
        self._hold("lines_pending", owners=lines.openpce_owner_id.ids)

    def _ask_line_owners(self, owners):
        """Give each of these persons the task to confirm, once."""
        # sudo: tasks are the engine's
        known = self.sudo().task_ids.filtered(
            lambda task: task.state == "open" and task.stage == "line"
        )
        self.env["openpce.bill.task"]._open(
            [
                {"bill_id": self.id, "stage": "line", "user_id": user.id}
                for user in owners - known.user_id
            ]
        )

    def _sync_line_tasks(self):
        """Ask those whose lines have changed, and nobody whose lines are gone (A27, A35).

        Else a bill held for its lines would wait for somebody who is not asked any more.
        """
        for bill in self.filtered(lambda bill: bill.hold_reason == "lines_pending"):
            waiting = bill._get_unconfirmed_lines().openpce_owner_id
            # sudo: as above
            tasks = bill.sudo().task_ids.filtered(lambda task: task.stage == "line")
            tasks.filtered(lambda task, w=waiting: task.user_id not in w)._close("superseded")
            bill._ask_line_owners(waiting)
            bill._resume_without_waiting()

    def _resume_without_waiting(self):
        """Give a bill back to its owner once no line waits for anybody (A27)."""
        if self.hold_reason == "lines_pending" and not self._get_unconfirmed_lines():
            self._set_state(Event.RESUME)
            self._log("resumed")

    def action_confirm_lines(self):
        """Confirm the own lines; the last one gives the bill back to its owner (A35, A27)."""
        user = self.env.user
        for bill in self:
            bill._check_mine("line", "treat")
            bill._lock()
            mine = bill.move_id.invoice_line_ids.filtered(lambda x: x.openpce_owner_id == user)
            mine._openpce_confirm(user)
            bill._log("line_confirmed", lines=mine.ids)
            # sudo: as above
            tasks = bill.sudo().task_ids.filtered(lambda task: task.stage == "line")
            tasks.filtered(lambda task: task.user_id == user)._close("confirm", user)
            bill._resume_without_waiting()
