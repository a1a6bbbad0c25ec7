import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class Range extends models.Model {
    _name = "range";
    amount_to = fields.Float();
    _records = [
        { id: 1, amount_to: 0 },
        { id: 2, amount_to: 5000 },
    ];
}

defineMailModels();
defineModels([Range]);

const WIDGET = `<field name="amount_to" widget="openpce_amount_limit"/>`;

test("zero is no limit where one reads, and nothing where one types", async () => {
    await mountView({
        type: "list",
        resModel: "range",
        arch: `<list editable="bottom">${WIDGET}</list>`,
    });
    expect(".o_data_row:eq(0) .o_data_cell").toHaveText("no limit");
    expect(".o_data_row:eq(1) .o_data_cell").toHaveText("5,000.00");
    await contains(".o_data_row:eq(0) .o_data_cell").click();
    expect(".o_data_row:eq(0) input").toHaveValue("");
});

test("what is emptied is stored as zero", async () => {
    onRpc("range", "web_save", ({ args }) => void expect.step(args[1].amount_to));
    await mountView({ type: "form", resModel: "range", resId: 2, arch: `<form>${WIDGET}</form>` });
    expect("[name='amount_to'] input").toHaveValue("5,000.00");
    await contains("[name='amount_to'] input").edit("");
    await contains(".o_form_button_save").click();
    expect.verifySteps([0]);
    expect("[name='amount_to'] input").toHaveValue("");
});
