"""Who may read and change the criteria: roles, branches, other companies, ordinary users."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MODULE, WorkflowCommon


@tagged("post_install", "-at_install")
class TestCriteriaAccess(WorkflowCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # not a decorator of the class: that makes it a function, which no runner collects
        cls.enterClassContext(
            mute_logger(
                "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models"
            )
        )
        company = {"company_id": cls.company.id, "division_id": False}
        levels = [Command.create({"user_ids": cls.beto.ids})]
        shares = [Command.create({"division_id": cls.division.id})]
        make = {
            "openpce.bill.distribution.rule": {"user_id": cls.ana.id, **company},
            "openpce.bill.treatment.rule": {"share_ids": shares, **company},
            "openpce.bill.approval.rule": {"level_ids": levels, **company},
            "openpce.bill.random.control": {"level_ids": levels, **company},
            "openpce.bill.supervision.rule": {
                "user_id": cls.ana.id,
                "company_id": cls.company.id,
            },
        }
        cls.records = {
            model: cls.env[model].with_user(cls.manager).create(vals).sudo(False)
            for model, vals in make.items()
        }
        cls.records["openpce.bill.treatment.share"] = cls.records[
            "openpce.bill.treatment.rule"
        ].share_ids
        cls.records["openpce.bill.approval.level"] = cls.records[
            "openpce.bill.approval.rule"
        ].level_ids

    def _assert_refused(self, action, message):
        with self.assertRaises(AccessError, msg=message), self.env.cr.savepoint():
            action()

    def _assert_read_only(self, record, user):
        mine = record.with_user(user)
        self.assertTrue(mine.read(["display_name"])[0]["display_name"])
        self._assert_refused(lambda: self._touch(mine), "write")
        self._assert_refused(mine.unlink, "unlink")

    def _touch(self, record):
        """A write that every model takes and that changes nothing."""
        names = ("active", "percentage", "number")
        name = next(name for name in names if name in record._fields)
        record.write({name: record.sudo()[name]})

    def test_manager_changes(self):
        for model, record in self.records.items():
            with self.subTest(model=model):
                self._touch(record.with_user(self.manager))
                self.assertEqual(record.write_uid, self.manager)

    def test_reviewer_and_supervisor_only_read(self):
        for model, record in self.records.items():
            for user in (self.ana, self.beto):
                with self.subTest(model=model, user=user.login):
                    self._assert_read_only(record, user)

    def test_branch_reads_what_serves_it(self):
        branch = self._user("wf_branch_criteria", f"{MODULE}.group_openpce_manager", self.branch)
        for model, record in self.records.items():
            with self.subTest(model=model):
                self._assert_read_only(record, branch)

    def test_other_company_and_ordinary_user_reach_nothing(self):
        for model, record in self.records.items():
            for user in (self.foreign_manager, self.plain):
                with self.subTest(model=model, user=user.login):
                    theirs = record.with_user(user)
                    self._assert_refused(lambda r=theirs: r.read(["display_name"]), "read")
                    self._assert_refused(lambda r=theirs: self._touch(r), "write")
                    self._assert_refused(theirs.unlink, "unlink")
            self.assertNotIn(record, self.env[model].with_user(self.foreign_manager).search([]))

    def test_nobody_adds_to_another_company(self):
        # another order than the rule that is there: a twin would be refused before the right is
        orders = {"openpce.bill.distribution.rule": {"search_order": 77}}
        for model in ("openpce.bill.distribution.rule", "openpce.bill.supervision.rule"):
            rules = self.env[model].with_user(self.foreign_manager)
            vals = {"company_id": self.company.id, "user_id": self.beto.id, **orders.get(model, {})}
            with self.subTest(model=model):
                self._assert_refused(lambda r=rules, v=vals: r.create(v), "create")
