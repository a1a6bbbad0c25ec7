import * as hoot from "@odoo/hoot-dom";
import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";
import { chooseHere, isOpen, isRefused, keys, type, typeHere } from "./desk_steps";

const tours = registry.category("web_tour.tours");
const LINES = ".o_desk_form [name='invoice_line_ids']";
const nothingLeft = { content: "Nothing is left", trigger: "body:not(:has(.modal)) .o_desk_empty" };

/** Press a key in the dialog that is open. */
function keysInDialog(pressed) {
    return { content: `Press ${pressed}`, trigger: ".modal .o_form_view", run: `press ${pressed}` };
}

/** A line is added with the keyboard alone; the bill is not validated while it has a difference. */
tours.add("openpce_desk_line", {
    steps: () => [
        ...isOpen("T-LINE"),
        keys("Alt+i", "Add a line, from the header"),
        { content: "It waits", trigger: `${LINES} .o_selected_row :focus` },
        ...chooseHere("product_id", "Freight T", `${LINES} .o_selected_row`),
        typeHere("price_unit", "50", `${LINES} .o_selected_row`),
        keys("Alt+v"),
        {
            content: "The lines do not make what the document says",
            trigger: ".modal:contains('T-LINE'):contains('150')",
        },
        { content: "Close", trigger: ".modal", run: "press Escape" },
        {
            content: "The line is there, and saved",
            trigger: `body:not(:has(.modal)) ${LINES} .o_data_row:contains('Freight T')`,
        },
    ],
});

/** A reviewer completes what came without a number and checks it again (R84). */
tours.add("openpce_desk_complete", {
    steps: () => [
        {
            content: "Two groups; what is wrong stands in the rows",
            trigger:
                ".o_desk_mailbox:has(.o_desk_row:contains('T-TWICE') .text-danger:contains('T-TWICE')):has(.o_desk_row:not(:contains('T-TWICE')) .text-danger:not(:empty))",
        },
        ...isOpen("T-TWICE"),
        keys("Alt+d", "To say that it is none is not for reviewers"),
        { content: "Nothing happens", trigger: ".o_desk_form:not(:has(.o_openpce_ask_duplicate))" },
        keys("Alt+ArrowDown"),
        {
            content: "The incomplete one is open, and says so",
            trigger: ".o_desk_form .alert-danger [name='openpce_missing_text']:not(:empty)",
        },
        type("ref", "T-WHOLE"),
        keys("Alt+v", "Check it again"),
        ...isOpen("T-TWICE"),
        { content: "It left", trigger: ".o_desk_mailbox:not(:contains('T-WHOLE'))" },
    ],
});

/** A supervisor says that a bill is no repetition (R86, A22). */
tours.add("openpce_desk_not_duplicate", {
    steps: () => [
        {
            content: "Show also what others have",
            trigger: ".o_control_panel .o_facet_remove",
            run: "click",
        },
        ...isOpen("T-TWICE"),
        {
            content: "The banner tells which one it repeats",
            trigger: ".o_desk_form .alert-danger [name='openpce_duplicates']:contains('T-TWICE')",
        },
        keys("Alt+d"),
        ...chooseHere("reason_id", "Reason D"),
        typeHere("text", "Second trip of the month"),
        keysInDialog("Alt+q"),
        nothingLeft,
    ],
});

/** A reviewer returns a bill to its supplier; the next one opens (R103). */
tours.add("openpce_desk_return", {
    steps: () => [
        ...isOpen("T-BACK-1"),
        type("payment_reference", "Kept"),
        keys("Alt+e"),
        ...chooseHere("reason_id", "Reason R"),
        {
            content: "The preview has the text of the reason",
            trigger: ".modal [name='preview']:contains('It lacks the order number')",
        },
        typeHere("remarks", "Ask the buyer for it"),
        keysInDialog("Alt+q"),
        ...isOpen("T-BACK-2"),
        { content: "It left", trigger: ".o_desk_mailbox:not(:contains('T-BACK-1'))" },
    ],
});

/** On the phone a supervisor forwards with the thumb. */
tours.add("openpce_desk_phone_forward", {
    steps: () => [
        { content: "Open a bill", trigger: ".o_desk_row:contains('T-THUMB')", run: "click" },
        {
            content: "Forward it",
            trigger: ".o_desk_thumb button:last-child",
            run: "click",
        },
        { content: "Reasons", trigger: ".modal [name='reason_id'] input", run: "click" },
        {
            content: "Take one",
            trigger: ".modal .o_kanban_record:contains('Reason F')",
            run: "click",
        },
        {
            content: "Persons",
            trigger: ".modal:has([name='reason_id'] input:value('Reason F')) [name='user_id'] input",
            run: "click",
        },
        {
            content: "Take one",
            trigger: ".modal .o_kanban_record:contains('wf_carla')",
            run: "click",
        },
        {
            content: "Forward",
            trigger: ".modal:has([name='user_id'] input:value('wf_carla')) button[name='action_confirm']",
            run: "click",
        },
        nothingLeft,
    ],
});

/** What the user does in another window is not overwritten by this one, and can be loaded. */
tours.add("openpce_desk_overtaken", {
    steps: () => [
        ...isOpen("T-TAKEN"),
        type("payment_reference", "Here"),
        {
            content: "Elsewhere the same bill is changed",
            trigger: ".o_desk_form",
            async run() {
                const call = (method, args) =>
                    rpc(`/web/dataset/call_kw/account.move/${method}`, {
                        model: "account.move",
                        method,
                        args,
                        kwargs: {},
                    });
                const [id] = await call("search", [[["ref", "=", "T-TAKEN"]]]);
                await call("write", [[id], { payment_reference: "Elsewhere" }]);
            },
        },
        keys("Alt+v", "Validate"),
        ...isRefused(":contains('T-TAKEN'):not(:contains('wf_ana'))", "payment_reference", "Here"),
        keys("Alt+j", "Discard it"),
        {
            content: "What is stored is shown",
            trigger: ".o_desk_form [name='payment_reference'] input:value('Elsewhere')",
        },
        type("payment_reference", "Both"),
        keys("Alt+v", "Validate"),
        nothingLeft,
    ],
});

/** Click a word on the page of the PDF, as the pointer does. */
function clickWord(word) {
    return {
        content: `Click ${word} on the page`,
        trigger: ".o_desk_document iframe",
        async run() {
            const frame = document.querySelector(".o_desk_document iframe");
            const spans = () =>
                [...frame.contentDocument.querySelectorAll(".textLayer span")].filter(
                    (span) => span.textContent.includes(word) && !span.firstElementChild
                );
            await hoot.waitUntil(() => spans().length, { timeout: 20_000 });
            const [span] = spans();
            const range = frame.contentDocument.createRange();
            const start = span.textContent.indexOf(word);
            range.setStart(span.firstChild, start);
            range.setEnd(span.firstChild, start + word.length);
            const { left, top, width, height } = range.getBoundingClientRect();
            const at = { bubbles: true, clientX: left + width / 2, clientY: top + height / 2 };
            const view = frame.contentWindow;
            for (const name of ["mousedown", "mouseup", "click"]) {
                span.dispatchEvent(new view.MouseEvent(name, at));
            }
        },
    };
}

/** Words of the PDF become values of the fields, and are saved. */
tours.add("openpce_desk_word", {
    steps: () => [
        ...isOpen("T-WORD"),
        {
            content: "Choose a field of text",
            trigger: ".o_desk_form [name='payment_reference'] input",
            run: "click",
        },
        { content: "The pane asks for it", trigger: ".o_desk_document .o_openpce_pick" },
        clickWord("PAY-4711"),
        {
            content: "The word is in the field",
            trigger: ".o_desk_form [name='payment_reference'] input:value('PAY-4711')",
        },
        {
            content: "Choose the date that is empty",
            trigger: ".o_desk_form [name='invoice_date'] input",
            run: "click",
        },
        clickWord("2026-03-12"),
        {
            content: "It was read as a date",
            trigger: ".o_desk_form [name='invoice_date']:contains('12'), .o_desk_form [name='invoice_date'] input:value('12/03/2026')",
        },
        {
            content: "The totals of the document",
            trigger: ".o_desk_form a[name='differences_page']",
            run: "click",
        },
        {
            content: "Choose an amount",
            trigger: ".o_desk_form [name='openpce_document_total'] input",
            run: "click",
        },
        clickWord("1,234.50"),
        {
            content: "It was read as a number",
            trigger: ".o_desk_form [name='openpce_document_total'] input:value('1.234,50')",
        },
        clickWord("PAY-4711"),
        {
            content: "What is no amount is not taken, and told",
            trigger: ".o_desk_document .o_openpce_pick:contains('PAY-4711')",
        },
        keys("Alt+l", "To the lines"),
        {
            content: "Choose the price of a line",
            trigger: `${LINES} .o_data_row [name='price_unit']`,
            run: "click",
        },
        { content: "It waits", trigger: `${LINES} .o_selected_row [name='price_unit'] :focus` },
        clickWord("1,234.50"),
        {
            content: "The line has it too",
            trigger: `${LINES} .o_data_row:contains('1.234,50'), ${LINES} [name='price_unit'] input:value('1.234,50')`,
        },
        keys("Alt+s", "Save"),
        { content: "Saved", trigger: ".o_desk_form .o_form_saved" },
    ],
});

/** Search for a text with the keyboard. */
function search(text) {
    return [
        { content: "Search", trigger: ".o_searchview_input", run: `edit ${text}` },
        {
            content: `Look for ${text}`,
            trigger: `.o_searchview_autocomplete .focus:contains('${text}')`,
            run: () => hoot.press("Enter"),
        },
    ];
}

/** The mailbox is sorted and searched. */
tours.add("openpce_desk_sort", {
    steps: () => [
        ...isOpen("T-FIND-1"),
        {
            content: "Larger ones first",
            trigger: "select#o_desk_order",
            run: "select amount",
        },
        {
            content: "The largest is on top; the bill that was open stays open",
            trigger:
                ".o_desk_row:contains('T-FIND-3') ~ .o_desk_row:contains('T-FIND-2') ~ .o_desk_current:contains('T-FIND-1')",
        },
        ...search("T-FIND-2"),
        ...isOpen("T-FIND-2"),
        {
            content: "Only what was looked for",
            trigger: ".o_desk_mailbox:not(:contains('T-FIND-1')):not(:contains('T-FIND-3'))",
        },
    ],
});
