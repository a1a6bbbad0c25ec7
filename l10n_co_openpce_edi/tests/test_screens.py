"""What the screens show beyond Odoo's own: widths, alerts, findings with links, in words."""

from lxml import etree
from odoo.tests import tagged
from odoo.tools import format_date

from ..dian.errors import DianUnavailable
from ..dian.findings import Finding, Severity
from ..tools.notes import note, tell
from .common import OpenPCECommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestScreens(OpenPCECommon):
    def test_amounts_of_the_lines_have_room_in_colombian_companies_alone(self):
        form = self.env.ref("account.view_move_form")
        elsewhere = self.env["res.company"].create(
            {"name": "Elsewhere", "country_id": self.env.ref("base.be").id}
        )
        widths = {}
        for company in (self.company, elsewhere):
            model = self.env["account.move"].with_company(company)
            arch = etree.fromstring(model.get_view(form.id, "form")["arch"])
            path = "//field[@name='invoice_line_ids']/list/field[@name='price_subtotal']"
            widths[company] = [column.get("width") for column in arch.xpath(path)]
        self.assertEqual(widths, {self.company: ["130px"], elsewhere: [None]})

    def test_what_needs_somebody_is_told_loudly(self):
        move = self.create_invoice(post=True)
        document = move.l10n_co_openpce_document_id.sudo()
        shown = move.with_user(self.accountant)
        self.assertFalse(shown.l10n_co_openpce_alert, "queued: nothing to do")
        document.write({"hold": "settings", "notes": [note("settings")]})
        self.assertEqual(shown.l10n_co_openpce_alert, "warning")
        self.assertEqual(shown.l10n_co_openpce_hold, "settings")
        document._set_state("invalidate", notes=[note("to_mend")])
        self.assertEqual(shown.l10n_co_openpce_alert, "danger")
        document.notes = False
        self.assertFalse(shown.l10n_co_openpce_alert, "withdrawn by its own author")

    def test_a_rule_of_dian_leads_to_the_record_where_it_is_mended(self):
        document = self.create_invoice(post=True).l10n_co_openpce_document_id.sudo()
        document.findings = [
            document._locate(Finding(code, Severity.REJECTION, f"text of {code}"))
            for code in ("FAB27b", "FAK24", "XX99")
        ]
        software, customer, unknown = document.findings
        self.assertEqual(software["field"], "l10n_co_openpce_software_id")
        self.assertTrue(software["fix_hint"], "the rule says where")
        self.assertEqual(customer["record"], ["res.partner", self.customer_company.id])
        self.assertNotIn("record", unknown, "a rule that nobody knows is told as it is")
        html = document.findings_html
        self.assertIn("/odoo/action-account.action_account_config", html)
        self.assertIn(f"/odoo/res.partner/{self.customer_company.id}", html)

    def test_own_codes_are_not_shown_and_a_name_is_said_once(self):
        self.customer_company.vat = False
        move = self.create_invoice(post=True)
        document = move.l10n_co_openpce_document_id.sudo()
        document._process()
        self.assertEqual(document.state, "invalid")
        (finding,) = document.findings
        name = self.customer_company.display_name
        self.assertEqual(document.findings_html.count(name), finding["message"].count(name))
        self.assertNotIn("badge", document.findings_html)
        self.assertNotIn("OPCE", " ".join(document._get_finding_texts("en_US")))

    def test_the_last_word_does_not_promise_another_try(self):
        document = self.create_invoice(post=True).l10n_co_openpce_document_id.sudo()
        again = "again automatically"
        error = DianUnavailable("x")
        self.assertIn("sent again automatically", tell(self.env, document._get_error_notes(error)))
        document._set_state("prepare")
        document._set_state("send")
        document._set_state("doubt")
        self.assertIn("asked again automatically", tell(self.env, document._get_error_notes(error)))
        document.asks = 100
        document._apply_failure(error)
        self.assertEqual(document.hold, "person")
        self.assertNotIn(again, document.message)
        self.assertIn("asked 100 times", document.message)

    def test_a_later_invoice_says_when_it_goes(self):
        move = self.create_invoice(post=True, invoice_date="2029-12-31")
        self.assertIn(format_date(self.env, move.invoice_date), move.l10n_co_openpce_message)
