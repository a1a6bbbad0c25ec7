const FIRST = { scale: "page-width", page: 1, left: 0, top: 0 };

/**
 * Where the reader is: the files of a bill keep their own place while one switches between them;
 * the next bill opens with the zoom and, on the first page, the place of the bill before, since the
 * bills of a supplier look alike.
 */
export class KeptViews {
    constructor() {
        this.bill = undefined;
        this.key = undefined;
        this.places = new Map();
        this.current = FIRST;
    }

    /** The reader leaves the file that is open. */
    leave(view) {
        this.current = view;
        this.places.set(this.key, view);
    }

    /** Another file opens: sets `current` to where it is to be shown. */
    turnTo(bill, key) {
        if (bill !== this.bill) {
            this.places.clear();
        }
        const { scale, page, left, top } = this.current;
        const carried = page === 1 && bill !== this.bill;
        const place = carried ? { left, top } : { left: 0, top: 0 };
        this.current = this.places.get(key) || { scale, page: 1, ...place };
        this.bill = bill;
        this.key = key;
    }
}
