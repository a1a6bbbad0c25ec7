/**
 * Files of bills as bytes: asked for once, kept for a few bills, and every way in which they can be
 * unusable told apart, so that the pane can say what to do.
 */

/** Larger files are loaded only when the user says so. */
export const LARGE = 25 * 1024 * 1024;
const KEPT = 6;

/** Why a file cannot be shown: missing, refused, empty, large, broken, password, offline. */
export class FileProblem extends Error {
    /**
     * @param {string} reason
     * @param {number} [size] in bytes, where it is known
     */
    constructor(reason, size) {
        super(reason);
        this.reason = reason;
        this.size = size;
    }
}

/** Whether the bytes look like a PDF: its mark stands within the first kilobyte. */
export function isPdf(bytes) {
    const start = String.fromCharCode(...bytes.subarray(0, 1024));
    return start.includes("%PDF-");
}

export class DocumentFiles {
    /** @param {typeof fetch} fetcher */
    constructor(fetcher) {
        this.fetcher = fetcher;
        /** @type {Map<string, Promise<Uint8Array>>} oldest first */
        this.kept = new Map();
    }

    /**
     * Bytes of a PDF. Fails with a FileProblem.
     *
     * @param {{url: string, size?: number}} file
     * @param {boolean} [anySize] the user has said that a large one may be loaded
     * @returns {Promise<Uint8Array>}
     */
    async get(file, anySize = false) {
        if (!anySize && file.size > LARGE) {
            throw new FileProblem("large", file.size);
        }
        let found = this.kept.get(file.url);
        this.kept.delete(file.url);
        found ||= this._load(file.url, anySize);
        this.kept.set(file.url, found);
        for (const oldest of [...this.kept.keys()].slice(0, -KEPT)) {
            this.kept.delete(oldest);
        }
        try {
            return await found;
        } catch (error) {
            // what failed may work at the next attempt
            if (this.kept.get(file.url) === found) {
                this.kept.delete(file.url);
            }
            throw error;
        }
    }

    /** Load what will probably be shown next; a failure is told when it is shown. */
    prefetch(file) {
        if (file.mimetype === "application/pdf" && !(file.size > LARGE)) {
            this.get(file).catch(() => {});
        }
    }

    async _load(url, anySize) {
        const abort = new AbortController();
        let response;
        try {
            response = await this.fetcher(url, { signal: abort.signal, credentials: "same-origin" });
        } catch {
            throw new FileProblem("offline");
        }
        const size = Number(response.headers.get("Content-Length")) || undefined;
        if (response.status === 401 || response.status === 403) {
            throw new FileProblem("refused");
        }
        if (!response.ok) {
            throw new FileProblem(response.status === 404 ? "missing" : "offline");
        }
        if (!anySize && size > LARGE) {
            abort.abort();
            throw new FileProblem("large", size);
        }
        let bytes;
        try {
            bytes = new Uint8Array(await response.arrayBuffer());
        } catch {
            throw new FileProblem("offline");
        }
        if (!bytes.length) {
            throw new FileProblem("empty");
        }
        if (!isPdf(bytes)) {
            throw new FileProblem("broken", bytes.length);
        }
        return bytes;
    }
}
