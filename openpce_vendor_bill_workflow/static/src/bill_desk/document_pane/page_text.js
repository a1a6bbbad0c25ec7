import { findAmounts, findDates, pageHabits } from "./reading";
import { findValues, readAs, runAt } from "./words";

/** Marks of a page lie below its text, in shares of its size, so that zooming keeps them right. */
const LAYER = "o_openpce_marks";

/**
 * The text of one page of a document: pieces as the file has them, put together to lines, so that a
 * number or a date that the file cuts in pieces is whole again.
 */
export class PageText {
    /** @param {HTMLElement} root element whose text nodes are the page's text */
    constructor(root) {
        this.root = root;
        this.lines = joinLines(measure(root));
        this.habits = pageHabits(this.lines.map((line) => line.text));
    }

    /** The run of a kind at a place of the text, see `runAt`; with the line it stands in. */
    at(node, offset, kind) {
        for (const line of this.lines) {
            for (const part of line.parts) {
                if (part.node === node) {
                    const place = part.start + Math.min(offset, part.node.data.length - 1);
                    // a click on the right half of a character counts as after it
                    return (
                        runAt(line.text, place, kind, this.habits) ||
                        (offset > 0 ? runAt(line.text, place - 1, kind, this.habits) : null)
                    );
                }
            }
        }
        return null;
    }

    /** Runs of a kind that can be read, for who chooses without the mouse. */
    candidates(kind) {
        const find = kind === "date" ? findDates : findAmounts;
        return this.lines
            .flatMap((line) => find(line.text))
            .map((run) => ({ text: run.text, value: readAs(run.text, kind, this.habits) }))
            .filter((run) => run.value !== null);
    }

    /** What a dragged selection means: its text, read as the kind. */
    read(text, kind) {
        const clean = text.replace(/\s+/g, " ").trim();
        return { text: clean, value: readAs(clean, kind, this.habits) };
    }

    /**
     * Paint what the form says too.
     *
     * @param {HTMLElement} holder positioned element that covers the page
     * @param {object[]} values see `findValues`
     * @param {(labels: string[]) => string} title
     * @returns {number} how many were found
     */
    mark(holder, values, title) {
        holder.querySelector(`:scope > .${LAYER}`)?.remove();
        this.titled?.forEach((element) => element.removeAttribute("title"));
        this.titled = [];
        const layer = holder.ownerDocument.createElement("div");
        layer.className = LAYER;
        holder.prepend(layer);
        // it covers the holder: its own box tells where the marks go, also in a zoomed page
        const whole = layer.getBoundingClientRect();
        const marks = [];
        let count = 0;
        for (const line of this.lines) {
            for (const run of findValues(line.text, values, this.habits)) {
                count++;
                for (const { rect, element } of this.places(line, run)) {
                    marks.push(makeMark(holder.ownerDocument, rect, whole));
                    element.title = title(run.labels);
                    this.titled.push(element);
                }
            }
        }
        layer.append(...marks);
        return count;
    }

    places(line, run) {
        return line.parts.flatMap(({ node, start }) => {
            const end = start + node.data.length;
            if (end <= run.start || start >= run.end) {
                return [];
            }
            const range = node.ownerDocument.createRange();
            range.setStart(node, Math.max(run.start - start, 0));
            range.setEnd(node, Math.min(run.end, end) - start);
            return [...range.getClientRects()].map((rect) => ({
                rect,
                element: node.parentElement,
            }));
        });
    }
}

function makeMark(doc, rect, whole) {
    const mark = doc.createElement("div");
    mark.className = "o_openpce_mark";
    const share = (value, all) => `${(100 * value) / (all || 1)}%`;
    Object.assign(mark.style, {
        left: share(rect.left - whole.left, whole.width),
        top: share(rect.top - whole.top, whole.height),
        width: share(rect.width, whole.width),
        height: share(rect.height, whole.height),
    });
    return mark;
}

/** Text nodes with their places. */
function measure(root) {
    const doc = root.ownerDocument;
    const walker = doc.createTreeWalker(root, 4 /* text */);
    const range = doc.createRange();
    const pieces = [];
    while (walker.nextNode()) {
        const node = walker.currentNode;
        const inStyle = /^(style|script|title)$/i.test(node.parentNode.tagName);
        if (node.data.trim() && !inStyle) {
            range.selectNodeContents(node);
            const { left, right, top, bottom } = range.getBoundingClientRect();
            pieces.push({ node, text: node.data, left, right, top, bottom });
        }
    }
    return pieces;
}

/**
 * Pieces that stand beside each other, as lines of text; a tab stands where columns part.
 *
 * @param {{text: string, left: number, right: number, top: number, bottom: number}[]} pieces
 * @returns {{text: string, parts: {node: Text, start: number}[]}[]}
 */
export function joinLines(pieces) {
    const rows = [];
    for (const piece of [...pieces].sort((a, b) => a.top + a.bottom - b.top - b.bottom)) {
        const middle = (piece.top + piece.bottom) / 2;
        const row = rows.at(-1);
        if (row && middle - row.middle < (piece.bottom - piece.top) / 2) {
            row.pieces.push(piece);
        } else {
            rows.push({ middle, pieces: [piece] });
        }
    }
    return rows.map(({ pieces }) => {
        let text = "";
        let before = null;
        const parts = [];
        for (const piece of pieces.sort((a, b) => a.left - b.left)) {
            if (before) {
                text += between(before, piece);
            }
            parts.push({ node: piece.node, start: text.length });
            text += piece.text.replace(/\s/g, " ");
            before = piece;
        }
        return { text, parts };
    });
}

function between(before, piece) {
    const gap = piece.left - before.right;
    const height = piece.bottom - piece.top;
    if (gap > height * 1.2) {
        return "\t";
    }
    return gap > height * 0.18 ? " " : "";
}
