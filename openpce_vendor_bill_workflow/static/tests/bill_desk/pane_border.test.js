import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { press, queryOne } from "@odoo/hoot-dom";
import { PaneBorder } from "@openpce_vendor_bill_workflow/bill_desk/pane_border/pane_border";
import { mountWithCleanup, patchWithCleanup } from "@web/../tests/web_test_helpers";

defineMailModels();

test("the border moves with the arrow keys, within its limits", async () => {
    const widths = [];
    await mountWithCleanup(PaneBorder, {
        props: {
            label: "Width of the mailbox",
            width: 300,
            min: 290,
            max: 600,
            onResize: (width) => widths.push(width),
        },
    });
    queryOne("[role='separator']").focus();
    await press("ArrowRight");
    await press("ArrowLeft");
    await press("ArrowUp");
    expect(widths).toEqual([324, 290]);
    expect("[role='separator']").toHaveAttribute("aria-label", "Width of the mailbox");
    expect("[role='separator']").toHaveAttribute("aria-valuenow", "300");
});

test("the border is dragged until the pointer is let go, and no further than it may", async () => {
    patchWithCleanup(Element.prototype, { setPointerCapture() {} });
    const widths = [];
    await mountWithCleanup(PaneBorder, {
        props: { label: "Width of the bill", width: 300, min: 240, max: 600, onResize: (width) => widths.push(width) },
    });
    const border = queryOne("[role='separator']");
    const send = (kind, clientX) => border.dispatchEvent(new PointerEvent(kind, { clientX, pointerId: 1 }));
    send("pointermove", 10);
    expect(widths).toEqual([], { message: "nothing is dragged yet" });
    for (const end of ["pointerup", "pointercancel"]) {
        send("pointerdown", 100);
        send("pointermove", 140.4);
        send("pointermove", 2_000);
        send("pointermove", -2_000);
        expect(widths.splice(0)).toEqual([340, 600, 240]);
        send(end, 0);
        send("pointermove", 110);
        expect(widths).toEqual([], { message: "let go is let go" });
    }
});
