"""Stop-watch and figures of the benchmarks: CPU, wall clock and queries; medians; ratios."""

from __future__ import annotations

import contextlib
import os
import platform
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

#: What is measured of every step. CPU is that of this process: PostgreSQL's is in the wall clock.
UNITS = ("cpu_ms", "wall_ms", "queries")
#: Steps of an emission between the posted invoice and its zip, in order.
STEPS = ("build", "identify", "check", "sign", "pack")
Sample = dict[str, float]


class Series:
    """Samples by name, taken in turns; ``table()`` gives their medians."""

    def __init__(self, cursor: Any = None) -> None:
        self._cursor = cursor
        self._samples: dict[str, list[Sample]] = defaultdict(list)

    @contextlib.contextmanager
    def take(self, name: str) -> Iterator[None]:
        """Measure the block."""
        queries = self._queries()
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        used, passed = time.process_time() - cpu, time.perf_counter() - wall
        self._samples[name].append(
            {
                "cpu_ms": used * 1000,
                "wall_ms": passed * 1000,
                "queries": self._queries() - queries,
            }
        )

    def sum_last(self, name: str, parts: tuple[str, ...]) -> None:
        """Add a sample that is the sum of the last one of each part."""
        last = [self._samples[part][-1] for part in parts]
        self._samples[name].append({unit: sum(sample[unit] for sample in last) for unit in UNITS})

    def forget(self) -> None:
        """Drop what was measured: the first round fills the caches of the process."""
        self._samples.clear()

    def table(self) -> dict[str, Sample]:
        """Medians: milliseconds with two decimals, queries as they are."""
        return {
            name: {
                unit: round(statistics.median(sample[unit] for sample in samples), 2)
                for unit in UNITS
            }
            for name, samples in self._samples.items()
        }

    def _queries(self) -> int:
        return self._cursor.sql_log_count if self._cursor else 0


def per_second(prepare: Any, work: Any, count: int, rounds: int = 5) -> float:
    """Calls of ``work(prepare())`` per second of CPU, median of the rounds; preparing is free.

    Each call is timed by itself right after its argument was made, as a tree is signed right after
    it was built; a stock of arguments made ahead would be measured out of the processor's cache.
    """
    rates = []
    for _round in range(rounds):
        used = 0.0
        for _call in range(count):
            argument = prepare()
            started = time.process_time()
            work(argument)
            used += time.process_time() - started
        rates.append(count / used)
    return round(statistics.median(rates), 1)


def ratio(part: float, whole: float) -> float | None:
    """``part / whole`` with three decimals; None when there is nothing to compare with."""
    return round(part / whole, 3) if whole else None


def machine() -> dict[str, object]:
    """Processor, cores and how busy they were."""
    return {
        "cpu": _processor(),
        "cores": os.cpu_count(),
        "load_at_start": [round(value, 2) for value in os.getloadavg()],
        "system": platform.system(),
    }


def versions(*packages: str) -> dict[str, str]:
    """Versions of Python and of the installed distributions among ``packages``."""
    found = {"python": platform.python_version()}
    for name in packages:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    if file.is_file():
        for line in file.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def summary(
    cases: dict[str, dict[str, dict[str, Sample]]],
    signing: dict[str, float],
    wkhtmltopdf: Sample | None,
) -> dict[str, object]:
    """Ratios with the peers and which aims hold; reads the tables, measures nothing.

    :param cases: lines → ``cold``/``warm`` → table of a :class:`Series`.
    :return: ``ratios`` and ``aims``; an aim that could not be measured is None.
    """
    ratios: dict[str, object] = {}
    for lines, tables in cases.items():
        for heat, table in tables.items():
            stock = table["stock_export"]
            ratios[f"{lines}_{heat}"] = {
                f"emission_to_stock_{unit}": ratio(table["emission"][unit], stock[unit])
                for unit in UNITS
            } | {"sign_to_signxml_cpu_ms": _to_signxml(table)}
    small, large = (cases[lines] for lines in sorted(cases, key=int))
    drawn = small["cold"]["pdf"]["wall_ms"]
    if wkhtmltopdf:
        ratios["pdf_to_wkhtmltopdf_wall_ms"] = ratio(drawn, wkhtmltopdf["wall_ms"])
    return {
        "ratios": ratios,
        "aims": {
            "queries_do_not_grow_with_lines": all(
                small["cold"][name]["queries"] == large["cold"][name]["queries"]
                for name in (*STEPS, "whole", "pdf")
            ),
            "emission_costs_less_than_stock_export": all(
                small[heat]["emission"][unit] < small[heat]["stock_export"][unit]
                for heat in ("cold", "warm")
                for unit in ("cpu_ms", "wall_ms")
            ),
            "signs_900_per_second": signing["ours_per_s"] >= 900,
            "pdf_under_a_tenth_of_wkhtmltopdf": (
                drawn * 10 < wkhtmltopdf["wall_ms"] if wkhtmltopdf else None
            ),
        },
    }


def _to_signxml(table: dict[str, Sample]) -> float | None:
    peer = table.get("signxml_sign")
    return ratio(table["sign"]["cpu_ms"], peer["cpu_ms"]) if peer else None
