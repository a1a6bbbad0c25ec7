from odoo import fields, models

from ..bill_flow.transitions import Event, State
from .openpce_bill_guard import REVISABLE


class OpenpceBill(models.Model):
    """The way back to the revision, where what the document says can be mended (A31).

    The amounts of the document are what the lines are held against, so they do not change while
    lines are worked on: the bill goes back to the revision with who has it, and from there to the
    same person again, its lines as they were.
    """

    _inherit = "openpce.bill"

    sent_back = fields.Boolean(
        "Sent back to revision", copy=False, help="It comes back to the treatment as it was."
    )

    def action_send_back(self):
        """Mend in the revision what was read wrongly of the document (A31)."""
        for bill in self:
            if not bill._is_supervisor():
                bill._check_mine("treat")
            bill._lock()
            if bill.state not in (State.IN_TREATMENT, State.IN_DISTRIBUTION):
                raise bill._refuse_state()
            bill._log("sent_back")
            # sudo: tasks are the engine's; owners of lines are asked again by the validation
            row = bill.sudo()
            row.task_ids._close("send_back", self.env.user)
            bill._set_state(Event.SEND_BACK, sent_back=True)
            bill._give("revise", row.user_id, row.team_id)

    def write(self, vals):
        # EXTENDS 'base': amounts of the document are money fields of the follow-up too (R132)
        names = sorted(REVISABLE & set(vals))
        if self.env.su or not names:
            return super().write(vals)
        before = {bill: {name: bill[name] for name in names} for bill in self}
        result = super().write(vals)
        for bill, old in before.items():
            bill._note_document(old)
        return result

    def _note_document(self, before):
        """Write a change of what the document says into the follow-up.

        :param before: the fields that were typed, as they were.
        """
        changed = [name for name in before if before[name] != self[name]]
        if not changed or self.state == State.CAPTURED:
            return
        self._log(
            "edited",
            before={name: before[name] for name in changed},
            after={name: self[name] for name in changed},
        )
        if self.sent_back:
            # sudo: who mends a bill on the way has treated it and does not approve it (A17)
            self.sudo().treater_ids = [fields.Command.link(self.env.user.id)]
