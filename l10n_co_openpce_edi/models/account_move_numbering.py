"""Numbers of the invoices that go to DIAN: from the authorised range, and never outside it."""

import re

from odoo import api, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    # -------------------------------------------------------------------------
    # Which invoices
    # -------------------------------------------------------------------------

    def _l10n_co_openpce_takes_number(self):
        """Whether it is a sales invoice (01) of an electronic journal; notes have no ranges yet."""
        self.ensure_one()
        return bool(
            self.move_type == "out_invoice"
            and not self.debit_origin_id
            and self._l10n_co_openpce_is_electronic()
        )

    def _l10n_co_openpce_is_older(self):
        """Whether the invoice was issued before its journal became electronic.

        It was posted and never queued. Set to draft it stays one, unless it takes a number of a
        range: correcting its accounts must not issue it a second time.
        """
        self.ensure_one()
        if self.l10n_co_openpce_state or not self.posted_before:
            return False
        return self.state == "posted" or self._l10n_co_openpce_has_other_number()

    def _l10n_co_openpce_has_other_number(self):
        """Whether the invoice has a number, and one of no range of its journal."""
        self.ensure_one()
        named = self.name and self.name != "/"
        ranges = named and self.journal_id._l10n_co_openpce_get_ranges(company=self.company_id)
        return bool(named) and all(r._parse_number(self.name) is None for r in ranges)

    # -------------------------------------------------------------------------
    # Numbers
    # -------------------------------------------------------------------------

    def _l10n_co_openpce_get_issue_date(self):
        """The day the document will carry: the day it is sent, or its own when that is later."""
        today = self.env["l10n_co_openpce.document"]._get_bogota_now().date()
        return max(self.invoice_date or today, today)

    def _l10n_co_openpce_get_range(self):
        """The range the invoice's number belongs to, else the one of its date (may be empty)."""
        self.ensure_one()
        # sudo: who confirms an invoice need not see ranges and their keys
        return self.journal_id.sudo()._l10n_co_openpce_get_range(
            self._l10n_co_openpce_get_issue_date(), name=self.name, move=self
        )

    def _l10n_co_openpce_get_number_problem(self, authorised, date):
        """One sentence why the number may not be issued on ``date``, or an empty string."""
        self.ensure_one()
        if not authorised:
            return self.env._(
                "No DIAN numbering range of journal %(journal)s is valid on %(date)s. Add one, or"
                " fetch it from DIAN, in Settings ▸ Electronic invoicing (DIAN) ▸ Numbering ranges,"
                " and choose the journal in it.",
                journal=self.journal_id.display_name,
                date=date,
            )
        if authorised._parse_number(self.name) is None:
            if authorised._get_last_number(exclude=self) >= authorised.last_number:
                return self.env._(
                    "Numbering range %s is used up: there is no number left for this invoice. Ask"
                    " DIAN for a new authorisation and add it in Settings ▸ Electronic invoicing"
                    " (DIAN) ▸ Numbering ranges.",
                    authorised.display_name,
                )
            return self.env._(
                "Number %(number)s is not in the authorised range %(range)s. Empty the number to"
                " get the next one, or type one of the range, without leading zeros.",
                number=self.name,
                range=authorised.display_name,
            )
        if not authorised.date_from <= date <= authorised.date_to:
            return self.env._(
                "%(date)s is outside the validity of range %(range)s (%(start)s to %(end)s), which"
                " %(number)s belongs to. Empty the number to get one of a valid range.",
                date=date,
                range=authorised.display_name,
                start=authorised.date_from,
                end=authorised.date_to,
                number=self.name,
            )
        return ""

    def _l10n_co_openpce_check_numbers(self):
        """Refuse numbers outside their range, and those another invoice has at DIAN."""
        for move in self:
            problem = move._l10n_co_openpce_get_number_problem(
                move._l10n_co_openpce_get_range(), move._l10n_co_openpce_get_issue_date()
            )
            if problem:
                raise UserError(problem)
        # Odoo knows doubles within a journal only; a range may have moved from one to another.
        twin = self.env["l10n_co_openpce.document"]._search_twins(self)[:1]
        if twin:
            raise UserError(
                self.env._(
                    "%(number)s was already given to an invoice of journal %(journal)s. Type the"
                    " next number that is free, or give the range back to that journal.",
                    number=twin.number,
                    journal=twin.move_id.journal_id.display_name,
                )
            )

    def _get_next_sequence_format(self):
        # EXTENDS 'account': numbers follow DIAN's ranges, from the first number, no zeros, no year
        authorised = self._l10n_co_openpce_takes_number() and self._l10n_co_openpce_get_range()
        if not authorised:
            return super()._get_next_sequence_format()
        last = max(authorised._get_last_number(exclude=self), authorised.first_number - 1)
        prefix = (authorised.prefix or "").replace("{", "{{").replace("}", "}}")
        # Within a transaction the mixin goes on counting from its cache: not from one range into
        # the numbers before the next one of the same prefix.
        cache, key = self._get_sequence_cache(), (f"{authorised.prefix or ''}0", self.journal_id)
        if not last <= cache.get(key, last) <= authorised.last_number:
            del cache[key]
        return prefix + "{seq:d}", {"seq": last}

    def _get_last_sequence_domain(self, relaxed=False):
        # EXTENDS 'account': what is no electronic invoice does not go on from the numbers of one
        where, params = super()._get_last_sequence_domain(relaxed)
        if self.journal_id.l10n_co_openpce_enabled and not self._l10n_co_openpce_takes_number():
            where += " AND (move_type != 'out_invoice' OR debit_origin_id IS NOT NULL)"
        return where, params

    @api.model
    def _l10n_co_openpce_split(self, name):
        """Prefix and number as the sequence mixin stores them, where no journal knows better."""
        start = re.match(self._sequence_fixed_regex, name).start("seq")
        return name[:start], int(name[start:])

    def _sequence_matches_date(self):
        # EXTENDS 'account': digits of a DIAN number are never a year
        if self._l10n_co_openpce_takes_number() and not self._l10n_co_openpce_has_other_number():
            return True
        return super()._sequence_matches_date()

    @api.depends("journal_id", "sequence_number", "sequence_prefix", "state")
    def _compute_made_sequence_gap(self):
        # EXTENDS 'account': a range begins anywhere, and FE19 is followed by FE110
        super()._compute_made_sequence_gap()
        for move in self:
            if not move.made_sequence_gap or move.state != "posted":
                continue
            ranges = move._l10n_co_openpce_takes_number() and move._l10n_co_openpce_get_range()
            serial = ranges and ranges._parse_number(move.name)
            if serial:
                before = ranges._format_number(serial - 1)
                prefixes = {key[0] for key in ranges._get_index_keys()}
                move.made_sequence_gap = serial != ranges.first_number and not self.search_count(
                    [
                        ("journal_id", "=", move.journal_id.id),
                        ("sequence_prefix", "in", list(prefixes)),
                        ("name", "=", before),
                    ],
                    limit=1,
                )
