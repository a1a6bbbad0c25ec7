import { expect, test } from "@odoo/hoot";
import { press, queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, Deferred } from "@odoo/hoot-mock";
import { user } from "@web/core/user";
import { contains, MockServer, onRpc } from "@web/../tests/web_test_helpers";
import {
    defineDesk,
    ENTRY,
    hear,
    leaveForm,
    listed,
    makeBills,
    openDesk,
    saveElsewhere,
    settle,
    shown,
    stored,
    type,
} from "./desk_helpers";

defineDesk();

test("a change elsewhere is shown at once when nothing is typed", async () => {
    makeBills(3);
    await openDesk();
    MockServer.env["openpce.bill"].write([1], { desk_note: "Empty: Date" });
    await saveElsewhere(1, { narration: "by Ana" });
    expect(shown("narration")).toBe("by Ana");
    expect("section[aria-label='Bill'] .alert-warning").toHaveCount(0);
    await advanceTime(1_500);
    await settle();
    expect(".o_desk_row[data-bill='1'] .o_desk_note").toHaveText("Empty: Date");
});

test("a change elsewhere while typing keeps what was typed and tells who it was", async () => {
    makeBills(3);
    await openDesk();
    await type("narration", "mine");
    await saveElsewhere(1, { ref: "FV-1 by Ana" });
    expect(shown("narration")).toBe("mine");
    expect(shown("ref")).toBe("FV-1");
    expect("section[aria-label='Bill'] [role='status']").toHaveText(/Ana changed this bill while you are typing/);
    await press(["alt", "ArrowDown"]);
    await settle();
    expect(".modal").toHaveText(/Ana changed this bill/);
    await contains(".modal button:contains(Stay here)").click();
    await settle();
    expect(shown("narration")).toBe("mine");
    expect(stored(1).narration).not.toBe("mine", { message: "nothing is saved over hers" });
    await contains("button:contains(Load it again)").click();
    await settle();
    expect([shown("ref"), shown("narration")]).toEqual(["FV-1 by Ana", ""]);
    expect("section[aria-label='Bill'] .alert-warning").toHaveCount(0);
    await type("narration", "mine");
    await press(["alt", "ArrowDown"]);
    await settle();
    expect(stored(1).narration).toBe("mine");
});

test("what is typed while the change of another is being read is kept", async () => {
    makeBills(1);
    const read = new Deferred();
    await openDesk();
    onRpc("account.move", "web_read", async ({ parent }) => {
        const found = parent();
        await read;
        return found;
    });
    await saveElsewhere(1, { ref: "FV-1 by Ana" });
    await type("narration", "mine");
    read.resolve();
    await settle();
    expect([shown("ref"), shown("narration")]).toEqual(["FV-1", "mine"]);
    expect("section[aria-label='Bill'] [role='status']").toHaveText(/Ana changed this bill while you are typing/);
});

test("a bill that others took away stays while one types in it, then the next opens", async () => {
    makeBills(3);
    await openDesk();
    await type("narration", "mine");
    MockServer.env["openpce.bill"].write([1], { mailbox: "elsewhere" });
    await hear("changed", { ids: [1], user_id: 99, name: "Ana" });
    await advanceTime(1_500);
    await settle();
    expect(listed()).toEqual(["FV-2", "FV-3"]);
    expect([shown("ref"), shown("narration")]).toEqual(["FV-1", "mine"]);
    expect("section[aria-label='Bill'] [role='status']").toHaveText(/Ana took this bill further/);
    MockServer.env["openpce.bill"].write([2], { mailbox: "elsewhere" });
    await contains(".o_desk_row:eq(1)").click();
    await settle();
    expect(shown("ref")).toBe("FV-3");
    MockServer.env["openpce.bill"].write([3], { mailbox: "held" });
    MockServer.env["openpce.bill"].write([1], { mailbox: "held" });
    await hear("changed", { ids: [3], user_id: 99, name: "Ana" });
    await advanceTime(1_500);
    await settle();
    expect(shown("ref")).toBe("FV-3", { message: "a bill in another group stays open" });
});

test("what was loaded ahead and changed elsewhere is loaded again", async () => {
    makeBills(3);
    await openDesk();
    await saveElsewhere(2, { narration: "by Ana" });
    leaveForm();
    await press("j");
    await settle();
    expect([shown("ref"), shown("narration")]).toEqual(["FV-2", "by Ana"]);
});

test("one's own changes come not back as another's", async () => {
    makeBills(2);
    await openDesk();
    await type("narration", "mine");
    await hear("changed", { ids: [1], user_id: user.userId, name: user.name });
    await hear("opened", { bill_id: 1, left: false, answer: false, user_id: user.userId, name: user.name });
    expect("section[aria-label='Bill'] [role='status']").toHaveCount(0);
    expect(shown("narration")).toBe("mine");
});

test("a new bill comes into the mailbox by itself", async () => {
    makeBills(2);
    await openDesk();
    const values = { ref: "FV-9", move_id: ENTRY + 1, mailbox: "current_week" };
    const ids = MockServer.env["openpce.bill"].create([values]);
    await hear("changed", { ids, user_id: 99, name: "Ana" });
    expect(listed()).toEqual(["FV-1", "FV-2"]);
    await advanceTime(31_000);
    await settle();
    expect(listed()).toEqual(["FV-1", "FV-2", "FV-9"]);
    expect(shown("ref")).toBe("FV-1");
});

test("two persons at a bill see each other, and who leaves is gone", async () => {
    makeBills(2);
    await openDesk();
    const others = () => queryAllTexts("section[aria-label='Bill'] [role='status']");
    await hear("opened", { bill_id: 1, left: false, answer: false, user_id: 99, name: "Ana" });
    await hear("opened", { bill_id: 1, left: false, answer: false, user_id: 98, name: "Beto" });
    expect(others()[0]).toInclude("Also open with");
    expect(others()[0]).toInclude("Ana");
    expect(others()[0]).toInclude("Beto");
    await hear("opened", { bill_id: 2, left: 1, answer: false, user_id: 99, name: "Ana" });
    expect(others()[0]).not.toInclude("Ana");
    await hear("opened", { bill_id: false, left: 1, answer: false, user_id: 98, name: "Beto" });
    expect(others()).toEqual([]);
});
