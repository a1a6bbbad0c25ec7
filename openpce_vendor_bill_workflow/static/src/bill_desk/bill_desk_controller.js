import { Component, markRaw, onMounted, onWillUnmount, useEffect, useRef, useState, useSubEnv } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { evaluateBooleanExpr } from "@web/core/py_js/py";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { useModel } from "@web/model/model";
import { CallbackRecorder, useSetupAction } from "@web/search/action_hook";
import { CogMenu } from "@web/search/cog_menu/cog_menu";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { standardViewProps } from "@web/views/standard_view_props";
import { MultiRecordViewButton } from "@web/views/view_button/multi_record_view_button";
import { useViewButtons } from "@web/views/view_button/view_button_hook";
import { BillPane } from "./bill_pane/bill_pane";
import { useDeskChanges } from "./desk_changes";
import { useDeskKeys } from "./desk_keys";
import { deskMemory } from "./desk_memory";
import { useDeskOthers } from "./desk_others";
import { DocumentPane, documentFiles } from "./document_pane/document_pane";
import { useDocumentWindow } from "./document_pane/document_window";
import { applyWord, getFormValues } from "./form_values";
import { KeyHelp } from "./key_help/key_help";
import { Mailbox } from "./mailbox/mailbox";
import { PaneBorder } from "./pane_border/pane_border";

/** Widths in pixels at which the desk has three panes, two, or one at a time. */
export const THREE_PANES = 1400;
export const TWO_PANES = 1000;
const ORDERS = {
    deadline: _t("Deadline"),
    entry: _t("Oldest first"),
    newest: _t("Newest first"),
    due: _t("Due date"),
    amount: _t("Amount"),
    supplier: _t("Supplier"),
};
const MINUTE = 60_000;
/** Milliseconds that a bill has for itself before the next one is loaded ahead. */
const AHEAD = 150;

/** Mailbox, document and bill on one screen. */
export class BillDeskController extends Component {
    static template = "openpce_vendor_bill_workflow.BillDesk";
    static components = {
        BillPane,
        CogMenu,
        DocumentPane,
        Layout,
        Mailbox,
        MultiRecordViewButton,
        PaneBorder,
        SearchBar,
    };
    static props = { ...standardViewProps, Model: Function, archInfo: Object };

    setup() {
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.root = useRef("root");
        this.orders = ORDERS;
        this.formLeave = new CallbackRecorder();
        this.screen = this.props.context.openpce_screen || "status";
        const { current = false, folded = [] } = this.props.state || {};
        this.state = useState({
            current,
            entryId: false,
            details: null,
            field: null,
            values: [],
            actions: [],
            selection: new Set(),
            folded: new Set(folded),
            tab: "mailbox",
            notice: "",
            opening: false,
            now: Date.now(),
            width: browser.innerWidth,
            sizes: deskMemory.load("sizes", { mailbox: 330, bill: 520 }),
        });
        this.searchBarToggler = useSearchBarToggler();
        const order = deskMemory.load("order", "deadline");
        const { Model, resModel } = this.props;
        this.model = useState(useModel(Model, { resModel, screen: this.screen, order }));
        useSubEnv({ billDesk: this });
        useViewButtons(this.root, {
            beforeExecuteAction: () => this.canLeave(),
            reload: () => this.afterAction(),
        });
        useSetupAction({
            rootRef: this.root,
            beforeLeave: () => this.canLeave(),
            getLocalState: () => ({ current: this.state.current, folded: [...this.state.folded] }),
        });
        useDeskKeys(this);
        this.changes = useDeskChanges(this);
        this.others = useDeskOthers(this.changes);
        this.secondWindow = useDocumentWindow(
            () => this.documentProps,
            (picked) => this.onPick(picked)
        );
        const onResize = useDebounced(() => (this.state.width = browser.innerWidth), 100);
        let clock;
        onMounted(() => {
            browser.addEventListener("resize", onResize);
            clock = browser.setInterval(() => (this.state.now = Date.now()), MINUTE / 2);
        });
        onWillUnmount(() => {
            browser.removeEventListener("resize", onResize);
            browser.clearInterval(clock);
            browser.clearTimeout(this.ahead);
        });
        // at the beginning, and when another search leaves the bill out
        useEffect(
            () => {
                this.onSelect(
                    [...this.state.selection].filter((id) => !this.model.find(id)),
                    false
                );
                this.openSome();
            },
            () => [this.model.groups]
        );
    }

    // ------------------------------------------------------------------ what is shown

    get panes() {
        const { width } = this.state;
        return width >= THREE_PANES ? 3 : width >= TWO_PANES ? 2 : 1;
    }

    /** Whether a pane is to be seen; the others keep what they hold. */
    shows(pane) {
        const { tab } = this.state;
        if (this.panes === 3) {
            return true;
        }
        if (this.panes === 2 && pane === "bill") {
            return true;
        }
        return tab === pane || (this.panes === 2 && tab === "bill" && pane === "document");
    }

    get tabs() {
        return [
            ["mailbox", _t("Mailbox"), "fa-inbox"],
            ["document", _t("Document"), "fa-file-text-o"],
            ...(this.panes === 1 ? [["bill", _t("Bill"), "fa-list-alt"]] : []),
        ];
    }

    /** Ids of the bills that are not folded away, in their order. */
    get unfolded() {
        const groups = this.model.groups.filter((group) => !this.state.folded.has(group.name));
        return groups.flatMap((group) => group.bills.map(([id]) => id));
    }

    /** The bill that stands `step` places further; the first when the bill is not to be seen. */
    getNeighbour(id, step) {
        const ids = this.unfolded;
        const place = ids.indexOf(id);
        return place < 0 ? ids[0] : ids[place + step];
    }

    get row() {
        return this.model.rows[this.state.current];
    }

    resize(pane, width) {
        this.state.sizes[pane] = width;
        deskMemory.save("sizes", { ...this.state.sizes });
    }

    setOrder(order) {
        this.model.order = order;
        deskMemory.save("order", order);
        return this.model.load();
    }

    // ------------------------------------------------------------------ the bill

    /** The form tells that it is there; null when it goes. */
    async setForm(form) {
        this.form = form;
        const { current, entryId } = this.state;
        if (form && entryId && form.model.root.resId !== entryId) {
            // the user moved on while it was being made
            await form.openEntry(entryId);
        }
        if (this.form) {
            this.onRootLoaded(form.model.root);
            this.loadAhead(current);
        }
    }

    /** What other panes show of the form's data. */
    onRootLoaded(root) {
        if (!this.form) {
            return; // being made: drawing the desk now would make it again
        }
        this.state.values = getFormValues(root);
        this.state.actions = root.data.openpce_actions || [];
    }

    /**
     * Show a bill; what was typed into the one before is saved, or the user stays.
     * @returns {Promise<boolean>} whether it is shown
     */
    async open(id, { tab } = {}) {
        const bill = id && this.model.find(id);
        if (!bill || this.state.opening) {
            return false;
        }
        if (tab && this.panes < 3) {
            this.state.tab = tab;
        }
        if (id === this.state.current && this.state.entryId === bill[1]) {
            return true;
        }
        const details = this.model.loadDetails(id, this.getNeighbour(id, 1));
        this.state.opening = true;
        try {
            if (this.form && bill[1] && !(await this.form.openEntry(bill[1]))) {
                return false;
            }
        } finally {
            this.state.opening = false;
        }
        Object.assign(this.state, { current: id, entryId: bill[1], notice: "", field: null, details: null });
        this.others.opened(id);
        // this bill first: what is loaded ahead must not keep it from being drawn
        browser.clearTimeout(this.ahead);
        this.ahead = browser.setTimeout(() => this.loadAhead(id), AHEAD);
        const found = await details;
        if (this.state.current === id) {
            this.state.details = found;
        }
        return true;
    }

    /** Load the bill that is probably opened next: its form, its surroundings, its file. */
    async loadAhead(id) {
        const next = this.getNeighbour(id, 1);
        const bill = next && this.model.find(next);
        if (bill?.[1] && this.form) {
            this.form.model.loadAhead(bill[1]);
            const { documents } = await this.model.loadDetails(next);
            documents.length && documentFiles.prefetch(documents[0]);
        }
    }

    move(step) {
        return this.open(this.getNeighbour(this.state.current, step));
    }

    canLeave() {
        return Promise.all(this.formLeave.callbacks.map((callback) => callback())).then(
            (answers) => !answers.includes(false)
        );
    }

    /** Keep the bill that is open, if it is in the mailbox; else open the first. */
    async openSome() {
        const { current, entryId } = this.state;
        const stays = current && entryId && (this.model.find(current) || (await this.form?.hasEdits()));
        if (this.acting || stays) {
            return;
        }
        const kept = current && this.model.find(current);
        await this.openOrEmpty(kept ? current : this.getNeighbour(false, 1));
    }

    async openOrEmpty(id) {
        if (!(await this.open(id)) && !this.model.find(this.state.current)) {
            const tab = "mailbox";
            Object.assign(this.state, { current: false, entryId: false, details: null, tab });
        }
    }

    /** The field in which the user works: after a button the caret stands there again. */
    onFocusIn({ target }) {
        if (!target.closest(".o_desk_form")) {
            this.caret = undefined;
        } else if (!target.closest("button")) {
            const field = target.closest(".o_field_widget[name]");
            const isOfLine = field?.parentElement.closest(".o_field_widget[name]");
            this.caret = isOfLine ? undefined : field?.getAttribute("name");
        }
    }

    /** A button was pressed: the bill is shown as it is now, or the next one when it is gone. */
    async afterAction() {
        const { caret } = this;
        await this.followAction();
        // on a phone it would call the keyboard
        this.panes > 1 && (await this.form?.focusField(caret));
    }

    async followAction() {
        const { current, selection } = this.state;
        const after = [1, -1].map((step) => this.getNeighbour(current, step));
        const several = selection.size > 0;
        selection.clear();
        this.model.forget(current);
        this.acting = true;
        try {
            if (!several && (await this.model.dropIfGone(current))) {
                this.changes.readSoon([]); // what else came or went shows a little later
            } else {
                await this.model.load({ changed: [current] });
            }
            if (this.model.find(current)) {
                await Promise.all([this.form?.model.load(), this.model.refreshRows([current])]);
                this.state.details = await this.model.loadDetails(current);
                return;
            }
            const next = after.find((id) => id && this.model.find(id));
            await this.openOrEmpty(next || this.getNeighbour(false, 1));
        } finally {
            this.acting = false;
        }
    }

    loadAgain() {
        return this.form.discard();
    }

    // ------------------------------------------------------------------ document

    /** What the document pane shows, here and in the second window: plain data. */
    get documentProps() {
        const { current, details, field, values } = this.state;
        return {
            documents: details ? details.documents : [],
            documentKey: current,
            values,
            activeField: field && { name: field.name, label: field.label, kind: field.kind },
            loading: Boolean(current) && !details,
        };
    }

    /** Another input of the bill has the focus; a click on the document is none, the field waits. */
    onField(field) {
        this.state.field = field && markRaw(field);
        this.state.values = getFormValues(this.form?.model.root);
    }

    async onPick({ text, value }) {
        const { field } = this.state;
        const record = field?.getRecord();
        const told = await applyWord(record && { ...field, record }, text, value);
        if (told) {
            this.notification.add(told, { type: "warning" });
        }
    }

    // ------------------------------------------------------------------ several bills

    onSelect(ids, whether) {
        for (const id of ids) {
            this.state.selection[whether ? "add" : "delete"](id);
        }
    }

    onFold(name) {
        const { folded } = this.state;
        folded.has(name) ? folded.delete(name) : folded.add(name);
    }

    get bulkButtons() {
        const context = { ...user.context, ...this.props.context };
        return this.props.archInfo.buttons.filter(
            (button) => !evaluateBooleanExpr(button.invisible, { context, uid: user.userId })
        );
    }

    /** The chosen bills, as the buttons of a list expect them. */
    get chosen() {
        const { context, resModel } = this.props;
        return {
            context,
            resModel,
            evalContext: { context, uid: user.userId },
            getResIds: async () => [...this.state.selection],
        };
    }

    // ------------------------------------------------------------------ buttons and keys

    canPress(action) {
        return this.state.actions.includes(action);
    }

    showKeys() {
        this.dialog.add(KeyHelp, {});
    }
}
