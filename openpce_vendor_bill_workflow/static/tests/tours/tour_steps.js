/** The form in a dialog. */
export const DIALOG = ".modal .o_form_view";

/** From the desk to the ordinary list. */
export function leaveDesk() {
    return {
        content: "Leave the desk for the list",
        trigger: "body:has(.o_bill_desk)",
        run: () => document.querySelector(".o_switch_view.o_list").click(),
    };
}

/** Steps from the landing page to the list that a card opens. */
export function openCard(card) {
    return [
        {
            content: "The landing page counts what waits",
            trigger: `.o_openpce_home [data-card='${card}']:not(:contains('0'))`,
            run: "click",
        },
        leaveDesk(),
        { content: "Its list", trigger: ".o_list_view .o_data_row" },
    ];
}

/** Open the bill of a list by a text of its row. */
export function openBill(text) {
    return {
        content: "Open the bill",
        trigger: `.o_data_row:contains('${text}') .o_data_cell[name='ref']`,
        run: "click",
    };
}

/** Wait until the bill on the screen, without a dialog over it, has come to a state. */
export function isNow(state) {
    return {
        content: `It is now ${state}`,
        trigger: `body:not(:has(.modal)) .o_statusbar_status .o_arrow_button_current[data-value='${state}']`,
    };
}

/** Press a button of the bill, once it is offered. */
export function press(button) {
    return {
        content: `Press ${button}`,
        trigger: `.o_form_view .o_openpce_${button}`,
        run: "click",
    };
}

/** Choose a record by its name in a field. */
export function choose(field, name) {
    return [
        { content: `Look for ${name}`, trigger: `${field} input`, run: `edit ${name}` },
        {
            content: `Take ${name}`,
            trigger: `.o-autocomplete--dropdown-item:contains('${name}')`,
            run: "click",
        },
    ];
}
