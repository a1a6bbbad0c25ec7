"""Submissions and their files: who sees them, by record, by field, by attachment, by address."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import SOFTWARE_PIN, TECHNICAL_KEY
from .common_access import FILES, SECRETS, AccessCommon

_REFUSALS = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models"
_HTTP = "odoo.http", "odoo.addons.base.models.ir_http"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccessRecords(AccessCommon, HttpCase):
    def _files(self, env=None):
        return (
            (env or self.env)["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "l10n_co_openpce.document"),
                    ("res_id", "=", self.document.id),
                    ("res_field", "in", FILES),
                ]
            )
        )

    # Submissions

    @mute_logger(*_REFUSALS)
    def test_submissions_are_seen_by_their_accountants_and_auditors_only(self):
        Document = self.env["l10n_co_openpce.document"]
        for user in (self.accountant, self.manager, self.auditor):
            seen = Document.with_user(user).search([])
            self.assertIn(self.document.id, seen.ids)
            self.assertTrue(seen.browse(self.document.id).signed_xml)
        self.assertFalse(
            Document.with_user(self.stranger).search([]), "another company's are not there"
        )
        for user in self.outsiders:
            document = self.document.with_user(user)
            with self.subTest(user=user.sudo().login):
                routes = {
                    "read": lambda d=document: d.read(["cufe"]),
                    "web_read": lambda d=document: d.web_read(
                        {"move_id": {"fields": {"name": {}}}}
                    ),
                    "file": lambda d=document: d.signed_xml,
                    "download": document.action_download,
                    "open": document.action_open_move,
                    "export": lambda d=document: d.export_data(["cufe"]),
                }
                for name, route in routes.items():
                    # whoever may export nothing at all is told so in other words
                    self.assert_refused(route, f"{name} of a submission", AccessError, UserError)

    @mute_logger(*_REFUSALS)
    def test_submissions_are_written_by_the_system_only(self):
        for user in (self.accountant, self.manager, self.auditor, self.system, *self.outsiders):
            document = self.document.with_user(user)
            Document = document.browse()
            routes = {
                "write": lambda d=document: d.write({"message": "x"}),
                "state": lambda d=document: d.write({"state": "draft"}),
                "unlink": document.unlink,
                "copy": document.copy,
                "create": lambda m=Document: m.create({"move_id": self.move.id, "number": "X"}),
                "through the invoice": lambda u=user: self.move.with_user(u).write(
                    {"l10n_co_openpce_document_ids": [(1, self.document.id, {"message": "x"})]}
                ),
                "deleted through the invoice": lambda u=user: self.move.with_user(u).write(
                    {"l10n_co_openpce_document_ids": [(2, self.document.id, 0)]}
                ),
                "taken away from the invoice": lambda u=user: self.move.with_user(u).write(
                    {"l10n_co_openpce_document_ids": [(5, 0, 0)]}
                ),
            }
            for name, route in routes.items():
                with self.subTest(user=user.sudo().login, route=name):
                    self.assert_refused(route, name, AccessError, UserError)
            with self.subTest(user=user.sudo().login, route="import"), self.undone():
                try:
                    result = Document.load(["number", "move_id/.id"], [["X", str(self.move.id)]])
                except AccessError:
                    continue
                self.assertFalse(result["ids"], "an import makes no submission")

    # Files

    @mute_logger(*_REFUSALS)
    def test_files_of_a_submission_are_not_found_as_attachments(self):
        files = self._files()
        self.assertEqual(len(files), len(FILES))
        for user in self.outsiders:
            Attachment = self.env["ir.attachment"].with_user(user)
            with self.subTest(user=user.sudo().login):
                for domain in (
                    [("id", "in", files.ids)],
                    [("res_model", "=", "l10n_co_openpce.document"), ("res_field", "!=", False)],
                    [("name", "ilike", self.document.number), ("res_field", "!=", False)],
                    [("checksum", "in", files.mapped("checksum")), ("id", "!=", False)],
                ):
                    try:
                        found = Attachment.search(domain)
                    except AccessError:
                        continue
                    self.assertFalse(found & files, domain)
                for file in files.with_user(user):
                    self.assert_refused(lambda f=file: f.read(["raw"]), "the file", AccessError)
                    self.assert_refused(file.generate_access_token, "a token", AccessError)

    @mute_logger(*_REFUSALS)
    def test_files_of_a_submission_stay_as_they_are(self):
        """Not even administrators put another file in the place of what DIAN has."""
        users = (self.accountant, self.manager, self.auditor, self.system, *self.outsiders)
        administrator = self.create_user("both", "base.group_system,account.group_account_manager")
        for user in (*users, administrator):
            file = self._files()[:1].with_user(user)
            routes = {
                "content": lambda f=file: f.write({"raw": b"x"}),
                "name": lambda f=file: f.write({"name": "x.xml"}),
                "moved": lambda f=file: f.write({"res_field": False, "res_id": 0}),
                "published": lambda f=file: f.write({"public": True}),
                "deleted": file.unlink,
            }
            for name, route in routes.items():
                with self.subTest(user=user.sudo().login, route=name):
                    self.assert_refused(route, name, AccessError, UserError)

    @mute_logger(*_REFUSALS, *_HTTP)
    def test_files_have_no_address_for_outsiders(self):
        addresses = [
            f"/web/{route}/l10n_co_openpce.document/{self.document.id}/{name}"
            for route in ("content", "image")
            for name in FILES
        ]
        addresses += [f"/web/content/{file.id}" for file in self._files()]
        addresses += [
            f"/report/pdf/account.report_invoice/{self.move.id}",
            f"/web/content/l10n_co_openpce.certificate/{self.certificate.id}/content",
        ]
        for user in (None, self.plain, self.portal, self.stranger):
            login = user and user.login
            self.authenticate(login, login)
            for address in addresses:
                with self.subTest(user=login, address=address):
                    response = self.url_open(address, allow_redirects=False)
                    body = response.content
                    self.assertNotIn(b"<cbc:UUID", body)
                    self.assertFalse(body.startswith((b"PK", b"%PDF", b"<?xml")), "a file came")
        self.authenticate(self.accountant.login, self.accountant.login)
        self.assertIn(self.document.cufe.encode(), self.url_open(addresses[0]).content)

    # Settings

    @mute_logger(*_REFUSALS)
    def test_the_company_tells_customers_nothing_of_its_settings(self):
        names = (
            "l10n_co_openpce_sandbox_url",
            "l10n_co_openpce_test_set_id",
            "l10n_co_openpce_software_id",
            "l10n_co_openpce_certificate_id",
            "l10n_co_openpce_certificate_ids",
        )
        for user in (self.portal, self.customer, self.public, self.plain):
            company = self.company.with_user(user)
            for name in names:
                with self.subTest(user=user.sudo().login, field=name):
                    self.assert_refused(lambda c=company, n=name: c.read([n]), name, AccessError)

    @mute_logger(*_REFUSALS)
    def test_no_route_over_relations_to_a_secret(self):
        """A nested specification, a group, an order, a domain over a relation, an onchange."""
        relations = {
            "l10n_co_openpce.certificate": "l10n_co_openpce_certificate_ids",
            "l10n_co_openpce.numbering.range": None,
            "res.company": None,
        }
        for user in (self.accountant, self.manager, self.auditor, *self.outsiders):
            company = self.company.with_user(user)
            move = self.move.with_user(user)
            document = self.document.with_user(user)
            for model, names in SECRETS.items():
                Model = self.env[model].with_user(user)
                for name in names:
                    routes = {
                        "=": lambda m=Model, n=name: m.search([(n, "=", SOFTWARE_PIN)]),
                        "like": lambda m=Model, n=name: m.search([(n, "=like", "v1%")]),
                        "in": lambda m=Model, n=name: m.search([(n, "in", [TECHNICAL_KEY])]),
                        "set": lambda m=Model, n=name: m.search([(n, "!=", False)]),
                        "name_search": lambda m=Model, n=name: m.name_search(
                            "", [(n, "!=", False)]
                        ),
                        "group": lambda m=Model, n=name: m.formatted_read_group(
                            [], ["id"], [f"{n}:array_agg"]
                        ),
                        "having": lambda m=Model, n=name: m.formatted_read_group(
                            [], ["id"], ["__count"], having=[(f"{n}:max", ">", "a")]
                        ),
                        "search_read": lambda m=Model, n=name: m.search_read([], [n]),
                    }
                    if model == "res.company":
                        routes["nested"] = lambda v=move, n=name: v.web_read(
                            {"company_id": {"fields": {n: {}}}}
                        )
                        routes["dotted"] = lambda v=move, n=name: v.search(
                            [(f"company_id.{n}", "!=", False)]
                        )
                    if model == "l10n_co_openpce.numbering.range":
                        routes["nested"] = lambda d=document, n=name: d.web_read(
                            {"range_id": {"fields": {n: {}}}}
                        )
                        routes["dotted"] = lambda d=document, n=name: d.search(
                            [(f"range_id.{n}", "=like", "f%")]
                        )
                    if relation := relations[model]:
                        routes["nested"] = lambda c=company, r=relation, n=name: c.web_read(
                            {r: {"fields": {n: {}}}}
                        )
                    for route, call in routes.items():
                        with self.subTest(user=user.sudo().login, field=name, route=route):
                            self.assert_refused(
                                call, f"{route} tells {name}", AccessError, ValueError
                            )

    @mute_logger(*_REFUSALS)
    def test_accountants_have_no_settings_screen(self):
        for user in (self.accountant, self.manager, self.auditor, *self.outsiders):
            Settings = self.env["res.config.settings"].with_user(user)
            with self.subTest(user=user.sudo().login):
                self.assert_refused(
                    lambda s=Settings: s.create({"l10n_co_openpce_software_pin": "1"}), "settings"
                )
                self.assert_refused(
                    Settings.action_l10n_co_openpce_import_ranges, "ranges are fetched"
                )

    @mute_logger(*_REFUSALS)
    def test_a_customer_reads_what_dian_says_of_its_invoice_and_no_more(self):
        move = self.move.with_user(self.customer)
        read = move.read(
            [
                "l10n_co_openpce_state",
                "l10n_co_openpce_cufe",
                "l10n_co_openpce_qr",
                "l10n_co_openpce_can_send",
                "l10n_co_openpce_can_ask",
            ]
        )[0]
        self.assertEqual(read["l10n_co_openpce_cufe"], self.document.cufe)
        self.assertTrue(read["l10n_co_openpce_qr"])
        for name in ("l10n_co_openpce_message", "l10n_co_openpce_findings_html"):
            self.assert_refused(lambda n=name: move.read([n]), f"{name} is for the company")
        with self.assertRaises(AccessError):
            self.move.with_user(self.portal).read(["l10n_co_openpce_state"])

    # Copies

    def test_a_copy_carries_nothing_of_dian(self):
        copy = self.move.with_user(self.accountant).copy()
        self.assertFalse(copy.l10n_co_openpce_document_ids)
        self.assertFalse(copy.l10n_co_openpce_state)
        self.assertFalse(copy.l10n_co_openpce_cufe)
        certificate = self.certificate.copy()
        self.assertFalse(certificate.has_key)
        self.assertEqual(certificate.state, "empty")
        numbering = self.range.copy({"prefix": "SETQ", "journal_id": False})
        self.assertFalse(numbering._get_technical_key())
        with self.assertRaises(UserError):
            self.company.copy()
