import { Component } from "@odoo/owl";

const STEP = 24;

/** The border between two panes: dragged, or moved with the arrow keys. */
export class PaneBorder extends Component {
    static template = "openpce_vendor_bill_workflow.PaneBorder";
    static props = { label: String, width: Number, min: Number, max: Number, onResize: Function };

    resize(width) {
        const { min, max } = this.props;
        this.props.onResize(Math.round(Math.max(min, Math.min(width, max))));
    }

    onPointerDown(event) {
        const [start, width] = [event.clientX, this.props.width];
        const el = event.currentTarget;
        el.setPointerCapture(event.pointerId);
        const move = ({ clientX }) => this.resize(width + clientX - start);
        el.addEventListener("pointermove", move);
        const end = () => el.removeEventListener("pointermove", move);
        el.addEventListener("pointerup", end, { once: true });
        el.addEventListener("pointercancel", end, { once: true });
    }

    onKeydown(event) {
        const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
        if (step) {
            event.preventDefault();
            event.stopPropagation();
            this.resize(this.props.width + step);
        }
    }
}
