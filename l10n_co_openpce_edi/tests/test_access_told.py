"""What DIAN was told is not undone sideways: contacts, merges, ranges, renumbering."""

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common_access import AccessCommon
from .dian_fake import fake_dian


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccessTold(AccessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pending = cls.waiting.l10n_co_openpce_document_id.sudo()
        cls.clerk = cls.create_user(
            "clerk", "account.group_account_manager,base.group_partner_manager"
        )
        cls.customer = cls.customer_company.with_user(cls.clerk)

    def _put(self, document, **values):
        """Store values that no door lets through (tests only)."""
        document.flush_recordset()
        for name, value in values.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE l10n_co_openpce_document SET %s = %s WHERE id = %s",
                    SQL.identifier(name),
                    value,
                    document.id,
                )
            )
        document.invalidate_recordset()
        document.modified(["state"])

    def _refuses(self, route, *texts):
        with self.undone(), self.assertRaises(UserError) as refusal:
            route()
            self.env.flush_all()
        for text in texts:
            self.assertIn(text, str(refusal.exception), "what, why, and where to mend it")

    # Identification numbers

    def test_a_number_dian_was_told_stays(self):
        told = {
            "accepted in production": (self.document, {"environment": "production"}),
            "being sent": (self.pending, {"state": "sending"}),
            "in doubt": (self.pending, {"state": "in_doubt"}),
            "signed and waiting": (self.pending, {"state": "prepared", "cufe": "a" * 96}),
        }
        for what, (document, values) in told.items():
            with self.subTest(what), self.undone():
                self._put(document, **values)
                self._refuses(
                    lambda: self.customer.write({"vat": "901222333"}),
                    "900123456",
                    document.number,
                    "credit note",
                    "draft",
                )
                self._refuses(lambda: self.customer.write({"vat": False}), "900123456")
                self._refuses(
                    lambda: self.company.partner_id.write({"vat": "901222333"}), "900508908"
                )

    def test_the_same_number_may_be_written_otherwise(self):
        self._put(self.document, environment="production")
        self.customer.write({"vat": "900.123.456-8", "name": "CLIENTE EJEMPLAR S.A.S."})
        self.assertEqual(self.customer_company.l10n_co_openpce_nit, "900123456")

    def test_a_number_nobody_was_told_is_mended(self):
        """Queued without a file, or accepted by a service without legal effect."""
        self.customer.write({"vat": "901222333"})
        with fake_dian(self.env):
            self.pending._process()
        self.assertEqual(self.pending.state, "accepted")
        self.assertIn("901222333", self.pending._get_file("signed_xml").decode())

    def test_merging_does_not_give_an_invoice_to_somebody_else(self):
        self._put(self.document, environment="production")
        Wizard = self.env["base.partner.merge.automatic.wizard"]
        both = self.customer_company + self.customer_foreign
        for target in both:
            with self.subTest(target=target.name):
                self._refuses(lambda t=target: Wizard._merge(both.ids, t), self.document.number)
        with self.undone():
            twin = self.customer_company.copy({"name": "Duplicado"})
            Wizard._merge((self.customer_company + twin).ids, self.customer_company)
            self.assertFalse(twin.exists(), "the same number twice is one customer")

    # Numbers

    def test_the_renumbering_wizard_leaves_what_dian_knows(self):
        for move, text in ((self.move, "credit note"), (self.waiting, "draft")):
            wizard = (
                self.env["account.resequence.wizard"]
                .with_user(self.clerk)
                .with_context(active_model="account.move", active_ids=move.ids)
                .create({"first_name": "SETP990000500"})
            )
            self._refuses(wizard.resequence, text)

    def test_a_number_of_a_range_is_issued_once_in_whatever_journal(self):
        other = self.journal.copy({"code": "OTRO"})
        with self.assertRaises(Exception) as refusal, self.env.cr.savepoint():
            self.env["l10n_co_openpce.document"].sudo().create(
                {
                    "move_id": self.create_invoice(journal_id=other.id).id,
                    "company_id": self.company.id,
                    "environment": "sandbox",
                    "number": self.move.name,
                    "range_id": self.range.id,
                }
            )
        self.assertIn("unique_number", str(refusal.exception))

    # Ranges

    def test_a_range_in_use_is_not_deleted_an_unused_one_is(self):
        self._refuses(self.range.with_user(self.system).unlink, "Archive", "SETP")
        unused = self.create_range(self.company, self.journal, prefix="SETG")
        unused.with_user(self.system).unlink()
        self.assertFalse(unused.exists())
