import { download } from "@web/core/network/download";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { getReportUrl } from "@web/webclient/actions/reports/utils";

const INVOICE_REPORT = /^account\.(report_invoice|account_invoices)/;

/**
 * Downloads the PDF of invoices that this addon draws itself. Odoo's own way asks for wkhtmltopdf
 * first and, on a server without it, shows another picture of the invoice in HTML.
 *
 * @param {Object} action report action
 * @returns {Promise<boolean>} whether the report was handled here
 */
export async function downloadDrawnInvoice(action) {
    const ids = action.context?.active_ids || [];
    if (action.report_type !== "qweb-pdf" || !INVOICE_REPORT.test(action.report_name) || !ids.length) {
        return false;
    }
    const drawn = await rpc("/web/dataset/call_kw/account.move/l10n_co_openpce_is_drawn", {
        model: "account.move",
        method: "l10n_co_openpce_is_drawn",
        args: [ids],
        kwargs: {},
    });
    if (!drawn) {
        return false;
    }
    await download({
        url: "/report/download",
        data: {
            data: JSON.stringify([getReportUrl(action, "pdf"), action.report_type]),
            context: JSON.stringify(user.context),
        },
    });
    return true;
}

registry
    .category("ir.actions.report handlers")
    .add("l10n_co_openpce_invoice", downloadDrawnInvoice);
