"""The numbers of a range: their names, where Odoo's sequence index keeps them, the last one."""

import re

from odoo import models
from odoo.tools import SQL


class L10nCoOpenpceNumberingRange(models.Model):
    _inherit = "l10n_co_openpce.numbering.range"

    def _format_number(self, number):
        """Full document number: prefix and number without a separator (FAD05)."""
        self.ensure_one()
        return f"{self.prefix or ''}{number}"

    def _next_starting_number(self):
        """What `_get_starting_sequence` returns: the name just BEFORE the first of this range.

        The sequence mixin adds one to it, so SETP990000000 is the first name given.
        """
        self.ensure_one()
        return self._format_number(self.first_number - 1)

    def _parse_number(self, name):
        """Number of a document name, None when the name is not one of this range.

        One number has one name: leading zeros would make a second one of it.
        """
        self.ensure_one()
        prefix = self.prefix or ""
        number = (name or "").removeprefix(prefix)
        if not (name or "").startswith(prefix) or not re.fullmatch(r"[1-9][0-9]{0,8}", number):
            return None
        return int(number) if self.first_number <= int(number) <= self.last_number else None

    def _get_spans(self):
        """First and last number of the range, width by width: 8 to 9, 10 to 99, 100 to 120."""
        first, last = self.first_number, self.last_number
        return [
            (max(first, 10 ** (width - 1)), min(last, 10**width - 1))
            for width in range(len(str(first)), len(str(last)) + 1)
        ]

    def _get_index_keys(self):
        """Prefix, first and last number of the parts in which Odoo's sequence index has the range.

        The index splits a name at its last digits. For a prefix such as FE1 that is inside the
        prefix (FE110 is FE, 110), unless the journal was taught better when the name was given.
        """
        prefix = self.prefix or ""
        keys = [(prefix, self.first_number, self.last_number)]
        if prefix[-1:].isdigit():
            split = self.env["account.move"]._l10n_co_openpce_split
            for low, high in self._get_spans():
                keys.append((*split(f"{prefix}{low}"), split(f"{prefix}{high}")[1]))
        return keys

    def _get_last_number(self, exclude=None):
        """The highest number of the range that its journal has given, 0 without any.

        :param exclude: invoice that does not count.
        """
        self.ensure_one()
        if not self.journal_id or not self.first_number:
            return 0
        fields_read = ["name", "sequence_prefix", "sequence_number", "journal_id"]
        self.env["account.move"].flush_model(fields_read)
        highest = 0
        for prefix, first, last in self._get_index_keys():
            rows = self.env.execute_query(
                SQL(
                    "SELECT name FROM account_move WHERE journal_id = %s AND sequence_prefix = %s"
                    " AND sequence_number BETWEEN %s AND %s"
                    " AND name = sequence_prefix || sequence_number AND id != %s"
                    " ORDER BY sequence_number DESC LIMIT 1",
                    self.journal_id._origin.id or self.journal_id.id,
                    prefix,
                    first,
                    last,
                    (exclude and exclude._origin.id) or 0,
                )
            )
            if rows:
                highest = max(highest, self._parse_number(rows[0][0]) or 0)
        return highest

    def _shares_names(self, other):
        """Whether a document name could be one of both ranges, as FE15 of FE + 15 and FE1 + 5."""
        short, long = sorted((self, other), key=lambda r: len(r.prefix or ""))
        tail = (long.prefix or "").removeprefix(short.prefix or "")
        if not (long.prefix or "").startswith(short.prefix or "") or tail.startswith("0"):
            return False
        if not tail:
            spans = [(long.first_number, long.last_number)]
        elif tail.isdigit():
            spans = [(int(f"{tail}{low}"), int(f"{tail}{high}")) for low, high in long._get_spans()]
        else:
            return False
        return any(low <= short.last_number and high >= short.first_number for low, high in spans)
