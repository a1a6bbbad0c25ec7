"""The addon goes; the evidence, and the means to read a backup, stay."""

import re
from pathlib import Path
from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.tests import tagged
from odoo.tools import convert_file

from ..hooks import KEPT, MODULE, PARAMETERS, pre_init_hook, uninstall_hook
from ..models.l10n_co_openpce_document_person import ACTIVITY_TYPE
from ..tools import secret_box
from .common import OpenPCECommon
from .dian_fake import fake_dian, fake_files

ADDON = Path(__file__).resolve().parents[1]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestUninstall(OpenPCECommon):
    def setUp(self):
        super().setUp()
        self.system = self.env(user=SUPERUSER_ID)  # who runs the hooks of modules

    def test_files_dian_may_know_become_attachments_of_their_invoice(self):
        accepted, rejected = self.create_invoice(post=True), self.create_invoice(post=True)
        queued = self.create_invoice(post=True)
        with fake_files(self.env), fake_dian(self.env, "accept", "reject"):
            for move in accepted + rejected:
                move.l10n_co_openpce_document_id.sudo()._process()
        document = accepted.l10n_co_openpce_document_id.sudo()
        signed, answer = (
            document._get_file("signed_xml"),
            document._get_file("application_response"),
        )
        self.assertTrue(signed and answer)
        uninstall_hook(self.system)
        kept = self._get_attachments(accepted)
        self.assertEqual(kept.get(document.file_name), signed)
        self.assertEqual(kept.get(document.response_name), answer)
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("name", "=", document.file_name)]
        )
        self.assertIn(document.cufe, attachment.description)
        readable = attachment.with_user(self.accountant)
        self.assertEqual(readable.raw, signed, "whoever may read the invoice may read its files")
        rejected_file = rejected.l10n_co_openpce_document_id.sudo().file_name
        self.assertIn(rejected_file, self._get_attachments(rejected))
        self.assertFalse(self._get_attachments(queued), "nothing of it had left")

    def _get_attachments(self, move):
        attachments = self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", move.id)]
        )
        return {attachment.name: attachment.raw for attachment in attachments}

    def test_what_would_be_left_over_goes(self):
        move = self.create_invoice(post=True)
        move.l10n_co_openpce_document_id.sudo()._get_next_consecutive(move.invoice_date)
        move.l10n_co_openpce_document_id.sudo()._call_person()
        move.activity_ids.action_feedback()
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(PARAMETERS[0], "99")
        parameters.set_param("l10n_co_openpce_edi.of_somebody_else", "kept")
        uninstall_hook(self.system)
        self.assertFalse(parameters.get_param(PARAMETERS[0]))
        self.assertEqual(parameters.get_param("l10n_co_openpce_edi.of_somebody_else"), "kept")
        self.assertFalse(self.env["ir.sequence"].search([("code", "=", "l10n_co_openpce.file")]))
        activities = self.env["mail.activity"].with_context(active_test=False)
        kind = self.env.ref(ACTIVITY_TYPE)
        self.assertFalse(activities.search([("activity_type_id", "=", kind.id)]))
        kind.unlink()

    def test_contacts_keep_their_municipality_and_kind_of_document(self):
        kind = self.env.ref("l10n_co_openpce_edi.live_birth_certificate")
        self.customer_person.l10n_latam_identification_type_id = kind
        city = self.customer_company.city_id
        self.assertTrue(city.get_external_id()[city.id], "it came with the addon")
        uninstall_hook(self.system)
        # Odoo deletes what has an external identifier of the addon
        for record in (city, self.customer_person.city_id, kind):
            modules = {name.partition(".")[0] for name in record._get_external_ids()[record.id]}
            self.assertEqual(modules, {KEPT}, "it is not deleted")

    def test_what_stayed_is_taken_back_and_not_made_twice(self):
        """An addon installed again found no birth certificate of its own and made another one."""
        kind = self.env.ref(f"{MODULE}.live_birth_certificate")
        self.customer_person.l10n_latam_identification_type_id = kind
        renamed, deleted = (
            self.env["res.city"].search([("l10n_co_openpce_code", "=", code)])
            for code in ("91001", "91263")
        )
        counts = self._count_masters()
        uninstall_hook(self.system)
        # what is lost with the columns, and what people do meanwhile
        self.env["res.city"].search([]).l10n_co_openpce_code = False
        kind.write({"l10n_co_openpce_code": False, "name": "Nacido vivo"})
        renamed.name = "Leticia (Amazonas)"
        deleted.unlink()
        pre_init_hook(self.system)
        for file in ("l10n_latam_identification_type.xml", "codes.xml", "res_partner.xml"):
            convert_file(self.system, MODULE, f"data/{file}", {}, mode="init")
        self.assertEqual(self._count_masters(), counts)
        self.assertEqual(self.env.ref(f"{MODULE}.live_birth_certificate"), kind)
        self.assertEqual(kind.l10n_co_openpce_code, "10")
        self.assertEqual(renamed.l10n_co_openpce_code, "91001")
        leftover = self.env["ir.model.data"].search([("module", "=", KEPT)])
        self.assertFalse(leftover, "one that was deleted meanwhile is made anew")

    def _count_masters(self):
        """How many records of each model that people choose from, archived ones included."""
        models = (
            "l10n_latam.identification.type",
            "res.city",
            "res.country.state",
            "res.partner",
            "uom.uom",
            "l10n_co_openpce.responsibility",
            "l10n_co_openpce.payment.means",
            "l10n_co_openpce.postal.code",
        )
        return {
            model: self.env[model].with_context(active_test=False).search_count([])
            for model in models
        }

    def test_a_backup_restored_later_can_still_sign(self):
        token = self.certificate.sudo().key_encrypted
        with patch.object(Path, "unlink") as unlink, patch("os.unlink") as remove:
            uninstall_hook(self.system)
        self.assertFalse(unlink.called or remove.called, "no file of the server is touched")
        self.assertTrue(secret_box.decrypt(token, "certificate.key"))

    def test_every_parameter_the_addon_reads_is_taken_along(self):
        pattern = re.compile(r"""[sg]et_param\(\s*["']([^"']+)""")
        read = set()
        for folder in ("models", "controllers", "wizards", "tools"):
            for file in (ADDON / folder).glob("*.py"):
                read.update(pattern.findall(file.read_text(encoding="utf-8")))
        own = {key for key in read if key.startswith("l10n_co_openpce")}
        self.assertEqual(own, set(PARAMETERS))
