"""The bill desk asked by each role, and with what no browser of ours would send (R84-R126)."""

from datetime import timedelta
from unittest.mock import Mock, patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.openpce_bill import MAILBOXES
from .bill_common import BillCommon

HUGE = 10**30


@tagged("post_install", "-at_install")
class TestBillDeskAccess(BillCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._distribution(cls.ana)
        cls.bill = cls._bill()
        cls.far_user = cls._user("wf_far", company=cls.other_company)
        cls._register(cls.far_user, company=cls.other_company)
        cls.portal = cls._user("wf_portal", "base.group_portal")

    def _desk(self, user, **context):
        return self.env["openpce.bill"].with_user(user).with_context(**context)

    def _mailbox(self, user, domain=(), screen="treatment", **context):
        found = self._desk(user, **context).get_desk_mailbox(list(domain), screen)
        return {group["name"]: [row[0] for row in group["bills"]] for group in found["groups"]}

    def _listen(self, call):
        """What a call tells the open desks: (company, kind, facts)."""
        sent = []
        bus = type(self.env["bus.bus"])
        with patch.object(bus, "_sendone", lambda _self, *message: sent.append(message)):
            call()
        return [
            (channel[0], kind.partition("/")[2], facts)
            for channel, kind, facts in sent
            if kind.startswith("openpce_bill_desk/")
        ]

    # ------------------------------------------------------------------ mailbox

    def test_each_role_sees_its_bills(self):
        """A reviewer the own, a supervisor and a manager the company's, nobody another's."""
        team = self._bill(submit=False)
        team.action_submit()
        team.sudo().task_ids.write({"user_id": False, "team_id": self.dispatchers.id})
        expected = {
            self.ana: {self.bill.id},  # one's own
            self.carla: {self.bill.id, team.id},  # supervisor, and of the team
            self.manager: {self.bill.id, team.id},
            self.foreign_manager: set(),
            self.far_user: set(),
        }
        both = [("id", "in", (self.bill | team).ids)]
        for user, ids in expected.items():
            for screen in ("revision", "treatment", "approval", False):
                found = set().union(*self._mailbox(user, both, screen).values())
                self.assertEqual(found, ids, (user.login, screen))
        for user in (self.portal, self.plain):
            with self.assertRaises(AccessError):
                self._mailbox(user, both)

    def test_no_domain_widens_what_one_sees(self):
        domains = (
            [],
            [(1, "=", 1)],
            ["|", ("company_id", "!=", False), ("id", "=", self.bill.id)],
            [("company_id", "in", (self.company | self.other_company).ids)],
        )
        for domain in domains:
            found = self._mailbox(self.far_user, domain, allowed_company_ids=self.other_company.ids)
            self.assertFalse(any(found.values()), domain)
        with self.assertRaises(AccessError):
            self._mailbox(self.far_user, allowed_company_ids=self.company.ids)

    def test_nonsense_is_harmless(self):
        """A screen or an order that is none is the standard one, of whatever type it is."""
        desk = self._desk(self.ana)
        by_state = desk.get_desk_mailbox([])
        for screen in ("nothing", "state; DROP", 7, None, ["treatment"], {"a": 1}):
            self.assertEqual(desk.get_desk_mailbox([], screen), by_state, screen)
        for order in ("nothing", "id; DROP", 7, None, ["deadline"], {"a": 1}):
            self.assertEqual(desk.get_desk_mailbox([], False, order), by_state, order)

    def test_groups_agree_with_the_search(self):
        """What the search calls a group is what the desk shows in it, on any clock (A26)."""
        now = fields.Datetime.now()
        bills = self.bill | self._bill()
        bills[1].sudo()._hold("manual_hold")
        for hours in range(12, 15 * 24, 31):
            bill = self._bill()
            bill.sudo().entry_date = now - timedelta(hours=hours)
            bills |= bill
        mine = [("id", "in", bills.ids)]
        for zone in ("America/Bogota", "Asia/Kolkata", "Pacific/Auckland"):
            for week_start in ("1", "6", "7"):
                self.env["res.lang"]._lang_get("en_US").week_start = week_start
                self.env.registry.clear_cache()
                found = self._mailbox(self.ana, mine, tz=zone)
                desk = self._desk(self.ana, tz=zone)
                for name, _label in MAILBOXES:
                    searched = desk.search([*mine, ("mailbox", "=", name)])
                    shown = desk.browse(found[name])
                    self.assertEqual(shown, searched & shown, (zone, week_start, name))
                    self.assertEqual(len(shown), len(searched), (zone, week_start, name))
                    self.assertFalse(set(shown.mapped("mailbox")) - {name}, (zone, week_start))

    def test_two_hundred_bills_cost_no_more_than_one(self):
        one = [("id", "=", self.bill.id)]
        self._mailbox(self.ana, one)
        self._desk(self.ana).get_desk_details(self.bill.ids)
        mailbox = self._count_queries(lambda: self._mailbox(self.ana, one))
        details = self._count_queries(lambda: self._desk(self.ana).get_desk_details(self.bill.ids))
        template = {
            "move_type": "in_invoice",
            "partner_id": self.supplier.id,
            "journal_id": self.journal.id,
            "invoice_date": fields.Date.today(),
        }
        lines = [Command.create({"name": "Freight", "price_unit": 5, "tax_ids": []})]
        moves = self.env["account.move"].with_company(self.company)
        bills = moves.create(
            [{**template, "ref": f"M-{i}", "invoice_line_ids": lines} for i in range(200)]
        ).openpce_bill_ids
        self.env["openpce.bill.task"].create(
            [{"bill_id": bill.id, "stage": "treat", "user_id": self.ana.id} for bill in bills]
        )
        many = [("id", "in", bills.ids)]
        self.assertEqual(sum(map(len, self._mailbox(self.ana, many).values())), 200)
        self.assertLessEqual(self._count_queries(lambda: self._mailbox(self.ana, many)), mailbox)
        found = self._desk(self.ana).get_desk_details(bills.ids)
        self.assertEqual(len(found), 200)
        again = self._count_queries(lambda: self._desk(self.ana).get_desk_details(bills.ids))
        self.assertLessEqual(again, details + 2, "details of a page are read together")

    # ------------------------------------------------------------------ around a bill

    def test_details_leave_out_what_may_not_be_read(self):
        theirs = self._bill()
        theirs.sudo().task_ids.user_id = self.beto
        gone = self._bill(submit=False)
        gone_id = gone.id
        gone.sudo().unlink()
        asked = (self.bill | theirs).ids + [gone_id]
        self.assertEqual(set(self._desk(self.ana).get_desk_details(asked)), {self.bill.id})
        supervisor = set(self._desk(self.carla).get_desk_details(asked))
        self.assertEqual(supervisor, {self.bill.id, theirs.id})
        for user in (self.far_user, self.foreign_manager):
            self.assertEqual(self._desk(user).get_desk_details(asked), {}, user.login)
        for user in (self.portal, self.plain):
            with self.assertRaises(AccessError):
                self._desk(user).get_desk_details(asked)

    def test_the_note_says_why_a_bill_waits(self):
        self.assertFalse(self._as(self.ana, self.bill).desk_note)
        self.bill.sudo()._hold("manual_hold")
        note = self._as(self.ana, self.bill).desk_note
        words = dict(self.bill._fields["hold_reason"]._description_selection(self.env))
        self.assertEqual(note, words["manual_hold"])
        incomplete = self._bill(submit=False)
        incomplete.move_id.ref = False
        incomplete.action_submit()
        self.assertTrue(incomplete.incomplete)
        note = self._as(self.carla, incomplete).desk_note
        self.assertIn(incomplete.missing_text, note)

    # ------------------------------------------------------------------ saving

    def _age(self, move):
        """Each person has a transaction, so a moment, of the own."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET write_date = write_date - interval '1 hour' WHERE id = %s",
            move.ids,
        )
        self.env.invalidate_all()

    def test_a_conflict_names_who_was_first_and_writes_nothing(self):
        """Also when the change is none that the follow-up tells of."""
        move = self._as(self.ana, self.bill).move_id
        for field in ("ref", "payment_reference"):
            self._age(move)
            shown = move.openpce_version
            theirs = self._as(self.carla, self.bill).move_id
            theirs.write({field: "theirs"})
            theirs.env.flush_all()
            self.env.invalidate_all()
            with self.assertRaises(UserError) as refused:
                move.openpce_desk_save({field: "mine", "narration": "mine"}, shown, {})
            self.assertIn(self.carla.name, str(refused.exception))
            self.assertNotIn(self.ana.name, str(refused.exception))
            self.assertEqual(move[field], "theirs")
            self.assertFalse(move.narration)

    def test_an_ordinary_save_writes_and_tells_the_new_version(self):
        move = self._as(self.ana, self.bill).move_id
        self._age(move)
        shown = move.openpce_version
        specification = {"openpce_version": {}, "ref": {}}
        (saved,) = move.openpce_desk_save({"ref": "MENDED-1"}, shown, specification)
        self.assertEqual(saved["ref"], "MENDED-1")
        self.assertNotEqual(saved["openpce_version"], shown)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(saved["openpce_version"], move.openpce_version, "the next save passes")
        (saved,) = move.openpce_desk_save(
            {"ref": "MENDED-2"}, saved["openpce_version"], specification
        )
        self.assertEqual(saved["ref"], "MENDED-2")

    def test_the_version_changes_with_every_change(self):
        move = self.bill.move_id
        line = move.invoice_line_ids

        def reassign():
            self.bill.sudo()._log("forwarded", user=self.beto.id)

        changes = {
            "field of the entry": lambda: move.write({"payment_reference": "new"}),
            "figure of a line": lambda: move.write(
                {"invoice_line_ids": [Command.update(line.id, {"price_unit": 7.0})]}
            ),
            "a line written by itself": lambda: line.write({"price_unit": 8.0}),
            "what happened to the bill": reassign,
            "its state": lambda: self.bill.sudo()._hold("manual_hold"),
        }
        for what, change in changes.items():
            self._age(move)
            shown = move.openpce_version
            change()
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertNotEqual(move.openpce_version, shown, what)

    def test_nobody_else_saves(self):
        shown = self.bill.move_id.openpce_version
        theirs = self._bill()
        theirs.sudo().task_ids.user_id = self.beto
        users = (self.far_user, self.foreign_manager, self.portal, self.plain)
        for user in users:
            move = self.bill.move_id.with_user(user)
            with self.assertRaises(AccessError):
                move.openpce_desk_save({"payment_reference": "x"}, shown, {})
        with self.assertRaises(AccessError):
            self._as(self.ana, theirs).move_id.openpce_desk_save(
                {"payment_reference": "x"}, theirs.move_id.openpce_version, {}
            )
        self.assertNotIn("x", (self.bill | theirs).move_id.mapped("payment_reference"))

    # ------------------------------------------------------------------ who hears what

    def _channels(self, user, asked):
        with patch("odoo.addons.bus.models.ir_websocket.wsrequest", Mock()):
            channels = self.env["ir.websocket"].with_user(user)._build_bus_channel_list(asked)
        return [channel for channel in channels if "openpce_bill_desk" in str(channel)]

    def test_reviewers_hear_of_the_own_companies(self):
        here, there = self.company, self.other_company
        asked = [f"openpce_bill_desk_{each.id}" for each in here | there]
        heard = {
            self.ana: [here],
            self.carla: [here],
            self.manager: [here],
            self.far_user: [there],
            self.foreign_manager: [there],
            self.plain: [],
            self.portal: [],
        }
        for user, companies in heard.items():
            expected = [(company, "openpce_bill_desk") for company in companies]
            self.assertEqual(self._channels(user, list(asked)), expected, user.login)
        self.ana.company_ids |= there
        self._register(self.ana, company=there)
        self.assertEqual(len(self._channels(self.ana, list(asked))), 2)
        self.assertEqual(self._channels(self.ana, []), [], "only who asks hears")

    def test_no_name_of_a_channel_is_trusted(self):
        """Neither the channel of the server nor another's comes by being written otherwise."""
        own = self.company.id
        asked = [
            "openpce_bill_desk", "openpce_bill_desk_", "openpce_bill_desk_x", "openpce_bill_desk_0",
            f"openpce_bill_desk_{HUGE}", f"openpce_bill_desk_{self.other_company.id}",
            f"openpce_bill_desk_ {own}", f"openpce_bill_desk_{own}_x", f"openpce_bill_desk_-{own}",
        ]  # fmt: skip
        found = self._channels(self.ana, asked)
        self.assertFalse([channel for channel in found if not isinstance(channel, str)])
        self.assertFalse([channel for channel in found if channel.startswith("openpce_bill_desk_")])

    def _hear(self, user, data):
        """What the desks hear when a user's browser sends this."""
        socket = self.env["ir.websocket"].with_user(user)
        return self._listen(lambda: socket._serve_ir_websocket("openpce_bill_desk_open", data))

    def test_what_is_no_message_is_ignored(self):
        """Whatever a browser sends: nobody hears it and nothing breaks."""
        other = self._bill()
        other.sudo().company_id = self.other_company
        odd = (
            None, "", "open", 7, [], [self.bill.id], [["bill_id", self.bill.id]],
            {}, {"bill_id": None}, {"bill_id": True}, {"bill_id": "1 OR 1=1"}, {"bill_id": 1.5},
            {"bill_id": [self.bill.id]}, {"bill_id": {"id": self.bill.id}},
            {"bill_id": 2**31}, {"bill_id": 2**63}, {"bill_id": HUGE}, {"bill_id": -self.bill.id},
            {"bill_id": other.id}, {"left": other.id}, {"left": [True], "bill_id": HUGE},
        )  # fmt: skip
        for data in odd:
            self.assertFalse(self._hear(self.ana, data), data)
            self.env.cr.execute("SELECT 1")  # the transaction is whole

    def test_who_opens_a_bill_is_heard_where_the_bill_is(self):
        for user in (self.ana, self.carla):
            data = {"bill_id": self.bill.id, "left": HUGE, "answer": "yes"}
            ((company, kind, facts),) = self._hear(user, data)
            self.assertEqual((company, kind), (self.company, "opened"))
            expected = {"user_id": user.id, "name": user.name, "bill_id": self.bill.id}
            self.assertEqual(facts, {**expected, "left": False, "answer": True})
        for user in (self.far_user, self.plain, self.portal):
            self.assertFalse(self._hear(user, {"bill_id": self.bill.id}), user.login)

    def test_a_transaction_tells_each_company_its_own_once(self):
        other = self._bill()
        self._listen(self.env.cr.precommit.run)
        other.sudo().company_id = self.other_company
        other.move_id.write({"payment_reference": "a"})
        for text in ("b", "c"):
            self.bill.move_id.write({"payment_reference": text})
            self.bill.sudo()._log("forwarded", user=self.beto.id)
        heard = self._listen(self.env.cr.precommit.run)
        told = {company: facts["ids"] for company, _kind, facts in heard}
        self.assertEqual(len(heard), 2, "one message for each company")
        self.assertEqual(told, {self.company: self.bill.ids, self.other_company: other.ids})
        self.assertFalse(self._listen(self.env.cr.precommit.run), "and none without a change")
