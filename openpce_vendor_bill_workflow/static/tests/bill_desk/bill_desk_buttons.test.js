import { expect, test } from "@odoo/hoot";
import { click, keyDown, keyUp, press, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { advanceTime } from "@odoo/hoot-mock";
import { contains, MockServer, onRpc, toggleMenuItem, toggleSearchBarMenu } from "@web/../tests/web_test_helpers";
import { defineDesk, hear, leaveForm, listed, makeBills, marked, openDesk, settle, shown } from "./desk_helpers";

defineDesk();

test("after a button the next bill opens, at the end the one before, then nothing", async () => {
    makeBills(3);
    await openDesk();
    leaveForm();
    await press("j");
    await settle();
    const validate = async () => {
        await contains(".o_desk_form button:contains(Validate)").click();
        await settle();
    };
    await validate();
    expect(listed()).toEqual(["FV-1", "FV-3"]);
    expect(shown("ref")).toBe("FV-3");
    await validate();
    expect(shown("ref")).toBe("FV-1");
    await validate();
    expect(".o_desk_empty").toBeVisible();
});

test("a button that leaves the bill where it is shows it as it is now", async () => {
    makeBills(2);
    onRpc("account.move", "action_openpce", ({ args }) => {
        MockServer.env["account.move"].write(args[0], { narration: "held", openpce_version: "2" });
        MockServer.env["openpce.bill"].write([1], { desk_note: "Held by hand", mailbox: "held" });
        return false;
    });
    await openDesk();
    await contains(".o_desk_form button:contains(Hold)").click();
    await settle();
    expect([marked(), shown("ref"), shown("narration")]).toEqual([1, "FV-1", "held"]);
    expect(".o_desk_row[data-bill='1'] .o_desk_note").toHaveText("Held by hand");
});

test("buttons for several bills are those of the screen", async () => {
    makeBills(3);
    const buttons = () => queryAllTexts(".o_desk_selection button");
    await openDesk({ screen: "treatment" });
    leaveForm();
    await press("x");
    await settle();
    expect(buttons()).toEqual(["Validate", "Forward", "Select none"]);
    await contains(".o_desk_selection button:contains(Select none)").click();
    expect(".o_desk_selection").toHaveCount(0);
});

test("approval has its own buttons", async () => {
    makeBills(3);
    await openDesk({ screen: "approval" });
    await contains(".o_desk_group:eq(0) input").click();
    expect(".o_desk_selection .badge").toHaveText("3 selected");
    expect(queryAllTexts(".o_desk_selection button")).toEqual(["Approve", "Forward", "Select none"]);
});

test("the list of all states has the buttons of all screens", async () => {
    makeBills(3);
    await openDesk({ screen: undefined, context: {} });
    await contains(".o_desk_group:eq(0) input").click();
    expect(queryAllTexts(".o_desk_selection button")).toEqual([
        "Approve",
        "Validate",
        "Forward",
        "Select none",
    ]);
});

test("several bills are chosen with the mouse and done at once", async () => {
    makeBills(5);
    const done = [];
    onRpc("openpce.bill", "action_bulk_validate", ({ args }) => void done.push(args[0]));
    await openDesk();
    await keyDown("Shift");
    await click(".o_desk_row:eq(2)");
    await keyUp("Shift");
    await keyDown("Control");
    await click(".o_desk_row:eq(1)");
    await keyUp("Control");
    await settle();
    expect(shown("ref")).toBe("FV-1");
    expect(".o_desk_selection .badge").toHaveText("2 selected");
    await contains(".o_desk_selection button:contains(Validate)").click();
    await settle();
    expect(done.map((ids) => ids.toSorted())).toEqual([[1, 3]]);
    expect(listed()).toEqual(["FV-2", "FV-4", "FV-5"]);
    expect(".o_desk_selection").toHaveCount(0, { message: "what was done is not chosen any more" });
    expect(shown("ref")).toBe("FV-2");
});

test("a bill that somebody else took away is not chosen any more", async () => {
    makeBills(3);
    await openDesk();
    leaveForm();
    await press("x");
    await contains(".o_desk_row:eq(1) input").click();
    expect(".o_desk_selection .badge").toHaveText("2 selected");
    MockServer.env["openpce.bill"].unlink([2]);
    await hear("changed", { ids: [2], user_id: 99, name: "Ana" });
    await advanceTime(1_100);
    await settle();
    expect(listed()).toEqual(["FV-1", "FV-3"]);
    expect(".o_desk_selection .badge").toHaveText("1 selected");
});

test("another search opens what it finds", async () => {
    makeBills(3);
    await openDesk();
    await toggleSearchBarMenu();
    await toggleMenuItem("All but the first");
    await settle();
    expect(listed()).toEqual(["FV-2", "FV-3"]);
    expect(shown("ref")).toBe("FV-2");
});

test("after a key the caret stands in the same field of the next bill", async () => {
    makeBills(3);
    await openDesk();
    const isIn = (selector) => document.activeElement.matches(selector);
    const terms = ".o_desk_form .o_field_widget[name='narration'] textarea";
    queryOne(terms).focus();
    const validate = async () => {
        await press(["alt", "v"]);
        await advanceTime(0); // the key's click
        await settle();
    };
    await validate();
    expect(shown("ref")).toBe("FV-2");
    expect(isIn(terms)).toBe(true);
    leaveForm();
    await validate();
    expect(shown("ref")).toBe("FV-3");
    expect(isIn(".o_desk_row *")).toBe(true, { message: "who worked in the mailbox stays there" });
});
