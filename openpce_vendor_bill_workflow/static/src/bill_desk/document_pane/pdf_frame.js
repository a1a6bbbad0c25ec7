import { browser } from "@web/core/browser/browser";
import { FileProblem } from "./document_files";
import { KeptViews } from "./kept_views";

const VIEWER = "/web/static/lib/pdfjs/web/viewer.html?file=";
/** What has no use on a bill, or would let people think that they change the file. */
const HIDDEN = [
    "#editorModeButtons",
    "#editorModeSeparator",
    "#openFile",
    "#secondaryOpenFile",
    "#viewBookmark",
    "#secondaryViewBookmark",
    "#viewBookmarkSeparator",
    "#presentationMode",
];
/** Milliseconds that a document may take to go. */
const LONGEST_CLOSE = 2_000;
/** Spanish dialects that the library has in full; it knows no general one. */
const SPANISH = ["es-AR", "es-CL", "es-ES"];

/** The user's language as the library's translations call it. */
export function viewerLocale(lang) {
    const code = (lang || "en_US").split("@")[0].replace("_", "-");
    if (!/^es\b/.test(code) || SPANISH.includes(code)) {
        return code;
    }
    return "es-ES";
}

/**
 * Odoo's PDF.js viewer in one iframe that lives from bill to bill: it is started once (which takes
 * most of the time) and then told which bytes to show.
 */
export class PdfFrame {
    /**
     * @param {HTMLIFrameElement} iframe
     * @param {{lang: string, dark: boolean, css: string}} options
     * @param {Record<string, (event: object) => void>} listeners by event of the library
     */
    constructor(iframe, options, listeners) {
        this.iframe = iframe;
        this.options = options;
        this.listeners = listeners;
        this.views = new KeptViews();
        this.last = Promise.resolve();
        this.asked = 0;
        this.started = this._start();
    }

    get app() {
        return this.iframe.contentWindow.PDFViewerApplication;
    }

    get document() {
        return this.iframe.contentDocument;
    }

    async _start() {
        const doc = this.iframe.ownerDocument;
        await new Promise((resolve) => {
            const configure = (event) => {
                if (event.detail.source === this.iframe.contentWindow) {
                    doc.removeEventListener("webviewerloaded", configure);
                    this._configure();
                    resolve();
                }
            };
            this._forget = () => doc.removeEventListener("webviewerloaded", configure);
            doc.addEventListener("webviewerloaded", configure);
            this.iframe.src = VIEWER;
        });
        await this.app.initializedPromise;
        // the pane tells what is wrong in the user's words; the library would write it to the
        // console as an error
        this.app._otherError = async (key) => key;
        this.app.eventBus.on("documentinit", () => this._showView());
        this._askOnlyIfWanted(this.app.passwordPrompt);
        for (const [name, listener] of Object.entries(this.listeners)) {
            this.app.eventBus.on(name, listener);
        }
    }

    /** The question for a password takes the focus: it comes only when the user wants it. */
    _askOnlyIfWanted(prompt) {
        const { open, setUpdateCallback } = prompt;
        prompt.open = async () => this.mayAsk && open.call(prompt);
        prompt.setUpdateCallback = async (answer, reason) => {
            this.locked = true;
            if (this.mayAsk) {
                return setUpdateCallback.call(prompt, answer, reason);
            }
            answer(new Error("The password was not asked for."));
        };
    }

    _configure() {
        this.iframe.contentWindow.PDFViewerApplicationOptions.setAll({
            disablePreferences: true,
            localeProperties: { lang: viewerLocale(this.options.lang) },
            annotationEditorMode: -1,
            enableScripting: false,
            sidebarViewOnLoad: 0,
            // where the reader is comes from the pane, not from the last time the file was open
            viewOnLoad: 1,
            viewerCssTheme: this.options.dark ? 2 : 1,
        });
        const style = this.document.createElement("style");
        style.textContent = `${HIDDEN.join(", ")} { display: none !important; } ${this.options.css}`;
        this.document.head.append(style);
    }

    /**
     * Show a document; of several asked for in a row only the last is opened.
     *
     * @param {Uint8Array} bytes
     * @param {{name: string, key: string, bill: any, mayAsk?: boolean}} file `key` tells the files of a
     *      bill apart; `mayAsk` for a password
     * @returns {Promise<boolean>} false when another was asked for meanwhile. Fails with a
     *      FileProblem.
     */
    async open(bytes, file) {
        const mine = ++this.asked;
        await this._close();
        if (mine !== this.asked) {
            return false;
        }
        this.views.turnTo(file.bill, file.key);
        this.mayAsk = !!file.mayAsk;
        this.locked = false;
        try {
            // a copy: the library hands the bytes over to its worker
            await this.app.open({ data: bytes.slice(), worker: this.getWorker() });
        } catch {
            throw new FileProblem(this.locked ? "password" : "broken", bytes.length);
        }
        if (mine !== this.asked) {
            return false;
        }
        this.app._contentDispositionFilename = file.name;
        return true;
    }

    /** What a button of the viewer's own bar does: `zoomin`, `rotatecw`, `nextpage` and such. */
    press(name) {
        this.app?.pdfDocument && this.app.eventBus.dispatch(name, { source: this });
    }

    /** The caret goes into the viewer's own search. */
    search() {
        if (this.app?.pdfDocument) {
            this.iframe.focus();
            this.app.findBar.open();
        }
    }

    /** Show nothing: the page of another bill must not stand beside this bill's data. */
    async close() {
        this.asked++;
        await this._close();
    }

    _close() {
        // one after the other: an open that waits for a password ends by this
        this.last = Promise.all([this.started, this.last]).then(async () => {
            this._rememberView();
            // a question that waits for its answer keeps the library from closing
            await this.app.passwordPrompt.close();
            const closed = this.app.close().then(() => true);
            let timer;
            const late = new Promise((resolve) => (timer = browser.setTimeout(resolve, LONGEST_CLOSE)));
            if (!(await Promise.race([closed, late]))) {
                this.stopWorker();
            }
            browser.clearTimeout(timer);
        });
        this.last = this.last.catch((error) => console.warn(error));
        return this.last;
    }

    /** One worker reads all documents: to start one takes longer than to read a bill. */
    getWorker() {
        const { pdfjsLib, PDFViewerApplicationOptions } = this.iframe.contentWindow;
        if (!this.worker) {
            pdfjsLib.GlobalWorkerOptions.workerSrc ||= PDFViewerApplicationOptions.get("workerSrc");
            this.worker = new pdfjsLib.PDFWorker({ verbosity: 0 });
        }
        return this.worker;
    }

    /** A document may keep the worker busy for ever; the next one gets another. */
    stopWorker() {
        this.worker?.destroy();
        this.worker = undefined;
    }

    _rememberView() {
        const { pdfViewer, pdfDocument, appConfig } = this.app;
        if (pdfDocument) {
            this.views.leave({
                scale: pdfViewer.currentScaleValue,
                page: pdfViewer.currentPageNumber,
                left: appConfig.mainContainer.scrollLeft,
                top: appConfig.mainContainer.scrollTop,
            });
        }
    }

    _showView() {
        const { pdfViewer, appConfig } = this.app;
        const view = this.views.current;
        pdfViewer.currentScaleValue = view.scale;
        appConfig.mainContainer.scrollTo(view.left, view.top);
    }

    destroy() {
        this.asked++;
        this._forget?.();
        this.stopWorker();
    }
}
