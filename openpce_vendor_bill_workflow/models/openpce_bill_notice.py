from odoo import fields, models

ACTIVITY = "openpce_vendor_bill_workflow.activity_type_bill"


class OpenpceBillTask(models.Model):
    _inherit = "openpce.bill.task"

    def _notify_assigned(self):
        """An activity for every person who wants one, and a mail as well (R32, R133, A19).

        Activities are made in one batch and quietly: they send no mails themselves.
        """
        rows = {}
        wanted = mailed = self.browse()
        for task in self.filtered("user_id"):
            key = (task.user_id, task.company_id)
            if key not in rows:
                rows[key] = self.env["openpce.bill.user"]._get_registration(*key)
            # sudo: the flag belongs to the person who is told, not to whoever assigned
            if task.user_id == self.env.user:
                continue
            if rows[key].notify:
                wanted |= task
            if rows[key].mail_each:
                mailed |= task
        wanted._create_activities()
        mailed._queue_mails()

    def _create_activities(self, summary=None):
        """Activities of the tasks' persons on the bill, without mail."""
        if not self:
            return
        kind = self.env.ref(ACTIVITY)
        model = self.env["ir.model"]._get_id("openpce.bill")
        today = fields.Date.context_today(self)
        stages = {}
        vals_list = []
        for task in self:
            lang = task.user_id.lang
            if lang not in stages:
                stages[lang] = dict(
                    self._fields["stage"]._description_selection(self.with_context(lang=lang).env)
                )
            vals_list.append(
                {
                    "activity_type_id": kind.id,
                    "res_model_id": model,
                    "res_id": task.bill_id.id,
                    "user_id": task.user_id.id,
                    "summary": summary or stages[lang][task.stage],
                    "date_deadline": task.deadline.date() if task.deadline else today,
                    "automated": True,
                }
            )
        # sudo: whoever assigns a bill may not be allowed to write activities of the other person;
        # quick_update: the activity tells on the home screen, mails are for the digest
        activities = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        activities.create(vals_list)

    def _notify_closed(self):
        """Take the persons' activities away with their tasks (R133)."""
        users = self.user_id
        if not users:
            return
        # sudo: as above
        activities = self.env["mail.activity"].sudo()
        found = activities.search(
            [
                ("res_model", "=", "openpce.bill"),
                ("res_id", "in", self.bill_id.ids),
                ("user_id", "in", users.ids),
                ("activity_type_id", "=", self.env.ref(ACTIVITY).id),
            ]
        )
        still = {
            (task.bill_id.id, task.user_id.id)
            for task in self.bill_id.task_ids
            if task.state == "open"
        }
        found.filtered(lambda a: (a.res_id, a.user_id.id) not in still).unlink()

    def _create_late_activity(self, person):
        """A notice for a person whose time was up; it stays until it is read (R70, A19)."""
        kind = self.env.ref("openpce_vendor_bill_workflow.activity_type_late")
        bill = self.bill_id.with_context(lang=person.lang)
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        activities.create(
            {
                "activity_type_id": kind.id,
                "res_model_id": self.env["ir.model"]._get_id("openpce.bill"),
                "res_id": bill.id,
                "user_id": person.id,
                "summary": bill.env._("Your time for %s is over", bill.display_name),
                "date_deadline": fields.Date.context_today(self),
                "automated": True,
            }
        )
