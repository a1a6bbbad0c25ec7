import { _t } from "@web/core/l10n/translation";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";

/**
 * Keys of the desk that no button has: [keys, what they do, callback name and arguments].
 * Letters alone work where nobody types; with Alt they work everywhere.
 */
export const MOVES = [
    ["alt+arrowdown", _t("Next bill"), "move", 1],
    ["alt+arrowup", _t("Previous bill"), "move", -1],
    ["j", _t("Next bill"), "move", 1],
    ["k", _t("Previous bill"), "move", -1],
    ["x", _t("Select the bill"), "toggleCurrent"],
    ["alt+1", _t("To the mailbox"), "focusPane", "mailbox"],
    ["alt+2", _t("To the document"), "focusPane", "document"],
    ["alt+3", _t("To the bill"), "focusPane", "bill"],
    ["alt+l", _t("Lines"), "showLines"],
    ["alt+i", _t("Add a line"), "addLine"],
    ["alt+y", _t("All keys"), "showKeys"],
];

const FOCUSED = {
    mailbox: ".o_desk_mailbox [tabindex='0']",
    document: ".o_desk_document iframe, .o_desk_document button",
    bill: ".o_desk_form .o_form_renderer .o_field_widget input:not([type=checkbox])",
};

const ADD_LINE = ".o_desk_form [name=invoice_line_ids] .o_field_x2many_list_row_add a";
const FRAMES = 30;

/** Register the keys; buttons of the form carry their own `data-hotkey`. */
export function useDeskKeys(desk) {
    const actions = {
        move: (step) => desk.move(step),
        toggleCurrent: () => {
            const { current, selection } = desk.state;
            current && desk.onSelect([current], !selection.has(current));
        },
        focusPane: (pane) => {
            if (desk.panes < 3) {
                desk.state.tab = pane;
            }
            requestAnimationFrame(() => desk.root.el?.querySelector(FOCUSED[pane])?.focus());
        },
        showLines: () => desk.root.el?.querySelector(".o_desk_form a[name=lines]")?.click(),
        addLine: async () => {
            actions.showLines();
            // the page of the lines may take some frames to be drawn, and a bill may be read-only
            for (let frame = 0, link; !link && frame < FRAMES; frame++) {
                await new Promise(requestAnimationFrame);
                link = desk.root.el?.querySelector(ADD_LINE);
                link?.click();
            }
        },
        showKeys: () => desk.showKeys(),
    };
    for (const [key, , name, argument] of MOVES) {
        useHotkey(key, () => actions[name](argument), {
            allowRepeat: name === "move",
            bypassEditableProtection: key.startsWith("alt+"),
        });
    }
}
