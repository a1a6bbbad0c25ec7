from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..bill_flow.keys import normalise_document
from ..bill_flow.matching import match_treatment
from ..bill_flow.searches import TREATMENT


class OpenpceBillTreatmentRule(models.Model):
    """How a bill is treated without anybody typing: concept, shares, all of it (R34-R60)."""

    _name = "openpce.bill.treatment.rule"
    _inherit = ["openpce.bill.rule.mixin"]
    _description = "Automatic treatment rule"
    _order = "search_number, sequence, id"

    _search_table = TREATMENT

    document = fields.Char(
        "Transport document",
        help="Text that a transport document of the bill contains; * stands for any text. Blanks, "
        "capitals, hyphens, slashes and dots make no difference.",
    )
    exact = fields.Boolean(
        "Whole document", help="The document has to be this text, not just contain it."
    )
    document_key = fields.Char(
        compute="_compute_document_key", store=True, help="The text as it is compared."
    )
    product_id = fields.Many2one(
        "product.product",
        "Concept",
        check_company=True,
        index="btree_not_null",
        domain="[('purchase_ok', '=', True)]",
        help="Proposed for the lines; brings taxes and account.",
    )
    account_id = fields.Many2one(
        "account.account",
        check_company=True,
        index="btree_not_null",
        help="Empty: the account of the concept.",
    )
    automatic = fields.Boolean(
        "Automatic management",
        help="The bill goes on to approval without manual treatment. Errors and duplicates stop it "
        "all the same, and the approval criteria apply.",
    )
    share_ids = fields.One2many("openpce.bill.treatment.share", "rule_id", "Shares", copy=True)
    share_count = fields.Integer("Shares in all", compute="_compute_share_total")
    share_total = fields.Float("Shared out", digits=(5, 2), compute="_compute_share_total")

    _key_unique = models.UniqueIndex(
        "(match_key, COALESCE(document_key, ''), COALESCE(exact, false), sequence, "
        "COALESCE(date_from, '-infinity'), COALESCE(date_to, 'infinity')) WHERE active",
        "There is already a rule with the same criteria, transport document and dates. Change one "
        "of them, or switch the other rule off.",
    )

    @api.depends("document", "exact")
    def _compute_match_key(self):
        # EXTENDS 'openpce.bill.rule.mixin': the document takes part
        return super()._compute_match_key()

    @api.depends("document")
    def _compute_document_key(self):
        for rule in self:
            rule.document_key = normalise_document(rule.document or "") or False

    @api.depends("share_ids.percentage")
    def _compute_share_total(self):
        for rule in self:
            rule.share_count = len(rule.share_ids)
            rule.share_total = sum(rule.share_ids.mapped("percentage"))

    @api.onchange("document")
    def _onchange_document(self):
        if not self.document:
            self.exact = False

    @api.constrains("document")
    def _check_document(self):
        for rule in self.filtered("document"):
            if not rule.document_key.replace("*", ""):
                raise ValidationError(
                    self.env._(
                        "Transport document “%(document)s” of “%(rule)s” has no letter or digit, "
                        "so no bill would answer to it. Type the text to look for, or leave the "
                        "column empty.",
                        document=rule.document,
                        rule=rule.display_name,
                    )
                )

    @api.constrains("automatic", "product_id")
    def _check_automatic(self):
        for rule in self:
            if rule.automatic and not rule.product_id:
                raise ValidationError(
                    self.env._(
                        "“%s” treats bills automatically and names no concept, so no line could be "
                        "made. Choose the concept, or take the automatic management off.",
                        rule.display_name,
                    )
                )

    @api.constrains("share_ids")
    def _check_shares(self):
        for rule in self.filtered("share_ids"):
            # hundredths, since the sum of decimal fractions is not exact
            total = sum(round(share.percentage * 100) for share in rule.share_ids)
            if total != 10000:
                raise ValidationError(
                    self.env._(
                        "The shares of “%(rule)s” add up to %(total)s %% instead of 100 %%, so a "
                        "part of the bill would be charged to nobody or twice. Change the "
                        "percentages in the tab “Detail”.",
                        rule=rule.display_name,
                        total=f"{total / 100:.2f}",
                    )
                )

    @api.model
    def _get_twin_fields(self):
        # EXTENDS 'openpce.bill.rule.mixin'
        return [*super()._get_twin_fields(), "document", "exact", "sequence"]

    def _get_twin_domain(self):
        # EXTENDS 'openpce.bill.rule.mixin'
        domain = Domain("exact", "=", self.exact) & Domain("sequence", "=", self.sequence)
        return super()._get_twin_domain() & domain

    def _find_twins(self):
        # EXTENDS 'openpce.bill.rule.mixin': texts that are compared alike are one text
        text = normalise_document(self.document or "")
        return (
            super()
            ._find_twins()
            .filtered(lambda rule: normalise_document(rule.document or "") == text)
        )

    def _get_twin_message(self, twin):
        # OVERRIDE 'openpce.bill.rule.mixin': here document and sequence may differ
        return self.env._(
            "“%(rule)s” and “%(other)s” take the same bills with the same transport document, so "
            "nobody could say which of them counts. Change a criterion, the document, the sequence "
            "or the dates of one, or switch one off.",
            rule=self.display_name,
            other=twin.display_name,
        )

    @api.depends("document")
    def _compute_display_name(self):
        # EXTENDS 'openpce.bill.rule.mixin'
        super()._compute_display_name()
        for rule in self:
            if rule.document and not rule.name:
                rule.display_name = f"{rule.display_name} · {rule.document}"

    def _get_people(self):
        """Persons the rule names, those who left too."""
        self.ensure_one()
        return self.share_ids.user_id

    def _get_criteria_vals(self):
        # EXTENDS 'openpce.bill.rule.mixin'
        return {
            **super()._get_criteria_vals(),
            "document": self.document or None,
            "exact": self.exact,
        }

    @api.model
    def _get_rule_fields(self):
        # EXTENDS 'openpce.bill.rule.mixin'
        return [*super()._get_rule_fields(), "document", "exact"]

    @api.model
    def _match(self, criteria, on):
        """The rule that treats the bill, and the way it was found: the last found wins (R38, A8).

        :param on: the day by which the rules' dates are judged.
        :return: the record, empty when none fits (R37), and the engine's ``Match``.
        """
        return self._match_each([(criteria, on)])[0]

    @api.model
    def _match_each(self, asked):
        """The same for many bills with one query.

        :param asked: (criteria, day) of each bill.
        """
        index = self._index(criteria for criteria, _on in asked)
        matches = [match_treatment(criteria, index, on=on) for criteria, on in asked]
        return [(self._get_winner(match), match) for match in matches]
