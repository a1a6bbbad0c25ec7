from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_repr

from ..bill_flow.checks import Totals, compare_totals
from ..bill_flow.transitions import Event, State


class OpenpceBill(models.Model):
    _inherit = "openpce.bill"

    def action_validate(self):
        """Send treated bills to approval, after the checks (R107, R121, R122, A20)."""
        for bill in self:
            bill._check_mine("treat")
            bill._lock()
            if bill.state != State.IN_TREATMENT:
                raise bill._refuse_state()
            waiting = bill._get_unconfirmed_lines()
            bill._check_treated()
            if waiting:
                bill._wait_for_lines(waiting)
            elif bill._may_validate(self.env.user):
                bill._validate(self.env.user)
            else:
                bill._pass_to_validator()

    def _may_validate(self, user):
        """Whether a user's validation sends the bill on (R31)."""
        return self.env["openpce.bill.user"]._can_validate(user, self.company_id)

    def _pass_to_validator(self):
        """Give a bill whose treater may not validate to the person who does it for him (A20)."""
        user, company = self.env.user, self.company_id
        row = self.env["openpce.bill.user"]._get_registration(user, company)
        second = row.fallback_user_id or company.openpce_fallback_user_id
        if not second:
            raise UserError(
                self.env._(
                    "You treat bills and may not validate them, and nobody is set who does it for "
                    "you, so %(bill)s stays as it is. Ask the manager of the workflow to fill "
                    "“Validated by” in Set-up ▸ People ▸ Users or in the settings.",
                    bill=self.display_name,
                )
            )
        # sudo: who treated the bill is the engine's record
        self.sudo().write({"validated_by_id": user.id, "treater_ids": [(4, user.id)]})
        self._log("validated", user=user.id, second=second.id)
        self._give("treat", second, self.env["openpce.bill.team"])

    def _validate(self, user):
        """Close the treatment of bills and open their approval."""
        # sudo: as above
        rows = self.sudo()
        rows.task_ids.filtered(lambda task: task.stage != "approve")._close("validate", user)
        if user:
            lines = rows.move_id.invoice_line_ids
            # A35: lines of who has the bill are confirmed by validating it
            lines.filtered(lambda line: line.openpce_owner_id == user)._openpce_confirm(user)
            rows.treater_ids = [fields.Command.link(user.id)]
        self._set_state(Event.VALIDATE)
        self._log("validated", user=user.id)
        self._open_approval()

    def _validate_automatically(self):
        """Validate a bill that criteria treated; whatever a check says leaves it with its owner.

        R35, R53, A7: only the manual treatment is skipped. Lines of others are confirmed in their
        name (A13).
        """
        if self.state not in (State.IN_TREATMENT, State.IN_DISTRIBUTION):
            return
        try:
            with self.env.cr.savepoint():
                self._check_treated()
                if self.state == State.IN_DISTRIBUTION:
                    self._set_state(Event.RESUME)
                # sudo: the bill is treated by the system
                self.sudo().automatic = True
                self._log("treated", rule=self.treatment_rule_id.id)
                self._confirm_for_owners()
                self._validate(self.env["res.users"])
        except UserError as error:
            self._log("note", text=str(error))

    # ------------------------------------------------------------------ checks

    def _check_treated(self):
        """Refuse bills that are not ready for approval, with every reason at once (R121, R122)."""
        for bill in self:
            issues = bill._get_treatment_issues()
            if issues:
                raise UserError(
                    self.env._(
                        "%(bill)s cannot go on yet:\n%(issues)s",
                        bill=bill.display_name,
                        issues="\n".join(f"• {issue}" for issue in issues),
                    )
                )

    def _get_treatment_issues(self):
        """What has to be mended before the bill goes to approval, one sentence each."""
        self.ensure_one()
        issues = []
        missing = self._get_missing()
        if missing:
            names = self.env["openpce.bill.log"]._get_field_names(missing)
            issues.append(self.env._("Empty: %s. Fill it in the header.", ", ".join(names)))
        lines = self.move_id.invoice_line_ids.filtered(lambda x: x.display_type == "product")
        if not lines:
            issues.append(self.env._("The bill has no lines. Add them in the tab “Lines”."))
        issues += self._get_line_issues(lines)
        # sudo: what the lines absorb is read with the bill
        issues += lines.sudo().openpce_absorption_ids._get_counted()._get_over_issues()
        return issues + self._get_total_issues()

    def _get_line_issues(self, lines):
        """What single lines lack: the account, and their kind of tax (R117)."""
        issues = []
        bare = lines.filtered(lambda x: not x.account_id)
        if bare:
            issues.append(
                self.env._(
                    "No account: %s. Choose the account, or a concept that has one, on these lines "
                    "in the tab “Lines”.",
                    bare._openpce_get_names(),
                )
            )
        # a concept that knows no tax says so itself
        exempt = lines.product_id.filtered(lambda product: not self._get_concept_taxes(product))
        untaxed = lines.filtered(
            lambda x: (
                self.document_tax
                and not x.tax_ids
                and not x.currency_id.is_zero(x.price_subtotal)
                and x.product_id not in exempt
            )
        )
        if untaxed:
            issues.append(
                self.env._(
                    "No tax, although the document charges taxes: %s. Choose the tax of these "
                    "lines in the tab “Lines”; a tax of 0 %% is one.",
                    untaxed._openpce_get_names(),
                )
            )
        return issues

    def _get_total_issues(self):
        """Differences between what the document says and what the lines make (R110, A31)."""
        words = {
            "untaxed": self.env._("Untaxed amount"),
            "tax": self.env._("Taxes"),
            "withholding": self.env._("Withholdings"),
            "total": self.env._("Total"),
        }
        show = self.move_id.currency_id.format
        return [
            self.env._(
                "%(what)s: the document says %(said)s and the lines make %(got)s, a difference of "
                "%(difference)s. Change the lines in the tab “Lines”; over lines made from "
                "forecasts the difference can be spread.",
                what=words[found.field],
                said=show(float(found.document)),
                got=show(float(found.computed)),
                difference=show(float(found.difference)),
            )
            for found in self._get_differences()
        ]

    def _get_differences(self):
        """Totals of the document that the lines do not meet, as the engine's ``Difference``."""
        self.ensure_one()
        currency = self.move_id.currency_id
        company = self.company_id
        # the setting is in company currency
        day = self.move_id.invoice_date or self.move_id.date
        wide = company.currency_id._convert(company.openpce_tolerance, currency, company, day)
        tolerance = max(currency.rounding, wide)
        return compare_totals(
            self._get_document_totals(), self._get_computed_totals(), self._exact(tolerance)
        )

    def _get_document_totals(self):
        """What the document says; an amount of 0 was not said, but for the taxes (A31)."""
        untaxed = self.document_untaxed
        return Totals(
            untaxed=self._exact(untaxed) if untaxed else None,
            tax=self._exact(self.document_tax) if untaxed else None,
            withholding=self._exact(self.document_withholding)
            if self.document_withholding
            else None,
            # what was never said is not held against the lines
            total=self._exact(self.document_total)
            if self.document_total
            else self._get_computed_totals().total,
        )

    def _get_computed_totals(self):
        """What the lines make. A withholding that the document does not state is ours and does
        not count against its total (A31)."""
        totals = self._get_totals()
        if not self.document_withholding:
            totals["total"] -= totals["withholding"]
        return Totals(**{name: self._exact(amount) for name, amount in totals.items()})

    def _get_totals(self):
        """Untaxed, tax, withholding and total of the bill's lines, in its currency.

        Withholdings are the taxes that lower the total, as charts of accounts have them.
        """
        self.ensure_one()
        move = self.move_id
        taxes = move.line_ids.filtered("tax_line_id")
        sign = move.direction_sign
        parts = {True: 0.0, False: 0.0}
        for line in taxes:
            parts[line.tax_line_id.amount < 0] += sign * line.amount_currency
        return {
            "untaxed": move.amount_untaxed,
            "tax": parts[False],
            "withholding": parts[True],
            "total": move.amount_total,
        }

    def _exact(self, amount):
        """An amount in the bill's currency, exact to its cent."""
        return Decimal(float_repr(amount, self.move_id.currency_id.decimal_places))
