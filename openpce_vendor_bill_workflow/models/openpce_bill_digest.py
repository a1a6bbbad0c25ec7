from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools.misc import hash_sign, verify_hash_signed

from ..tools.steps import lock_free
from .openpce_bill_function import Outcome

#: Zone of persons who have none.
DEFAULT_ZONE = "America/Bogota"
#: Hours before its deadline from which a task is reminded of.
REMIND_HOURS = 24
_SCOPE = "openpce_bill_decision"
#: Local hour from which the daily summary goes out.
DIGEST_HOUR = 7
#: Bills that a summary lists; the rest is told as a number.
DIGEST_BILLS = 50


class OpenpceBillUser(models.Model):
    _inherit = "openpce.bill.user"

    digest = fields.Boolean(
        "Daily summary",
        default=True,
        help="One mail a day with the bills that wait, with links, when there are any.",
    )
    digest_sent_on = fields.Date(readonly=True, copy=False)

    @api.model
    def _cron_digest(self):
        """Mail every person once a day what waits for him (R133).

        Each person's own morning counts. The day is noted with the mail, so a run that was cut off
        or is late by days mails nobody twice.
        """
        rows = self.search([("digest", "=", True), ("user_id.active", "=", True)])
        due = rows.filtered(lambda row: row._is_digest_due())
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(due))
        for row in due:
            if lock_free(row):
                row._send_digest()
            if not cron._commit_progress(1):
                break

    def _get_local_now(self):
        """What the clock of the person shows."""
        now = fields.Datetime.now().replace(tzinfo=ZoneInfo("UTC"))
        return now.astimezone(ZoneInfo(self.user_id.tz or DEFAULT_ZONE))

    def _has_digest_of_today(self):
        """Whether the summary of the person's today went out."""
        sent = self.digest_sent_on
        return bool(sent and sent >= self._get_local_now().date())

    def _is_digest_due(self):
        """Whether it is morning where the person is, and no mail went out today."""
        return self._get_local_now().hour >= DIGEST_HOUR and not self._has_digest_of_today()

    def _send_digest(self):
        """Mail one person's open tasks and note the day; whether a mail went out."""
        self.ensure_one()
        self.digest_sent_on = self._get_local_now().date()
        return self._mail_tasks(self._get_digest_tasks())

    def _mail_tasks(self, tasks, at_once=False):
        """Mail a person these tasks, in the own language; whether there was something to mail.

        :param at_once: they were assigned just now, and it is not the daily summary.
        """
        self.ensure_one()
        user = self.user_id
        if not tasks or not user.email:
            return False
        row = self.with_context(lang=user.lang, tz=user.tz or DEFAULT_ZONE)
        values = {
            "row": row,
            "tasks": tasks[:DIGEST_BILLS].with_context(row.env.context),
            "more": max(0, len(tasks) - DIGEST_BILLS),
            "late": len(tasks.filtered("late")),
            "at_once": at_once,
        }
        body = row.env["ir.qweb"]._render(
            "openpce_vendor_bill_workflow.bill_digest", values, lang=user.lang
        )
        count = len(tasks)
        subject = (
            row.env._("A supplier bill waits for you in %s", self.company_id.display_name)
            if count == 1
            else row.env._(
                "%(count)s supplier bills wait for you in %(company)s",
                count=count,
                company=self.company_id.display_name,
            )
        )
        # sudo: mails are the engine's
        self.env["mail.mail"].sudo().create(
            {
                "subject": subject,
                "email_to": user.email_formatted,
                "email_from": self.company_id.email_formatted or self.env.user.email_formatted,
                "body_html": body,
                "auto_delete": True,
            }
        )
        return True

    def _get_digest_tasks(self, domain=()):
        """Open tasks of the person and of the teams, the most urgent first."""
        # sudo: the cron writes for the person, and sees what the person sees
        tasks = self.env["openpce.bill.task"].sudo()
        return tasks.search(
            [
                ("state", "=", "open"),
                ("company_id", "child_of", self.company_id.id),
                "|",
                ("user_id", "=", self.user_id.id),
                ("team_id.member_ids", "in", self.user_id.ids),
                *domain,
            ],
            order="deadline, assigned_at, id",
        )

    @api.model
    def _run_digest(self, company):
        """Function of scheduled tasks: the summary, for who has not got it today."""
        return self._run_mails(
            company, lambda row: not row._has_digest_of_today() and row._send_digest()
        )

    @api.model
    def _run_remind(self, company):
        """Function of scheduled tasks: mail everybody what is late or due within a day."""
        soon = fields.Datetime.now() + timedelta(hours=REMIND_HOURS)
        late = ["|", ("late", "=", True), "&", ("deadline", "!=", False), ("deadline", "<=", soon)]
        return self._run_mails(company, lambda row: row._mail_tasks(row._get_digest_tasks(late)))

    @api.model
    def _run_mails(self, company, send):
        """Mail the persons of a company who want it, and tell how many there were."""
        rows = self.search([("company_id", "=", company.id), ("digest", "=", True)])
        rows = rows.filtered(lambda row: row.user_id.active)
        mails = sum(map(send, rows))
        text = self.env._("Mails put into the queue: %s.", mails)
        silent = rows.filtered(lambda row: not row.user_id.email)
        if silent:
            text += "\n" + self.env._(
                "Without an e-mail address: %s. Add it in Settings ▸ Users.",
                ", ".join(silent.mapped("display_name")),
            )
        return Outcome("partly" if silent else "done", text)


class OpenpceBillTask(models.Model):
    _inherit = "openpce.bill.task"

    def _get_link(self):
        """Address of the bill, for who is or gets signed in."""
        self.ensure_one()
        return f"{self.get_base_url()}/mail/view?model=openpce.bill&res_id={self.bill_id.id}"

    def _get_decision_link(self):
        """Signed address of the page where the person decides; it ends by itself.

        It holds for this task alone: a change of the bill voids the task, and the link with it.
        Empty when the company does not let decide from mails.
        """
        self.ensure_one()
        company = self.company_id
        if company.openpce_mail_decision == "no" or self.stage != "approve" or not self.user_id:
            return ""
        token = hash_sign(
            self.sudo().env,
            _SCOPE,
            [self.id, self.user_id.id],
            expiration_hours=company.openpce_mail_link_hours or 72,
        )
        return f"{self.get_base_url()}/openpce/bill/decide/{token}"

    @api.model
    def _get_by_token(self, token):
        """The open task that a link names, empty when it is forged, too old or done."""
        try:
            values = verify_hash_signed(self.sudo().env, _SCOPE, token)
        except ValueError:
            values = None
        if not values:
            return self.browse()
        # sudo: the signature stands for the right to see this task
        task = self.sudo().browse(values[0]).exists()
        valid = task.state == "open" and task.user_id.id == values[1] and task.user_id.active
        return task if valid else self.browse()

    def _needs_login(self):
        """Whether the person has to sign in to decide from the mail."""
        self.ensure_one()
        company = self.company_id
        if company.openpce_mail_decision != "link":
            return True
        return self.bill_id.amount_company > company.openpce_mail_decision_limit


class ResCompany(models.Model):
    _inherit = "res.company"

    openpce_mail_decision = fields.Selection(
        [
            ("no", "Not from mails"),
            ("login", "From the mail, after signing in"),
            ("link", "With the link of the mail alone, up to an amount"),
        ],
        "Approve from mails",
        required=True,
        default="login",
        help="Links end by themselves, hold for one approval, and open a page: only its button "
        "decides.",
    )
    openpce_mail_decision_limit = fields.Monetary(
        "Without signing in up to",
        help="Total in company currency. Whoever has the mail can use the link, so keep it low.",
    )
    openpce_mail_link_hours = fields.Integer(
        "Links hold for", default=72, help="Hours after which a link of a mail ends."
    )

    _openpce_link_hours = models.Constraint(
        "CHECK(openpce_mail_link_hours > 0)", "A link has to hold for at least one hour."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    openpce_mail_decision = fields.Selection(
        related="company_id.openpce_mail_decision", readonly=False, required=True
    )
    openpce_mail_decision_limit = fields.Monetary(
        related="company_id.openpce_mail_decision_limit", readonly=False
    )
    openpce_mail_link_hours = fields.Integer(
        related="company_id.openpce_mail_link_hours", readonly=False
    )
