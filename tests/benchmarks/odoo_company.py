"""A company that issues invoices, inside one transaction that is never committed."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "setup"))

MODULE = "l10n_co_openpce_edi"
_PRODUCTS = ("chair", "coffee", "book", "lunch")


@contextlib.contextmanager
def environment(config_file: str, database: str) -> Iterator[Any]:
    """Odoo's environment on ``database``, which has the addon; nothing of it is kept."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.service import server
    from odoo.tools import config

    words = ["-c", config_file, "-d", database, "--no-http", "--log-level", "error"]
    config.parse_config(words, setup_logging=True)
    server.start(preload=[], stop=True)
    with Registry(database).cursor() as cursor:
        try:
            yield api.Environment(cursor, SUPERUSER_ID, {"tz": "America/Bogota"})
        finally:
            cursor.rollback()


class Company:
    """The addon's demo company with a certificate made now.

    :ivar record: the company; :ivar env: environment in which it is the active one.
    """

    def __init__(self, env: Any) -> None:
        from lib import demo

        self.record = env.ref(f"{MODULE}.demo_company", raise_if_not_found=False)
        if not self.record:
            demo.load_demo_files(env, MODULE)
            self.record = env.ref(f"{MODULE}.demo_company")
        demo.make_certificate(env, self.record)
        self.record = self.record.with_context(allowed_company_ids=self.record.ids)
        self.env = self.record.env

    def invoice(self, count: int) -> Any:
        """A posted invoice with ``count`` lines of four products, three rates and discounts."""
        from odoo import Command, fields

        products = [self.env.ref(f"{MODULE}.demo_product_{name}") for name in _PRODUCTS]
        lines = [
            Command.create(
                {
                    "product_id": products[position % len(products)].id,
                    "quantity": position % 7 + 1,
                    "price_unit": 1000.0 + position,
                    "discount": position % 3,
                }
            )
            for position in range(count)
        ]
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": self.record.id,
                "partner_id": self.env.ref(f"{MODULE}.demo_customer_company").id,
                "invoice_date": fields.Date.context_today(self.record),
                "invoice_line_ids": lines,
            }
        )
        move.action_post()
        self.env.flush_all()
        return move

    def cool(self) -> None:
        """Empty the cache of records, as at the start of a transaction."""
        self.env.flush_all()
        self.env.invalidate_all()
