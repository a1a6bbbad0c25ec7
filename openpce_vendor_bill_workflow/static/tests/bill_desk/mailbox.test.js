import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { click, keyDown, keyUp, queryAll, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame, runAllTimers } from "@odoo/hoot-mock";
import { Component, useState, xml } from "@odoo/owl";
import { Mailbox } from "@openpce_vendor_bill_workflow/bill_desk/mailbox/mailbox";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";

defineMailModels();

/** A mailbox whose rows come when they are asked for. */
class Desk extends Component {
    static components = { Mailbox };
    static props = ["*"];
    static template = xml`
        <div style="height: 400px; width: 320px">
            <Mailbox model="model" current="state.current" selection="state.selection" folded="state.folded" now="0"
                onOpen="(id) => state.current = id" onSelect.bind="select" onFold.bind="fold"/>
        </div>`;
    setup() {
        const { groups } = this.props;
        this.asked = [];
        this.model = useState({ groups, rows: {}, loadRows: (ids) => this.load(ids) });
        this.state = useState({ current: groups[0].bills[0][0], selection: new Set(), folded: new Set() });
    }
    load(ids) {
        const missing = ids.filter((id) => !this.asked.includes(id));
        this.asked.push(...missing);
        Promise.resolve().then(() => {
            for (const id of missing) {
                this.model.rows[id] = {
                    id,
                    ref: `FV-${id}`,
                    partner_id: { id: 1, display_name: "Shipping Line" },
                    amount_total: id,
                    invoice_date: "2026-03-02",
                    deadline: id === 1 ? "1970-01-01 02:00:00" : false,
                    overdue: id === 2,
                    age: 3,
                    desk_note: id === 3 ? "Empty: Number" : "",
                };
            }
        });
    }
    select(ids, whether) {
        ids.forEach((id) => this.state.selection[whether ? "add" : "delete"](id));
    }
    fold(name) {
        const { folded } = this.state;
        folded.has(name) ? folded.delete(name) : folded.add(name);
    }
}

const bills = (from, count) => Array.from({ length: count }, (_, index) => [from + index, 1000 + index]);
const GROUPS = [
    { name: "current_week", label: "Current week", bills: bills(1, 3) },
    { name: "held", label: "Held", bills: [] },
];

async function mount(groups = GROUPS) {
    const desk = await mountWithCleanup(Desk, { props: { groups } });
    await animationFrame();
    await animationFrame();
    return desk;
}

test("groups with their counters; rows tell amount, date, what is wrong and the time left", async () => {
    await mount();
    expect(queryAllTexts(".o_desk_group_label")).toEqual(["Current week", "Held"]);
    expect(queryAllTexts(".o_desk_group .badge")).toEqual(["3", "0"]);
    expect(".o_desk_row").toHaveCount(3);
    expect(".o_desk_row:eq(0)").toHaveText(/FV-1[\s\S]*2 h 0 min/);
    expect(".o_desk_row:eq(1)").toHaveClass("o_desk_late");
    expect(".o_desk_row:eq(2) .o_desk_note").toHaveText("Empty: Number");
    expect(".o_desk_row:eq(0)").toHaveAttribute("aria-selected", "true");
});

test("a click opens, with Ctrl and Shift it selects; a group is selected and folded as a whole", async () => {
    const desk = await mount();
    await click(".o_desk_row:eq(1)");
    await animationFrame();
    expect(desk.state.current).toBe(2);
    await keyDown("Control");
    await click(".o_desk_row:eq(2)");
    await keyUp("Control");
    expect([...desk.state.selection]).toEqual([3]);
    await keyDown("Shift");
    await click(".o_desk_row:eq(0)");
    await keyUp("Shift");
    expect([...desk.state.selection].sort()).toEqual([1, 2, 3]);
    expect(desk.state.current).toBe(2, { message: "selecting opens nothing" });
    await animationFrame();
    expect(".o_desk_group:eq(0) input").toBeChecked();
    await click(".o_desk_group:eq(0) button");
    await animationFrame();
    expect(".o_desk_row").toHaveCount(0);
    expect(".o_desk_group:eq(0) button").toHaveAttribute("aria-expanded", "false");
});

test("of ten thousand bills only those in sight are drawn and asked for", async () => {
    const desk = await mount([{ name: "earlier", label: "Earlier", bills: bills(1, 10_000) }]);
    expect(queryAll(".o_desk_row").length).toBeLessThan(60);
    expect(desk.asked.length).toBeLessThan(60);
    queryOne(".o_desk_mailbox").scrollTop = 5_000 * 78;
    await animationFrame();
    await runAllTimers();
    await animationFrame();
    await animationFrame();
    expect(desk.asked.some((id) => id > 4_900 && id < 5_100)).toBe(true);
    expect(queryAll(".o_desk_row").length).toBeLessThan(60);
    expect(desk.asked.length).toBeLessThan(200);
    desk.state.current = 9_000;
    await animationFrame();
    await runAllTimers();
    await animationFrame();
    await animationFrame();
    expect(".o_desk_current").toHaveAttribute("data-bill", "9000");
});
