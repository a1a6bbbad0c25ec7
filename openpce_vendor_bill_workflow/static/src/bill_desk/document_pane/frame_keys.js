/**
 * Odoo's hotkeys also work while the focus is inside a viewer's frame, but not while one types
 * there: the service cannot tell an input of another window.
 *
 * @param {{registerIframe: Function}} hotkeyService
 * @param {HTMLIFrameElement} iframe loaded
 */
export function shareHotkeys(hotkeyService, iframe) {
    iframe.contentWindow.addEventListener("keydown", (event) => {
        const typed = event.target.closest?.("input:not([type=checkbox]), select, textarea");
        if (typed && event.key !== "Escape" && !event.altKey) {
            event.stopImmediatePropagation();
        }
    });
    hotkeyService.registerIframe(iframe);
}
