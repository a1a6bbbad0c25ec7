import { Component, onWillUpdateProps, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { DocumentFiles } from "./document_files";
import { PdfViewer } from "./pdf_viewer";

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
    static components = { PdfViewer };
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
        this.onState = (told) => Object.assign(this.state, { problem: null }, told);
        this.state = useState({ fileId: this.first(this.props), busy: false, problem: null });
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
}
