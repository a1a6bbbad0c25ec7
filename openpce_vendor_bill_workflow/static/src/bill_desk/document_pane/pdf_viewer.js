import { Component, onMounted, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { cookie } from "@web/core/browser/cookie";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { FileProblem } from "./document_files";
import { shareHotkeys } from "./frame_keys";
import { PdfFrame } from "./pdf_frame";
import { PICK_CSS } from "./picker";

/** A PDF in Odoo's own viewer; kept in the page, without a file, from bill to bill. */
export class PdfViewer extends Component {
    static template = "openpce_vendor_bill_workflow.PdfViewer";
    static props = {
        // {id, name, url, size} or nothing while another kind of file is shown
        file: { type: [Object, { value: null }] },
        billKey: true,
        files: Object,
        anySize: Boolean,
        attempt: Number, // a higher one asks for the file again
        onState: Function,
        picker: Object,
        viewers: Object,
    };

    setup() {
        this.props.viewers.pdf = this;
        this.frameRef = useRef("frame");
        this.hotkey = useService("hotkey");
        onMounted(() => this.start());
        onWillUnmount(() => this.frame.destroy());
        useEffect(
            () => {
                this.show();
            },
            () => [this.props.file?.url, this.props.billKey, this.props.attempt]
        );
    }

    start() {
        const options = { lang: user.lang, dark: cookie.get("color_scheme") === "dark", css: PICK_CSS };
        const { picker } = this.props;
        this.frame = new PdfFrame(this.frameRef.el, options, {
            textlayerrendered: ({ source }) => {
                const root = source.textLayer?.div;
                root && picker.add(root, source.div);
            },
            // zooming and turning draw the page again, without the marks
            pagerendered: ({ source }) => picker.markAgain(source.textLayer?.div),
        });
        this.frame.started.then(() => {
            shareHotkeys(this.hotkey, this.frameRef.el);
            picker.listen(this.frameRef.el.contentDocument);
        });
    }

    zoom(direction) {
        this.frame.press(direction > 0 ? "zoomin" : "zoomout");
    }

    turn() {
        this.frame.press("rotatecw");
    }

    page(step) {
        this.frame.press(step > 0 ? "nextpage" : "previouspage");
    }

    search() {
        this.frame.search();
    }

    async show() {
        const { file, billKey, files, anySize, onState } = this.props;
        const mine = (this.asked = {});
        const isLast = () => mine === this.asked;
        if (!file) {
            return this.frame.close();
        }
        // the bill before goes at once, and a slow file leaves an empty page meanwhile
        const waiting = browser.setTimeout(() => isLast() && this.frame.close(), 150);
        onState({ busy: true });
        try {
            const bytes = await files.get(file, anySize);
            browser.clearTimeout(waiting);
            if (isLast()) {
                this.props.picker.clear();
                await this.frame.open(bytes, {
                    name: file.name,
                    key: `${file.id}`,
                    bill: billKey,
                    mayAsk: anySize,
                });
            }
            isLast() && onState({ busy: false });
        } catch (error) {
            browser.clearTimeout(waiting);
            if (!(error instanceof FileProblem)) {
                throw error;
            }
            if (isLast()) {
                this.frame.close();
                onState({ busy: false, problem: error.reason, size: error.size });
            }
        }
    }
}
