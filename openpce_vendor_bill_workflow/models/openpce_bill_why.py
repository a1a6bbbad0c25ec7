from odoo import api, fields, models

from ..bill_flow.decisions import approvals, approvers, pending

_TABLES = {
    "distribution": "openpce.bill.distribution.rule",
    "treatment": "openpce.bill.treatment.rule",
    "approval": "openpce.bill.approval.rule",
    "random": "openpce.bill.random.control",
}


class OpenpceBill(models.Model):
    """Why a bill is where it is, for its reader: searches, approvals, like bills (A1, A3, A22)."""

    _inherit = "openpce.bill"

    why_html = fields.Html("Why me?", compute="_compute_why_html")
    approvals_html = fields.Html("Approvals", compute="_compute_approvals_html")
    duplicates_html = fields.Html("Like bills ", compute="_compute_duplicates_html")

    def _render_part(self, name, values):
        """One of the bill's explanations, in the reader's language."""
        values = {"bill": self, "state_words": self._get_state_words(), **values}
        return self.env["ir.qweb"]._render(f"openpce_vendor_bill_workflow.{name}", values)

    def _get_state_words(self):
        return dict(self._fields["state"]._description_selection(self.env))

    # ------------------------------------------------------------------ criteria

    @api.depends("trace")
    @api.depends_context("lang")
    def _compute_why_html(self):
        for bill in self:
            tables = [bill._explain(name) for name in _TABLES if name in (bill.trace or {})]
            bill.why_html = bill._render_part("bill_why", {"tables": tables}) if tables else False

    def _explain(self, name):
        """One table of criteria as it was searched for this bill, ready to show.

        :param name: key of the trace.
        """
        trace = self.trace[name]
        # sudo: names of criteria are told to who asks why, whatever he may open
        rules = self.env[_TABLES[name]].sudo().with_context(active_test=False)
        winner = rules.browse(trace.get("winner") or trace.get("rule") or []).exists()
        titles = {
            "distribution": self.env._("Who gets the bill"),
            "treatment": self.env._("Automatic treatment"),
            "approval": self.env._("Who approves"),
            "random": self.env._("Random control"),
        }
        return {
            "name": name,
            "title": titles[name],
            "trace": trace,
            "winner": winner.display_name,
            "deleted": bool(trace.get("winner")) and not winner,
            "target": self._get_rule_target(name, winner),
            "rows": [self._explain_search(rules, step) for step in trace.get("trace", ())],
            "fitting": rules.browse(trace.get("hits", ())).exists().mapped("display_name"),
            "conflict": rules.browse(trace.get("conflict", ())).exists().mapped("display_name"),
            "out_of_range": rules.browse(trace.get("out_of_range", ()))
            .exists()
            .mapped("display_name"),
        }

    def _get_rule_target(self, name, rule):
        """To whom or what the winning rule led, in words."""
        if name == "distribution":
            return rule.user_id.display_name or rule.team_id.display_name
        return rule.product_id.display_name if name == "treatment" else ""

    def _explain_search(self, rules, step):
        """One search of the trace in words."""
        fields_said = {
            "traffic_type": self.env._("traffic type"),
            "traffic": self.env._("traffic"),
            "supplier": self.env._("supplier"),
            "division": self.env._("division"),
            "document": self.env._("transport document"),
        }
        why = {
            "won": self.env._("Decides"),
            "no_value": self.env._("The bill has no value for it"),
            "no_rule": self.env._("No criteria with these values"),
            "not_met": self.env._("Dates or transport document do not fit"),
            "later_order": self.env._("Comes later in the order"),
            "outranked": self.env._("Another search goes before it"),
        }
        names = [fields_said.get(name, name) for name in step["fields"]]
        return {
            "search": step["search"],
            "listed": step["listed"],
            "fields": " + ".join(names) or self.env._("company alone"),
            "hits": rules.browse(step["hits"]).exists().mapped("display_name"),
            "won": step["why"] == "won",
            "tried": step["why"] != "no_value",
            "why": why.get(step["why"], step["why"]),
        }

    # ------------------------------------------------------------------ approvals

    @api.depends("plan", "decisions", "state", "task_ids.state", "task_ids.deadline")
    @api.depends_context("lang", "tz")
    def _compute_approvals_html(self):
        for bill in self:
            levels = bill._get_level_rows()
            bill.approvals_html = (
                bill._render_part("bill_approvals", {"levels": levels}) if levels else False
            )

    def _get_level_rows(self):
        """Levels of the plan with their persons: approved, asked now, or not yet (R65, R66)."""
        self.ensure_one()
        plan, decisions = self._get_plan()
        if not plan:
            return []
        asked, done = pending(plan, decisions), approvals(plan, decisions)
        # sudo: who approves a bill is no secret to who sees it
        users = self.env["res.users"].sudo()
        tasks = self.sudo().task_ids.filtered(lambda task: task.stage == "approve")
        open_tasks = {(t.level, t.user_id.id): t for t in tasks if t.state == "open"}
        ended = {(t.level, t.user_id.id): t for t in tasks if t.result == "approve" and t.done_at}
        instead = [d for d in decisions if d.target is not None]
        rows = []
        for level in plan.levels:
            persons = []
            for person in sorted(approvers(plan, decisions)[level.number]):
                key = (level.number, person)
                persons.append(
                    {
                        "name": users.browse(person).display_name,
                        "approved": person in done[level.number],
                        "asked": key in asked and self.state == "in_approval",
                        "at": ended[key].done_at if key in ended else False,
                        "task": open_tasks.get(key),
                    }
                )
            notes = [
                self._get_substitution_note(users, one.person, one.by, one.why)
                for one in plan.substitutions
                if one.level == level.number
            ]
            notes += [
                self._get_substitution_note(users, one.person, one.target, one.kind.value)
                for one in instead
                if one.level == level.number
            ]
            rows.append(
                {
                    "number": level.number,
                    "any_of": level.any_of,
                    "persons": persons,
                    "notes": notes,
                }
            )
        return rows

    def _get_substitution_note(self, users, person, by, why):
        """Why somebody of the criteria is not asked, in words."""
        name, other = users.browse(person).display_name, users.browse(by or []).display_name
        reasons = {
            "treated": self.env._("%s treated the bill", name),
            "absent": self.env._("%s is absent", name),
            "replaced": self.env._("%s was late or is absent", name),
            "forwarded": self.env._("%s forwarded it", name),
        }
        told = reasons.get(why, name)
        if not other:
            return told
        return self.env._("%(why)s: %(other)s is asked instead", why=told, other=other)

    # ------------------------------------------------------------------ like bills

    @api.depends("duplicate_ids", "duplicate_reasons", "cleared", "repeated")
    @api.depends_context("uid", "lang")
    def _compute_duplicates_html(self):
        for bill in self:
            rows = bill._get_duplicate_rows()
            bill.duplicates_html = (
                bill._render_part("bill_duplicates", {"rows": rows}) if rows else False
            )

    def _get_duplicate_rows(self):
        """The situation of the bills that this one looks like (R86)."""
        self.ensure_one()
        # sudo: the situation of the other bill is what the reader has to know (R86, A22); of
        # companies that he cannot enter nothing is told but that it is there
        moves = self.sudo().duplicate_ids
        if not moves:
            return []  # nearly always, on each bill that is opened
        why = {
            "number": self.env._("same number"),
            "total_and_date": self.env._("same total and date"),
            "uuid": self.env._("same electronic id"),
            "file": self.env._("same file"),
            "previously_returned": self.env._("returned before"),
        }
        words = self._get_state_words()
        rows = []
        for move in moves:
            reasons = (self.duplicate_reasons or {}).get(str(move.id), ())
            told = ", ".join(why.get(reason, reason) for reason in reasons)
            if not move._openpce_is_known():
                rows.append({"number": self.env._("In another company"), "why": told})
                continue
            other = move.openpce_bill_ids[:1]
            native = dict(move._fields["state"]._description_selection(self.env))
            readable = other.with_env(self.env)._filtered_access("read")
            rows.append(
                {
                    "number": move.ref or move.name or "–",
                    "date": move.invoice_date,
                    "state": words.get(other.state) or native[move.state],
                    "holder": other.holder if other.task_ids else "",
                    "amount": move.amount_total,
                    "currency": move.currency_id,
                    "company": move.company_id.display_name,
                    "why": told,
                    "bill_id": readable.id,
                }
            )
        return rows
