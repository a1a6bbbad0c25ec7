import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { press, queryAll, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { getCountdown } from "@openpce_vendor_bill_workflow/bill_desk/countdown";
import { deskMemory } from "@openpce_vendor_bill_workflow/bill_desk/desk_memory";
import { DeskOthers } from "@openpce_vendor_bill_workflow/bill_desk/desk_others";
import { applyWord, getFormValues } from "@openpce_vendor_bill_workflow/bill_desk/form_values";
import { KeyHelp } from "@openpce_vendor_bill_workflow/bill_desk/key_help/key_help";
import { PaneBorder } from "@openpce_vendor_bill_workflow/bill_desk/pane_border/pane_border";
import { browser } from "@web/core/browser/browser";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { user } from "@web/core/user";
import { getService, makeMockEnv, mountWithCleanup } from "@web/../tests/web_test_helpers";

defineMailModels();

const { DateTime } = luxon;

test("the time that is left is told in two units, and when it is short or over", async () => {
    await makeMockEnv(); // translations
    const now = DateTime.fromISO("2026-03-02T15:00:00Z");
    const left = (span) => getCountdown(now.plus(span), now.toMillis());
    expect(left({ days: 2, hours: 5, minutes: 59 })).toEqual({ text: "2 d 5 h", late: false, soon: false });
    expect(left({ hours: 3, minutes: 10 })).toEqual({ text: "3 h 10 min", late: false, soon: true });
    expect(left({ minutes: 4 }).text).toBe("4 min");
    expect(left({ hours: -1, minutes: -30 })).toEqual({ text: "late by 1 h 30 min", late: true, soon: false });
});

test("the browser remembers what fits, for one user", () => {
    expect(deskMemory.load("sizes", { mailbox: 300, bill: 500 })).toEqual({ mailbox: 300, bill: 500 });
    deskMemory.save("sizes", { mailbox: 410 });
    expect(deskMemory.load("sizes", { mailbox: 300, bill: 500 })).toEqual({ mailbox: 410, bill: 500 });
    expect(deskMemory.load("order", "deadline")).toBe("deadline");
    browser.localStorage.setItem(`openpce_bill_desk.${user.userId}.order`, "{broken");
    expect(deskMemory.load("order", "deadline")).toBe("deadline");
});

test("the border moves with the arrow keys, within its limits", async () => {
    const widths = [];
    await mountWithCleanup(PaneBorder, {
        props: {
            label: "Width of the mailbox",
            width: 300,
            min: 290,
            max: 600,
            onResize: (width) => widths.push(width),
        },
    });
    queryOne("[role='separator']").focus();
    await press("ArrowRight");
    await press("ArrowLeft");
    await press("ArrowUp");
    expect(widths).toEqual([324, 290]);
    expect("[role='separator']").toHaveAttribute("aria-label", "Width of the mailbox");
    expect("[role='separator']").toHaveAttribute("aria-valuenow", "300");
});

test("all keys are told, each once", async () => {
    await mountWithCleanup(MainComponentsContainer);
    getService("dialog").add(KeyHelp, {});
    await animationFrame();
    const keys = queryAll(".o_desk_keys tr").map((row) => queryAllTexts("kbd", { root: row }).join("+"));
    expect(keys.length).toBeGreaterThan(20);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toInclude("Alt+↓");
    expect(keys).toInclude("Alt+V");
});

function makeRecord(values = {}) {
    const record = {
        data: { ref: "FV-1", invoice_date: DateTime.fromISO("2026-03-12"), amount_total: 119, ...values },
        fields: {
            ref: { type: "char", string: "Number" },
            invoice_date: { type: "date", string: "Date" },
            amount_total: { type: "monetary", string: "Total" },
            sequence: { type: "integer", string: "Sequence" },
        },
        readonly: [],
        _isReadonly: (name) => record.readonly.includes(name),
        update: async (changes) => Object.assign(record.data, changes),
    };
    return record;
}

test("what the form says is looked for on the document", () => {
    const values = getFormValues(makeRecord());
    expect(values.map((each) => [each.field, each.kind, each.value])).toEqual([
        ["ref", "text", "FV-1"],
        ["invoice_date", "date", "2026-03-12"],
        ["amount_total", "amount", 119],
    ]);
    expect(getFormValues(undefined)).toEqual([]);
    expect(getFormValues(makeRecord({ ref: false, amount_total: 0 })).length).toBe(1);
});

test("a word becomes the value of the field, or it is told why not", async () => {
    await makeMockEnv(); // translations
    const record = makeRecord();
    const field = (name, kind) => ({ record, name, label: record.fields[name].string, kind, type: record.fields[name].type });
    expect(await applyWord(null, "x", null)).toInclude("Click a field");
    expect(await applyWord(field("ref", "text"), "FV-22", null)).toBe(undefined);
    expect(await applyWord(field("amount_total", "amount"), "1.190,50", 1190.5)).toBe(undefined);
    expect(await applyWord(field("invoice_date", "date"), "01/04/2026", "2026-04-01")).toBe(undefined);
    expect(await applyWord(field("sequence", "amount"), "7,6", 7.6)).toBe(undefined);
    expect(record.data.ref).toBe("FV-22");
    expect(record.data.amount_total).toBe(1190.5);
    expect(record.data.invoice_date.toISODate()).toBe("2026-04-01");
    expect(record.data.sequence).toBe(8);
    expect(await applyWord(field("amount_total", "amount"), "n/a", null)).toInclude("cannot be read");
    record.readonly.push("ref");
    expect(await applyWord(field("ref", "text"), "FV-33", null)).toInclude("cannot be changed");
    expect(record.data.ref).toBe("FV-22");
});

test("two persons at one bill see each other, and who leaves is gone", async () => {
    const sent = [];
    const changed = [];
    const bus = { send: (_name, data) => sent.push(data) };
    const others = new DeskOthers({ onChangedElsewhere: (ids, name) => changed.push([ids, name]) }, bus);
    others.opened(7);
    expect(sent.at(-1)).toEqual({ bill_id: 7, left: false, answer: false });
    others.onOpened({ bill_id: 7, left: false, user_id: user.userId, name: "Me" });
    expect(others.names).toEqual([], { message: "nobody meets himself" });
    others.onOpened({ bill_id: 7, left: false, user_id: 99, name: "Ana" });
    expect(others.names).toEqual(["Ana"]);
    expect(sent.at(-1)).toEqual({ bill_id: 7, left: false, answer: true });
    const before = sent.length;
    others.onOpened({ bill_id: 7, left: false, user_id: 98, name: "Beto", answer: true });
    expect(sent.length).toBe(before, { message: "an answer is not answered" });
    others.onOpened({ bill_id: 8, left: 7, user_id: 99, name: "Ana" });
    expect(others.names).toEqual(["Beto"]);
    others.opened(8);
    expect(sent.at(-1)).toEqual({ bill_id: 8, left: 7, answer: false });
    expect(others.names).toEqual([]);
});
