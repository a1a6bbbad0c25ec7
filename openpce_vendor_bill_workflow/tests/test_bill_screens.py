"""Screens by state and role: buttons, lists, explanations, landing page (R85-R126, R132)."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .bill_common import BillCommon


@tagged("post_install", "-at_install")
class TestBillScreens(BillCommon):
    def _allowed(self, user, bill):
        bill.invalidate_recordset()
        return set(self._as(user, bill).allowed_actions or ())

    def test_views_load_for_each_role(self):
        self._distribution(self.ana)
        bill = self._bill()
        auditor = self._user("wf_auditor", "account.group_account_readonly")
        for user in (self.ana, self.beto, self.manager, self.accountant, auditor):
            env = self.env(user=user.id, context={"allowed_company_ids": self.company.ids})
            for view in ("list", "kanban", "form", "search", "pivot"):
                with self.subTest(user=user.login, view=view):
                    arch = env["openpce.bill"].get_view(view_type=view)["arch"]
                    self.assertIn("state", arch)
            slim = self.env.ref("openpce_vendor_bill_workflow.account_move_view_form_bill")
            with self.subTest(user=user.login, view="slim"):
                arch = env["account.move"].get_view(slim.id, "form")["arch"]
                self.assertIn("openpce_division_id", arch)
            names = [name for name in env["openpce.bill"]._fields if name != "file_hash"]
            fetched = (
                env["openpce.bill"]
                .browse(bill.id)
                .web_read(
                    {name: {} for name in names if not env["openpce.bill"]._fields[name].groups}
                )
            )
            self.assertEqual(fetched[0]["id"], bill.id)

    def test_an_auditor_finds_what_may_be_read_and_nothing_to_start(self):
        auditor = self._user("wf_reader", "account.group_account_readonly")
        visible = self.env["ir.ui.menu"].with_user(auditor)._visible_menu_ids()

        def seen(name):
            return self.env.ref(f"openpce_vendor_bill_workflow.{name}").id in visible

        self.assertTrue(all(map(seen, ("menu_root", "menu_status", "menu_intake", "menu_figures"))))
        self.assertFalse(any(map(seen, ("menu_verification", "menu_setup"))))
        env = self.env(user=auditor.id, context={"allowed_company_ids": self.company.ids})
        self.assertTrue(env["openpce.bill"].get_home())
        self.assertFalse(env["openpce.bill.query"].create({}).action_show()["domain"] == [])

    def test_r126_a_row_opens_the_screen_of_its_state(self):
        self._distribution(self.ana)
        bill = self._bill()
        slim = self.env.ref("openpce_vendor_bill_workflow.account_move_view_form_bill")

        def opened(user):
            action = self._as(user, bill).action_open()
            return action["res_model"], action["views"][0][0]

        self.assertEqual(opened(self.ana), ("account.move", slim.id))
        self._as(self.ana, bill).action_validate()
        self.assertEqual(bill.state, "approved")
        self.assertEqual(opened(self.ana)[0], "openpce.bill", "she has no accounting rights")
        self.assertEqual(opened(self.accountant), ("account.move", False))

    def test_buttons_follow_state_and_person(self):
        self._distribution(self.ana)
        self._approval(self.beto)
        bill = self._bill(submit=False)
        self.assertEqual(self._allowed(self.accountant, bill), {"submit"})
        bill.action_submit()
        own = {"validate", "hold", "send_back", "forward", "return", "reset", "discard"}
        self.assertEqual(self._allowed(self.ana, bill), own)
        others = {"forward", "send_back", "return", "discard"}
        self.assertEqual(self._allowed(self.beto, bill), others)
        self.assertEqual(self._allowed(self.manager, bill), own, "the manager acts for anybody")
        self.assertFalse(self._allowed(self.accountant, bill))
        self._as(self.ana, bill).action_validate()
        self.assertFalse(self._allowed(self.ana, bill))
        self.assertEqual(
            self._allowed(self.beto, bill),
            {"approve", "reject", "forward", "return", "discard", "reevaluate"},
        )
        self.assertEqual(
            self._allowed(self.carla, bill),
            {"return", "discard", "reevaluate"},
            "a supervisor who is not asked does not approve",
        )
        self._as(self.beto, bill).action_approve()
        self.assertEqual(self._allowed(self.beto, bill), {"reopen"})

    def test_every_button_that_shows_is_not_refused(self):
        """What ``allowed_actions`` names goes through, for each role, in each state."""
        self._distribution(self.ana)
        simple = {
            "claim": "action_claim",
            "validate": "action_validate",
            "resume": "action_resume",
            "reset": "action_reset_captured",
            "take_back": "action_take_back",
            "restore": "action_restore",
            "approve": "action_approve",
            "reevaluate": "action_reevaluate",
            "reopen": "action_reopen",
        }
        self._approval(self.beto)
        self.company.openpce_fallback_user_id = self.beto
        reason = self.env["openpce.bill.reason"].search([("kind", "=", "discard")], limit=1)
        bills = [self._bill() for _number in range(4)]
        self._as(self.ana, bills[1]).action_validate()
        self._as(self.ana, bills[2])._discard(reason, "")
        self._as(self.ana, bills[3])._return_to_supplier(reason, "", "")
        pressed = set()
        for bill in bills:
            for user in (self.ana, self.beto, self.carla, self.manager):
                for name in self._allowed(user, bill) & set(simple):
                    pressed.add(name)
                    with self.subTest(state=bill.state, user=user.login, button=name):
                        savepoint = self.env.cr.savepoint()
                        getattr(self._as(user, bill), simple[name])()
                        savepoint.rollback()
                        self.env.invalidate_all()
        wanted = {"validate", "approve", "reevaluate", "restore", "take_back", "reset"}
        self.assertLessEqual(wanted, pressed, "these buttons were really tried")

    def test_buttons_of_many_bills_cost_no_query_each(self):
        self._distribution(self.ana)
        bills = self.env["openpce.bill"].union(*(self._bill() for _number in range(6)))
        counts = []
        # the first round fills the caches of rights
        for many in (bills, bills[:2], bills):
            self.env.invalidate_all()
            rows = self._as(self.ana, many)
            before = self.env.cr.sql_log_count
            rows.mapped("allowed_actions")
            rows.mapped("holder")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_lists_cost_no_query_a_row(self):
        """The workflow's list as its view reads it, and the columns on Odoo's own list."""
        self._distribution(self.ana)
        bills = self.env["openpce.bill"].union(*(self._bill() for _number in range(6)))
        context = {"allowed_company_ids": self.company.ids}
        cases = (
            (self.ana, "openpce.bill", ("partner_id", "state", "holder", "deadline", "age",
                                        "overdue", "old", "hold_reason", "amount_total")),
            (self.accountant, "account.move", ("openpce_state", "openpce_holder")),
        )  # fmt: skip
        for user, model, names in cases:
            env = self.env(user=user.id, context=context)
            ids = bills.ids if model == "openpce.bill" else bills.move_id.ids
            counts = []
            for some in (ids, ids[:2], ids):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                env[model].browse(some).web_read({name: {} for name in names})
                counts.append(self.env.cr.sql_log_count - before)
            with self.subTest(model):
                self.assertEqual(counts[1], counts[2])

    def test_home_is_cheap(self):
        self._distribution(self.ana)
        self._bill()
        mine = self.env["openpce.bill"].with_user(self.beto).with_company(self.company)
        mine.get_home()
        self.env.invalidate_all()
        with self.assertQueryCount(30):
            mine.get_home()

    def test_r105_the_form_presses_only_buttons_of_the_bill(self):
        self._distribution(self.ana)
        bill = self._bill()
        move = bill.move_id.with_user(self.ana).with_company(self.company)
        self.assertEqual(
            move.action_openpce("action_ask_forward")["res_model"], "openpce.bill.decision"
        )
        self.assertEqual(
            move.action_openpce("action_ask_return")["res_model"], "openpce.bill.return"
        )
        move.action_openpce("action_validate")
        self.assertEqual(bill.state, "approved")

    # ------------------------------------------------------------------ explanations

    def test_r132_why_me_names_every_search(self):
        loser = self._distribution(self.beto, search_order=20)
        self._distribution(self.ana, partner_id=self.supplier.id)
        bill = self._bill()
        html = str(self._as(self.ana, bill).why_html)
        self.assertIn("Who gets the bill", html)
        self.assertIn("wf_ana", html)
        self.assertIn("Decides", html)
        self.assertIn("Comes later in the order", html, "why the other criteria lost")
        self.assertIn(loser.display_name, html)
        self.assertEqual(html.count("No criteria with these values") > 0, True)

    def test_r65_approvals_tell_who_is_missing(self):
        self._distribution(self.ana)
        self._approval(self.beto | self.carla, self.dora)
        bill = self._bill()
        self._as(self.ana, bill).action_validate()
        self._as(self.beto, bill).action_approve()
        rows = self._as(self.ana, bill)._get_level_rows()
        state = {
            (row["number"], person["name"]): (person["approved"], person["asked"])
            for row in rows
            for person in row["persons"]
        }
        names = {user: user.display_name for user in (self.beto, self.carla, self.dora)}
        self.assertEqual(
            state,
            {
                (1, names[self.beto]): (True, False),
                (1, names[self.carla]): (False, True),
                (2, names[self.dora]): (False, False),
            },
        )
        self.assertIn("Asked now", str(self._as(self.ana, bill).approvals_html))

    def test_r86_the_situation_of_the_repeated_bill(self):
        self._distribution(self.ana)
        first = self._bill(number="D-1")
        again = self._bill(number="D-1", amount=3)
        html = str(self._as(self.ana, again).duplicates_html)
        self.assertIn("D-1", html)
        self.assertIn("In treatment", html)
        self.assertIn("same number", html)
        self.assertIn(f"bill_action_status/{first.id}", html)

    def test_r86_no_detail_is_told_of_companies_that_one_cannot_enter(self):
        self._distribution(self.ana)
        self._bill(number="D-2")
        again = self._bill(number="D-2", amount=3)
        self.env.cr.execute(
            "UPDATE account_move SET company_id = %s WHERE id = %s",
            (self.other_company.id, again.duplicate_ids.id),
        )
        self.env.invalidate_all()
        html = str(self._as(self.ana, again).duplicates_html)
        self.assertIn("In another company", html)
        for secret in ("D-2", "In treatment", "href", "100", self.other_company.name):
            self.assertNotIn(secret, html)

    def test_r132_before_and_after(self):
        self._distribution(self.ana)
        bill = self._bill(100)
        bill.move_id.with_user(self.ana).invoice_line_ids.price_unit = 90
        entry = self._as(self.ana, bill).log_ids.filtered(lambda e: e.event == "edited")
        self.assertRegex(entry.change, r"Total: .*100.* → .*90")
        self.assertIn("− Freight", entry.change)

    # ------------------------------------------------------------------ landing page, query

    def test_home_counts_what_waits(self):
        self._distribution(self.ana)
        self._approval(self.beto)
        bills = [self._bill() for _number in range(3)]
        self._as(self.ana, bills[0]).action_validate()
        bills[1].sudo().entry_date = fields.Datetime.now() - timedelta(days=30)
        self._bill(invoice_date=False)

        def counts(user):
            cards = self.env["openpce.bill"].with_user(user).with_company(self.company).get_home()
            return {card["key"]: card["count"] for card in cards if card["count"]}

        self.assertEqual(counts(self.ana), {"revise": 1, "box_current": 1, "box_earlier": 1})
        self.assertEqual(counts(self.beto), {"approve": 1})

    def test_home_cards_open_what_they_counted(self):
        """The filters of each card exist in the search view."""
        arch = self.env["openpce.bill"].get_view(view_type="search")["arch"]
        rows = self.env["openpce.bill"].with_user(self.manager)._get_home_rows()
        for key, _title, _icon, _domain, screen, filters in rows:
            self.assertTrue(self.env.ref(f"openpce_vendor_bill_workflow.bill_action_{screen}"), key)
            for name in filters:
                self.assertIn(f'name="{name}"', arch, key)

    def test_r125_query_first_then_the_list(self):
        self._distribution(self.ana)
        wanted = self._bill(500, number="Q-1", invoice_date="2026-01-10")
        self._bill(50, number="Q-2", invoice_date="2026-01-10")
        self._bill(500, number="Z-1", invoice_date="2026-03-10")
        query = Form(self.env["openpce.bill.query"].with_user(self.beto).with_company(self.company))
        query.ref = "Q-"
        query.partner_id = self.supplier
        query.state = "in_treatment"
        query.amount_from = 100
        query.date_to = fields.Date.to_date("2026-02-01")
        query.entered_from = fields.Date.today()
        query.entered_to = fields.Date.today()
        query.holder_id = self.ana
        action = query.save().action_show()
        found = self.env["openpce.bill"].with_user(self.beto).search(action["domain"])
        self.assertEqual(found, wanted)

    def test_a39_a_reviewer_queries_what_is_or_was_the_own(self):
        self._distribution(self.beto)
        self._bill()
        query = self.env["openpce.bill.query"].with_user(self.ana).create({})
        found = self.env["openpce.bill"].with_user(self.ana).search(query.action_show()["domain"])
        self.assertFalse(found)

    # ------------------------------------------------------------------ Odoo's own screens

    @mute_logger("odoo.models", "odoo.orm.models")
    def test_a_supplier_in_the_portal_does_not_read_how_the_bill_was_handled(self):
        self._distribution(self.ana)
        bill = self._bill()
        portal = self._user("wf_portal", "base.group_portal")
        portal.partner_id.parent_id = self.supplier
        self._as(self.ana, bill).action_validate()
        bill.move_id.with_user(self.accountant).action_post()
        move = bill.move_id.with_user(portal)
        self.assertEqual(move.read(["ref"])[0]["ref"], bill.ref, "the own posted bill is readable")
        known = {"openpce_state", "openpce_bill_id", "openpce_bill_ids"}
        names = [name for name in move._fields if name.startswith("openpce_")]
        self.assertGreater(len(names), 20)
        for name in set(names) - known:
            with self.subTest(name):
                self.env.invalidate_all()  # as in a request of its own
                try:
                    told = move.read([name])[0][name]
                except AccessError:
                    told = False
                self.assertFalse(told)

    def test_confirm_is_hidden_until_the_approval(self):
        self._distribution(self.ana)
        self._approval(self.beto)
        bill = self._bill()
        move = bill.move_id.with_user(self.accountant).with_company(self.company)
        self.assertTrue(move.hide_post_button)
        self.assertIn("wf_ana", move.openpce_holder)
        self._as(self.ana, bill).action_validate()
        self._as(self.beto, bill).action_approve()
        move.invalidate_recordset()
        self.assertFalse(move.hide_post_button)
        self.assertEqual(
            self.env["account.move"].search([("openpce_state", "=", "approved")]), bill.move_id
        )
