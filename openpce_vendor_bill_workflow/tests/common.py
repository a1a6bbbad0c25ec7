"""A company with a branch, a stranger beside it, and one person of each role."""

from odoo import Command
from odoo.tests import TransactionCase, new_test_user
from odoo.tools import file_open

MODULE = "openpce_vendor_bill_workflow"


class WorkflowCommon(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        companies = cls.env["res.company"]
        cls.company = companies.create({"name": "Workflow Company"})
        cls.branch = companies.create({"name": "Workflow Branch", "parent_id": cls.company.id})
        cls.other_company = companies.create({"name": "Other Company"})
        cls.manager = cls._user("wf_manager", f"{MODULE}.group_openpce_manager")
        cls.ana = cls._user("wf_ana")
        cls.beto = cls._user("wf_beto")
        cls.carla = cls._user("wf_carla")
        cls.plain = cls._user("wf_plain")
        cls.foreign_manager = cls._user(
            "wf_foreign", f"{MODULE}.group_openpce_manager", cls.other_company
        )
        cls.reviewer_row = cls._register(cls.ana, "reviewer")
        cls.supervisor_row = cls._register(cls.beto, "supervisor")
        cls.division = cls.env["openpce.division"].create(
            {"code": "OPX", "name": "Operations", "company_id": cls.company.id}
        )

    @classmethod
    def _user(cls, login, groups="base.group_user", company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login,
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    @classmethod
    def _register(cls, user, level="reviewer", company=None, **values):
        """Register a user as the manager of the company does."""
        company = company or cls.company
        rows = cls.env["openpce.bill.user"]
        if company == cls.company:
            rows = rows.with_user(cls.manager)
        return rows.create(
            {"user_id": user.id, "company_id": company.id, "level": level, **values}
        ).sudo(False)

    def _import_template(self, rules):
        """Import the template of the user's language the way the screen does."""
        (template,) = rules.get_import_templates()
        path = template["template"].removeprefix("/")
        with file_open(path, "rb") as file:
            content = file.read()
        importer = rules.env["base_import.import"].create(
            {"res_model": rules._name, "file": content, "file_type": "text/csv"}
        )
        options = {"has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8"}
        preview = importer.parse_preview(options)
        self.assertFalse(preview.get("error"))
        paths = [
            "/".join(preview["matches"].get(number, ["?"]))
            for number in range(len(preview["headers"]))
        ]
        self.assertNotIn("?", paths, f"each heading of {path} is a field: {preview['headers']}")
        return importer.execute_import(paths, preview["headers"], preview["options"])
