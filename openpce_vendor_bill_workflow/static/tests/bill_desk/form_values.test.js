import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { applyWord, getFormValues } from "@openpce_vendor_bill_workflow/bill_desk/form_values";
import { makeMockEnv } from "@web/../tests/web_test_helpers";

defineMailModels();

const { DateTime } = luxon;

function makeRecord(values = {}) {
    const record = {
        data: { ref: "FV-1", invoice_date: DateTime.fromISO("2026-03-12"), amount_total: 119, ...values },
        fields: {
            ref: { type: "char", string: "Number" },
            invoice_date: { type: "date", string: "Date" },
            amount_total: { type: "monetary", string: "Total" },
            sequence: { type: "integer", string: "Sequence" },
            narration: { type: "text", string: "Terms" },
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

test("text is taken as printed, a number as read; what is refused changes nothing", async () => {
    await makeMockEnv(); // translations
    const record = makeRecord();
    const field = (name, kind) => ({ record, name, label: record.fields[name].string, kind, type: record.fields[name].type });
    await applyWord(field("narration", "text"), "1.190,50", 1190.5);
    expect(record.data.narration).toBe("1.190,50");
    await applyWord(field("amount_total", "amount"), "0", 0);
    expect(record.data.amount_total).toBe(0, { message: "zero is a number" });
    const before = { ...record.data };
    const refused = [
        await applyWord(field("invoice_date", "date"), "31/02/2026", null),
        await applyWord(field("invoice_date", "date"), "soon", undefined),
        await applyWord(field("sequence", "amount"), "seven", null),
    ];
    expect(refused[0]).toBe("“31/02/2026” cannot be read as “Date”. Type it instead.");
    expect(refused.every(Boolean)).toBe(true);
    record.readonly.push("amount_total");
    expect(await applyWord(field("amount_total", "amount"), "5", 5)).toBe("“Total” cannot be changed now.");
    expect(record.data).toEqual(before);
});
