import { _t } from "@web/core/l10n/translation";

const MINUTE = 60_000;
const SOON = 4 * 60 * MINUTE;

/**
 * How much time is left, in two units at most.
 * @param {luxon.DateTime} deadline
 * @param {number} now in milliseconds
 * @returns {{ text: string, late: boolean, soon: boolean }}
 */
export function getCountdown(deadline, now) {
    const left = deadline.toMillis() - now;
    const minutes = Math.floor(Math.abs(left) / MINUTE);
    const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
    let span;
    if (days) {
        span = _t("%(days)s d %(hours)s h", { days, hours });
    } else if (hours) {
        span = _t("%(hours)s h %(minutes)s min", { hours, minutes: minutes % 60 });
    } else {
        span = _t("%(minutes)s min", { minutes });
    }
    const late = left < 0;
    return { text: late ? _t("late by %s", span) : span, late, soon: !late && left < SOON };
}
