"""A submission that needs a person finds one: an activity on its invoice, until it goes on."""

from markupsafe import Markup
from odoo import models

ACTIVITY_TYPE = "l10n_co_openpce_edi.mail_activity_type_person"


class L10nCoOpenpceDocument(models.Model):
    _inherit = "l10n_co_openpce.document"

    def write(self, vals):
        # EXTENDS this addon
        before = self._get_needing_person() if "hold" in vals else self.browse()
        result = super().write(vals)
        if "hold" in vals:
            self._follow_person(before)
        return result

    def _set_state(self, event, **values):
        # EXTENDS this addon
        before = self._get_needing_person()
        super()._set_state(event, **values)
        self._follow_person(before)

    def _get_needing_person(self):
        return self.filtered(lambda document: document.hold == "person")

    def _follow_person(self, before):
        """Call a person for those that need one since ``before``, and close what is over."""
        now = self._get_needing_person()
        for document in now - before:
            document._call_person()
        over = (before - now).move_id
        if over:
            # sudo: whoever may press the button may not see another's activity
            over.sudo().activity_feedback(
                [ACTIVITY_TYPE], feedback=self.env._("The submission to DIAN goes on.")
            )

    def _call_person(self):
        """Schedule the activity, unless the invoice has one already."""
        self.ensure_one()
        move = self.move_id.sudo()  # the system calls somebody, whoever is at work
        if move.activity_search([ACTIVITY_TYPE]):
            return
        user = self._get_person()
        move = move.with_context(lang=user.lang)
        move.activity_schedule(
            ACTIVITY_TYPE,
            summary=move.env._("%s waits for you: DIAN does not have it yet", self.number)
            if self.state in ("draft", "prepared")
            else move.env._("%s waits for you: its fate at DIAN is unknown", self.number),
            note=Markup("<p>%s</p>") % self.with_context(lang=user.lang).message,
            user_id=user.id,
        )

    def _get_person(self):
        """Who can press the button: the seller, the author, else an accountant of the company."""
        self.ensure_one()
        move, company = self.move_id.sudo(), self.company_id
        likely = move.invoice_user_id | move.create_uid
        accountants = self.env.ref("account.group_account_manager").sudo().all_user_ids
        for user in (*likely, *accountants.sorted("id")):
            if (
                user.active
                and not user.share
                and company in user.company_ids
                and user.has_group("account.group_account_invoice")
            ):
                return user
        return self.env.ref("base.user_admin")
