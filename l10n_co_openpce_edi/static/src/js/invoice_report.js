import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { getReportUrl } from "@web/webclient/actions/reports/utils";

const INVOICE_REPORT = /^account\.(report_invoice|account_invoices)/;

/**
 * Downloads the PDF of invoices that this addon draws itself. Odoo's own way asks for wkhtmltopdf
 * first and, on a server without it, shows another picture of the invoice in HTML.
 *
 * @param {Object} action report action
 * @param {Object} options
 * @param {Object} env
 * @returns {Promise<boolean>} whether the report was handled here
 */
export async function downloadDrawnInvoice(action, options, env) {
    const ids = action.context?.active_ids || [];
    if (action.report_type !== "qweb-pdf" || !INVOICE_REPORT.test(action.report_name) || !ids.length) {
        return false;
    }
    if (!(await env.services.orm.call("account.move", "l10n_co_openpce_is_drawn", [ids]))) {
        return false;
    }
    env.services.ui.block();
    try {
        await download({
            url: "/report/download",
            data: {
                data: JSON.stringify([getReportUrl(action, "pdf"), action.report_type]),
                context: JSON.stringify({ ...user.context, ...action.context }),
            },
        });
    } finally {
        env.services.ui.unblock();
    }
    return true;
}

registry
    .category("ir.actions.report handlers")
    .add("l10n_co_openpce_invoice", downloadDrawnInvoice);
