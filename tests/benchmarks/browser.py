"""A headless Chromium by its debugging protocol: input as of a person, requests counted."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)
#: Modifiers as the protocol counts them.
_MODIFIERS = {"alt": 1, "ctrl": 2, "shift": 8}
#: Seconds that a page may need for one step before the benchmark gives up.
PATIENCE = 60


class Browser:
    """One page. ``keys`` and ``clicks`` count the input, ``rpcs`` and ``bytes`` the requests."""

    def __init__(self, socket: Any, target: str) -> None:
        self._socket = socket
        self._number = 0
        self._busy: dict[str, float] = {}
        self.keys = self.clicks = self.rpcs = self.bytes = 0
        self.methods: list[str] = []
        self.errors: list[str] = []
        self.session = ""
        answer = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self.session = answer["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Performance", "HeapProfiler"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> Any:
        """One command of the protocol; what happens meanwhile is counted."""
        self._number += 1
        number = self._number
        words = {"id": number, "method": method, "params": parameters}
        if self.session:
            words["sessionId"] = self.session
        self._socket.settimeout(PATIENCE * 2)
        self._socket.send(json.dumps(words))
        while True:
            told = json.loads(self._socket.recv())
            if told.get("id") == number:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told['error']['message']}")
                return told["result"]
            self._hear(told)

    def _hear(self, told: dict[str, Any]) -> None:
        facts = told.get("params", {})
        match told.get("method"):
            case "Network.requestWillBeSent":
                url = facts["request"]["url"]
                if facts.get("type") in ("XHR", "Fetch"):
                    self._busy[facts["requestId"]] = time.monotonic()
                if "/web/dataset/" in url or "/mail/" in url or "/web/action/" in url:
                    self.rpcs += 1
                    self.methods.append(url.rpartition("/")[2])
            case "Network.loadingFinished":
                self.bytes += int(facts["encodedDataLength"])
                self._busy.pop(facts["requestId"], None)
            case "Network.loadingFailed" | "Network.requestServedFromCache":
                self._busy.pop(facts["requestId"], None)
            case "Runtime.exceptionThrown":
                details = facts["exceptionDetails"]
                self.errors.append(
                    str(details.get("exception", {}).get("description", details["text"]))[:500]
                )

    def run(self, script: str) -> Any:
        """Value of an expression in the page; a promise is waited for."""
        done = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in done:
            raise RuntimeError(done["exceptionDetails"]["exception"].get("description", script))
        return done["result"].get("value")

    def until(self, condition: str) -> float:
        """Moment of the page's clock (ms) of the first frame at which the condition holds."""
        moment = self.run(
            "new Promise((resolve) => { const end = performance.now() + %d;"
            " const look = () => { let holds = false; try { holds = !!(%s); } catch {}"
            " if (holds) resolve(performance.now());"
            " else if (performance.now() > end) resolve(-1);"
            " else requestAnimationFrame(look); }; look(); })" % (PATIENCE * 1000, condition)
        )
        if moment < 0:
            raise RuntimeError(f"Not within {PATIENCE} s: {condition} {self.errors}")
        return float(moment)

    def settle(self, quiet: float = 0.25) -> None:
        """Wait until no request has been open for a while (a socket never ends: it is none)."""
        since = time.monotonic()
        end = since + PATIENCE
        while time.monotonic() - since < quiet and time.monotonic() < end:
            self.run("new Promise((resolve) => setTimeout(resolve, 30))")
            now = time.monotonic()
            # what was answered from the page's memory may never tell that it ended
            if any(now - begun < 10 for begun in self._busy.values()):
                since = now

    def go(self, url: str) -> None:
        """Open an address."""
        self.call("Page.navigate", url=url)

    def now(self) -> float:
        """The page's clock in milliseconds."""
        return float(self.run("performance.now()"))

    def click(self, element: str) -> float:
        """Click the middle of what the expression finds; returns the page's moment of it."""
        place = self.run(
            "(async () => { const found = %s; found.scrollIntoView({ block: 'nearest' });"
            " await new Promise(requestAnimationFrame);"
            " await new Promise(requestAnimationFrame);"
            " const box = (%s).getBoundingClientRect();"
            " addEventListener('mousedown', (event) => { window.benchAt = event.timeStamp; },"
            " { capture: true, once: true });"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })()" % (element, element)
        )
        where = {"x": place[0], "y": place[1], "button": "left", "clickCount": 1}
        self.clicks += 1
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, **where)
        return float(self.run("window.benchAt"))

    def key(self, name: str) -> None:
        """Press a key, with its modifiers: ``alt+v``. One keystroke, as a person counts them."""
        *held, key = name.split("+")
        modifiers = sum(_MODIFIERS[word] for word in held)
        code = f"Key{key.upper()}" if len(key) == 1 and key.isalpha() else key
        text = key if len(key) == 1 and not held else ""
        words = {"key": key, "code": code, "modifiers": modifiers}
        self.keys += 1
        if "alt" in held:
            self.call("Input.dispatchKeyEvent", type="rawKeyDown", key="Alt", modifiers=1)
        if text:
            self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **words)
        else:
            self.call("Input.dispatchKeyEvent", type="rawKeyDown", **words)
        self.call("Input.dispatchKeyEvent", type="keyUp", **words)
        if "alt" in held:
            self.call("Input.dispatchKeyEvent", type="keyUp", key="Alt")

    def counts(self) -> dict[str, int]:
        """What was counted until now."""
        return {"keys": self.keys, "clicks": self.clicks, "rpcs": self.rpcs, "bytes": self.bytes}

    def memory(self) -> dict[str, float]:
        """Heap, elements and listeners after the garbage was collected."""
        for _round in range(2):
            self.call("HeapProfiler.collectGarbage")
        told = {row["name"]: row["value"] for row in self.call("Performance.getMetrics")["metrics"]}
        return {
            "heap_mb": round(told["JSHeapUsedSize"] / 1e6, 2),
            "nodes": told["Nodes"],
            "listeners": told["JSEventListeners"],
            "documents": told["Documents"],
        }

    def log_in(self, base: str, database: str, login: str) -> None:
        """Have the session of a user whose password is the login."""
        words = {"db": database, "login": login, "password": login}
        request = urllib.request.Request(
            f"{base}/web/session/authenticate",
            json.dumps({"jsonrpc": "2.0", "params": words}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            cookie = answer.headers["Set-Cookie"].partition("session_id=")[2].partition(";")[0]
            if "error" in json.load(answer):
                raise RuntimeError(f"{login} cannot log in")
        self.call("Network.setCookie", name="session_id", value=cookie, url=base)


@contextlib.contextmanager
def opened(width: int, height: int) -> Iterator[Browser]:
    """A browser with a fresh profile, closed afterwards."""
    import websocket

    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if not program:
        raise SystemExit("no Chromium here; install chromium or google-chrome")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        size = f"--window-size={width},{height}"
        words = [program, *_SWITCHES, size, f"--user-data-dir={folder}", "about:blank"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(words, env=dict(os.environ), **quiet)
        try:
            port, path = _wait(Path(folder) / "DevToolsActivePort")
            socket = websocket.create_connection(
                f"ws://127.0.0.1:{port}{path}", timeout=PATIENCE, suppress_origin=True
            )
            targets = _get(f"http://127.0.0.1:{port}/json")
            page = next(row["id"] for row in targets if row["type"] == "page")
            browser = Browser(socket, page)
            browser.call(
                "Emulation.setDeviceMetricsOverride",
                width=width,
                height=height,
                deviceScaleFactor=1,
                mobile=False,
            )
            yield browser
            socket.close()
        finally:
            process.terminate()
            process.wait(20)


def _wait(file: Path) -> tuple[str, str]:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if file.exists() and len(lines := file.read_text().splitlines()) == 2:
            return lines[0], lines[1]
        time.sleep(0.1)
    raise RuntimeError("Chromium does not answer")


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
        return json.load(answer)


def spread(values: list[float]) -> dict[str, float]:
    """Median and ninetieth percentile of milliseconds."""
    ordered = sorted(values)
    return {
        "median": round(ordered[len(ordered) // 2], 1),
        "p90": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.9))], 1),
        "count": len(ordered),
    }
