from odoo import api, fields, models


class OpenpceBillLineGroup(models.TransientModel):
    """Choosing lines of a bill that are joined into one (R115-R117, A33)."""

    _name = "openpce.bill.line.group"
    _description = "Lines of a bill to join"

    move_id = fields.Many2one("account.move", "Bill", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="move_id.currency_id")
    mix_documents = fields.Boolean(
        "Join different transport documents", help="The line then names all of them."
    )
    row_ids = fields.One2many("openpce.bill.line.group.row", "wizard_id", "Lines")
    amount = fields.Monetary("Joined line", compute="_compute_amount")

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'base': opened with the lines of the bill
        wizards = super().create(vals_list)
        for wizard in wizards.filtered(lambda wizard: not wizard.row_ids):
            lines = wizard.move_id.invoice_line_ids
            wizard.row_ids = [
                fields.Command.create({"line_id": line.id})
                for line in lines.filtered(lambda x: x.display_type == "product")
            ]
        return wizards

    @api.depends("row_ids.chosen")
    def _compute_amount(self):
        for wizard in self:
            chosen = wizard.row_ids.filtered("chosen")
            wizard.amount = sum(chosen.line_id.mapped("price_subtotal"))

    def action_group(self):
        """Join the chosen lines."""
        self.ensure_one()
        bill = self.move_id._openpce_get_workable()
        bill._lock()
        self.row_ids.filtered("chosen").line_id._openpce_group(self.mix_documents)
        return {"type": "ir.actions.act_window_close"}

    def action_group_all(self):
        """Join every set of lines that can be joined."""
        self.ensure_one()
        bill = self.move_id._openpce_get_workable()
        bill._lock()
        for lines in self.row_ids.line_id._openpce_find_groups(self.mix_documents):
            lines._openpce_group(self.mix_documents)
        return {"type": "ir.actions.act_window_close"}


class OpenpceBillLineGroupRow(models.TransientModel):
    """One line of the bill in the choice."""

    _name = "openpce.bill.line.group.row"
    _description = "Line of a bill to join"
    _order = "id"

    wizard_id = fields.Many2one("openpce.bill.line.group", required=True, ondelete="cascade")
    # the columns are read as the user: nobody sees lines here that he does not see elsewhere
    line_id = fields.Many2one("account.move.line", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="line_id.currency_id", related_sudo=False)
    name = fields.Char(related="line_id.name", related_sudo=False, string="Description")
    product_id = fields.Many2one(related="line_id.product_id", related_sudo=False)
    account_id = fields.Many2one(related="line_id.account_id", related_sudo=False)
    tax_ids = fields.Many2many(related="line_id.tax_ids", related_sudo=False)
    document = fields.Char(related="line_id.openpce_document", related_sudo=False)
    amount = fields.Monetary(related="line_id.price_subtotal", related_sudo=False)
    chosen = fields.Boolean()
    group = fields.Integer(
        "Alike",
        compute="_compute_group",
        help="Lines with the same number can be joined; 0 stands alone.",
    )
    grouped = fields.Boolean("Was joined", compute="_compute_grouped")

    @api.depends("wizard_id.mix_documents", "line_id")
    def _compute_group(self):
        for wizard in self.wizard_id:
            sets = wizard.row_ids.line_id._openpce_find_groups(wizard.mix_documents)
            numbers = {line.id: number for number, lines in enumerate(sets, 1) for line in lines}
            for row in wizard.row_ids:
                row.group = numbers.get(row.line_id.id, 0)

    @api.depends("line_id")
    def _compute_grouped(self):
        for row in self:
            row.grouped = bool(row.line_id.openpce_grouped)

    def action_ungroup(self):
        """Give back the lines that were joined in this one (A33)."""
        self.ensure_one()
        self.wizard_id.move_id._openpce_get_workable()
        self.line_id._openpce_ungroup()
        return {"type": "ir.actions.act_window_close"}
