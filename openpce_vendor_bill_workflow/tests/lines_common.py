"""A bill in treatment with files and forecasts that it may absorb."""

from odoo import Command

from .bill_common import BillCommon


class LinesCommon(BillCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._distribution(cls.ana)
        plans = cls.env["account.analytic.plan"]
        cls.division_plan = plans.create({"name": "Divisions"})
        cls.file_plan = plans.create({"name": "Files"})
        cls.centre_plan = plans.create({"name": "Cost centres"})
        cls.division.analytic_account_id = cls._analytic("Operations", cls.division_plan)
        cls.file = cls._file("F-1", "MEDU 1")

    @classmethod
    def _analytic(cls, name, plan):
        return cls.env["account.analytic.account"].create(
            {"name": name, "plan_id": plan.id, "company_id": cls.company.id}
        )

    @classmethod
    def _file(cls, name, *documents, **values):
        return cls.env["openpce.transport.file"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "division_id": cls.division.id,
                "analytic_account_id": cls._analytic(name, cls.file_plan).id,
                "document_ids": [Command.create({"name": document}) for document in documents],
                **values,
            }
        )

    @classmethod
    def _forecast(cls, amount, **values):
        return cls.env["openpce.cost.forecast"].create(
            {
                "file_id": cls.file.id,
                "partner_id": cls.supplier.id,
                "product_id": cls.product.id,
                "currency_id": cls.currency.id,
                "amount": amount,
                **values,
            }
        )

    def _empty_bill(self, untaxed, **values):
        """A bill whose document says an untaxed amount and that has no lines yet."""
        line = {
            "product_id": self.product.id,
            "price_unit": untaxed,
            "tax_ids": [Command.set(self.vat.ids)],
        }
        bill = self._bill(invoice_line_ids=[Command.create(line)], **values)
        bill.move_id.invoice_line_ids = [Command.clear()]
        return bill

    def _wizard(self, bill, *forecasts, user=None, **values):
        """The wizard as a user opens it, these forecasts chosen."""
        move = bill.move_id.with_user(user or self.ana).with_company(self.company)
        action = move.action_openpce_add_forecasts()
        wizard = move.env[action["res_model"]].browse(action["res_id"])
        for row in wizard.row_ids:
            row.chosen = row.forecast_id.id in [one.id for one in forecasts]
        wizard.write(values)
        return wizard

    def _prices(self, bill):
        lines = bill.move_id.invoice_line_ids.sorted("id")
        return [round(line.price_subtotal, 2) for line in lines]
