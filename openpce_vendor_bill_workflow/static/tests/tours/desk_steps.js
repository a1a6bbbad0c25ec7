import * as hoot from "@odoo/hoot-dom";

/** Wait until a bill is open on the desk: in the mailbox and in the form, with nothing over it. */
export function isOpen(number) {
    return [
        {
            content: `${number} is the current row`,
            trigger: `body:not(:has(.modal)) .o_desk_current:contains('${number}')`,
        },
        {
            content: `${number} is in the form`,
            trigger: `.o_desk_form [name='ref'] input:value('${number}'), .o_desk_form [name='ref'] span:contains('${number}')`,
        },
    ];
}

/** Press keys, as the keyboard does: no pointer. */
export function keys(pressed, content = `Press ${pressed}`) {
    return { content, trigger: ".o_bill_desk .o_desk_form", run: `press ${pressed}` };
}

/** A save is refused with words; what was typed into a field is still there when they are closed. */
export function isRefused(words, field, text) {
    return [
        { content: "It is refused, with the reason", trigger: `.modal${words}` },
        { content: "Close", trigger: ".modal", run: "press Escape" },
        {
            content: "What was typed is still there",
            trigger: `body:not(:has(.modal)) .o_desk_form [name='${field}'] input:value('${text}')`,
        },
    ];
}

/** Walk with Tab from an element to a field and type into it. */
async function typeAfter(start, field, text) {
    await hoot.waitFor(start);
    for (let steps = 0; steps < 40; steps++) {
        if (document.activeElement.closest(`[name='${field}']`)) {
            await hoot.edit(text, { confirm: false });
            return;
        }
        await hoot.press("Tab");
        // a date becomes an input when it gets the focus
        await hoot.animationFrame();
        await hoot.waitUntil(() => document.activeElement !== document.body);
    }
    throw new Error(`Tab does not come to ${field}`);
}

/** Walk with Tab to a field of the form and type into it. */
export function type(field, text) {
    return {
        content: `Type ${text}`,
        trigger: ".o_desk_form",
        async run() {
            await hoot.press(["alt", "3"]);
            await typeAfter(".o_desk_form :focus", field, text);
        },
    };
}

/** Walk with Tab to a field of what has the focus (a dialog, a line) and type into it. */
export function typeHere(field, text, within = ".modal") {
    return {
        content: `Type ${text}`,
        trigger: `${within} [name='${field}']`,
        run: () => typeAfter(`${within} :focus`, field, text),
    };
}

/** Choose a record by its name with the keyboard. */
export function chooseHere(field, name, within = ".modal") {
    return [
        typeHere(field, name, within),
        {
            content: `${name} is offered`,
            trigger: `.o-autocomplete--dropdown-item:contains('${name}') .ui-state-active`,
            run: () => hoot.press("Enter"),
        },
        {
            content: `${name} is taken`,
            trigger: `body:not(:has(.o-autocomplete--dropdown-menu)) ${within} [name='${field}'] input:value('${name}')`,
        },
    ];
}
