"""Numbers come from the authorised range, and nothing outside it is posted."""

from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OpenPCECommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDocumentNumbers(OpenPCECommon):
    def test_first_number_is_right_without_editing_and_the_next_follow(self):
        moves = self.create_invoice(post=True) + self.create_invoice(post=True)
        self.assertEqual(moves.mapped("name"), ["SETP990000000", "SETP990000001"])

    def test_placeholder_shows_the_first_number(self):
        self.assertEqual(self.create_invoice().name_placeholder, "SETP990000000")

    def test_range_after_numbers_of_another_kind(self):
        self.journal.l10n_co_openpce_enabled = False
        old = self.create_invoice(post=True)
        self.assertFalse(old.l10n_co_openpce_document_ids, "an ordinary journal issues nothing")
        self.journal.l10n_co_openpce_enabled = True
        self.assertEqual(self.create_invoice(post=True).name, "SETP990000000")

    def test_prefix_that_ends_in_digits(self):
        self.range.write({"prefix": "FE1", "first_number": 8, "last_number": 1200})
        names = [self.create_invoice(post=True).name for _index in range(4)]
        self.assertEqual(names, ["FE18", "FE19", "FE110", "FE111"])

    def test_number_outside_the_range_is_not_posted(self):
        self.range.write({"first_number": 1, "last_number": 1})
        self.create_invoice(post=True)
        with self.assertRaises(UserError, msg="a used-up range must not give more numbers"):
            self.create_invoice(post=True)

    def test_date_outside_the_range_is_not_posted(self):
        self.range.date_to = fields.Date.today() - timedelta(days=1)
        with self.assertRaises(UserError, msg="an expired range must not be used"):
            self.create_invoice(post=True)

    def test_typed_number_outside_the_range_is_not_posted(self):
        move = self.create_invoice()
        move.name = "SETP1"
        with self.assertRaises(UserError):
            move.action_post()

    def test_range_of_another_environment_does_not_count(self):
        self.range.environment = "production"
        with self.assertRaises(UserError, msg="a production range is not used in tests"):
            self.create_invoice(post=True)

    def test_next_range_takes_over_when_one_is_used_up(self):
        self.range.write({"first_number": 1, "last_number": 1})
        self.create_range(
            self.company, self.journal, prefix="SETQ", first_number=500, last_number=510
        )
        self.assertEqual(
            [self.create_invoice(post=True).name for _index in range(3)],
            ["SETP1", "SETQ500", "SETQ501"],
        )

    def test_future_invoice_waits_for_its_day(self):
        day = date.today() + timedelta(days=3)
        move = self.create_invoice(invoice_date=day)
        move.action_post()
        document = move.l10n_co_openpce_document_id
        self.assertEqual(
            document.next_try.date(), day, "nothing is issued before its date (Bogotá, 05:00 UTC)"
        )
        self.assertEqual(document.next_try.hour, 5)
