"""What DIAN was told is not undone sideways: contacts, merges, ranges, renumbering."""

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger
from psycopg2 import IntegrityError

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

    def test_a_contact_does_not_take_the_number_of_a_new_parent(self):
        """A citizen's card and a NIT may be written alike; under a company the NIT counts."""
        person = self.customer_person
        person.write({"vat": "900123456-8", "street": "Calle 1 # 2 - 3"})
        self.customer_company.write({"vat": "900123456-8"})
        self.assertNotEqual(person.l10n_co_openpce_nit, self.customer_company.l10n_co_openpce_nit)
        move = self.create_invoice(partner=person, post=True)
        parent = {"parent_id": self.customer_company.id}
        with self.undone():
            person.with_user(self.clerk).write(parent)
            self.assertEqual(person.l10n_co_openpce_nit, "900123456", "nobody was told: it may")
        self._put(move.l10n_co_openpce_document_id.sudo(), state="in_doubt")
        self._refuses(lambda: person.with_user(self.clerk).write(parent), move.name, "9001234568")

    def test_odoo_refuses_a_parent_with_another_number(self):
        """Of whoever has entries; our lock is behind it, for numbers that are written alike."""
        self.create_invoice(partner=self.customer_person, post=True)
        person = self.customer_person.with_user(self.clerk).with_context(lang="en_US")
        self._refuses(lambda: person.write({"parent_id": self.customer_company.id}), "different")

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

    @mute_logger("odoo.sql_db")
    def test_a_number_of_a_range_is_issued_once_in_whatever_journal(self):
        other = self.journal.copy({"code": "OTRO"})
        with self.assertRaises(IntegrityError) as refusal, self.env.cr.savepoint():
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

    def test_a_range_in_use_stays_what_it_was(self):
        other = self.journal.copy({"code": "OTRO"})
        both = self.create_user("both", "base.group_system,account.group_account_manager")
        refusals = {
            "at DIAN": (
                {"resolution": "18760000002"},
                {"first_number": 990000001},
                {"environment": "production"},
                {"document_type": "03"},
            ),
            "its journal and prefix stay": (
                {"prefix": "SETG"},
                {"journal_id": other.id},
                {"journal_id": False},
                {"journal_id": False, "last_number": 990000000},
            ),
            "cannot end before": (
                {"last_number": 990000000},
                {"last_number": 990000000, "active": False},
            ),
        }
        for user in (self.system, both):
            numbering = self.range.with_user(user)
            for text, cases in refusals.items():
                for values in cases:
                    with self.subTest(user=user.name, values=values):
                        self._refuses(
                            lambda n=numbering, v=values: n.write(v), "SETP990000000 - ", text
                        )
            for values in (
                {"resolution": "18760000001", "sequence": 3, "date_to": "2031-01-01"},
                {"last_number": 996000000},
                {"last_number": 990000001},
            ):
                with self.subTest(user=user.name, values=values), self.undone():
                    numbering.write(values)
                    self.env.flush_all()

    def test_a_range_in_use_is_not_deleted_an_unused_one_is(self):
        self._refuses(self.range.with_user(self.system).unlink, "Archive", "SETP")
        unused = self.create_range(self.company, self.journal, prefix="SETG")
        unused.with_user(self.system).unlink()
        self.assertFalse(unused.exists())

    # Invoices

    def test_a_settled_invoice_gets_no_other_lines_by_import(self):
        """Through the invoice Odoo refuses a posted one first; its own line or a key gets past."""
        move = self.move.with_user(self.accountant).with_context(lang="en_US")
        line = move.invoice_line_ids[:1]
        columns = [".id", "invoice_line_ids/.id", "invoice_line_ids/price_unit"]
        row = [str(move.id), str(line.id), "1"]
        unguarded = move.with_context(skip_readonly_check=True)
        for what, route, text in (
            ("invoice", lambda: move.load(columns, [row]), "readonly"),
            ("key", lambda: unguarded.load(columns, [row]), "DIAN"),
            ("line", lambda: line.load([".id", "price_unit"], [[str(line.id), "1"]]), "DIAN"),
            (
                "new line",
                lambda: line.load(
                    ["move_id/.id", "name", "price_unit"], [[str(move.id), "Más", "1"]]
                ),
                "DIAN",
            ),
        ):
            with self.subTest(what), self.undone():
                result = route()
                self.assertFalse(result["ids"])
                self.assertIn(text, str(result["messages"]))
        self._refuses(
            lambda: unguarded.write({"invoice_line_ids": [Command.create({"name": "x"})]}), "DIAN"
        )
        self.assertEqual(line.price_unit, 250000.0)

    def test_archived_parties_do_not_stop_what_is_on_its_way(self):
        move = self.create_invoice(partner=self.customer_person, post=True)
        self.customer_person.with_user(self.clerk).active = False
        document = move.l10n_co_openpce_document_id.sudo()
        with fake_dian(self.env):
            document._process()
        self.assertEqual(document.state, "accepted", document.message)
