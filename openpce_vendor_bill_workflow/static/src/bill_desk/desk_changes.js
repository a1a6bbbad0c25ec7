import { markRaw, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";

/** Milliseconds until the mailbox is read again after others changed bills of it, or any. */
const SOON = 1_000;
const LATER = 15_000;

/** What was saved here or by others: the rows, the mailbox and the open bill follow. */
export class DeskChanges {
    constructor(desk) {
        this.desk = desk;
        this.saved = new Set();
        this.changed = new Set();
        this.readingAt = Infinity;
    }

    stop() {
        browser.clearTimeout(this.refreshing);
        browser.clearTimeout(this.reading);
    }

    /** The row follows in a moment: a button that saved first mostly takes the bill away. */
    onSaved(id) {
        this.desk.model.forget(id);
        this.saved.add(id);
        browser.clearTimeout(this.refreshing);
        this.refreshing = browser.setTimeout(() => {
            this.desk.model.refreshRows([...this.saved]);
            this.saved.clear();
        }, SOON);
    }

    /** Somebody else changed bills; told by the bus. */
    async onChangedElsewhere(ids, name) {
        const { model, form, state } = this.desk;
        for (const id of ids) {
            model.forget(id);
            form?.model.forgetAhead(model.find(id)?.[1]);
        }
        if (ids.includes(state.current) && form && !(await form.reload())) {
            state.notice = _t(
                "%s changed this bill while you are typing. What you typed is kept and not saved over it.",
                name
            );
        }
        this.readSoon(ids, name);
    }

    /** Read the mailbox again: soon when its bills changed, else when it may have new ones. */
    readSoon(ids, name = _t("Somebody")) {
        const known = ids.filter((id) => this.desk.model.find(id));
        const wait = known.length ? SOON : LATER * (1 + Math.random());
        const at = Date.now() + wait;
        known.forEach((id) => this.changed.add(id));
        if (this.readingAt <= at) {
            return;
        }
        this.readingAt = at;
        browser.clearTimeout(this.reading);
        this.reading = browser.setTimeout(() => this.read(name), wait);
    }

    async read(name) {
        const { model, state } = this.desk;
        const changed = [...this.changed];
        this.readingAt = Infinity;
        this.changed.clear();
        await model.load();
        await model.refreshRows(changed);
        const gone = state.current && !model.find(state.current);
        if (gone && (await this.desk.form?.hasEdits())) {
            state.notice = _t("%s took this bill further.", name);
        }
    }
}

export function useDeskChanges(desk) {
    const changes = markRaw(new DeskChanges(desk));
    onWillUnmount(() => changes.stop());
    return changes;
}
