from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request

from ..tools import ubl_picture

_PAGE = "openpce_vendor_bill_workflow.bill_picture_page"
#: Nothing runs and nothing is loaded; only the desk may show it in a frame.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)


class BillPicture(http.Controller):
    """An electronic invoice as people read it."""

    @http.route(
        "/openpce/bill/picture/<int:attachment_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def show(self, attachment_id, **_ignored):
        """The readable picture; a sentence when the file cannot be drawn."""
        file = self._get_file(attachment_id)
        if not file:
            # missing or not the user's: the answer does not tell which
            raise request.not_found()
        try:
            values = {"picture": ubl_picture.read(file.raw or b"")}
        except ubl_picture.PictureError:
            values = {"picture": None, "name": file.name}
        response = request.render(_PAGE, values)
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "private, max-age=3600"
        return response

    def _get_file(self, attachment_id):
        """The file of a bill, if the user may see it."""
        domain = [
            ("id", "=", attachment_id),
            ("res_model", "=", "account.move"),
            ("type", "=", "binary"),
        ]
        files = request.env["ir.attachment"]
        try:
            return files.search(domain)
        except AccessError:
            return files
