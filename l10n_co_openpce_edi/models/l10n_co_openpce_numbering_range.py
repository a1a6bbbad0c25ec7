from odoo import api, fields, models


class L10nCoOpenpceNumberingRange(models.Model):
    """A numbering authorisation of DIAN: prefix, first and last number, validity (annex 11.6)."""

    _name = "l10n_co_openpce.numbering.range"
    _description = "DIAN numbering range"
    _order = "company_id, sequence, date_from desc, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        index=True,
        domain="[('type', 'in', ('sale', 'purchase'))]",
        help="Journal whose documents take their number from this range.",
    )
    sequence = fields.Integer(default=10)
    environment = fields.Selection(
        [
            ("sandbox", "Stand-in (no DIAN)"),
            ("test", "Enablement (habilitación)"),
            ("production", "Production"),
        ],
        required=True,
        default=lambda self: self.env.company.l10n_co_openpce_environment or "sandbox",
    )
    document_type = fields.Selection(
        [("01", "Sales invoice"), ("03", "Contingency (paper)"), ("05", "Support document")],
        required=True,
        default="01",
    )
    resolution = fields.Char("Authorisation number", required=True)
    resolution_date = fields.Date()
    prefix = fields.Char(size=4)
    first_number = fields.Integer(required=True)
    last_number = fields.Integer(required=True)
    date_from = fields.Date("Valid from", required=True)
    date_to = fields.Date("Valid until", required=True)
    technical_key = fields.Char(groups="base.group_system", copy=False)
    active = fields.Boolean(default=True)

    @api.depends("prefix", "first_number", "last_number", "resolution")
    def _compute_display_name(self):
        for record in self:
            prefix = record.prefix or ""
            record.display_name = (
                f"{prefix}{record.first_number} - {prefix}{record.last_number}"
                f" ({record.resolution})"
            )

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
