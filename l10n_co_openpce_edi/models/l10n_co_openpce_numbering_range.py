import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import secret_box
from .res_company import ENVIRONMENTS, MASK

TECHNICAL_KEY_PURPOSE = "range.technical_key"
MAX_NUMBER = 999_999_999
#: A range is running low when this share of it, or this many numbers, are left.
LOW_SHARE = 0.1
LOW_NUMBERS = 100
_PREFIX = re.compile(r"[0-9A-Za-z]{0,4}")


class L10nCoOpenpceNumberingRange(models.Model):
    """A numbering authorisation of DIAN: prefix, first and last number, validity (annex 11.6)."""

    _name = "l10n_co_openpce.numbering.range"
    _inherit = ["l10n_co_openpce.alert.mixin"]
    _description = "DIAN numbering range"
    _order = "company_id, sequence, date_from, id"
    _check_company_auto = True
    _rec_names_search = ["resolution", "prefix"]

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        index="btree_not_null",
        domain="[('type', 'in', ('sale', 'purchase'))]",
        help="Journal whose documents take their number from this range.",
    )
    sequence = fields.Integer(
        default=10, help="With two ranges that fit, the lowest is used up first."
    )
    environment = fields.Selection(
        ENVIRONMENTS,
        required=True,
        default=lambda self: (
            self.env.company._l10n_co_openpce_get_issuer().l10n_co_openpce_environment
        ),
        help="Ranges of one environment are never used in another.",
    )
    document_type = fields.Selection(
        [("01", "Sales invoice"), ("03", "Contingency (paper)"), ("05", "Support document")],
        required=True,
        default="01",
    )
    resolution = fields.Char(
        "Authorisation number", required=True, help="Number of DIAN's authorisation, digits only."
    )
    resolution_date = fields.Date("Authorisation date")
    prefix = fields.Char(size=4, help="Up to four letters or digits, as authorised. May be empty.")
    first_number = fields.Integer(required=True)
    last_number = fields.Integer(required=True)
    date_from = fields.Date("Valid from", required=True)
    date_to = fields.Date("Valid until", required=True)
    technical_key = fields.Char(
        compute="_compute_technical_key",
        inverse="_inverse_technical_key",
        groups="base.group_system",
        help="Key that goes into the CUFE. Kept encrypted, never shown again. Contingency ranges"
        " and support documents have none.",
    )
    technical_key_encrypted = fields.Char(copy=False, prefetch=False, groups=fields.NO_ACCESS)
    active = fields.Boolean(default=True)
    last_used = fields.Integer("Last number used", compute="_compute_usage")
    remaining = fields.Integer("Numbers left", compute="_compute_usage")
    days_left = fields.Integer(compute="_compute_state")
    state = fields.Selection(
        [
            ("future", "Not valid yet"),
            ("valid", "Valid"),
            ("low", "Running out"),
            ("exhausted", "Used up"),
            ("expired", "Expired"),
        ],
        compute="_compute_state",
    )

    @api.depends("technical_key_encrypted")
    def _compute_technical_key(self):
        for record in self:
            # sudo: that there is a key is no secret; the key itself is not read
            record.technical_key = MASK if record.sudo().technical_key_encrypted else False

    def _inverse_technical_key(self):
        for record in self:
            # blanks around what was copied from the PDF of the authorisation are no part of it
            key = (record.technical_key or "").strip()
            if key != MASK:
                # sudo: the column is closed to everybody; the right to write was checked before
                record.sudo().technical_key_encrypted = (
                    secret_box.encrypt(key.encode(), TECHNICAL_KEY_PURPOSE) if key else False
                )

    def _get_technical_key(self):
        """The technical key in clear, for the CUFE; empty if there is none. Never to be shown.

        :raises DianConfigurationError: the key that encrypts it is not here.
        """
        self.ensure_one()
        # sudo: the CUFE needs the key, whoever sends the invoice
        stored = self.sudo().technical_key_encrypted
        return secret_box.decrypt(stored, TECHNICAL_KEY_PURPOSE).decode() if stored else ""

    @api.depends("prefix", "first_number", "last_number", "resolution")
    def _compute_display_name(self):
        for record in self:
            prefix = record.prefix or ""
            record.display_name = (
                f"{prefix}{record.first_number} - {prefix}{record.last_number}"
                f" ({record.resolution})"
            )

    @api.depends("journal_id", "prefix", "first_number", "last_number")
    def _compute_usage(self):
        for record in self:
            record.last_used = record._get_last_number()
            last = record.last_used or record.first_number - 1
            record.remaining = max(record.last_number - last, 0)

    @api.depends("date_from", "date_to", "last_used", "remaining")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for record in self:
            record.days_left = (record.date_to - today).days if record.date_to else 0
            if not record.date_from or not record.date_to:
                record.state = False
            elif record.date_from > today:
                record.state = "future"
            elif record.date_to < today:
                record.state = "expired"
            elif not record.remaining:
                record.state = "exhausted"
            else:
                record.state = "low" if record._get_alert_step() else "valid"

    @api.constrains("resolution", "prefix", "first_number", "last_number", "date_from", "date_to")
    def _check_values(self):
        for record in self:
            if not _PREFIX.fullmatch(record.prefix or ""):
                raise ValidationError(
                    self.env._(
                        "The prefix %s may have up to four letters or digits only.", record.prefix
                    )
                )
            if not (record.resolution or "").isdigit():
                raise ValidationError(
                    self.env._(
                        "The authorisation number %s may have digits only.", record.resolution
                    )
                )
            if not 1 <= record.first_number <= record.last_number <= MAX_NUMBER:
                raise ValidationError(
                    self.env._(
                        "The numbers of range %s must go up, from 1 at least to nine digits at "
                        "most.",
                        record.display_name,
                    )
                )
            if record.date_to < record.date_from:
                raise ValidationError(
                    self.env._("Range %s ends before it begins.", record.display_name)
                )

    @api.constrains(
        "company_id",
        "environment",
        "prefix",
        "first_number",
        "last_number",
        "date_from",
        "date_to",
        "active",
    )
    def _check_overlap(self):
        """The same numbers may be authorised again only for another time."""
        for record in self.filtered("active"):
            issuer = record.company_id._l10n_co_openpce_get_issuer()
            # sudo: a branch numbers as its parent and its sisters do, whose ranges it may not see
            others = self.sudo().search(
                [
                    ("id", "!=", record.id),
                    ("company_id", "child_of", issuer.id),
                    ("environment", "=", record.environment),
                    ("date_from", "<=", record.date_to),
                    ("date_to", ">=", record.date_from),
                ]
            )
            twin = others.filtered(
                lambda r, record=record, issuer=issuer: (
                    record._shares_names(r) and r.company_id._l10n_co_openpce_get_issuer() == issuer
                )
            )[:1]
            if twin:
                raise ValidationError(
                    self.env._(
                        "Ranges %(one)s and %(other)s share numbers at the same time.",
                        one=record.display_name,
                        other=twin.display_name,
                    )
                )

    @api.constrains("journal_id", "document_type")
    def _check_journal(self):
        for record in self.filtered("journal_id"):
            expected = "purchase" if record.document_type == "05" else "sale"
            if record.journal_id.type != expected:
                raise ValidationError(
                    self.env._(
                        "Range %(range)s cannot number the documents of journal %(journal)s.",
                        range=record.display_name,
                        journal=record.journal_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create([self._clean_vals(vals) for vals in vals_list])
        records.journal_id._l10n_co_openpce_update_sequence_regex()
        return records

    def write(self, vals):
        self._check_used(vals)
        journals = self.journal_id
        result = super().write(self._clean_vals(vals))
        if {"journal_id", "prefix", "active"} & set(vals):
            (journals | self.journal_id)._l10n_co_openpce_update_sequence_regex()
        return result

    def _check_used(self, vals):
        """Numbers that were given stay where they are: elsewhere they would be given again."""
        for record in self:
            moved = [
                name
                for name in ("journal_id", "prefix")
                if name in vals
                and (vals[name] or False)
                != record._fields[name].convert_to_write(record[name], record)
            ]
            last = moved and record._get_last_number()
            if last:
                raise UserError(
                    self.env._(
                        "Range %(range)s has numbered invoices of journal %(journal)s up to"
                        " %(number)s: its journal and prefix stay. For another journal ask DIAN for"
                        " another range.",
                        range=record.display_name,
                        # sudo: who keeps the settings may have no access to the accounting
                        journal=record.sudo().journal_id.display_name,
                        number=record._format_number(last),
                    )
                )

    def _clean_vals(self, vals):
        """Blanks around what was copied from the PDF of the authorisation are no part of it."""
        names = ("prefix", "resolution")
        return {
            key: (value.strip() or False) if key in names and isinstance(value, str) else value
            for key, value in vals.items()
        }

    # Alerts

    def _get_alert_step(self):
        """EXTENDS the mixin: numbers run out too."""
        self.ensure_one()
        size = self.last_number - self.first_number + 1
        if not self.journal_id or self.days_left < 0:
            return ""
        if self.remaining <= min(LOW_NUMBERS, size * LOW_SHARE):
            return "numbers"
        return super()._get_alert_step()

    def _get_alert_summary(self):
        self.ensure_one()
        return self.env._(
            "Numbering range %(range)s: %(remaining)s numbers and %(days)s days left. Ask DIAN for "
            "a new authorisation.",
            range=self.display_name,
            remaining=self.remaining,
            days=self.days_left,
        )
