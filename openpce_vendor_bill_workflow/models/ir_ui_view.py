from odoo import fields, models


class IrUiView(models.Model):
    """The bill desk is a type of view, so it stands beside list and kanban in the view switcher."""

    _inherit = "ir.ui.view"

    type = fields.Selection(selection_add=[("bill_desk", "Bill desk")])

    def _get_view_info(self):
        return {"bill_desk": {"icon": "fa fa-columns"}} | super()._get_view_info()


class IrActionsActWindowView(models.Model):
    _inherit = "ir.actions.act_window.view"

    view_mode = fields.Selection(
        selection_add=[("bill_desk", "Bill desk")], ondelete={"bill_desk": "cascade"}
    )
