import { registry } from "@web/core/registry";
import { DIALOG, isNow, leaveDesk, openBill, openCard } from "./tour_steps";

/** A reviewer returns a bill to its supplier (R103). */
registry.category("web_tour.tours").add("openpce_bill_return", {
    steps: () => [
        ...openCard("box_current"),
        openBill("T-RETURN"),
        {
            content: "Return it",
            trigger: ".o_form_view .o_openpce_ask_return",
            run: "click",
        },
        {
            content: "Choose the reason",
            trigger: `${DIALOG} [name='reason_id'] input`,
            run: "edit Reason R",
        },
        {
            content: "Take it",
            trigger: ".o-autocomplete--dropdown-item:contains('Reason R')",
            run: "click",
        },
        {
            content: "The preview has the text of the reason",
            trigger: `${DIALOG} [name='preview']:contains('It lacks the order number')`,
        },
        {
            content: "Remarks",
            trigger: `${DIALOG} [name='remarks'] textarea`,
            run: "edit The order number is missing",
        },
        {
            content: "Send",
            trigger: ".modal footer button[name='action_send']",
            run: "click",
        },
        isNow("returned"),
    ],
});

/** A reviewer forwards a bill to somebody else (R105). */
registry.category("web_tour.tours").add("openpce_bill_forward", {
    steps: () => [
        ...openCard("box_current"),
        openBill("T-FORWARD"),
        {
            content: "Enter a transport document first",
            trigger: ".o_form_view [name='openpce_documents'] input",
            run: "edit MEDU7",
        },
        {
            content: "Forward it",
            trigger: ".o_form_view .o_openpce_ask_forward",
            run: "click",
        },
        {
            content: "Why",
            trigger: `${DIALOG} [name='reason_id'] input`,
            run: "edit Reason F",
        },
        {
            content: "Take the reason",
            trigger: ".o-autocomplete--dropdown-item:contains('Reason F')",
            run: "click",
        },
        {
            content: "To whom",
            trigger: `${DIALOG} [name='user_id'] input`,
            run: "edit wf_beto",
        },
        {
            content: "Take the person",
            trigger: ".o-autocomplete--dropdown-item:contains('wf_beto')",
            run: "click",
        },
        {
            content: "Forward",
            trigger: ".modal footer button[name='action_confirm']",
            run: "click",
        },
        {
            content: "The form tells who has it, and is read-only",
            trigger: "body:not(:has(.modal)) .alert-info:contains('wf_beto')",
        },
        {
            content: "The buttons are gone",
            trigger: ".o_form_view:not(:has(.o_openpce_do_validate))",
        },
    ],
});

/** A supervisor approves many bills at once; one refuses (R65, A37). */
registry.category("web_tour.tours").add("openpce_bill_bulk_approve", {
    steps: () => [
        {
            content: "Approval",
            trigger: "[data-menu-xmlid='openpce_vendor_bill_workflow.menu_bill_approval']",
            run: "click",
        },
        leaveDesk(),
        {
            content: "Show also what others are asked",
            trigger: ".o_list_view:has(.o_data_row) .o_facet_remove",
            run: "click",
        },
        { content: "Three bills", trigger: ".o_data_row:contains('T-CARLA')" },
        {
            content: "Choose all",
            trigger: "thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Approve",
            trigger: "button[name='action_bulk_approve']",
            run: "click",
        },
        {
            content: "Two are done, one is refused with the name of who is asked",
            trigger: ".modal:contains('wf_carla') [name='refusals']:contains('T-CARLA')",
        },
        {
            content: "Close",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "The approved ones left the list",
            trigger: "body:not(:has(.modal)) .o_list_view:not(:has(.o_data_row:contains('T-BULK')))",
        },
    ],
});

/** A manager pastes rows of a spreadsheet into the distribution criteria (R5). */
registry.category("web_tour.tours").add("openpce_criteria_paste", {
    steps: () => [
        {
            content: "Paste two rows",
            trigger: ".o_list_view .o_list_table",
            run: () => {
                const heads = [...document.querySelectorAll("thead th[data-name]")];
                const label = (name) =>
                    heads.find((head) => head.dataset.name === name).textContent.trim();
                const rows = [
                    [label("search_order"), label("partner_id"), label("user_id")],
                    ["31", "Shipping Line", "wf_ana (base.group_user)"],
                    ["32", "Shipping Line", "wf_beto (base.group_user)"],
                ];
                const data = new DataTransfer();
                data.setData("text/plain", rows.map((row) => row.join("\t")).join("\n"));
                document
                    .querySelector(".o_list_table")
                    .dispatchEvent(
                        new ClipboardEvent("paste", { clipboardData: data, bubbles: true })
                    );
            },
        },
        { content: "They are there", trigger: ".o_data_row:contains('32')" },
    ],
});
