import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";

const key = (name) => `openpce_bill_desk.${user.userId}.${name}`;

/** What the browser remembers of a user's desk: widths, order. */
export const deskMemory = {
    load(name, standard) {
        try {
            const kept = JSON.parse(browser.localStorage.getItem(key(name)));
            if (kept === null || typeof kept !== typeof standard) {
                return standard;
            }
            return typeof standard === "object" ? { ...standard, ...kept } : kept;
        } catch {
            return standard; // somebody else wrote there
        }
    },
    save(name, value) {
        browser.localStorage.setItem(key(name), JSON.stringify(value));
    },
};
