from datetime import time, timedelta

from odoo import fields, models

from ..bill_flow.clocks import CalendarHours, WorkingHours
from ..bill_flow.holidays import holidays


class ResCompany(models.Model):
    _inherit = "res.company"

    def _openpce_get_clock(self):
        """The clock that supervision counts with: every hour, or a working calendar (A18).

        Holidays are those of the calendar, and in Colombia those of the law of any year.
        """
        self.ensure_one()
        # sudo: whoever is assigned a bill need not read calendars
        calendar = self.sudo().openpce_calendar_id
        if not calendar:
            return CalendarHours()
        week = {}
        for row in calendar.attendance_ids.filtered(lambda x: not x.display_type):
            if row.day_period != "lunch" and not row.week_type:
                interval = (_as_time(row.hour_from), _as_time(row.hour_to))
                week.setdefault(int(row.dayofweek), []).append(interval)
        zone = calendar.tz or "UTC"
        return WorkingHours(
            {day: tuple(sorted(intervals)) for day, intervals in week.items()},
            frozenset(self._openpce_get_holidays(calendar)),
            zone,
        )

    def _openpce_get_holidays(self, calendar):
        """Days without work around today."""
        days = set()
        for leave in calendar.global_leave_ids:
            day = fields.Datetime.context_timestamp(calendar, leave.date_from).date()
            last = fields.Datetime.context_timestamp(calendar, leave.date_to).date()
            while day <= last:
                days.add(day)
                day += timedelta(days=1)
        # sudo: the country of the company above, also for who only sees the branch
        if self.sudo().root_id.account_fiscal_country_id.code == "CO":
            this_year = fields.Date.today().year
            for year in range(this_year - 1, this_year + 3):
                days.update(holidays(year))
        return days


def _as_time(hours):
    """Hours of a day as a time; 24 is midnight."""
    minutes = round(hours * 60) % (24 * 60)
    return time(minutes // 60, minutes % 60)
