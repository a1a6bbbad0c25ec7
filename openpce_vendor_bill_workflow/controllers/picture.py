from datetime import date
from decimal import Decimal, InvalidOperation

from markupsafe import Markup
from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request
from odoo.tools import format_date
from odoo.tools.misc import formatLang

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
        values |= {"number": self._show_number, "day": self._show_day}
        # the document type stands here: inside the template it would make its texts one
        page = Markup("<!DOCTYPE html>\n") + request.env["ir.qweb"]._render(_PAGE, values)
        response = request.make_response(page, [("Content-Type", "text/html; charset=utf-8")])
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "private, max-age=3600"
        return response

    @staticmethod
    def _show_number(text):
        """A number of the file as the user writes it, with all its decimals; else as it is."""
        try:
            value = Decimal(text or "")
        except InvalidOperation:
            return text or ""
        if not value.is_finite() or abs(value) >= 10**15:
            return text
        digits = max(2, -value.normalize().as_tuple().exponent)
        return formatLang(request.env, float(value), digits=digits) if digits <= 6 else text

    @staticmethod
    def _show_day(text):
        """A day of the file as the user writes it; else as it is."""
        try:
            return format_date(request.env, date.fromisoformat(text))
        except ValueError:
            return text

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
