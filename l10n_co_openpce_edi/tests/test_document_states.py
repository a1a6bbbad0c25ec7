"""The state table of a submission, its guards, and who may touch it."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import OpenPCECommon
from .dian_fake import fake_dian, fake_files
from odoo.addons.l10n_co_openpce_edi.models import l10n_co_openpce_document as module


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDocumentStates(OpenPCECommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.create_invoice(post=True)
        cls.document = cls.move.l10n_co_openpce_document_id.sudo()

    def _force_state(self, state):
        """Put the record where the table cannot be walked to in one step (tests only)."""
        self.document.flush_recordset()
        self.env.cr.execute(
            "UPDATE l10n_co_openpce_document SET state = %s WHERE id = %s",
            (state, self.document.id),
        )
        self.document.invalidate_recordset()

    def test_every_transition_of_the_table_and_no_other(self):
        states = [state for state, _label in module.STATES]
        events = {event for _state, event in module._TRANSITIONS}
        for state in states:
            for event in sorted(events):
                with self.subTest(state=state, event=event):
                    self._force_state(state)
                    target = module._TRANSITIONS.get((state, event))
                    self.assertEqual(
                        event in self.document._get_allowed_events(),
                        bool(target),
                        "what is allowed is what the table says",
                    )
                    if target:
                        self.document._set_state(event)
                        self.assertEqual(self.document.state, target)
                    else:
                        with self.assertRaises(
                            UserError, msg="an event outside the table must not happen"
                        ):
                            self.document._set_state(event)

    def test_every_state_but_the_first_can_be_reached_and_accepted_is_final(self):
        reached = set(module._TRANSITIONS.values()) | {"draft"}
        self.assertEqual(reached, {state for state, _label in module.STATES})
        self.assertFalse(
            [key for key in module._TRANSITIONS if key[0] in ("accepted", "rejected")],
            "a verdict of DIAN is never undone",
        )

    def test_state_has_one_door(self):
        with self.assertRaises(UserError, msg="the state may only change through _set_state"):
            self.document.sudo().write({"state": "accepted"})

    def test_nobody_deletes_or_copies_evidence(self):
        with self.assertRaises(UserError, msg="not even the system deletes a submission"):
            self.document.sudo().unlink()
        with self.assertRaises(UserError):
            self.document.copy()

    def test_accountant_and_administrator_read_but_do_not_write(self):
        admin = self.env.ref("base.user_admin")
        admin.write({"company_ids": [(4, self.company.id)], "company_id": self.company.id})
        for user in (self.accountant, admin):
            document = self.document.with_user(user)
            self.assertTrue(document.number)
            with self.assertRaises(AccessError, msg="people only read submissions"):
                document.write({"message": "x"})
            with self.assertRaises(AccessError):
                document.create(
                    {
                        "move_id": self.move.id,
                        "company_id": self.company.id,
                        "environment": "sandbox",
                        "number": "X",
                    }
                )

    def test_auditor_reads_and_cannot_send_portal_sees_nothing(self):
        auditor = self.env["res.users"].create(
            {
                "name": "Revisor",
                "login": "openpce_auditor",
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
                "group_ids": [(6, 0, self.env.ref("account.group_account_readonly").ids)],
            }
        )
        self.assertEqual(self.document.with_user(auditor).state, "draft")
        with self.assertRaises(AccessError, msg="who may only read must not be able to send"):
            self.move.with_user(auditor).action_l10n_co_openpce_send()
        portal = self.env["res.users"].create(
            {
                "name": "Cliente",
                "login": "openpce_portal",
                "partner_id": self.customer_company.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        with self.assertRaises(AccessError, msg="the portal must not see submissions"):
            self.document.with_user(portal).read(["number"])

    def test_other_company_does_not_see_it(self):
        other = self.env["res.company"].create({"name": "Otra"})
        user = self.env["res.users"].create(
            {
                "name": "Otra contadora",
                "login": "openpce_other",
                "company_id": other.id,
                "company_ids": [(6, 0, other.ids)],
                "group_ids": [(6, 0, self.env.ref("account.group_account_invoice").ids)],
            }
        )
        found = (
            self.env["l10n_co_openpce.document"]
            .with_user(user)
            .search([("id", "=", self.document.id)])
        )
        self.assertFalse(found, "a submission belongs to its company")

    def test_one_live_submission_per_invoice(self):
        self.assertFalse(
            self.env["l10n_co_openpce.document"]._create_for(self.move),
            "an invoice with a live submission gets no second one",
        )

    def test_draft_and_cancel_are_blocked_while_dian_has_or_may_have_it(self):
        for state in module.LOCKING_STATES:
            self._force_state(state)
            self.document.modified(["state"])
            self.assertFalse(self.move.show_reset_to_draft_button, state)
            for method in ("button_draft", "button_cancel"):
                with (
                    self.subTest(state=state, method=method),
                    self.assertRaises(
                        ValidationError, msg="what DIAN may have does not go back to draft"
                    ),
                ):
                    getattr(self.move, method)()
                    self.env.flush_all()

    def test_number_of_a_sent_invoice_does_not_change(self):
        self._force_state("accepted")
        with self.assertRaises(ValidationError, msg="DIAN knows the invoice by this number"):
            self.move.name = "SETP990000777"
            self.env.flush_all()

    def test_vendor_bill_and_entry_are_left_alone(self):
        bill = self.env["account.move"].new({"move_type": "in_invoice"})
        self.assertFalse(bill.l10n_co_openpce_payment_form)
        self.assertFalse(bill.l10n_co_openpce_payment_means_id)

    def test_dashboard_counts(self):
        for state, key in (
            ("draft", "to_send"),
            ("in_doubt", "in_doubt"),
            ("rejected", "rejected"),
        ):
            self._force_state(state)
            self.document.modified(["state"])
            data = self.journal._get_journal_dashboard_data_batched()[self.journal.id]
            self.assertEqual(data[f"l10n_co_openpce_{key}"], 1, state)

    def test_reset_to_draft_withdraws_what_was_not_sent(self):
        self.move.button_draft()
        self.assertEqual(self.document.state, "invalid")
        self.move.action_post()
        self.assertEqual(
            len(self.move.l10n_co_openpce_document_ids), 2, "posting again queues again"
        )
        self.assertEqual(self.move.l10n_co_openpce_state, "draft")

    def test_state_of_the_invoice_follows(self):
        self.assertEqual(self.move.l10n_co_openpce_state, "draft")
        self.assertTrue(self.move.l10n_co_openpce_can_send)
        with fake_files(self.env), fake_dian(self.env):
            self.move.with_user(self.accountant).action_l10n_co_openpce_send()
        self.assertEqual(self.move.l10n_co_openpce_state, "accepted", self.document.message)
        self.assertFalse(self.move.l10n_co_openpce_can_send)
        found = self.env["account.move"].search([("l10n_co_openpce_state", "=", "accepted")])
        self.assertIn(self.move, found, "the DIAN state can be searched")
