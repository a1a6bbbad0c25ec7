"""Who may read and change the masters: roles, other companies, branches, ordinary users."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import WorkflowCommon

SETUP = (
    "openpce.division",
    "openpce.traffic.type",
    "openpce.traffic",
    "openpce.bill.user",
    "openpce.bill.team",
    "openpce.bill.reason",
)


@tagged("post_install", "-at_install")
class TestMastersAccess(WorkflowCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # not a decorator of the class: that makes it a function, which no runner collects
        cls.enterClassContext(
            mute_logger(
                "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models"
            )
        )
        company = {"company_id": cls.company.id}
        kind = cls.env["openpce.traffic.type"].create({"code": "K", "name": "Kind", **company})
        cls.records = {
            "openpce.division": cls.division,
            "openpce.traffic.type": kind,
            "openpce.traffic": cls.env["openpce.traffic"].create(
                {"code": "T", "name": "Traffic", "type_id": kind.id, **company}
            ),
            "openpce.bill.user": cls.reviewer_row.sudo(),
            "openpce.bill.team": cls.env["openpce.bill.team"].create({"name": "Team", **company}),
            "openpce.bill.reason": cls.env["openpce.bill.reason"].create(
                {"name": "Reason", "kind": "hold", **company}
            ),
        }
        cls.file = cls.env["openpce.transport.file"].create({"name": "F-9", **company})

    def _assert_refused(self, action, message):
        with self.assertRaises(AccessError, msg=message), self.env.cr.savepoint():
            action()

    def test_roles_without_accounting_rights(self):
        for model in SETUP:
            record = self.records[model]
            for user in (self.ana, self.beto):
                with self.subTest(model=model, user=user.login):
                    mine = record.with_user(user)
                    self.assertTrue(mine.display_name, "who takes part reads the masters")
                    self._assert_refused(lambda m=mine: m.write({"active": False}), "write")
                    self._assert_refused(lambda m=mine: m.unlink(), "unlink")
            with self.subTest(model=model, user=self.manager.login):
                record.with_user(self.manager).write({"active": True})

    def test_ordinary_user_sees_nothing(self):
        for model, record in {**self.records, "openpce.transport.file": self.file}.items():
            with self.subTest(model=model):
                self._assert_refused(lambda r=record: r.with_user(self.plain).read(["id"]), "read")
                self._assert_refused(
                    lambda m=model: self.env[m].with_user(self.plain).search([]), "search"
                )

    def test_other_company_reaches_nothing(self):
        for model, record in {**self.records, "openpce.transport.file": self.file}.items():
            with self.subTest(model=model):
                theirs = self.env[model].with_user(self.foreign_manager)
                self.assertNotIn(record.id, theirs.search([]).ids)
                strange = record.with_user(self.foreign_manager)
                self._assert_refused(lambda r=strange: r.read(["display_name"]), "read")
                self._assert_refused(lambda r=strange: r.write({"active": False}), "write")
                self._assert_refused(lambda r=strange: r.unlink(), "unlink")

    def test_manager_cannot_register_in_another_company(self):
        rows = self.env["openpce.bill.user"].with_user(self.foreign_manager)
        self._assert_refused(
            lambda: rows.create({"user_id": self.carla.id, "company_id": self.company.id}),
            "registering gives a group, so it stays within the own companies",
        )

    def test_branch_reads_and_does_not_change_the_parents(self):
        manager = self._user(
            "wf_branch", "openpce_vendor_bill_workflow.group_openpce_manager", self.branch
        )
        for model, record in self.records.items():
            with self.subTest(model=model):
                theirs = record.with_user(manager)
                self.assertTrue(theirs.display_name, "a parent's masters serve its branches")
                self._assert_refused(lambda r=theirs: r.write({"active": True}), "write")
        self._assert_refused(lambda: self.file.with_user(manager).read(["name"]), "files are own")

    def test_files_are_made_by_supervisors(self):
        files = self.env["openpce.transport.file"]
        self.assertEqual(self.file.with_user(self.ana).name, "F-9")
        values = {"name": "F-10", "company_id": self.company.id}
        self._assert_refused(lambda: files.with_user(self.ana).create(values), "create")
        made = files.with_user(self.beto).create(
            {**values, "document_ids": [Command.create({"name": "MEDU1"})]}
        )
        self._assert_refused(lambda: made.unlink(), "unlink")
        made.with_user(self.manager).unlink()
