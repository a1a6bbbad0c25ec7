from odoo import api, fields, models

#: Days before the end of a validity on which the administrators are told.
ALERT_DAYS = (60, 30, 15, 5)


class L10nCoOpenpceAlertMixin(models.AbstractModel):
    """An activity for every administrator when something is about to run out, once per step.

    A model that inherits has ``company_id`` and ``days_left`` and says its sentence in
    ``_get_alert_summary``; it may add steps of its own in ``_get_alert_step``.
    """

    _name = "l10n_co_openpce.alert.mixin"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Alert before something runs out"

    last_alert = fields.Char(copy=False, readonly=True, help="Last step that was told.")

    def _get_alert_step(self):
        """The step reached now, for instance ``days 30``; empty when there is nothing to tell."""
        self.ensure_one()
        reached = [days for days in ALERT_DAYS if self.days_left <= days]
        return f"days {min(reached)}" if reached else ""

    def _get_alert_summary(self):
        """Sentence for the administrators, in the language of the environment."""
        raise NotImplementedError

    def _alert_administrators(self):
        """Tell the administrators of each record's company what was not told yet.

        :returns: the records that had something new to tell.
        """
        told = self.browse()
        for record in self:
            step = record._get_alert_step()
            if step and step != record.last_alert:
                for user in record._get_administrators():
                    summary = record.with_context(lang=user.lang)._get_alert_summary()
                    record.activity_schedule(
                        "mail.mail_activity_data_warning", summary=summary, user_id=user.id
                    )
                told += record
            if step != (record.last_alert or ""):
                record.last_alert = step
        return told

    def _get_administrators(self):
        """Administrators who may see the company of this record."""
        self.ensure_one()
        return self.env.ref("base.group_system").all_user_ids.filtered(
            lambda user: user.active and not user.share and self.company_id in user.company_ids
        )

    @api.model
    def _cron_alert(self):
        """Daily: look at every record of the model."""
        # certificates and ranges: a handful per company
        self.search([])._alert_administrators()  # pylint: disable=no-search-all
