import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { _t } from "@web/core/l10n/translation";

/** Keys of the document, wherever the caret is: [keys, what they do, method of the viewer, argument]. */
export const DOCUMENT_KEYS = [
    ["alt+shift+arrowup", _t("Enlarge"), "zoom", 1],
    ["alt+shift+arrowdown", _t("Reduce"), "zoom", -1],
    ["alt+shift+arrowright", _t("Turn"), "turn"],
    ["alt+pagedown", _t("Next page"), "page", 1],
    ["alt+pageup", _t("Previous page"), "page", -1],
    ["alt+shift+f", _t("Search in the document"), "search"],
];

/**
 * Register the keys; a viewer has the methods that make sense for it.
 * @param {() => {zoom?: Function, turn?: Function, page?: Function, search?: Function} | undefined} getViewer
 */
export function useDocumentKeys(getViewer) {
    for (const [key, , method, argument] of DOCUMENT_KEYS) {
        useHotkey(key, () => getViewer()?.[method]?.(argument), {
            allowRepeat: method !== "search",
            bypassEditableProtection: true,
        });
    }
}

/** One screen down or up, as the keys of the browser do in an area that has the focus. */
export function scrollByPage(area, step) {
    area.scrollBy({ top: step * area.clientHeight * 0.9 });
}
