import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { getCountdown } from "@openpce_vendor_bill_workflow/bill_desk/countdown";
import { makeMockEnv } from "@web/../tests/web_test_helpers";

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

test("short is less than four hours; the very moment is not late yet", async () => {
    await makeMockEnv(); // translations
    const now = DateTime.fromISO("2026-03-02T15:00:00Z");
    const left = (span) => getCountdown(now.plus(span), now.toMillis());
    expect(left({ hours: 4 })).toEqual({ text: "4 h 0 min", late: false, soon: false });
    expect(left({ hours: 3, minutes: 59, seconds: 59 })).toEqual({ text: "3 h 59 min", late: false, soon: true });
    expect(left({ seconds: 59 })).toEqual({ text: "0 min", late: false, soon: true });
    expect(left({})).toEqual({ text: "0 min", late: false, soon: true });
    expect(left({ seconds: -1 })).toEqual({ text: "late by 0 min", late: true, soon: false });
    expect(left({ days: 1 }).text).toBe("1 d 0 h");
    expect(left({ days: -3, hours: -2 }).text).toBe("late by 3 d 2 h");
});
