from odoo import fields, models

_MODULE = "openpce_vendor_bill_workflow"
_OWN = "['|', ('user_id', '=', user.id), ('team_id.member_ids', 'in', user.id)]"
#: How purchase orders and their lines reach the bills made from them.
_ORDERS = {
    "purchase.order": "order_line.invoice_lines.move_id.openpce_bill_ids",
    "purchase.order.line": "invoice_lines.move_id.openpce_bill_ids",
}


class OpenpceBill(models.Model):
    """Who treats the bill of a purchase order reads the order.

    Odoo's purchases look at the orders of a bill whenever it is written, as the user who does, so
    without that right nobody of the workflow could save such a bill. The addon does not depend on
    purchases, so the rights are given when both are there, whichever came first.
    """

    _inherit = "openpce.bill"

    def _register_hook(self):
        # EXTENDS 'base': all modules are loaded now
        result = super()._register_hook()
        for model, path in _ORDERS.items():
            if model in self.env:
                self._let_read_orders(model, path)
        return result

    def _let_read_orders(self, model, path):
        """Rights and rules on orders, made when they lack (noupdate: they are in no file)."""
        kind = self.env["ir.model"]._get(model)
        slug = model.replace(".", "_")
        reviewer = self.env.ref(f"{_MODULE}.group_openpce_reviewer")
        supervisor = self.env.ref(f"{_MODULE}.group_openpce_supervisor")
        rights = self.env["ir.model.access"].search(
            [("model_id", "=", kind.id), ("perm_read", "=", True), ("group_id", "!=", False)]
        )
        # whoever reads orders by another right goes on reading all of them
        others = rights.group_id.filtered(
            lambda group: self.env.ref("base.group_user") in group.all_implied_ids
        )
        others -= reviewer | supervisor
        read = {
            "model_id": kind.id,
            "perm_read": True,
            "perm_write": False,
            "perm_create": False,
            "perm_unlink": False,
        }
        self._ensure_record(
            "ir.model.access",
            f"access_{slug}_reviewer",
            {"name": f"{model} reviewer", "group_id": reviewer.id, **read},
        )
        rules = (
            ("reviewer", f"[('{path}.task_ids', 'any', {_OWN})]", reviewer),
            ("supervisor", f"[('{path}', '!=', False)]", supervisor),
            ("others", "[(1, '=', 1)]", others),
        )
        for name, domain, groups in rules:
            values = {"name": f"Orders of bills: {name}", "domain_force": domain, **read}
            values["groups"] = [fields.Command.set(groups.ids)]
            self._ensure_record("ir.rule", f"{slug}_{name}_rule", values)

    def _ensure_record(self, model, name, values):
        """Make a record of the addon, or give it other groups; nothing when it is as it should."""
        xml_id = f"{_MODULE}.{name}"
        found = self.env.ref(xml_id, raise_if_not_found=False)
        if found and "groups" not in values:
            return
        if found and set(values["groups"][0][2]) <= set(found.groups.ids):
            return
        self.env[model]._load_records([{"xml_id": xml_id, "values": values, "noupdate": True}])
