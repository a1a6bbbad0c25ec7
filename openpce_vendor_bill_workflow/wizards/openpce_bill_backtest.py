from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

#: Bills that one run compares; more are told and left out.
MOST_BILLS = 5000


class OpenpceBillBacktest(models.TransientModel):
    """Who would have got the bills of a past period under today's criteria; writes nothing."""

    _name = "openpce.bill.backtest"
    _description = "Back-test of the criteria"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: fields.Date.context_today(self) - timedelta(days=30),
        help="First day of entry of the bills.",
    )
    date_to = fields.Date(
        "Until", required=True, default=fields.Date.context_today, help="Last day of entry."
    )
    as_of = fields.Date(
        "Criteria in force on",
        help="Criteria can be prepared with a first day in the future and tried here before they "
        "count. Empty: the day each bill came in.",
    )
    table = fields.Selection(
        [("distribution", "Distribution"), ("treatment", "Treatment"), ("approval", "Approval")],
        "Criteria",
        required=True,
        default="distribution",
    )
    line_ids = fields.One2many("openpce.bill.backtest.line", "backtest_id", "Bills", readonly=True)
    compared = fields.Integer(readonly=True)
    changed = fields.Integer(readonly=True)
    left_out = fields.Integer(readonly=True)
    unmatched = fields.Integer("Without criteria", readonly=True)

    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._("Back-test")

    def action_run(self):
        """Compare, and show the bills that would go another way."""
        self.ensure_one()
        bills, total = self._find_bills()
        if not bills:
            raise UserError(
                self.env._(
                    "No bill of %(company)s came in from %(start)s to %(end)s. Choose another "
                    "period.",
                    company=self.company_id.display_name,
                    start=self.date_from,
                    end=self.date_to,
                )
            )
        left_out = total - len(bills)
        # what has not met these criteria yet cannot have gone another way
        bills = bills.filtered(lambda bill: self.table in (bill.sudo().trace or {}))
        if not bills:
            raise UserError(
                self.env._(
                    "No bill of the period has met these criteria yet. Choose another period or "
                    "other criteria."
                )
            )
        vals_list, unmatched = [], 0
        for bill, (rule, match) in zip(bills, self._match_now(bills), strict=True):
            # sudo: the trace is the engine's; the manager compares it
            before = ((bill.sudo().trace or {}).get(self.table) or {}).get("winner") or False
            after = rule.id or False
            unmatched += not after
            if before != after:
                vals_list.append(self._get_line_vals(bill, before, rule, match))
        self.line_ids = [fields.Command.clear(), *map(fields.Command.create, vals_list)]
        self.write(
            {
                "compared": len(bills),
                "changed": len(vals_list),
                "left_out": left_out,
                "unmatched": unmatched,
            }
        )

    def _find_bills(self):
        """The bills of the period, oldest first, and how many there are in all."""
        bills = self.env["openpce.bill"]
        domain = [
            ("company_id", "=", self.company_id.id),
            ("entry_date", ">=", bills._get_midnight(self.date_from)),
            ("entry_date", "<", bills._get_midnight(self.date_to + timedelta(days=1))),
            ("move_id", "!=", False),
        ]
        return bills.search(domain, order="entry_date, id", limit=MOST_BILLS), bills.search_count(
            domain
        )

    def _match_now(self, bills):
        """The rule of each bill, with a few queries for all of them."""
        model = {
            "distribution": "openpce.bill.distribution.rule",
            "treatment": "openpce.bill.treatment.rule",
            "approval": "openpce.bill.approval.rule",
        }[self.table]
        asked = []
        for bill in bills:
            day = self.as_of or bill._get_rule_day()
            amount = (bill._get_company_amount(),) if self.table == "approval" else ()
            asked.append((bill._get_criteria(), *amount, day))
        return self.env[model]._match_each(asked)

    def _get_line_vals(self, bill, before, rule, match):
        """A bill that would go another way."""
        # sudo: names of criteria and persons, for the manager who runs the test
        old = rule.sudo().browse(before or ()).exists()
        return {
            "bill_id": bill.id,
            "before": old.display_name or (self.env._("deleted") if before else ""),
            "before_people": self._get_people(old),
            "after": rule.sudo().display_name or "",
            "after_people": self._get_people(rule.sudo()),
            "search_label": str(match.to_json().get("search") or ""),
        }

    @api.model
    def _get_people(self, rule):
        """Persons that a rule names, in words."""
        if not rule:
            return ""
        team = rule.team_id.display_name if "team_id" in rule else ""
        return team or ", ".join(rule._get_people().mapped("display_name"))


class OpenpceBillBacktestLine(models.TransientModel):
    _name = "openpce.bill.backtest.line"
    _description = "Bill that would go another way"

    backtest_id = fields.Many2one("openpce.bill.backtest", required=True, ondelete="cascade")
    bill_id = fields.Many2one("openpce.bill", required=True, ondelete="cascade")
    entry_date = fields.Datetime(related="bill_id.entry_date")
    partner_id = fields.Many2one(related="bill_id.partner_id")
    before = fields.Char("Criteria then")
    before_people = fields.Char("Persons then")
    after = fields.Char("Criteria now")
    after_people = fields.Char("Persons now")
    search_label = fields.Char("Internal search")
