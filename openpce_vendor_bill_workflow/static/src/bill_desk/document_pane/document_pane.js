import { Component, onWillUpdateProps, useEffect, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { DocumentFiles } from "./document_files";
import { useDocumentKeys } from "./document_keys";
import { ImageViewer } from "./image_viewer";
import { PdfViewer } from "./pdf_viewer";
import { Picker } from "./picker";
import { PictureViewer } from "./picture_viewer";

/** What is wrong with a file and what to do, by reason. */
const PROBLEMS = {
    missing: _t("The file is not there any more. Ask for the bill again, or attach the file to it."),
    refused: _t("You may not see this file. Ask the person who has the bill, or a supervisor."),
    offline: _t("The server did not answer. Check the connection and try again."),
    empty: _t("The file is empty. Ask the supplier for it again."),
    broken: _t("The file is damaged or no PDF. Download it to see what it is, or ask the supplier for it again."),
    password: _t("The file is protected by a password. Try again and type it, or ask the supplier for a file without one."),
    image: _t("The image cannot be shown. Download it to see what it is, or ask the supplier for it again."),
};

/** Shared by all panes, so that the desk can load ahead what comes next. */
export const documentFiles = new DocumentFiles((...request) => browser.fetch(...request));

/** How a file is shown: in which viewer. */
export function viewerOf(file) {
    if (!file) {
        return "none";
    }
    if (file.kind === "picture") {
        return "picture";
    }
    if (file.mimetype === "application/pdf") {
        return "pdf";
    }
    return /^image\/(png|jpe?g|gif|webp|bmp)$/.test(file.mimetype) ? "image" : "other";
}

/** The centre of the bill desk: the files of one bill, one at a time. */
export class DocumentPane extends Component {
    static template = "openpce_vendor_bill_workflow.DocumentPane";
    static components = { ImageViewer, PdfViewer, PictureViewer };
    static props = {
        // {id, name, mimetype, url, kind: pdf | picture | annex | other, size?}
        documents: { type: Array, element: Object },
        documentKey: true, // changes with the bill
        values: { type: Array, element: Object, optional: true },
        activeField: { type: [Object, { value: null }], optional: true },
        onPick: { type: Function, optional: true },
        onOpenWindow: { type: Function, optional: true },
        loading: { type: Boolean, optional: true },
    };
    static defaultProps = { values: [], activeField: null, loading: false, onPick: () => {} };

    setup() {
        this.files = documentFiles;
        this.viewers = {}; // by kind: each puts itself here
        useDocumentKeys(() => this.viewers[this.viewer]);
        this.onState = (told) => Object.assign(this.state, { problem: null }, told);
        this.state = useState({ fileId: this.first(this.props), busy: false, problem: null });
        const getProps = () => ({ ...this.props, onUnread: (text) => (this.state.unread = text) });
        this.picker = new Picker(getProps);
        useEffect(
            () => {
                this.state.unread = null;
                this.picker.refresh();
                this.picturePicker.refresh();
            },
            () => [this.props.activeField, JSON.stringify(this.props.values)]
        );
        this.picturePicker = new Picker(getProps);
        onWillUpdateProps((next) => this.follow(next));
    }

    /** The file to begin with: of the kind that the user looked at last, if the bill has one. */
    first({ documents }) {
        const alike = documents.find((file) => file.kind === this.preferred);
        return (alike || documents[0])?.id;
    }

    follow(next) {
        const gone = !next.documents.some((file) => file.id === this.state.fileId);
        if (next.documentKey !== this.props.documentKey || gone) {
            Object.assign(this.state, { fileId: this.first(next), problem: null, anySize: false });
        }
    }

    get file() {
        return this.props.documents.find((file) => file.id === this.state.fileId);
    }

    get viewer() {
        return viewerOf(this.file);
    }

    choose(file) {
        this.preferred = file.kind;
        Object.assign(this.state, { fileId: file.id, problem: null, anySize: false });
    }

    get downloadUrl() {
        const { url } = this.file;
        return `${url}${url.includes("?") ? "&" : "?"}download=true`;
    }

    sizeText(size) {
        return _t("%s MB", formatFloat(size / 1024 / 1024, { digits: [0, 1] }));
    }

    get annexes() {
        return this.props.documents.filter((file) => !["pdf", "picture"].includes(file.kind)).length;
    }

    tabTitle(file) {
        return { pdf: _t("Document"), picture: _t("Electronic invoice") }[file.kind] || file.name;
    }

    get problemText() {
        const { problem, size } = this.state;
        if (problem === "large") {
            return _t("The file is large (%s). Loading it may take a while.", this.sizeText(size));
        }
        return PROBLEMS[problem];
    }

    /** What to do for the field that waits, or why the last word was not taken. */
    get pickText() {
        const field = this.props.activeField.label;
        const text = this.state.unread;
        return text
            ? _t("“%(text)s” cannot be read for sure as “%(field)s”: type it.", { text, field })
            : _t("Click the value of “%s” on the page.", field);
    }

    /** The user wants it in spite of its size, or again. */
    retry() {
        const again = this.state.attempt || 0;
        Object.assign(this.state, { problem: null, anySize: true, attempt: again + 1 });
    }

    get candidates() {
        const picker = this.viewer === "picture" ? this.picturePicker : this.picker;
        return this.props.activeField ? picker.candidates(this.props.activeField.kind) : [];
    }

    onCandidates() {
        // asked for when the list opens: the text of later pages comes while one reads
        this.state.candidates = this.candidates;
    }

    onCandidate(event) {
        const run = this.state.candidates[event.target.value];
        event.target.value = "";
        run && this.props.onPick({ field: this.props.activeField.name, ...run });
    }
}
