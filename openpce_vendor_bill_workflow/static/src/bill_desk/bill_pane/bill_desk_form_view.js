import { registry } from "@web/core/registry";
import { Mutex } from "@web/core/utils/concurrency";
import { RelationalModel } from "@web/model/relational_model/relational_model";
import { getBasicEvalContext } from "@web/model/relational_model/utils";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { useViewButtons } from "@web/views/view_button/view_button_hook";
import { markRaw, onMounted, onWillUnmount, useState } from "@odoo/owl";

/** Seconds that a bill loaded ahead may be shown as it was. */
const FRESH = 30;

/** Bills after which the form is drawn anew. */
const DRAWN_ANEW = 20;

/** The bill's form with its next bill loaded ahead, and saves that overwrite nobody. */
export class BillDeskFormModel extends RelationalModel {
    setup(params, services) {
        super.setup(params, services);
        this.loads = markRaw(new Mutex());
        const orm = this.orm;
        this.orm = Object.assign(Object.create(orm), {
            webSave: (resModel, ids, changes, { specification, next_id, ...kwargs }) =>
                orm.call(
                    resModel,
                    "openpce_desk_save",
                    [ids, changes, this.root.data.openpce_version, specification],
                    { ...kwargs, next_id }
                ),
        });
    }

    /**
     * One load after the other: Odoo's own lets the older of two wait for ever, and the desk waits
     * for each (another person's change may come while a bill is being opened).
     */
    load(...params) {
        return this.loads.exec(() => super.load(...params));
    }

    /**
     * Show what is stored, unless something is typed, also while it is being read.
     * @returns {Promise<boolean>} whether the bill is shown as it is stored
     */
    refresh() {
        return this.loads.exec(async () => {
            const { root } = this;
            if (await root.isDirty()) {
                return false;
            }
            const records = await super._loadRecords(this.config, getBasicEvalContext(this.config));
            if (records[0]?.openpce_version === root.data.openpce_version) {
                return true;
            }
            if (await root.isDirty()) {
                return false;
            }
            const { ahead } = this;
            this.ahead = { resId: root.resId, promise: Promise.resolve(records), at: Date.now() };
            await super.load();
            this.ahead = ahead;
            return true;
        });
    }

    async _loadRecords(config, ...rest) {
        const ahead = this.isAhead(config.resId) && this.ahead;
        this.ahead = undefined;
        if (ahead) {
            const records = await ahead.promise;
            if (records?.length) {
                return records;
            }
        }
        return super._loadRecords(config, ...rest);
    }

    isAhead(resId) {
        return this.ahead?.resId === resId && Date.now() - this.ahead.at < FRESH * 1000;
    }

    /** Load what is probably opened next; a failure shows when it is opened. */
    loadAhead(resId) {
        if (this.isAhead(resId)) {
            return;
        }
        const config = { ...this.config, resId, resIds: [resId] };
        const promise = super._loadRecords(config, getBasicEvalContext(config)).catch(() => []);
        this.ahead = { resId, promise, at: Date.now() };
    }

    /** What was loaded ahead is old. */
    forgetAhead(resId) {
        if (this.ahead?.resId === resId) {
            this.ahead = undefined;
        }
    }
}

/** The form stays from bill to bill: opening one is a load, as with the pager. */
export class BillDeskFormController extends FormController {
    static template = "openpce_vendor_bill_workflow.BillDeskForm";

    setup() {
        super.setup();
        const desk = this.env.billDesk;
        // after a button the desk decides which bill comes next
        useViewButtons(this.rootRef, {
            beforeExecuteAction: this.beforeExecuteActionButton.bind(this),
            afterExecuteAction: this.afterExecuteActionButton.bind(this),
            reload: () => desk.afterAction(),
        });
        // Owl keeps all records that a living field has ever shown, and what they hold
        this.bills = 0;
        this.drawing = useState({ key: 0 });
        this.notebookPages = {};
        const { onNotebookPageChange } = this;
        this.onNotebookPageChange = (notebook, page) => {
            onNotebookPageChange(notebook, page);
            page && (this.notebookPages[notebook] = page);
        };
        onMounted(() => desk.setForm(this));
        onWillUnmount(() => desk.setForm(null));
    }

    get modelParams() {
        const params = super.modelParams;
        params.hooks.onRootLoaded = (root) => this.env.billDesk.onRootLoaded(root);
        return params;
    }

    /** Whether something is typed and not saved; also what is in a field that is not left yet. */
    async hasEdits() {
        return this.model.root.isDirty();
    }

    /** Also what is in a field that is not left yet: going back in the browser leaves none. */
    async beforeLeave(options) {
        await this.hasEdits();
        return super.beforeLeave(options);
    }

    /**
     * Save what was typed and show another entry.
     * @returns {Promise<boolean>} false when the user stays, to mend what could not be saved
     */
    async openEntry(resId) {
        const root = this.model.root;
        if (await root.isDirty()) {
            const saved = await root.save({
                reload: false,
                onError: (error, options) => this.onSaveError(error, options, true),
            });
            if (!saved) {
                return false;
            }
        }
        await this.model.load({ resId, resIds: [resId] });
        await this.drawAnewSometimes();
        return true;
    }

    /** A form that lives for ever only grows; a new one has the same page and the same focus. */
    async drawAnewSometimes() {
        if (++this.bills % DRAWN_ANEW) {
            return;
        }
        this.drawing.key++;
        const field = document.activeElement.closest(".o_desk_form .o_field_widget[name]");
        await this.focusField(field?.getAttribute("name"));
    }

    /** Put the caret into a field of the bill, if it is one that can be changed now. */
    async focusField(name) {
        if (name) {
            await new Promise(requestAnimationFrame); // the bill is drawn
            const input = ":is(input, textarea):not([type=checkbox])";
            this.rootRef.el?.querySelector(`.o_field_widget[name="${name}"] ${input}`)?.focus();
        }
    }

    /** Show what is stored; what was typed and not saved is kept: then false. */
    reload() {
        return this.model.refresh();
    }

    /** Forget what was typed and show what is stored, which may be somebody else's by now. */
    async discard() {
        await super.discard();
        await this.model.load();
        this.env.billDesk.state.notice = "";
    }

    /** Press a button of the bill that stands elsewhere on the desk: `action_approve` and such. */
    press(action) {
        const { resModel, resId, context, evalContext } = this.model.root;
        return this.env.onClickViewButton({
            clickParams: { type: "object", name: "action_openpce", args: JSON.stringify([action]) },
            getResParams: () => ({ resModel, resId, resIds: [resId], context, evalContext }),
        });
    }
}

registry.category("views").add("openpce_bill_desk_form", {
    ...formView,
    Controller: BillDeskFormController,
    Model: BillDeskFormModel,
});
