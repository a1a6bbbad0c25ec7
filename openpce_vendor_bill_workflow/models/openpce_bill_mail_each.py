import logging

from odoo import api, fields, models

from ..tools.steps import lock_free

_logger = logging.getLogger(__name__)


class OpenpceBillUser(models.Model):
    _inherit = "openpce.bill.user"

    mail_each = fields.Boolean(
        "Mail at once",
        help="A mail as soon as a bill is assigned, with the link to decide. What is assigned in "
        "one go comes in one mail.",
    )


class OpenpceBillTask(models.Model):
    """Mails at the assignment, for who wants them (R32, R133).

    The assignment only notes that there is something to mail, and wakes the scheduler. So a mass
    operation is one mail for each person, what was undone or done within it is none, and nothing
    is lost with a worker that dies.
    """

    _inherit = "openpce.bill.task"

    mail_due = fields.Boolean(help="To be mailed to its person.")

    _mail_index = models.Index("(id) WHERE mail_due")

    def _queue_mails(self):
        """Have these tasks mailed to their persons once the transaction is complete."""
        if self:
            # sudo: whoever assigns a bill may not be allowed to write tasks or wake the scheduler
            tasks = self.sudo()
            tasks.mail_due = True
            tasks.env.ref("openpce_vendor_bill_workflow.cron_mail_each")._trigger()

    @api.model
    def _cron_mail_each(self, limit=1000):
        """Put what was assigned into Odoo's mail queue, one mail for each person and company."""
        cron = self.env["ir.cron"]
        due = self.search([("mail_due", "=", True)], limit=limit, order="id")
        cron._commit_progress(remaining=len(due))
        for (user, company), tasks in due.grouped(lambda t: (t.user_id, t.company_id)).items():
            # what another worker has is mailed by it
            mine = lock_free(tasks)
            mine.invalidate_recordset(["mail_due"])
            mine = mine.filtered("mail_due")
            mine.mail_due = False
            mine._mail_to(user, company)
            if not cron._commit_progress(len(tasks)):
                break

    def _mail_to(self, user, company):
        """Mail a person what is still open; a mail that fails stops no other."""
        waiting = self.filtered(lambda task: task.state == "open" and user.active)
        row = self.env["openpce.bill.user"]._get_registration(user, company)
        if not (waiting and row.mail_each):
            return
        try:
            with self.env.cr.savepoint():
                row._mail_tasks(waiting.sorted("deadline"), at_once=True)
        except Exception:
            # the bills are assigned all the same, and the home screen tells
            _logger.exception("No mail to %s about tasks %s", user.login, waiting.ids)
