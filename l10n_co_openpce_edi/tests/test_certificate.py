"""Certificates as delivered: read, refused with a reason, encrypted, chosen, watched."""

import base64
import datetime as dt
import os
import stat
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import config, mute_logger

from ..dian.errors import DianConfigurationError
from ..dian.signature.algorithms import SignatureAlgorithm
from ..tools import secret_box
from . import pki
from .common import SOFTWARE_PIN, OpenPCECommon

NOW = dt.datetime.now(dt.timezone.utc)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCertificate(OpenPCECommon):
    def _upload(self, content, password=pki.PASSWORD):
        return self.env["l10n_co_openpce.certificate"].create(
            {
                "company_id": self.company.id,
                "name": "Otro",
                "content": base64.b64encode(content),
                "password": password,
            }
        )

    def _assert_refused(self, text, content, password=pki.PASSWORD):
        with self.assertRaisesRegex(UserError, text):
            self._upload(content, password)

    # Refused with a reason

    def test_wrong_password(self):
        self._assert_refused("password is wrong", pki.make_pkcs12(), "no es esta")

    def test_not_a_certificate_file(self):
        self._assert_refused("not a .p12/.pfx file", b"%PDF-1.4 resolution of the numbering")

    def test_file_without_key(self):
        self._assert_refused("no private key", pki.make_pkcs12(with_key=False))

    def test_key_of_another_kind(self):
        self._assert_refused("only RSA", pki.make_pkcs12(key=pki.elliptic_key()))

    def test_short_key(self):
        self._assert_refused("2048 bits", pki.make_pkcs12(key=pki.rsa_key("short", 1024)))

    def test_expired(self):
        start = NOW - dt.timedelta(days=800)
        self._assert_refused("expired on", pki.make_pkcs12(not_before=start, days=730))

    def test_key_usages(self):
        self._assert_refused("non-repudiation", pki.make_pkcs12(non_repudiation=False))
        self._assert_refused("non-repudiation", pki.make_pkcs12(digital_signature=False))

    # Read

    def test_what_it_says_is_shown(self):
        certificate = self.certificate
        self.assertEqual(certificate.holder, "EMPRESA DE PRUEBA SAS")
        self.assertEqual(certificate.holder_nit, "900508908")
        self.assertEqual(certificate.issuer, "OpenPCE Test Subordinate CA")
        self.assertEqual(certificate.chain_length, 3, "the authority's certificates are kept")
        self.assertEqual(certificate.state, "valid")
        self.assertTrue(certificate.has_key)
        self.assertFalse(certificate.warning)

    def test_warnings_do_not_stop_the_upload(self):
        other = self._upload(pki.make_pkcs12("800000001", with_chain=False))
        self.assertIn("800000001", other.warning, "another holder is told")
        self.assertIn("authority", other.warning, "a missing chain is told")

    def test_holder_with_check_digit_is_the_company(self):
        for written in ("900508908-9", "9005089089"):
            self.assertFalse(self._upload(pki.make_pkcs12(written)).warning, written)

    # Secrets

    def test_nothing_in_clear_in_the_database(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT * FROM l10n_co_openpce_certificate WHERE id = %s", [self.certificate.id]
        )
        row = str(self.env.cr.dictfetchone())
        self.assertNotIn(pki.PASSWORD, row, "the password of the file is not kept")
        self.assertNotIn("PRIVATE KEY", row)
        token = self.certificate.sudo().key_encrypted
        self.assertRegex(token, r"^v1:[0-9a-f]{8}:")
        self.env.cr.execute(
            "SELECT l10n_co_openpce_software_pin_encrypted FROM res_company WHERE id = %s",
            [self.company.id],
        )
        self.assertNotIn(SOFTWARE_PIN, self.env.cr.fetchone()[0].split(":")[2])
        attachments = (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", "l10n_co_openpce.certificate")])
        )
        self.assertFalse(attachments, "the uploaded file is not kept")

    def test_what_was_uploaded_never_comes_back(self):
        self.certificate.invalidate_recordset()
        data = self.certificate.read(["content", "password"])[0]
        self.assertFalse(data["content"])
        self.assertFalse(data["password"])

    def test_pin_is_masked_and_the_mask_changes_nothing(self):
        shown = self.company.l10n_co_openpce_software_pin
        self.assertNotIn(SOFTWARE_PIN, shown)
        self.company.l10n_co_openpce_software_pin = shown
        self.assertEqual(self.company._l10n_co_openpce_software_pin(), SOFTWARE_PIN)
        self.company.l10n_co_openpce_software_pin = False
        with self.assertRaises(DianConfigurationError):
            self.company._l10n_co_openpce_software_pin()

    def test_settings_save_and_keep_the_pin(self):
        settings = self.env["res.config.settings"].create({})
        settings.execute()
        self.assertEqual(self.company._l10n_co_openpce_software_pin(), SOFTWARE_PIN)
        settings = self.env["res.config.settings"].create({"l10n_co_openpce_software_pin": "54321"})
        settings.execute()
        self.assertEqual(self.company._l10n_co_openpce_software_pin(), "54321")

    def test_changed_key_is_a_clear_message(self):
        other_key = {secret_box.ENVIRONMENT_VARIABLE: "another key of 20 chars"}
        with (
            patch.dict(os.environ, other_key),
            self.assertRaisesRegex(DianConfigurationError, "does not have"),
        ):
            self.company._l10n_co_openpce_software_pin()

    def test_key_rotation_decrypts_what_the_old_key_encrypted(self):
        old, new = "the-old-key-long-enough", "the-new-key-long-enough"
        variable = secret_box.ENVIRONMENT_VARIABLE
        with patch.dict(os.environ, {variable: old}):
            token = secret_box.encrypt(b"secret", "test")
        with (
            patch.dict(os.environ, {variable: new}),
            self.assertRaises(secret_box.SecretError),
        ):
            secret_box.decrypt(token, "test")
        with patch.dict(os.environ, {variable: f"{new},{old}"}):
            self.assertEqual(secret_box.decrypt(token, "test"), b"secret")
            renewed = secret_box.encrypt(b"secret", "test")
        with patch.dict(os.environ, {variable: new}):
            self.assertEqual(secret_box.decrypt(renewed, "test"), b"secret", "the first encrypts")

    def test_secret_of_one_purpose_is_no_secret_of_another(self):
        token = secret_box.encrypt(b"secret", "one")
        with self.assertRaises(secret_box.SecretError):
            secret_box.decrypt(token, "other")
        with self.assertRaises(secret_box.SecretError):
            secret_box.decrypt("plain text", "one")

    def test_key_file_is_made_once_and_private(self):
        with tempfile.TemporaryDirectory() as folder:
            options = {"data_dir": folder, secret_box.CONFIG_OPTION: ""}
            with patch.dict(config.options, options), patch.dict(os.environ):
                os.environ.pop(secret_box.ENVIRONMENT_VARIABLE, None)
                token = secret_box.encrypt(b"secret", "test")
                file = Path(folder) / secret_box.FILE_NAME
                self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
                self.assertEqual(os.listdir(folder), [secret_box.FILE_NAME])
                secret_box._file_key.cache_clear()
                self.assertEqual(secret_box.decrypt(token, "test"), b"secret")

    def test_short_configured_key_is_refused(self):
        with (
            patch.dict(os.environ, {secret_box.ENVIRONMENT_VARIABLE: "short"}),
            self.assertRaisesRegex(secret_box.SecretError, "too short"),
        ):
            secret_box.encrypt(b"secret", "test")

    # Signing

    def test_signer_signs_and_is_loaded_once(self):
        signer = self.certificate._get_signer()
        self.assertEqual(len(signer.certificates), 3)
        self.assertTrue(signer.sign(b"data", SignatureAlgorithm.RSA_SHA256))
        self.assertIs(self.certificate._get_signer(), signer, "a key is loaded once per worker")

    def test_renewed_file_gives_a_new_signer(self):
        old = self.certificate._get_signer()
        self.certificate.write(
            {
                "content": base64.b64encode(pki.make_pkcs12(key=pki.rsa_key("renewed"))),
                "password": pki.PASSWORD,
            }
        )
        new = self.certificate._get_signer()
        self.assertNotEqual(new.certificates[0], old.certificates[0])

    # Two during renewal

    def test_newest_valid_certificate_signs_unless_another_is_put_first(self):
        renewal = self._upload(pki.make_pkcs12(not_before=NOW - dt.timedelta(hours=1)))
        self.assertEqual(self.company.l10n_co_openpce_certificate_id, renewal)
        self.certificate.sequence = 1
        self.assertEqual(self.company.l10n_co_openpce_certificate_id, self.certificate)
        future = self._upload(pki.make_pkcs12(not_before=NOW + dt.timedelta(days=3)))
        future.sequence = 0
        self.assertEqual(future.state, "future")
        self.assertEqual(self.company.l10n_co_openpce_certificate_id, self.certificate)

    def test_expired_certificate_does_not_sign(self):
        self.certificate.valid_to = fields.Datetime.now() - dt.timedelta(days=1)
        self.assertEqual(self.certificate.state, "expired")
        self.assertFalse(self.company.l10n_co_openpce_certificate_id)
        fields_missing = [i["field"] for i in self.company._l10n_co_openpce_get_issues()]
        self.assertIn("l10n_co_openpce_certificate_ids", fields_missing)

    # Alerts

    def test_cron_alerts_once_per_step(self):
        administrator = self.env.user
        self.assertIn(administrator, self.certificate._get_administrators())
        Certificate = self.env["l10n_co_openpce.certificate"]
        told = []
        for days in (61, 60, 59, 30, 14, 5, 4):
            self.certificate.valid_to = fields.Datetime.now() + dt.timedelta(days=days, minutes=5)
            self.certificate.activity_ids.unlink()
            Certificate._cron_alert()
            if self.certificate.activity_ids.filtered(lambda a: a.user_id == administrator):
                told.append(days)
        self.assertEqual(told, [60, 30, 14, 5], "60, 30, 15 and 5 days before, once each")

    def test_no_alert_once_the_successor_is_there(self):
        self.certificate.valid_to = fields.Datetime.now() + dt.timedelta(days=10)
        self._upload(pki.make_pkcs12())
        self.env["l10n_co_openpce.certificate"]._cron_alert()
        self.assertFalse(self.certificate.activity_ids)

    # A copy of the database

    @mute_logger("odoo.sql_db")
    def test_neutralized_copy_neither_signs_nor_reaches_dian(self):
        self.company.l10n_co_openpce_environment = "production"
        self.env.flush_all()
        sql = (Path(__file__).parents[1] / "data" / "neutralize.sql").read_text()
        self.env.cr.execute(sql)
        self.env.invalidate_all()
        self.assertEqual(self.company.l10n_co_openpce_environment, "sandbox")
        self.assertFalse(self.company.l10n_co_openpce_sandbox_url)
        self.assertFalse(self.certificate.sudo().key_encrypted)
        self.assertFalse(self.range._get_technical_key())
        with self.assertRaises(DianConfigurationError):
            self.company._l10n_co_openpce_software_pin()
        with self.assertRaises(DianConfigurationError):
            self.certificate._get_signer()
