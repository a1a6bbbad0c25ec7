import { Component, onWillUnmount, useRef } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { scrollByPage } from "./document_keys";
import { shareHotkeys } from "./frame_keys";
import { PICK_CSS } from "./picker";

const STEP = 1.25;

/** The readable picture of an electronic invoice: a page of ours in which nothing runs. */
export class PictureViewer extends Component {
    static template = "openpce_vendor_bill_workflow.PictureViewer";
    static props = { file: Object, picker: Object, onState: Function, viewers: Object };

    setup() {
        this.props.viewers.picture = this;
        this.frameRef = useRef("frame");
        this.hotkey = useService("hotkey");
        this.view = this.props.viewers.pictureView ||= { zoom: 1, top: 0 };
        onWillUnmount(() => {
            this.view.top = this.area?.scrollTop || 0;
            this.props.picker.clear();
        });
    }

    get area() {
        return this.frameRef.el.contentDocument.scrollingElement;
    }

    onLoad() {
        const doc = this.frameRef.el?.contentDocument;
        const isOurs = doc?.querySelector(".o_openpce_picture");
        if (!isOurs) {
            return this.props.onState({ problem: "missing" });
        }
        const style = doc.createElement("style");
        style.textContent = `body { position: relative; } ${PICK_CSS}`;
        doc.head.append(style);
        this.zoom(0);
        this.area.scrollTop = this.view.top;
        shareHotkeys(this.hotkey, this.frameRef.el);
        this.props.picker.clear();
        this.props.picker.listen(doc);
        this.props.picker.add(doc.body, doc.body);
    }

    /** Zoom and place are kept from bill to bill, as those of a PDF are. */
    zoom(direction) {
        this.view.zoom = Math.min(Math.max(this.view.zoom * STEP ** direction, 0.4), 4);
        const { body } = this.frameRef.el.contentDocument;
        body.style.zoom = this.view.zoom;
        this.props.picker.markAgain(body);
    }

    page(step) {
        scrollByPage(this.area, step);
    }
}
