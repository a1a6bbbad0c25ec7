import io

from odoo import models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _pre_render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        # EXTENDS 'account': invoices that go to DIAN are drawn here, without a browser engine
        ours = self._l10n_co_openpce_draw(report_ref, res_ids)
        if not ours:
            return super()._pre_render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
        ids = [res_ids] if isinstance(res_ids, int) else list(res_ids)
        rest = [res_id for res_id in ids if res_id not in ours]
        others = {}
        if rest:
            others, report_type = super()._pre_render_qweb_pdf(report_ref, res_ids=rest, data=data)
            if report_type != "pdf":
                return super()._pre_render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
        streams = {
            res_id: {"stream": io.BytesIO(content), "attachment": None}
            for res_id, content in ours.items()
        }
        return {res_id: streams.get(res_id) or others[res_id] for res_id in ids}, "pdf"

    def _get_rendering_context(self, report, docids, data):
        # EXTENDS 'account': the portal shows as a proforma what has no PDF yet; DIAN's word counts
        data = super()._get_rendering_context(report, docids, data)
        if data.get("proforma") and report.model == "account.move":
            moves = self.env["account.move"].browse(docids)
            data["proforma"] = any(move.l10n_co_openpce_state != "accepted" for move in moves)
        return data

    def _l10n_co_openpce_draw(self, report_ref, res_ids):
        """PDF by id of the invoices among ``res_ids`` that this addon draws."""
        if not res_ids or not self._is_invoice_report(report_ref):
            return {}
        moves = self.env["account.move"].browse(res_ids)
        issued = moves.filtered(lambda m: m.l10n_co_openpce_required and m.state == "posted")
        drawn = {move.id: move._l10n_co_openpce_render_pdf() for move in issued}
        return {move_id: content for move_id, content in drawn.items() if content}
