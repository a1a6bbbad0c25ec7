import { findAmounts, findDates, readAmount, readDate } from "./reading";

/**
 * What a click on a line of text means for a field.
 *
 * @param {string} line with tabs where the columns part
 * @param {number} position of the clicked character
 * @param {"amount"|"date"|"text"} kind of the field
 * @param {import("./reading").Habits} habits of the page
 * @returns {{start: number, end: number, text: string, value: any}|null} value is null when the
 *      run cannot be read for sure; null when the click met no run of that kind
 */
export function runAt(line, position, kind, habits) {
    const runs = { amount: findAmounts, date: findDates, text: findWords }[kind](line);
    const hit = runs.find((run) => run.start <= position && position < run.end);
    return hit ? { ...hit, value: readAs(hit.text, kind, habits) } : null;
}

/** The value that a text has for a kind of field, or null. */
export function readAs(text, kind, habits) {
    if (kind === "amount") {
        return readAmount(text, habits);
    }
    return kind === "date" ? readDate(text, habits) : text.trim() || null;
}

/** Words without the marks of a sentence around them. */
export function findWords(line) {
    return [...line.matchAll(/[^\s]+/gu)].flatMap(({ 0: whole, index }) => {
        const text = whole.replace(/^[("'\u00ab\u201c]+|[)"',;:.\u00bb\u201d]+$/gu, "");
        const start = index + whole.indexOf(text);
        return text ? [{ start, end: start + text.length, text }] : [];
    });
}

const plain = (text) => text.toLowerCase().replace(/\s+/g, " ").trim();

/** Runs of a text value in a line, whole words only. */
function findText(line, text) {
    const wanted = plain(text);
    if (wanted.length < 4 || line.length > 1000) {
        return [];
    }
    const words = findWords(line);
    const count = wanted.split(" ").length;
    return words.slice(0, words.length - count + 1).flatMap((word, index) => {
        const run = { start: word.start, end: words[index + count - 1].end };
        return plain(line.slice(run.start, run.end)) === wanted ? [run] : [];
    });
}

/**
 * Runs of a line that say what the form says.
 *
 * @param {string} line
 * @param {{label: string, text: string, kind: string, value: any}[]} values
 * @param {import("./reading").Habits} habits
 * @returns {{start: number, end: number, labels: string[]}[]}
 */
export function findValues(line, values, habits) {
    const found = new Map();
    const add = ({ start, end }, label) => {
        const run = found.get(start) || { start, end, labels: [] };
        run.labels.push(label);
        found.set(start, run);
    };
    const read = { amount: findAmounts(line), date: findDates(line) };
    for (const { kind, value, text, label } of values) {
        if (kind === "text") {
            findText(line, text || "").forEach((run) => add(run, label));
        } else if (value) {
            for (const run of read[kind] || []) {
                const said = readAs(run.text, kind, habits);
                const same =
                    kind === "amount" ? said !== null && Math.abs(said - value) < 0.005 : said === value;
                same && add(run, label);
            }
        }
    }
    return [...found.values()];
}
