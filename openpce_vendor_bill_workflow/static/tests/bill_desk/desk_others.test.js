import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { advanceTime } from "@odoo/hoot-mock";
import { DeskOthers } from "@openpce_vendor_bill_workflow/bill_desk/desk_others";
import { user } from "@web/core/user";

defineMailModels();

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

/** A desk that listens, what it sends, and what it hears of changes. */
function start() {
    const [sent, changed, heard, channels] = [[], [], {}, []];
    const bus = {
        send: (_name, data) => sent.push(data),
        addChannel: (name) => channels.push(name),
        deleteChannel: (name) => channels.splice(channels.indexOf(name), 1),
        subscribe: (name, call) => (heard[name] = call),
        unsubscribe: (name, call) => heard[name] === call && delete heard[name],
    };
    const others = new DeskOthers({ onChangedElsewhere: (ids, name) => changed.push([ids, name]) }, bus);
    others.start();
    const hear = (kind, facts) => heard[`openpce_bill_desk/${kind}`](facts);
    return { others, sent, changed, heard, hear, channels };
}

test("who was silent for long is gone; who is here says so again", async () => {
    const { others, sent, hear } = start();
    await advanceTime(61_000);
    expect(sent).toEqual([], { message: "without a bill there is nothing to say" });
    others.opened(7);
    hear("opened", { bill_id: 7, left: false, user_id: 99, name: "Ana", answer: true });
    hear("opened", { bill_id: 7, left: false, user_id: 98, name: "Beto", answer: true });
    await advanceTime(60_000);
    expect(sent.at(-1)).toEqual({ bill_id: 7, left: false, answer: true });
    hear("opened", { bill_id: 7, left: false, user_id: 98, name: "Beto", answer: true });
    await advanceTime(120_000);
    expect(others.names).toEqual(["Beto"]);
    others.stop();
});

test("several changes become one reading, told under the name of who changed this bill", async () => {
    const { others, changed, hear } = start();
    others.opened(7);
    hear("changed", { ids: [7, 8], user_id: 99, name: "Ana" });
    await advanceTime(300);
    hear("changed", { ids: [8, 9], user_id: 98, name: "Beto" });
    hear("changed", { ids: [10], user_id: user.userId, name: "Me" });
    expect(changed).toEqual([]);
    await advanceTime(500);
    expect(changed).toEqual([[[7, 8, 9], "Ana"]]);
    hear("changed", { ids: [9], user_id: 98, name: "Beto" });
    await advanceTime(500);
    expect(changed[1]).toEqual([[9], "Beto"]);
    hear("changed", { ids: [7], user_id: user.userId, name: "Me" });
    await advanceTime(500);
    expect(changed.length).toBe(2, { message: "one's own changes come not back" });
    others.stop();
});

test("a desk that closes says so and hears no more", async () => {
    const { others, sent, changed, heard, hear, channels } = start();
    expect(channels).toEqual(user.activeCompanies.map((company) => `openpce_bill_desk_${company.id}`));
    others.opened(7);
    hear("changed", { ids: [7], user_id: 99, name: "Ana" });
    others.stop();
    expect(sent.at(-1)).toEqual({ bill_id: false, left: 7, answer: false });
    expect(heard).toEqual({});
    expect(channels).toEqual([]);
    const before = sent.length;
    await advanceTime(200_000);
    expect(sent.length).toBe(before);
    expect(changed).toEqual([]);
});
