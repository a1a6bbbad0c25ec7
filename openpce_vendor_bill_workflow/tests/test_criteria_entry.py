"""R5-R8: rows of criteria are typed, duplicated and imported fast."""

from odoo import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import MODULE, WorkflowCommon

CRITERIA = (
    "openpce.bill.distribution.rule",
    "openpce.bill.treatment.rule",
    "openpce.bill.approval.rule",
    "openpce.bill.random.control",
    "openpce.bill.supervision.rule",
)


@tagged("post_install", "-at_install")
class TestCriteriaEntry(WorkflowCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("es_ES")
        cls.env["ir.module.module"]._load_module_terms([MODULE], ["es_ES"])
        cls.kind = cls.env["openpce.traffic.type"].create(
            {"code": "ENT", "name": "Entry", "company_id": cls.company.id}
        )
        cls.traffic = cls.env["openpce.traffic"].create(
            {"code": "ENTA", "name": "Entry A", "type_id": cls.kind.id}
        )

    def _make_what_the_templates_name(self):
        company = {"company_id": self.company.id}
        self.env["openpce.division"].create(
            [{"code": code, "name": code, **company} for code in ("OPS", "CUS")]
        )
        for code, child in (("SEA", "FCL"), ("AIR", "AIRC")):
            kind = self.env["openpce.traffic.type"].create({"code": code, "name": code, **company})
            self.env["openpce.traffic"].create({"code": child, "name": child, "type_id": kind.id})
        names = (
            "Naviera Estrella del Sur SA",
            "Carga Aérea Cordillera SAS",
            "Terminal Portuario de la Bahía SA",
        )
        self.env["res.partner"].create(
            [{"name": name, "is_company": True, **company} for name in names]
        )
        self.env["product.product"].create(
            [
                {"name": name, "type": "service", **company}
                for name in ("Manejo en terminal (THC)", "Bodegaje en puerto")
            ]
        )
        people = {}
        for login in ("revisora", "aduanas", "supervisora", "finanzas"):
            people[login] = self._user(login)
            self._register(people[login], "supervisor")
        self.env["openpce.bill.team"].create({"name": "Despachadores", **company})
        return people

    def test_every_template_is_taken_as_it_is_in_both_languages(self):
        self._make_what_the_templates_name()
        for model in CRITERIA:
            for language in ("en_US", "es_ES"):
                with self.subTest(model=model, language=language):
                    rules = self.env[model].with_user(self.manager).with_context(lang=language)
                    self.assertFalse(
                        self._import_template(rules).get("messages"),
                        "the examples of the template go in",
                    )
                    made = rules.search([("company_id", "=", self.company.id)])
                    self.assertTrue(made)
                    made.unlink()

    def test_company_and_division_of_the_user_are_proposed(self):
        self._register(self.manager, "reviewer", division_id=self.division.id)
        for model in CRITERIA[:-1]:
            with self.subTest(model=model):
                form = Form(self.env[model].with_user(self.manager), f"{MODULE}.{_list(model)}")
                self.assertEqual(form.division_id, self.division, "R8")
                self.assertEqual(form._record.company_id or self.manager.company_id, self.company)

    def test_row_typed_in_the_list(self):
        rules = self.env["openpce.bill.distribution.rule"].with_user(self.manager)
        with Form(rules, f"{MODULE}.bill_distribution_rule_view_list") as row:
            row.traffic_id = self.traffic
            self.assertEqual(row.traffic_type_id, self.kind, "R9")
            self.assertEqual(row.search_label, "2")
            row.user_id = self.ana
        self.assertEqual(row.record.company_id, self.company, "R7")

    def test_levels_typed_in_the_list(self):
        rules = self.env["openpce.bill.approval.rule"].with_user(self.manager)
        with Form(rules, f"{MODULE}.bill_approval_rule_view_list") as row:
            row.amount_to = 10
            row.level_1_ids.add(self.beto)
        self.assertEqual(row.record.level_ids.user_ids, self.beto, "R65")

    def test_combination_that_is_no_internal_search_is_told(self):
        rule = self.env["openpce.bill.distribution.rule"].create(
            {"company_id": self.company.id, "user_id": self.ana.id}
        )
        self.assertEqual(rule.search_label, "Not listed", "A3")

    def test_a_row_is_duplicated_and_waits(self):
        company = {"company_id": self.company.id}
        level = [Command.create({"user_ids": self.beto.ids})]
        share = [Command.create({"division_id": self.division.id})]
        rows = {
            CRITERIA[0]: {"user_id": self.ana.id},
            CRITERIA[1]: {"share_ids": share},
            CRITERIA[2]: {"level_ids": level},
            CRITERIA[3]: {"level_ids": level},
            CRITERIA[4]: {"user_id": self.ana.id, "assignee_id": self.beto.id},
        }
        for model, vals in rows.items():
            with self.subTest(model=model):
                rules = self.env[model].with_user(self.manager)
                rule = rules.create({**company, **vals})
                rule.action_duplicate()
                # the domain of the list, so that the copy is seen at once
                seen = rules.search(
                    [("active", "in", [True, False]), ("company_id", "=", self.company.id)]
                )
                copy = seen - rule
                self.assertEqual(len(copy), 1)
                self.assertFalse(copy.active)
                if "level_ids" in vals:
                    self.assertEqual(copy.level_ids.user_ids, self.beto)
                if "share_ids" in vals:
                    self.assertEqual(copy.share_ids.division_id, self.division)

    def test_r05_rows_are_pasted_all_or_none(self):
        rules = self.env["openpce.bill.distribution.rule"].with_user(self.manager)
        names = ["search_order", "division_id", "user_id"]
        good = [["41", "", self.ana.name], ["42", self.division.name, self.ana.name]]
        self.assertEqual(rules.paste_rows(names, good), {"count": 2, "errors": []})
        rows = [["43", "", self.ana.name], ["44", "", "Nobody Known"]]
        # a row without its person is refused by the database too
        with mute_logger("odoo.sql_db"):
            bad = rules.paste_rows(names, rows)
        self.assertEqual(bad["count"], 0)
        self.assertIn("Row 2", bad["errors"][0])
        self.assertFalse(rules.search([("search_order", "in", (43, 44))]))
        forbidden = rules.with_user(self.ana).paste_rows(names, [["45", "", self.ana.name]])
        self.assertEqual(forbidden["count"], 0)
        self.assertTrue(forbidden["errors"], "a reviewer makes no criteria")


def _list(model):
    return model.removeprefix("openpce.").replace(".", "_") + "_view_list"
