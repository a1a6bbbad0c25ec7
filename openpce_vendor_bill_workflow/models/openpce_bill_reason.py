from odoo import fields, models

REASON_KINDS = [
    ("return", "Return to the supplier"),
    ("forward", "Forward"),
    ("discard", "Delete"),
    ("hold", "Hold"),
    ("reject", "Reject"),
    ("duplicate", "Not a duplicate"),
]


class OpenpceBillReason(models.Model):
    """Why a bill was returned, forwarded, deleted, held, rejected or kept (R103, R105, R93)."""

    _name = "openpce.bill.reason"
    _description = "Reason of the bill workflow"
    _order = "kind, sequence, name, id"
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(REASON_KINDS, "Use", required=True)
    text = fields.Text(
        "Text for the mail",
        translate=True,
        help="What the supplier reads when a bill is returned for this reason.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: all companies use this reason."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
