"""Queries of a build do not grow with the lines."""

from odoo.tests import tagged

from .test_ubl_dian_common import UblDianCommon

#: Queries of one build with nothing in the record cache; tighten it when it falls.
QUERIES = 22


@tagged("post_install_l10n", "post_install", "-at_install")
class TestUblDianPerformance(UblDianCommon):
    def make_move(self, count, number):
        products = (self.product_19, self.product_5, self.product_exempt, self.product_inc)
        lines = [
            self.line(
                products[position % 4], position + 1, 1000.0 + position, discount=position % 3
            )
            for position in range(count)
        ]
        return self.invoice(lines, number=number)

    def forget(self):
        self.env.flush_all()
        self.env.invalidate_all()

    def test_queries_do_not_grow_with_lines(self):
        """10 and 500 lines ask the database equally often; Odoo's stock export asks 7 per line."""
        ten, many = self.make_move(10, 1), self.make_move(500, 2)
        for _round in range(2):  # access rules and the like are read once per process
            self.forget()
            self.build(ten)
        for move in (ten, many):
            self.forget()
            with self.assertQueryCount(QUERIES):
                before = self.env.cr.sql_log_count
                self.build(move)
                count = self.env.cr.sql_log_count - before
            self.assertEqual(count, QUERIES, "as many queries for any invoice")

    def test_queries_do_not_depend_on_the_way_to_the_move(self):
        """A move read through a submission with a stale prefetch set asked once per line."""
        counts = []
        for number, lines in ((3, 10), (4, 60)):
            document = self.make_move(lines, number).sudo().l10n_co_openpce_document_id
            for _round in range(2):
                self.forget()
                before = self.env.cr.sql_log_count
                self.build(document.move_id)
                count = self.env.cr.sql_log_count - before
            counts.append(count)
        self.assertEqual(*counts, "as many queries for any invoice, however it was reached")
