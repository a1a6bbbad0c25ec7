"""Divisions, traffics and transport files: codes, defaults, companies (R7-R9, requirements 5.1)."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import WorkflowCommon


@tagged("post_install", "-at_install")
class TestMasters(WorkflowCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sea = cls.env["openpce.traffic.type"].create({"code": "sea1", "name": "Sea"})
        cls.own = cls.env["openpce.traffic.type"].create(
            {"code": "OWN1", "name": "Own", "company_id": cls.company.id}
        )

    def test_codes_are_clean_and_shown(self):
        self.assertEqual(self.sea.code, "SEA1")
        self.assertEqual(self.sea.display_name, "SEA1 · Sea")
        self.sea.code = " sea9 "
        self.assertEqual(self.sea.code, "SEA9")

    @mute_logger("odoo.sql_db")
    def test_codes_are_unique_where_they_are_used(self):
        divisions = self.env["openpce.division"]
        values = {"code": "opx", "name": "Again", "company_id": self.company.id}
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            divisions.create(values)
        divisions.create({**values, "company_id": self.other_company.id})
        with self.assertRaises(IntegrityError, msg="shared by all companies"):
            self.env["openpce.traffic.type"].create({"code": "SEA1", "name": "Again"})

    def test_copy_gets_a_free_code(self):
        second = self.division.copy()
        self.assertEqual(second.code, "OPX-2")
        self.assertEqual(self.division.copy().code, "OPX-3")

    def test_default_division_is_the_users(self):
        divisions = self.env["openpce.division"].with_user(self.ana)
        self.assertFalse(divisions._get_default(self.company))
        self.reviewer_row.division_id = self.division
        self.assertEqual(divisions._get_default(self.company), self.division, "R8")
        self.assertFalse(divisions._get_default(self.other_company))

    def test_default_division_is_the_branchs(self):
        branch_division = self.env["openpce.division"].create(
            {
                "code": "BR",
                "name": "Branch",
                "company_id": self.company.id,
                "branch_company_id": self.branch.id,
            }
        )
        self.assertEqual(
            self.env["openpce.division"]._get_default(self.branch), branch_division, "A11"
        )

    def test_traffic_takes_the_company_of_its_type(self):
        traffic = self.env["openpce.traffic"].create(
            {"code": "FCL1", "name": "Full", "type_id": self.own.id}
        )
        self.assertEqual(traffic.company_id, self.company)
        with self.assertRaisesRegex(ValidationError, "of all companies"), self.env.cr.savepoint():
            traffic.company_id = False
        with self.assertRaises(UserError, msg="a type of another company"):
            traffic.company_id = self.other_company

    def test_type_cannot_leave_its_traffics_behind(self):
        self.env["openpce.traffic"].create(
            {"code": "FCL1", "name": "Full", "type_id": self.sea.id, "active": False}
        )
        with self.assertRaisesRegex(ValidationError, "FCL1"):
            self.sea.company_id = self.company

    def test_transport_documents_are_normalised(self):
        file = self.env["openpce.transport.file"].create(
            {
                "name": "F-1",
                "company_id": self.company.id,
                "document_ids": [(0, 0, {"name": "medu 123-45/6.7"})],
            }
        )
        self.assertEqual(file.document_ids.normalised, "MEDU1234567", "A9")
        self.assertEqual(file.document_ids.company_id, self.company)
        found = self.env["openpce.transport.file"].name_search("medu 123")
        self.assertEqual([number for number, _name in found], file.ids, "found by its documents")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            file.document_ids = [(0, 0, {"name": "MEDU1234567"})]
            self.env.flush_all()

    def test_file_is_closed_and_opened(self):
        form = Form(self.env["openpce.transport.file"].with_company(self.company))
        form.name = "F-2"
        file = form.save()
        file.action_close()
        self.assertEqual(file.state, "closed")
        file.action_reopen()
        self.assertEqual(file.state, "open")
        self.assertEqual(file.action_open_forecasts()["context"]["default_file_id"], file.id)
