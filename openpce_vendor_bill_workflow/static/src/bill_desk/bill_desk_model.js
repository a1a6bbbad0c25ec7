import { markRaw } from "@odoo/owl";
import { Model } from "@web/model/model";
import { Mutex } from "@web/core/utils/concurrency";

/** What a row of the mailbox shows. */
const ROW = {
    ref: {},
    partner_id: { fields: { display_name: {} } },
    amount_total: {},
    currency_id: {},
    invoice_date: {},
    state: {},
    hold_reason: {},
    holder: {},
    deadline: {},
    overdue: {},
    age: {},
    old: {},
    desk_note: {},
};
const PAGE = 60;
/** Seconds that what was loaded ahead may be used. */
const FRESH = 30;
/** Bills whose surroundings are kept: the one before, this one and the next. */
const KEPT = 3;

/**
 * The mailbox of the bill desk: ids of all bills in their groups, rows as they come into sight, and
 * what stands around a bill. A bill is `[bill id, entry id]`, as the server tells it.
 */
export class BillDeskModel extends Model {
    setup({ resModel, screen, order }) {
        this.resModel = resModel;
        this.screen = screen;
        this.order = order;
        this.groups = [];
        this.more = false;
        this.rows = {};
        this.mutex = markRaw(new Mutex());
        this.details = new Map();
        this.asked = new Set();
    }

    /** @override: a search; what was known of rows may be old. */
    load({ domain = this.domain, context = this.context } = {}) {
        this.domain = domain;
        this.context = context;
        // one after the other: whoever waits for a reading gets its end, the last one counts
        return this.mutex.exec(() => this.readMailbox());
    }

    async readMailbox() {
        const { groups, more } = await this.orm.call(
            this.resModel,
            "get_desk_mailbox",
            [this.domain, this.screen, this.order],
            { context: this.context }
        );
        this.asked.clear();
        this.groups = groups;
        this.more = more;
        this.bills = groups.flatMap((group) => group.bills);
        this.places = new Map(this.bills.map(([id], index) => [id, index]));
        for (const id of Object.keys(this.rows)) {
            if (!this.places.has(Number(id))) {
                delete this.rows[id];
            }
        }
        await this.loadRows(this.bills.slice(0, PAGE / 2).map(([id]) => id));
    }

    hasData() {
        return Boolean(this.bills?.length);
    }

    /** @returns {[number, number | false] | undefined} the bill and its entry, if it is here */
    find(id) {
        return this.bills?.[this.places.get(id)];
    }

    /** Read what is to be seen and is not known yet. */
    async loadRows(ids) {
        const missing = ids.filter((id) => !this.asked.has(id)).slice(0, PAGE * 2);
        if (!missing.length) {
            return;
        }
        missing.forEach((id) => this.asked.add(id));
        try {
            const rows = await this.orm.webRead(this.resModel, missing, {
                specification: ROW,
                context: this.context,
            });
            for (const row of rows) {
                this.rows[row.id] = row;
            }
        } catch (error) {
            missing.forEach((id) => this.asked.delete(id));
            throw error;
        }
    }

    /** Read rows again that somebody changed. */
    async refreshRows(ids) {
        ids.forEach((id) => this.asked.delete(id));
        await this.loadRows(ids.filter((id) => this.places.has(id)));
    }

    /**
     * Documents, approvals and owners of lines of a bill; asked for once, also when asked ahead.
     * @returns {Promise<{documents: Object[], approvals: Object[], owners: Object[]}>}
     */
    loadDetails(id) {
        const known = this.details.get(id);
        if (known && Date.now() - known.at < FRESH * 1000) {
            return known.promise;
        }
        const promise = this.orm
            .silent.call(this.resModel, "get_desk_details", [[id]], { context: this.context })
            .then((found) => found[id] || { documents: [], approvals: [], owners: [] });
        this.details.delete(id);
        this.details.set(id, { promise, at: Date.now() });
        if (this.details.size > KEPT) {
            this.details.delete(this.details.keys().next().value);
        }
        promise.catch(() => this.forget(id));
        return promise;
    }

    /** What was loaded of a bill is old. */
    forget(id) {
        this.details.delete(id);
    }
}
