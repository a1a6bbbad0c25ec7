"""What the inbox asks the database: no more for many bills, and nothing of others' tasks."""

from odoo import Command
from odoo.tests import tagged

from .bill_common import BillCommon


@tagged("post_install", "-at_install")
class TestBillQueries(BillCommon):
    def _open_inbox(self, user):
        """The first page and the counters, as the screen asks for them."""
        bills = self.env["openpce.bill"].with_user(user).with_company(self.company)
        columns = ("ref", "partner_id", "holder", "deadline", "age", "overdue", "state")
        mine = [("holder_ids", "in", user.ids)]
        found = bills.web_search_read(mine, {name: {} for name in columns}, limit=80)
        for box in ("current_week", "last_week", "earlier", "held"):
            bills.search_count([*mine, ("mailbox", "=", box)])
        return found["length"]

    def test_inbox_asks_no_more_for_many_bills(self):
        self._distribution(self.ana)
        self._bill()
        self._open_inbox(self.ana)  # fills the caches of the registry
        few = self._count_queries(lambda: self._open_inbox(self.ana))
        for _more in range(5):
            self._bill()
        self.assertEqual(self._open_inbox(self.ana), 6)
        many = self._count_queries(lambda: self._open_inbox(self.ana))
        self.assertEqual(many, few)
        self.assertLessEqual(many, 25)

    def test_inbox_names_the_teams(self):
        """PostgreSQL gets the numbers of the teams: a subquery would make it read every task."""
        self.dispatchers.member_ids = [Command.link(self.ana.id)]
        self._bill()  # no criteria: to the dispatchers
        bills = self.env["openpce.bill"].with_company(self.company)
        domain = [("holder_ids", "in", self.ana.ids)]
        self.assertTrue(bills.search(domain))
        self.assertNotIn("openpce_bill_team_member_rel", bills._search(domain).select().code)

    def test_inbox_of_a_team_that_was_archived(self):
        """What an archived team still holds stays in the inbox of its members."""
        self.dispatchers.member_ids = [Command.link(self.ana.id)]
        bill = self._bill()
        self.dispatchers.active = False
        bills = self.env["openpce.bill"].with_user(self.ana).with_company(self.company)
        self.assertIn(bill, bills.search([("holder_ids", "in", self.ana.ids)]))
        self.assertNotIn(bill, bills.search([("holder_ids", "in", self.dora.ids)]))
