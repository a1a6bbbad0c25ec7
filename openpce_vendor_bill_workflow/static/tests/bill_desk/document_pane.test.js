import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { Component, useState, xml } from "@odoo/owl";
import { DocumentFiles, LARGE } from "@openpce_vendor_bill_workflow/bill_desk/document_pane/document_files";
import { DocumentPane, viewerOf } from "@openpce_vendor_bill_workflow/bill_desk/document_pane/document_pane";
import { ImageViewer } from "@openpce_vendor_bill_workflow/bill_desk/document_pane/image_viewer";
import { KeptViews } from "@openpce_vendor_bill_workflow/bill_desk/document_pane/kept_views";
import { joinLines } from "@openpce_vendor_bill_workflow/bill_desk/document_pane/page_text";
import { PdfFrame, viewerLocale } from "@openpce_vendor_bill_workflow/bill_desk/document_pane/pdf_frame";
import { PdfViewer } from "@openpce_vendor_bill_workflow/bill_desk/document_pane/pdf_viewer";
import { contains, mountWithCleanup, patchWithCleanup } from "@web/../tests/web_test_helpers";

defineMailModels();

const answer = (body, init) => async () => new Response(body, init);
const reason = (promise) =>
    promise.then(
        () => "none",
        (error) => error.reason
    );

test("every way in which a file cannot be used is told apart", async () => {
    const file = { url: "/file" };
    const cases = [
        [answer("%PDF-1.7 x"), "none"],
        [answer("<html/>"), "broken"],
        [answer(""), "empty"],
        [answer("", { status: 404 }), "missing"],
        [answer("", { status: 403 }), "refused"],
        [answer("", { status: 500 }), "offline"],
        [() => Promise.reject(new TypeError("net")), "offline"],
        [answer("%PDF-", { headers: { "Content-Length": String(LARGE + 1) } }), "large"],
    ];
    for (const [fetcher, expected] of cases) {
        expect(await reason(new DocumentFiles(fetcher).get(file))).toBe(expected);
    }
});

test("a file is loaded once, a failure is tried again, a large one only when wanted", async () => {
    let calls = 0;
    let works = true;
    const files = new DocumentFiles(async () => {
        calls++;
        return new Response(works ? "%PDF-1.7" : "", { status: works ? 200 : 500 });
    });
    await files.get({ url: "/a" });
    await files.get({ url: "/a" });
    expect(calls).toBe(1);
    works = false;
    expect(await reason(files.get({ url: "/b" }))).toBe("offline");
    works = true;
    expect(await reason(files.get({ url: "/b" }))).toBe("none");
    expect(calls).toBe(3);
    const large = { url: "/c", size: LARGE + 1 };
    expect(await reason(files.get(large))).toBe("large");
    expect(calls).toBe(3, { message: "nothing was asked for" });
    expect(await reason(files.get(large, true))).toBe("none");
});

test("zoom and place are kept from bill to bill", () => {
    const views = new KeptViews();
    views.turnTo(1, "a");
    expect(views.current.scale).toBe("page-width");
    views.leave({ scale: "1.5", page: 1, left: 3, top: 80 });
    views.turnTo(1, "annex");
    expect(views.current).toEqual({ scale: "1.5", page: 1, left: 0, top: 0 });
    views.leave({ scale: "1.5", page: 1, left: 0, top: 0 });
    views.turnTo(1, "a");
    expect(views.current.top).toBe(80);
    views.leave({ scale: "2", page: 1, left: 0, top: 60 });
    views.turnTo(2, "b");
    expect(views.current).toEqual({ scale: "2", page: 1, left: 0, top: 60 });
    views.leave({ scale: "2", page: 3, left: 0, top: 2000 });
    views.turnTo(3, "c");
    expect(views.current).toEqual({ scale: "2", page: 1, left: 0, top: 0 });
});

test("pieces of a number are joined, columns are not", () => {
    const piece = (text, left, right, top = 10) => ({ text, left, right, top, bottom: top + 10 });
    const lines = joinLines([
        piece(",00", 150, 165),
        piece("Total", 10, 40),
        piece("1.234", 120, 150),
        piece("next", 10, 30, 30),
        piece("word", 33, 50, 31),
    ]);
    expect(lines.map((line) => line.text)).toEqual(["Total\t1.234,00", "next word"]);
});

test("the library's language and the viewer of a file", () => {
    expect(["es_CO", "es-419", "es", "es_AR", "en_US"].map(viewerLocale)).toEqual([
        "es-ES",
        "es-ES",
        "es-ES",
        "es-AR",
        "en-US",
    ]);
    expect(viewerOf({ mimetype: "image/svg+xml" })).toBe("other");
    expect(viewerOf({ mimetype: "image/png" })).toBe("image");
    expect(viewerOf(undefined)).toBe("none");
});

class Host extends Component {
    static components = { DocumentPane };
    static props = ["*"];
    static template = xml`<div style="height: 500px"><DocumentPane t-props="state"/></div>`;
    setup() {
        this.state = useState(this.props.pane);
    }
}

const PIXEL =
    "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
const OTHER = { id: 1, name: "a.zip", mimetype: "application/zip", url: "/a", kind: "annex", size: 2 ** 20 };
const IMAGE = { id: 2, name: "b.gif", mimetype: "image/gif", url: PIXEL, kind: "annex" };

async function mountPane(pane) {
    // the library itself is looked at in a tour; here it would load a page
    patchWithCleanup(PdfViewer.prototype, {
        setup() {
            const told = (name) => (direction) => expect.step(`${name} ${direction ?? ""}`.trim());
            const names = ["zoom", "turn", "page", "search"];
            this.props.viewers.pdf = Object.fromEntries(names.map((name) => [name, told(name)]));
        },
    });
    return mountWithCleanup(Host, { props: { pane: { documentKey: 1, ...pane } } });
}

test("a document that keeps the reader's worker busy holds up no other", async () => {
    const app = {
        close: () => new Promise(() => {}),
        passwordPrompt: { close() {} },
        pdfViewer: {},
        appConfig: {},
    };
    class PDFWorker {
        destroy() {
            expect.step("worker ends");
        }
    }
    const contentWindow = {
        PDFViewerApplication: app,
        PDFViewerApplicationOptions: new Map([["workerSrc", "worker.js"]]),
        pdfjsLib: { PDFWorker, GlobalWorkerOptions: {} },
    };
    const ready = Promise.resolve();
    const frame = Object.create(PdfFrame.prototype);
    Object.assign(frame, { iframe: { contentWindow }, asked: 0, started: ready, last: ready });
    const worker = frame.getWorker();
    expect(frame.getWorker()).toBe(worker);
    const closed = frame.close();
    await advanceTime(2_100);
    await closed;
    expect.verifySteps(["worker ends"]);
    expect(frame.getWorker()).not.toBe(worker);
});

test("files are switched; unknown ones are offered, annexes counted", async () => {
    await mountPane({ documents: [OTHER, IMAGE] });
    expect(queryAllTexts(".o_openpce_tabs .nav button")).toEqual(["a.zip", "b.gif"]);
    expect(".o_openpce_tabs .badge").toHaveText(/Annexes:\s*2/);
    expect(queryOne(".o_openpce_notice a").getAttribute("href")).toBe("/a?download=true");
    expect(".o_openpce_notice").toHaveText(/1(\.0)? MB/);
    await contains(".nav button:contains(b.gif)").click();
    expect(".o_openpce_image img").toHaveCount(1);
    expect(".nav button:contains(b.gif)").toHaveAttribute("aria-pressed", "true");
});

test("a bill without files says so, and the next bill begins with its first file", async () => {
    const host = await mountPane({ documents: [] });
    expect(".o_openpce_notice").toHaveText(/has no file/);
    Object.assign(host.state, { documents: [OTHER, IMAGE], documentKey: 2 });
    await animationFrame();
    expect(".o_openpce_notice strong").toHaveText("a.zip");
});

test("a broken image and a field that waits are told", async () => {
    const host = await mountPane({ documents: [{ ...IMAGE, url: "data:image/gif;base64,AAAA" }] });
    host.state.activeField = { name: "ref", label: "Number", kind: "text" };
    await animationFrame();
    expect("[role=status]").toHaveText(/Click the value of “Number”/);
    queryOne(".o_openpce_image img").dispatchEvent(new Event("error"));
    await animationFrame();
    expect("[role=alert]").toHaveText(/cannot be shown/);
});

test("an image is zoomed and turned", async () => {
    await mountWithCleanup(ImageViewer, { props: { file: IMAGE, onState: () => {}, viewers: {} } });
    await contains("[aria-label='Zoom in']").click();
    expect(queryOne(".o_openpce_image_box").style.width).toBe("125%");
    await contains("[aria-label=Turn]").click();
    expect(queryOne(".o_openpce_image img").style.transform).toInclude("rotate(90deg)");
});

test("the document is zoomed, turned, leafed through and searched with keys", async () => {
    const PDF = { id: 3, name: "c.pdf", mimetype: "application/pdf", url: "/c", kind: "pdf" };
    await mountPane({ documents: [PDF, IMAGE, OTHER] });
    for (const keys of [
        ["alt", "shift", "ArrowUp"],
        ["alt", "shift", "ArrowDown"],
        ["alt", "shift", "ArrowRight"],
        ["alt", "PageDown"],
        ["alt", "PageUp"],
        ["alt", "shift", "f"],
    ]) {
        await press(keys);
    }
    expect.verifySteps(["zoom 1", "zoom -1", "turn", "page 1", "page -1", "search"]);
    await contains(".nav button:contains(b.gif)").click();
    await press(["alt", "shift", "ArrowUp"]);
    await press(["alt", "shift", "ArrowRight"]);
    await press(["alt", "PageDown"]);
    await press(["alt", "shift", "f"]);
    await animationFrame();
    expect(queryOne(".o_openpce_image_box").style.width).toBe("125%");
    expect(queryOne(".o_openpce_image img").style.transform).toInclude("rotate(90deg)");
    await contains(".nav button:contains(a.zip)").click();
    await press(["alt", "shift", "ArrowUp"]);
    expect.verifySteps([], { message: "the PDF that is not to be seen hears nothing" });
});

test("the picture of an electronic invoice keeps its zoom, and marks stay on what they mark", async () => {
    const file = (id) => ({ id, name: `${id}.xml`, mimetype: "text/xml", url: `/${id}`, kind: "picture" });
    const value = (text) => ({ field: "ref", label: "Number", kind: "text", text, value: text });
    const inside = (selector) =>
        queryOne("[title='Electronic invoice']").contentDocument.querySelector(selector);
    /** Nothing is fetched in these tests: the frame is given what the server would send. */
    const load = async (text, doctype = "<!doctype html>") => {
        await animationFrame();
        const frame = queryOne("[title='Electronic invoice']");
        frame.contentDocument.open();
        frame.contentDocument.write(
            `${doctype}<body class="o_openpce_picture" style="margin: 16px; height: 3000px">Factura <b>${text}</b></body>`
        );
        frame.contentDocument.close();
        frame.dispatchEvent(new Event("load"));
        await animationFrame();
    };
    const isOnItsText = () => {
        const [mark, text] = [".o_openpce_mark", "b"].map((one) => inside(one).getBoundingClientRect());
        return ["left", "top", "width", "height"].every((side) => Math.abs(mark[side] - text[side]) < 1);
    };
    const width = () => inside("b").getBoundingClientRect().width;
    const host = await mountPane({ documents: [file(1)], values: [value("FV-1")] });
    await load("FV-1");
    expect(isOnItsText()).toBe(true);
    const before = width();
    await press(["alt", "shift", "ArrowUp"]);
    expect(width() / before).toBeCloseTo(1.25, { margin: 0.02 });
    expect(isOnItsText()).toBe(true);
    await press(["alt", "PageDown"]);
    const scrolled = () => inside("html").ownerDocument.scrollingElement.scrollTop;
    const top = scrolled();
    expect(top).toBeGreaterThan(100);
    Object.assign(host.state, { documents: [file(2)], values: [value("FV-2")], documentKey: 2 });
    await load("FV-2", "");
    expect(width() / before).toBeCloseTo(1.25, { margin: 0.02 });
    expect(scrolled()).toBe(top);
    expect(isOnItsText()).toBe(true);
});
