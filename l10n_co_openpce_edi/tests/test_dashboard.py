"""The dashboard tells how many invoices wait, are sent, in doubt, to be mended, not delivered."""

import ast

from lxml import etree
from odoo.tests import tagged

from .common import OpenPCECommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDashboard(OpenPCECommon):
    def test_every_state_is_counted_once_and_its_link_finds_the_same_invoices(self):
        states = ("draft", "prepared", "sending", "in_doubt", "rejected", "invalid", "accepted")
        moves = {state: self.create_invoice(post=True) for state in (*states, "bounced", "x")}
        for state, move in moves.items():
            document = move.l10n_co_openpce_document_id.sudo()
            if state in states:
                self.env.cr.execute(
                    "UPDATE l10n_co_openpce_document SET state = %s WHERE id = %s",
                    (state, document.id),
                )
            else:
                self.env.cr.execute(
                    "UPDATE l10n_co_openpce_document SET state = 'accepted',"
                    " delivery_state = %s WHERE id = %s",
                    ("bounced" if state == "bounced" else "delivered", document.id),
                )
        documents = self.env["l10n_co_openpce.document"].sudo().search([])
        documents.invalidate_recordset()
        documents.modified(["state"])
        self.env.flush_all()
        journal = self.journal.with_user(self.accountant)
        counted = journal._get_journal_dashboard_data_batched()[journal.id]
        expected = {"to_send": 2, "sending": 1, "in_doubt": 1, "rejected": 2, "undelivered": 1}
        view = self.env["account.move"].get_view(
            self.env.ref("account.view_account_invoice_filter").id, "search"
        )["arch"]
        for name, count in expected.items():
            with self.subTest(name):
                name = f"l10n_co_openpce_{name}"
                self.assertEqual(counted[name], count)
                domain = self._get_domain(view, name)
                found = self.env["account.move"].with_user(self.accountant).search(domain)
                self.assertEqual(
                    len(found & self.env["account.move"].union(*moves.values())), count
                )

        view = documents.get_view(view_type="search")["arch"]
        found = documents.search(self._get_domain(view, "undelivered")).move_id
        self.assertEqual(found, moves["bounced"], "accepted a moment ago is no failed delivery")

    def _get_domain(self, view, name):
        """Domain of the filter ``name`` of a search view."""
        node = etree.fromstring(view).find(f".//filter[@name='{name}']")
        return ast.literal_eval(node.get("domain"))
