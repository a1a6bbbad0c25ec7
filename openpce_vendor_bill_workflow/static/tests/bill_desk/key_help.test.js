import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { press, queryAll, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { MOVES } from "@openpce_vendor_bill_workflow/bill_desk/desk_keys";
import { KeyHelp } from "@openpce_vendor_bill_workflow/bill_desk/key_help/key_help";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { getService, mountWithCleanup } from "@web/../tests/web_test_helpers";

defineMailModels();

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

test("what a key does stands beside it; no key of the desk is left out", async () => {
    await mountWithCleanup(MainComponentsContainer);
    getService("dialog").add(KeyHelp, {});
    await animationFrame();
    expect(queryAllTexts(".o_desk_keys h5")).toEqual(["Bills", "Buttons", "Document"]);
    const told = queryAllTexts(".o_desk_keys div:eq(0) td");
    expect(told).toEqual(MOVES.map(([, text]) => String(text)));
    expect(queryAllTexts(".o_desk_keys td").every(Boolean)).toBe(true);
    await press("Escape");
    await animationFrame();
    expect(".o_desk_keys").toHaveCount(0);
});
