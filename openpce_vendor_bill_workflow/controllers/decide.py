from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

_PAGE = "openpce_vendor_bill_workflow.bill_decision_page"


class BillDecision(http.Controller):
    """Approving from a mail: the link shows a page, only the page's button decides.

    Mail scanners open links, so nothing happens on GET.
    """

    @http.route(
        "/openpce/bill/decide/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def show(self, token):
        """The bill and the two buttons; a sentence when the link does not hold any more."""
        task = self._get_task(token)
        if not task:
            return self._render({"gone": True})
        if task._needs_login() and request.env.user != task.user_id:
            return self._ask_to_sign_in(token)
        return self._render(self._get_values(task, token))

    @http.route(
        "/openpce/bill/decide/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def decide(self, token, decision="", comment="", reason_id="", **_ignored):
        """Approve or reject as the person whom the mail was for."""
        task = self._get_task(token)
        if not task:
            return self._render({"gone": True})
        if task._needs_login() and request.env.user != task.user_id:
            return self._ask_to_sign_in(token)
        # the bill as the person sees it: the doors check the right to decide
        bill = task.bill_id.with_user(task.user_id).with_company(task.company_id)
        try:
            with request.env.cr.savepoint():
                done = self._decide(bill, decision, comment[:2000], reason_id)
        except (AccessError, UserError) as error:
            typed = {"comment": comment[:2000], "reason_id": reason_id}
            return self._render({**self._get_values(task, token), **typed, "problem": str(error)})
        # sudo: the page tells the name of the bill that was decided on, whoever has it now
        return self._render({"done": done, "bill": bill.sudo()})

    def _ask_to_sign_in(self, token):
        """To the login; who is signed in as somebody else would be sent back here for ever."""
        if not request.env.user._is_public():
            return self._render({"stranger": request.env.user.name})
        return request.redirect(f"/web/login?redirect=/openpce/bill/decide/{token}")

    def _get_task(self, token):
        """The task of a link that holds; the page speaks the language of its person."""
        task = request.env["openpce.bill.task"]._get_by_token(token)
        if not task or task.company_id.openpce_mail_decision == "no":
            return task.browse()
        request.update_context(lang=task.user_id.lang, tz=task.user_id.tz)
        return task.with_context(lang=task.user_id.lang, tz=task.user_id.tz)

    def _decide(self, bill, decision, comment, reason_id):
        """Call the door that the button stands for; returns what was done."""
        if decision == "approve":
            voided = bill.action_approve(comment)
            return "changed" if isinstance(voided, dict) else "approved"
        reasons = bill.env["openpce.bill.reason"].search([("kind", "=", "reject")])
        reason = reasons.filtered(lambda one: str(one.id) == reason_id)
        if decision != "reject" or not reason:
            raise UserError(bill.env._("Choose the reason why the bill goes back to treatment."))
        bill._reject(reason, comment)
        return "rejected"

    def _get_values(self, task, token):
        reasons = request.env["openpce.bill.reason"].with_user(task.user_id)
        return {
            "task": task,
            "bill": task.bill_id,
            "token": token,
            "reasons": reasons.with_context(task.env.context).search([("kind", "=", "reject")]),
        }

    def _render(self, values):
        response = request.render(_PAGE, values)
        # the address is a secret of the mail
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response
