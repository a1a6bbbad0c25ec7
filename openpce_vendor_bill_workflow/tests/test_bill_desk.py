"""The bill desk: its mailbox, what it saves, and who hears what (R84-R126)."""

import json
from datetime import timedelta
from unittest.mock import Mock, patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models import openpce_bill_desk
from .bill_common import BillCommon

DOMAIN = (("state", "in", ("in_treatment", "in_distribution")),)


@tagged("post_install", "-at_install")
class TestBillDesk(BillCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._distribution(cls.ana)
        cls.bill = cls._bill()
        cls.stranger = cls._user("wf_stranger")
        cls._register(cls.stranger, "reviewer")

    def _mailbox(self, user, *args, domain=DOMAIN, **context):
        desk = self.env["openpce.bill"].with_user(user).with_company(self.company)
        found = desk.with_context(**context).get_desk_mailbox(domain, *args)
        return {group["name"]: [row[0] for row in group["bills"]] for group in found["groups"]}

    # ------------------------------------------------------------------ mailbox

    def test_groups_are_those_of_the_mailbox(self):
        """Each bill is where the field and its search say, in any week and time zone (A26)."""
        now = fields.Datetime.now()
        bills = self.bill | self.env["openpce.bill"]
        for days in (1, 5, 7, 8, 13, 14, 20):
            bill = self._bill()
            bill.sudo().entry_date = now - timedelta(days=days, hours=1)
            bills |= bill
        held = self._bill()
        held.sudo()._hold("manual_hold")
        bills |= held
        for zone in ("America/Bogota", "Pacific/Auckland", "UTC"):
            for week_start in ("1", "7"):
                self.env["res.lang"]._lang_get("en_US").week_start = week_start
                self.env.registry.clear_cache()
                found = self._mailbox(self.ana, "treatment", tz=zone)
                self.assertEqual(list(found), ["current_week", "last_week", "earlier", "held"])
                mine = self._as(self.ana, bills).with_context(tz=zone)
                mine.invalidate_recordset(["mailbox"])
                for bill in mine:
                    self.assertIn(bill.id, found[bill.mailbox], (zone, week_start, bill.mailbox))

    def test_revision_groups_by_what_is_wrong(self):
        self.company.openpce_require_file = True
        incomplete = self._bill()
        self.company.openpce_require_file = False
        repeated = self._bill(number=self.bill.ref)
        domain = [("state", "=", "to_revise")]
        found = self._mailbox(self.ana, "revision", domain=domain)
        self.assertEqual(list(found), ["repeated", "incomplete"])
        self.assertIn(repeated.id, found["repeated"])
        self.assertIn(incomplete.id, found["incomplete"])
        notes = self._as(self.ana, repeated | incomplete).mapped("desk_note")
        self.assertIn(self.bill.ref, notes[0])
        self.assertTrue(notes[1])

    def test_a_repetition_in_a_company_of_others_is_told_without_its_data(self):
        other = self._bill(number="FAR-1")
        other.sudo().company_id = self.other_company
        other.move_id.sudo().flush_recordset()
        repeated = self._bill(number="FAR-2")
        repeated.sudo().write(
            {
                "repeated": True,
                "duplicate_ids": [fields.Command.set(other.move_id.ids)],
                "duplicate_reasons": {str(other.move_id.id): ["number"]},
            }
        )
        with patch.object(type(other.move_id), "_openpce_is_known", lambda move: False):
            note = self._as(self.ana, repeated).desk_note
        self.assertNotIn("FAR-1", note)
        self.assertTrue(note)

    def test_status_groups_by_state(self):
        found = self._mailbox(self.ana, domain=[])
        self.assertIn(self.bill.id, found["in_treatment"])

    def test_orders(self):
        """What is due first comes first; what has no deadline comes last."""
        late, none = self._bill(), self._bill()
        late.sudo().task_ids.deadline = fields.Datetime.now() - timedelta(hours=1)
        self.bill.sudo().task_ids.deadline = fields.Datetime.now() + timedelta(hours=1)
        domain = [("id", "in", (late | none | self.bill).ids)]
        found = self._mailbox(self.ana, "treatment", "deadline", domain=domain)
        self.assertEqual(found["current_week"], [late.id, self.bill.id, none.id])
        for order in ("entry", "newest", "due", "amount", "supplier", "id; DROP", None):
            found = self._mailbox(self.ana, "treatment", order, domain=domain)
            self.assertEqual(len(found["current_week"]), 3, order)

    def test_more_than_are_given_is_told(self):
        self._bill()
        desk = self.env["openpce.bill"].with_user(self.ana).with_company(self.company)
        with patch.object(openpce_bill_desk, "MOST_BILLS", 1):
            found = desk.get_desk_mailbox(DOMAIN, "treatment")
        self.assertTrue(found["more"])
        self.assertEqual(sum(len(group["bills"]) for group in found["groups"]), 1)

    def test_rights_apply_whatever_is_asked_for(self):
        """A domain widens nothing; a person sees the own bills, a portal user none."""
        self.assertNotIn(self.bill.id, sum(self._mailbox(self.stranger, domain=[]).values(), []))
        self.assertIn(self.bill.id, sum(self._mailbox(self.ana, domain=[]).values(), []))
        portal = self._user("wf_portal", "base.group_portal")
        with self.assertRaises(AccessError):
            self._mailbox(portal, domain=[])
        stranger = self._as(self.stranger, self.bill)
        self.assertEqual(stranger.get_desk_details(self.bill.ids), {})

    def test_queries_do_not_grow(self):
        """The mailbox is one query and details are read together."""
        ids = self.bill.ids
        self._mailbox(self.ana, "treatment")
        desk = self.env["openpce.bill"].with_user(self.ana).with_company(self.company)

        def count(call):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            call()
            return self.env.cr.sql_log_count - before

        one = count(lambda: self._mailbox(self.ana, "treatment"))
        details = count(lambda: desk.get_desk_details(ids))
        for _each in range(12):
            ids += self._bill().ids
        self.assertLessEqual(count(lambda: self._mailbox(self.ana, "treatment")), one)
        self.assertLessEqual(count(lambda: desk.get_desk_details(ids)), details + 2)

    def test_details_name_who_is_asked_and_who_has_lines(self):
        self._approval(self.beto)
        self.bill.move_id.invoice_line_ids.sudo().openpce_owner_id = self.carla
        details = self._as(self.ana, self.bill).get_desk_details(self.bill.ids)[self.bill.id]
        self.assertEqual(
            [(row["name"], row["lines"], row["open"]) for row in details["owners"]],
            [(self.carla.display_name, 1, 1)],
        )
        self.bill.move_id.invoice_line_ids.sudo().openpce_owner_id = False
        self._as(self.ana, self.bill).action_validate()
        details = self._as(self.beto, self.bill).get_desk_details(self.bill.ids)[self.bill.id]
        persons = details["approvals"][0]["persons"]
        self.assertEqual(
            [(row["name"], row["approved"], row["asked"]) for row in persons],
            [(self.beto.display_name, False, True)],
        )
        json.dumps(details)

    # ------------------------------------------------------------------ saving

    def test_nobody_saves_over_another_nor_over_the_own_other_window(self):
        move = self._as(self.ana, self.bill).move_id
        self.env.flush_all()
        # each of them has a transaction of his own
        self.env.cr.execute(
            "UPDATE account_move SET write_date = write_date - interval '1 hour' WHERE id = %s",
            move.ids,
        )
        self.env.invalidate_all()
        shown = move.openpce_version
        move.openpce_desk_save({"payment_reference": "first"}, shown, {"openpce_version": {}})
        with self.assertRaisesRegex(UserError, "You changed .* in another window"):
            move.openpce_desk_save({"payment_reference": "second"}, shown, {})
        self.assertEqual(move.payment_reference, "first")
        self.env.flush_all()
        self.env.invalidate_all()
        move.openpce_desk_save({"payment_reference": "third"}, move.openpce_version, {})
        self.assertEqual(move.payment_reference, "third")

    def test_what_happens_to_the_bill_is_a_change_too(self):
        shown = self._as(self.ana, self.bill).move_id.openpce_version
        self.bill.sudo()._hold("manual_hold")
        self.env.invalidate_all()
        self.assertNotEqual(self._as(self.ana, self.bill).move_id.openpce_version, shown)

    def test_who_has_no_part_in_the_bill_saves_nothing(self):
        move = self.bill.move_id.with_user(self.stranger).with_company(self.company)
        shown = self.bill.move_id.openpce_version
        with self.assertRaises(AccessError):
            move.openpce_desk_save({"payment_reference": "x"}, shown, {})
        self.assertNotEqual(self.bill.move_id.payment_reference, "x")

    # ------------------------------------------------------------------ bus

    def _sent(self):
        """What the transaction would tell the open desks."""
        sent = []
        bus = type(self.env["bus.bus"])
        with patch.object(bus, "_sendone", lambda _self, *message: sent.append(message)):
            self.env.cr.precommit.run()
        return [message for message in sent if message[1].startswith("openpce_bill_desk/")]

    def test_a_transaction_tells_each_company_once(self):
        self.env.cr.precommit.run()
        other = self._bill()
        (self.bill | other).sudo()._hold("manual_hold")
        sent = self._sent()
        self.assertEqual(len(sent), 1)
        (channel, kind, payload) = sent[0]
        self.assertEqual(channel, (self.company, "openpce_bill_desk"))
        self.assertEqual(kind, "openpce_bill_desk/changed")
        self.assertEqual(set(payload["ids"]), {self.bill.id, other.id})
        self.assertFalse(self._sent())

    def test_channels_are_those_of_the_own_companies(self):
        asked = [f"openpce_bill_desk_{each.id}" for each in (self.company, self.other_company)]
        asked += ["openpce_bill_desk_x", "openpce_bill_desk_"]

        def get(user):
            with patch("odoo.addons.bus.models.ir_websocket.wsrequest", Mock()):
                socket = self.env["ir.websocket"].with_user(user)
                return [
                    channel
                    for channel in socket._build_bus_channel_list(list(asked))
                    if "openpce_bill_desk" in str(channel)
                ]

        self.assertEqual(get(self.ana), [(self.company, "openpce_bill_desk")])
        self.assertFalse(get(self._user("wf_none")))

    def test_what_the_browser_sends_is_not_trusted(self):
        socket = self.env["ir.websocket"].with_user(self.stranger)
        hostile = (
            {}, {"bill_id": "1"}, {"bill_id": [self.bill.id]}, {"bill_id": 10**30},
            {"bill_id": -1, "left": None}, {"bill_id": self.bill.id},
        )  # fmt: skip
        for data in hostile:
            sent = []
            bus = type(self.env["bus.bus"])
            with patch.object(bus, "_sendone", lambda _self, *message: sent.append(message)):  # noqa: B023
                socket._serve_ir_websocket("openpce_bill_desk_open", data)
            self.assertFalse(sent, data)
        told = []
        with patch.object(bus, "_sendone", lambda _self, *message: told.append(message)):
            self.env["ir.websocket"].with_user(self.ana)._serve_ir_websocket(
                "openpce_bill_desk_open", {"bill_id": self.bill.id, "left": False}
            )
        self.assertEqual([message[2]["bill_id"] for message in told], [self.bill.id])
