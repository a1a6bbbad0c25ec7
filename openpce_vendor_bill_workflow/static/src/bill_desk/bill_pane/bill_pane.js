import { Component, useRef, useSubEnv } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { getDefaultConfig, View } from "@web/views/view";
import { getCountdown } from "../countdown";

/** Kinds of values that the document's words are read as, by type of field. */
const KINDS = {
    date: "date",
    datetime: "date",
    monetary: "amount",
    float: "amount",
    integer: "amount",
    char: "text",
    text: "text",
};

/** What stands beside a field of the form, which may call it otherwise than the model does. */
function getLabel(widget) {
    const { id } = widget.querySelector("input, textarea") || {};
    const label = id && widget.ownerDocument.querySelector(`label[for="${CSS.escape(id)}"]`);
    return label?.firstChild?.textContent.trim();
}

/** The right pane: who has the bill and until when, and its form. */
export class BillPane extends Component {
    static template = "openpce_vendor_bill_workflow.BillPane";
    static components = { View };
    static props = {
        entryId: Number,
        formViewId: Number,
        context: Object,
        row: { type: [Object, { value: undefined }], optional: true },
        details: { type: [Object, { value: null }] },
        others: Array, // names of who else has the bill open
        notice: { type: [String, { value: "" }] },
        now: Number,
        beforeLeave: Object,
        onField: Function, // (field | null): the field that waits for a word of the document
        onReload: Function,
        onSaved: Function,
    };

    setup() {
        this.root = useRef("root");
        // the form's name is not the desk's, and its data are never those of the browser's cache
        useSubEnv({ config: { ...getDefaultConfig(), cache: false } });
        // one object for good: the form changes its bill by itself and is not made anew
        const { entryId, formViewId, context, beforeLeave } = this.props;
        this.viewProps = {
            type: "form",
            resModel: "account.move",
            resId: entryId,
            resIds: [entryId],
            viewId: formViewId,
            context,
            display: { controlPanel: false },
            __beforeLeave__: beforeLeave,
            onSave: () => this.props.onSaved(),
        };
    }

    get countdown() {
        const { row, now } = this.props;
        return row?.deadline ? getCountdown(deserializeDateTime(row.deadline), now) : null;
    }

    get openOwners() {
        return (this.props.details?.owners || []).filter((owner) => owner.open);
    }

    onFocusIn(event) {
        const widget = event.target.closest(".o_field_widget[name]");
        const editable = event.target.matches("input:not([type=checkbox]), textarea");
        const lines = widget?.parentElement.closest(".o_field_widget[name]");
        const field = widget && editable && this.getField(widget, lines);
        this.props.onField(field || null);
    }

    /** The field behind an input, if a word of the document may become its value. */
    getField(widget, lines) {
        // the form may be read again before the word comes: its record is another one then
        const getRoot = () => this.env.billDesk.form?.model.root;
        const getLines = () => getRoot()?.data[lines.getAttribute("name")];
        const line = lines && getLines()?.editedRecord;
        const getRecord = lines ? () => getLines()?.records.find((one) => one.id === line?.id) : getRoot;
        const name = widget.getAttribute("name");
        const field = getRecord()?.fields[name];
        const kind = field && KINDS[field.type];
        return kind ? { name, label: getLabel(widget) || field.string, kind, type: field.type, getRecord } : null;
    }
}
