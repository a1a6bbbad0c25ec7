import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { animationFrame, tick } from "@odoo/hoot-mock";
import { Component, useState, xml } from "@odoo/owl";
import { DocumentWindow, useDocumentWindow } from "@openpce_vendor_bill_workflow/bill_desk/document_pane/document_window";
import { PdfViewer } from "@openpce_vendor_bill_workflow/bill_desk/document_pane/pdf_viewer";
import { mountWithCleanup, patchWithCleanup } from "@web/../tests/web_test_helpers";

defineMailModels();

const FILE = { id: 1, name: "a.zip", mimetype: "application/zip", url: "/a", kind: "annex" };

class Desk extends Component {
    static props = [];
    static template = xml`<div/>`;
    setup() {
        useDocumentWindow(
            () => ({ documents: [FILE], documentKey: 1 }),
            () => {}
        );
    }
}

class Both extends Component {
    static components = { Desk, DocumentWindow };
    static props = ["*"];
    static template = xml`
        <div>
            <DocumentWindow action="{}" actionId="1"/>
            <Desk t-if="state.desk"/>
        </div>`;
    setup() {
        this.state = useState({ desk: true });
    }
}

async function told() {
    await tick();
    await animationFrame();
    await tick();
    await animationFrame();
}

test("the second window follows the desk and greys when it closes", async () => {
    patchWithCleanup(PdfViewer.prototype, { setup() {} });
    const both = await mountWithCleanup(Both);
    await told();
    expect(".o_openpce_document_window strong").toHaveText("a.zip");
    both.state.desk = false;
    await told();
    expect(".o_openpce_document_window [role=alert]").toHaveText(/desk was closed/);
    expect(".o_openpce_window_pane").toHaveAttribute("inert");
});
