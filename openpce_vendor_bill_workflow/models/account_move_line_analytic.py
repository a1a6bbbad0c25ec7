from odoo import api, models


class AccountMoveLine(models.Model):
    """The analytic accounts that division and file of a line bring (R111, requirements 5.1)."""

    _inherit = "account.move.line"

    @api.depends("openpce_division_id", "openpce_file_id")
    def _compute_analytic_distribution(self):
        # EXTENDS 'account': choosing a division or a file is choosing its analytic account
        return super()._compute_analytic_distribution()

    def _related_analytic_distribution(self):
        # EXTENDS 'account'
        accounts = self.openpce_division_id.analytic_account_id
        accounts |= self.openpce_file_id.analytic_account_id
        related = super()._related_analytic_distribution()
        return related | self._openpce_distribute(accounts, self.analytic_distribution)

    def _openpce_fill_analytic(self):
        """Distribute lines as choosing their file and division would, like lines once.

        Odoo looks the distribution models up for every line; hundreds of them are alike.
        """

        def likeness(line):
            return (
                line.product_id,
                line.account_id,
                line.openpce_division_id,
                line.openpce_file_id,
                frozenset((line.analytic_distribution or {}).items()),
            )

        for lines in self.grouped(likeness).values():
            # sudo: Odoo computes it as the system too; distribution models are not the users'
            lines[:1].sudo()._compute_analytic_distribution()
            lines[1:].analytic_distribution = lines[:1].analytic_distribution

    @api.model
    def _openpce_distribute(self, accounts, present=None):
        """The whole line on these accounts, besides what it has on other plans.

        Of two accounts of one plan the later one counts, since a line is booked once a plan.

        :param accounts: division, file, cost centre … from general to special.
        :param present: distribution that the line has already, such as its cost centre.
        """
        if not accounts:
            return {}
        plans = {account.root_plan_id: account.id for account in accounts}
        kept = {}
        for key, share in (present or {}).items():
            ids = [int(one) for one in key.split(",") if one.strip().isdigit()]
            others = (
                accounts.browse(ids).exists().filtered(lambda one: one.root_plan_id not in plans)
            )
            rest = tuple(others.ids)
            kept[rest] = kept.get(rest, 0.0) + share
        return {
            ",".join(str(one) for one in sorted([*plans.values(), *rest])): share
            for rest, share in (kept or {(): 100.0}).items()
        }
