import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { MOVES } from "../desk_keys";
import { DOCUMENT_KEYS } from "../document_pane/document_keys";

/** Keys of the form's own buttons, as their `data-hotkey` says. */
export const BUTTONS = [
    ["v", _t("Validate, or check again")],
    ["a", _t("Approve")],
    ["shift+a", _t("Approve with comment")],
    ["r", _t("Reject")],
    ["f", _t("Forward")],
    ["e", _t("Return to supplier")],
    ["o", _t("Hold, or go on")],
    ["z", _t("Reset")],
    ["d", _t("Not a duplicate")],
    ["g", _t("Group lines")],
    ["s", _t("Save")],
    ["j", _t("Discard what was typed")],
].map(([key, text]) => [`alt+${key}`, text]);

/** All keys of the desk. */
export class KeyHelp extends Component {
    static template = "openpce_vendor_bill_workflow.KeyHelp";
    static components = { Dialog };
    static props = { close: Function };

    get parts() {
        return [
            { title: _t("Bills"), keys: MOVES.map(([key, text]) => [key, text]) },
            { title: _t("Buttons"), keys: BUTTONS },
            { title: _t("Document"), keys: DOCUMENT_KEYS.map(([key, text]) => [key, text]) },
        ];
    }

    show(key) {
        const words = { arrowdown: "↓", arrowup: "↑", arrowright: "→", pagedown: _t("PgDn"), pageup: _t("PgUp") };
        return key.split("+").map((part) => words[part] || part[0].toUpperCase() + part.slice(1));
    }
}
