from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

from ..bill_flow.keys import normalise_document
from .openpce_transport_reference import DIRECTIONS

#: A change of these takes the confirmation of a line away (A35).
_CONFIRMED = {
    "price_unit", "quantity", "discount", "product_id", "account_id", "tax_ids",
    "analytic_distribution", "openpce_owner_id", "openpce_division_id", "openpce_file_id",
}  # fmt: skip


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    openpce_owner_id = fields.Many2one(
        "res.users",
        "Owner",
        index="btree_not_null",
        copy=False,
        domain="[('openpce_bill_user_ids.company_id', 'parent_of', company_id)]",
        help="Who has to confirm the line. Empty: the owner of the bill.",
    )
    openpce_confirmed_at = fields.Datetime("Confirmed", copy=False, readonly=True)
    openpce_confirmed_by_id = fields.Many2one(
        "res.users", "Confirmed by", copy=False, readonly=True
    )
    openpce_document = fields.Char(
        "Transport document",
        compute="_compute_openpce_from_file",
        store=True,
        readonly=False,
        precompute=True,
    )
    openpce_document_key = fields.Char(
        compute="_compute_openpce_document_key",
        store=True,
        index="btree_not_null",
        help="The document as it is compared; that of the bill when it names exactly one.",
    )
    openpce_file_id = fields.Many2one(
        "openpce.transport.file", "File", check_company=True, index="btree_not_null"
    )
    openpce_division_id = fields.Many2one(
        "openpce.division",
        "Division",
        compute="_compute_openpce_from_file",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    openpce_traffic_id = fields.Many2one(
        "openpce.traffic",
        "Traffic",
        compute="_compute_openpce_from_file",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    openpce_direction = fields.Selection(
        DIRECTIONS,
        "Import or export",
        compute="_compute_openpce_from_file",
        store=True,
        readonly=False,
        precompute=True,
    )
    openpce_absorption_ids = fields.One2many(
        "openpce.forecast.absorption", "line_id", "Absorbed forecasts"
    )
    openpce_grouped = fields.Json(
        "Lines joined in this one", copy=False, readonly=True, help="Kept to undo the grouping."
    )

    def _auto_init(self):
        # EXTENDS 'base': empty in every line there is, so nothing has to be computed for them
        for name, kind in (
            ("openpce_document", "varchar"),
            ("openpce_document_key", "varchar"),
            ("openpce_direction", "varchar"),
            ("openpce_division_id", "int4"),
            ("openpce_traffic_id", "int4"),
        ):
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, kind)
        return super()._auto_init()

    @api.depends("openpce_file_id")
    def _compute_openpce_from_file(self):
        """What the file of a line says fills what is empty (R111)."""
        for line in self:
            file = line.openpce_file_id
            line.openpce_division_id = line.openpce_division_id or file.division_id
            line.openpce_traffic_id = line.openpce_traffic_id or file.traffic_id
            line.openpce_direction = line.openpce_direction or file.direction
            only = file.document_ids if len(file.document_ids) == 1 else file.document_ids[:0]
            line.openpce_document = line.openpce_document or only.name

    @api.depends("openpce_document", "move_id.openpce_bill_ids.documents")
    def _compute_openpce_document_key(self):
        for line in self:
            document = line.openpce_document
            if not document and line.display_type == "product":
                # sudo: the line of a bill knows its header, whoever writes it
                header = line.move_id.sudo().openpce_bill_ids[:1].documents or ""
                document = "" if "," in header else header
            line.openpce_document_key = normalise_document(document or "") or False

    @api.constrains("openpce_owner_id")
    def _check_openpce_owner(self):
        for company, lines in self.filtered("openpce_owner_id").grouped("company_id").items():
            self.env["openpce.bill.user"]._check_registered(lines.openpce_owner_id, company)

    def _openpce_confirm(self, user):
        """Confirm lines on behalf of a user (R121, A35)."""
        vals = {"openpce_confirmed_at": fields.Datetime.now(), "openpce_confirmed_by_id": user.id}
        # sudo: the owner of a line may not be allowed to change the bill
        self.sudo().filtered(lambda line: not line.openpce_confirmed_at).write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'account': lines are figures too, and may come past their bill
        for vals in vals_list:
            self._openpce_drop_forged(vals)
        moves = self.env["account.move"].browse({v["move_id"] for v in vals_list if "move_id" in v})
        with moves._openpce_watch():
            lines = super().create(vals_list)
            lines._openpce_check_not_limited()
            return lines

    def write(self, vals):
        # EXTENDS 'account': as above; a changed line is not confirmed any more (A35)
        self._openpce_drop_forged(vals)
        allowed = self._openpce_limit(vals)
        if allowed is not vals and len(self) > 1:
            return all([line.write(vals) for line in self])
        if allowed is not vals:
            vals = {**allowed, **self._openpce_get_pinned()}
        asked = bool(_CONFIRMED & set(vals))
        if asked and any(self.mapped("openpce_confirmed_at")):
            vals = {**vals, "openpce_confirmed_at": False, "openpce_confirmed_by_id": False}
        with self.move_id._openpce_watch(), self._openpce_follow(vals):
            result = super().write(vals)
        if asked:
            # sudo: tasks are the engine's
            self.move_id.sudo().openpce_bill_ids._sync_line_tasks()
        return result

    def unlink(self):
        # EXTENDS 'account': as above
        self._openpce_check_not_limited()
        bills = self.move_id.sudo().openpce_bill_ids
        with self.move_id._openpce_watch():
            result = super().unlink()
        bills._sync_line_tasks()
        return result

    def _openpce_drop_forged(self, vals):
        """Confirmations are given by the button alone, and what was joined is the engine's."""
        if not self.env.su:
            for name in ("openpce_confirmed_at", "openpce_confirmed_by_id", "openpce_grouped"):
                vals.pop(name, None)
