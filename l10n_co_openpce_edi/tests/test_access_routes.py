"""Side doors of an accepted invoice: screens, wizards, computed fields, files, settings."""

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import one_transaction
from .common_access import AccessCommon
from .dian_fake import fake_dian

_REFUSALS = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccessRoutes(AccessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.settled = cls.move.with_user(cls.manager)
        cls.both = cls.create_user("both", "base.group_system,account.group_account_manager")

    def _told(self):
        """What DIAN was told, as the books say it."""
        names = ("name", "state", "move_type", "company_id", "partner_id", "amount_total")
        lines = self.move.invoice_line_ids
        return [self.move[name] for name in names], lines.mapped("price_subtotal")

    def test_screens_do_not_save_what_is_locked(self):
        move, line = self.settled, self.move.invoice_line_ids[:1]
        for what, values in {
            "customer": {"partner_id": self.customer_person.id},
            "price": {"invoice_line_ids": [Command.update(line.id, {"price_unit": 1.0})]},
            "line": {"invoice_line_ids": [Command.create({"name": "x", "price_unit": 1.0})]},
            "removed": {"invoice_line_ids": [Command.delete(line.id)]},
            "unlinked": {"invoice_line_ids": [Command.unlink(line.id)]},
            "cleared": {"invoice_line_ids": [Command.clear()]},
            "set": {"invoice_line_ids": [Command.set([])]},
        }.items():
            for context in ({}, {"skip_readonly_check": True}):
                with self.subTest(what, **context):
                    self._refuses(
                        lambda v=values, c=context: move.with_context(**c).web_save(v, {"name": {}})
                    )

    def test_stored_results_are_no_side_door(self):
        """A computed field that is stored can be written by API: the books would say otherwise."""
        other = self.customer_person.id
        for values in (
            {"move_type": "out_refund"},
            {"company_id": self.other.id},
            {"commercial_partner_id": other},
            {"amount_total": 1.0},
            {"amount_untaxed": 1.0},
            {"amount_tax": 1.0},
        ):
            with self.subTest(values=values):
                self._refuses(lambda v=values: self.settled.write(v))
        line = self.settled.invoice_line_ids[:1]
        taxes = self.settled.line_ids.filtered("tax_line_id")[:1]
        for values in (
            {"price_subtotal": 1.0},
            {"price_total": 1.0},
            {"debit": 7.0},
            {"credit": 7.0},
            {"currency_id": self.env.ref("base.EUR").id},
        ):
            for record in line + taxes:
                with self.subTest(values=values, line=record.display_type):
                    self._refuses(lambda r=record, v=values: r.write(v))

    def test_tax_amounts_are_not_typed_over(self):
        totals = self.settled.tax_totals
        totals["subtotals"][0]["tax_groups"][0]["tax_amount_currency"] += 5.0
        self._refuses(lambda: self.settled.write({"tax_totals": totals}))
        self._refuses(
            lambda: self.settled.with_context(skip_readonly_check=True).write(
                {"tax_totals": totals}
            )
        )

    def test_an_invoice_stays_an_invoice(self):
        """Odoo refuses the button for whatever was posted once."""
        self._refuses(self.settled.action_switch_move_type)
        self._refuses(self.waiting.with_user(self.manager).action_switch_move_type)

    def test_a_credit_note_leaves_the_invoice_as_it_is(self):
        told = self._told()
        for method in ("reverse_moves", "refund_moves", "modify_moves"):
            with self.subTest(method), self.undone():
                wizard = (
                    self.env["account.move.reversal"]
                    .with_user(self.manager)
                    .with_context(active_model="account.move", active_ids=self.move.ids)
                    .create({"journal_id": self.journal.id})
                )
                if not hasattr(wizard, method):
                    continue
                getattr(wizard, method)()
                self.env.flush_all()
                self.assertEqual(self._told(), told)
                for made in self.move.reversal_move_ids:
                    self.assertNotIn(self.document, made.sudo().l10n_co_openpce_document_ids)
                    self.assertFalse(made.l10n_co_openpce_cufe)

    def test_a_recurring_invoice_is_a_new_one_for_dian(self):
        move = self.create_invoice(
            auto_post="monthly", auto_post_until=fields.Date.add(fields.Date.today(), months=2)
        )
        move.with_user(self.manager).action_post()
        with fake_dian(self.env):
            move.l10n_co_openpce_document_id.sudo()._process()
        self.assertEqual(move.l10n_co_openpce_state, "accepted")
        following = self.env["account.move"].search([("auto_post_origin_id", "=", move.id)]) - move
        self.assertTrue(following)
        self.assertFalse(following.l10n_co_openpce_document_ids)
        self.assertFalse(following.l10n_co_openpce_state)
        self.assertNotEqual(following.name, move.name)

    # Settings

    def test_the_journal_of_submissions_is_archived_at_most(self):
        journal = self.journal.with_user(self.both)
        self._refuses(lambda: journal.write({"company_id": self.other.id}))
        self._refuses(lambda: journal.write({"type": "general"}))
        with mute_logger("odoo.sql_db"):
            self.assert_refused(journal.unlink, "deleted", UserError, IntegrityError)

    def test_what_is_archived_lets_the_queue_go_on(self):
        pending = self.waiting.l10n_co_openpce_document_id.sudo()
        for what in (self.journal, self.range):
            with self.subTest(what._name), self.undone():
                what.with_user(self.both).active = False
                with fake_dian(self.env):
                    pending._process()
                self.assertEqual(pending.state, "accepted", pending.message)

    def test_the_company_does_not_become_another_issuer(self):
        """Another contact of the company is another NIT, with which nothing was signed."""
        company = self.company.with_user(self.both)
        self.env.cr.execute(
            "UPDATE l10n_co_openpce_document SET environment = 'production' WHERE id = %s",
            (self.document.id,),
        )
        self.document.invalidate_recordset()
        self._refuses(
            lambda: company.write({"partner_id": self.customer_company.id}), self.document.number
        )
        company.write({"partner_id": self.company.partner_id.id})

    # Files

    @mute_logger(*_REFUSALS)
    def test_no_file_is_planted_beside_one_of_a_submission(self):
        """Odoo looks files up by record and field: a second one might be the one it finds."""
        files = self.env["ir.attachment"].sudo()
        file = files.search(
            [
                ("res_model", "=", "l10n_co_openpce.document"),
                ("res_id", "=", self.document.id),
                ("res_field", "=", "signed_xml"),
            ]
        )
        self.assertEqual(len(file), 1)
        values = {
            "name": "signed_xml",
            "res_model": "l10n_co_openpce.document",
            "res_id": self.document.id,
            "res_field": "signed_xml",
            "raw": b"<x/>",
        }
        for user in (self.accountant, self.manager, self.system, self.both, *self.outsiders):
            mine = file.with_user(user)
            loose = files.create({"name": "x", "raw": b"<x/>", "create_uid": user.id})
            loose = loose.with_user(user)
            routes = {
                "created": lambda m=mine: m.create(dict(values)),
                "copied": lambda m=mine: m.copy({"raw": b"<x/>"}),
                "moved there": lambda a=loose: a.write(
                    {key: values[key] for key in ("res_model", "res_id", "res_field")}
                ),
                "datas": lambda m=mine: m.write({"datas": b"PHgvPg=="}),
                "type": lambda m=mine: m.write({"type": "url", "url": "http://x.example"}),
                "deleted": mine.unlink,
            }
            for name, route in routes.items():
                with self.subTest(user=user.sudo().login, route=name):
                    self.assert_refused(route, name, AccessError, UserError)

    def test_deleting_the_files_of_an_invoice_leaves_the_evidence(self):
        """PDF and zip in its thread are copies for people; the submission keeps its own."""
        wizard = (
            self.env["account.move.send.wizard"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=self.waiting.ids)
            .create({"move_id": self.waiting.id})
        )
        with (
            fake_dian(self.env),
            one_transaction(self.env),
        ):
            wizard.action_send_and_print()
        document = self.waiting.l10n_co_openpce_document_id.sudo()
        kept = [document._get_file(name) for name in ("signed_xml", "container")]
        self.assertTrue(all(kept))
        copies = self.waiting.sudo().message_ids.attachment_ids
        copies |= copies.search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "=", self.waiting.id),
                ("id", "!=", False),
            ]
        )
        self.assertTrue(copies)
        for copy in copies.with_user(self.accountant):
            with self.subTest(copy=copy.sudo().name), mute_logger(*_REFUSALS):
                try:
                    copy.unlink()
                except (AccessError, UserError):
                    self.assertTrue(copy.exists())
        document.invalidate_recordset()
        self.assertEqual([document._get_file(n) for n in ("signed_xml", "container")], kept)
