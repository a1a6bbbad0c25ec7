import { describe, expect, test } from "@odoo/hoot";
import {
    findAmounts,
    findDates,
    pageHabits,
    readAmount,
    readDate,
} from "@openpce_vendor_bill_workflow/bill_desk/document_pane/reading";
import { findValues, runAt } from "@openpce_vendor_bill_workflow/bill_desk/document_pane/words";

describe.current.tags("headless");

const readings = (read, cases) => {
    for (const [text, expected, habits] of cases) {
        expect(read(text, habits)).toBe(expected, { message: `${text} is ${expected}` });
    }
};

test("amounts that can be read in one way", () => {
    readings(readAmount, [
        ["1.234.567,89", 1234567.89],
        ["1,234,567.89", 1234567.89],
        ["1 234 567,89", 1234567.89],
        ["1\u00a0234\u00a0567,89", 1234567.89],
        ["1'234.567,89", 1234567.89],
        ["$ 1.234,50", 1234.5],
        ["COP 2.500.000", 2500000],
        ["USD 10.00", 10],
        ["(1.234,50)", -1234.5],
        ["1.234,50-", -1234.5],
        ["-$ 12,50", -12.5],
        ["\u221212,50", -12.5],
        ["0.500", 0.5],
        ["1234.567", 1234.567],
        ["12", 12],
    ]);
});

test("one mark before three digits depends on the kind and on the page", () => {
    readings(readAmount, [
        ["1.234", 1234],
        ["1,234", 1234],
        ["1'234.567", 1234567],
        ["1.234", 1234, { decimal: "," }],
        ["1.234", 1.234, { decimal: "." }],
        ["1.234", null, { decimal: "mixed" }],
        ["1.234", null, { kind: "quantity" }],
        ["1.234", 1.234, { kind: "quantity", decimal: "." }],
    ]);
});

test("what is no amount is not read", () => {
    const others = ["", "abc", "12.03.26", "1.23.4", "900.123.456-1", "19%", "FV-123", "1.234 5"];
    readings(
        readAmount,
        others.map((text) => [text, null])
    );
});

test("dates that can be read in one way", () => {
    readings(readDate, [
        ["2026-03-12", "2026-03-12"],
        ["2026/3/1", "2026-03-01"],
        ["25/03/2026", "2026-03-25"],
        ["03/25/2026", "2026-03-25"],
        ["05/05/2026", "2026-05-05"],
        ["12 de marzo de 2026", "2026-03-12"],
        ["12 de marzo del 2026", "2026-03-12"],
        ["marzo 12 de 2026", "2026-03-12"],
        ["March 12, 2026", "2026-03-12"],
        ["12-mar-2026", "2026-03-12"],
        ["12/MAR/26", "2026-03-12"],
        ["3 sept. 2026", "2026-09-03"],
        ["Mar. 3rd, 2026", "2026-03-03"],
    ]);
});

test("day and month that could be swapped depend on the page", () => {
    readings(readDate, [
        ["12/03/2026", null],
        ["12/03/2026", null, { order: "mixed" }],
        ["12/03/2026", "2026-03-12", { order: "dmy" }],
        ["12/03/2026", "2026-12-03", { order: "mdy" }],
    ]);
});

test("days that do not exist and other texts are no dates", () => {
    const others = ["31/02/2026", "00/10/2026", "1.234.56", "marzo", "", "2026", "12 de marzo"];
    readings(
        readDate,
        others.map((text) => [text, null])
    );
});

test("the habits of a page come from what is unambiguous", () => {
    expect(pageHabits(["Total 1.234.567,89", "1.234"]).decimal).toBe(",");
    expect(pageHabits(["1,234.50", "12/25/2026"])).toEqual({ decimal: ".", order: "mdy" });
    expect(pageHabits(["1.234,50", "1,234.50"]).decimal).toBe("mixed");
    expect(pageHabits(["25/12/2026", "12/25/2026"]).order).toBe("mixed");
    expect(pageHabits(["Fecha de la factura"])).toEqual({ decimal: null, order: "dmy" });
    expect(pageHabits([])).toEqual({ decimal: null, order: null });
});

test("amounts and dates are found within a line", () => {
    const texts = (runs) => runs.map((run) => run.text);
    expect(texts(findAmounts("Total: $ 1.234,50 (10,00) IVA 19% FV-12 2026-03-12 3,50."))).toEqual([
        "$ 1.234,50",
        "(10,00)",
        "3,50",
    ]);
    // a quantity beside an amount is not its first group
    expect(texts(findAmounts("2 500.000,00 (x 5 y)"))).toEqual(["2", "500.000,00", "5"]);
    expect(texts(findDates("el 12 de marzo de 2026, vence 2026-04-12T10:00:00"))).toEqual([
        "12 de marzo de 2026",
        "2026-04-12",
    ]);
});

test("a click takes the whole number, date or word", () => {
    const habits = { decimal: ",", order: "dmy" };
    const amount = runAt("Total:\t1.234.567,00 COP", 10, "amount", habits);
    expect([amount.text, amount.value]).toEqual(["1.234.567,00", 1234567]);
    const date = runAt("Fecha 12 de marzo de 2026", 9, "date", habits);
    expect([date.text, date.value]).toEqual(["12 de marzo de 2026", "2026-03-12"]);
    expect(runAt("No. (FV-123);", 6, "text", habits).text).toBe("FV-123");
    expect(runAt("Total: 12", 2, "amount", habits)).toBe(null);
    expect(runAt("03/04/2026", 2, "date", { order: null }).value).toBe(null);
});

test("what the form says is found on the page", () => {
    const values = [
        { label: "Total", kind: "amount", value: 119000 },
        { label: "Untaxed", kind: "amount", value: 119000 },
        { label: "Number", kind: "text", text: "fv-123" },
        { label: "Date", kind: "date", value: "2026-03-12" },
        { label: "Tax", kind: "amount", value: 0 },
    ];
    const line = "Total 119.000,00 FV-123 12/03/2026 FV-1234 0,00";
    expect(findValues(line, values, { decimal: ",", order: "dmy" })).toEqual([
        { start: 6, end: 16, labels: ["Total", "Untaxed"] },
        { start: 17, end: 23, labels: ["Number"] },
        { start: 24, end: 34, labels: ["Date"] },
    ]);
});
