"""`setup/test bench`: what the addons cost beside their peers, in databases that go again."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import database, odoo_tests, places, venv
from .console import die_with_parent, step

_NAME = "openpce_bench"
_SCRIPTS = places.PROJECT / "tests" / "benchmarks"
#: OCA's approval engine, the peer of the workflow; fetched for the benchmark alone (AGPL-3).
_PEER = ("odoo-addon-base-tier-validation", "odoo-addon-account-move-tier-validation")


def run(arguments: Sequence[str] = ()) -> int:
    """Run one benchmark: ``workflow …``, ``bill_desk …`` or, without a name, the emission's."""
    if arguments and arguments[0] == "workflow":
        return workflow(arguments[1:])
    if arguments and arguments[0] == "bill_desk":
        return bill_desk(arguments[1:])
    return emission(arguments)


def emission(arguments: Sequence[str] = ()) -> int:
    """Run tests/benchmarks/emission.py; its JSON is printed and kept. Returns its exit code."""
    kept = places.home() / "emission.json"
    return _measure("emission.py", places.addons(), ["--output", kept, *arguments])


def workflow(arguments: Sequence[str] = ()) -> int:
    """Run tests/benchmarks/workflow.py on our database and on the peer's; one JSON of both."""
    ours, peer = (places.home() / f"workflow-{side}.json" for side in ("ours", "peer"))
    code = _measure(
        "workflow.py",
        ["openpce_vendor_bill_workflow"],
        ["--side", "ours", "--output", ours, *arguments],
    )
    code = code or _measure(
        "workflow.py",
        ["account_move_tier_validation"],
        ["--side", "peer", "--output", peer, *arguments],
        peer_folder(),
    )
    if not code:
        print(json.dumps(_compare(*(json.loads(f.read_text("utf-8")) for f in (ours, peer)))))
    return code


def bill_desk(arguments: Sequence[str] = ()) -> int:
    """Run tests/benchmarks/bill_desk.py; its JSON is printed and kept. Returns its exit code."""
    kept = places.home() / "bill_desk.json"
    modules = ["openpce_vendor_bill_workflow"]
    return _measure("bill_desk.py", modules, ["--output", kept, *arguments])


def peer_folder() -> Path:
    """Addons of the peer, fetched once without their requirements."""
    folder = places.cache() / "tier-validation"
    if not folder.is_dir():
        with step("Peer of the benchmark (OCA's tier validation)"):
            part = folder.with_suffix(".part")
            words = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", part, *_PEER]
            subprocess.run([venv.python(), *words], check=True, preexec_fn=die_with_parent)
            part.rename(folder)
    return folder / "odoo" / "addons"


def _compare(ours: dict[str, Any], peer: dict[str, Any]) -> dict[str, Any]:
    """Both sides and how many times the peer's cost ours is, per bill under as many rules."""
    times = {}
    for count, theirs in peer["rules"].items():
        mine = ours["rules"][count]
        times[count] = {
            f"{kind}_{unit}": round(
                theirs["request_validation"][unit] / mine[kind]["both"][unit], 1
            )
            for kind in ("one_by_one", "batch_per_bill")
            for unit in ("cpu_ms", "wall_ms", "queries")
        }
    return {"ours": ours, "peer": peer, "peer_is_times_ours": times}


def _measure(
    script: str, modules: Sequence[str], words: Sequence[object], more: Path | None = None
) -> int:
    """Run a script on a fresh database with these modules; returns its exit code.

    :param more: another folder of addons.
    """
    site, base = odoo_tests.prepare()
    name = site.server.name(_NAME)
    folders = [*site.odoo.addons_path, places.PROJECT, *([more] if more else [])]
    config = site.config(name, addons_path=",".join(map(str, folders)))
    try:
        with step("Database with the addons"):
            database.restore(site, base, name)
            database.install(site, name, config, modules)
        return subprocess.run(
            [venv.python(), _SCRIPTS / script, "--config", config, "--database", name, *words],
            stdin=subprocess.DEVNULL,
            env=site.environment(),
            cwd=places.home(),
            check=False,
            preexec_fn=die_with_parent,
        ).returncode
    finally:
        site.drop(name)
