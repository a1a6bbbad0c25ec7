from odoo import SUPERUSER_ID, fields, models
from odoo.tools import SQL

from .openpce_bill import SOURCES, STATES
from .openpce_bill_task import STAGES

#: Columns whose groups show a percentile instead of the average.
_PERCENTILES = {"hours_median": 0.5, "hours_p90": 0.9}


class OpenpceBillFigure(models.Model):
    """What the workflow achieves, one row a bill (definitions in the readme and the help texts).

    *Touchless*: approved or posted without anybody treating it by hand, changing a figure, holding,
    returning or forwarding it. *First pass*: approved without a rejection, a voided approval or a
    stop in revision.
    """

    _name = "openpce.bill.figure"
    _description = "Figures of the supplier bills"
    _auto = False
    _order = "entry_date desc"
    _rec_name = "bill_id"
    _depends = {
        "openpce.bill": [
            "company_id", "entry_date", "commercial_partner_id", "division_id", "source", "state",
            "amount_company", "trace",
        ],
        "openpce.bill.log": ["bill_id", "event", "detail", "at"],
    }  # fmt: skip

    bill_id = fields.Many2one("openpce.bill", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    entry_date = fields.Datetime("Entered", readonly=True)
    commercial_partner_id = fields.Many2one("res.partner", "Entity", readonly=True)
    division_id = fields.Many2one("openpce.division", readonly=True)
    source = fields.Selection(SOURCES, readonly=True)
    state = fields.Selection(STATES, readonly=True)
    amount_company = fields.Float("Total in company currency", readonly=True)
    ended = fields.Integer("Approved", readonly=True, help="Approved or posted.")
    touchless = fields.Float(
        "Touchless rate",
        readonly=True,
        aggregator="avg",
        help="Share of the approved bills that nobody treated, changed, held, returned or "
        "forwarded by hand.",
    )
    first_pass = fields.Float(
        "First-pass rate",
        readonly=True,
        aggregator="avg",
        help="Share of the approved bills without rejection, voided approval or stop in revision.",
    )
    hours_median = fields.Float(
        "Hours to approval (median)",
        readonly=True,
        aggregator="avg",
        help="From entry to approval; half of the bills needed less.",
    )
    hours_p90 = fields.Float(
        "Hours to approval (p90)",
        readonly=True,
        aggregator="avg",
        help="From entry to approval; nine in ten bills needed less.",
    )
    incomplete = fields.Integer("Stopped: incomplete", readonly=True)
    repeated = fields.Integer("Stopped: repeated", readonly=True)
    unrouted = fields.Integer("Without criteria", readonly=True)
    returns = fields.Integer("Returns to the supplier", readonly=True)
    forwards = fields.Integer(readonly=True)
    rejections = fields.Integer(readonly=True)
    voided = fields.Integer("Voided approvals", readonly=True)
    escalations = fields.Integer(readonly=True, help="Times a person was late.")
    sample_expected = fields.Float(
        "Sample expected",
        readonly=True,
        help="Sum of the rates of the random control: how many bills it draws on average.",
    )
    sample_drawn = fields.Integer("Sample drawn", readonly=True)

    @property
    def _table_query(self):
        """One pass over bills and their follow-up."""
        return SQL(
            """
            SELECT bill.id, bill.id AS bill_id, bill.company_id, bill.entry_date,
                bill.commercial_partner_id, bill.division_id, bill.source, bill.state,
                bill.amount_company,
                (bill.state IN ('approved', 'posted'))::int AS ended,
                CASE WHEN bill.state IN ('approved', 'posted') THEN
                    (told.by_hand = 0)::int END AS touchless,
                CASE WHEN bill.state IN ('approved', 'posted') THEN
                    (told.again = 0)::int END AS first_pass,
                told.hours AS hours_median, told.hours AS hours_p90,
                told.incomplete, told.repeated, told.unrouted, told.returns, told.forwards,
                told.rejections, told.voided, told.escalations,
                split_part(bill.trace->'random'->>'rate', '/', 1)::float
                    / COALESCE(NULLIF(split_part(bill.trace->'random'->>'rate', '/', 2), ''), '1')
                    ::float AS sample_expected,
                COALESCE((bill.trace->'random'->>'drawn')::boolean, false)::int AS sample_drawn
            FROM openpce_bill bill
            LEFT JOIN LATERAL (
                SELECT
                    COUNT(*) FILTER (WHERE log.event IN ('forwarded', 'returned')
                        OR (log.event = 'held' AND log.detail->>'hold_reason' = 'manual_hold')
                        OR (log.event = 'edited' AND log.user_id <> %(system)s)
                        OR (log.event = 'validated' AND log.detail->>'user' <> 'false')) AS by_hand,
                    COUNT(*) FILTER (WHERE log.event IN ('rejected', 'voided', 'stopped')) AS again,
                    COUNT(*) FILTER (WHERE log.event = 'stopped'
                        AND jsonb_array_length(log.detail->'missing') > 0) AS incomplete,
                    COUNT(*) FILTER (WHERE log.event = 'stopped'
                        AND jsonb_array_length(log.detail->'duplicates') > 0) AS repeated,
                    COUNT(*) FILTER (WHERE log.event = 'held'
                        AND log.detail->>'hold_reason' = 'no_rule') AS unrouted,
                    COUNT(*) FILTER (WHERE log.event = 'returned') AS returns,
                    COUNT(*) FILTER (WHERE log.event = 'forwarded') AS forwards,
                    COUNT(*) FILTER (WHERE log.event = 'rejected') AS rejections,
                    COUNT(*) FILTER (WHERE log.event = 'voided') AS voided,
                    COUNT(*) FILTER (WHERE log.event = 'late') AS escalations,
                    EXTRACT(EPOCH FROM MAX(log.at) FILTER (WHERE log.event = 'state'
                        AND log.detail->>'to' = 'approved') - bill.entry_date) / 3600 AS hours
                FROM openpce_bill_log log WHERE log.bill_id = bill.id
            ) told ON true
            WHERE bill.state <> 'discarded'
            """,
            # what criteria change is no work of anybody
            system=SUPERUSER_ID,
        )

    def _read_group_select(self, aggregate_spec, query):
        # EXTENDS 'base': a percentile cannot be made of groups, PostgreSQL makes it of the rows
        return _as_percentile(self, aggregate_spec, query) or super()._read_group_select(
            aggregate_spec, query
        )


class OpenpceBillStageFigure(models.Model):
    """How long each responsibility took, one row a task; open ones count until now."""

    _name = "openpce.bill.stage.figure"
    _description = "Times by stage and person"
    _auto = False
    _order = "assigned_at desc"
    _rec_name = "bill_id"
    _depends = {
        "openpce.bill.task": [
            "bill_id", "company_id", "stage", "user_id", "team_id", "state", "assigned_at",
            "done_at", "late",
        ],
    }  # fmt: skip

    bill_id = fields.Many2one("openpce.bill", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    stage = fields.Selection(STAGES, readonly=True)
    user_id = fields.Many2one("res.users", "Person", readonly=True)
    team_id = fields.Many2one("openpce.bill.team", readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("done", "Done"), ("cancelled", "Cancelled")], readonly=True
    )
    assigned_at = fields.Datetime("Assigned", readonly=True)
    late = fields.Integer(readonly=True)
    age = fields.Selection(
        [("1", "Up to 1 day"), ("2", "Up to 3 days"), ("3", "Up to 7 days"), ("4", "Older")],
        readonly=True,
        help="How long an open task waits already.",
    )
    hours = fields.Float("Hours (average)", readonly=True, aggregator="avg")
    hours_median = fields.Float(
        "Hours (median)", readonly=True, aggregator="avg", help="Half of the tasks took less."
    )
    hours_p90 = fields.Float(
        "Hours (p90)", readonly=True, aggregator="avg", help="Nine in ten tasks took less."
    )

    @property
    def _table_query(self):
        """The tasks with their hours by the clock on the wall."""
        return SQL(
            """
            SELECT task.id, task.bill_id, task.company_id, task.stage, task.user_id, task.team_id,
                task.state, task.assigned_at, COALESCE(task.late, false)::int AS late,
                spent.hours, spent.hours AS hours_median, spent.hours AS hours_p90,
                CASE WHEN task.state <> 'open' THEN NULL WHEN spent.hours <= 24 THEN '1'
                    WHEN spent.hours <= 72 THEN '2' WHEN spent.hours <= 168 THEN '3'
                    ELSE '4' END AS age
            FROM openpce_bill_task task
            CROSS JOIN LATERAL (
                SELECT EXTRACT(EPOCH FROM
                    COALESCE(task.done_at, now() AT TIME ZONE 'UTC') - task.assigned_at
                ) / 3600 AS hours
            ) spent
            """
        )

    def _read_group_select(self, aggregate_spec, query):
        # EXTENDS 'base': as above
        return _as_percentile(self, aggregate_spec, query) or super()._read_group_select(
            aggregate_spec, query
        )


def _as_percentile(model, aggregate_spec, query):
    """SQL of a percentile when a column stands for one, else None."""
    name = aggregate_spec.partition(":")[0]
    if name not in _PERCENTILES:
        return None
    return SQL(
        "percentile_cont(%s) WITHIN GROUP (ORDER BY %s)",
        _PERCENTILES[name],
        model._field_to_sql(model._table, name, query),
    )
