"""People who must not get anywhere, and an accepted invoice with its files for them to try."""

from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import SQL

from .common import SOFTWARE_PIN, TECHNICAL_KEY, OpenPCECommon
from .dian_fake import fake_dian

#: Fields whose value belongs to the server; the PIN in clear is looked for as a whole word.
SECRETS = {
    "l10n_co_openpce.certificate": ["key_encrypted"],
    "res.company": ["l10n_co_openpce_software_pin_encrypted", "l10n_co_openpce_software_pin"],
    "l10n_co_openpce.numbering.range": ["technical_key", "technical_key_encrypted"],
}
FILES = ("signed_xml", "application_response", "container")
#: Table → condition: what no stranger may change, compared row by row.
_WATCHED = {
    "l10n_co_openpce_document": SQL("TRUE"),
    "l10n_co_openpce_numbering_range": SQL("TRUE"),
    "l10n_co_openpce_certificate": SQL("TRUE"),
    "ir_attachment": SQL("res_model = 'l10n_co_openpce.document'"),
    "account_journal": SQL("l10n_co_openpce_enabled"),
}


class AccessCommon(OpenPCECommon):
    """`cls.move` and `cls.document` accepted, `cls.waiting` queued, and users by audience."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Otra compañía"})
        cls.plain = cls.create_user("plain", "base.group_user")
        cls.auditor = cls.create_user("auditor", "account.group_account_readonly")
        cls.manager = cls.create_user("manager", "account.group_account_manager")
        cls.system = cls.create_user("system", "base.group_system")
        cls.stranger = cls.create_user("stranger", "account.group_account_manager", cls.other)
        cls.portal = cls.create_user("portal", "base.group_portal")
        cls.customer = cls.create_user(
            "customer", "base.group_portal", partner_id=cls.customer_company.id
        )
        cls.public = cls.env.ref("base.public_user")
        #: Whoever may neither see nor do anything about the company's submissions.
        cls.outsiders = (cls.plain, cls.portal, cls.customer, cls.stranger, cls.public)
        cls.move = cls.create_invoice(post=True)
        cls.document = cls.move.l10n_co_openpce_document_id.sudo()
        with fake_dian(cls.env):
            cls.document._process()
        cls.document._get_container()
        cls.waiting = cls.create_invoice(post=True)

    @classmethod
    def create_user(cls, name, groups, company=None, **values):
        company = company or cls.company
        return new_test_user(
            cls.env,
            f"openpce_{name}",
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            **values,
        )

    def snapshot(self):
        """What is stored of submissions, settings and invoices: {(table, id): row}."""
        self.env.flush_all()
        rows = {}
        moves = tuple((self.move + self.waiting).ids)
        watched = {
            **_WATCHED,
            "account_move": SQL("id IN %s", moves),
            "account_move_line": SQL("move_id IN %s", moves),
            "res_company": SQL("id = %s", self.company.id),
            "res_partner": SQL("id = %s", self.company.partner_id.id),
        }
        for table, condition in watched.items():
            # JSON, so that two rows compare as they are stored
            found = self.env.execute_query(
                SQL(
                    "SELECT id, to_jsonb(t) - 'write_date' FROM %s t WHERE %s",
                    SQL.identifier(table),
                    condition,
                )
            )
            rows.update({(table, row[0]): row[1] for row in found})
        return rows

    def assert_reveals_nothing(self, result, message):
        """No secret in what came back, in whatever shape it came."""
        text = repr(result)
        self.assertNotIn("v1:", text, message)
        self.assertNotIn(TECHNICAL_KEY, text, message)
        self.assertNotRegex(text, rf"\b{SOFTWARE_PIN}\b", message)

    @contextmanager
    def undone(self):
        """Run something and undo it, whether it was refused or not."""
        savepoint = self.env.cr.savepoint(flush=True)
        try:
            yield
        finally:
            savepoint.rollback()
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

    def assert_refused(self, route, message, *errors):
        """``route`` ends in an access error (or one of ``errors``), and in nothing else."""
        refusals = errors or (AccessError,)
        with self.undone():
            try:
                result = route()
                self.env.flush_all()
            except refusals:
                return
        self.fail(f"{message}: {result!r:.200}")

    def _refuses(self, route, *texts):
        """``route`` is refused with a message that holds ``texts``: what, why and where to mend."""
        with self.undone(), self.assertRaises(UserError) as refusal:
            route()
            self.env.flush_all()
        for text in texts:
            self.assertIn(text, str(refusal.exception))
