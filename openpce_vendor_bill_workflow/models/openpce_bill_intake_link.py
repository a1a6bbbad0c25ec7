from odoo import api, fields, models

from ..bill_flow.transitions import State
from ..tools.steps import lock_free, safe_step
from .openpce_bill_function import Outcome

_MOST = 500
_CHUNK = 50


class OpenpceBill(models.Model):
    """Where a bill came from, and what scheduled tasks do with bills (R129)."""

    _inherit = "openpce.bill"

    intake_id = fields.Many2one(
        "openpce.bill.intake", "Delivery", readonly=True, index="btree_not_null", copy=False
    )

    @api.model
    def _run_verify(self, company):
        """Function of scheduled tasks: verify what came in (R80, R82, R83)."""
        domain = [
            ("company_id", "=", company.id),
            ("state", "=", "captured"),
            ("source", "!=", "manual"),
            ("move_id", "!=", False),
        ]
        bills = self.search(domain, limit=_MOST, order="id")
        for start in range(0, len(bills), _CHUNK):
            # what was verified stays so when a later one fails
            with safe_step(self.env):
                free = lock_free(bills[start : start + _CHUNK])
                free.invalidate_recordset(["state"])
                free._verify_apart()
        stopped = bills.filtered(lambda bill: bill.state == State.TO_REVISE)
        passed = bills.filtered(lambda bill: bill.state not in (State.TO_REVISE, State.CAPTURED))
        text = self.env._(
            "%(passed)s bills passed the verification, %(stopped)s stopped in Revision.",
            passed=len(passed),
            stopped=len(stopped),
        )
        return Outcome("done", text, len(bills) == _MOST)

    @api.model
    def _run_distribute(self, company):
        """Function of scheduled tasks: try again what no criteria fitted, e.g. after new ones."""
        domain = [
            ("company_id", "=", company.id),
            ("state", "=", "in_distribution"),
            ("hold_reason", "=", "no_rule"),
        ]
        rules, given = self.env["openpce.bill.distribution.rule"], 0
        # all of them: the oldest may be those that never fit
        held = self.search(domain, order="id")
        for bill in held:
            rule, _match = rules._match(bill._get_criteria(), bill._get_rule_day())
            if rule:
                with safe_step(self.env):
                    if lock_free(bill):
                        bill._distribute()
                        given += 1
        text = self.env._(
            "%(given)s bills were distributed, %(held)s still fit no criteria.",
            given=given,
            held=len(held) - given,
        )
        return Outcome("done", text)

    @api.model
    def _run_supervise(self, company):
        """Function of scheduled tasks: pass on what is late now, not only every ten minutes."""
        domain = [("state", "=", "open"), ("deadline", "<=", fields.Datetime.now())]
        due = self.env["openpce.bill.task"].search_count([*domain, ("company_id", "=", company.id)])
        self.env["openpce.bill.task"]._cron_supervise()
        return Outcome("done", self.env._("%s late tasks were looked at.", due))
