"""Numbering authorisations fetched from DIAN, which knows issuers and no branches (N2)."""

import dataclasses
from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..dian.errors import DianUnavailable
from ..dian.soap.responses import NumberingRange, NumberingRangeResponse
from .common import COMPANY_NIT, SOFTWARE_ID, TECHNICAL_KEY, OpenPCECommon

KNOWN = NumberingRange(
    resolution="18760000001",
    resolution_date="2019-01-19",
    prefix="SETP",
    first=990000000,
    last=995000000,
    start="2019-01-19",
    end="2031-01-19",
    technical_key="f" * 40,
)
NEW = NumberingRange(
    resolution="18764000099",
    resolution_date="2026-01-19",
    prefix="",
    first=1,
    last=500,
    start="2026-01-19",
    end="2028-01-19",
    technical_key="e" * 40,
)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestNumberingFetch(OpenPCECommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.child_ids = [Command.create({"name": "Sede Norte"})]
        cls.env.cr.precommit.run()  # loads the chart of accounts of the branch
        cls.branch = cls.company.child_ids
        cls.Range = cls.env["l10n_co_openpce.numbering.range"]

    @contextmanager
    def _dian_answers(self, answer):
        """Yields the calls: (company whose client it was, operation)."""
        calls = []

        class Client:
            def __init__(self, company):
                self.company = company

            def __enter__(self):
                return self

            def __exit__(self, *args):
                return None

            def call(self, operation):
                calls.append((self.company, operation))
                if isinstance(answer, Exception):
                    raise answer
                return answer

        company_class = type(self.env["res.company"])
        with patch.object(company_class, "_l10n_co_openpce_client", lambda self: Client(self)):
            yield calls

    def _fetch(self, company=None, user=None):
        company = company or self.company
        model = self.Range.with_user(user or self.env.user)
        return model.with_context(allowed_company_ids=company.ids).action_import_from_dian()

    def _create_administrator(self, name, companies):
        return new_test_user(
            self.env,
            f"openpce_fetch_{name}",
            groups="base.group_system",
            company_id=self.branch.id,
            company_ids=[Command.set(companies.ids)],
        )

    def test_ranges_are_fetched_and_known_ones_updated(self):
        with self._dian_answers(NumberingRangeResponse("100", "OK", (KNOWN, NEW))) as calls:
            action = self._fetch()
            self._fetch()
        self.assertEqual(calls[0][1].account_code, COMPANY_NIT, "without check digit")
        found = self.Range.search(action["domain"])
        self.assertEqual(len(found), 2, "fetched twice, made once")
        self.assertEqual(self.range.date_to, date(2031, 1, 19))
        self.assertEqual(self.range._get_technical_key(), "f" * 40)
        new = found - self.range
        self.assertEqual((new.prefix, new.environment), (False, "sandbox"))
        self.assertEqual(new.journal_id, self.journal, "the only electronic journal")

    def test_no_ranges_and_no_dian_are_told_apart(self):
        for answer, message in (
            (NumberingRangeResponse("301", "Sin rangos"), "301 Sin rangos"),
            (DianUnavailable("connection refused"), "could not be asked"),
        ):
            with self._dian_answers(answer), self.assertRaisesRegex(UserError, message):
                self._fetch()
        self.company.l10n_co_openpce_software_id = False
        with self.assertRaisesRegex(UserError, "software ID"):
            self._fetch()

    # Branches

    def test_a_branch_fetches_the_ranges_of_the_company_it_issues_as(self):
        self.company.l10n_co_openpce_environment = "production"
        user = self._create_administrator("both", self.company + self.branch)
        with self._dian_answers(NumberingRangeResponse("100", "OK", (NEW,))) as calls:
            action = self._fetch(self.branch, user)
        company, operation = calls[0]
        self.assertEqual(company, self.company, "signed with its certificate")
        self.assertEqual(
            (operation.account_code, operation.software_id), (COMPANY_NIT, SOFTWARE_ID)
        )
        new = self.Range.with_user(user).with_context(allowed_company_ids=self.branch.ids)
        new = new.search(action["domain"])
        self.assertEqual(len(new), 1, "shown in the branch, too")
        self.assertEqual(new.sudo().company_id, self.company)
        self.assertEqual(new.environment, "production", "of its environment, not of the branch's")
        self.assertEqual(new.sudo().journal_id, self.journal)

    def test_the_settings_of_a_branch_tell_whose_settings_count(self):
        user = self._create_administrator("settings", self.branch)
        settings = self.env["res.config.settings"].with_user(user).create({})
        self.assertIn(f"ranges of {self.company.name}", settings.l10n_co_openpce_branch_notice)
        settings = self.env["res.config.settings"].create({"company_id": self.company.id})
        self.assertFalse(settings.l10n_co_openpce_branch_notice, "it issues itself")

    def test_who_keeps_a_branch_alone_is_told_whom_to_ask(self):
        user = self._create_administrator("branch", self.branch)
        answer = NumberingRangeResponse("100", "OK", (KNOWN, NEW))
        with self._dian_answers(answer) as calls, self.assertRaises(UserError) as refusal:
            self._fetch(self.branch, user)
        self.assertFalse(calls, "DIAN is not asked in the name of the parent")
        self.assertIn(
            f"administrator who has access to {self.company.name}", str(refusal.exception)
        )
        self.assertEqual(self.range._get_technical_key(), TECHNICAL_KEY)

    def test_a_range_that_a_branch_has_is_updated_there(self):
        self.range.write({"company_id": self.branch.id, "journal_id": False})
        with self._dian_answers(NumberingRangeResponse("100", "OK", (KNOWN,))):
            self._fetch()
        self.assertEqual(self.Range.search([("prefix", "=", "SETP")]), self.range, "made once")
        self.assertEqual(self.range.company_id, self.branch)
        self.assertEqual(self.range.date_to, date(2031, 1, 19))

    def test_a_new_range_goes_where_its_prefix_is_used(self):
        journal = self.env["account.journal"].create(
            {
                "name": "Norte",
                "code": "NOR",
                "type": "sale",
                "company_id": self.branch.id,
            }
        )
        self.create_range(self.branch, journal, prefix="NOR", resolution="1")
        answer = NumberingRangeResponse("100", "OK", (dataclasses.replace(NEW, prefix="NOR"),))
        with self._dian_answers(answer):
            self._fetch()
        new = self.Range.search([("resolution", "=", NEW.resolution)])
        self.assertEqual((new.company_id, new.journal_id), (self.branch, journal))

    def test_a_branch_with_a_nit_of_its_own_fetches_its_own(self):
        self.setup_openpce_company(self.branch, nit="901222333", name="OTRA SAS")
        user = self._create_administrator("own", self.branch)
        with self._dian_answers(NumberingRangeResponse("100", "OK", (KNOWN,))) as calls:
            self._fetch(self.branch, user)
        self.assertEqual((calls[0][0], calls[0][1].account_code), (self.branch, "901222333"))
        ranges = self.Range.search([("prefix", "=", "SETP")])
        self.assertEqual((ranges - self.range).company_id, self.branch)
        self.assertEqual(self.range.date_to, date(2030, 1, 19), "not the parent's")
