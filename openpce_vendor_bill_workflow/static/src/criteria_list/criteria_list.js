import { useExternalListener } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

/** Rows and cells of what a spreadsheet puts on the clipboard. */
export function readCells(text) {
    return text
        .replace(/\r\n?/g, "\n")
        .replace(/\n+$/, "")
        .split("\n")
        .map((row) => row.split("\t").map((cell) => cell.trim()));
}

/**
 * What the pasted rows mean: by their heading when they bring one, else by the order of the columns
 * that can be typed.
 *
 * @param {string[][]} rows
 * @param {{name: string, label: string, typed: boolean}[]} columns as shown, from left to right
 * @returns {{names: string[], rows: string[][]}}
 */
export function mapCells(rows, columns) {
    const heading = rows[0].map((cell) => cell.toLowerCase());
    const named = heading.map((cell) => columns.find((one) => one.label.toLowerCase() === cell));
    const typed = columns.filter((column) => column.typed);
    const known = named.filter(Boolean);
    const body = known.length > 1 || known.length === heading.length ? rows.slice(1) : rows;
    const chosen = body === rows ? rows[0].map((_cell, place) => typed[place]) : named;
    const places = [...chosen.keys()].filter((place) => chosen[place]?.typed);
    return {
        names: places.map((place) => chosen[place].name),
        rows: body.map((row) => places.map((place) => row[place] ?? "")),
    };
}

/** List of criteria into which rows of a spreadsheet are pasted (R5). */
export class CriteriaListController extends ListController {
    setup() {
        super.setup();
        this.orm = useService("orm");
        this.notification = useService("notification");
        useExternalListener(window, "paste", this.onPaste);
    }

    async onPaste(event) {
        const text = event.clipboardData?.getData("text/plain") || "";
        const typing = event.target.closest?.("input, textarea, [contenteditable='true']");
        if (typing || document.querySelector(".modal") || !text.includes("\t")) {
            return;
        }
        event.preventDefault();
        const { names, rows } = mapCells(readCells(text), this.shownColumns);
        if (!names.length || !rows.length) {
            this.notification.add(_t("None of the pasted columns can be typed in this list."), {
                type: "warning",
            });
            return;
        }
        const { count, errors } = await this.orm.call(this.props.resModel, "paste_rows", [
            names,
            rows,
        ]);
        if (errors.length) {
            this.notification.add(errors.join("\n"), {
                title: _t("Nothing was pasted"),
                type: "danger",
                sticky: true,
            });
            return;
        }
        await this.model.load();
        this.notification.add(_t("Rows pasted: %s", count), { type: "success" });
    }

    get shownColumns() {
        const heads = this.rootRef.el.querySelectorAll("thead th[data-name]");
        return [...heads].map((head) => {
            const field = this.props.fields[head.dataset.name];
            return {
                name: head.dataset.name,
                label: head.textContent.trim(),
                typed: Boolean(field) && !field.readonly,
            };
        });
    }
}

registry.category("views").add("openpce_criteria_list", {
    ...listView,
    Controller: CriteriaListController,
});
