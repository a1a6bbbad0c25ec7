from odoo import Command, api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("approve", "Approve"),
    ("forward", "Forward"),
    ("hold", "Hold"),
    ("discard", "Delete"),
    ("reject", "Reject"),
    ("duplicate", "Not a duplicate"),
]


class OpenpceBillDecision(models.TransientModel):
    """What a decision on bills asks for first: reason, addressee, comment (R93, R101, R105, R134).

    On many bills each is decided by itself: one that refuses does not undo the others.
    """

    _name = "openpce.bill.decision"
    _inherit = "openpce.bill.dialog"
    _description = "Decision on supplier bills"

    kind = fields.Selection(KINDS, required=True, readonly=True)
    bill_ids = fields.Many2many("openpce.bill", string="Bills", readonly=True)
    bill_count = fields.Integer(compute="_compute_bills")
    company_id = fields.Many2one("res.company", compute="_compute_bills")
    in_approval = fields.Boolean(compute="_compute_bills")
    reason_id = fields.Many2one(
        "openpce.bill.reason",
        domain="[('kind', '=', kind), '|', ('company_id', '=', False),"
        " ('company_id', 'parent_of', company_id)]",
    )
    text = fields.Text("Comment")
    target = fields.Selection(
        [("user", "A person"), ("team", "A team")], "Forward to", default="user", required=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        domain="[('openpce_bill_user_ids', 'any', [('company_id', 'parent_of', company_id),"
        " ('level', 'in', ['supervisor'] if in_approval else ['supervisor', 'reviewer'])])]",
    )
    team_id = fields.Many2one(
        "openpce.bill.team", domain="[('company_id', 'parent_of', company_id)]"
    )

    told = fields.Boolean(readonly=True)
    done_count = fields.Integer(readonly=True)
    refused_count = fields.Integer(readonly=True)
    refusals = fields.Text(readonly=True)

    @api.depends("bill_ids")
    def _compute_bills(self):
        for wizard in self:
            bills = wizard.bill_ids
            wizard.bill_count = len(bills)
            wizard.company_id = bills.company_id[:1]
            wizard.in_approval = any(bill.state == "in_approval" for bill in bills)

    def action_confirm(self):
        """Decide on every bill."""
        self.ensure_one()
        self._check_filled()
        return self.bill_ids._tell_outcome(*self.bill_ids._each(self._decide))

    def _check_filled(self):
        """Refuse a decision without what it has to state (R105, A29)."""
        if not self.bill_ids:
            raise UserError(self.env._("Choose at least one bill."))
        if self.kind == "approve":
            return
        if not self.reason_id or self.reason_id.kind != self.kind:
            raise UserError(
                self.env._(
                    "Choose a reason for “%s”; the follow-up keeps it. The manager of the workflow "
                    "adds reasons in Set-up ▸ Masters ▸ Reasons.",
                    self._get_title(),
                )
            )
        if self.kind == "forward" and not self._get_addressee():
            raise UserError(self.env._("Choose the person or the team that gets the bills."))

    def _get_addressee(self):
        """The person or the team, whichever was chosen."""
        return self.user_id if self.target == "user" else self.team_id

    def _decide(self, bill):
        """Decide on one bill; its own doors refuse what the state or the person does not allow."""
        reason, text = self.reason_id, self.text or ""
        match self.kind:
            case "approve":
                bill.action_approve(text)
            case "forward":
                bill._forward(reason, text, **{self.target: self._get_addressee()})
            case "hold":
                bill._hold_by_hand(reason, text)
            case "discard":
                bill._discard(reason, text)
            case "reject":
                bill._reject(reason, text)
            case "duplicate":
                bill._clear_duplicate(reason, text)

    # ------------------------------------------------------------------ screens

    def _get_title(self):
        """The button that asked, in words."""
        self.ensure_one()
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    @api.model
    def _tell(self, done, refused):
        """Show what became of many bills.

        :param done: bills that went through.
        :param refused: (bill, why) of the others.
        """
        lines = []
        for bill, why in refused:
            name = bill.display_name
            lines.append(f"• {why}" if name in why else f"• {name}: {why}")
        wizard = self.create(
            {
                "kind": "approve",
                "told": True,
                "done_count": len(done),
                "refused_count": len(refused),
                "refusals": "\n".join(lines),
                "bill_ids": [Command.set([bill.id for bill, _why in refused])],
            }
        )
        return wizard._reopen(self.env._("Some bills were refused"))
