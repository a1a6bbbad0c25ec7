import { _t } from "@web/core/l10n/translation";

/** Fields of the header whose values are looked for on the document. */
const SHOWN = {
    ref: "text",
    invoice_date: "date",
    invoice_date_due: "date",
    openpce_document_untaxed: "amount",
    openpce_document_tax: "amount",
    openpce_document_withholding: "amount",
    openpce_document_total: "amount",
    amount_untaxed: "amount",
    amount_tax: "amount",
    amount_total: "amount",
    openpce_lines_untaxed: "amount",
    openpce_lines_tax: "amount",
    openpce_lines_total: "amount",
};

/** Values of the form that are marked where the document says the same. */
export function getFormValues(root) {
    const found = [];
    for (const [field, kind] of Object.entries(SHOWN)) {
        const value = root?.data[field];
        if (value) {
            const plain = kind === "date" ? value.toISODate() : value;
            found.push({ field, label: root.fields[field].string, kind, text: String(plain), value: plain });
        }
    }
    return found;
}

/**
 * Give a field the value of a word of the document.
 * @param {{record: Object, name: string, label: string, kind: string, type: string} | null} field
 * @param {string} text as printed
 * @param {number | string | null} value what was read: a number, or a date as yyyy-mm-dd
 * @returns {Promise<string | undefined>} why it was not taken
 */
export async function applyWord(field, text, value) {
    if (!field) {
        return _t("Click a field of the bill first, then the word of the document.");
    }
    const { record, name, label, kind, type } = field;
    if (record._isReadonly(name)) {
        return _t("“%s” cannot be changed now.", label);
    }
    if (kind !== "text" && (value === null || value === undefined)) {
        return _t("“%(text)s” cannot be read as “%(label)s”. Type it instead.", { text, label });
    }
    let typed = kind === "text" ? text : value;
    if (kind === "date") {
        typed = luxon.DateTime.fromISO(value);
    } else if (type === "integer") {
        typed = Math.round(value);
    }
    await record.update({ [name]: typed });
}
