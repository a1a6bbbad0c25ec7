"""Connections: who sets them up, what is never shown, what the test button says (R127)."""

import ast
from pathlib import Path

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import config, file_open

from ..connectors import SourceError
from ..models.openpce_bill_connection import FOLDERS_OPTION
from ..tools import secret_box
from .intake_common import PASSWORD, IntakeCommon
from .loopback_imap import USER as MAIL_USER
from .loopback_imap import ImapServer
from .loopback_sftp import USER as SFTP_USER
from .loopback_sftp import SftpServer


@tagged("post_install", "-at_install")
class TestConnection(IntakeCommon):
    def _imap(self, **values):
        return self._connect(
            "imap",
            **{"host": "127.0.0.1", "login": MAIL_USER, "password": PASSWORD, "after": "seen"},
            **values,
        )

    def _test(self, connection):
        """(kind, text) that the button shows."""
        action = connection.with_user(self.administrator).action_test()
        return action["params"]["type"], action["params"]["message"]

    # ------------------------------------------------------------------ secrets

    def test_a_password_is_stored_encrypted_and_never_comes_back(self):
        connection = self._imap()
        stored = connection.sudo().secret_encrypted
        self.assertTrue(connection.has_secret)
        self.assertNotIn(PASSWORD, stored)
        for user in (self.administrator, self.manager):
            row = connection.with_user(user).read()[0]
            self.assertFalse(row["password"] or row["private_key"])
            self.assertNotIn("secret_encrypted", row)
            self.assertNotIn(PASSWORD, str(row))
            with self.assertRaises(AccessError):
                connection.with_user(user).read(["secret_encrypted"])
            with self.assertRaises(AccessError):
                connection.with_user(user).search([("secret_encrypted", "like", "g")])
            with self.assertRaises(UserError):
                connection.with_user(user).export_data(["secret_encrypted"])
        with self.assertRaises(AccessError):
            connection.with_user(self.administrator).write({"secret_encrypted": "x"})
        self.assertEqual(connection._get_secret(), {"password": PASSWORD})

    def test_only_system_administrators_set_up_connections(self):
        connection = self._imap()
        values = {"name": "x", "kind": "folder", "path": "/", "company_id": self.company.id}
        for user in (self.manager, self.beto, self.ana, self.accountant, self.plain):
            records = connection.with_user(user)
            with self.assertRaises(AccessError):
                records.write({"password": "x"})
            with self.assertRaises(AccessError):
                records.create(values)
            for button in ("action_test", "action_fetch"):
                with self.assertRaises(AccessError):
                    getattr(records, button)()
        for user in (self.beto, self.ana, self.plain, self.foreign_manager):
            with self.assertRaises(AccessError):
                connection.with_user(user).read(["host"])

    def test_a_system_administrator_finds_the_connections(self):
        # who may set connections up need not maintain criteria
        system = new_test_user(self.env, "wf_system", "base.group_system")
        menus = self.env["ir.ui.menu"].with_user(system)
        visible = menus.browse(menus._visible_menu_ids()).sudo()
        root = self.env.ref("openpce_vendor_bill_workflow.menu_root")
        ours = visible.filtered(lambda menu: menu.parent_path.startswith(root.parent_path))
        names = {
            xmlid.removeprefix("openpce_vendor_bill_workflow.menu_")
            for xmlid in ours.get_external_id().values()
        }
        wanted = {"root", "setup", "settings", "connections", "connection", "schedule", "function"}
        self.assertEqual(names, wanted, "the connections, and nobody's bills or criteria")

    def test_another_server_does_not_get_the_stored_password(self):
        for field, value in (
            ("host", "evil.example.com"),
            ("port", 1993),
            ("login", "other"),
            ("authority", "other"),
            ("security", "starttls"),
        ):
            connection = self._imap()
            connection.with_user(self.administrator).write({field: value})
            self.assertFalse(connection.has_secret, field)
            self.assertIn("There is no password", self._test(connection)[1])

    def test_a_secret_moved_to_another_connection_opens_nothing(self):
        one, other = self._imap(), self._imap()
        other.sudo().secret_encrypted = one.sudo().secret_encrypted
        kind, text = self._test(other)
        self.assertEqual(kind, "danger")
        self.assertIn("Type the password again", text)

    def test_keys_can_be_changed_and_lost(self):
        connection = self._imap()
        options = config.options
        self.addCleanup(options.pop, secret_box.CONFIG_OPTION, None)
        first, second = "a first key of enough letters", "a second key as long as the first"
        options[secret_box.CONFIG_OPTION] = first
        connection.with_user(self.administrator).password = PASSWORD
        options[secret_box.CONFIG_OPTION] = second
        self.assertIn("closed with a key", self._test(connection)[1])
        options[secret_box.CONFIG_OPTION] = f"{second}, {first}"
        self.assertEqual(connection._get_secret(), {"password": PASSWORD})
        options[secret_box.CONFIG_OPTION] = "short"
        with self.assertRaises(UserError):
            connection.with_user(self.administrator).password = "x"

    def test_a_copy_has_no_secret_and_sleeps(self):
        copy = self._imap().copy()
        self.assertFalse(copy.has_secret or copy.active)

    def test_neutralised_copies_do_not_fetch(self):
        connection = self._imap()
        self.env.flush_all()
        with file_open("openpce_vendor_bill_workflow/data/neutralize.sql") as stream:
            self.env.cr.execute(stream.read())
        connection.invalidate_recordset()
        self.assertFalse(connection.has_secret or connection.active)

    # ------------------------------------------------------------------ settings

    def test_settings_that_cannot_work_are_refused_with_the_field_to_mend(self):
        for values, words in (
            ({"kind": "imap", "after": "seen"}, "server and user"),
            ({"kind": "folder", "path": False}, "directory"),
            ({"kind": "folder", "after": "seen"}, "only mails"),
            ({"kind": "folder", "moved_to": "../out"}, "without slashes"),
            ({"kind": "folder", "moved_to": False}, "Move to"),
            ({"kind": "folder", "max_count": 0}, "begin at 1"),
            ({"kind": "folder", "timeout": 600}, "at most"),
            ({"kind": "folder", "pattern": " , "}, "File names"),
            ({"kind": "sftp", "host": "a", "login": "b", "port": 70000}, "65535"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                self._connect(**values)
        connection = self._imap()
        for values in ({"login": False}, {"port": -1}, {"rest": -1}, {"pattern": ","}):
            with self.assertRaises(ValidationError, msg="what was right once may become wrong"):
                connection.with_user(self.administrator).write(values)

    def test_the_form_proposes_what_fits_the_kind(self):
        model = self.env["openpce.bill.connection"].with_user(self.administrator)
        with Form(model.with_company(self.company)) as form:
            form.name = "Server"
            form.kind = "sftp"
            self.assertEqual((form.port, form.after), (22, "move"))
            form.kind = "imap"
            self.assertEqual((form.port, form.after), (993, "seen"))
            form.security = "starttls"
            self.assertEqual(form.port, 143)
            form.host = "mail.example.com"
            form.login = "bills"

    # ------------------------------------------------------------------ the test button

    def test_folders_outside_of_what_the_server_allows(self):
        kind, text = self._test(self._connect(path="/etc"))
        self.assertEqual(kind, "danger")
        self.assertIn("openpce_bill_folders", text)
        connection = self._connect()
        self.patch(config, "options", {**config.options, FOLDERS_OPTION: ""})
        self.assertIn("opens no directories", self._test(connection)[1])

    def test_a_folder_that_works(self):
        self._put("a.pdf")
        self._put("b.pdf")
        kind, text = self._test(self._connect(max_count=1))
        self.assertEqual(kind, "success")
        self.assertIn("Deliveries waiting there: 2; taken at the next visit: 1", text)
        self.assertEqual(len(list(self.inbox.iterdir())), 2, "testing takes nothing")

    def test_a_name_that_no_server_has(self):
        for kind in ("sftp", "imap"):
            connection = self._connect(
                kind, host="mail..example", login="x", password=PASSWORD, after="delete"
            )
            self.assertIn("does not answer", self._test(connection)[1])

    def test_sizes_are_told_in_the_unit_of_the_limit(self):
        error = SourceError("too_big", size=61_400_000, limit=25_000_000)
        self.assertRegex(self._connect()._explain(error), r"61[.,]4 MB, more than the 25[.,]0 MB")

    def test_an_sftp_server_shows_its_key_before_it_is_trusted(self):
        with SftpServer(self.inbox, PASSWORD) as server:
            connection = self._connect(
                "sftp",
                host="127.0.0.1",
                port=server.port,
                login=SFTP_USER,
                password=PASSWORD,
                path="/",
            )
            kind, text = self._test(connection)
            self.assertEqual(kind, "danger")
            self.assertIn(server.fingerprint, text)
            self.assertFalse(server.logins, "no password was sent")
            connection.with_user(self.administrator).write(
                {"fingerprint": server.fingerprint, "password": PASSWORD}
            )
            self.assertEqual(self._test(connection)[0], "success")

    def test_a_mailbox(self):
        with ImapServer(PASSWORD) as server:
            connection = self._imap(port=server.port)
            self.assertIn("could not prove who it is", self._test(connection)[1])
            connection.with_user(self.administrator).write(
                {"authority": server.certificate, "password": PASSWORD}
            )
            self.assertEqual(self._test(connection)[0], "success")
            connection.with_user(self.administrator).password = "wrong one"
            kind, text = self._test(connection)
        self.assertEqual(kind, "danger")
        self.assertIn("Check user and password", text)
        self.assertNotIn("wrong one", text)

    def test_every_error_of_the_sources_has_a_sentence(self):
        folder = Path(__file__).resolve().parents[1] / "connectors"
        codes = {
            node.args[0].value
            for path in folder.glob("*.py")
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
            and ast.unparse(node.func) in ("SourceError", "SourceLost", "ParcelError")
            and isinstance(node.args[0], ast.Constant)
        }
        connection = self._connect()
        self.assertGreater(len(codes), 15)
        for code in codes:
            self.assertTrue(connection._explain(SourceError(code, sentence="x")), code)
