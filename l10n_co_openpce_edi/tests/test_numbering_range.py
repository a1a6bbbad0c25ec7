"""Numbering authorisations: checked, chosen, counted, watched (N1, N2)."""

from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import TECHNICAL_KEY, OpenPCECommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestNumberingRange(OpenPCECommon):
    def _range(self, **values):
        defaults = {"prefix": "FE", "first_number": 1, "last_number": 1000, "resolution": "18764"}
        return self.create_range(self.company, self.journal, **{**defaults, **values})

    def _assert_refused(self, **values):
        with self.assertRaises(ValidationError, msg=str(values)):
            self._range(**values)

    # Checks

    def test_impossible_values(self):
        self._assert_refused(prefix="F-E")
        self._assert_refused(resolution="18764-A")
        self._assert_refused(first_number=0)
        self._assert_refused(first_number=10, last_number=9)
        self._assert_refused(last_number=1_000_000_000)
        self._assert_refused(date_to=date(2019, 1, 1))
        self._assert_refused(document_type="05")  # a sales journal

    def test_overlap(self):
        self._range()
        self._assert_refused(first_number=1000, last_number=2000, resolution="18765")
        self._range(first_number=1001, last_number=2000, resolution="18765")
        self._range(prefix="FA", resolution="18766")
        self._range(environment="production", resolution="18767")

    def test_same_numbers_authorised_again_for_later(self):
        self._range(date_to=date(2026, 12, 31))
        later = {"date_from": date(2027, 1, 1), "date_to": date(2028, 12, 31)}
        self.assertTrue(self._range(resolution="18765", **later))

    def test_overlap_without_prefix(self):
        self._range(prefix=False)
        self._assert_refused(prefix="", resolution="18765")

    def test_copied_blanks_are_removed(self):
        record = self._range(prefix=" FE ", technical_key=f"{TECHNICAL_KEY}\n")
        self.assertEqual((record.prefix, record._get_technical_key()), ("FE", TECHNICAL_KEY))

    # Choice

    def _get(self, day=None, **kwargs):
        return self.journal._l10n_co_openpce_get_range(day or fields.Date.today(), **kwargs)

    def test_range_of_the_day_and_environment(self):
        self.assertEqual(self._get(), self.range)
        self.assertFalse(self._get(date(2018, 1, 1)), "before the authorisation")
        self.assertFalse(self._get(date(2031, 1, 1)), "after it")
        self.company.l10n_co_openpce_environment = "production"
        self.assertFalse(self._get(), "a test range numbers nothing in production")
        self.assertFalse(self._get(document_type="03"), "contingency has ranges of its own")

    def test_range_is_used_up_before_the_next_begins(self):
        self.range.write({"prefix": "FE", "first_number": 1, "last_number": 2})
        following = self._range(first_number=3, last_number=9, resolution="18765", sequence=20)
        self.assertEqual(self._get(), self.range)
        self.assertEqual(self.create_invoice(post=True).name, "FE1")
        self.assertEqual(self.create_invoice(post=True).name, "FE2")
        self.assertEqual(self._get(), following)
        self.assertEqual(self._get(name="FE2"), self.range, "a numbered document keeps its range")
        self.assertEqual(self.create_invoice(post=True).name, "FE3")

    def test_usage_is_counted(self):
        self.assertEqual(self.range.remaining, 5_000_001)
        self.create_invoice(post=True)
        self.create_invoice()
        self.range.invalidate_recordset()
        self.assertEqual(self.range.last_used, 990000000, "drafts use no number")
        self.assertEqual(self.range.remaining, 5_000_000)

    def test_starting_number_is_the_one_before_the_first(self):
        self.assertEqual(self.range._next_starting_number(), "SETP989999999")

    def test_names_of_a_range(self):
        self.assertEqual(self.range._parse_number("SETP990000001"), 990000001)
        for name in ("SETP1", "SETG990000001", "990000001", "/", False, "SETP99000000١"):
            self.assertIsNone(self.range._parse_number(name), name)

    def test_regex_of_others_is_left_alone(self):
        self.journal.sequence_override_regex = r"^(?P<prefix1>X)(?P<seq>\d+)(?P<suffix>)$"
        self._range(prefix="FE1")
        self.assertTrue(self.journal.sequence_override_regex.startswith("^(?P<prefix1>X)"))

    def test_regex_goes_with_its_range(self):
        record = self._range(prefix="FE1")
        self.assertIn("FE1", self.journal.sequence_override_regex)
        record.prefix = "FE"
        self.assertFalse(self.journal.sequence_override_regex)

    # Told before it is too late

    def test_issues_of_a_journal(self):
        def missing():
            return [i["field"] for i in self.journal._l10n_co_openpce_get_issues()]

        self.assertEqual(missing(), [])
        self.range.technical_key = False
        self.assertEqual(missing(), ["technical_key"])
        self.range.active = False
        self.assertEqual(missing(), ["l10n_co_openpce_range_ids"])

    def test_cron_warns_before_numbers_and_dates_run_out(self):
        Range = self.env["l10n_co_openpce.numbering.range"]
        Range._cron_alert()
        self.assertFalse(self.range.activity_ids, "nothing to tell")
        self.range.date_to = fields.Date.today() + timedelta(days=29)
        Range._cron_alert()
        self.assertEqual(self.range.last_alert, "days 30")
        self.assertEqual(self.range.state, "low")
        self.assertTrue(self.range.activity_ids)
        self.range.write({"date_to": date(2100, 1, 1), "last_number": 990000000 + 9})
        Range._cron_alert()
        self.assertFalse(self.range.last_alert, "a longer range is no matter any more")
        self.create_invoice(post=True)
        for _index in range(8):
            self.create_invoice(post=True)
        self.range.invalidate_recordset()
        Range._cron_alert()
        self.assertEqual((self.range.remaining, self.range.last_alert), (1, "numbers"))
