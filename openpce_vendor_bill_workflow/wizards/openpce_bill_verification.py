from odoo import api, fields, models
from odoo.exceptions import UserError


class OpenpceBillVerification(models.TransientModel):
    """The menu “Verification”: fetch what waits at the sources and verify it, now (R80-R83)."""

    _name = "openpce.bill.verification"
    _description = "Verification of supplier bills"

    company_ids = fields.Many2many(
        "res.company",
        string="Companies",
        default=lambda self: self.env.companies.filtered("openpce_bill_workflow"),
    )
    waiting = fields.Integer("Captured, not verified", compute="_compute_waiting")
    to_revise = fields.Integer("Stopped in Revision", compute="_compute_waiting")
    unreadable = fields.Integer("Unreadable deliveries", compute="_compute_waiting")
    line_ids = fields.One2many("openpce.bill.verification.line", "verification_id", readonly=True)

    @api.depends("company_ids", "line_ids")
    def _compute_waiting(self):
        for wizard in self:
            companies = [("company_id", "in", wizard.company_ids.ids)]
            # sudo: numbers of the own companies, no bills
            bills = self.env["openpce.bill"].sudo()
            intakes = self.env["openpce.bill.intake"].sudo()
            wizard.waiting = bills.search_count(
                [*companies, ("state", "=", "captured"), ("source", "!=", "manual")]
            )
            wizard.to_revise = bills.search_count([*companies, ("state", "=", "to_revise")])
            wizard.unreadable = intakes.search_count([*companies, ("state", "=", "unreadable")])

    def action_verify(self):
        """Fetch and verify, company by company; what one of them cannot do is told."""
        self.ensure_one()
        companies = self.company_ids & self.env.companies
        if not companies.filtered("openpce_bill_workflow"):
            raise UserError(
                self.env._(
                    "None of the companies uses the workflow. Choose one that does, or switch it "
                    "on in Set-up ▸ Settings."
                )
            )
        functions = self.env["openpce.bill.function"].sudo()  # sudo: the catalogue is for all
        lines = self.env["openpce.bill.verification.line"]
        self.line_ids.unlink()
        for company in companies.filtered("openpce_bill_workflow"):
            for function in functions.search([("code", "in", ("fetch", "verify"))]):
                outcome = function._run_apart(company)
                lines.create(
                    {
                        "verification_id": self.id,
                        "company_id": company.id,
                        "function": function.name,
                        "state": outcome.state,
                        "result": outcome.text,
                    }
                )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Verification"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class OpenpceBillVerificationLine(models.TransientModel):
    """What one step of the verification did for one company."""

    _name = "openpce.bill.verification.line"
    _description = "Result of the verification"

    verification_id = fields.Many2one(
        "openpce.bill.verification", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True)
    function = fields.Char(required=True)
    state = fields.Selection(
        [("done", "Done"), ("partly", "Partly"), ("failed", "Failed")], "Result", required=True
    )
    result = fields.Text("What it did")
