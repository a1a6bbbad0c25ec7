import { Component, onWillRender, useEffect, useRef } from "@odoo/owl";
import { CheckBox } from "@web/core/checkbox/checkbox";
import { deserializeDate, deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { useVirtualGrid } from "@web/core/virtual_grid_hook";
import { formatMonetary } from "@web/views/fields/formatters";
import { getCountdown } from "../countdown";

export const HEAD_HEIGHT = 34;
export const ROW_HEIGHT = 78;

/** The left pane: all bills of the search in their groups; only what is in sight is drawn. */
export class Mailbox extends Component {
    static template = "openpce_vendor_bill_workflow.Mailbox";
    static components = { CheckBox };
    static props = {
        model: Object,
        current: { type: [Number, { value: false }] },
        selection: Set,
        folded: Set,
        now: Number,
        onOpen: Function,
        onSelect: Function, // (ids, whether)
        onFold: Function, // (name of the group)
    };

    setup() {
        this.scroll = useRef("scroll");
        this.grid = useVirtualGrid({ scrollableRef: this.scroll, bufferCoef: 0.5 });
        this.items = [];
        this.days = new Map(); // date of the server → as it is shown
        onWillRender(() => this.layOut());
        useEffect(
            () => this.keepInSight(),
            () => [this.props.current, this.props.model.groups]
        );
    }

    /** Groups and their bills as one column of known heights. */
    layOut() {
        const { groups } = this.props.model;
        const foldedKey = [...this.props.folded].join();
        if (this.drawn !== groups || this.foldedKey !== foldedKey) {
            this.drawn = groups;
            this.foldedKey = foldedKey;
            this.items = [];
            let top = 0;
            for (const group of groups) {
                this.items.push({ key: group.name, group, top, height: HEAD_HEIGHT });
                top += HEAD_HEIGHT;
                for (const [id] of this.props.folded.has(group.name) ? [] : group.bills) {
                    this.items.push({ key: id, id, top, height: ROW_HEIGHT });
                    top += ROW_HEIGHT;
                }
            }
            this.height = top;
            this.places = new Map(this.items.map((item) => [item.key, item]));
            this.grid.setRowsHeights(this.items.map((item) => item.height));
        }
        const [first, last] = this.grid.rowsIndexes || [];
        this.shown = first === undefined ? [] : this.items.slice(first, last + 1);
        this.props.model.loadRows(this.shown.filter((item) => item.id).map((item) => item.id));
    }

    keepInSight() {
        const item = this.places.get(this.props.current);
        const el = this.scroll.el;
        if (!item || !el) {
            return;
        }
        const below = item.top + item.height - el.clientHeight;
        if (item.top < el.scrollTop + HEAD_HEIGHT) {
            el.scrollTop = item.top - HEAD_HEIGHT;
        } else if (below > el.scrollTop) {
            el.scrollTop = below;
        }
        const opened = this.kept !== this.props.current;
        this.kept = this.props.current;
        // once the row is drawn: the keyboard goes on from the bill that is open; but a reading of
        // the mailbox takes no focus that a field has lost for a moment, as Odoo's dates do
        requestAnimationFrame(() => {
            const active = document.activeElement;
            if (el.contains(active) || (opened && active === document.body)) {
                el.querySelector("[tabindex='0']")?.focus({ preventScroll: true });
            }
        });
    }

    row(id) {
        return this.props.model.rows[id];
    }

    amount(row) {
        return formatMonetary(row.amount_total, { currencyId: row.currency_id });
    }

    date({ invoice_date: day }) {
        // luxon looks the language up for each date: the dearest part of drawing a row
        if (day && !this.days.has(day)) {
            this.days.set(day, formatDate(deserializeDate(day)));
        }
        return this.days.get(day) || "";
    }

    countdown(row) {
        return row.deadline ? getCountdown(deserializeDateTime(row.deadline), this.props.now) : null;
    }

    isWhole(group) {
        return group.bills.length > 0 && group.bills.every(([id]) => this.props.selection.has(id));
    }

    onClickRow(event, id) {
        if (event.target.closest("input, label")) {
            return;
        }
        if (event.ctrlKey || event.metaKey) {
            this.props.onSelect([id], !this.props.selection.has(id));
        } else if (event.shiftKey) {
            this.props.onSelect(this.between(this.props.current, id), true);
        } else {
            this.props.onOpen(id);
        }
    }

    /** Bills from one to another, both included. */
    between(from, to) {
        const ids = this.items.filter((item) => item.id).map((item) => item.id);
        const ends = [ids.indexOf(from), ids.indexOf(to)].sort((a, b) => a - b);
        return ids.slice(Math.max(ends[0], 0), ends[1] + 1);
    }
}
