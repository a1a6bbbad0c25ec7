import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { deskMemory } from "@openpce_vendor_bill_workflow/bill_desk/desk_memory";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";

defineMailModels();

test("the browser remembers what fits, for one user", () => {
    expect(deskMemory.load("sizes", { mailbox: 300, bill: 500 })).toEqual({ mailbox: 300, bill: 500 });
    deskMemory.save("sizes", { mailbox: 410 });
    expect(deskMemory.load("sizes", { mailbox: 300, bill: 500 })).toEqual({ mailbox: 410, bill: 500 });
    expect(deskMemory.load("order", "deadline")).toBe("deadline");
    browser.localStorage.setItem(`openpce_bill_desk.${user.userId}.order`, "{broken");
    expect(deskMemory.load("order", "deadline")).toBe("deadline");
});

test("another user of the same browser has a memory of the own", () => {
    deskMemory.save("sizes", { mailbox: 410 });
    const mine = user.userId;
    patchWithCleanup(user, {
        get userId() {
            return mine + 1;
        },
    });
    expect(deskMemory.load("sizes", { mailbox: 300 })).toEqual({ mailbox: 300 });
    deskMemory.save("sizes", { mailbox: 555 });
    expect(JSON.parse(browser.localStorage.getItem(`openpce_bill_desk.${mine}.sizes`))).toEqual({ mailbox: 410 });
});

test("what is of another kind than the standard is not taken", () => {
    deskMemory.save("order", { name: "deadline" });
    expect(deskMemory.load("order", "deadline")).toBe("deadline");
    deskMemory.save("sizes", 7);
    expect(deskMemory.load("sizes", { mailbox: 300 })).toEqual({ mailbox: 300 });
    browser.localStorage.setItem(`openpce_bill_desk.${user.userId}.sizes`, "null");
    expect(deskMemory.load("sizes", { mailbox: 300 })).toEqual({ mailbox: 300 });
});
