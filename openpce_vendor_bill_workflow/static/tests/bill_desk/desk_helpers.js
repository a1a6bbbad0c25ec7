import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { before } from "@odoo/hoot";
import { queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { Component, markup, useSubEnv, xml } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { getDefaultConfig } from "@web/views/view";
import {
    contains,
    defineModels,
    fields,
    makeServerError,
    MockServer,
    models,
    mountView,
    mountWithCleanup,
    patchWithCleanup,
    serverState,
} from "@web/../tests/web_test_helpers";

/** Ids of entries are those of their bills and this. */
export const ENTRY = 100;
const GROUPS = { current_week: "Current week", last_week: "Last week", earlier: "Earlier", held: "Held" };

export class Bill extends models.Model {
    _name = "openpce.bill";
    _rec_name = "ref";

    move_id = fields.Many2one({ relation: "account.move" });
    mailbox = fields.Char();
    ref = fields.Char();
    partner_id = fields.Many2one({ relation: "res.partner" });
    amount_total = fields.Float();
    currency_id = fields.Many2one({ relation: "res.currency" });
    invoice_date = fields.Date();
    state = fields.Char();
    hold_reason = fields.Char();
    holder = fields.Char();
    deadline = fields.Datetime();
    overdue = fields.Boolean();
    age = fields.Integer();
    old = fields.Boolean();
    desk_note = fields.Char();

    get_desk_mailbox(domain, screen, order) {
        const bills = this._filter(domain);
        if (order === "newest") {
            bills.reverse();
        }
        const groups = Object.entries(GROUPS).map(([name, label]) => ({
            name,
            label,
            bills: bills.filter((bill) => bill.mailbox === name).map((bill) => [bill.id, bill.move_id]),
        }));
        return { groups, more: false };
    }

    get_desk_details(ids) {
        const persons = (id) => [{ name: `Approver of FV-${id}`, approved: false, asked: true }];
        return Object.fromEntries(
            ids.map((id) => [
                id,
                { documents: [], approvals: [{ level: 1, any_of: false, persons: persons(id) }], owners: [] },
            ])
        );
    }

    /** A bulk button: the bills leave the mailbox. */
    action_bulk_validate(ids) {
        this.unlink(ids);
        return false;
    }

    _views = {
        "bill_desk,1": /* xml */ `
            <bill_desk form_view="7">
                <header>
                    <button name="action_bulk_approve" type="object" string="Approve"
                        invisible="context.get('openpce_screen', 'approval') != 'approval'"/>
                    <button name="action_bulk_validate" type="object" string="Validate"
                        invisible="context.get('openpce_screen', 'treatment') != 'treatment'"/>
                    <button name="action_ask_forward" type="object" string="Forward"/>
                </header>
                <field name="ref"/>
            </bill_desk>`,
        "search,2": /* xml */ `
            <search>
                <filter name="others" string="All but the first" domain="[('ref', '!=', 'FV-1')]"/>
            </search>`,
    };
}

export class Line extends models.Model {
    _name = "account.move.line";
    name = fields.Char({ string: "Label" });
    price_unit = fields.Float({ string: "Price" });
    move_id = fields.Many2one({ relation: "account.move" });
}

export class Move extends models.Model {
    _name = "account.move";
    _rec_name = "ref";

    ref = fields.Char({ string: "Number" });
    narration = fields.Text({ string: "Terms" });
    invoice_date = fields.Date({ string: "Date" });
    amount_total = fields.Float({ string: "Total" });
    sequence = fields.Integer({ string: "Sequence" });
    to_check = fields.Boolean({ string: "To check" });
    partner_id = fields.Many2one({ string: "Supplier", relation: "res.partner" });
    invoice_line_ids = fields.One2many({ relation: "account.move.line", relation_field: "move_id" });
    openpce_version = fields.Char();
    openpce_actions = fields.Json();

    /** As the server does: not over what somebody else saved, nor a bill without a number. */
    openpce_desk_save([id], values, version, specification) {
        const [entry] = this.browse(id);
        if (entry.openpce_version !== version) {
            throw makeServerError({ message: "Ana changed this bill while you were typing." });
        }
        if (values.ref === false) {
            throw makeServerError({ message: "A bill has a number." });
        }
        this.write([id], { ...values, openpce_version: `${version}+` });
        return this.web_read([id], specification);
    }

    /** A button of the form: the bill leaves the mailbox, unless it only opens a wizard. */
    action_openpce([id], name) {
        if (name === "action_validate") {
            const bills = this.env["openpce.bill"];
            bills.unlink(bills.search([["move_id", "=", id]]));
        }
        return false;
    }

    _views = {
        "form,7": /* xml */ `
            <form js_class="openpce_bill_desk_form" disable_autofocus="1">
                <header>
                    <button name="action_openpce" type="object" string="Validate" args='["action_validate"]' data-hotkey="v"/>
                    <button name="action_openpce" type="object" string="Hold" args='["action_ask_hold"]'/>
                </header>
                <group>
                    <field name="openpce_version" invisible="1"/>
                    <field name="openpce_actions" invisible="1"/>
                    <field name="ref"/>
                    <field name="narration"/>
                    <field name="invoice_date"/>
                    <field name="amount_total"/>
                    <field name="sequence" string="Order"/>
                    <field name="to_check"/>
                    <field name="partner_id"/>
                </group>
                <field name="invoice_line_ids">
                    <list editable="bottom"><field name="name"/><field name="price_unit"/></list>
                </field>
            </form>`,
    };
}

/** To be called at the top of a test file. */
export function defineDesk() {
    defineMailModels();
    defineModels([Bill, Line, Move]);
    before(() => {
        patchWithCleanup(serverState.view_info, {
            bill_desk: { multi_record: true, display_name: "Bill desk", icon: "fa fa-columns" },
        });
    });
}

/** Bills 1, 2, … with their entries, in the current week. */
export function makeBills(count, { bill = () => ({}), entry = () => ({}) } = {}) {
    const ids = Array.from({ length: count }, (_, index) => index + 1);
    Bill._records = ids.map((id) => ({
        id,
        move_id: ENTRY + id,
        ref: `FV-${id}`,
        mailbox: "current_week",
        holder: `Holder of FV-${id}`,
        amount_total: 10 * id,
        ...bill(id),
    }));
    Line._records = ids.map((id) => ({ id, move_id: ENTRY + id, name: `Freight ${id}`, price_unit: 10 * id }));
    Move._records = ids.map((id) => ({
        id: ENTRY + id,
        ref: `FV-${id}`,
        amount_total: 10 * id,
        openpce_version: "1",
        openpce_actions: ["validate"],
        invoice_line_ids: [id],
        ...entry(id),
    }));
}

/** As wide as the window is. */
export function setWidth(width) {
    patchWithCleanup(browser, {
        get innerWidth() {
            return width;
        },
    });
    window.dispatchEvent(new Event("resize"));
}

/** What was begun has been drawn. */
export async function settle() {
    for (let frame = 0; frame < 6; frame++) {
        await animationFrame();
    }
}

/** The desk of the first bills made, as a screen opens it. */
export async function openDesk({ width = 1600, screen = "treatment", ...props } = {}) {
    setWidth(width);
    const view = await mountView({
        type: "bill_desk",
        resModel: "openpce.bill",
        viewId: 1,
        searchViewId: 2,
        context: { openpce_screen: screen },
        noContentHelp: markup("<p>Nothing to do</p>"),
        ...props,
    });
    await settle();
    await advanceTime(1_000); // the bus gathers what it listens to
    await settle();
    return view;
}

/** What the form shows in a field. */
export const shown = (name) => queryOne(`.o_desk_form .o_field_widget[name='${name}'] :is(input, textarea)`).value;

/** Number of the bill that is marked as open in the mailbox. */
export const marked = () => Number(queryOne(".o_desk_row[aria-selected='true']").dataset.bill);

/** Supplier and number of the rows that are drawn. */
export const listed = () => queryAllTexts(".o_desk_row").map((text) => text.match(/FV-\d+/)[0]);

/** What somebody else's browser or transaction tells this desk. */
export async function hear(kind, facts) {
    const bus = MockServer.env["bus.bus"];
    const listens = () => bus.channelsByUser[MockServer.env.uid]?.includes("openpce_bill_desk_1");
    while (!listens()) {
        await advanceTime(100);
    }
    bus._sendone("openpce_bill_desk_1", `openpce_bill_desk/${kind}`, facts);
    await settle();
    await advanceTime(500); // changes are gathered
    await settle();
}

/** Somebody else saves. */
export async function saveElsewhere(id, values) {
    const [entry] = MockServer.env["account.move"].browse(ENTRY + id);
    MockServer.env["account.move"].write([entry.id], { ...values, openpce_version: `${entry.openpce_version}!` });
    await hear("changed", { ids: [id], user_id: 99, name: "Ana" });
}

/** Type into a field of the form and stay in it. */
export async function type(name, text) {
    const input = `.o_desk_form .o_field_widget[name='${name}'] :is(input, textarea)`;
    await contains(input).edit(text, { confirm: false });
    await settle();
}

/** The entry of a bill as the server has it. */
export const stored = (id) => MockServer.env["account.move"].browse(ENTRY + id)[0];

/** Where the keyboard is after opening a bill in the mailbox. */
export const leaveForm = () => queryOne(".o_desk_row[aria-selected='true'] [tabindex]").focus();

class Around extends Component {
    static template = xml`<t t-component="props.component" t-props="props.inner"/>`;
    static props = ["*"];
    setup() {
        useSubEnv({ config: { ...getDefaultConfig(), cache: false }, billDesk: this.props.desk });
    }
}

/** A part of the desk without the rest; what it tells the desk is kept. */
export async function mountPart(component, inner) {
    const desk = {
        form: null,
        loaded: [],
        acted: 0,
        setForm: (form) => (desk.form = form),
        onRootLoaded: (root) => desk.loaded.push(root.resId - ENTRY),
        afterAction: () => desk.acted++,
    };
    await mountWithCleanup(Around, { props: { component, inner, desk } });
    await settle();
    return desk;
}
