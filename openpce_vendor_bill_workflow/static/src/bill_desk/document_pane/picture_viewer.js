import { Component, onWillUnmount, useRef } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { shareHotkeys } from "./frame_keys";
import { PICK_CSS } from "./picker";

/** The readable picture of an electronic invoice: a page of ours in which nothing runs. */
export class PictureViewer extends Component {
    static template = "openpce_vendor_bill_workflow.PictureViewer";
    static props = { file: Object, picker: Object, onState: Function };

    setup() {
        this.frameRef = useRef("frame");
        this.hotkey = useService("hotkey");
        onWillUnmount(() => this.props.picker.clear());
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
        shareHotkeys(this.hotkey, this.frameRef.el);
        this.props.picker.clear();
        this.props.picker.listen(doc);
        this.props.picker.add(doc.body, doc.body);
    }
}
