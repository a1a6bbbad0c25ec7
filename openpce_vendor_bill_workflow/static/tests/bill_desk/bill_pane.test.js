import { expect, test } from "@odoo/hoot";
import { queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { BillPane } from "@openpce_vendor_bill_workflow/bill_desk/bill_pane/bill_pane";
import { CallbackRecorder } from "@web/search/action_hook";
import { contains } from "@web/../tests/web_test_helpers";
import { defineDesk, ENTRY, makeBills, mountPart, settle } from "./desk_helpers";

defineDesk();

async function mountPane(props = {}) {
    makeBills(1);
    const fields = [];
    const desk = await mountPart(BillPane, {
        entryId: ENTRY + 1,
        formViewId: 7,
        context: {},
        row: undefined,
        details: null,
        others: [],
        notice: "",
        now: 0,
        beforeLeave: new CallbackRecorder(),
        onField: (field) => fields.push(field),
        onReload: () => expect.step("reload"),
        onSaved: () => expect.step("saved"),
        ...props,
    });
    return { desk, fields };
}

const focus = (selector) => queryOne(`.o_desk_form ${selector}`).focus();

test("the strip tells who has the bill, until when, whose lines and whose approval are open", async () => {
    await mountPane({
        row: { holder: "Ana", deadline: "1970-01-01 00:30:00" },
        details: {
            documents: [],
            approvals: [
                { level: 1, persons: [{ name: "Beto", approved: true, asked: false }] },
                {
                    level: 2,
                    persons: [
                        { name: "Carla", approved: false, asked: true },
                        { name: "Dora", approved: false, asked: false },
                    ],
                },
            ],
            owners: [
                { name: "Eva", lines: 3, open: 2 },
                { name: "Fito", lines: 1, open: 0 },
            ],
        },
    });
    expect("[title='Now with']").toHaveText("Ana");
    expect("[role='timer']").toHaveText("30 min");
    expect("[role='timer']").toHaveClass("text-bg-warning");
    const levels = queryAllTexts(".o_desk_level").map((text) => text.replace(/\s+/g, " "));
    expect(levels[0]).toMatch(/Level 1: approved: ?Beto/);
    expect(levels[1]).toMatch(/Level 2: is asked: ?Carla later: ?Dora/);
    expect(queryAllTexts("[title='Lines to be confirmed']")).toEqual(["Eva: 2"]);
});

test("a bill that is late is told in red; one without a deadline tells no time", async () => {
    await mountPane({ row: { holder: "Ana", deadline: "1970-01-01 00:30:00" }, now: 3_600_000 });
    expect("[role='timer']").toHaveText("late by 30 min");
    expect("[role='timer']").toHaveClass("text-bg-danger");
});

test("nothing is told of what is not known yet", async () => {
    await mountPane();
    expect("[role='timer']").toHaveCount(0);
    expect(".o_desk_level").toHaveCount(0);
    expect("[role='status']").toHaveCount(0);
    expect(".o_field_widget[name='ref'] input").toHaveValue("FV-1");
});

test("who else is here and what happened meanwhile is told; the bill can be loaded again", async () => {
    await mountPane({ others: ["Ana", "Beto"], notice: "Ana changed this bill." });
    const told = queryAllTexts("[role='status']");
    expect(told[0]).toInclude("Also open with Ana, Beto");
    expect(told[1]).toInclude("Ana changed this bill.");
    await contains("button:contains(Load it again)").click();
    expect.verifySteps(["reload"]);
});

test("the field that has the focus waits for a word of its kind", async () => {
    const { desk, fields } = await mountPane();
    for (const [name, label, kind, type] of [
        ["ref", "Number", "text", "char"],
        ["narration", "Terms", "text", "text"],
        ["invoice_date", "Date", "date", "date"],
        ["amount_total", "Total", "amount", "float"],
        ["sequence", "Order", "amount", "integer"],
    ]) {
        focus(`.o_field_widget[name='${name}'] :is(input, textarea)`);
        const { getRecord, ...field } = fields.at(-1);
        expect(field).toEqual({ name, label, kind, type });
        expect(getRecord()).toBe(desk.form.model.root);
    }
    focus(".o_field_widget[name='to_check'] input");
    expect(fields.at(-1)).toBe(null, { message: "a box takes no word" });
    focus(".o_field_widget[name='partner_id'] input");
    expect(fields.at(-1)).toBe(null, { message: "nor does a record" });
});

test("in a line the word goes into that line", async () => {
    const { desk, fields } = await mountPane();
    await contains(".o_field_x2many .o_data_row .o_data_cell[name='price_unit']").click();
    await settle();
    focus(".o_data_row .o_field_widget[name='price_unit'] input");
    const { getRecord, ...field } = fields.at(-1);
    expect(field).toEqual({ name: "price_unit", label: "Price", kind: "amount", type: "float" });
    expect(getRecord()).toBe(desk.form.model.root.data.invoice_line_ids.editedRecord);
    focus(".o_data_row .o_field_widget[name='name'] input");
    expect(fields.at(-1).name).toBe("name");
    expect(fields.at(-1).kind).toBe("text");
});

test("a save tells the desk", async () => {
    await mountPane();
    await contains(".o_field_widget[name='ref'] input").edit("FV-1b");
    await contains(".o_form_button_save").click();
    await settle();
    expect.verifySteps(["saved"]);
});
