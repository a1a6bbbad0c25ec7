import * as hoot from "@odoo/hoot-dom";
import { registry } from "@web/core/registry";
import { isOpen, isRefused, keys, type } from "./desk_steps";
import { DIALOG } from "./tour_steps";

const tours = registry.category("web_tour.tours");

/** Ten bills are treated with the keyboard alone; what was typed is saved by every way on. */
tours.add("openpce_desk_keyboard", {
    steps: () => [
        ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].flatMap((each) => {
            const number = `T-KEY-${String(each).padStart(2, "0")}`;
            return [...isOpen(number), type("payment_reference", `PR ${each}`), keys("Alt+v")];
        }),
        { content: "All are done", trigger: ".o_bill_desk .o_desk_empty" },
    ],
});

/** Moving on saves; going back shows it; all keys are told. */
tours.add("openpce_desk_moves", {
    steps: () => [
        ...isOpen("T-GO-1"),
        type("payment_reference", "Kept"),
        keys("Alt+ArrowDown"),
        ...isOpen("T-GO-2"),
        keys("Alt+ArrowUp"),
        ...isOpen("T-GO-1"),
        {
            content: "What was typed was saved",
            trigger: ".o_desk_form [name='payment_reference'] input:value('Kept')",
        },
        keys("Alt+y", "Ask for the keys"),
        { content: "They are told", trigger: ".modal .o_desk_keys kbd" },
        { content: "Close them", trigger: ".modal", run: "press Escape" },
        keys("Alt+1", "To the mailbox"),
        { content: "Letters alone", trigger: "body:not(:has(.modal)) .o_desk_row", run: "press j" },
        ...isOpen("T-GO-2"),
        { content: "Select it", trigger: ".o_desk_row", run: "press x" },
        {
            content: "It is selected, and many can be done at once",
            trigger: ".o_control_panel:has(button[name='action_bulk_validate']) .o_desk_selection:contains('1')",
        },
        {
            content: "Fold the group",
            trigger: ".o_desk_group button[aria-expanded='true']:contains('2')",
            run: "click",
        },
        { content: "Its bills are away", trigger: ".o_desk_mailbox:not(:has(.o_desk_row))" },
        {
            content: "The border is moved with the arrow keys",
            trigger: ".o_desk_border",
            async run() {
                const border = document.querySelector(".o_desk_border");
                const before = Number(border.getAttribute("aria-valuenow"));
                border.focus();
                await hoot.press("ArrowRight");
                await hoot.animationFrame();
                if (Number(border.getAttribute("aria-valuenow")) <= before) {
                    throw new Error("The mailbox is not wider");
                }
            },
        },
    ],
});

/** A second save does not overwrite what somebody else saved; nothing typed is lost. */
tours.add("openpce_desk_conflict", {
    steps: () => [
        ...isOpen("T-TWO"),
        type("payment_reference", "Mine"),
        keys("Alt+s", "Save"),
        ...isRefused(":contains('wf_carla'):contains('T-TWO')", "payment_reference", "Mine"),
        keys("Alt+j", "Discard"),
    ],
});

/** On the phone a supervisor approves, rejects and comments with the thumb. */
tours.add("openpce_desk_phone", {
    steps: () => [
        { content: "Open a bill", trigger: ".o_desk_row:contains('T-PHONE-1')", run: "click" },
        {
            content: "Its form is shown, and approving is in reach",
            trigger: ".o_desk_right:not(.d-none) .o_desk_form",
        },
        { content: "Approve", trigger: ".o_desk_thumb button.btn-primary", run: "click" },
        {
            content: "The next one is open",
            trigger: "body:not(:has(.modal)) .o_desk_form [name='ref'] input:value('T-PHONE-2')",
        },
        {
            content: "Comment",
            trigger: ".o_desk_thumb button:eq(1)",
            run: "click",
        },
        {
            content: "Say something",
            trigger: `${DIALOG} [name='text'] :is(input, textarea)`,
            run: "edit Agreed by telephone",
        },
        { content: "Confirm", trigger: ".modal button[name='action_confirm']", run: "click" },
        {
            content: "The next one is open",
            trigger: "body:not(:has(.modal)) .o_desk_form [name='ref'] input:value('T-PHONE-3')",
        },
        { content: "Reject", trigger: ".o_desk_thumb button:eq(2)", run: "click" },
        { content: "Reasons", trigger: `${DIALOG} [name='reason_id'] input`, run: "click" },
        {
            content: "On the phone they are cards",
            trigger: ".modal .o_kanban_record:contains('Reason R')",
            run: "click",
        },
        {
            content: "Say why",
            trigger: `${DIALOG} [name='text'] :is(input, textarea)`,
            run: "edit Wrong amount",
        },
        { content: "Confirm", trigger: ".modal button[name='action_confirm']", run: "click" },
        { content: "Nothing is left", trigger: "body:not(:has(.modal)) .o_desk_empty" },
    ],
});
