from odoo import fields, models
from odoo.exceptions import UserError

from ..bill_flow.transitions import Event, State


class OpenpceBill(models.Model):
    _inherit = "openpce.bill"

    def _route(self):
        """Treat automatically what criteria say, and give the rest to somebody (A6).

        Somebody has to own an automatic bill too, in case a later check stops it.
        """
        found = self.env["openpce.bill.treatment.rule"]._match_each(
            [(bill._get_criteria(), bill._get_rule_day()) for bill in self]
        )
        entries = []
        for bill, (rule, match) in zip(self, found, strict=True):
            entries.append(bill._keep_trace("treatment", match, rule))
        self._log_each(entries)
        for bill, (rule, _match) in zip(self, found, strict=True):
            # sudo: the engine's record; a rule that fitted once counts no more (R37)
            bill.sudo().treatment_rule_id = rule
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
        """Keep every search tried, for "why me?" (R132).

        :return: the entry for the follow-up, to be written with others.
        """
        self.ensure_one()
        told = match.to_json()
        # sudo: the trace is the engine's
        row = self.sudo()
        row.trace = {**(row.trace or {}), table: told}
        # sudo: the name of the criteria is told to readers without right on them
        name = rule.sudo().display_name if rule else ""
        detail = {"table": table, "winner": rule.id, "name": name, "search": told.get("search")}
        return self, "matched", detail

    def _find_distribution(self):
        """The distribution rule of the bill, with its trace (R11)."""
        rule, match = self.env["openpce.bill.distribution.rule"]._match(
            self._get_criteria(), self._get_rule_day()
        )
        self._log_each([self._keep_trace("distribution", match, rule)])
        return rule

    def _distribute(self):
        """Give bills in treatment to the person or team of their rule, else the dispatchers (A5).

        One query finds the rules of all bills.
        """
        found = self.env["openpce.bill.distribution.rule"]._match_each(
            [(bill._get_criteria(), bill._get_rule_day()) for bill in self]
        )
        entries, given = [], {}
        for bill, (rule, match) in zip(self, found, strict=True):
            entries.append(bill._keep_trace("distribution", match, rule))
            # sudo: the rule is noted on the bill, whoever runs the distribution
            bill.sudo().rule_id = rule
            key = (rule.sudo().user_id, rule.sudo().team_id) if rule else None
            given[key] = given.get(key, self.browse()) | bill
        self._log_each(entries)
        for key, bills in given.items():
            if key:
                bills._give("treat", *key)
            else:
                bills._give_to_dispatchers()

    def _give_to_dispatchers(self):
        """Hold bills that no rule takes with the dispatchers; never with nobody (A5)."""
        for company, bills in self.grouped("company_id").items():
            team = company.openpce_dispatcher_team_id
            if not team:
                raise UserError(
                    self.env._(
                        "No distribution criteria fit %(bill)s, and %(company)s names no "
                        "dispatchers. Choose a team in the settings of the supplier bill workflow, "
                        "or add criteria.",
                        bill=bills[0].display_name,
                        company=company.display_name,
                    )
                )
            bills._give("treat", self.env["res.users"], team, hold="no_rule")

    # ------------------------------------------------------------------ who has it

    def _give(self, stage, user, team, hold=None):
        """Make somebody the owner of the bill in a stage, with a new clock (A18).

        :param hold: why the bill is held although it is given; a team that has to claim holds it.
        """
        # sudo: owners and tasks are the engine's
        rows = self.sudo()
        rows.task_ids.filtered(lambda task: task.stage in ("revise", "treat"))._close("assigned")
        rows.write({"user_id": user.id, "team_id": team.id, "since": fields.Datetime.now()})
        self.env["openpce.bill.task"]._open(
            [
                {"bill_id": bill.id, "stage": stage, "user_id": user.id, "team_id": team.id}
                for bill in self
            ]
        )
        self._log("assigned", user=user.id, team=team.id, stage=stage)
        if stage != "treat":
            return
        reason = hold or ("unclaimed_group" if team and team.sudo().claim else None)
        if reason:
            self.filtered(lambda bill: bill.state == State.IN_TREATMENT)._hold(reason)
        else:
            held = self.filtered(lambda bill: bill.state == State.IN_DISTRIBUTION)
            held._set_state(Event.RESUME)

    def action_claim(self):
        """Take a team's bill into the own mailbox (A4, A27)."""
        for bill in self:
            bill._lock()
            # sudo: tasks are the engine's; whose team has the bill decides
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
