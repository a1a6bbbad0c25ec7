import { onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

const CHANGED = "openpce_bill_desk/changed";
const OPENED = "openpce_bill_desk/opened";
/** Milliseconds in which several changes become one reading. */
const GATHER = 400;
/** Milliseconds between two signs of life, and until silence means that somebody is gone. */
const REMIND = 60_000;
const GONE = 150_000;

/** Who else is at the same bill, and what others changed; told by Odoo's bus. */
export class DeskOthers {
    /** @param {{onChangedElsewhere: (ids: number[], name: string) => void}} changes */
    constructor(changes, bus) {
        this.changes = changes;
        this.bus = bus;
        this.seen = {}; // user id → name and when last heard, of who has the bill open
        this.heard = new Map(); // bill → who changed it
        this.channels = user.activeCompanies.map((company) => `openpce_bill_desk_${company.id}`);
        this.onChanged = this.onChanged.bind(this);
    }

    start() {
        // bound here to what the desk watches, so that it is drawn at once
        this.onOpened = this.onOpened.bind(this);
        this.channels.forEach((channel) => this.bus.addChannel(channel));
        this.bus.subscribe(OPENED, this.onOpened);
        this.bus.subscribe(CHANGED, this.onChanged);
        this.reminder = browser.setInterval(() => this.remind(), REMIND);
    }

    stop() {
        this.tell(false);
        this.bus.unsubscribe(OPENED, this.onOpened);
        this.bus.unsubscribe(CHANGED, this.onChanged);
        this.channels.forEach((channel) => this.bus.deleteChannel(channel));
        browser.clearTimeout(this.timer);
        browser.clearInterval(this.reminder);
    }

    /** This user opened a bill. */
    opened(billId) {
        this.seen = {};
        this.tell(billId);
    }

    tell(billId, answer = false) {
        const left = this.billId !== billId && this.billId;
        this.billId = billId;
        this.bus.send("openpce_bill_desk_open", { bill_id: billId || false, left: left || false, answer });
    }

    /** Names of who else has the bill open. */
    get names() {
        return Object.values(this.seen).map(({ name }) => name);
    }

    /** Say again that we are here; who was not heard for long is gone without a word. */
    remind() {
        this.billId && this.tell(this.billId, true);
        const late = Date.now() - GONE;
        this.seen = Object.fromEntries(Object.entries(this.seen).filter(([, { at }]) => at > late));
    }

    onOpened({ bill_id, left, user_id, name, answer }) {
        if (user_id === user.userId) {
            return;
        }
        if (bill_id && bill_id === this.billId) {
            this.seen = { ...this.seen, [user_id]: { name, at: Date.now() } };
            // who came later cannot know that we are here
            answer || this.tell(bill_id, true);
        } else if (left && left === this.billId) {
            const { [user_id]: _gone, ...rest } = this.seen;
            this.seen = rest;
        }
    }

    onChanged({ ids, user_id, name }) {
        if (user_id === user.userId) {
            return;
        }
        ids.forEach((id) => this.heard.set(id, name));
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(() => {
            const changes = [...this.heard.keys()];
            const by = this.heard.get(this.billId) || name;
            this.heard.clear();
            this.changes.onChangedElsewhere(changes, by);
        }, GATHER);
    }
}

export function useDeskOthers(changes) {
    const others = useState(new DeskOthers(changes, useService("bus_service")));
    onMounted(() => others.start());
    onWillUnmount(() => others.stop());
    return others;
}
