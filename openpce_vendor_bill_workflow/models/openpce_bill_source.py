import logging
import traceback
from typing import NamedTuple

from odoo import api, models

from ..tools.steps import safe_step
from .openpce_bill_function import Outcome

_logger = logging.getLogger(__name__)


class Visit(NamedTuple):
    """What a visit to one or several sources brought."""

    came: int = 0
    repeated: int = 0
    unreadable: int = 0
    waiting: int = 0
    failures: tuple = ()
    again: bool = False

    def plus(self, other):
        """Both visits as one."""
        return Visit(
            *(mine + theirs for mine, theirs in zip(self[:5], other[:5], strict=True)),
            self.again or other.again,
        )


class OpenpceBillSource(models.AbstractModel):
    """Registry of what bills are fetched from; an addon that fetches elsewhere adds its own.

    What is delivered without being fetched (journal's mail alias, upload, a portal) needs no
    entry: it calls ``openpce.bill.intake._receive`` or is a bill that Odoo makes.
    """

    _name = "openpce.bill.source"
    _description = "Sources that bills are fetched from"

    @api.model
    def _get_fetchers(self):
        """Name → (model, method); the method takes a company and returns a ``Visit``."""
        return {"connection": ("openpce.bill.connection", "_fetch_company")}

    @api.model
    def _fetch(self, company):
        """Visit every source of a company; one that fails stops no other (R81)."""
        total = Visit()
        for name, (model, method) in self._get_fetchers().items():
            try:
                with safe_step(self.env):
                    total = total.plus(getattr(self.env[model], method)(company))
            except Exception as error:
                _logger.exception("Source %s of company %s failed", name, company.id)
                total = total.plus(
                    Visit(failures=(self.env._("%(name)s: %(error)s", name=name, error=error),))
                )
        return total

    @api.model
    def _run_fetch(self, company):
        """Function of scheduled tasks: fetch what waits at the sources."""
        visit = self._fetch(company)
        return Outcome("partly" if visit.failures else "done", self._tell(visit), visit.again)

    @api.model
    def _tell(self, visit):
        """The visit in sentences."""
        told = self.env._(
            "Deliveries that came in: %(came)s; here already: %(repeated)s; not readable: "
            "%(unreadable)s.",
            came=visit.came,
            repeated=visit.repeated,
            unreadable=visit.unreadable,
        )
        if visit.waiting:
            told += " " + self.env._("%s were still on their way.", visit.waiting)
        if visit.again:
            told += " " + self.env._("There is more; the next visit takes it.")
        return "\n".join([told, *visit.failures])

    @api.model
    def _format_trace(self, error):
        """The trace of an error, for support."""
        return "".join(traceback.format_exception(error))
