"""R5: what people type or paste is found by code, by name, and by what an export shows."""

from odoo import Command
from odoo.tests import tagged

from .common import MODULE, WorkflowCommon

#: In the order in which a new company fills them: one names those before it.
MASTERS = (
    "openpce.division",
    "openpce.traffic.type",
    "openpce.traffic",
    "openpce.transport.file",
    "openpce.cost.forecast",
    "openpce.bill.user",
    "openpce.bill.team",
)


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

    def test_every_template_is_taken_as_it_is_in_both_languages(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.env["ir.module.module"]._load_module_terms([MODULE], ["es_ES"])
        for language in ("en_US", "es_ES"):
            self._make_what_the_templates_name()
            made = []
            for model in MASTERS:
                with self.subTest(model=model, language=language):
                    masters = self.env[model].with_user(self.manager).with_context(lang=language)
                    result = self._import_template(masters)
                    self.assertFalse(result.get("messages"), "the examples of the template go in")
                    made.append(masters.browse(result["ids"]))
            files = made[MASTERS.index("openpce.transport.file")].filtered("document_ids")
            self.assertEqual(len(files.document_ids), 2, "a row below adds a document to its file")
            for masters in reversed(made):
                masters.sudo().unlink()

    def _make_what_the_templates_name(self):
        """Other masters than those that the templates make."""
        company = {"company_id": self.company.id}
        if not self.env["product.product"].search([("name", "=", "Flete marítimo")]):
            for name in ("Naviera Estrella del Sur SA", "Terminal Portuario de la Bahía SA"):
                self.env["res.partner"].create({"name": name, "is_company": True, **company})
            for name in ("Flete marítimo", "Bodegaje en puerto"):
                self.env["product.product"].create({"name": name, "type": "service", **company})
            for login in ("revisora", "supervisora"):
                self._user(login)
            document = {"name": "MEDU4471200"}
            self.env["openpce.transport.file"].create(
                {"name": "IMP-2026-0412", "document_ids": [Command.create(document)], **company}
            )
