from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request

_KINDS = {"zip": "application/zip", "xml": "application/xml"}


class DianPortal(CustomerPortal):
    @http.route(
        ["/my/invoices/<int:invoice_id>/dian/<string:kind>"],
        type="http",
        auth="public",
        website=True,
        readonly=True,
    )
    def portal_my_invoice_dian(self, invoice_id, kind, access_token=None, **_kwargs):
        """What the customer was mailed; only for who may see the invoice or has its link."""
        if kind not in _KINDS:
            raise request.not_found()
        try:
            invoice_sudo = self._document_check_access("account.move", invoice_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        name, content = invoice_sudo._l10n_co_openpce_get_kept_file(kind)
        if not content:
            raise request.not_found()
        return request.make_response(
            content,
            [
                ("Content-Type", _KINDS[kind]),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
