"""The daily summary and deciding from a mail (R133)."""

import re
from datetime import datetime

from freezegun import freeze_time
from odoo.tests import HttpCase, tagged

from .bill_common import BillCommon
from .common import MODULE

MORNING = datetime(2026, 3, 3, 13, 0)  # 08:00 in Bogotá


@tagged("post_install", "-at_install")
class TestBillMail(BillCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_more: 1)
        (self.ana | self.beto).write({"tz": "America/Bogota", "lang": "en_US"})
        self._distribution(self.ana)
        self._approval(self.beto)
        self.reason = self.env["openpce.bill.reason"].search([("kind", "=", "reject")], limit=1)

    def _in_approval(self):
        bill = self._bill(3000)
        self._as(self.ana, bill).action_validate()
        return bill

    def _mails(self):
        return self.env["mail.mail"].search([("subject", "like", self.company.name)])

    def _link(self, bill):
        task = bill.task_ids.filtered(lambda task: task.state == "open")
        return task._get_decision_link()[len(task.get_base_url()) :]

    def _post(self, path, **data):
        page = self.url_open(path).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
        return self.url_open(path, data={"csrf_token": token, **data}).text

    def test_digest_once_a_day_and_only_who_has_something(self):
        with freeze_time(MORNING) as clock:
            self._in_approval()
            rows = self.env["openpce.bill.user"]
            clock.move_to(datetime(2026, 3, 3, 11, 0))
            rows._cron_digest()
            self.assertFalse(self._mails(), "06:00 in Bogotá is too early")
            clock.move_to(MORNING)
            rows._cron_digest()
            rows._cron_digest()
            mail = self._mails()
            self.assertEqual(mail.mapped("email_to"), [self.beto.email_formatted])
            self.assertIn("/openpce/bill/decide/", mail.body_html)
            clock.move_to(datetime(2026, 3, 4, 13, 0))
            rows._cron_digest()
            self.assertEqual(len(self._mails()), 2)

    def test_link_opens_a_page_and_only_the_button_decides(self):
        self.company.write({"openpce_mail_decision": "link", "openpce_mail_decision_limit": 5000})
        bill = self._in_approval()
        link = self._link(bill)
        page = self.url_open(link).text
        self.assertIn("<textarea", page, "there is room for a comment")
        self.assertIn("Shipping Line", page)
        self.assertEqual(bill.state, "in_approval", "GET decides nothing")
        self.assertEqual(self.url_open(link, data={"decision": "approve"}).status_code, 400, "CSRF")
        self._post(link, decision="approve", comment="by mail")
        self.assertEqual(bill.state, "approved")
        entry = bill.log_ids.filtered(lambda log: log.event == "approved")[:1]
        self.assertEqual(entry.user_id, self.beto)
        self.assertIn("alert-warning", self.url_open(link).text)

    def test_link_can_send_back(self):
        self.company.write({"openpce_mail_decision": "link", "openpce_mail_decision_limit": 5000})
        bill = self._in_approval()
        link = self._link(bill)
        page = self._post(link, decision="reject", comment="<b>wrong</b> centre")
        self.assertIn("Choose the reason", page)
        self.assertIn("&lt;b&gt;wrong&lt;/b&gt; centre", page, "what was typed is kept, as text")
        self._post(link, decision="reject", reason_id=str(self.reason.id))
        self.assertEqual((bill.state, bill.user_id), ("in_treatment", self.ana))

    def test_above_the_amount_one_signs_in(self):
        self.company.write({"openpce_mail_decision": "link", "openpce_mail_decision_limit": 10})
        bill = self._in_approval()
        response = self.url_open(self._link(bill), allow_redirects=False)
        self.assertIn("/web/login", response.headers["Location"])
        self.authenticate("wf_ana", "wf_ana")
        page = self.url_open(self._link(bill))
        self.assertIn("alert-warning", page.text, "another person's session goes in no circle")
        self.assertIn("for another person", page.text, "the link holds: for somebody else")
        self.assertNotIn('name="decision"', page.text)
        self.assertEqual(bill.state, "in_approval")
        self.authenticate("wf_beto", "wf_beto")
        self._post(self._link(bill), decision="approve")
        self.assertEqual(bill.state, "approved")

    def test_forged_old_and_replaced_links_do_not_hold(self):
        self.company.write({"openpce_mail_decision": "link", "openpce_mail_decision_limit": 5000})
        bill = self._in_approval()
        link = self._link(bill)
        forged = link[:-4] + ("AAAA" if link[-4:] != "AAAA" else "BBBB")
        for path in (forged, "/openpce/bill/decide/x", "/openpce/bill/decide/AQ"):
            self.assertIn("alert-warning", self.url_open(path).text)
        self._as(self.beto, bill)._forward(self.reason, "away", user=self.dora)
        self.assertIn("alert-warning", self.url_open(link).text)

    def test_links_can_be_switched_off(self):
        self.company.openpce_mail_decision = "no"
        bill = self._in_approval()
        task = bill.task_ids.filtered(lambda task: task.state == "open")
        self.assertFalse(task._get_decision_link())

    def test_links_end_when_they_are_switched_off(self):
        self.company.write({"openpce_mail_decision": "link", "openpce_mail_decision_limit": 5000})
        link = self._link(self._in_approval())
        self.company.openpce_mail_decision = "no"
        page = self.url_open(link).text
        self.assertIn("alert-warning", page)
        self.assertNotIn('name="decision"', page)

    def test_every_page_of_a_link_speaks_the_language_of_its_person(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.env["ir.module.module"]._load_module_terms([MODULE], ["es_ES"])
        self.company.write({"openpce_mail_decision": "link", "openpce_mail_decision_limit": 5000})
        self.beto.lang = "es_ES"
        link = self._link(self._in_approval())
        self.assertIn("Comentario", self.url_open(link).text)
        self.assertIn("Aprobada", self._post(link, decision="approve"))
