"""Numbering as an accountant tries it: renewals, ends of ranges, typed numbers, old invoices."""

from datetime import date, timedelta
from unittest.mock import patch

import psycopg2
from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import OpenPCECommon
from .dian_fake import fake_dian, fake_files


@tagged("post_install_l10n", "post_install", "-at_install")
class TestNumberingCases(OpenPCECommon):
    def setUp(self):
        super().setUp()
        self.today = self.env["l10n_co_openpce.document"]._get_bogota_now().date()

    @classmethod
    def create_invoice(cls, *arguments, **values):
        # of the day of Bogotá: in its evening UTC writes tomorrow's date already
        today = cls.env["l10n_co_openpce.document"]._get_bogota_now().date()
        return super().create_invoice(*arguments, **{"invoice_date": today, **values})

    def _range(self, prefix, first, last, **values):
        count = self.env["l10n_co_openpce.numbering.range"].search_count([])
        defaults = {"resolution": f"1876{count:07d}"}
        return self.create_range(
            self.company,
            values.pop("journal", self.journal),
            **{"prefix": prefix, "first_number": first, "last_number": last},
            **{**defaults, **values},
        )

    def _names(self, count, **values):
        return [self.create_invoice(post=True, **values).name for _index in range(count)]

    def _post_together(self, count, **values):
        moves = self.env["account.move"].union(
            *(self.create_invoice(**values) for _index in range(count))
        )
        moves.action_post()
        return sorted(moves.mapped("name"))

    # Renewal and end of a range

    def test_renewal_with_the_same_prefix_goes_on_where_the_old_one_ended(self):
        self.range.write({"first_number": 1, "last_number": 10, "date_to": self.today})
        self.assertEqual(self._names(2), ["SETP1", "SETP2"])
        self.range.date_to = self.today - timedelta(days=1)
        renewed = self._range("SETP", 3, 10, date_from=self.today, date_to=date(2040, 1, 1))
        move = self.create_invoice(post=True)
        self.assertEqual((move.name, move.l10n_co_openpce_document_id.range_id), ("SETP3", renewed))

    def test_renewal_of_all_numbers_does_not_begin_again(self):
        self.range.write({"first_number": 1, "last_number": 10})
        self._names(2)
        self.range.date_to = self.today - timedelta(days=1)
        self._range("SETP", 1, 10, date_from=self.today, date_to=date(2040, 1, 1))
        self.assertEqual(self._names(1), ["SETP3"], "a number is not given twice")

    def test_renewal_with_another_prefix_in_the_middle_of_a_batch(self):
        self.range.write({"first_number": 1, "last_number": 2})
        self._range("SETQ", 1, 10, sequence=20)
        self.assertEqual(self._post_together(4), ["SETP1", "SETP2", "SETQ1", "SETQ2"])

    def test_next_range_of_the_same_prefix_begins_elsewhere_in_the_middle_of_a_batch(self):
        self.range.write({"first_number": 1, "last_number": 2})
        self._range("SETP", 100, 110, sequence=20)
        self.assertEqual(self._post_together(4), ["SETP1", "SETP100", "SETP101", "SETP2"])

    def test_end_of_the_last_range_in_a_batch_refuses_all_and_loses_nothing(self):
        self.range.write({"first_number": 1, "last_number": 3})
        with (
            self.assertRaisesRegex(UserError, r"SETP1 - SETP3.*used up.*new authorisation"),
            self.env.cr.savepoint(),
        ):
            self._post_together(4)
        self.assertEqual(self._post_together(3), ["SETP1", "SETP2", "SETP3"])

    def test_a_range_that_ends_with_a_digit_counts_what_it_gave(self):
        self.range.write({"prefix": "FE1", "first_number": 8, "last_number": 11})
        self.assertEqual(self._names(3), ["FE18", "FE19", "FE110"])
        self.range.invalidate_recordset()
        self.assertEqual((self.range.last_used, self.range.remaining), (10, 1))
        self._range("FE2", 1, 5, sequence=20)
        self.assertEqual(self._names(2), ["FE111", "FE21"])

    def test_a_range_that_ends_with_a_digit_goes_on_from_numbers_given_before_this_addon(self):
        self.range.journal_id = False
        self.journal.l10n_co_openpce_enabled = False
        for number in ("FE1499", "FE1500"):
            move = self.create_invoice()
            move.name = number
            move.action_post()
        self.range.write(
            {"prefix": "FE1", "first_number": 1, "last_number": 900, "journal_id": self.journal.id}
        )
        self.journal.l10n_co_openpce_enabled = True
        self.assertEqual(self._names(1), ["FE1501"])

    # Dates

    def test_range_not_valid_yet_and_expired_tell_what_to_do(self):
        for values in (
            {"date_from": self.today + timedelta(days=1)},
            {"date_from": date(2019, 1, 1), "date_to": self.today - timedelta(days=1)},
        ):
            self.range.write(values)
            with self.assertRaisesRegex(
                UserError, r"No DIAN numbering range of journal .* valid on .*Settings"
            ):
                self.create_invoice(post=True)

    def test_a_back_dated_invoice_takes_a_number_that_is_valid_on_the_day_it_is_issued(self):
        self.range.write({"first_number": 1, "last_number": 10, "date_to": self.today})
        self._range("SETQ", 1, 9, date_from=self.today, date_to=date(2040, 1, 1), sequence=20)
        self.range.date_to = self.today - timedelta(days=1)
        move = self.create_invoice(invoice_date=self.today - timedelta(days=2), post=True)
        self.assertEqual(
            move.name, "SETQ1", "DIAN gets it today, when the old range is no longer valid"
        )
        document = move.l10n_co_openpce_document_id.sudo()
        with fake_dian(self.env), fake_files(self.env):
            document._process()
        self.assertEqual(document.state, "accepted", document.findings)

    def test_a_later_invoice_takes_a_number_that_is_valid_on_its_day(self):
        self.range.date_to = self.today + timedelta(days=1)
        self._range("SETQ", 1, 9, date_from=self.today, date_to=date(2040, 1, 1), sequence=20)
        move = self.create_invoice(invoice_date=self.today + timedelta(days=2))
        move.action_post()
        self.assertEqual(move.name, "SETQ1")

    def test_a_year_or_month_changes_nothing(self):
        for prefix in ("2026", "FE26", "A26B", "", "1234"):
            with self.subTest(prefix=prefix):
                self.range.active = False
                self.range = self._range(prefix, 9, 10**8)
                names = [
                    self.create_invoice(invoice_date=day, post=True).name
                    for day in ("2025-12-31", "2026-01-01", "2024-02-29")
                ]
                self.assertEqual(names, [f"{prefix}9", f"{prefix}10", f"{prefix}11"])

    # Numbers typed by hand

    def test_first_number_by_hand_continues_another_software(self):
        move = self.create_invoice()
        move.name = "SETP990000500"
        move.action_post()
        self.assertEqual(self._names(1), ["SETP990000501"])

    def test_a_gap_can_be_filled_and_a_double_cannot_be_made(self):
        move = self.create_invoice()
        move.name = "SETP990000005"
        move.action_post()
        filler = self.create_invoice()
        filler.name = "SETP990000004"
        filler.action_post()
        double = self.create_invoice()
        double.name = "SETP990000005"
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.env.cr.savepoint(),
        ):
            double.action_post()
        self.assertEqual(self._names(1), ["SETP990000006"])

    def test_leading_zeros_and_additions_are_no_second_name_of_a_number(self):
        self.range.write({"first_number": 1, "last_number": 100})
        for name in ("SETP01", "SETP1A", "setp1", "SETP 1", "1"):
            move = self.create_invoice()
            move.name = name
            with (
                self.subTest(name),
                self.assertRaisesRegex(UserError, "not in the authorised range.*Empty the number"),
                self.env.cr.savepoint(),
            ):
                move.action_post()
            move.unlink()
        self.assertEqual(self._names(1), ["SETP1"], "what was refused used no number")

    def test_the_number_of_a_queued_invoice_changes_in_draft_only(self):
        move = self.create_invoice(post=True)
        with self.assertRaisesRegex(ValidationError, "Reset the invoice to draft"):
            move.name = "SETP990000009"
        move.button_draft()
        move.name = "SETP990000009"
        move.action_post()
        self.assertEqual(move.l10n_co_openpce_document_id.number, "SETP990000009")

    def test_resequencing_queued_invoices_is_refused(self):
        moves = self.create_invoice(post=True) + self.create_invoice(post=True)
        wizard = (
            self.env["account.resequence.wizard"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({"first_name": "SETP990000100"})
        )
        with self.assertRaisesRegex(ValidationError, "queued for DIAN"), self.env.cr.savepoint():
            wizard.resequence()

    # Drafts

    def test_a_draft_that_had_a_number_keeps_it_and_is_not_deleted(self):
        move = self.create_invoice(post=True)
        move.button_draft()
        with self.assertRaisesRegex(UserError, "number of a DIAN range"), self.env.cr.savepoint():
            move.unlink()
        self.assertEqual(self._names(1), ["SETP990000001"])
        move.action_post()
        self.assertEqual(move.name, "SETP990000000", "its number was kept for it")

    def test_a_draft_without_number_is_deleted_and_moved_freely(self):
        other = self.journal.copy({"code": "OTR", "l10n_co_openpce_enabled": False})
        move = self.create_invoice()
        move.journal_id = other
        move.action_post()
        self.assertFalse(move.l10n_co_openpce_document_ids)
        self.create_invoice().unlink()
        self.assertEqual(self._names(1), ["SETP990000000"])

    def test_a_numbered_draft_does_not_take_its_number_into_another_journal(self):
        other = self.journal.copy({"code": "OTR", "l10n_co_openpce_enabled": False})
        move = self.create_invoice(post=True)
        move.button_draft()
        with self.assertRaises(UserError):
            move.journal_id = other

    # Journals and companies

    def test_a_range_numbers_one_journal_and_stays_there(self):
        self._names(1)
        other = self.journal.copy({"code": "OTR"})
        for values in ({"journal_id": other.id}, {"journal_id": False}, {"prefix": "SETQ"}):
            with self.assertRaisesRegex(UserError, "up to SETP990000000"):
                self.range.write(values)
        self.range.write({"journal_id": self.journal.id, "prefix": "SETP"})
        with self.assertRaisesRegex(ValidationError, "share numbers"):
            self._range("SETP", 990000000, 990000100, journal=other)

    def test_an_archived_range_made_again_for_another_journal_gives_no_doubles(self):
        self._names(1)
        self.range.active = False
        other = self.journal.copy({"code": "OTR"})
        self._range("SETP", 990000000, 990000100, journal=other)
        with self.assertRaisesRegex(UserError, "already given to an invoice of journal"):
            self.create_invoice(post=True, journal_id=other.id)

    def test_ranges_whose_names_look_alike_are_refused(self):
        self._range("FE", 1, 100)
        with self.assertRaisesRegex(ValidationError, "share numbers"):
            self._range("FE1", 1, 5)
        self.assertTrue(self._range("FE1", 100, 200), "FE1100 is none of FE1 to FE100")
        self.assertTrue(self._range("FE0", 1, 5), "a number has no leading zeros")

    def _make_other_company(self, country):
        """A company with one sales journal and without a chart: a chart takes long to load."""
        company = self.env["res.company"].create({"name": "OTRA", "country_id": country.id})
        self.env.user.company_ids = [Command.link(company.id)]
        account = (
            self.env["account.account"]
            .with_company(company)
            .create(
                [
                    {"name": "Income", "code": "400000", "account_type": "income"},
                    {
                        "name": "Customers",
                        "code": "100000",
                        "account_type": "asset_receivable",
                        "reconcile": True,
                    },
                ]
            )
        )
        journal = self.env["account.journal"].create(
            {
                "name": "Otra",
                "code": "OTRA",
                "type": "sale",
                "company_id": company.id,
                "default_account_id": account[0].id,
            }
        )
        partner = self.customer_company.with_company(company)
        partner.property_account_receivable_id = account[1]
        return company, journal

    def _create_in(self, company, journal):
        return (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "out_invoice",
                    "company_id": company.id,
                    "journal_id": journal.id,
                    "partner_id": self.customer_company.id,
                    "invoice_date": self.today,
                    "invoice_line_ids": [
                        Command.create({"name": "x", "price_unit": 10, "tax_ids": []})
                    ],
                }
            )
        )

    def test_two_companies_with_the_same_prefix_count_apart(self):
        self._names(2)
        company, journal = self._make_other_company(self.env.ref("base.co"))
        company.account_fiscal_country_id = self.env.ref("base.co")
        self.create_range(company, journal)
        move = self._create_in(company, journal)
        move.action_post()
        self.assertEqual(move.name, "SETP990000000")
        self.assertEqual(self._names(1), ["SETP990000002"])

    # Other documents of the same journal

    def test_other_documents_take_no_number_of_the_range(self):
        self.journal.write({"refund_sequence": False, "debit_sequence": False})
        invoice = self.create_invoice(post=True)
        refund = self.create_invoice(move_type="out_refund", post=True)
        receipt = self.create_invoice(move_type="out_receipt", post=True)
        account = self.company_data["default_account_revenue"].id
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.journal.id,
                "line_ids": [
                    Command.create({"account_id": account, "debit": 10.0}),
                    Command.create({"account_id": account, "credit": 10.0}),
                ],
            }
        )
        entry.action_post()
        for move in refund + receipt + entry:
            self.assertIsNone(self.range._parse_number(move.name), move.name)
        self.assertEqual(self._names(1), ["SETP990000001"], "after %s" % invoice.name)

    # Gaps, as Odoo's dashboard shows them

    def test_a_right_series_has_no_gap_and_a_missing_number_is_one(self):
        self.range.write({"prefix": "FE1", "first_number": 8, "last_number": 1000})
        self._names(3)
        last = self.create_invoice()
        last.name = "FE150"
        last.action_post()
        moves = self.env["account.move"].search([("journal_id", "=", self.journal.id)])
        self.assertEqual(moves.filtered("made_sequence_gap"), last)

    # Invoices made before

    def _make_old(self):
        self.journal.l10n_co_openpce_enabled = False
        move = self.create_invoice(post=True)
        self.journal.l10n_co_openpce_enabled = True
        return move

    def test_invoices_made_before_are_none_of_dians(self):
        old = self._make_old()
        self.assertFalse(old.l10n_co_openpce_required or old.l10n_co_openpce_can_send)
        old.action_l10n_co_openpce_queue()
        self.assertFalse(old.l10n_co_openpce_document_ids, "bulk sending leaves them out")
        name = old.name
        old.button_draft()
        old.action_post()
        self.assertEqual(old.name, name, "a correction keeps the old number")
        self.assertFalse(old.l10n_co_openpce_document_ids, "and issues nothing")
        old.button_draft()
        old.name = False
        old.action_post()
        self.assertEqual(old.name, "SETP990000000", "without its number it is issued as a new one")
        self.assertTrue(old.l10n_co_openpce_document_ids)

    def test_a_new_invoice_cannot_pass_as_an_old_one(self):
        move = self.create_invoice()
        move.name = "INV/2026/00009"
        with self.assertRaises(UserError):
            move.action_post()

    # Mass

    def test_two_hundred_at_once(self):
        self.range.write({"first_number": 95, "last_number": 5_000_000})
        moves = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer_company.id,
                    "journal_id": self.journal.id,
                    "invoice_date": self.today,
                    "invoice_line_ids": [
                        Command.create({"product_id": self.product_19.id, "price_unit": 10})
                    ],
                }
                for _index in range(200)
            ]
        )
        moves.action_post()
        self.assertEqual(
            sorted(int(name[4:]) for name in moves.mapped("name")), list(range(95, 295))
        )
        self.assertEqual(len(moves.l10n_co_openpce_document_ids), 200)

    def test_elsewhere_posting_costs_nothing_more(self):
        """A company outside Colombia pays no query for this addon."""
        company, journal = self._make_other_company(self.env.ref("base.us"))

        def post():
            move = self._create_in(company, journal)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            move.action_post()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        post()
        ours = post()
        electronic = type(self.env["account.move"])
        with (
            patch.object(electronic, "_compute_made_sequence_gap", lambda self: None),
            patch.object(electronic, "_l10n_co_openpce_takes_number", lambda self: False),
        ):
            without = post()
        self.assertLessEqual(ours - without, 1, "one is Odoo's own look for a gap")
