import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** The accountant's day, in Spanish: a draft invoice is confirmed, sent, accepted and printed. */
registry.category("web_tour.tours").add("l10n_co_openpce_invoice_to_dian", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps("account.menu_finance", "Facturación"),
        {
            content: "Clientes",
            trigger: "[data-menu-xmlid='account.menu_finance_receivables']",
            run: "click",
        },
        {
            content: "Facturas",
            trigger: "[data-menu-xmlid='account.menu_action_move_out_invoice_type']",
            run: "click",
        },
        {
            content: "La lista tiene la columna de la DIAN",
            trigger: ".o_list_view th[data-name='l10n_co_openpce_state']:contains('Estado DIAN')",
        },
        {
            content: "Abrir el borrador",
            trigger: ".o_data_row:contains('CLIENTE EJEMPLAR SAS') .o_data_cell[name='invoice_date']",
            run: "click",
        },
        {
            content: "Confirmar",
            trigger: ".o_form_view button[name='action_post']:contains('Confirmar')",
            run: "click",
        },
        {
            content: "Queda en cola para la DIAN",
            trigger: "[name='l10n_co_openpce_badge']:contains('Por enviar')",
        },
        {
            content: "Enviar",
            trigger: ".o_form_view button[name='action_invoice_sent']:contains('Enviar')",
            run: "click",
        },
        {
            content: "Va a la DIAN",
            trigger: ".modal div[name='extra_edi_checkboxes']:contains('DIAN') input:checked",
        },
        {
            content: "Enviar ahora",
            trigger: ".modal button[name='action_send_and_print']:contains('Enviar'):enabled",
            run: "click",
        },
        {
            content: "La DIAN la aceptó",
            trigger: "body:not(:has(.modal)) [name='l10n_co_openpce_badge']:contains('Aceptado')",
        },
        {
            content: "Pestaña DIAN",
            trigger: "a.nav-link[name='l10n_co_openpce']",
            run: "click",
        },
        {
            content: "El CUFE y el historial",
            trigger: ".o_field_widget[name='l10n_co_openpce_document_ids']:contains('Aceptado')",
        },
        {
            content: "El QR",
            trigger: ".o_field_widget[name='l10n_co_openpce_qr'] img",
        },
        {
            content: "Abrir el PDF",
            trigger: ".tab-pane.active button[name='action_print_pdf']:contains('PDF'):enabled",
            run: "click",
        },
        {
            content: "El PDF se descargó y la pantalla sigue en la factura",
            trigger: "body:not(.o_ui_blocked) [name='l10n_co_openpce_badge']:contains('Aceptado')",
        },
    ],
});
