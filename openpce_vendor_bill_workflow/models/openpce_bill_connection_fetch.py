import logging
import time

from odoo import api, fields, models
from odoo.tools.mail import plaintext2html

from ..connectors import ParcelError, SourceError, SourceLost
from ..tools.steps import one_at_a_time, safe_step
from .openpce_bill_source import Visit

_logger = logging.getLogger(__name__)
#: Seconds after which a visit begins nothing new; the source itself ends it at twice as many.
_BUSY = 30
_ACTIVITY = "mail.mail_activity_data_warning"


class OpenpceBillConnection(models.Model):
    """Visits: every delivery is safe here before it is moved there (R81)."""

    _inherit = "openpce.bill.connection"

    last_run = fields.Datetime("Last visit", readonly=True, copy=False)
    last_state = fields.Selection(
        [("done", "Done"), ("partly", "Partly"), ("failed", "Failed")],
        "Result",
        readonly=True,
        copy=False,
    )
    last_result = fields.Text("What it brought", readonly=True, copy=False)
    last_trace = fields.Text(readonly=True, copy=False, groups="base.group_system")
    intake_count = fields.Integer("Deliveries", compute="_compute_intake_count")

    scheduled = fields.Boolean(compute="_compute_scheduled")

    def _compute_scheduled(self):
        # sudo: whether there is a task, whoever looks at the connection
        tasks = self.env["openpce.bill.schedule"].sudo()
        companies = tasks.search([("function_id.code", "=", "fetch")]).company_id
        for connection in self:
            connection.scheduled = connection.company_id in companies

    def _compute_intake_count(self):
        # sudo: a number says nothing about the deliveries
        counts = dict(
            self.env["openpce.bill.intake"]
            .sudo()
            ._read_group([("connection_id", "in", self.ids)], ["connection_id"], ["__count"])
        )
        for connection in self:
            connection.intake_count = counts.get(connection, 0)

    def action_fetch(self):
        """Visit the connections now and show what came of it."""
        self.check_access("write")
        visit = Visit()
        for connection in self:
            visit = visit.plus(connection._visit())
        return self._notify(
            "warning" if visit.failures else "success",
            self.env._("Visit ended"),
            self.env["openpce.bill.source"]._tell(visit),
        )

    def action_open_intakes(self):
        """Show what came by the connection."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "openpce_vendor_bill_workflow.bill_intake_action"
        )
        return {**action, "domain": [("connection_id", "in", self.ids)], "context": {}}

    @api.model
    def _fetch_company(self, company):
        """Visit the connections of a company, each apart; the one not visited longest comes first.

        Ends within the time limit of a request: what is not reached comes first the next time.
        """
        visit, begin = Visit(), time.monotonic()
        domain = [("company_id", "=", company.id)]
        for connection in self.search(domain, order="last_run NULLS FIRST, sequence, id"):
            if time.monotonic() - begin > _BUSY:
                return visit._replace(again=True)
            visit = visit.plus(connection._visit())
        return visit

    def _visit(self):
        """Take in what waits at one connection; never raises."""
        self.ensure_one()
        connection = self.sudo()  # sudo: secret, deliveries and results are the system's
        with one_at_a_time(self.env, self._name, self.id) as mine:
            if not mine:
                return Visit(failures=(self.env._("%s: another visit is going on.", self.name),))
            visit, failure, trace = connection._empty()
            if failure:
                failure = self.env._("%(name)s: %(error)s", name=self.name, error=failure)
                visit = visit._replace(failures=(*visit.failures, failure))
            with safe_step(self.env):
                connection._note_visit(visit, trace)
        return visit

    def _empty(self):
        """(visit, failure, trace): take parcel by parcel until all are taken or the line breaks."""
        visit = Visit()
        if not self.company_id.openpce_bill_workflow:
            return visit, self._explain(SourceError("workflow_off")), False
        try:
            with self._open() as source:
                begin = time.monotonic()
                for parcel in self._leave_refused(source.parcels()):
                    taken = visit.came + visit.unreadable
                    if taken >= self.max_count or time.monotonic() - begin > _BUSY:
                        return visit._replace(again=True), "", False
                    visit = visit.plus(self._take(source, parcel))
        except SourceError as error:
            return visit, self._explain(error), self._format_trace(error)
        except Exception as error:
            _logger.exception("Connection %s failed", self.id)
            text = self.env._(
                "The visit ended by an error of the program (%s). What was taken before is safe; "
                "show the trace of the connection to your administrator.",
                type(error).__name__,
            )
            return visit, text, self._format_trace(error)
        return visit, "", False

    def _leave_refused(self, parcels):
        """Parcels without those that were told to be too heavy and still are."""
        limit = self.max_size * 1_000_000
        for parcel in parcels:
            heavy = parcel.size > limit
            if not (heavy and self.env["openpce.bill.intake"]._find_delivery(self, parcel.key)):
                yield parcel

    def _take(self, source, parcel):
        """Take in one parcel; what is wrong with it stops no other.

        :raises SourceLost: the line broke.
        """
        intakes = self.env["openpce.bill.intake"]
        where = {"source": "connection", "connection": self, "key": parcel.key}
        try:
            files = source.fetch(parcel)
        except ParcelError as error:
            if error.code == "changed":
                return Visit(waiting=1)
            known = intakes._find_delivery(self, parcel.key)
            intakes._refuse(parcel.name, self._explain(error), company=self.company_id, **where)
            return Visit(unreadable=0 if known else 1)
        known = bool(intakes._find_delivery(self, parcel.key).file_hash)
        sender = next((file.origin for file in files if file.origin), False)
        intake = intakes._receive(files, company=self.company_id, sender=sender, **where)
        try:
            source.settle(parcel)  # the files are committed here
        except SourceLost:
            raise
        except SourceError as error:
            failure = self.env._(
                "%(name)s: %(parcel)s is here, but stays at the source. %(error)s",
                name=self.name,
                parcel=parcel.name,
                error=self._explain(error),
            )
            return (Visit() if known else intake._as_visit())._replace(failures=(failure,))
        return Visit(repeated=1) if known else intake._as_visit()

    def _note_visit(self, visit, trace):
        """Note what came of the visit; tell somebody once while it goes on failing."""
        failed = bool(visit.failures)
        came = visit.came + visit.repeated + visit.unreadable
        self.write(
            {
                "last_run": fields.Datetime.now(),
                "last_state": ("partly" if came else "failed") if failed else "done",
                "last_result": self.env["openpce.bill.source"]._tell(visit),
                "last_trace": trace,
            }
        )
        if not failed:
            self.activity_unlink([_ACTIVITY])
        elif self.user_id and not self.activity_search([_ACTIVITY]):
            # quick_update: the home screen tells, no mail goes out
            self.with_context(mail_activity_quick_update=True).activity_schedule(
                _ACTIVITY,
                user_id=self.user_id.id,
                summary=self.env._("The connection fails"),
                # what a server said is in it: text, not markup
                note=plaintext2html("\n".join(visit.failures)),
            )

    def _format_trace(self, error):
        return self.env["openpce.bill.source"]._format_trace(error)
