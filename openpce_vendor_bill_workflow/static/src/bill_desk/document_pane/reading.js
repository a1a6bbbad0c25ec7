/**
 * Reads amounts and dates as suppliers write them. Whatever can mean two things is decided by the
 * rest of the page or not at all: `null` means that it is for a person to read.
 */

const BLANK = "[ \\u00a0\\u2009\\u202f]";
const SIGN = "[-\u2212]?";
const CURRENCY = `(?:(?:US\\$|COP|USD|EUR|[$\u20ac\u00a3])${BLANK}?)?`;
// groups of three by one mark (an apostrophe may mark the millions), then the decimals
const DIGITS = [
    "\\d{1,3}(?:['\u2019]\\d{3})?(?:\\.\\d{3})+(?:,\\d{1,6})?",
    "\\d{1,3}(?:['\u2019]\\d{3})?(?:,\\d{3})+(?:\\.\\d{1,6})?",
    "\\d{1,3}(?:['\u2019]\\d{3})+(?:[.,]\\d{1,6})?",
    `\\d{1,3}(?:${BLANK}\\d{3})+(?:[.,]\\d{1,6})?`,
    "\\d+(?:[.,]\\d{1,6})?",
].join("|");
const AMOUNT = `\\(?(?:[-\u2212]${BLANK}?)?${CURRENCY}${SIGN}(?:${DIGITS})`;
const BEFORE = "(?<![\\p{L}\\d.,/']|[\\p{L}\\d][-\u2212])";
const AFTER = "(?![\\p{L}\\d]|[.,/'\\-\u2212]\\d|[ \\u00a0]?%)";
const amounts = () => new RegExp(`${BEFORE}${AMOUNT}${AFTER}(?:${BLANK}?\\)|-(?!\\S))?`, "giu");

const MONTHS = [
    ["enero", "ene", "january", "jan"],
    ["febrero", "feb", "february"],
    ["marzo", "mar", "march"],
    ["abril", "abr", "april", "apr"],
    ["mayo", "may"],
    ["junio", "jun", "june"],
    ["julio", "jul", "july"],
    ["agosto", "ago", "august", "aug"],
    ["septiembre", "setiembre", "sept", "sep", "set", "september"],
    ["octubre", "oct", "october"],
    ["noviembre", "nov", "november"],
    ["diciembre", "dic", "december", "dec"],
];
const NAMES = MONTHS.flat().sort((a, b) => b.length - a.length);
const MONTH = `(?<month>${NAMES.join("|")})\\.?(?!\\p{L})`;
const OF = "(?:\\s*(?:de[l]?\\s+|[-/.,])\\s*|\\s+)";
const DATES = [
    "(?<year>\\d{4})(?<mark>[-/.])(?<month>\\d{1,2})\\k<mark>(?<day>\\d{1,2})",
    "(?<first>\\d{1,2})(?<mark>[-/.])(?<second>\\d{1,2})\\k<mark>(?<year>\\d{4}|\\d{2})",
    `(?<day>\\d{1,2})${OF}${MONTH}${OF}(?:de[l]?\\s+)?(?<year>\\d{4}|\\d{2})`,
    `${MONTH}\\s*(?<day>\\d{1,2})(?:st|nd|rd|th)?${OF}(?:de[l]?\\s+)?(?<year>\\d{4})`,
];
const dates = () =>
    DATES.map((form) => new RegExp(`(?<![\\p{L}\\d]|\\d[-/.])${form}(?!\\d|[-/.]\\d)`, "giu"));
const SPANISH = /\b(factura|fecha|vence|vencimiento|cliente|subtotal iva|nit)\b/i;

/**
 * @typedef {{start: number, end: number, text: string}} Run
 * @typedef {{decimal: "."|","|"mixed"|null, order: "dmy"|"mdy"|"mixed"|null}} Habits
 */

/** @returns {Run[]} whatever may be an amount in a line of text */
export function findAmounts(line) {
    return [...line.matchAll(amounts())].map((found) => {
        // an opening bracket without its other half is no part of the number
        const lone = found[0].startsWith("(") && !found[0].endsWith(")");
        const text = lone ? found[0].slice(1) : found[0].replace(/^([^(].*)\)$/, "$1");
        const start = found.index + (lone ? 1 : 0);
        return { start, end: start + text.length, text };
    });
}

/** @returns {Run[]} whatever may be a date in a line of text */
export function findDates(line) {
    const found = dates().flatMap((form) => [...line.matchAll(form)]);
    return found
        .map(({ 0: text, index }) => ({ start: index, end: index + text.length, text }))
        .sort((a, b) => a.start - b.start);
}

/** Taken apart: digits, how often which mark stands between them, and what follows the last. */
function takeApart(text) {
    const runs = findAmounts(text.trim());
    if (runs.length !== 1 || runs[0].text !== text.trim()) {
        return null;
    }
    const negative = /^\(.*\)$|[-\u2212]\s*(?:[$\u20ac\u00a3]|[A-Z]{2,3}\$?)?\s*\d|-$/i.test(runs[0].text);
    const core = runs[0].text.match(/\d(?:.*\d)?/su)[0].replace(new RegExp(BLANK, "g"), " ");
    const marks = core.replace(/\d/g, "").replace(/\u2019/g, "'");
    const [whole] = core.split(/[.,]/);
    return { core, marks, last: core.match(/\d*$/)[0].length, whole, negative };
}

/** The decimal mark of an amount as far as it alone tells: ["," | ".", sure] or nothing. */
function ownDecimal({ core, marks, last, whole }) {
    const mark = marks.at(-1);
    const kinds = new Set(marks.replaceAll("'", ""));
    const other = mark === "." ? "," : ".";
    if (!kinds.size || mark === " " || mark === "'") {
        return null;
    }
    if (kinds.size > 1) {
        return [mark, true];
    }
    if (marks.replaceAll("'", "").length > 1) {
        return [other, true];
    }
    const isGroup = last === 3 && whole.replace(/\D/g, "").length <= (marks.length > 1 ? 6 : 3);
    return isGroup && !core.startsWith("0") ? null : [mark, last === 2];
}

/**
 * How a page writes numbers and dates, from those that can be read in one way only.
 *
 * @param {string[]} lines
 * @returns {Habits}
 */
export function pageHabits(lines) {
    const sure = new Set();
    const orders = new Set();
    for (const line of lines) {
        for (const { text } of findAmounts(line)) {
            const apart = takeApart(text);
            const own = apart && ownDecimal(apart);
            if (own?.[1]) {
                sure.add(own[0]);
            }
        }
        for (const { text } of findDates(line)) {
            const parts = text.match(/^(\d{1,2})[-/.](\d{1,2})[-/.]\d+$/);
            if (parts && parts[1] > 12 !== parts[2] > 12) {
                orders.add(parts[1] > 12 ? "dmy" : "mdy");
            }
        }
    }
    if (!orders.size && lines.some((line) => SPANISH.test(line))) {
        orders.add("dmy");
    }
    const only = (set) => (set.size > 1 ? "mixed" : [...set][0] ?? null);
    return { decimal: only(sure), order: only(orders) };
}

/**
 * Value of an amount, or null when it is none or can mean two numbers.
 *
 * @param {string} text with sign and currency, nothing else
 * @param {Partial<Habits> & {kind?: "amount"|"quantity"}} [habits] of the page; sums of money have
 *      no three decimals, quantities may
 * @returns {number|null}
 */
export function readAmount(text, { decimal = null, kind = "amount" } = {}) {
    const apart = takeApart(text);
    if (!apart) {
        return null;
    }
    let mark = ownDecimal(apart)?.[0];
    if (!mark && /[.,]/.test(apart.marks)) {
        // "1.234": a thousand or one and a bit
        if (decimal === "mixed" || (!decimal && kind !== "amount")) {
            return null;
        }
        const written = apart.marks.at(-1);
        mark = decimal || (written === "." ? "," : ".");
    }
    const groups = mark === "." ? /[ ',\u2019]/g : /[ '.\u2019]/g;
    const value = Number(apart.core.replace(groups, "").replace(",", "."));
    if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) {
        return null;
    }
    return apart.negative ? -value : value;
}

/** The day as yyyy-mm-dd, or null when the calendar does not know it. */
function calendarDay(year, month, day) {
    const full = year < 100 ? 2000 + year : year;
    const date = new Date(Date.UTC(full, month - 1, day));
    const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    return exists && full >= 1900 && full < 2100 ? date.toISOString().slice(0, 10) : null;
}

/**
 * A date as yyyy-mm-dd, or null when it is none or can mean two days.
 *
 * @param {string} text
 * @param {Partial<Habits>} [habits] of the page
 * @returns {string|null}
 */
export function readDate(text, { order = null } = {}) {
    const clean = text.trim();
    const found = dates()
        .map((form) => form.exec(clean))
        .find((one) => one && one[0] === clean)?.groups;
    if (!found) {
        return null;
    }
    const year = Number(found.year);
    if (found.first === undefined) {
        const name = found.month.toLowerCase();
        const month = Number(name) || MONTHS.findIndex((names) => names.includes(name)) + 1;
        return calendarDay(year, month, Number(found.day));
    }
    const [first, second] = [Number(found.first), Number(found.second)];
    const readings = {
        dmy: calendarDay(year, second, first),
        mdy: calendarDay(year, first, second),
    };
    if (readings.dmy && readings.mdy && readings.dmy !== readings.mdy) {
        return readings[order] ?? null;
    }
    return readings.dmy || readings.mdy;
}
