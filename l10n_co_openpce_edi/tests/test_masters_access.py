"""Who may see what: no route to key, PIN or file; no route to another company's settings."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models.res_company import MASK
from .common import SOFTWARE_PIN, TECHNICAL_KEY, OpenPCECommon

SECRETS = {
    "l10n_co_openpce.certificate": ["key_encrypted"],
    "res.company": ["l10n_co_openpce_software_pin_encrypted", "l10n_co_openpce_software_pin"],
    "l10n_co_openpce.numbering.range": ["technical_key", "technical_key_encrypted"],
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMastersAccess(OpenPCECommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "openpce_portal", groups="base.group_portal")
        other = cls.env["res.company"].create({"name": "Otra compañía"})
        cls.stranger = new_test_user(
            cls.env,
            "openpce_stranger",
            groups="account.group_account_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        cls.manager = new_test_user(
            cls.env,
            "openpce_manager",
            groups="account.group_account_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.records = {
            "l10n_co_openpce.certificate": cls.certificate,
            "res.company": cls.company,
            "l10n_co_openpce.numbering.range": cls.range,
        }

    def _assert_unreachable(self, user, model, field):
        record = self.records[model].with_user(user)
        Model = self.env[model].with_user(user)
        domain = [(field, "like", "v1")]
        routes = {
            "read": lambda: record.read([field]),
            "web_read": lambda: record.web_read({field: {}}),
            "search domain": lambda: Model.search(domain),
            "search_count": lambda: Model.search_count(domain),
            "read_group": lambda: Model.formatted_read_group([], [field], ["__count"]),
            "order": lambda: Model.search([], order=field),
            "write": lambda: record.write({field: "x"}),
            "attribute": lambda: record[field],
        }
        for name, route in routes.items():
            with self.subTest(user=user.login, field=field, route=name):
                self._assert_refused(route, f"{name} reveals {field} to {user.login}")
        user.sudo().group_ids += self.env.ref("base.group_allow_export")
        self._assert_refused(lambda: record.export_data([field]), f"an export reveals {field}")

    def _assert_refused(self, route, message):
        try:
            with self.env.cr.savepoint():
                route()
        except (AccessError, ValueError):
            return
        self.fail(message)

    @mute_logger(
        "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models"
    )
    def test_no_route_to_a_secret(self):
        for user in (self.accountant, self.manager, self.stranger, self.portal):
            for model, names in SECRETS.items():
                for name in names:
                    self._assert_unreachable(user, model, name)

    @mute_logger("odoo.models")
    def test_not_even_administrators_read_what_is_encrypted(self):
        """The mask is all there is; the encrypted text is for the server alone."""
        administrator = new_test_user(
            self.env,
            "openpce_admin",
            groups="base.group_system,account.group_account_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        for model, name in (
            ("l10n_co_openpce.certificate", "key_encrypted"),
            ("res.company", "l10n_co_openpce_software_pin_encrypted"),
            ("l10n_co_openpce.numbering.range", "technical_key_encrypted"),
        ):
            record = self.records[model].with_user(administrator)
            self._assert_refused(lambda r=record, n=name: r.read([n]), "an administrator reads it")
        company = self.company.with_user(administrator)
        self.assertNotIn(SOFTWARE_PIN, company.l10n_co_openpce_software_pin)
        numbering = self.range.with_user(administrator)
        self.assertEqual(numbering.technical_key, MASK)
        numbering.write({"technical_key": MASK, "sequence": 2})
        self.assertEqual(self.range._get_technical_key(), TECHNICAL_KEY, "the mask is no key")

    def test_reading_everything_reveals_nothing(self):
        for user in (self.accountant, self.manager):
            for record in self.records.values():
                everything = str(record.with_user(user).read())
                self.assertNotIn("v1:", everything)
                self.assertNotIn(SOFTWARE_PIN + "'", everything)
                self.assertNotIn(TECHNICAL_KEY, everything)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_accountant_sees_and_does_not_change_settings(self):
        certificate = self.certificate.with_user(self.accountant)
        numbering = self.range.with_user(self.accountant)
        self.assertEqual(certificate.state, "valid")
        self.assertTrue(numbering.remaining)
        for record in (certificate, numbering):
            with self.assertRaises(AccessError):
                record.write({"sequence": 1})
            with self.assertRaises(AccessError):
                record.unlink()
        with self.assertRaises(AccessError):
            self.company.with_user(self.accountant).l10n_co_openpce_environment = "production"
        with self.assertRaises(AccessError):
            numbering.with_company(self.company).action_import_from_dian()

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_other_company_sees_nothing(self):
        for model in ("l10n_co_openpce.certificate", "l10n_co_openpce.numbering.range"):
            Model = self.env[model].with_user(self.stranger)
            self.assertFalse(Model.search([("company_id", "=", self.company.id)]))
            self.assertFalse(Model.name_search("SETP"))
            with self.assertRaises(AccessError):
                self.records[model].with_user(self.stranger).read(["company_id"])

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_portal_sees_no_settings(self):
        for model in ("l10n_co_openpce.certificate", "l10n_co_openpce.numbering.range"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.portal).search([])

    def test_accountant_uses_the_pin_without_seeing_it(self):
        """The server decrypts for the document it makes, whoever asked for it."""
        company = self.company.with_user(self.accountant)
        self.assertEqual(company._l10n_co_openpce_software_pin(), SOFTWARE_PIN)
        self.assertEqual(company.l10n_co_openpce_certificate_id, self.certificate)
