import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

EVENTS = [
    ("captured", "Captured"),
    ("verified", "Verified"),
    ("stopped", "Stopped in revision"),
    ("matched", "Criteria looked up"),
    ("assigned", "Assigned"),
    ("claimed", "Claimed"),
    ("state", "State changed"),
    ("sent_back", "Sent back to the revision"),
    ("edited", "Changed"),
    ("reset", "Reset to the captured data"),
    ("held", "Held"),
    ("resumed", "Resumed"),
    ("treated", "Treated automatically"),
    ("absorbed", "Forecasts absorbed"),
    ("grouped", "Lines joined"),
    ("ungrouped", "Joined lines parted"),
    ("line_confirmed", "Line confirmed"),
    ("validated", "Validated"),
    ("approval_opened", "Approval opened"),
    ("sampled", "Random control drawn"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("voided", "Approvals voided"),
    ("forwarded", "Forwarded"),
    ("replaced", "Approver replaced"),
    ("late", "Late"),
    ("returned", "Returned to the supplier"),
    ("taken_back", "Taken back"),
    ("discarded", "Deleted"),
    ("restored", "Restored"),
    ("not_duplicate", "Not a duplicate"),
    ("reevaluated", "Criteria evaluated again"),
    ("posted", "Posted"),
    ("post_failed", "Could not be posted"),
    ("reopened", "Opened again"),
    ("note", "Note"),
]


class OpenpceBillLog(models.Model):
    """Follow-up of a bill: append-only, each entry chained by hash to the one before (R132).

    Facts only; the sentence is made for its reader. Entries are written by
    ``openpce.bill._log`` alone; the bill keeps number and hash of the last one, so that cutting
    off the end shows too.
    """

    _name = "openpce.bill.log"
    _description = "Follow-up of a supplier bill"
    _order = "bill_id, number desc"
    _rec_name = "event"

    bill_id = fields.Many2one("openpce.bill", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(
        "res.company", related="bill_id.company_id", store=True, index=True
    )
    number = fields.Integer(required=True, aggregator=None)
    at = fields.Datetime(required=True)
    user_id = fields.Many2one("res.users", "By", required=True)
    event = fields.Selection(EVENTS, required=True)
    detail = fields.Json(help="What the entry states, as plain data.")
    previous_hash = fields.Char(help="Hash of the entry before; empty for the first.")
    hash = fields.Char(required=True)
    summary = fields.Char(compute="_compute_summary")

    _number_unique = models.UniqueIndex(
        "(bill_id, number)", "The follow-up of a bill has one entry a number."
    )

    @api.depends("event", "detail")
    @api.depends_context("lang")
    def _compute_summary(self):
        for entry in self:
            entry.summary = entry._get_summary()

    @api.model
    def _hash_values(self, vals):
        """Hash of an entry and the one before it, which any changed letter would change.

        :param vals: values of the entry, the moment as text.
        """
        names = ("previous_hash", "bill_id", "number", "at", "user_id", "event", "detail")
        stated = [vals[name] or None for name in names]
        text = json.dumps(stated, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def _get_hash(self):
        """The hash that the entry should have."""
        self.ensure_one()
        return self._hash_values(
            {
                "previous_hash": self.previous_hash,
                "bill_id": self.bill_id.id,
                "number": self.number,
                "at": fields.Datetime.to_string(self.at),
                "user_id": self.user_id.id,
                "event": self.event,
                "detail": self.detail,
            }
        )

    def action_check(self):
        """Check the chain of the bills of these entries, and tell what is not as it was written."""
        # sudo: checking reads every entry of the bill, and changes none
        faults = self.bill_id.sudo()._find_log_faults()
        if faults:
            names = ", ".join(f"{bill.display_name} ({number})" for bill, number in faults[:20])
            message = self.env._("Not as it was written (bill and entry): %s", names)
        else:
            message = self.env._(
                "The follow-up of %s bills is as it was written.", len(self.bill_id)
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if faults else "success",
                "sticky": bool(faults),
                "message": message,
            },
        }

    def write(self, vals):  # pylint: disable=method-required-super
        # OVERRIDE 'base': nobody writes, so there is nothing to go on to
        raise UserError(self._get_refusal())

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self._get_refusal())

    @api.model
    def _get_refusal(self):
        """Why the follow-up cannot be changed."""
        return self.env._(
            "The follow-up of a bill is evidence: entries are added, never changed or deleted. Add "
            "a note to the bill instead."
        )
