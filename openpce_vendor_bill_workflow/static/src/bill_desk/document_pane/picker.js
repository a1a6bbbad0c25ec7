import { _t } from "@web/core/l10n/translation";
import { PageText } from "./page_text";

/** Looks of the text inside the viewers' frames. */
export const PICK_CSS = `
.o_openpce_marks { position: absolute; inset: 0; pointer-events: none; z-index: 1; }
.o_openpce_mark { position: absolute; background: rgb(40 167 69 / 28%); outline: 1px solid rgb(30 126 52); border-radius: 2px; mix-blend-mode: multiply; }
.o_openpce_picking .textLayer, .o_openpce_picking .textLayer span, body.o_openpce_picking { cursor: crosshair !important; }
.o_openpce_picking .textLayer span:hover { background: rgb(255 193 7 / 40%); }
@media print { .o_openpce_marks { display: none; } }
`;

/**
 * The text of the pages in one frame: marks what the form says and hands words to the field that
 * waits for one.
 */
export class Picker {
    /**
     * @param {() => {values: object[], activeField: object|null, onPick: Function,
     *      onUnread: Function}} getProps
     */
    constructor(getProps) {
        this.getProps = getProps;
        /** @type {Map<HTMLElement, {text: PageText, holder: HTMLElement}>} by root */
        this.pages = new Map();
    }

    /** Begin to listen in a frame; once for each document that the frame loads. */
    listen(doc) {
        this.document = doc;
        doc.addEventListener("mouseup", (event) => this.onMouseUp(event));
        this.refresh();
    }

    /** A page's text is there, or there anew. */
    add(root, holder) {
        this.pages.set(root, { text: new PageText(root), holder });
        this.mark(root);
    }

    clear() {
        this.pages.clear();
    }

    /** The form has changed: mark again, show whether a field waits. */
    refresh() {
        this.document?.body?.classList.toggle("o_openpce_picking", !!this.getProps().activeField);
        for (const root of this.pages.keys()) {
            this.mark(root);
        }
    }

    markAgain(root) {
        if (this.pages.has(root)) {
            this.mark(root);
        }
    }

    mark(root) {
        const { text, holder } = this.pages.get(root);
        if (!root.isConnected) {
            return this.pages.delete(root);
        }
        const title = (labels) => _t("In the form: %s", labels.join(", "));
        text.mark(holder, this.getProps().values, title);
    }

    /** Distinct values of a kind on the pages that are there, at most a hundred. */
    candidates(kind) {
        if (!["amount", "date"].includes(kind)) {
            return [];
        }
        const found = [...this.pages.values()].flatMap(({ text }) => text.candidates(kind));
        return [...new Map(found.map((run) => [run.value, run])).values()].slice(0, 100);
    }

    onMouseUp(event) {
        const { activeField } = this.getProps();
        if (!activeField || event.button) {
            return;
        }
        const selection = this.document.getSelection();
        const dragged = selection.isCollapsed ? "" : selection.toString();
        const caret = this.caretAt(event);
        const root = [...this.pages.keys()].find((one) => one.contains(caret?.node));
        if (!root) {
            return;
        }
        const { text } = this.pages.get(root);
        const run = dragged.trim()
            ? text.read(dragged, activeField.kind)
            : text.at(caret.node, caret.offset, activeField.kind);
        this.pick(run || text.at(caret.node, caret.offset, "text"), !!run);
        selection.removeAllRanges();
    }

    pick(run, isOfKind) {
        const { activeField, onPick, onUnread } = this.getProps();
        if (!run) {
            return;
        }
        if (isOfKind && run.value !== null) {
            onPick({ field: activeField.name, text: run.text, value: run.value });
        } else {
            onUnread(run.text);
        }
    }

    caretAt({ clientX, clientY }) {
        if (this.document.caretPositionFromPoint) {
            const caret = this.document.caretPositionFromPoint(clientX, clientY);
            return caret && { node: caret.offsetNode, offset: caret.offset };
        }
        const range = this.document.caretRangeFromPoint(clientX, clientY);
        return range && { node: range.startContainer, offset: range.startOffset };
    }
}
