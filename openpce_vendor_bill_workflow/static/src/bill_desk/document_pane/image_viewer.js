import { Component, useRef, useState } from "@odoo/owl";
import { scrollByPage } from "./document_keys";

const STEP = 1.25;

/** A photo or scan: zoom, turn, drag; the arrow keys move it too, as any area that scrolls. */
export class ImageViewer extends Component {
    static template = "openpce_vendor_bill_workflow.ImageViewer";
    static props = { file: Object, onState: Function, viewers: Object };

    setup() {
        this.props.viewers.image = this;
        this.area = useRef("area");
        this.state = useState({ zoom: 1, turn: 0, width: 0, height: 0 });
    }

    onLoad({ target }) {
        Object.assign(this.state, { width: target.naturalWidth, height: target.naturalHeight });
    }

    zoom(direction) {
        const zoom = this.state.zoom * STEP ** direction;
        this.state.zoom = Math.min(Math.max(zoom, 0.2), 10);
    }

    page(step) {
        scrollByPage(this.area.el, step);
    }

    turn() {
        this.state.turn = (this.state.turn + 90) % 360;
    }

    onWheel(event) {
        if (event.ctrlKey || event.metaKey) {
            event.preventDefault();
            this.zoom(event.deltaY < 0 ? 1 : -1);
        }
    }

    onPointerDown(event) {
        if (event.pointerType === "mouse" && !event.button) {
            const area = event.currentTarget;
            this.drag = { area, x: event.clientX + area.scrollLeft, y: event.clientY + area.scrollTop };
            area.setPointerCapture(event.pointerId);
        }
    }

    onPointerMove(event) {
        if (this.drag) {
            const { area, x, y } = this.drag;
            area.scrollTo(x - event.clientX, y - event.clientY);
        }
    }

    onPointerUp() {
        this.drag = null;
    }

    /** The box keeps the shape of the turned picture, so that scrolling reaches all of it. */
    get boxStyle() {
        const { zoom, turn, width, height } = this.state;
        const ratio = turn % 180 ? height / (width || 1) : width / (height || 1);
        return `width: ${zoom * 100}%; aspect-ratio: ${ratio || 1};`;
    }

    get imageStyle() {
        const { turn, width, height } = this.state;
        const wide = turn % 180 ? (100 * width) / (height || 1) : 100;
        return `width: ${wide}%; transform: translate(-50%, -50%) rotate(${turn}deg);`;
    }
}
