import { expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, Deferred } from "@odoo/hoot-mock";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { CallbackRecorder } from "@web/search/action_hook";
import { contains, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import {
    defineDesk,
    ENTRY,
    leaveForm,
    listed,
    makeBills,
    marked,
    openDesk,
    settle,
    setWidth,
    shown,
    stored,
    type,
} from "./desk_helpers";

defineDesk();

// ---------------------------------------------------------------------- what is shown

test("the first bill opens: mailbox, document and bill stand side by side", async () => {
    makeBills(3);
    await openDesk();
    expect(listed()).toEqual(["FV-1", "FV-2", "FV-3"]);
    expect(marked()).toBe(1);
    expect(shown("ref")).toBe("FV-1");
    expect(".o_desk_strip").toHaveText(/Holder of FV-1[\s\S]*Approver of FV-1/);
    expect("nav[aria-label='Mailbox']").toBeVisible();
    expect("section[aria-label='Document']").toBeVisible();
    expect("section[aria-label='Bill']").toBeVisible();
    expect("[role='tab']").toHaveCount(0);
    expect("[role='separator']").toHaveCount(2);
});

test("the document opens in a second window, one and the same each time", async () => {
    makeBills(1);
    patchWithCleanup(browser, { open: (url, name) => expect.step(`${url} ${name}`) });
    await openDesk();
    await contains(".o_openpce_tabs button[title='Show in a second window']").click();
    expect.verifySteps(["/odoo/openpce-document openpce_bill_document"]);
});

test("without bills the desk says so", async () => {
    makeBills(0);
    await openDesk();
    expect(".o_desk_empty").toHaveText("Nothing to do");
    expect("section[aria-label='Bill']").toHaveCount(0);
});

test("a bill whose entry was deleted is told", async () => {
    makeBills(2, { bill: (id) => (id === 1 ? { move_id: false } : {}) });
    await openDesk();
    expect(".o_desk_right").toHaveText(/entry of this bill was deleted/);
    await contains(".o_desk_row:eq(1)").click();
    await settle();
    expect(shown("ref")).toBe("FV-2");
});

test("three panes on a wide screen, two on a narrower one, one on a phone", async () => {
    makeBills(2, { entry: () => ({ openpce_actions: ["approve", "reject", "forward"] }) });
    await openDesk({ width: 1200 });
    expect(queryAllTexts("[role='tab']")).toEqual(["Mailbox", "Document"]);
    expect("nav[aria-label='Mailbox']").toBeVisible();
    expect("section[aria-label='Bill']").toBeVisible();
    expect("[role='separator']").toHaveCount(1);
    await contains("[role='tab']:contains(Document)").click();
    expect("nav[aria-label='Mailbox']").not.toBeVisible();
    expect("section[aria-label='Bill']").toBeVisible();

    setWidth(500);
    await advanceTime(150);
    await settle();
    expect(queryAllTexts("[role='tab']")).toEqual(["Mailbox", "Document", "Bill"]);
    await contains("[role='tab']:contains(Mailbox)").click();
    expect("nav[aria-label='Mailbox']").toBeVisible();
    expect("section[aria-label='Bill']").not.toBeVisible();
    expect("[role='separator']").toHaveCount(0);
    expect(".o_desk_thumb").toHaveCount(0);
    await contains(".o_desk_row:eq(1)").click();
    await settle();
    expect("nav[aria-label='Mailbox']").not.toBeVisible();
    expect("section[aria-label='Bill']").toBeVisible();
    expect(shown("ref")).toBe("FV-2");
    expect(queryAllTexts(".o_desk_thumb button")).toEqual(["Approve", "Comment", "Reject", "Forward"], {
        message: "what may be done with the bill, for the thumb",
    });

    setWidth(1400);
    await advanceTime(150);
    await settle();
    expect("nav[aria-label='Mailbox']").toBeVisible();
    expect("section[aria-label='Bill']").toBeVisible();
    expect("[role='tab']").toHaveCount(0);
    expect(shown("ref")).toBe("FV-2", { message: "the bill stays through all widths" });
});

test("widths and order are remembered for the user, within limits", async () => {
    makeBills(3);
    const orders = [];
    onRpc("openpce.bill", "get_desk_mailbox", ({ args }) => void orders.push(args[2]));
    await openDesk();
    expect(orders).toEqual(["deadline"]);
    queryOne("[role='separator'][aria-label='Width of the mailbox']").focus();
    for (let step = 0; step < 20; step++) {
        await press("ArrowRight");
        await animationFrame();
    }
    expect("[role='separator']:eq(0)").toHaveAttribute("aria-valuenow", "600");
    queryOne("[role='separator'][aria-label='Width of the bill']").focus();
    await press("ArrowLeft");
    await settle();
    await contains("#o_desk_order").select("newest");
    await settle();
    expect(orders).toEqual(["deadline", "newest"]);
    expect(listed()).toEqual(["FV-3", "FV-2", "FV-1"]);
    expect(marked()).toBe(1, { message: "another order does not change the bill" });
    const kept = (name) => JSON.parse(browser.localStorage.getItem(`openpce_bill_desk.${user.userId}.${name}`));
    expect(kept("sizes")).toEqual({ mailbox: 600, bill: 544 });
    expect(kept("order")).toBe("newest");
});

test("a desk opened again begins with what was remembered", async () => {
    makeBills(3);
    browser.localStorage.setItem(`openpce_bill_desk.${user.userId}.sizes`, '{"mailbox": 410}');
    browser.localStorage.setItem(`openpce_bill_desk.${user.userId}.order`, '"newest"');
    browser.localStorage.setItem(`openpce_bill_desk.${user.userId + 1}.order`, '"amount"');
    await openDesk({ state: { current: 2, folded: [] } });
    expect("#o_desk_order").toHaveValue("newest");
    expect("[role='separator']:eq(0)").toHaveAttribute("aria-valuenow", "410");
    expect(marked()).toBe(2, { message: "coming back finds the bill that was open" });
});

// ---------------------------------------------------------------------- from bill to bill

test("the keyboard goes from bill to bill, over groups that are folded", async () => {
    makeBills(4, { bill: (id) => ({ mailbox: ["current_week", "current_week", "last_week", "earlier"][id - 1] }) });
    await openDesk();
    leaveForm();
    await press("j");
    await settle();
    expect([marked(), shown("ref")]).toEqual([2, "FV-2"]);
    await press("k");
    await settle();
    expect(shown("ref")).toBe("FV-1");
    await press("k");
    await settle();
    expect(shown("ref")).toBe("FV-1", { message: "before the first there is none" });
    await contains(".o_desk_group:contains(Last week) button").click();
    await press(["alt", "ArrowDown"]);
    await settle();
    await press(["alt", "ArrowDown"]);
    await settle();
    expect(shown("ref")).toBe("FV-4");
    await press(["alt", "ArrowDown"]);
    await settle();
    expect(shown("ref")).toBe("FV-4", { message: "after the last there is none" });
    await press(["alt", "ArrowUp"]);
    await settle();
    expect(shown("ref")).toBe("FV-2");
});

test("letters are typed where one types; with Alt they are keys there too", async () => {
    makeBills(3);
    await openDesk();
    queryOne(".o_desk_form .o_field_widget[name='narration'] textarea").focus();
    await press("j");
    await press("x");
    await settle();
    expect(shown("ref")).toBe("FV-1");
    expect(".o_desk_selection").toHaveCount(0);
    await press(["alt", "ArrowDown"]);
    await settle();
    expect(shown("ref")).toBe("FV-2");
    await press(["alt", "y"]);
    await settle();
    expect(".modal-title").toHaveText("Keys of the bill desk");
});

test("moving on saves what was typed", async () => {
    makeBills(3);
    const saved = [];
    onRpc("account.move", "openpce_desk_save", ({ args }) => void saved.push(args.slice(0, 3)));
    onRpc("account.move", "web_save", () => void expect.step("saved over others"));
    await openDesk();
    await type("narration", "thirty days");
    await press(["alt", "ArrowDown"]);
    await settle();
    expect(saved).toEqual([[[ENTRY + 1], { narration: "thirty days" }, "1"]]);
    expect(stored(1).narration).toBe("thirty days");
    expect(shown("ref")).toBe("FV-2");
    await press(["alt", "ArrowUp"]);
    await settle();
    expect(shown("narration")).toBe("thirty days");
    await press(["alt", "ArrowDown"]);
    await settle();
    expect(saved.length).toBe(1, { message: "what was not typed is not saved" });
    expect.verifySteps([]);
});

test("a save that is refused keeps the user at the bill and what was typed", async () => {
    makeBills(3);
    await openDesk();
    await type("ref", "");
    await press(["alt", "ArrowDown"]);
    await settle();
    expect(".modal").toHaveText(/A bill has a number/);
    await contains(".modal button:contains(Stay here)").click();
    await settle();
    expect(marked()).toBe(1);
    expect(shown("ref")).toBe("");
    expect(stored(1).ref).toBe("FV-1");
    await type("ref", "FV-1b");
    await press(["alt", "ArrowDown"]);
    await settle();
    expect(shown("ref")).toBe("FV-2");
    expect(stored(1).ref).toBe("FV-1b");
});

test("leaving the desk saves, or the user stays", async () => {
    makeBills(2);
    const leaving = new CallbackRecorder();
    await openDesk({ __beforeLeave__: leaving });
    const leave = () => Promise.all(leaving.callbacks.map((callback) => callback()));
    await type("narration", "typed last");
    expect(await leave()).not.toInclude(false);
    await settle();
    expect(stored(1).narration).toBe("typed last");
    await type("ref", "");
    const left = leave();
    await settle();
    await contains(".modal button:contains(Stay here)").click();
    expect(await left).toInclude(false);
});

test("what comes late of a bill that was left is not shown", async () => {
    makeBills(3);
    const late = new Deferred();
    onRpc("openpce.bill", "get_desk_details", async ({ args, parent }) => {
        const found = parent();
        if (args[0][0] === 1) {
            await late;
        }
        return found;
    });
    await openDesk();
    expect(".o_desk_level").toHaveCount(0);
    await contains(".o_desk_row:eq(2)").click();
    await settle();
    expect(".o_desk_level").toHaveText(/Approver of FV-3/);
    late.resolve();
    await settle();
    expect(".o_desk_level").toHaveText(/Approver of FV-3/);
    await contains(".o_desk_row:eq(0)").click();
    await settle();
    expect(".o_desk_level").toHaveText(/Approver of FV-1/);
});

test("the next bill is loaded ahead: opening it asks for nothing", async () => {
    makeBills(3);
    const asked = [];
    onRpc(({ method, model, args }) => {
        if (method === "web_read" && model === "account.move") {
            asked.push(`form of ${args[0][0] - ENTRY}`);
        } else if (method === "get_desk_details") {
            asked.push(`around ${args[0].join(" ")}`);
        }
    });
    await openDesk();
    expect(asked).toEqual(["around 1 2", "form of 1", "form of 2"]);
    leaveForm();
    await press("j");
    await settle();
    expect(shown("ref")).toBe("FV-2");
    expect(asked.length).toBe(3);
    await advanceTime(200);
    await settle();
    expect(asked.slice(3)).toEqual(["form of 3", "around 3"]);
});

test("thousands of bills are opened and walked without drawing them all", async () => {
    makeBills(2_000);
    const rows = [];
    onRpc("openpce.bill", "web_read", ({ args }) => void rows.push(args[0].length));
    await openDesk();
    expect(".o_desk_group:eq(0) .badge").toHaveText("2000");
    expect(listed().length).toBeLessThan(60);
    expect(rows.reduce((sum, count) => sum + count, 0)).toBeLessThan(120, { message: "what is in sight is read" });
    queryOne(".o_desk_mailbox").scrollTop = 78 * 1_500;
    await advanceTime(200);
    await settle();
    expect(listed()).toInclude("FV-1500");
    expect(Math.max(...rows)).toBeLessThan(121);
    expect(shown("ref")).toBe("FV-1");
});
