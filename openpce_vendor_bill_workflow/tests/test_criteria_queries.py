"""Random control and the cost of finding criteria: counted queries, whatever the rules are."""

from datetime import date
from decimal import Decimal

from odoo.tests import tagged

from ..bill_flow.sampling import coverage, sample
from .common import WorkflowCommon

DAY = date(2026, 6, 15)


@tagged("post_install", "-at_install")
class TestCriteriaQueries(WorkflowCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.suppliers = cls.env["res.partner"].create([{"name": f"S{n}"} for n in range(300)])
        cls.control = cls.env["openpce.bill.random.control"]

    def _vals(self, model, **vals):
        extra = {} if model.endswith("treatment.rule") else {"level_1_ids": self.beto.ids}
        return {"company_id": self.company.id, "division_id": False, **extra, **vals}

    def _assert_queries(self, model, most, amount=()):
        """The same few queries with ten rules and with three hundred."""
        rules = self.env[model]
        criteria = rules._as_criteria(self.branch, partner=self.suppliers[0])
        for batch in (self.suppliers[:10], self.suppliers[10:]):
            rules.create([self._vals(model, partner_id=partner.id) for partner in batch])
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(most):
                rule, _match = rules._match(criteria, *amount, DAY)
            self.assertEqual(rule.partner_id, self.suppliers[0])

    def test_treatment(self):
        self._assert_queries("openpce.bill.treatment.rule", 1)

    def test_approval(self):
        self._assert_queries("openpce.bill.approval.rule", 8, (Decimal(100),))

    def test_random_control(self):
        self._assert_queries("openpce.bill.random.control", 7, (Decimal(100),))

    def test_most_specific_control_within_its_amounts(self):
        model = self.control._name
        every = self.control.create(self._vals(model, amount_to=500, percentage=5))
        one = self.control.create(
            self._vals(model, partner_id=self.suppliers[1].id, amount_to=100, percentage=50)
        )
        criteria = self.control._as_criteria(self.company, partner=self.suppliers[1])
        for amount, wanted in (("100", one), ("-100", one), ("100.01", every), ("500.01", None)):
            with self.subTest(amount=amount):
                found, _match = self.control.with_user(self.ana)._match(
                    criteria, Decimal(amount), DAY
                )
                self.assertEqual(found, wanted or self.control, "A36")

    def test_draw_is_repeated_alike_and_meets_its_share(self):
        model = self.control._name
        self.control.create(self._vals(model, percentage=20, threshold=100))
        criteria = self.control._as_criteria(self.company)
        secret = self.company._openpce_get_sampling_secret()
        secret = secret if isinstance(secret, bytes) else secret.encode()

        def draw(subject, amount):
            rule, match = self.control._match(criteria, amount, DAY)
            return sample(
                secret,
                subject,
                str(rule.id),
                percentage=match.winner.percentage,
                amount=amount,
                threshold=match.winner.threshold,
            )

        self.assertEqual(draw("bill-1", Decimal(100)), draw("bill-1", Decimal(100)), "A36")
        self.assertEqual(draw("bill-1", Decimal(50)).rate * 2, draw("bill-1", Decimal(100)).rate)
        made = coverage(draw(f"bill-{n}", Decimal(100)) for n in range(400))
        self.assertEqual(made.expected, 80)
        # five standard deviations around the expected 80 of 400
        self.assertTrue(40 <= made.drawn <= 120, made)
