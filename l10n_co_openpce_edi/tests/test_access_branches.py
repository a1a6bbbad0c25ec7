"""Branches issue as their parent: its numbers, its certificate, its NIT; and see only their own."""

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import COMPANY_NIT, TECHNICAL_KEY, one_transaction
from .common_access import AccessCommon
from .dian_fake import fake_dian

_REFUSALS = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccessBranches(AccessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "child_ids": [
                    Command.create({"name": "Sede Norte"}),
                    Command.create({"name": "Sede Sur"}),
                ]
            }
        )
        cls.env.cr.precommit.run()  # loads the chart of accounts of the branches
        cls.north, cls.south = cls.company.child_ids.sorted("name")
        group = "account.group_account_invoice"
        cls.northerner = cls.create_user("north", group, cls.north)
        cls.southerner = cls.create_user("south", group, cls.south)
        cls.invoice = cls._invoice_of(cls.northerner, cls.north)

    @classmethod
    def _invoice_of(cls, user, branch):
        """An invoice that somebody of a branch made in the journal of the parent, confirmed."""
        env = cls.env(user=user, context={"allowed_company_ids": branch.ids})
        move = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": branch.id,
                "partner_id": cls.customer_company.id,
                "journal_id": cls.journal.id,
                "invoice_date": cls.waiting.invoice_date,
                "invoice_line_ids": [
                    Command.create({"product_id": cls.product_19.id, "price_unit": 1000.0})
                ],
            }
        )
        move.action_post()
        return move

    def test_a_branch_issues_as_its_parent(self):
        self.assertEqual(self.invoice.company_id, self.north)
        document = self.invoice.sudo().l10n_co_openpce_document_id
        self.assertEqual(document.company_id, self.north, "the submission belongs to the branch")
        self.assertEqual(document.range_id, self.range)
        with fake_dian(self.env):
            self.invoice.action_l10n_co_openpce_send()
        self.assertEqual(document.state, "accepted", document.message or document.trace)
        signed = document._get_file("signed_xml").decode()
        self.assertIn(COMPANY_NIT, signed)
        self.assertIn("EMPRESA DE PRUEBA SAS", signed)
        self.assertNotEqual(
            document.zip_name, self.document.zip_name, "one consecutive for what one NIT sends"
        )
        container = document._get_container()
        self.assertTrue(container, "delivered with the parent's signature")

    def test_send_and_print_of_a_branch_reaches_its_customer(self):
        wizard = (
            self.env["account.move.send.wizard"]
            .with_user(self.northerner)
            .with_context(
                allowed_company_ids=self.north.ids,
                active_model="account.move",
                active_ids=self.invoice.ids,
            )
            .create({"move_id": self.invoice.id})
        )
        with (
            fake_dian(self.env) as dian,
            one_transaction(self.env),
        ):
            wizard.action_send_and_print()
        document = self.invoice.sudo().l10n_co_openpce_document_id
        self.assertEqual(dian.sent, ["SendBillSync"])
        self.assertEqual(document.state, "accepted", document.message)
        self.assertEqual(document.delivery_state, "delivered")
        message = self.invoice.sudo().message_ids.filtered("attachment_ids")[:1]
        self.assertIn(COMPANY_NIT, message.subject, "in the name of its parent")
        self.assertEqual(len(message.attachment_ids), 1, "one zip")

    def test_what_waits_in_a_branch_goes_on_when_its_parent_is_mended(self):
        company, certificate = self.company.sudo(), self.certificate.sudo()
        numbering, contact = self.range.sudo(), self.company.partner_id
        street = contact.street
        cases = {
            "certificate": (
                lambda: certificate.write({"active": False}),
                lambda: certificate.write({"active": True}),
            ),
            "new certificate": (
                lambda: certificate.write({"active": False}),
                lambda: self.create_certificate(self.company),
            ),
            "software": (
                lambda: company.write({"l10n_co_openpce_software_id": False}),
                lambda: company.write({"l10n_co_openpce_software_id": "x" * 36}),
            ),
            "technical key": (
                lambda: numbering.write({"technical_key": False}),
                lambda: numbering.write({"technical_key": TECHNICAL_KEY}),
            ),
            "pause": (
                lambda: company.write({"l10n_co_openpce_paused": True}),
                lambda: company.write({"l10n_co_openpce_paused": False}),
            ),
            "address": (
                lambda: contact.write({"street": False}),
                lambda: contact.write({"street": street}),
            ),
        }
        document = self.invoice.sudo().l10n_co_openpce_document_id
        for what, (damage, mend) in cases.items():
            with self.subTest(what), self.undone():
                damage()
                document._process()
                self.assertIn(document.hold, ("settings", "data"), "it waits, and says for what")
                mend()
                self.assertFalse(document.hold == "data", "data that were mended are taken up")
                self.assertLessEqual(document.next_try, fields.Datetime.now(), "at once")
                with fake_dian(self.env):
                    document._process()
                self.assertEqual(document.state, "accepted", document.message)

    def test_the_pause_of_the_parent_holds_its_branches(self):
        """Not those that issue with a NIT of their own."""
        Company = self.env["res.company"]
        journal = self.journal.with_user(self.northerner).with_context(
            allowed_company_ids=self.north.ids
        )

        def shown():
            return journal._get_journal_dashboard_data_batched()[journal.id][
                "l10n_co_openpce_paused"
            ]

        self.assertFalse(shown())
        self.assertFalse(Company._l10n_co_openpce_search_paused())
        self.setup_openpce_company(self.south, nit="901222333", name="OTRA SAS")
        document = self.invoice.sudo().l10n_co_openpce_document_id
        for paused in (self.company, self.north):
            with self.subTest(paused.name), self.undone():
                paused.sudo().l10n_co_openpce_paused = True
                self.assertTrue(shown(), "the dashboard of the branch tells it")
                held = Company._l10n_co_openpce_search_paused()
                self.assertIn(self.north, held)
                self.assertNotIn(self.south, held, "an issuer of its own goes on")
                with (
                    fake_dian(self.env) as dian,
                    one_transaction(self.env),
                ):
                    document._cron_send_queue()
                    self.assertEqual(document.failures, 0, "the queue leaves it alone")
                    document._process()
                self.assertNotIn(document.cufe or "-", dian.accepted)
                self.assertEqual(document.state, "draft")
                self.assertIn(paused.name, document.message)

    def test_one_number_is_issued_once_among_parent_and_branches(self):
        """DIAN knows one issuer: a number of the parent is taken for its branches."""
        Document = self.env["l10n_co_openpce.document"]
        move = self.create_invoice(post=True)
        document = move.l10n_co_openpce_document_id.sudo()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE l10n_co_openpce_document SET number = %s, range_id = NULL WHERE id = %s",
            (self.invoice.name, document.id),
        )
        document.invalidate_recordset()
        self.assertEqual(Document._search_twins(self.invoice), document)
        self.assertFalse(Document._search_twins(self.waiting))

    def test_the_environment_is_the_parents(self):
        self.company.sudo().l10n_co_openpce_environment = "test"
        self.range.copy({"environment": "test", "journal_id": self.journal.id})
        move = self._invoice_of(self.northerner, self.north)
        self.assertEqual(move.sudo().l10n_co_openpce_document_id.environment, "test")
        new = self.env["l10n_co_openpce.numbering.range"].with_company(self.north).new({})
        self.assertEqual(new.environment, "test", "a new range is one of the parent's environment")

    @mute_logger(*_REFUSALS)
    def test_branches_see_their_own_submissions_and_the_range(self):
        Document = self.env["l10n_co_openpce.document"]
        mine = self.invoice.sudo().l10n_co_openpce_document_id
        self.assertEqual(Document.with_user(self.northerner).search([]), mine)
        self.assertFalse(Document.with_user(self.southerner).search([]))
        for user in (self.southerner, self.stranger):
            self.assert_refused(lambda u=user: mine.with_user(u).read(["cufe"]), "another branch's")
        document = self.document.with_user(self.northerner)
        self.assert_refused(lambda: document.read(["cufe"]), "the parent's submission")
        numbering = self.range.with_user(self.northerner)
        self.assertEqual(numbering.read(["prefix"])[0]["prefix"], "SETP")
        self.assert_refused(lambda: numbering.read(["technical_key"]), "the technical key")
        certificate = self.certificate.with_user(self.northerner)
        self.assert_refused(lambda: certificate.read(["holder"]), "the parent's certificate")

    @mute_logger(*_REFUSALS)
    def test_an_administrator_of_a_branch_does_not_change_the_parents_settings(self):
        admin = self.create_user("north_admin", "base.group_system", self.north)
        numbering = self.range.with_user(admin)
        self.assert_refused(lambda: numbering.write({"sequence": 3}), "the parent's range")
        self.assert_refused(numbering.unlink, "the parent's range is deleted")
        certificate = self.certificate.with_user(admin)
        self.assert_refused(lambda: certificate.write({"active": False}), "its certificate")

    def test_a_branch_with_a_nit_of_its_own_is_another_issuer(self):
        """It does not take numbers that DIAN gave to somebody else."""
        self.assertEqual(self.south._l10n_co_openpce_get_issuer(), self.company)
        self.setup_openpce_company(self.south, nit="901222333", name="OTRA SAS")
        self.assertEqual(self.south._l10n_co_openpce_get_issuer(), self.south)
        with self.assertRaises(UserError) as refusal:
            self._invoice_of(self.southerner, self.south)
        self.assertIn("numbering range", str(refusal.exception))

    def test_missing_settings_of_a_branch_are_its_parents(self):
        self.assertEqual(
            self.north._l10n_co_openpce_get_issues(), self.company._l10n_co_openpce_get_issues()
        )

    def test_sisters_do_not_share_numbers(self):
        with self.assertRaises(UserError):
            self.create_range(self.south, self.journal)

    def test_error_texts_to_a_branch_tell_no_secret(self):
        self.certificate.sudo().active = False
        self.invoice.action_l10n_co_openpce_send()
        document = self.invoice.l10n_co_openpce_document_id
        self.assertIn("certificate", document.message)
        self.assert_reveals_nothing(document.read(), "a submission tells PIN or key")
        with self.assertRaises(AccessError):
            self.company.with_user(self.northerner).write({"l10n_co_openpce_environment": "test"})
