"""What a person does on the bill desk and on Odoo's own screens, measured in a browser."""

from __future__ import annotations

import time
from typing import Any

from browser import Browser, spread

_VIEWER = "document.querySelector('%s iframe').contentDocument"
#: Columns of what is measured when a bill is picked.
_MEASURED = ("data_ms", "page_ms", "rpcs_shown", "rpcs_with_next")
#: What is typed into each bill: the same on both screens.
_TYPED = "-1"
_SCROLL = """(async () => {
    const pane = document.querySelector('.o_desk_mailbox');
    const tasks = [], frames = [];
    const watch = new PerformanceObserver((list) =>
        list.getEntries().forEach((entry) => tasks.push(entry.duration)));
    watch.observe({ type: 'longtask' });
    const steps = %d, whole = pane.scrollHeight;
    let before = performance.now(), empty = 0;
    for (let step = 0; step <= steps; step++) {
        pane.scrollTop = (whole * step) / steps;
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        frames.push(now - before);
        before = now;
        empty += pane.querySelector('.o_desk_row') ? 0 : 1;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    watch.disconnect();
    frames.sort((a, b) => a - b);
    return { height: whole, frames: frames.length, frames_without_rows: empty,
        frame_ms_median: frames[frames.length >> 1], frame_ms_longest: frames.at(-1),
        tasks_over_50_ms: tasks.length, task_ms_longest: Math.max(0, ...tasks) };
})()"""


class Screen:
    """One of the two ways to treat bills: where things are, and what the person presses."""

    form: str
    pane: str

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    @property
    def shown(self) -> str:
        """Expression: the reference that the form shows."""
        field = f"document.querySelector('{self.form} .o_field_widget[name=ref] input')"
        return f"{field}.value"

    def has_data(self, ref: str) -> str:
        """Condition: the form shows this bill."""
        return f"{self.shown} === '{ref}'"

    def has_page(self, ref: str) -> str:
        """Condition: the page of this bill's document is drawn, its text layer too."""
        viewer = _VIEWER % self.pane
        return (
            f"{viewer}.querySelector('.page[data-loaded]')"
            f" && {viewer}.querySelector('.textLayer').textContent.includes('{ref}')"
        )

    def see(self, ref: str, since: float) -> tuple[float, float]:
        """Milliseconds until the data and until the page are there."""
        data = self.browser.until(self.has_data(ref))
        page = self.browser.until(self.has_page(ref))
        return data - since, page - since

    def treat(self, refs: list[str], after: str) -> dict[str, Any]:
        """Change the reference of each bill, confirm it, go to the next: what one bill costs."""
        browser, taken = self.browser, []
        browser.settle()
        before = browser.counts()
        for _ref, following in zip(refs, [*refs[1:], after], strict=True):
            begun = time.perf_counter()
            field = f"document.querySelector('{self.form} .o_field_widget[name=ref] input')"
            # nobody clicks where the caret already stands
            if not browser.run(f"document.activeElement === {field}"):
                browser.click(field)
            for character in _TYPED:
                browser.key(character)
            self.finish()
            self.see(following, 0)
            taken.append((time.perf_counter() - begun) * 1000)
            browser.settle()
        used = browser.counts()
        per_bill = {name: (used[name] - before[name]) / len(refs) for name in used}
        per_bill["keys_of_the_screen"] = per_bill["keys"] - len(_TYPED)
        return {**per_bill, "ms": spread(taken)}

    def finish(self) -> None:
        """Confirm the bill and have the next one."""
        raise NotImplementedError


class Desk(Screen):
    """The bill desk, from the menu Treatment."""

    form, pane = ".o_desk_form", ".o_desk_document"

    def open(self, base: str, first: str) -> dict[str, Any]:
        """Open the desk by its address, until the first bill and its page are there."""
        browser = self.browser
        before, begun = browser.counts(), time.perf_counter()
        browser.go(f"{base}/odoo/bill-treatment")
        times = {}
        for name, condition in (
            ("mailbox", "document.querySelector('.o_desk_row .fw-bold')"),
            ("data", self.has_data(first)),
            ("page", self.has_page(first)),
        ):
            browser.until(condition)
            times[f"{name}_ms"] = round((time.perf_counter() - begun) * 1000)
        browser.settle()
        used = browser.counts()
        return {**times, **{name: used[name] - before[name] for name in ("rpcs", "bytes")}}

    def pick(self, place: int) -> tuple[float, ...]:
        """Click the row of a bill: milliseconds to data and page, requests until the data are
        there and until all is quiet."""
        ref = f"D{place:05}"
        row = (
            "[...document.querySelectorAll('.o_desk_row')]"
            f".find((row) => row.textContent.includes('{ref}'))"
        )
        self.browser.until(row)
        before = self.browser.rpcs
        at = self.browser.click(row)
        data = self.browser.until(self.has_data(ref)) - at
        shown = self.browser.rpcs - before
        page = self.browser.until(self.has_page(ref)) - at
        self.browser.settle()
        return data, page, shown, self.browser.rpcs - before

    def walk(self, start: int, rounds: int) -> dict[str, Any]:
        """In turns a bill that was not loaded ahead and one that was, each picked by a click."""
        samples: dict[str, list[tuple[float, ...]]] = {"cold": [], "loaded_ahead": []}
        place = start
        for _round in range(rounds):
            for name, step in (("cold", 2), ("loaded_ahead", 1)):
                place += step
                samples[name].append(self.pick(place))
        return {
            name: {
                what: spread([row[column] for row in rows]) for column, what in enumerate(_MEASURED)
            }
            for name, rows in samples.items()
        } | {"last": place}

    def scroll(self, steps: int) -> dict[str, Any]:
        """From the first to the last row of the mailbox."""
        before = self.browser.rpcs
        found = self.browser.run(_SCROLL % steps)
        self.browser.settle()
        found["rpcs"] = self.browser.rpcs - before
        self.browser.run("document.querySelector('.o_desk_mailbox').scrollTop = 0")
        return {key: round(value, 1) for key, value in found.items()}

    def stay(self, start: int, marks: list[int], step: int) -> dict[str, Any]:
        """Memory after so many bills more, walked with the keyboard."""
        found, place = {}, start
        for count in range(1, max(marks) + 1):
            place += step
            self.browser.key("alt+ArrowDown" if step > 0 else "alt+ArrowUp")
            self.see(f"D{place:05}", 0)
            if count in marks:
                self.browser.settle(1)
                found[str(count)] = self.browser.memory()
        return found

    def finish(self) -> None:
        """Validate: the next bill comes by itself."""
        self.browser.key("alt+v")


class Peer(Screen):
    """Odoo's list of bills, its form with the pager and its preview of the document."""

    form, pane = ".o_form_view", ".o-mail-Attachment"

    def open(self, base: str, first: str) -> None:
        """Open the list and its first bill."""
        self.browser.go(f"{base}/odoo/action-account.action_move_in_invoice_type")
        cell = (
            "[...document.querySelectorAll('.o_data_row .o_data_cell')]"
            f".find((cell) => cell.textContent.includes('{first}'))"
        )
        self.browser.until(cell)
        self.browser.settle()
        at = self.browser.click(cell)
        self.see(first, at)

    def finish(self) -> None:
        """Confirm, and the pager's next."""
        self.browser.key("alt+q")
        self.browser.until(
            "document.querySelector('.o_form_view .o_arrow_button_current').dataset.value"
            " === 'posted'"
        )
        self.browser.key("alt+n")
