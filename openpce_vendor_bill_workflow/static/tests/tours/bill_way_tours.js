import { registry } from "@web/core/registry";
import { choose, DIALOG, isNow, leaveDesk, openBill, openCard, press } from "./tour_steps";

const tours = registry.category("web_tour.tours");
const LINES = ".o_field_widget[name='invoice_line_ids']";

/** A reviewer mends what came incomplete by mail, and validates it (R84, R107). */
tours.add("openpce_bill_mend", {
    steps: () => [
        ...openCard("revise"),
        openBill("Shipping Line"),
        {
            content: "The form says that something is empty",
            trigger: ".o_form_view .alert-danger [name='openpce_missing_text']:not(:empty)",
        },
        {
            content: "The file that came is at hand",
            trigger: ".o_form_view button[name='action_openpce_document']",
        },
        {
            content: "Number",
            trigger: ".o_form_view [name='ref'] input",
            run: "edit T-MAIL",
        },
        {
            content: "The calendar of the date",
            trigger: ".o_form_view [name='invoice_date'] input",
            run: "click",
        },
        {
            content: "Today",
            trigger: ".o_datetime_picker .o_date_item_cell.o_today",
            run: "click",
        },
        {
            content: "Total of the document",
            trigger: ".o_form_view [name='openpce_document_total'] input",
            run: "edit 119",
        },
        {
            content: "A line",
            trigger: `${LINES} .o_field_x2many_list_row_add a`,
            run: "click",
        },
        ...choose(`${LINES} .o_selected_row [name='product_id']`, "Freight T"),
        {
            content: "Its price",
            trigger: `${LINES} .o_selected_row:contains('VAT 19') [name='price_unit'] input`,
            run: "edit 100 && press Tab",
        },
        {
            content: "Lines make what the document says",
            trigger: ".o_form_view [name='openpce_lines_total']:contains('119')",
        },
        {
            content: "Nothing is empty any more",
            trigger: ".o_form_view:not(:has(.alert-danger))",
        },
        press("do_revise"),
        isNow("in_treatment"),
        press("do_validate"),
        isNow("in_approval"),
    ],
});

/** Who is asked approves the bill of his landing page (R61). */
tours.add("openpce_bill_approve", {
    steps: () => [
        ...openCard("approve"),
        openBill("T-"),
        isNow("in_approval"),
        press("do_approve"),
        isNow("approved"),
    ],
});

/** A reviewer sees what a bill repeats, and cannot get past it alone (R86, A22). */
tours.add("openpce_bill_repeated", {
    steps: () => [
        ...openCard("revise"),
        openBill("T-TWICE"),
        {
            content: "The banner tells the other one's number and who has it",
            trigger:
                ".alert-danger [name='openpce_duplicates'] tr:contains('wf_carla') td:contains('T-TWICE')",
        },
        {
            content: "To say that it is none is not for reviewers",
            trigger: ".o_form_view:not(:has(.o_openpce_ask_duplicate))",
        },
        press("do_revise"),
        {
            content: "It is refused, and told why",
            trigger: ".modal:contains('T-TWICE')",
        },
        {
            content: "Close",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        isNow("to_revise"),
    ],
});

/** A supervisor says that a bill is no repetition (A22). */
tours.add("openpce_bill_not_duplicate", {
    steps: () => [
        {
            content: "Revision",
            trigger: "[data-menu-xmlid='openpce_vendor_bill_workflow.menu_revision']",
            run: "click",
        },
        leaveDesk(),
        {
            content: "Show also what others have",
            trigger: ".o_list_view .o_control_panel .o_facet_remove",
            run: "click",
        },
        openBill("T-TWICE"),
        press("ask_duplicate"),
        ...choose(`${DIALOG} [name='reason_id']`, "Reason D"),
        {
            content: "Remarks",
            trigger: `${DIALOG} [name='text'] :is(input, textarea)`,
            run: "edit Second trip of the month",
        },
        {
            content: "Confirm",
            trigger: ".modal footer button[name='action_confirm']",
            run: "click",
        },
        isNow("in_treatment"),
        {
            content: "It still says what it looks like, as a remark",
            trigger: ".o_form_view:not(:has(.alert-danger)) .alert-warning:contains('T-TWICE')",
        },
    ],
});

/** Who was late finds the notice among the activities, and who has the bill now (R70, A19). */
tours.add("openpce_bill_late", {
    steps: () => [
        {
            content: "Nothing to approve any more",
            trigger: ".o_openpce_home [data-card='approve']:contains('0')",
        },
        {
            content: "Activities",
            trigger: ".o_menu_systray .o-mail-ActivityMenu-counter",
            run: "click",
        },
        {
            content: "Those of supplier bills",
            trigger: ".o-mail-ActivityGroup[data-model_name='openpce.bill']",
            run: "click",
        },
        {
            content: "The bills that were not late are not among them",
            trigger: ".o_list_view:not(:has(.o_data_row:contains('T-OTHER'))) .o_data_row:contains('T-LATE')",
        },
        openBill("T-LATE"),
        {
            content: "Somebody else has it",
            trigger:
                ".o_form_view:not(:has(.o_openpce_do_approve)) [name='openpce_holder']:contains('wf_carla')",
        },
        {
            content: "Follow-up",
            trigger: "button[name='action_openpce_status']",
            run: "click",
        },
        {
            content: "The notice names the bill",
            trigger: ".o-mail-Activity:contains('T-LATE')",
        },
        {
            content: "It was read",
            trigger: ".o-mail-Activity:contains('T-LATE') .o-mail-Activity-markDone",
            run: "click",
        },
        {
            content: "Done, with nothing to follow",
            trigger: ".o-mail-ActivityMarkAsDone .btn-primary.mx-2",
            run: "click",
        },
        {
            content: "The notice is gone",
            trigger: ".o_form_view:not(:has(.o-mail-Activity:contains('T-LATE')))",
        },
    ],
});
