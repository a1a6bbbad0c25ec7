"""Numbers of the invoices that go to DIAN: from the authorised range, and never outside it."""

import re

from odoo import fields, models
from odoo.tools import SQL


class AccountMove(models.Model):
    _inherit = "account.move"

    # -------------------------------------------------------------------------
    # Numbers
    # -------------------------------------------------------------------------

    def _l10n_co_openpce_get_range(self):
        """The range the invoice's number belongs to, else the one of its date (may be empty)."""
        self.ensure_one()
        ranges = self.journal_id.sudo().l10n_co_openpce_range_ids.filtered(
            lambda r: (
                r.environment == self.company_id.l10n_co_openpce_environment
                and r.document_type == "01"
            )
        )
        own = ranges.filtered(
            lambda r: self.name and self._l10n_co_openpce_get_serial(r) is not None
        )
        if own:
            return own[:1]
        date = self.invoice_date or fields.Date.context_today(self)
        valid = ranges.filtered(lambda r: r.date_from <= date <= r.date_to)
        # The first that has numbers left; used up, the last one explains why nothing can be issued.
        left = (r for r in valid if self._l10n_co_openpce_get_last_serial(r) < r.last_number)
        return next(left, valid[-1:])

    def _l10n_co_openpce_get_serial(self, authorised):
        """The number without prefix if it lies in the range, else None."""
        prefix = authorised.prefix or ""
        serial = (self.name or "").removeprefix(prefix)
        if not (self.name or "").startswith(prefix) or not re.fullmatch(r"[0-9]+", serial):
            return None
        return (
            int(serial)
            if authorised.first_number <= int(serial) <= authorised.last_number
            else None
        )

    def _l10n_co_openpce_get_number_problem(self, authorised, date):
        """One sentence why the number may not be issued on ``date``, or an empty string."""
        self.ensure_one()
        if not authorised:
            return self.env._(
                "Journal %s has no DIAN numbering range for this date.",
                self.journal_id.display_name,
            )
        if self._l10n_co_openpce_get_serial(authorised) is None:
            return self.env._(
                "Number %(number)s is not in the authorised range %(range)s.",
                number=self.name,
                range=authorised.display_name,
            )
        if not authorised.date_from <= date <= authorised.date_to:
            return self.env._(
                "%(date)s is outside the validity of range %(range)s (%(start)s to %(end)s).",
                date=date,
                range=authorised.display_name,
                start=authorised.date_from,
                end=authorised.date_to,
            )
        return ""

    def _get_next_sequence_format(self):
        # EXTENDS 'account': numbers follow DIAN's ranges, from the first number, no zeros, no year
        authorised = self.l10n_co_openpce_required and self._l10n_co_openpce_get_range()
        if not authorised:
            return super()._get_next_sequence_format()
        last = max(self._l10n_co_openpce_get_last_serial(authorised), authorised.first_number - 1)
        return (authorised.prefix or "").replace("{", "{{").replace("}", "}}") + "{seq:d}", {
            "seq": last
        }

    def _l10n_co_openpce_get_last_serial(self, authorised):
        """The highest number of the range that the journal has used, 0 without any.

        One indexed query per width of the number: the sequence index splits names at their last
        digits, which for a prefix such as FE1 is inside the prefix.
        """
        self.flush_model(["name", "sequence_prefix", "sequence_number", "journal_id"])
        prefix = authorised.prefix or ""
        for width in range(
            len(str(authorised.last_number)), len(str(authorised.first_number)) - 1, -1
        ):
            low = max(authorised.first_number, 10 ** (width - 1))
            high = min(authorised.last_number, 10**width - 1)
            first, last = (
                self._l10n_co_openpce_split(f"{prefix}{number}") for number in (low, high)
            )
            rows = self.env.execute_query(
                SQL(
                    "SELECT name FROM account_move WHERE journal_id = %s AND sequence_prefix = %s"
                    " AND sequence_number BETWEEN %s AND %s AND id != %s AND name != '/'"
                    " ORDER BY sequence_number DESC LIMIT 1",
                    self.journal_id.id,
                    first[0],
                    first[1],
                    last[1],
                    self._origin.id or 0,
                )
            )
            if rows:
                return int(rows[0][0].removeprefix(prefix))
        return 0

    def _l10n_co_openpce_split(self, name):
        """Prefix and number as the sequence mixin stores them."""
        start = re.match(self._sequence_fixed_regex, name).start("seq")
        return name[:start], int(name[start:])

    def _sequence_matches_date(self):
        # EXTENDS 'account': digits of a DIAN number are never a year
        return self.l10n_co_openpce_required or super()._sequence_matches_date()
