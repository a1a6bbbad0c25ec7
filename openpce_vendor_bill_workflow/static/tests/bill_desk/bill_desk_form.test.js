import { expect, test } from "@odoo/hoot";
import { advanceTime, Deferred } from "@odoo/hoot-mock";
import { contains, makeServerError, MockServer, onRpc } from "@web/../tests/web_test_helpers";
import { View } from "@web/views/view";
import { defineDesk, ENTRY, makeBills, mountPart, settle, stored } from "./desk_helpers";

defineDesk();

const input = (name) => `.o_field_widget[name='${name}'] :is(input, textarea)`;

/** The form of the first of three bills, and which entries it asked the server for. */
async function mountForm(props = {}) {
    makeBills(3);
    const asked = [];
    onRpc("account.move", "web_read", ({ args }) => void asked.push(args[0][0] - ENTRY));
    const desk = await mountPart(View, {
        type: "form",
        resModel: "account.move",
        resId: ENTRY + 1,
        resIds: [ENTRY + 1],
        viewId: 7,
        display: { controlPanel: false },
        ...props,
    });
    return { desk, form: desk.form, asked };
}

async function open(form, id) {
    const opened = await form.openEntry(ENTRY + id);
    await settle();
    return opened;
}

test("the form stays from bill to bill and tells the desk what it shows", async () => {
    const { desk, form, asked } = await mountForm();
    expect(input("ref")).toHaveValue("FV-1");
    expect(await open(form, 2)).toBe(true);
    expect(input("ref")).toHaveValue("FV-2");
    expect(desk.form).toBe(form, { message: "no other form is made" });
    expect(asked).toEqual([1, 2]);
    expect(desk.loaded).toEqual([1, 2]);
});

test("what was loaded ahead is used once", async () => {
    const { form, asked } = await mountForm();
    form.model.loadAhead(ENTRY + 2);
    await settle();
    expect(asked).toEqual([1, 2]);
    await open(form, 2);
    expect(input("ref")).toHaveValue("FV-2");
    expect(asked).toEqual([1, 2]);
    await form.model.load();
    expect(asked).toEqual([1, 2, 2], { message: "read again means from the server" });
});

test("what was loaded ahead for another bill is not used", async () => {
    const { form, asked } = await mountForm();
    form.model.loadAhead(ENTRY + 2);
    await settle();
    await open(form, 3);
    expect(input("ref")).toHaveValue("FV-3");
    await open(form, 2);
    expect(asked).toEqual([1, 2, 3, 2]);
});

test("what was loaded ahead is forgotten when it is old or was changed", async () => {
    const { form, asked } = await mountForm();
    form.model.loadAhead(ENTRY + 2);
    await settle();
    await advanceTime(31_000);
    await open(form, 2);
    expect(asked).toEqual([1, 2, 2]);
    form.model.loadAhead(ENTRY + 3);
    await settle();
    form.model.forgetAhead(ENTRY + 1);
    form.model.forgetAhead(ENTRY + 3);
    MockServer.env["account.move"].write([ENTRY + 3], { ref: "FV-3 by Ana" });
    await open(form, 3);
    expect(input("ref")).toHaveValue("FV-3 by Ana");
    expect(asked).toEqual([1, 2, 2, 3, 3]);
});

test("a failure ahead disturbs nobody; opening tries again", async () => {
    const { form } = await mountForm();
    let fails = true;
    onRpc("account.move", "web_read", () => {
        if (fails) {
            fails = false;
            throw makeServerError({ message: "No connection" });
        }
    });
    form.model.loadAhead(ENTRY + 2);
    await settle();
    expect(fails).toBe(false);
    expect(".modal").toHaveCount(0);
    await open(form, 2);
    expect(input("ref")).toHaveValue("FV-2");
});

test("two loads at the same time both end; the later one is shown", async () => {
    const { form } = await mountForm();
    const slow = new Deferred();
    onRpc("account.move", "web_read", async ({ args, parent }) => {
        if (args[0][0] === ENTRY + 2) {
            await slow;
        }
        return parent();
    });
    const ended = [];
    const first = form.openEntry(ENTRY + 2).then(() => ended.push(2));
    await settle();
    const second = form.model.load({ resId: ENTRY + 3, resIds: [ENTRY + 3] }).then(() => ended.push(3));
    await settle();
    slow.resolve();
    await Promise.all([first, second]);
    await settle();
    expect(ended).toEqual([2, 3]);
    expect(input("ref")).toHaveValue("FV-3");
});

test("what is typed counts before the field is left, and survives reading again", async () => {
    const { form, asked } = await mountForm();
    expect(await form.hasEdits()).toBe(false);
    await form.reload();
    expect(asked).toEqual([1, 1]);
    await contains(input("narration")).edit("mine", { confirm: false });
    expect(await form.hasEdits()).toBe(true);
    await form.reload();
    await settle();
    expect(asked).toEqual([1, 1]);
    expect(input("narration")).toHaveValue("mine");
});

test("each save tells the version that was shown, the next the one of the save before", async () => {
    const versions = [];
    onRpc("account.move", "openpce_desk_save", ({ args }) => void versions.push(args[2]));
    const { form } = await mountForm({ onSave: () => expect.step("saved") });
    for (const text of ["first", "second"]) {
        await contains(input("narration")).edit(text);
        await contains(".o_form_button_save").click();
        await settle();
    }
    expect(versions).toEqual(["1", "1+"]);
    expect(stored(1).narration).toBe("second");
    expect.verifySteps(["saved", "saved"]);
    await contains(input("narration")).edit("third");
    await open(form, 2);
    await open(form, 1);
    await contains(input("narration")).edit("fourth");
    await open(form, 2);
    expect(versions).toEqual(["1", "1+", "1++", "1+++"]);
    expect(stored(1).narration).toBe("fourth");
});

test("a save over another's is refused and the bill stays", async () => {
    const { form } = await mountForm();
    await contains(input("narration")).edit("mine");
    MockServer.env["account.move"].write([ENTRY + 1], { openpce_version: "2", narration: "hers" });
    const opened = form.openEntry(ENTRY + 2);
    await settle();
    expect(".modal").toHaveText(/Ana changed this bill while you were typing/);
    await contains(".modal button:contains(Stay here)").click();
    expect(await opened).toBe(false);
    expect(input("ref")).toHaveValue("FV-1");
    expect(input("narration")).toHaveValue("mine");
    expect(stored(1).narration).toBe("hers");
});

test("a button elsewhere on the desk does what that of the form does", async () => {
    const pressed = [];
    onRpc("account.move", "action_openpce", ({ args }) => {
        pressed.push(args);
        return false;
    });
    const { desk, form } = await mountForm();
    await contains(input("narration")).edit("typed before");
    await form.press("action_approve");
    await settle();
    expect(pressed).toEqual([[[ENTRY + 1], "action_approve"]]);
    expect(stored(1).narration).toBe("typed before", { message: "what was typed is saved first" });
    expect(desk.acted).toBe(1, { message: "the desk decides which bill comes next" });
});
