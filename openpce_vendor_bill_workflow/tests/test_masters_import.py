"""R5: what people type or paste is found by code, by name, and by what an export shows."""

from odoo.tests import tagged

from .common import WorkflowCommon


@tagged("post_install", "-at_install")
class TestMastersImport(WorkflowCommon):
    def _load(self, model, fields, rows):
        result = self.env[model].with_user(self.manager).load(fields, rows)
        self.assertFalse(
            [message for message in result["messages"] if message["type"] == "error"],
            "the rows of the spreadsheet are taken",
        )
        return self.env[model].browse(result["ids"])

    def test_traffics_by_the_code_of_their_type(self):
        types = self._load(
            "openpce.traffic.type", ["code", "name"], [["x1", "Rail"], ["x2", "River"]]
        )
        traffics = self._load(
            "openpce.traffic",
            ["type_id", "code", "name"],
            [
                ["X1", "BLK", "Block train"],
                ["River", "BRG", "Barge"],
                ["X1 · Rail", "WAG", "Wagon"],
            ],
        )
        self.assertEqual(traffics.mapped("type_id.code"), ["X1", "X2"])
        self.assertEqual(traffics[2].type_id, types[0], "an exported name comes back in")

    def test_users_by_login(self):
        rows = self._load(
            "openpce.bill.user",
            ["user_id", "company_id", "level", "can_validate", "division_id"],
            [["wf_carla", "Workflow Company", "Yes: supervises", "1", "OPX"]],
        )
        self.assertEqual(rows.user_id, self.carla)
        self.assertEqual(rows.level, "supervisor")
        self.assertEqual(rows.division_id, self.division)

    def test_export_can_be_imported_again(self):
        self.reviewer_row.division_id = self.division
        names = ["user_id", "level", "division_id"]
        data = self.reviewer_row.sudo().export_data([".id", *names])["datas"]
        result = self.env["openpce.bill.user"].sudo().load([".id", *names], data)
        self.assertEqual(result["ids"], self.reviewer_row.ids)
