"""Bills of a company whose workflow is on, with a small chart of accounts."""

from odoo import Command, fields

from .common import WorkflowCommon


class BillCommon(WorkflowCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currency = cls.company.currency_id
        cls.payable = cls._account("211000", "liability_payable", reconcile=True)
        cls.expense = cls._account("511000", "expense")
        cls.tax_account = cls._account("240800", "liability_current")
        cls.journal = cls.env["account.journal"].create(
            {
                "name": "Vendor Bills",
                "code": "BILLX",
                "type": "purchase",
                "company_id": cls.company.id,
                "default_account_id": cls.expense.id,
            }
        )
        cls.company.account_fiscal_country_id = cls.env.ref("base.co")
        group = cls.env["account.tax.group"].create(
            {"name": "VAT", "company_id": cls.company.id, "country_id": cls.env.ref("base.co").id}
        )
        cls.vat = cls._tax("VAT 19", 19.0, group)
        cls.withholding = cls._tax("Withholding 4", -4.0, group)
        cls.product = cls._product("Freight")
        cls.supplier = (
            cls.env["res.partner"]
            .with_company(cls.company)
            .create(
                {
                    "name": "Shipping Line",
                    "is_company": True,
                    "email": "bills@shipping.example",
                    "property_account_payable_id": cls.payable.id,
                }
            )
        )
        cls.dora = cls._user("wf_dora")
        cls.accountant = cls._user("wf_accountant", "account.group_account_invoice")
        cls._register(cls.carla, "supervisor")
        cls._register(cls.dora, "supervisor")
        cls.dispatchers = cls.env["openpce.bill.team"].create(
            {
                "name": "Dispatchers",
                "company_id": cls.company.id,
                "member_ids": [Command.set((cls.beto | cls.carla).ids)],
            }
        )
        cls.company.write(
            {
                "openpce_bill_workflow": True,
                "openpce_dispatcher_team_id": cls.dispatchers.id,
                "openpce_require_file": False,
            }
        )
        cls.env["ir.default"].set(
            "res.partner", "property_account_payable_id", cls.payable.id, company_id=cls.company.id
        )

    @classmethod
    def _account(cls, code, kind, **values):
        return (
            cls.env["account.account"]
            .with_company(cls.company)
            .create(
                {
                    "code": code,
                    "name": code,
                    "account_type": kind,
                    "company_ids": [Command.set(cls.company.ids)],
                    **values,
                }
            )
        )

    @classmethod
    def _product(cls, name, **values):
        return (
            cls.env["product.product"]
            .with_company(cls.company)
            .create(
                {
                    "name": name,
                    "type": "service",
                    "property_account_expense_id": cls.expense.id,
                    "supplier_taxes_id": [Command.set(cls.vat.ids)],
                    **values,
                }
            )
        )

    @classmethod
    def _tax(cls, name, amount, group):
        share = [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "account_id": cls.tax_account.id}),
        ]
        return cls.env["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "type_tax_use": "purchase",
                "company_id": cls.company.id,
                "country_id": cls.env.ref("base.co").id,
                "tax_group_id": group.id,
                "invoice_repartition_line_ids": share,
                "refund_repartition_line_ids": [Command.create(dict(row[2])) for row in share],
            }
        )

    @classmethod
    def _bill(cls, amount=100.0, number=None, lines=None, submit=True, **values):
        """A bill of the supplier, verified unless ``submit`` is off."""
        cls._number = getattr(cls, "_number", 0) + 1
        move = (
            cls.env["account.move"]
            .with_company(cls.company)
            .create(
                {
                    "move_type": "in_invoice",
                    "partner_id": cls.supplier.id,
                    "ref": number or f"FV-{cls._number:04}",
                    "invoice_date": fields.Date.today(),
                    "journal_id": cls.journal.id,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": f"Line {price}",
                                "product_id": cls.product.id,
                                "quantity": 1,
                                "price_unit": price,
                                "tax_ids": [],
                            }
                        )
                        for price in (lines or [amount])
                    ],
                    **values,
                }
            )
        )
        bill = move.openpce_bill_id
        if submit:
            bill.action_submit()
        return bill

    @classmethod
    def _distribution(cls, user=None, team=None, **values):
        return cls.env["openpce.bill.distribution.rule"].create(
            {
                "company_id": cls.company.id,
                "division_id": False,
                "user_id": user.id if user else False,
                "team_id": team.id if team else False,
                **values,
            }
        )

    @classmethod
    def _approval(cls, *levels, model="openpce.bill.approval.rule", **values):
        """Criteria with one level for each set of users."""
        return cls.env[model].create(
            {
                "company_id": cls.company.id,
                "division_id": False,
                "level_ids": [
                    Command.create({"number": number, "user_ids": [Command.set(users.ids)]})
                    for number, users in enumerate(levels, 1)
                ],
                **values,
            }
        )

    @classmethod
    def _supervision(cls, user, stage="treat", assignee=None, **values):
        return cls.env["openpce.bill.supervision.rule"].create(
            {
                "company_id": cls.company.id,
                "stage": stage,
                "user_id": user.id,
                "assignee_id": assignee.id if assignee else False,
                **values,
            }
        )

    def _as(self, user, bill):
        """The bill as a user sees it."""
        return bill.with_user(user).with_company(self.company)

    def _count_queries(self, action):
        """Queries of an action, as in a request of its own."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        action()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _open_tasks(self, bill):
        """(stage, level, who) of the open tasks."""
        tasks = bill.task_ids.filtered(lambda task: task.state == "open")
        return sorted((t.stage, t.level, t.user_id.login or t.team_id.name) for t in tasks)

    def _events(self, bill):
        return bill.log_ids.sorted("number").mapped("event")
