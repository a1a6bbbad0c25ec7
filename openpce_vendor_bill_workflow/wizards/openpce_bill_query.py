from odoo import fields, models
from odoo.fields import Domain

from ..models.openpce_bill import STATES


class OpenpceBillQuery(models.TransientModel):
    """Query of the situation of bills: asked first, then the list (R125)."""

    _name = "openpce.bill.query"
    _description = "Query of supplier bills"

    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    partner_id = fields.Many2one("res.partner", "Entity", domain="[('parent_id', '=', False)]")
    ref = fields.Char("Number")
    document = fields.Char("Transport document")
    division_id = fields.Many2one("openpce.division")
    traffic_type_id = fields.Many2one("openpce.traffic.type")
    traffic_id = fields.Many2one("openpce.traffic", domain="[('type_id', '=?', traffic_type_id)]")
    state = fields.Selection(STATES)
    holder_id = fields.Many2one(
        "res.users", "Now with", domain="[('openpce_bill_user_ids', '!=', False)]"
    )
    entered_from = fields.Date("Entered from")
    entered_to = fields.Date("Entered to")
    date_from = fields.Date("Bill date from")
    date_to = fields.Date("Bill date to")
    amount_from = fields.Float("Total from", digits=(16, 2))
    amount_to = fields.Float("Total to", digits=(16, 2))
    late = fields.Boolean("Late only")

    def _compute_display_name(self):
        for query in self:
            query.display_name = self.env._("Query")

    def _get_domain(self):
        """The bills that were asked for; what was left empty does not restrict."""
        self.ensure_one()
        bills = self.env["openpce.bill"]
        domain = Domain.TRUE
        equal = ("company_id", "division_id", "traffic_type_id", "traffic_id", "state")
        for name in equal:
            if self[name]:
                field = self._fields[name]
                value = self[name].id if field.relational else self[name]
                domain &= Domain(name, "=", value)
        if self.partner_id:
            top = self.partner_id.commercial_partner_id
            domain &= Domain("commercial_partner_id", "=", top.id)
        if self.ref:
            domain &= Domain("ref", "ilike", self.ref)
        if self.document:
            domain &= Domain("documents", "ilike", self.document) | Domain(
                "move_id.invoice_line_ids.openpce_document", "ilike", self.document
            )
        if self.holder_id:
            domain &= Domain("holder_ids", "in", self.holder_id.ids)
        if self.late:
            domain &= bills._get_late_domain()
        return domain & self._get_range_domain()

    def _get_range_domain(self):
        """Limits of dates and amounts; the day of entry is the user's."""
        bills = self.env["openpce.bill"]
        domain = Domain.TRUE
        if self.entered_from:
            domain &= Domain("entry_date", ">=", bills._get_midnight(self.entered_from))
        if self.entered_to:
            after = fields.Date.add(self.entered_to, days=1)
            domain &= Domain("entry_date", "<", bills._get_midnight(after))
        for name, field in (("date", "invoice_date"), ("amount", "amount_total")):
            if self[f"{name}_from"]:
                domain &= Domain(field, ">=", self[f"{name}_from"])
            if self[f"{name}_to"]:
                domain &= Domain(field, "<=", self[f"{name}_to"])
        return domain

    def action_show(self):
        """The list with the states of the bills that were asked for."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "openpce_vendor_bill_workflow.bill_action_status"
        )
        return {**action, "domain": list(self._get_domain())}
