from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..bill_flow.transitions import State
from .openpce_bill import MAILBOXES, STATES

#: Which groups the left pane has on which screen (R86, R96, R119).
_GROUPS = {"revision": "revise_reason", "treatment": "mailbox", "approval": "mailbox"}
#: Most bills of one mailbox; who has more searches.
MOST_BILLS = 20_000
_ORDERS = {
    "deadline": "deadline NULLS LAST, entry_date, id",
    "entry": "entry_date, id",
    "newest": "entry_date desc, id desc",
    "due": "invoice_date_due NULLS LAST, id",
    "amount": "amount_company desc, id",
    "supplier": "commercial_partner_id, entry_date, id",
}


class OpenpceBill(models.Model):
    """What the bill desk asks for: the mailbox in its groups, and what is beside the bill."""

    _inherit = "openpce.bill"

    desk_note = fields.Char(
        "What is wrong", compute="_compute_desk_note", help="Why it waits in this group."
    )

    @api.depends("state", "missing", "duplicate_ids", "hold_reason", "repeated")
    @api.depends_context("lang", "uid")
    def _compute_desk_note(self):
        words = dict(self._fields["hold_reason"]._description_selection(self.env))
        for bill in self:
            notes = [words[bill.hold_reason]] if bill.hold_reason else []
            if bill.repeated:
                notes += [
                    self.env._(
                        "Repeats %(number)s: %(state)s",
                        number=row["number"],
                        # of another company nothing is told but why it is alike
                        state=row.get("state") or row["why"],
                    )
                    for row in bill._get_duplicate_rows()
                ]
            if bill.incomplete and bill.missing_text:
                notes.append(self.env._("Empty: %s", bill.missing_text))
            bill.desk_note = " · ".join(notes)

    @api.model
    def get_desk_mailbox(self, domain, screen=False, order="deadline"):
        """The bills of a search in the groups of the screen, in one query.

        :param domain: of the search; the rights of the user apply as in every search.
        :param screen: ``revision``, ``treatment``, ``approval``; anything else groups by state.
        :param order: one of ``deadline``, ``entry``, ``newest``, ``due``, ``amount``, ``supplier``.
        :return: ``{"groups": [{"name", "label", "bills": [[bill id, entry id], …]}], "more"}``;
            groups of the mailbox are there also when they are empty, others are not; ``more``
            tells that there are more bills than are given.
        """
        # whatever the browser names: what is no text is no key of a dictionary
        order = _ORDERS.get(str(order), _ORDERS["deadline"])
        query = self._search(Domain(domain), order=order, limit=MOST_BILLS + 1)
        field = _GROUPS.get(str(screen), "state")
        group = (
            self._get_mailbox_sql(query)
            if field == "mailbox"
            else self._field_to_sql(query.table, field, query)
        )
        columns = (self._field_to_sql(query.table, name, query) for name in ("id", "move_id"))
        rows = self.env.execute_query(query.select(*columns, group))
        bills = {}
        for bill, entry, name in rows[:MOST_BILLS]:
            bills.setdefault(name or "other", []).append([bill, entry or False])
        labels = self._get_desk_labels(field)
        return {
            "groups": [
                {"name": name, "label": label, "bills": bills.get(name, [])}
                for name, label in labels.items()
                if name in bills or field == "mailbox"
            ],
            "more": len(rows) > MOST_BILLS,
        }

    def _get_mailbox_sql(self, query):
        """The group of each bill of a query, cut as ``_search_mailbox`` does it (A26)."""
        this_week, last_week = self._get_week_moments()
        return SQL(
            """CASE WHEN %(state)s = %(held_state)s THEN 'held'
                    WHEN %(entered)s >= %(this_week)s THEN 'current_week'
                    WHEN %(entered)s >= %(last_week)s THEN 'last_week'
                    ELSE 'earlier' END""",
            state=self._field_to_sql(query.table, "state", query),
            held_state=State.IN_DISTRIBUTION.value,
            entered=self._field_to_sql(query.table, "entry_date", query),
            this_week=this_week,
            last_week=last_week,
        )

    def _get_desk_labels(self, field):
        """Groups in the order of the screen: technical name, name in the user's language."""
        if field == "revise_reason":
            words = dict(self._fields[field]._description_selection(self.env))
            return {**words, "other": self.env._("To be checked")}
        names = MAILBOXES if field == "mailbox" else STATES
        words = dict(self._fields[field]._description_selection(self.env))
        return {name: words[name] for name, _label in names}

    @api.model
    def get_desk_details(self, ids):
        """What stands around the bill: documents, approvals, who else has lines.

        :return: ``{bill id: {"documents", "approvals", "owners"}}``; bills
            that are gone or that the user may not read (any more) are left out.
        """
        bills = self.browse(ids).exists()._filtered_access("read")
        documents = bills.get_desk_documents()
        return {
            bill.id: {
                "documents": documents.get(bill.id, []),
                "approvals": bill._get_desk_approvals(),
                "owners": bill._get_desk_owners(),
            }
            for bill in bills
        }

    def _get_desk_approvals(self):
        """Levels of the approval with their persons: approved, asked now, or later (R119, R122)."""
        self.ensure_one()
        return [
            {
                "level": row["number"],
                "any_of": row["any_of"],
                "persons": [
                    {
                        "name": person["name"],
                        "approved": person["approved"],
                        "asked": person["asked"],
                    }
                    for person in row["persons"]
                ],
            }
            for row in self._get_level_rows()
        ]

    def _get_desk_owners(self):
        """Owners of lines and how many lines each has not confirmed yet (R121, A35)."""
        # sudo: names of who has lines of a bill are no secret to who sees the bill
        lines = self.sudo().move_id.invoice_line_ids.filtered("openpce_owner_id")
        return [
            {
                "name": owner.display_name,
                "lines": len(own),
                "open": len(own.filtered(lambda line: not line.openpce_confirmed_at)),
            }
            for owner, own in lines.grouped("openpce_owner_id").items()
        ]
