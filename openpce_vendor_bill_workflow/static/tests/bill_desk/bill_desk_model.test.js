import { expect, test } from "@odoo/hoot";
import { advanceTime, Deferred, microTick } from "@odoo/hoot-mock";
import { BillDeskModel } from "@openpce_vendor_bill_workflow/bill_desk/bill_desk_model";

const bills = (from, count) => Array.from({ length: count }, (_, index) => [from + index, 1000 + from + index]);
const range = (from, count) => bills(from, count).map(([id]) => id);

/** A model, and what it asks the server for. */
function makeModel(groups) {
    const server = {
        groups,
        asked: { mailbox: [], rows: [], details: [] },
        readMailbox: () => ({ groups: server.groups, more: server.more || false }),
        readRows: (ids) => ids.map((id) => ({ id, ref: `FV-${id}` })),
        readDetails: (id) => ({ [id]: { documents: [{ id }], approvals: [], owners: [] } }),
    };
    const call = async (model, method, args) => {
        if (method === "get_desk_mailbox") {
            server.asked.mailbox.push(args);
            return server.readMailbox();
        }
        server.asked.details.push(args[0][0]);
        return server.readDetails(args[0][0]);
    };
    const webRead = async (model, ids) => {
        server.asked.rows.push([...ids]);
        return server.readRows(ids);
    };
    const params = { resModel: "openpce.bill", screen: "treatment", order: "deadline" };
    const model = new BillDeskModel({}, params, { orm: { call, webRead, silent: { call } } });
    return { model, server };
}

test("the mailbox is read in its groups with the first rows, others as they are looked at", async () => {
    const { model, server } = makeModel([
        { name: "current_week", label: "Current week", bills: bills(1, 40) },
        { name: "held", label: "Held", bills: [] },
        { name: "earlier", label: "Earlier", bills: bills(41, 400) },
    ]);
    expect(model.hasData()).toBe(false);
    await model.load({ domain: [["ref", "!=", "x"]], context: {} });
    expect(model.hasData()).toBe(true);
    expect(server.asked.mailbox).toEqual([[[["ref", "!=", "x"]], "treatment", "deadline"]]);
    expect(model.bills.length).toBe(440);
    expect(model.find(41)).toEqual([41, 1041]);
    expect(model.find(999)).toBe(undefined);
    expect(server.asked.rows).toEqual([range(1, 30)]);
    await model.loadRows(range(20, 20));
    expect(server.asked.rows[1]).toEqual(range(31, 38), {
        message: "what is known is not asked for, what is near comes with it",
    });
    await model.loadRows(range(20, 20));
    expect(server.asked.rows.length).toBe(2);
    await model.loadRows(range(41, 400));
    expect(server.asked.rows[2].length).toBe(120, { message: "pages have an end" });
    expect(model.rows[35].ref).toBe("FV-35");
});

test("a bill that left is taken out without reading the others; one that stays is told", async () => {
    const groups = [
        { name: "current_week", label: "Current week", bills: bills(1, 2) },
        { name: "held", label: "Held", bills: bills(3, 2) },
    ];
    const { model, server } = makeModel(groups);
    await model.load({ domain: [["ref", "!=", "x"]], context: {} });
    server.groups = [{ name: "held", label: "Held", bills: bills(2, 1) }];
    expect(await model.dropIfGone(2)).toBe(false);
    expect(model.bills.length).toBe(4);
    server.groups = [{ name: "held", label: "Held", bills: [] }];
    expect(await model.dropIfGone(2)).toBe(true);
    const asked = ["&", ["ref", "!=", "x"], ["id", "=", 2]];
    expect(server.asked.mailbox.at(-1)).toEqual([asked, "treatment", "deadline"]);
    expect(model.groups.map((group) => group.bills.length)).toEqual([1, 2]);
    expect(model.find(2)).toBe(undefined);
    expect(model.find(3)).toEqual([3, 1003]);
    expect(server.asked.rows.length).toBe(1);
});

test("more than the server gives is told", async () => {
    const { model, server } = makeModel([{ name: "held", label: "Held", bills: bills(1, 2) }]);
    server.more = true;
    await model.load({ domain: [], context: {} });
    expect(model.more).toBe(true);
});

test("another order or search reads rows again and forgets those that are gone", async () => {
    const { model, server } = makeModel([{ name: "held", label: "Held", bills: bills(1, 3) }]);
    await model.load({ domain: [], context: {} });
    server.groups = [{ name: "held", label: "Held", bills: bills(2, 2) }];
    model.order = "newest";
    await model.load();
    expect(server.asked.mailbox[1]).toEqual([[], "treatment", "newest"]);
    expect(Object.keys(model.rows)).toEqual(["2", "3"]);
    expect(server.asked.rows[1]).toEqual([2, 3]);
    expect(model.find(1)).toBe(undefined);
});

test("readings of the mailbox come one after the other; the last one counts for all", async () => {
    const { model, server } = makeModel([]);
    const answers = [new Deferred(), new Deferred()];
    let readings = 0;
    server.readMailbox = () => answers[readings++];
    const ended = [];
    const first = model.load({ domain: [["id", "=", 1]], context: {} }).then(() => ended.push(1));
    const second = model.load({ domain: [["id", "=", 2]], context: {} }).then(() => ended.push(2));
    answers[1].resolve({ groups: [{ name: "held", label: "Held", bills: bills(2, 1) }], more: false });
    await microTick();
    expect(ended).toEqual([]);
    answers[0].resolve({ groups: [{ name: "held", label: "Held", bills: bills(1, 1) }], more: false });
    await Promise.all([first, second]);
    expect(ended).toEqual([1, 2]);
    expect(model.bills).toEqual(bills(2, 1));
});

test("rows that could not be read are asked for again", async () => {
    const { model, server } = makeModel([{ name: "held", label: "Held", bills: bills(1, 40) }]);
    await model.load({ domain: [], context: {} });
    const { readRows } = server;
    server.readRows = () => Promise.reject(new Error("offline"));
    await expect(model.loadRows([35])).rejects.toThrow("offline");
    server.readRows = readRows;
    await model.loadRows([35]);
    expect(model.rows[35].ref).toBe("FV-35");
});

test("rows that others changed are read again, unless they are gone", async () => {
    const { model, server } = makeModel([{ name: "held", label: "Held", bills: bills(1, 3) }]);
    await model.load({ domain: [], context: {} });
    server.readRows = (ids) => ids.map((id) => ({ id, ref: `changed ${id}` }));
    await model.refreshRows([2, 77]);
    expect(server.asked.rows[1]).toEqual([2]);
    expect([1, 2].map((id) => model.rows[id].ref)).toEqual(["FV-1", "changed 2"]);
});

test("what stands around a bill is asked for once, also ahead, and for half a minute", async () => {
    const { model, server } = makeModel([]);
    const [first, again] = await Promise.all([model.loadDetails(1), model.loadDetails(1)]);
    expect(first.documents).toEqual([{ id: 1 }]);
    expect(again).toBe(first);
    expect(server.asked.details).toEqual([1]);
    await advanceTime(29_000);
    await model.loadDetails(1);
    expect(server.asked.details).toEqual([1]);
    await advanceTime(2_000);
    await model.loadDetails(1);
    expect(server.asked.details).toEqual([1, 1]);
    model.forget(1);
    await model.loadDetails(1);
    expect(server.asked.details).toEqual([1, 1, 1]);
});

test("only the bill before, this one and the next are kept", async () => {
    const { model, server } = makeModel([]);
    for (const id of [1, 2, 3, 4]) {
        await model.loadDetails(id);
    }
    expect([...model.details.keys()]).toEqual([2, 3, 4]);
    await model.loadDetails(2);
    expect(server.asked.details).toEqual([1, 2, 3, 4]);
    await model.loadDetails(1);
    expect(server.asked.details).toEqual([1, 2, 3, 4, 1]);
});

test("a bill that may not be seen has nothing around it; a failure is not kept", async () => {
    const { model, server } = makeModel([]);
    server.readDetails = () => ({});
    expect(await model.loadDetails(1)).toEqual({ documents: [], approvals: [], owners: [] });
    server.readDetails = () => Promise.reject(new Error("offline"));
    await expect(model.loadDetails(2)).rejects.toThrow("offline");
    server.readDetails = (id) => ({ [id]: { documents: [{ id }], approvals: [], owners: [] } });
    expect((await model.loadDetails(2)).documents).toEqual([{ id: 2 }]);
});
