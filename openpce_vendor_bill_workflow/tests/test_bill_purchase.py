"""Purchase orders go on working with the workflow; run where Odoo's module ``purchase`` is."""

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .bill_common import BillCommon


@tagged("with_purchase", "-standard", "post_install", "-at_install")
class TestBillPurchase(BillCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._distribution(cls.ana)
        cls._approval(cls.beto)
        cls.buyer = cls._user("wf_buyer", "purchase.group_purchase_user")
        cls.clerk = cls._user(
            "wf_clerk", "account.group_account_invoice,purchase.group_purchase_user"
        )
        cls.product.purchase_method = "purchase"
        cls.received = cls._product("Cranes", purchase_method="receive")
        cls.transport = cls._product("Transport")
        cls.dozen = cls.env.ref("uom.product_uom_dozen")

    def _order(self, *rows):
        """An order confirmed by the buyer; rows of product, quantity, price and unit."""
        # what the set-up read as the system is not for the buyer to see
        self.env.invalidate_all()
        order = (
            self.env["purchase.order"]
            .with_user(self.buyer)
            .with_company(self.company)
            .create(
                {
                    "partner_id": self.supplier.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_qty": quantity,
                                "price_unit": price,
                                "tax_ids": [Command.set(self.vat.ids)],
                                **({"product_uom_id": unit[0].id} if unit else {}),
                            }
                        )
                        for product, quantity, price, *unit in rows
                    ],
                }
            )
        )
        order.button_confirm()
        self.assertEqual(order.state, "purchase")
        return order

    def _bill_of(self, order, submit=True):
        """The bill that the buyer makes from the order."""
        order.action_create_invoice()
        move = order.invoice_ids.sorted("id")[-1:]
        move.write({"ref": f"PO-{move.id}", "invoice_date": fields.Date.today()})
        bill = move.sudo(False).with_user(self.env.user).openpce_bill_id
        if submit:
            bill.action_submit()
        return bill

    def _finish(self, bill):
        """Validate, approve and post, each by the person who does it."""
        self._as(self.ana, bill).action_validate()
        self._as(self.beto, bill).action_approve()
        bill.move_id.with_user(self.accountant).with_company(self.company).action_post()
        self.assertEqual((bill.state, bill.move_id.state), ("posted", "posted"))

    def _billed(self, order):
        self.env.flush_all()
        order.invalidate_recordset()
        return order.order_line.mapped("qty_invoiced")

    def test_a_bill_made_from_the_order_goes_all_the_way(self):
        order = self._order((self.product, 10, 20.0), (self.product, 2, 7.0))
        bill = self._bill_of(order)
        self.assertEqual((bill.state, bill.document_total), ("in_treatment", 254.66))
        self.assertEqual(self._billed(order), [10.0, 2.0])
        for user in (self.buyer, self.accountant):
            with self.subTest(user.login), self.assertRaises(UserError) as caught:
                bill.move_id.with_user(user).with_company(self.company).action_post()
            self.assertIn("wf_ana", str(caught.exception) + self._as(user, bill).holder)
        self._finish(bill)
        self.assertEqual((self._billed(order), order.invoice_status), ([10.0, 2.0], "invoiced"))

    def test_what_was_received_is_billed(self):
        order = self._order((self.received, 10, 5.0))
        order.order_line.qty_received = 4
        bill = self._bill_of(order)
        self.assertEqual(bill.move_id.invoice_line_ids.quantity, 4.0)
        self._finish(bill)
        self.assertEqual(self._billed(order), [4.0])
        order.order_line.qty_received = 10
        self.assertEqual(self._bill_of(order).move_id.invoice_line_ids.quantity, 6.0)

    def test_a_reviewer_without_rights_on_purchases_treats_the_bill(self):
        order = self._order((self.product, 10, 20.0))
        bill = self._bill_of(order)
        move = self._as(self.ana, bill).move_id
        line = move.invoice_line_ids
        move.write({"invoice_line_ids": [Command.update(line.id, {"quantity": 9})]})
        self.assertEqual(self._billed(order), [9.0])
        self.assertFalse(self.env["purchase.order"].with_user(self.ana).has_access("write"))
        move.write({"invoice_line_ids": [Command.update(line.id, {"quantity": 10})]})
        self._finish(bill)

    def test_a_reviewer_reads_orders_of_the_own_bills_alone(self):
        mine, other = (self._order((self.product, 1, price)) for price in (20.0, 30.0))
        self._bill_of(mine)
        orders = self.env["purchase.order"].with_user(self.ana).with_company(self.company)
        self.assertEqual(orders.search([]).sudo(), mine.sudo())
        self.assertEqual(orders.search([]).order_line.sudo(), mine.sudo().order_line)
        self.assertIn(other, orders.with_user(self.buyer).search([]), "buyers see all of them")
        self._register(self.buyer, "reviewer")
        self.assertIn(other, orders.with_user(self.buyer).search([]), "reviewing or not")

    def test_a_captured_bill_is_matched_with_lines_of_the_order(self):
        order = self._order((self.product, 10, 20.0))
        bill = self._bill(lines=[20.0])
        bill.move_id.invoice_line_ids.quantity = 10
        bill.document_untaxed = bill.document_total = 200.0
        self.env.flush_all()
        action = (
            bill.move_id.with_user(self.accountant)
            .with_company(self.company)
            .action_purchase_matching()
        )
        rows = (
            self.env[action["res_model"]]
            .with_user(self.accountant)
            .with_company(self.company)
            .with_context(allowed_company_ids=self.company.ids)
            .search(action["domain"])
        )
        self.assertEqual(rows.pol_id.ids, order.order_line.ids)
        rows.action_match_lines()
        self.assertEqual(bill.move_id.invoice_line_ids.purchase_line_id.ids, order.order_line.ids)
        self.assertEqual((self._billed(order), bill.state), ([10.0], "in_treatment"))
        self._finish(bill)
        self.assertEqual(order.invoice_status, "invoiced")

    def test_matching_alone_voids_no_approval(self):
        order = self._order((self.product, 1, 100.0))
        bill = self._bill()
        self._as(self.ana, bill).action_validate()
        self._as(self.beto, bill).action_approve()
        line = bill.move_id.invoice_line_ids.with_user(self.accountant).with_company(self.company)
        line.purchase_line_id = order.order_line.id
        self.assertEqual((self._billed(order), bill.state), ([1.0], "approved"))

    def test_a_captured_bill_is_completed_from_the_order(self):
        order = self._order((self.product, 10, 20.0))
        bill = self._bill(lines=[], submit=False)
        self.env.flush_all()
        union = self.env["purchase.bill.union"].search([("purchase_order_id", "=", order.id)])
        bill.move_id.invoice_line_ids.unlink()
        move = bill.move_id.with_user(self.clerk).with_company(self.company)
        with Form(move) as form:
            form.purchase_vendor_bill_id = union
        bill.action_submit()
        self.assertEqual((self._billed(order), bill.state), ([10.0], "in_treatment"))
        self._finish(bill)

    def test_returned_and_deleted_bills_free_the_order(self):
        order = self._order((self.product, 10, 20.0))
        bill = self._bill_of(order)
        reason = self.env["openpce.bill.reason"].search([], limit=1)
        self._as(self.ana, bill)._return_to_supplier(reason, "", "x@shipping.example")
        self.assertEqual(self._billed(order), [0.0], "the corrected bill can be made")
        self._as(self.beto, bill).action_take_back()
        self.assertEqual(self._billed(order), [10.0])
        self._as(self.ana, bill)._discard(reason, "")
        self.assertEqual(self._billed(order), [0.0])
        self._as(self.beto, bill).action_restore()
        self.assertEqual(self._billed(order), [10.0])

    def test_reset_gives_back_the_order_that_was_captured(self):
        order = self._order((self.product, 2, 20.0, self.dozen))
        bill = self._bill_of(order)
        line = bill.move_id.invoice_line_ids
        self._as(self.ana, bill).move_id.write(
            {"invoice_line_ids": [Command.update(line.id, {"quantity": 1})]}
        )
        self.assertEqual(self._billed(order), [1.0])
        self._as(self.ana, bill).action_reset_captured()
        self.assertEqual(bill.move_id.invoice_line_ids.product_uom_id, self.dozen)
        self.assertEqual(self._billed(order), [2.0])
        typed = self._bill(lines=[20.0])
        typed.move_id.invoice_line_ids.purchase_line_id = order.order_line
        self.assertGreater(self._billed(order)[0], 2.0)
        self._as(self.ana, typed).action_reset_captured()
        self.assertEqual(self._billed(order), [2.0], "what was matched later is free again")

    def test_joined_lines_bill_what_they_billed(self):
        order = self._order((self.product, 10, 20.0), (self.product, 5, 20.0))
        bill = self._bill_of(order)
        move = self._as(self.ana, bill).move_id
        with self.assertRaises(UserError) as caught:
            move.invoice_line_ids._openpce_group()
        self.assertIn("purchase order", str(caught.exception))
        first = move.invoice_line_ids[0]
        move.write(
            {
                "invoice_line_ids": [
                    Command.update(first.id, {"quantity": 6}),
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "quantity": 4,
                            "price_unit": 20.0,
                            "tax_ids": [Command.set(self.vat.ids)],
                            "purchase_line_id": order.order_line[0].id,
                        }
                    ),
                ]
            }
        )
        same = move.invoice_line_ids.filtered(
            lambda x: x.purchase_line_id == first.purchase_line_id
        )
        joined = same._openpce_group()
        self.assertEqual((joined.quantity, joined.price_subtotal), (10.0, 200.0))
        self.assertEqual(self._billed(order), [10.0, 5.0])
        joined._openpce_ungroup()
        self.assertEqual(len(move.invoice_line_ids), 3)
        self.assertEqual(self._billed(order), [10.0, 5.0])
        self._finish(bill)

    def test_shares_bill_the_quantity_once(self):
        self.env["openpce.bill.treatment.rule"].create(
            {
                "company_id": self.company.id,
                "division_id": False,
                "partner_id": self.supplier.id,
                "product_id": self.transport.id,
                "share_ids": [
                    Command.create({"division_id": self.division.id, "percentage": share})
                    for share in (33.33, 33.33, 33.34)
                ],
            }
        )
        order = self._order((self.product, 7, 14.3, self.dozen), (self.product, 1, 99.99))
        bill = self._bill_of(order)
        lines = bill.move_id.invoice_line_ids
        self.assertEqual(len(lines), 6)
        self.assertEqual(self._billed(order), [7.0, 1.0])
        self.assertEqual(
            [
                round(sum(group.mapped("price_subtotal")), 2)
                for _line, group in lines.grouped("purchase_line_id").items()
            ],
            [100.1, 99.99],
        )
        self._finish(bill)
        self.assertEqual(order.invoice_status, "invoiced")

    def test_a_concept_leaves_the_unit_of_the_order(self):
        self.env["openpce.bill.treatment.rule"].create(
            {
                "company_id": self.company.id,
                "division_id": False,
                "partner_id": self.supplier.id,
                "product_id": self.transport.id,
            }
        )
        order = self._order((self.product, 2, 20.0, self.dozen))
        bill = self._bill_of(order)
        self.assertEqual(bill.move_id.invoice_line_ids.product_id, self.transport)
        self.assertEqual(self._billed(order), [2.0])

    def test_a_credit_note_opens_the_order_again(self):
        order = self._order((self.product, 10, 20.0))
        bill = self._bill_of(order)
        self._finish(bill)
        move = bill.move_id.with_user(self.accountant).with_company(self.company)
        reversal = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_company(self.company)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": self.journal.id, "reason": "sent back"})
        )
        reversal.reverse_moves()
        refund = reversal.new_move_ids
        refund.write({"ref": "NC-1", "invoice_date": fields.Date.today()})
        self.assertEqual(self._billed(order), [0.0])
        refund.openpce_bill_id.action_submit()
        self._finish(refund.sudo(False).openpce_bill_id.with_user(self.env.user))
        self.assertEqual(self._billed(order), [0.0])
