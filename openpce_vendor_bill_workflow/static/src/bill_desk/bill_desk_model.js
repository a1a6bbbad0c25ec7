import { markRaw } from "@odoo/owl";
import { Domain } from "@web/core/domain";
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
        // not observed: what is drawn changes with the groups and the rows
        this.details = markRaw(new Map());
        this.asked = markRaw(new Set());
    }

    /**
     * @override: a search; what was known of rows may be old.
     * @param {{changed?: number[]}} [params] ids whose rows alone are old, when that is known
     */
    load({ changed, domain = this.domain, context = this.context } = {}) {
        this.domain = domain;
        this.context = context;
        // one after the other: whoever waits for a reading gets its end, the last one counts
        return this.mutex.exec(() => this.readMailbox(changed));
    }

    setGroups(groups) {
        // ten thousand pairs to be replaced as a whole: observing each costs more than drawing
        this.bills = markRaw(groups.flatMap((group) => group.bills));
        this.places = markRaw(new Map(this.bills.map(([id], index) => [id, index])));
        this.groups = markRaw(groups);
    }

    /**
     * Ask for one bill; one that is gone is taken out without reading the others again.
     * @returns {Promise<boolean>} whether it is gone
     */
    dropIfGone(id) {
        return this.mutex.exec(async () => {
            const domain = Domain.and([this.domain, [["id", "=", id]]]).toList();
            const found = await this.askMailbox(domain);
            const isGone = !found.groups.some(({ bills }) => bills.length);
            if (isGone && this.places.has(id)) {
                const rest = ({ bills, ...group }) => ({
                    ...group,
                    bills: bills.filter(([one]) => one !== id),
                });
                this.setGroups(this.groups.map(rest));
                this.asked.delete(id);
                delete this.rows[id];
            }
            return isGone;
        });
    }

    askMailbox(domain) {
        return this.orm.call(
            this.resModel,
            "get_desk_mailbox",
            [domain, this.screen, this.order],
            { context: this.context }
        );
    }

    async readMailbox(changed) {
        const { groups, more } = await this.askMailbox(this.domain);
        this.more = more;
        this.setGroups(groups);
        const gone = [...this.asked].filter((id) => !this.places.has(id));
        for (const id of changed ? [...changed, ...gone] : [...this.asked]) {
            this.asked.delete(id);
        }
        for (const id of gone) {
            delete this.rows[id];
        }
        if (!changed) {
            await this.readRows(this.bills.slice(0, PAGE / 2).map(([id]) => id));
        }
    }

    hasData() {
        return Boolean(this.bills?.length);
    }

    /** @returns {[number, number | false] | undefined} the bill and its entry, if it is here */
    find(id) {
        return this.bills?.[this.places.get(id)];
    }

    /** Read what is in sight, and when something lacks, also what one comes to next. */
    async loadRows(ids) {
        if (ids.some((id) => !this.asked.has(id))) {
            const [first, last] = [ids[0], ids.at(-1)].map((id) => this.places.get(id));
            const around = this.bills.slice(Math.max(0, first - PAGE / 2), last + PAGE / 2);
            await this.readRows([...ids, ...around.map(([id]) => id)]);
        }
    }

    /** Read rows that are not known yet. */
    async readRows(ids) {
        const missing = [...new Set(ids)].filter((id) => !this.asked.has(id)).slice(0, PAGE * 2);
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
        await this.readRows(ids.filter((id) => this.places.has(id)));
    }

    /**
     * Documents, approvals and owners of lines of a bill; asked for once, also when asked ahead.
     * @param {number} id
     * @param {number} [next] asked for with it, when it has to be asked at all
     * @returns {Promise<{documents: Object[], approvals: Object[], owners: Object[]}>}
     */
    loadDetails(id, next) {
        if (!this.hasFreshDetails(id)) {
            const ids = next && !this.hasFreshDetails(next) ? [id, next] : [id];
            const asked = this.orm.silent.call(this.resModel, "get_desk_details", [ids], {
                context: this.context,
            });
            ids.forEach((one) => this.keepDetails(one, asked));
        }
        return this.details.get(id).promise;
    }

    hasFreshDetails(id) {
        return Date.now() - (this.details.get(id)?.at || 0) < FRESH * 1000;
    }

    keepDetails(id, asked) {
        const promise = asked.then(
            (found) => found[id] || { documents: [], approvals: [], owners: [] }
        );
        this.details.delete(id);
        this.details.set(id, { promise, at: Date.now() });
        if (this.details.size > KEPT) {
            this.details.delete(this.details.keys().next().value);
        }
        promise.catch(() => this.forget(id));
    }

    /** What was loaded of a bill is old. */
    forget(id) {
        this.details.delete(id);
    }
}
