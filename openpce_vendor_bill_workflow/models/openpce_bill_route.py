from odoo import fields, models
from odoo.exceptions import UserError

from ..bill_flow.matching import RuleIndex, match_distribution
from ..bill_flow.transitions import Event, State


class OpenpceBill(models.Model):
    _inherit = "openpce.bill"

    def _route(self):
        """Treat automatically what criteria say, and give the rest to somebody (A6).

        Somebody has to own an automatic bill too, in case a later check stops it.
        """
        for bill in self:
            rule = bill._find_treatment()
            if rule:
                bill._apply_treatment(rule)
        self._distribute()
        for bill in self.filtered(lambda bill: bill.treatment_rule_id.automatic):
            bill._validate_automatically()

    # ------------------------------------------------------------------ criteria

    def _get_criteria(self):
        """What is known of the bill when criteria are searched; reference and lines count (A9)."""
        self.ensure_one()
        lines = self.move_id.invoice_line_ids
        documents = [*(self.documents or "").split(","), *lines.mapped("openpce_document")]
        documents += [self.move_id.payment_reference, self.move_id.invoice_origin]
        return self.env["openpce.bill.rule.mixin"]._as_criteria(
            self.company_id,
            division=self.division_id,
            traffic=self.traffic_id,
            traffic_type=self.traffic_type_id,
            partner=self.move_id.partner_id,
            documents=documents,
        )

    def _get_rule_day(self):
        """The day by which criteria are in force: the day of entry (R135)."""
        return fields.Datetime.context_timestamp(self, self.entry_date).date()

    def _keep_trace(self, table, match, rule):
        """Keep every search tried, for "why me?" (R132)."""
        self.ensure_one()
        told = match.to_json()
        # sudo: the trace is the engine's
        row = self.sudo()
        row.trace = {**(row.trace or {}), table: told}
        self._log(
            "matched",
            table=table,
            winner=rule.id,
            name=rule.sudo().display_name if rule else "",
            search=told.get("search"),
        )

    def _find_treatment(self):
        """The treatment rule of the bill, with its trace (R37, R38)."""
        rule, match = self.env["openpce.bill.treatment.rule"]._match(
            self._get_criteria(), self._get_rule_day()
        )
        self._keep_trace("treatment", match, rule)
        return rule

    def _find_distribution(self):
        """The distribution rule of the bill, with its trace (R11)."""
        rule, match = self.env["openpce.bill.distribution.rule"]._match(
            self._get_criteria(), self._get_rule_day()
        )
        self._keep_trace("distribution", match, rule)
        return rule

    def _distribute(self):
        """Give bills in treatment to the person or team of their rule, else the dispatchers (A5).

        One query finds the rules of all bills.
        """
        rules = self.env["openpce.bill.distribution.rule"]
        wanted = {bill: bill._get_criteria() for bill in self}
        stored = rules._find_all(wanted.values())
        index = RuleIndex(stored._as_rules())
        for bill, criteria in wanted.items():
            match = match_distribution(
                criteria, index, bill.company_id.openpce_tie_break, on=bill._get_rule_day()
            )
            rule = rules._get_winner(match).sudo()
            bill._keep_trace("distribution", match, rule)
            bill.sudo().rule_id = rule
            if rule:
                bill._give("treat", rule.user_id, rule.team_id)
            else:
                bill._give_to_dispatchers()

    def _give_to_dispatchers(self):
        """Hold a bill that no rule takes with the dispatchers; never with nobody (A5)."""
        self.ensure_one()
        team = self.company_id.openpce_dispatcher_team_id
        if not team:
            raise UserError(
                self.env._(
                    "No distribution criteria fit %(bill)s, and %(company)s names no dispatchers. "
                    "Choose a team in the settings of the supplier bill workflow, or add criteria.",
                    bill=self.display_name,
                    company=self.company_id.display_name,
                )
            )
        self._give("treat", self.env["res.users"], team, hold="no_rule")

    # ------------------------------------------------------------------ who has it

    def _give(self, stage, user, team, hold=None):
        """Make somebody the owner of the bill in a stage, with a new clock (A18).

        :param hold: why the bill is held although it is given; a team that has to claim holds it.
        """
        now = fields.Datetime.now()
        vals_list = []
        for bill in self:
            # sudo: owners and tasks are the engine's
            row = bill.sudo()
            row.task_ids.filtered(lambda task: task.stage in ("revise", "treat"))._close("assigned")
            row.write({"user_id": user.id, "team_id": team.id, "since": now})
            vals_list.append(
                {"bill_id": bill.id, "stage": stage, "user_id": user.id, "team_id": team.id}
            )
        self.env["openpce.bill.task"]._open(vals_list)
        self._log("assigned", user=user.id, team=team.id, stage=stage)
        if stage != "treat":
            return
        reason = hold or ("unclaimed_group" if team and team.sudo().claim else None)
        for bill in self:
            if reason and bill.state == State.IN_TREATMENT:
                bill._set_state(Event.HOLD, hold_reason=reason)
                bill._log("held", hold_reason=reason)
            elif not reason and bill.state == State.IN_DISTRIBUTION:
                bill._set_state(Event.RESUME)

    def action_claim(self):
        """Take a team's bill into the own mailbox (A4, A27)."""
        for bill in self:
            bill._lock()
            tasks = bill.sudo().task_ids.filtered(
                lambda task: task.state == "open" and task.stage in ("revise", "treat")
            )
            if not any(self.env.user in task.team_id.member_ids for task in tasks):
                raise UserError(
                    self.env._(
                        "%(bill)s cannot be claimed by you: it is with %(holder)s. Only members of "
                        "the team that has a bill claim it.",
                        bill=bill.display_name,
                        holder=bill._get_holder_text(),
                    )
                )
            bill._give(tasks[:1].stage, self.env.user, self.env["openpce.bill.team"])
            bill._log("claimed", user=self.env.user.id)

    def _hold(self, reason, **detail):
        """Hold bills in treatment (R101, A27)."""
        self._set_state(Event.HOLD, hold_reason=reason)
        self._log("held", hold_reason=reason, **detail)

    def action_resume(self):
        """Go on with bills that were held by hand (R101)."""
        for bill in self:
            bill._check_mine("treat")
            bill._lock()
            if bill.hold_reason != "manual_hold":
                raise bill._refuse_state()
            bill._set_state(Event.RESUME)
            bill._log("resumed")

    def _refuse_state(self):
        """The error for an action that the bill's state does not allow."""
        return UserError(self._get_transition_refusal(None))
