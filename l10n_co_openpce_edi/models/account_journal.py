import re

from odoo import api, fields, models

#: How the expressions begin that this addon writes into `sequence_override_regex`.
_OWN_REGEX = "^(?P<prefix1>(?:"


class AccountJournal(models.Model):
    _inherit = "account.journal"

    l10n_co_openpce_enabled = fields.Boolean(
        "Electronic invoices (DIAN)",
        help="Invoices confirmed in this journal are sent to DIAN.",
    )
    l10n_co_openpce_range_ids = fields.One2many(
        "l10n_co_openpce.numbering.range", "journal_id", "Numbering ranges"
    )

    @api.constrains("type")
    def _check_l10n_co_openpce_ranges(self):
        """A journal does not become one whose documents its ranges cannot number."""
        # sudo: the rule holds for ranges that the writer may not see, too
        journals = self.sudo().with_context(active_test=False)
        journals.l10n_co_openpce_range_ids._check_journal()

    def _l10n_co_openpce_get_ranges(self, document_type="01", company=None):
        """The journal's ranges of the issuer's environment, in the order they are used up.

        :param company: whose document it is; a journal may be shared with a branch that is
            somebody else for DIAN. The journal's own company by default.
        """
        self.ensure_one()
        issuer = (company or self.company_id)._l10n_co_openpce_get_issuer()
        # sudo: a branch numbers from a range of its parent; handed back with the caller's rights
        ranges = self.sudo().l10n_co_openpce_range_ids.filtered(
            lambda r: (
                r.active
                and r.environment == issuer.l10n_co_openpce_environment
                and r.document_type == document_type
                and r.company_id._l10n_co_openpce_get_issuer() == issuer
            )
        )
        in_order = ranges.sorted(lambda r: (r.sequence, r.date_from, r.first_number))
        return in_order.sudo(self.env.su)

    def _l10n_co_openpce_get_range(self, date, document_type="01", name=None, move=None):
        """The range a document of ``date`` is numbered from, empty if there is none.

        With several that fit the first one with numbers left is taken, so that a range is used
        up before the next begins. When none has numbers left, the last one, to be told about.

        :param date: issue date in Bogotá.
        :param document_type: DIAN's document type; contingency (03) has ranges of its own.
        :param name: number the document has already: then its own range is looked for first, the
            one that is valid before one that is not.
        :param move: the invoice: its company issues it, its own number does not count as used.
        """
        ranges = self._l10n_co_openpce_get_ranges(document_type, move and move.company_id)
        valid = ranges.filtered(lambda r: r.date_from <= date <= r.date_to)
        if name and name != "/":
            own = (valid + ranges).filtered(lambda r: r._parse_number(name) is not None)
            if own:
                return own[:1]
        if len(valid) < 2:
            return valid
        left = (r for r in valid if r._get_last_number(move) < r.last_number)
        return next(left, valid[-1:])

    def _l10n_co_openpce_get_issues(self, date=None):
        """What keeps the journal from numbering electronic documents on ``date`` (today).

        :returns: list of dict(record, field, message).
        """
        issues = []
        date = date or fields.Date.context_today(self)
        for journal in self.filtered("l10n_co_openpce_enabled"):
            numbering = journal._l10n_co_openpce_get_range(date)
            if not numbering:
                message = self.env._(
                    "Journal %s has no valid numbering range.", journal.display_name
                )
                issues.append(
                    {"record": journal, "field": "l10n_co_openpce_range_ids", "message": message}
                )
            elif not numbering.remaining:
                message = self.env._("Numbering range %s is used up.", numbering.display_name)
                issues.append({"record": numbering, "field": "last_number", "message": message})
            elif not numbering.sudo().technical_key_encrypted and numbering.document_type == "01":
                message = self.env._(
                    "Numbering range %s has no technical key.", numbering.display_name
                )
                issues.append({"record": numbering, "field": "technical_key", "message": message})
        return issues

    def _l10n_co_openpce_update_sequence_regex(self):
        """Teach Odoo where the prefix ends when it ends with a digit (FE1 + 25 = FE125).

        An expression somebody else wrote into the journal is left alone.
        """
        for journal in self.sudo():
            current = journal.sequence_override_regex
            if current and not current.startswith(_OWN_REGEX):
                continue
            prefixes = journal.l10n_co_openpce_range_ids.mapped("prefix")
            tricky = sorted({p for p in prefixes if p and p[-1].isdigit()}, key=len, reverse=True)
            regex = False
            if tricky:
                choices = "|".join(re.escape(prefix) for prefix in tricky)
                regex = f"{_OWN_REGEX}{choices})|.*?)(?P<seq>\\d{{0,9}})(?P<suffix>\\D*?)$"
            if regex != current:
                journal.sequence_override_regex = regex
