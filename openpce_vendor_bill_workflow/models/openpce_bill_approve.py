from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_repr

from ..bill_flow.decisions import Decision, Kind, decide, is_complete, pending
from ..bill_flow.errors import ApprovalError, RuleError
from ..bill_flow.plan import Plan, make_plan
from ..bill_flow.sampling import sample
from ..bill_flow.transitions import Event, State


class OpenpceBill(models.Model):
    _inherit = "openpce.bill"

    # ------------------------------------------------------------------ the plan

    def _open_approval(self):
        """Take down who has to approve the bill, and ask the first level (R119-R124, A42).

        Criteria edited later do not touch it. Nothing to approve: the bill is approved.
        """
        entries, plans = [], {}
        makers = {
            company: bills._get_stand_ins() for company, bills in self.grouped("company_id").items()
        }
        for bill, levels in self._find_levels(entries).items():
            plans[bill] = plan = bill._make_plan(levels, makers[bill.company_id])
            # sudo: the plan is the engine's record
            bill.sudo().write(
                {
                    "plan": plan.to_json(),
                    "decisions": [],
                    "figures": bill._get_figures(),
                    "user_id": False,
                    "team_id": False,
                    "validated_by_id": False,
                    "since": fields.Datetime.now(),
                }
            )
            if plan.levels:
                entries.append((bill, "approval_opened", plan.to_json()))
        self._log_each(entries)
        self._sync_approval()

    def _find_levels(self, entries):
        """Levels of the approval criteria, else of the random control when it draws the bill.

        :param entries: gets what the follow-up has to tell.
        :return: bill → the engine's levels; none: nobody has to approve.
        """
        asked = [(b._get_criteria(), b._get_company_amount(), b._get_rule_day()) for b in self]
        found = self.env["openpce.bill.approval.rule"]._match_each(asked)
        levels, uncaught = {}, []
        for bill, question, (rule, match) in zip(self, asked, found, strict=True):
            entries.append(bill._keep_trace("approval", match, rule))
            if rule:
                levels[bill] = match.levels
            else:
                uncaught.append((bill, question))
        controls = self.env["openpce.bill.random.control"]
        drawn = controls._match_each([question for _bill, question in uncaught]) if uncaught else []
        for (bill, question), (control, match) in zip(uncaught, drawn, strict=True):
            taken = control and bill._draw(control.sudo(), question[1], entries)
            levels[bill] = match.levels if taken else ()
        return levels

    def _get_company_amount(self):
        """Total with taxes in company currency, exact (A15)."""
        company = self.company_id.currency_id
        return Decimal(float_repr(abs(self.move_id.amount_total_signed), company.decimal_places))

    def _draw(self, control, amount, entries):
        """Whether random control draws the bill; the same answer however often asked (A36)."""
        rule = control._as_rules()[0]
        found = sample(
            self.company_id._openpce_get_sampling_secret(),
            str(self.id),
            str(control.id),
            percentage=rule.percentage,
            amount=amount,
            threshold=rule.threshold,
        )
        # sudo: the draw is the engine's record
        row = self.sudo()
        row.trace = {**(row.trace or {}), "random": {"rule": control.id, **found.to_json()}}
        entries.append((self, "sampled", {"rule": control.id, **found.to_json()}))
        return found.drawn

    def _get_stand_ins(self):
        """Who may stand in for approvers of one company: substitutes and dispatchers (A17)."""
        company = self.company_id
        rules = self.env["openpce.bill.supervision.rule"]._get_effective(company, "approve")
        # sudo: as above
        dispatchers = company.sudo().openpce_dispatcher_team_id.member_ids
        return {
            "substitutes": {rule.person: rule.assignee for rule in rules._as_rules()},
            "dispatcher": frozenset(dispatchers.filtered(self[:1]._may_approve).ids),
        }

    def _make_plan(self, levels, stand_ins):
        """The approvals this bill needs, with substitutes (A16, A17).

        :param stand_ins: of its company, as :meth:`_get_stand_ins` tells.
        """
        company = self.company_id
        people = {person for level in levels for person in level.persons}
        people |= {by for by in stand_ins["substitutes"].values() if by} | stand_ins["dispatcher"]
        # sudo: as above
        users = self.env["res.users"].sudo().browse(people)
        away = users.filtered(lambda user: user.is_out_of_office or not user.active)
        try:
            plan = make_plan(
                levels,
                treated_by=frozenset(self.sudo().treater_ids.ids),
                four_eyes=company.openpce_four_eyes,
                absent=frozenset(away.ids),
                merge=company.openpce_merge_consecutive,
                **stand_ins,
            )
        except RuleError as error:
            raise UserError(
                self.env._(
                    "Nobody may approve level %(level)s of %(bill)s: whoever could has treated it, "
                    "and there is no substitute and no supervisor among the dispatchers. Add one "
                    "in Set-up ▸ Criteria ▸ Approval supervision, or to the team of dispatchers.",
                    level=error.facts.get("level"),
                    bill=self.display_name,
                )
            ) from error
        self._check_plan(plan, levels, users)
        return plan

    def _check_plan(self, plan, levels, users):
        """Refuse a plan that waits for persons who left: a level never passes without them (R66).

        :param users: records of the persons that criteria and stand-ins name.
        """
        gone = users.filtered(lambda user: not user.active)
        waiting = {person for level in plan.levels for person in level.persons}
        empty = [level.number for level in levels if not level.persons]
        left = gone.filtered(lambda user: user.id in waiting)
        if left or empty:
            raise UserError(
                self.env._(
                    "%(bill)s cannot be approved: the approval criteria name nobody but persons "
                    "who left (%(names)s), and they have no substitute. Ask the manager of the "
                    "workflow to name somebody in Set-up ▸ Criteria ▸ Approval.",
                    bill=self.display_name,
                    names=", ".join(left.mapped("display_name")) or "–",
                )
            )

    def _may_approve(self, user):
        """Whether a user is an active supervisor of the bill's company (R30)."""
        row = self.env["openpce.bill.user"]._get_registration(user, self.company_id)
        return user.active and row.level == "supervisor"

    def _get_plan(self):
        """Plan and decisions of the bill as the engine knows them."""
        self.ensure_one()
        # sudo: whoever approves may ask what is missing
        row = self.sudo()
        plan = Plan.from_json(row.plan) if row.plan else None
        return plan, tuple(Decision.from_json(values) for values in row.decisions or ())

    def _sync_approval(self):
        """Open the tasks that the plan asks for now, close the others, finish when complete."""
        # sudo: tasks are the engine's
        tasks = self.sudo().task_ids.filtered(
            lambda task: task.state == "open" and task.stage == "approve"
        )
        known = {(task.bill_id.id, task.level, task.user_id.id): task for task in tasks}
        wanted, complete = set(), self.browse()
        for bill in self:
            plan, decisions = bill._get_plan()
            asked = pending(plan, decisions)
            wanted |= {(bill.id, level, person) for level, person in asked}
            bill.sudo().level = min((level for level, _person in asked), default=0)
            if is_complete(plan, decisions):
                complete |= bill
        superseded = [task.id for key, task in known.items() if key not in wanted]
        tasks.browse(superseded)._close("superseded")
        names = ("bill_id", "level", "user_id")
        self.env["openpce.bill.task"]._open(
            [
                {"stage": "approve", **dict(zip(names, key, strict=True))}
                for key in sorted(wanted - set(known))
            ]
        )
        complete._finish()

    # ------------------------------------------------------------------ decisions

    def action_approve(self, comment=None):
        """Approve bills on the levels that ask the user (R65, R66)."""
        voided = self.browse()
        for bill in self:
            bill._lock()
            if bill._void_if_changed():
                voided |= bill
                continue
            level = bill._get_my_level()
            bill._check_totals_again()
            bill._decide(Decision(level, self.env.user.id, Kind.APPROVE))
            bill._log("approved", level=level, text=comment or "")
            # sudo: tasks are the engine's
            tasks = bill.sudo().task_ids.filtered(
                lambda task, n=level: task.stage == "approve" and task.level == n
            )
            tasks.filtered(lambda task: task.user_id == self.env.user)._close(
                "approve", self.env.user
            )
            bill._sync_approval()
        return voided._get_voided_notice() if voided else True

    def _get_voided_notice(self):
        """Tell that bills were not approved because they were changed meanwhile (A38)."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": self.env._(
                    "Not approved: %s changed after the approval was asked for. The approvals "
                    "given were voided and are asked for again; look at the follow-up.",
                    ", ".join(self.mapped("display_name")),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _reject(self, reason, text):
        """Send bills back from approval to treatment (R134).

        :param reason: record of ``openpce.bill.reason``.
        """
        for bill in self:
            bill._lock()
            level = bill._get_my_level()
            bill._decide(Decision(level, self.env.user.id, Kind.REJECT))
            bill._log("rejected", level=level, text=text, reason_name=reason.name)
            # sudo: as above
            bill.sudo().task_ids._close("reject", self.env.user)
            bill._set_state(Event.REJECT)
            bill._give_back()

    def _give_back(self):
        """Give a bill back to who treated it last, else where its criteria say."""
        self.ensure_one()
        # sudo: as above
        row = self.sudo()
        done = row.task_ids.filtered(
            lambda task: task.stage == "treat" and task.state == "done" and task.done_by_id.active
        )
        last = done.sorted("done_at")[-1:].done_by_id
        known = self.env["openpce.bill.user"]._get_registration(last, self.company_id)
        if last and known:
            self._give("treat", last, self.env["openpce.bill.team"])
        else:
            self._distribute()

    def _get_my_level(self):
        """The level on which the user is asked now.

        :raises AccessError: the user is not asked.
        """
        self.ensure_one()
        if self.state != State.IN_APPROVAL:
            raise self._refuse_state()
        asked = pending(*self._get_plan())
        levels = [level for level, person in asked if person == self.env.user.id]
        if not levels:
            raise AccessError(
                self.env._(
                    "You are not asked to approve %(bill)s now. It waits for %(holder)s.",
                    bill=self.display_name,
                    holder=self._get_holder_text(),
                )
            )
        return min(levels)

    def _decide(self, decision):
        """Add a decision to the bill's; the engine refuses what the plan does not admit."""
        self.ensure_one()
        plan, decisions = self._get_plan()
        try:
            taken = decide(plan, decisions, decision)
        except ApprovalError as error:
            raise UserError(self._get_decision_refusal(error)) from error
        # sudo: decisions are the engine's record
        self.sudo().decisions = [one.to_json() for one in taken]

    def _get_decision_refusal(self, error):
        """An error of the engine as a sentence."""
        words = {
            "treated_bill": self.env._("this person treated the bill and may not approve it"),
            "already_on_level": self.env._("this person is asked on the level already"),
            "already_approved": self.env._("the approval was given before"),
            "not_on_level": self.env._("the person is not asked on this level"),
            "level_closed": self.env._("the level is finished"),
            "not_yet": self.env._("an earlier level is not finished"),
        }
        return self.env._(
            "%(bill)s: %(why)s. Reload the page to see who is asked.",
            bill=self.display_name,
            why=words.get(error.code, error.code),
        )

    def _check_totals_again(self):
        """Check lines against the document once more before an approval counts (R122)."""
        issues = self._get_total_issues()
        if issues:
            raise UserError(
                self.env._(
                    "%(bill)s cannot be approved: its lines do not meet the document any more.\n"
                    "%(issues)s",
                    bill=self.display_name,
                    issues="\n".join(f"• {issue}" for issue in issues),
                )
            )

    # ------------------------------------------------------------------ what was approved

    def _void_if_changed(self):
        """Void the approvals of a bill that was changed since they were asked for (A38).

        The change may have come by any route, so it is looked for where a decision counts.
        """
        self.ensure_one()
        changed = self.state == State.IN_APPROVAL and self.figures != self._get_figures()
        if changed:
            self._void(self.figures)
        return changed

    def _void(self, before):
        """Ask everybody again: figures changed after the approval began (A38)."""
        after = self._get_figures()
        changed = [name for name in after if after[name] != (before or {}).get(name)]
        # sudo: tasks and states are the engine's
        row = self.sudo()
        row.task_ids.filtered(lambda task: task.stage == "approve")._close("void")
        if self.state == State.APPROVED:
            self._set_state(Event.VOID)
        self._log("voided", fields=changed, decisions=row.decisions or [])
        self._open_approval()

    def _finish(self):
        """The last approval was given: post the bill, or leave it to accounting (A37)."""
        for bill in self:
            if not (bill.sudo().plan or {}).get("levels"):
                bill._log("approved")
            bill._set_state(Event.APPROVE)
            bill.sudo().task_ids._close("approve")
            if bill.company_id.openpce_post_after_approval:
                bill._post_apart()

    def _post_apart(self):
        """Post an approved bill as the system; what hinders it is told, the approval stays."""
        try:
            with self.env.cr.savepoint():
                # sudo: approvers need no accounting rights; the approval is the permission
                self.move_id.sudo()._post(soft=True)
        except UserError as error:
            self._log("post_failed", text=str(error))
