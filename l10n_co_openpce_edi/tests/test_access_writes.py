"""Changes while a submission is under way or settled: refused, or carried through, never silent."""

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_access import AccessCommon
from .dian_fake import fake_dian, fake_files


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccessWrites(AccessCommon):
    def setUp(self):
        super().setUp()
        self.pending = self.waiting.l10n_co_openpce_document_id.sudo()

    def _postpone(self):
        """The waiting invoice gets its signed file, and DIAN is not there to take it."""
        with fake_dian(self.env, "unavailable"), fake_files(self.env):
            self.pending._process()
        self.assertEqual(self.pending.state, "prepared")
        self.assertTrue(self.pending.signed_xml)

    # The state is the submission's

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_nobody_writes_the_state_an_invoice_has_at_dian(self):
        """Computed and stored is not read-only: a forged state would open a locked invoice."""
        for user in (self.accountant, self.manager):
            move = self.move.with_user(user)
            for values in (
                {"l10n_co_openpce_state": "rejected"},
                {"l10n_co_openpce_document_id": False},
                {"l10n_co_openpce_state": False, "narration": "x"},
            ):
                with self.subTest(user=user.name, values=values):
                    self._refuses(lambda m=move, v=values: m.write(v))
            vals = {
                "move_type": "out_invoice",
                "partner_id": self.customer_company.id,
                "journal_id": self.journal.id,
                "l10n_co_openpce_state": "accepted",
                "l10n_co_openpce_document_id": self.document.id,
            }
            self._refuses(lambda m=move, v=vals: m.create(v))
            with self.undone():
                loaded = move.load(
                    [".id", "l10n_co_openpce_state"], [[str(self.move.id), "rejected"]]
                )
                self.assertFalse(loaded["ids"])
            self.assertEqual(self.move.l10n_co_openpce_state, "accepted")

    # What waits

    def test_an_invoice_that_is_no_longer_posted_is_not_sent(self):
        """Whatever way it left the state: button, API, import."""
        for state in ("draft", "cancel"):
            with self.subTest(state), self.undone():
                self.waiting.with_user(self.accountant).write({"state": state})
                self.assertEqual(self.pending.state, "invalid", "the submission is withdrawn")
                with fake_dian(self.env) as dian:
                    self.pending._process()
                self.assertFalse(dian.calls)

    def test_a_waiting_invoice_keeps_its_number(self):
        move = self.waiting.with_user(self.accountant)
        self._refuses(lambda: move.write({"name": "SETP990000777"}), self.waiting.name, "draft")

    def test_a_signed_file_is_not_outdated_by_a_change(self):
        """DIAN was away: the file that goes later says what the books say."""
        self._postpone()
        move = self.waiting.with_user(self.accountant)
        line = move.invoice_line_ids[:1]
        for what, route in {
            "price": lambda: line.write({"price_unit": 1.0}),
            "means": lambda: move.write({"l10n_co_openpce_payment_form": "2"}),
        }.items():
            with self.subTest(what):
                self._refuses(route, self.waiting.name, "draft")
        with self.undone():
            move.button_draft()
            self.assertEqual(self.pending.state, "invalid")

    def test_a_waiting_invoice_without_a_file_may_still_be_mended(self):
        line = self.waiting.with_user(self.accountant).invoice_line_ids[:1]
        with self.undone():
            line.write({"name": "Silla mejorada"})
            self.env.flush_all()
            self.assertEqual(line.name, "Silla mejorada")

    # What is settled

    def test_texts_and_delivery_of_what_dian_has_do_not_change(self):
        move = self.move.with_user(self.accountant)
        for name, value in {
            "narration": "<p>Otra nota</p>",
            "ref": "OC-999",
            "invoice_origin": "SO999",
            "payment_reference": "otra",
            "partner_shipping_id": self.customer_person.id,
            "delivery_date": "2020-01-01",
        }.items():
            with self.subTest(name):
                self._refuses(lambda n=name, v=value: move.write({n: v}), self.move.name)

    def test_payment_form_stays_when_the_due_date_is_moved(self):
        """Due dates are free; that the invoice was for cash is what DIAN was told."""
        move = self.move.with_user(self.accountant)
        form = move.l10n_co_openpce_payment_form
        means = move.l10n_co_openpce_payment_means_id
        move.write({"invoice_date_due": fields.Date.add(fields.Date.today(), days=60)})
        self.env.flush_all()
        self.assertEqual(move.l10n_co_openpce_payment_form, form)
        self.assertEqual(move.l10n_co_openpce_payment_means_id, means)

    def test_an_invoice_with_submissions_is_not_deleted(self):
        self.waiting.button_draft()
        for user in (self.accountant, self.manager):
            move = self.waiting.with_user(user).with_context(force_delete=True)
            self._refuses(move.unlink, "DIAN")

    def test_locks_look_at_no_context_key(self):
        keys = (
            "skip_account_move_synchronization",
            "skip_readonly_check",
            "force_delete",
            "dynamic_unlink",
            "install_mode",
            "import_file",
            "tracking_disable",
            "bypass_audit",
            "module",
        )
        context = {**dict.fromkeys(keys, True), "check_move_validity": False}
        move = self.move.with_user(self.accountant).with_context(**context)
        line = move.invoice_line_ids[:1]
        for what, route in {
            "customer": lambda: move.write({"partner_id": self.customer_person.id}),
            "date": lambda: move.write({"invoice_date": "2020-01-01"}),
            "draft": lambda: move.write({"state": "draft"}),
            "cancel": lambda: move.write({"state": "cancel"}),
            "price": lambda: line.write({"price_unit": 1}),
            "removed": lambda: line.unlink(),
            "replaced": lambda: move.write({"line_ids": [Command.clear()]}),
            "amount": lambda: line.write({"balance": -1}),
            "deleted": lambda: move.unlink(),
        }.items():
            with self.subTest(what):
                self._refuses(route)

    # Settings

    def test_a_journal_switched_off_leaves_what_was_begun_to_dian(self):
        self.journal.l10n_co_openpce_enabled = False
        self.assertTrue(self.move.l10n_co_openpce_required, "accepted: still DIAN's document")
        self.assertTrue(self.waiting.l10n_co_openpce_required, "queued: still on its way")
        with fake_dian(self.env), fake_files(self.env):
            self.pending._process()
        self.assertEqual(self.pending.state, "accepted")

    def test_without_certificate_what_waits_says_so(self):
        for how, remove in {
            "archived": lambda: self.certificate.write({"active": False}),
            "deleted": self.certificate.unlink,
        }.items():
            with self.subTest(how), self.undone():
                remove()
                self.pending._process()
                self.assertEqual(self.pending.state, "prepared", "it waits for a new one")
                self.assertIn("administrator", self.pending.message)
                self.assertIn("certificate", self.pending.message)

    def test_settings_tell_of_the_invoices_under_way(self):
        settings = self.env["res.config.settings"].with_user(self.system)
        for name, value in {
            "l10n_co_openpce_environment": "production",
            "l10n_co_openpce_software_id": "x",
            "l10n_co_openpce_software_pin": "x",
        }.items():
            with self.subTest(name):
                page = settings.new({})
                self.assertFalse(page._onchange_l10n_co_openpce_software())
                page[name] = value
                answer = page._onchange_l10n_co_openpce_software()
                self.assertIn("One invoice is on its way", answer["warning"]["message"])
        self.assertIn("2 invoices are", settings._l10n_co_openpce_describe_pending(2))

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_settings_are_the_administrators_business(self):
        company = self.company
        for user in (self.accountant, self.manager, self.auditor, self.plain):
            for name, value in {
                "l10n_co_openpce_environment": "production",
                "l10n_co_openpce_sandbox_url": "http://elsewhere.example",
                "l10n_co_openpce_software_id": "x",
                "l10n_co_openpce_software_pin": "x",
                "l10n_co_openpce_test_set_id": "x",
            }.items():
                with (
                    self.subTest(user=user.name, field=name),
                    self.undone(),
                    self.assertRaises(AccessError),
                ):
                    company.with_user(user).write({name: value})
