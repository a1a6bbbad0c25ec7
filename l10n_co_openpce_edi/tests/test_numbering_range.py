"""Numbering authorisations: checked, chosen, counted, fetched, watched (N1, N2)."""

from contextlib import contextmanager
from datetime import date, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..dian.errors import DianUnavailable
from ..dian.soap.responses import NumberingRange, NumberingRangeResponse
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
        self.assertEqual((record.prefix, record.technical_key), ("FE", TECHNICAL_KEY))

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

    # From DIAN

    @contextmanager
    def _dian_answers(self, answer):
        calls = []

        class Client:
            def __enter__(self):
                return self

            def __exit__(self, *args):
                return None

            def call(self, operation):
                calls.append(operation)
                if isinstance(answer, Exception):
                    raise answer
                return answer

        company_class = type(self.env["res.company"])
        with patch.object(company_class, "_l10n_co_openpce_client", lambda self: Client()):
            yield calls

    def _import(self):
        model = self.env["l10n_co_openpce.numbering.range"].with_company(self.company)
        return model.action_import_from_dian()

    def test_ranges_are_fetched_and_known_ones_updated(self):
        fetched = (
            NumberingRange(
                resolution="18760000001",
                resolution_date="2019-01-19",
                prefix="SETP",
                first=990000000,
                last=995000000,
                start="2019-01-19",
                end="2031-01-19",
                technical_key="f" * 40,
            ),
            NumberingRange(
                resolution="18764000099",
                resolution_date="2026-01-19",
                prefix="",
                first=1,
                last=500,
                start="2026-01-19",
                end="2028-01-19",
                technical_key="e" * 40,
            ),
        )
        with self._dian_answers(NumberingRangeResponse("100", "OK", fetched)) as calls:
            action = self._import()
            self._import()
        self.assertEqual(calls[0].account_code, "900508908", "without check digit")
        found = self.env["l10n_co_openpce.numbering.range"].search(action["domain"])
        self.assertEqual(len(found), 2, "fetched twice, made once")
        self.assertEqual(self.range.date_to, date(2031, 1, 19))
        self.assertEqual(self.range.technical_key, "f" * 40)
        new = found - self.range
        self.assertEqual((new.prefix, new.environment), (False, "sandbox"))
        self.assertEqual(new.journal_id, self.journal, "the only electronic journal")

    def test_no_ranges_and_no_dian_are_told_apart(self):
        for answer, message in (
            (NumberingRangeResponse("301", "Sin rangos"), "301 Sin rangos"),
            (DianUnavailable("connection refused"), "could not be asked"),
        ):
            with self._dian_answers(answer), self.assertRaisesRegex(UserError, message):
                self._import()
        self.company.l10n_co_openpce_software_id = False
        with self.assertRaisesRegex(UserError, "software ID"):
            self._import()
