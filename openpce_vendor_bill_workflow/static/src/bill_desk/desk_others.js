import { onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

const CHANGED = "openpce_bill_desk/changed";
const OPENED = "openpce_bill_desk/opened";
/** Milliseconds in which several changes become one reading. */
const GATHER = 400;

/** Who else is at the same bill, and what others changed; told by Odoo's bus. */
export class DeskOthers {
    constructor(desk, bus) {
        this.desk = desk;
        this.bus = bus;
        this.names = {}; // user id → name, of who has the current bill open
        this.changed = new Map();
        this.channels = user.activeCompanies.map((company) => `openpce_bill_desk_${company.id}`);
        this.onOpened = this.onOpened.bind(this);
        this.onChanged = this.onChanged.bind(this);
    }

    start() {
        this.channels.forEach((channel) => this.bus.addChannel(channel));
        this.bus.subscribe(OPENED, this.onOpened);
        this.bus.subscribe(CHANGED, this.onChanged);
    }

    stop() {
        this.tell(false);
        this.bus.unsubscribe(OPENED, this.onOpened);
        this.bus.unsubscribe(CHANGED, this.onChanged);
        this.channels.forEach((channel) => this.bus.deleteChannel(channel));
        browser.clearTimeout(this.timer);
    }

    /** This user opened a bill. */
    opened(billId) {
        this.names = {};
        this.tell(billId);
    }

    tell(billId, answer = false) {
        this.bus.send("openpce_bill_desk_open", { bill_id: billId || false, left: this.billId || false, answer });
        this.billId = billId;
    }

    onOpened({ bill_id, left, user_id, name, answer }) {
        if (user_id === user.userId) {
            return;
        }
        if (bill_id && bill_id === this.billId) {
            this.names = { ...this.names, [user_id]: name };
            // who came later cannot know that we are here
            answer || this.bus.send("openpce_bill_desk_open", { bill_id, left: false, answer: true });
        } else if (user_id in this.names && left === this.billId) {
            const { [user_id]: _gone, ...rest } = this.names;
            this.names = rest;
        }
    }

    onChanged({ ids, user_id, name }) {
        if (user_id === user.userId) {
            return;
        }
        ids.forEach((id) => this.changed.set(id, name));
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(() => {
            const changes = [...this.changed.keys()];
            const by = this.changed.get(this.billId) || name;
            this.changed.clear();
            this.desk.onChangedElsewhere(changes, by);
        }, GATHER);
    }
}

export function useDeskOthers(desk) {
    const others = useState(new DeskOthers(desk, useService("bus_service")));
    others.start();
    onWillUnmount(() => others.stop());
    return others;
}
