import logging
import traceback
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ..tools.steps import safe_step

_logger = logging.getLogger(__name__)


class Outcome(NamedTuple):
    """What a function did, as its task and the person who pressed the button read it."""

    state: str  # done, partly or failed
    text: str
    again: bool = False  # there was more than fits into one run
    trace: str = ""


class OpenpceBillFunction(models.Model):
    """What scheduled tasks can do: a closed catalogue, described for people (R130, A40).

    A record is only the description. What is run stands in ``_get_registry``: no text is ever
    evaluated, and nobody can add a function but an addon.
    """

    _name = "openpce.bill.function"
    _description = "Function of scheduled tasks"
    _order = "sequence, id"

    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, readonly=True, translate=True)
    description = fields.Text(readonly=True, translate=True)
    sequence = fields.Integer(readonly=True, default=10)

    _code_unique = models.UniqueIndex("(code)", "There is a function with this code already.")

    @api.model
    def _get_registry(self):
        """Code → (model, method); the method takes a company and returns an ``Outcome``."""
        return {
            "fetch": ("openpce.bill.source", "_run_fetch"),
            "verify": ("openpce.bill", "_run_verify"),
            "distribute": ("openpce.bill", "_run_distribute"),
            "supervise": ("openpce.bill", "_run_supervise"),
            "remind": ("openpce.bill.user", "_run_remind"),
            "digest": ("openpce.bill.user", "_run_digest"),
        }

    def _run_apart(self, company):
        """Do it; what fails is undone, logged and told as an ``Outcome`` of its own."""
        self.ensure_one()
        try:
            with safe_step(self.env):
                return self._run(company)
        except Exception as error:
            _logger.exception("Function %s failed for company %s", self.code, company.id)
            why = str(error) if isinstance(error, UserError) else type(error).__name__
            text = self.env._(
                "It could not be done (%s). It is tried again at its next hour; if it goes on "
                "like this, show the trace of the scheduled task to your administrator.",
                why,
            )
            return Outcome("failed", text, trace="".join(traceback.format_exception(error)))

    def _run(self, company):
        """Do it for a company, as the system."""
        self.ensure_one()
        model, method = self._get_registry()[self.code]
        # a scheduled task is the system's, whoever set it up or starts it by hand
        scope = (
            self.env[model]
            .with_user(SUPERUSER_ID)
            .with_context(
                allowed_company_ids=company.ids,
                lang=company.partner_id.lang or self.env.lang,
                # what it calls may be a scheduled job itself; its progress is not ours
                ir_cron_progress_id=False,
            )
        )
        return getattr(scope, method)(company)
