from contextlib import contextmanager

from markupsafe import Markup
from odoo import fields, models
from odoo.exceptions import UserError

from ..bill_flow.transitions import OPEN_STATES

#: What the owner of single lines writes through the bill's form; the lines check themselves.
_LINES = {"invoice_line_ids"}


class AccountMove(models.Model):
    """The lines of a bill in treatment: forecasts, grouping, differences (R108-R117)."""

    _inherit = "account.move"

    openpce_line_progress = fields.Char("Lines of others", compute="_compute_openpce_line_progress")
    openpce_has_grouped = fields.Boolean(compute="_compute_openpce_has_grouped")

    def _compute_openpce_line_progress(self):
        for move in self:
            move.openpce_line_progress = move.openpce_bill_id.line_progress

    def _compute_openpce_has_grouped(self):
        for move in self:
            move.openpce_has_grouped = any(move.invoice_line_ids.mapped("openpce_grouped"))

    def action_openpce_add_forecasts(self):
        """Choose forecasts that become lines of the bill (R112, R113)."""
        bill = self._openpce_get_workable()
        document = bill.documents or ""
        return self._openpce_open_wizard(
            "openpce.bill.forecast.add",
            self.env._("Absorb forecasts"),
            {
                "partner_id": self.commercial_partner_id.id,
                "document": "" if "," in document else document,
            },
        )

    def action_openpce_group_lines(self):
        """Choose lines that are joined into one (R115)."""
        self._openpce_get_workable()
        return self._openpce_open_wizard("openpce.bill.line.group", self.env._("Join lines"), {})

    def action_openpce_ungroup(self):
        """Give back the lines that were joined last (A33)."""
        self._openpce_get_workable()
        grouped = self.invoice_line_ids.filtered("openpce_grouped").sorted("id")
        if not grouped:
            raise UserError(self.env._("No line of %s was joined from others.", self.display_name))
        grouped[-1:]._openpce_ungroup()

    def action_openpce_differences(self):
        """Show bills against forecasts by transport document (R108, A34)."""
        self.ensure_one()
        return self.env["openpce.bill.difference"]._open(self.openpce_bill_id)

    def action_openpce_absorptions(self):
        """Show what the lines of the bill absorb, to end or to explain it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Absorbed forecasts"),
            "res_model": "openpce.forecast.absorption",
            "views": [(False, "list")],
            "domain": [("line_id.move_id", "=", self.id)],
            "context": {"create": False},
            "help": Markup('<p class="o_view_nocontent_smiling_face">%s</p>')
            % self.env._("The lines of this bill absorb no forecast yet"),
        }

    def _openpce_get_workable(self):
        """The bill, when its lines can be changed now and by the user.

        :raises UserError: it is not in the workflow, or done with.
        """
        self.ensure_one()
        bill = self.openpce_bill_id
        if not bill:
            raise UserError(
                self.env._(
                    "%s is not in the workflow of supplier bills, so forecasts and grouping do "
                    "not apply. The workflow is switched on in the settings of the company.",
                    self.display_name,
                )
            )
        bill._check_editable()
        if bill.state not in OPEN_STATES:
            raise bill._refuse_state()
        return bill

    def _openpce_open_wizard(self, model, name, values):
        """Open a wizard that is made already, so that its rows are there."""
        wizard = self.env[model].create({**values, "move_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _openpce_limit(self, vals):
        """Refuse the header to who owns single lines of the bill alone (A35)."""
        if self.env.su or set(vals) <= _LINES | set(self.env["mail.activity.mixin"]._fields):
            return
        busy = self.env.cr.cache.get("openpce_changing", ())
        # sudo: whose the bill is decides, not whether the user may read it
        for bill in self.sudo().openpce_bill_ids.sudo(False):
            # what Odoo writes besides, while a line is changed, is not the user's doing
            if bill.id not in busy and bill._owns_lines_alone():
                raise bill.sudo().move_id.invoice_line_ids._openpce_refuse_owner()

    @contextmanager
    def _openpce_follow_rates(self, vals):
        """Convert what lines absorb again when day or currency of their bill changes (A32)."""
        changes = bool({"invoice_date", "date", "currency_id"} & set(vals))
        # sudo: who may change the bill changes what it absorbs
        bills = self.sudo().openpce_bill_ids if changes else self.env["openpce.bill"]
        links = bills.move_id.invoice_line_ids.openpce_absorption_ids
        before = {link: link._get_rate() for link in links}
        yield
        for link, rate in before.items():
            now = link._get_rate()
            if now != rate:
                link.amount = link.currency_id.round(link.amount * now / rate)

    def _reverse_moves(self, default_values_list=None, cancel=False):
        # EXTENDS 'account': a credit note gives back to the forecasts what its bill absorbed (A32)
        reverses = super()._reverse_moves(default_values_list, cancel)
        for move, reverse in zip(self, reverses, strict=True):
            move._openpce_give_back_forecasts(reverse)
        return reverses

    def _openpce_give_back_forecasts(self, reverse):
        """Links of a credit note, line by line as in the bill it was made from."""
        # sudo: links go with their lines, whoever makes the credit note
        links = self.sudo().invoice_line_ids.openpce_absorption_ids._get_counted()
        if not links or len(self.invoice_line_ids) != len(reverse.invoice_line_ids):
            return
        twins = dict(zip(self.invoice_line_ids.ids, reverse.invoice_line_ids.ids, strict=True))
        links.create(
            [
                {
                    "forecast_id": link.forecast_id.id,
                    "line_id": twins[link.line_id.id],
                    "amount": -link.amount,
                }
                for link in links
            ]
        )
