from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Saving on the bill desk: never over what somebody else saved meanwhile."""

    _inherit = "account.move"

    openpce_version = fields.Char(
        "Version shown",
        compute="_compute_openpce_version",
        help="Changes with every change of the bill.",
    )

    @api.depends("write_date", "openpce_bill_ids.log_number")
    def _compute_openpce_version(self):
        for move, bill in self._openpce_get_bills():
            # sudo: how often something happened is no secret to who reads the bill
            number = bill.sudo().log_number
            move.openpce_version = f"{move.write_date}/{number}" if bill else False

    def openpce_desk_save(self, vals, version, specification, next_id=None):
        """Save what was typed on the desk, unless the bill is not the one that was shown.

        :param vals: as for ``web_save``.
        :param version: ``openpce_version`` as it was shown.
        :param specification: what to read afterwards, as for ``web_save``.
        :raises UserError: somebody else changed the bill meanwhile; nothing was saved.
        """
        self.ensure_one()
        self.check_access("write")
        bill = self.openpce_bill_id
        bill._lock()
        if self.openpce_version != version:
            changer = self._openpce_get_changer(version)
            if changer == self.env.user:
                message = self.env._(
                    "You changed %(bill)s in another window while you were typing here, so what "
                    "you typed here is not saved over it. It is still there: note it down, press "
                    "Discard, and type it into the bill as it is now.",
                    bill=self.display_name,
                )
            else:
                message = self.env._(
                    "%(user)s changed %(bill)s while you were typing, so your changes are not "
                    "saved over theirs. What you typed is still there: note it down, press “Load "
                    "it again” or Discard, and type it into the bill as it is now.",
                    user=changer.display_name,
                    bill=self.display_name,
                )
            raise UserError(message)
        return self.web_save(vals, specification, next_id=next_id)

    def _openpce_get_changer(self, version):
        """The user who last changed the bill since a version of it was shown."""
        # sudo: who changed it last is told to whoever may change it
        move, bill = self.sudo(), self.openpce_bill_id.sudo()
        # the follow-up tells not of every field: what was only written is in it under no name
        happened = not str(version).endswith(f"/{bill.log_number}")
        return (happened and bill.log_ids[:1].user_id) or move.write_uid
