"""R29-R33, A20, A21: who takes part, at which level, and who validates for whom."""

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import MODULE, WorkflowCommon


@tagged("post_install", "-at_install")
class TestWorkflowUsers(WorkflowCommon):
    def _assert_level(self, user, level, message):
        held = {
            name: user.has_group(f"{MODULE}.group_openpce_{name}")
            for name in ("reviewer", "supervisor", "manager")
        }
        wanted = {
            "reviewer": level in ("reviewer", "supervisor"),
            "supervisor": level == "supervisor",
            "manager": False,
        }
        self.assertEqual(held, wanted, message)

    def test_level_grants_and_revokes_the_group(self):
        self._assert_level(self.ana, "reviewer", "R30: No gives the reviewer's group")
        self._assert_level(self.beto, "supervisor", "R30: Yes gives the supervisor's group")
        rows = self.reviewer_row.with_user(self.manager)
        rows.level = "supervisor"
        self._assert_level(self.ana, "supervisor", "a raised level raises the group")
        rows.level = "reviewer"
        self._assert_level(self.ana, "reviewer", "a lowered level takes the group away")
        rows.active = False
        self._assert_level(self.ana, None, "who is archived loses the group")
        rows.active = True
        self._assert_level(self.ana, "reviewer", "who comes back has it again")
        rows.user_id = self.carla
        self._assert_level(self.ana, None, "the group goes with the row")
        self._assert_level(self.carla, "reviewer", "the group goes with the row")
        rows.unlink()
        self._assert_level(self.carla, None, "who is deleted loses the group")

    def test_group_stays_while_any_company_registers(self):
        self.ana.sudo().company_ids = [Command.link(self.other_company.id)]
        second = self._register(self.ana, "supervisor", self.other_company)
        self._assert_level(self.ana, "supervisor", "the highest level of all companies counts")
        second.sudo().active = False
        self._assert_level(self.ana, "reviewer", "the other company still registers")
        self.reviewer_row.active = False
        self._assert_level(self.ana, None, "nobody registers any more")

    def test_other_groups_are_left_alone(self):
        self.ana.sudo().group_ids = [Command.link(self.env.ref("base.group_partner_manager").id)]
        self.reviewer_row.active = False
        self.assertTrue(self.ana.has_group("base.group_partner_manager"))
        self._register(self.manager, "reviewer").active = False
        self.assertTrue(
            self.manager.has_group(f"{MODULE}.group_openpce_manager"),
            "a registration neither gives nor takes the manager's group",
        )

    @mute_logger("odoo.sql_db")
    def test_one_row_per_user_and_company(self):
        with self.assertRaises(IntegrityError, msg="unique even when archived"):
            self.reviewer_row.active = False
            self._register(self.ana)
            self.env.flush_all()

    def test_only_internal_users_with_access(self):
        portal = new_test_user(
            self.env,
            "wf_portal",
            groups="base.group_portal",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with (
            self.assertRaisesRegex(ValidationError, "only internal users"),
            self.env.cr.savepoint(),
        ):
            self._register(portal)
        with self.assertRaisesRegex(ValidationError, "Other Company"):
            self._register(self.ana, company=self.other_company)

    def test_fallback_must_have_permission(self):
        with (
            self.assertRaisesRegex(ValidationError, "May validate"),
            self.env.cr.savepoint(),
        ):
            self.reviewer_row.write({"can_validate": False, "fallback_user_id": self.carla.id})
        with self.assertRaisesRegex(ValidationError, "somebody else"), self.env.cr.savepoint():
            self.reviewer_row.fallback_user_id = self.ana
        self.reviewer_row.write({"can_validate": False, "fallback_user_id": self.beto.id})
        self.assertEqual(self.reviewer_row.fallback_user_id, self.beto)

    def test_who_validates_for_others_cannot_leave(self):
        self.reviewer_row.write({"can_validate": False, "fallback_user_id": self.beto.id})
        for name, change in {
            "permission": lambda: self.supervisor_row.write({"can_validate": False}),
            "archive": lambda: self.supervisor_row.write({"active": False}),
            "delete": lambda: self.supervisor_row.unlink(),
            "other person": lambda: self.supervisor_row.write({"user_id": self.carla.id}),
        }.items():
            with (
                self.subTest(name),
                self.assertRaisesRegex(ValidationError, "wf_ana"),
                self.env.cr.savepoint(),
            ):
                change()
        self.reviewer_row.fallback_user_id = False
        self.supervisor_row.can_validate = False

    def test_registration_reaches_the_branches(self):
        rows = self.env["openpce.bill.user"]
        self.assertEqual(rows._get_registration(self.ana, self.branch), self.reviewer_row)
        self.ana.sudo().company_ids = [Command.link(self.branch.id)]
        own = self._register(self.ana, "supervisor", self.branch)
        self.assertEqual(rows._get_registration(self.ana, self.branch), own, "the nearest counts")
        self.assertFalse(rows._get_registration(self.ana, self.other_company))

    def test_team_members_are_registered(self):
        teams = self.env["openpce.bill.team"].with_user(self.manager)
        values = {"name": "Dispatch", "company_id": self.company.id}
        with (
            self.assertRaisesRegex(ValidationError, "wf_carla.*Register them first"),
            self.env.cr.savepoint(),
        ):
            teams.create({**values, "member_ids": [Command.set((self.ana | self.carla).ids)]})
        team = teams.create({**values, "member_ids": [Command.set(self.ana.ids)]})
        self.assertEqual(team.copy().name, "Dispatch (copy)")
