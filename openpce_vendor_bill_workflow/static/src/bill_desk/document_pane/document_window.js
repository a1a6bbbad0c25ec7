import { Component, onMounted, onPatched, onWillUnmount, useExternalListener, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { DeskChannel } from "./desk_channel";
import { DocumentPane } from "./document_pane";

const ACTION = "openpce_vendor_bill_workflow.bill_document_window";

/**
 * The second window: the document of the bill that the desk shows. The files come by their own
 * addresses, so the server decides again who may see them.
 */
export class DocumentWindow extends Component {
    static template = "openpce_vendor_bill_workflow.DocumentWindow";
    static components = { DocumentPane };
    static props = { ...standardActionServiceProps };

    setup() {
        this.state = useState({ pane: null, left: false });
        this.channel = new DeskChannel((message) => this.onMessage(message));
        this.onPick = (picked) => this.channel.send("pick", { picked });
        onMounted(() => this.channel.send("hello"));
        onWillUnmount(() => this.channel.close());
    }

    onMessage({ type, pane }) {
        if (type === "show") {
            Object.assign(this.state, { pane, left: false });
        } else if (type === "bye") {
            this.state.left = true;
        }
    }
}

registry.category("actions").add(ACTION, DocumentWindow);

/**
 * For the desk: keeps the second window, if there is one, on the desk's bill.
 *
 * @param {() => object} getPane the properties that the desk gives to its own DocumentPane
 * @param {(picked: object) => void} onPick a word was chosen in the second window
 * @returns {{open: () => void}}
 */
export function useDocumentWindow(getPane, onPick) {
    let told;
    const show = (again) => {
        const { documents, documentKey, values, activeField, loading } = getPane();
        const pane = { documents, documentKey, values, activeField, loading };
        const text = JSON.stringify(pane);
        if (again || text !== told) {
            told = text;
            channel.send("show", { pane });
        }
    };
    const channel = new DeskChannel(({ type, picked }) => {
        if (type === "hello") {
            show(true);
        } else if (type === "pick") {
            onPick(picked);
        }
    });
    const leave = () => channel.send("bye");
    onMounted(() => show());
    onPatched(() => show());
    onWillUnmount(() => {
        leave();
        channel.close();
    });
    useExternalListener(window, "pagehide", leave);
    return {
        // the name keeps it one window, however often it is asked for
        open: () =>
            browser.open("/odoo/openpce-document", "openpce_bill_document", "width=900,height=1000"),
    };
}
